/**
 * The public tokens of the suite and their interfaces; nothing else.
 *
 * CIDs, addresses and amounts cross these interfaces as strings, so that a
 * consumer needs no particular version of multiformats or ethers.
 */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { IContent, IReadOptions } from './content';

// ---------------------------------------------------------------- server part

/** What the server part tells of itself (`GET web3/config`). */
export interface IServerInfo {
  version: string;
  ipfs: {
    /** RPC address as a person would write it, e.g. `127.0.0.1:5001`. */
    api: string;
    /** True when `npm start` or Binder started this Kubo. */
    managed: boolean;
    /** Whether `web3/gateway/…` is served. */
    gateway: boolean;
  };
  /** The chain behind `web3/chain`, or null when none is configured. */
  chain: INetwork | null;
  /** Base URLs of the Ocean Nodes that `web3/ocean/…` relays to (at most one). */
  oceanNodes: string[];
  /** Whether `web3/siwe/…` verifies sign-ins. */
  siwe: boolean;
  /** Whether a development wallet may be offered for `chain`. */
  developmentWallet: boolean;
}

/** Access to the server part; absent in JupyterLite. */
export interface IWeb3Server {
  /** Resolves to null when there is no server part. Fetched once, on first use. */
  info(): Promise<IServerInfo | null>;
  /** Absolute URL of a route, e.g. `url('ipfs/add')`; `path` is not encoded here. */
  url(path: string): string;
  /** fetch() of a route with Jupyter's credentials and XSRF token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The headers that `fetch` adds, for those who need XMLHttpRequest. */
  headers(): Record<string, string>;
}

export const IWeb3Server = new Token<IWeb3Server>(
  'jupyterlab-web3:IWeb3Server',
  'Access to the server part of jupyterlab-web3.'
);

// ----------------------------------------------------------------------- IPFS

export type IpfsState = 'unknown' | 'online' | 'offline';

export interface IIpfsStatus {
  state: IpfsState;
  /** Where the engine looks, in words for a person (`127.0.0.1:5001`). */
  endpoint: string;
  managed: boolean;
  /** Agent version (`0.43.0`), when online. */
  version?: string;
  /** Bytes that the repository holds, when known. */
  repoSize?: number;
  /** Why it is offline, in plain words. */
  reason?: string;
  /** A node answers there, but the browser may not read it from this page. */
  refusesPage?: boolean;
}

export interface IAddOptions {
  /** Pin what was added (default false; MFS and jobs keep what they need). */
  pin?: boolean;
  /** Only compute the CID; nothing is stored. */
  onlyHash?: boolean;
  signal?: AbortSignal;
  /** Bytes sent so far. */
  onProgress?: (bytes: number) => void;
}

export interface IAdded {
  cid: string;
  /** Bytes of the file, or of the blocks for a folder. */
  size: number;
}

/** An entry of a folder, as one listing tells it. */
export interface IMfsEntry {
  name: string;
  type: 'file' | 'directory';
  /** Bytes; 0 for folders. */
  size: number;
  cid: string;
}

export interface IMfsStat {
  type: 'file' | 'directory';
  cid: string;
  size: number;
  cumulativeSize: number;
  blocks: number;
}

/** The Mutable File System; paths are absolute, POSIX, and not encoded. */
export interface IMfs {
  ls(path: string, o?: { signal?: AbortSignal }): Promise<IMfsEntry[]>;
  /** Throws `IpfsNotFoundError`. */
  stat(path: string, o?: { signal?: AbortSignal }): Promise<IMfsStat>;
  mkdir(path: string, o?: { parents?: boolean }): Promise<void>;
  /** `from` is an MFS path or `/ipfs/<cid>`; refuses an existing target unless `force`. */
  cp(from: string, to: string, o?: { force?: boolean }): Promise<void>;
  mv(from: string, to: string): Promise<void>;
  rm(path: string, o?: { recursive?: boolean }): Promise<void>;
  read(path: string, o?: IReadOptions): AsyncIterable<Uint8Array>;
  /**
   * Put a content at a path, all or nothing: it is added first and linked when
   * it is complete, so the CID is the one that `ipfs add` gives.
   */
  write(path: string, content: IContent, o?: IAddOptions): Promise<IAdded>;
}

export interface ILocalPins {
  add(cid: string, o?: { name?: string; signal?: AbortSignal }): Promise<void>;
  /** Removing what is not pinned is no error. */
  rm(cid: string): Promise<void>;
  has(cid: string): Promise<boolean>;
}

/** One way to speak IPFS: a Kubo node (later: this page). */
export interface IIpfsEngine {
  readonly kind: 'kubo' | 'browser';
  readonly status: IIpfsStatus;
  readonly statusChanged: ISignal<IIpfsEngine, IIpfsStatus>;
  /** Ask again whether it is there. Never rejects. */
  refresh(): Promise<IIpfsStatus>;
  add(content: IContent, o?: IAddOptions): Promise<IAdded>;
  /** Add several contents as one folder wrapped in a root; `name`s are paths. */
  addFolder(contents: IContent[], o?: IAddOptions): Promise<IAdded>;
  /** `path` is a CID or `/ipfs/<cid>/…`. Blocks are checked by the engine. */
  cat(path: string, o?: IReadOptions): AsyncIterable<Uint8Array>;
  readonly files: IMfs;
  readonly pins: ILocalPins;
  /** URL at which the browser can download a CID under a file name. */
  gatewayUrl(cid: string, filename?: string): string;
}

export interface IIpfs extends Omit<IIpfsEngine, 'kind' | 'statusChanged'> {
  readonly engine: IIpfsEngine;
  readonly engineChanged: ISignal<IIpfs, IIpfsEngine>;
  readonly statusChanged: ISignal<IIpfs, IIpfsStatus>;
}

export const IIpfs = new Token<IIpfs>(
  'jupyterlab-web3:IIpfs',
  'IPFS: add, read, the mutable file system and local pins.'
);

// --------------------------------------------------------------------- wallet

export interface IPaymentToken {
  /** Checksum address. */
  address: string;
  symbol: string;
  decimals: number;
}

/** A chain that the suite knows: a preset, a setting, or the local chain. */
export interface INetwork {
  chainId: number;
  name: string;
  testnet: boolean;
  /** The chain that `npm start` launched. */
  local?: boolean;
  /** JSON-RPC URL (also what a wallet is told to add). */
  rpc: string;
  /** Block explorer base URL without trailing slash, or null. */
  explorer: string | null;
  currency: { name: string; symbol: string; decimals: number };
  /** Ocean Node base URL without trailing slash, or null. */
  oceanNode: string | null;
  paymentTokens: IPaymentToken[];
  /** Ocean contracts by their name in lib's address list; lib's own when absent. */
  contracts?: Record<string, string>;
}

/** EIP-1193. */
export interface IEip1193Provider {
  request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown>;
  on?(event: string, listener: (...args: unknown[]) => void): unknown;
  removeListener?(
    event: string,
    listener: (...args: unknown[]) => void
  ): unknown;
}

/** A wallet announced by EIP-6963; `icon` is a checked data URI or null. */
export interface IWalletInfo {
  uuid: string;
  name: string;
  rdns: string;
  icon: string | null;
}

export interface IWalletSession {
  address: string;
  chainId: number;
  /** ISO 8601, at most 24 h ahead. */
  expires: string;
  /** `server`: the server part checked the signature; `browser`: only this page. */
  verifiedBy: 'server' | 'browser';
}

export interface IWalletState {
  status: 'disconnected' | 'restoring' | 'connecting' | 'connected';
  /** Checksum address. */
  account: string | null;
  /** The chain that the wallet is on. */
  chainId: number | null;
  wallet: IWalletInfo | null;
  session: IWalletSession | null;
}

/** Something that was done with an account. */
export interface IActivity {
  id: string;
  /** What it is about; may be foreign text. */
  title: string;
  /** How far it is, in words for a person (`Published`). */
  state: string;
  /** ISO 8601. */
  when: string;
  /** Show it. */
  open(): void;
}

/** A room that does something with accounts. */
export interface IActivitySource {
  readonly changed: ISignal<unknown, unknown>;
  list(account: string): readonly IActivity[];
  /** The list in few words (`2 published`); empty when it is empty. */
  summary(account: string): string;
}

/** The activity that the wallet's panel shows. */
export interface IActivityFeed {
  /** Add a source; it is loaded when the list is first looked at. */
  add(load: () => Promise<IActivitySource>): IDisposable;
}

export interface IWallet {
  readonly activity: IActivityFeed;
  readonly state: IWalletState;
  readonly stateChanged: ISignal<IWallet, IWalletState>;
  /** Every wallet announced so far. */
  readonly wallets: readonly IWalletInfo[];
  readonly walletsChanged: ISignal<IWallet, void>;
  /** Presets, settings and the local chain, merged; local first. */
  readonly networks: readonly INetwork[];
  readonly networksChanged: ISignal<IWallet, void>;
  /** Resolves when settings, server and the silent restore have been looked at. */
  readonly ready: Promise<void>;
  /** By rdns or uuid; the only wallet there is when omitted. */
  connect(wallet?: string): Promise<IWalletState>;
  disconnect(): Promise<void>;
  /** EIP-4361; throws `WalletRejectedError` on refusal. */
  signIn(): Promise<IWalletSession>;
  signOut(): Promise<void>;
  /** EIP-3326, adding the chain (EIP-3085) where the wallet does not know it. */
  switchNetwork(chainId: number): Promise<void>;
  /** The connected wallet; null when disconnected. */
  readonly provider: IEip1193Provider | null;
  /** Read a chain that need not be the wallet's; through the server route where one is offered. */
  reader(chainId: number): IEip1193Provider;
  network(chainId: number): INetwork | null;
}

export const IWallet = new Token<IWallet>(
  'jupyterlab-web3:IWallet',
  'The wallet: discovery, session, networks, signing.'
);

// -------------------------------------------------------------------- publish

export type IPrice =
  | { kind: 'free' }
  | {
      kind: 'fixed';
      /** Decimal amount in whole tokens, e.g. `2.5`. */
      amount: string;
      /** Checksum address of a payment token of the chain. */
      token: string;
    };

/** What a person says of the asset to come; see `draftSchema` in commands.ts. */
export interface IAssetDraft {
  name: string;
  description: string;
  author?: string;
  tags?: string[];
  /** SPDX identifier or free text. */
  license: string;
  type: 'dataset' | 'algorithm';
  price: IPrice;
  /** Seconds that an order stays valid; 0 = for ever, the default. */
  timeout?: number;
  /** URL or `ipfs://` of a sample that anybody may see. */
  sample?: string;
  algorithm?: {
    container: {
      image: string;
      tag: string;
      entrypoint: string;
      checksum: string;
    };
  };
  chainId?: number;
  storage?: string[];
}

export interface IPublishResult {
  did: string;
  nftAddress: string;
  datatokenAddress: string;
  /** Root of what was added: plaintext of free content, ciphertext of sealed. */
  cid: string;
  txs: { mint: string; metadata: string };
}

export const PUBLISH_STEPS = [
  'content',
  'seal',
  'add',
  'pin',
  'reachable',
  'predict',
  'encrypt-files',
  'ddo',
  'encrypt-ddo',
  'mint',
  'metadata',
  'index'
] as const;

export type PublishStep = (typeof PUBLISH_STEPS)[number];

export type StepState = 'waiting' | 'running' | 'wallet' | 'done' | 'skipped';

export interface IPublishStep {
  id: PublishStep;
  state: StepState;
  /** 0…1 while bytes move. */
  progress?: number;
  /** A CID, a transaction hash, …: shown behind the step. */
  detail?: string;
}

export type JobStatus =
  | 'running'
  /** Needs the person: `problem` says what for. */
  | 'paused'
  | 'done'
  | 'cancelled';

/** Why a job waits. `code` is stable; words are made by the panel. */
export interface IJobProblem {
  code: string;
  message: string;
  /** Whether anything was paid or minted so far. */
  paid: boolean;
}

export interface IPublishJob {
  readonly id: string;
  readonly name: string;
  readonly draft: IAssetDraft;
  readonly created: string;
  readonly status: JobStatus;
  readonly steps: readonly IPublishStep[];
  readonly problem: IJobProblem | null;
  readonly result: IPublishResult | null;
  readonly changed: ISignal<IPublishJob, void>;
  /** Resolves with the result, or null when cancelled; rejects never for a pause. */
  readonly finished: Promise<IPublishResult | null>;
  /** Go on after a pause. */
  resume(): void;
  /** Stop after the current side effect; can go on later. */
  pause(): void;
  /** Give up: removes the pins that the job made. Refused once minted. */
  cancel(): Promise<void>;
}

export interface IPublisher {
  readonly jobs: readonly IPublishJob[];
  readonly jobsChanged: ISignal<IPublisher, void>;
  /** Start a job without any dialog; the wallet still asks. */
  publish(contents: IContent[], draft: IAssetDraft): Promise<IPublishJob>;
  /** Go on with a job of the journal; the newest unfinished one when omitted. */
  resume(id?: string): Promise<IPublishJob | null>;
  /** Forget a finished or cancelled job. */
  forget(id: string): Promise<void>;
}

export const IPublisher = new Token<IPublisher>(
  'jupyterlab-web3:IPublisher',
  'Publishing to Ocean Protocol as crash-safe jobs.'
);

// ------------------------------------------------------------- outputs, market

/** One form in which a cell's output can leave the notebook. */
export interface IOutputForm {
  mediaType: string;
  /** E.g. `Image (PNG)`. */
  label: string;
  content: IContent;
}

export interface IOutputTarget {
  /** Contents path; the current notebook when omitted. */
  notebook?: string;
  /** Index of the cell; the active cell when omitted. */
  cell?: number;
  /** Index of the output; all of the cell's when omitted. */
  output?: number;
  mediaType?: string;
}

/** Makes contents of notebooks and their outputs. */
export interface INotebookContents {
  /** The forms that an output (or the cell's outputs) can take, best first. */
  forms(target: IOutputTarget): IOutputForm[];
  /** The output that a node of the page belongs to (the one right-clicked). */
  targetOf(node: Element): IOutputTarget | null;
  /** The notebook itself as it is in memory, saved or not. */
  notebook(path?: string): Promise<IContent>;
  /** Title for a draft: first heading, else the file name. */
  title(path?: string): string;
  /** Insert a code cell below the active one; returns the code. */
  insertCode(code: string, notebook?: string): Promise<string>;
}

export const INotebookContents = new Token<INotebookContents>(
  'jupyterlab-web3:INotebookContents',
  'Contents made of notebooks and outputs.'
);
