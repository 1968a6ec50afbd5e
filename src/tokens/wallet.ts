/** The wallet, its networks and what was done with it. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

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
