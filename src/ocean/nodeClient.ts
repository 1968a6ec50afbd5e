/** A thin client of an Ocean Node's HTTP API that hides no failure. */
import type { IDdo, IFilesObject, IStorageEntry } from './ddo';

export interface INodeOptions {
  /** Canonical base URL, as asset records name it; no trailing slash. */
  url: string;
  /** `path` starts with `/`; through the server route where there is one. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Whether the node is in the settings. */
  trusted: boolean;
  /** Asked once a node before the first signature for one that isn't trusted. */
  confirmForeign?: (url: string) => Promise<boolean>;
  /** Checksum address that signs. */
  address?: string;
  /**
   * `personal_sign` of bytes given as 0x-hex (≤ 32 bytes), e.g.
   * `m => provider.request({method: 'personal_sign', params: [m, address]})`.
   */
  sign?: (message: string) => Promise<string>;
}

export interface INodeStatus {
  version: string;
  chainIds: number[];
  providerAddress: string;
}
export interface IFileInfo {
  valid: boolean;
  /** Bytes; the node stops counting at about 10 MiB. */
  length: number;
  mediaType: string;
  type: string;
}
export interface IIndexState {
  valid: boolean;
  error: string | null;
  tx: string | null;
}
export interface IProviderFee {
  providerFeeAddress: string;
  providerFeeToken: string;
  providerFeeAmount: string;
  providerData: string;
  v: number;
  r: string;
  s: string;
  validUntil: number;
}
export interface IInitialized {
  providerFee: IProviderFee;
  datatoken: string;
  /** Set when the node knows a valid order already. */
  validOrder: string | null;
}
export interface ICallOptions {
  signal?: AbortSignal;
}
export interface IQuery {
  query: object;
  /** Pages, counted from 1. */
  from?: number;
  size?: number;
  sort?: Record<string, 'asc' | 'desc'>;
}

export declare class OceanNodeClient {
  constructor(options: INodeOptions);
  readonly url: string;
  readonly address: string | undefined;
  status(o?: ICallOptions): Promise<INodeStatus>;
  nonce(address: string, o?: ICallOptions): Promise<number>;
  /** One signature. Resolves to 0x-hex; throws `bad-ciphertext`, `node-refused`, `nonce-jump`. */
  encrypt(
    data: IFilesObject | IDdo,
    chainId: number,
    o?: ICallOptions
  ): Promise<string>;
  /** No signature. Throws `ddo-invalid` with the node's words. */
  validate(ddo: IDdo, o?: ICallOptions): Promise<void>;
  fileInfo(
    what: IStorageEntry | { did: string; serviceId: string },
    o?: ICallOptions
  ): Promise<IFileInfo[]>;
  /** The rule of DESIGN §5: throws `node-cannot-see` unless the node finds `size` bytes under `cid`. */
  checkSees(cid: string, size: number, o?: ICallOptions): Promise<void>;
  /** null when the node has no such asset. */
  ddo(did: string, o?: ICallOptions): Promise<unknown | null>;
  state(did: string, o?: ICallOptions): Promise<IIndexState | null>;
  /** DDOs of either answer shape. */
  query(query: IQuery, o?: ICallOptions): Promise<unknown[]>;
  initialize(
    what: {
      did: string;
      serviceId: string;
      consumer: string;
      fileIndex?: number;
    },
    o?: ICallOptions
  ): Promise<IInitialized>;
  /** One signature, or none with a token. The body is for the caller to stream. */
  download(
    what: {
      did: string;
      serviceId: string;
      orderTx: string;
      fileIndex: number;
    },
    o?: ICallOptions
  ): Promise<Response>;
  /** One signature, then `download` asks for none until `forgetToken`. Memory only. */
  authToken(o?: ICallOptions): Promise<void>;
  forgetToken(): void;
  /** Polls gently; resolves to the DDO. Throws `not-indexed` with the index's words. */
  waitIndexed(
    did: string,
    o?: ICallOptions & { timeout?: number; tx?: string }
  ): Promise<unknown>;
}
