/** Keeping content: who is asked to, how far that is, and who has it. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/**
 * How far a pin is. The first four are the words of the IPFS Pinning Service
 * API 1.0.0 (https://ipfs.github.io/pinning-services-api-spec/).
 */
export type PinState = 'queued' | 'pinning' | 'pinned' | 'failed';

/** What keeping a content costs, as read from the provider itself. */
export interface IPinQuote {
  /** What there is to pay, in whole units of a token, largest first. */
  amounts: { label: string; amount: string; symbol: string }[];
  /** Wallet prompts to come, in words, in their order. */
  prompts: string[];
  /** Why it can't be had as things are (funds, size), or null. */
  obstacle: string | null;
}

export interface IPinRequest {
  /** CIDv1. */
  cid: string;
  /** Shown by the provider beside the CID. */
  name?: string;
  /** Bytes of all blocks, where known. */
  bytes?: number;
  /** The archive, for those who take uploads; read again at each try. */
  car?: () => AsyncIterable<Uint8Array>;
}

export interface IPinReport {
  state: PinState;
  /** What the provider calls this pin. */
  requestId: string;
  /** In the provider's words; untrusted. */
  detail?: string;
}

/** One that keeps content: this node, a service, Filecoin. */
export interface IPinProvider {
  /** Stable: `node`, `service:<name>`, `kubo:<name>`, `filecoin`. */
  readonly id: string;
  readonly label: string;
  readonly kind: 'node' | 'service' | 'kubo-remote' | 'filecoin';
  /**
   * Whether it takes bytes (`upload`), or fetches a CID from whoever has it
   * (`fetch`), for which somebody other than a closing page must have it.
   */
  readonly takes: 'upload' | 'fetch';
  /** Null where nothing is paid through the suite. */
  quote(
    request: IPinRequest,
    o?: { signal?: AbortSignal }
  ): Promise<IPinQuote | null>;
  /**
   * Where it costs something: have the person agree, in a dialog. `IPinning.pin`
   * calls it before the pin is recorded; a pin that is resumed by itself never
   * shows one. False: they did not.
   */
  agree?(request: IPinRequest, o?: { signal?: AbortSignal }): Promise<boolean>;
  /** Ask for it; safe to ask again. Throws typed errors of the room. */
  pin(
    request: IPinRequest,
    o?: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<IPinReport>;
  /** Null when the provider knows of no such pin. */
  status(
    pin: { cid: string; requestId?: string },
    o?: { signal?: AbortSignal }
  ): Promise<IPinReport | null>;
  /**
   * Where taking a pin back can't be undone: have the person confirm, in a
   * dialog. `IPinning.unpin` and `cancel` call it first. False: it stays.
   */
  agreeToEnd?(pin: { cid: string }): Promise<boolean>;
  /** Removing what is not there is no error. */
  unpin(pin: { cid: string; requestId?: string }): Promise<void>;
}

/** One pin at one provider, as the table shows it. */
export interface IPinRecord {
  readonly id: string;
  readonly cid: string;
  readonly name: string;
  /** Id of the provider. */
  readonly provider: string;
  readonly state: PinState | 'waiting' | 'removing';
  /** ISO 8601. */
  readonly created: string;
  readonly updated: string;
  /** Tries that failed in a row. */
  readonly attempts: number;
  /** ISO 8601; when it is tried next, after a failure. */
  readonly nextTry: string | null;
  /** `code` is stable; words are made by the panel. */
  readonly problem: { code: string; message: string } | null;
  /** 0…1 while bytes move. */
  readonly progress: number | null;
}

/** Somebody of whom it was checked whether they have a content. */
export interface IHolder {
  /** Id of a provider, `gateway:<host>`, or `page`. */
  id: string;
  label: string;
  /** Null: it could not be asked. */
  has: boolean | null;
  /** Why not, in plain words. */
  detail?: string;
  /** ISO 8601. */
  checked: string;
}

/** Asks somebody who is no provider (a gateway) whether they have a content. */
export type HolderCheck = (
  cid: string,
  o: { signal?: AbortSignal }
) => Promise<IHolder[]>;

/**
 * Where a content is kept, in one sign: on this node, elsewhere too, only in
 * this browser, on its way, or it failed.
 */
export type PinBadge = 'here' | 'elsewhere' | 'browser' | 'pinning' | 'failed';

/** "Pin all of this folder there": each new state of it takes the old one's place. */
export interface IPinPolicy {
  readonly id: string;
  /** Of the mutable file system: `/data`. */
  readonly path: string;
  /** Id of the provider. */
  readonly provider: string;
  /** The root that is pinned, or is on its way; null before the first look. */
  readonly cid: string | null;
}

export interface IPinning {
  /** Resolves when providers and records are known; the room is loaded for it. */
  load(): Promise<void>;
  /** Empty before `load`, or before anything was asked. */
  readonly providers: readonly IPinProvider[];
  readonly providersChanged: ISignal<IPinning, void>;
  /** Add a provider of another room or extension. */
  addProvider(provider: IPinProvider): IDisposable;
  readonly records: readonly IPinRecord[];
  readonly recordsChanged: ISignal<IPinning, void>;
  /** Queue a pin; resolves when it is recorded, not when it is pinned. */
  pin(
    request: { cid: string; name?: string; bytes?: number },
    provider: string
  ): Promise<IPinRecord>;
  /** Take a pin back; resolves when the provider did. */
  unpin(cid: string, provider: string): Promise<void>;
  /** Stop a pin that is not done yet. */
  cancel(id: string): Promise<void>;
  /** Try a failed one now. */
  retry(id: string): void;
  /** Resolves when the pin is `pinned`; rejects when it failed for good. */
  settled(id: string, o?: { signal?: AbortSignal }): Promise<IPinRecord>;
  /** Ask everybody who might have it; checked now, not remembered. */
  holders(cid: string, o?: { signal?: AbortSignal }): Promise<IHolder[]>;
  /** Ask somebody else, too, in `holders`. */
  addHolderCheck(ask: HolderCheck): IDisposable;
  /** What is known without asking; null for what nobody was asked to keep. */
  badgeFor(cid: string): PinBadge | null;
  readonly policies: readonly IPinPolicy[];
  /** Keep a folder pinned as it changes. */
  follow(path: string, provider: string): Promise<IPinPolicy>;
  /** Stop following; what is pinned stays pinned. */
  unfollow(id: string): Promise<void>;
}

export const IPinning = new Token<IPinning>(
  'jupyterlab-web3:IPinning',
  'Pinning: providers, the queue of pins, and who has a content.'
);
