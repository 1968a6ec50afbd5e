/** Building and reading DDOs (version 4.1.0). */
import type { IContentSource } from '../content';
import type { IAssetDraft } from '../tokens';

export type IStorageEntry =
  { type: 'ipfs'; hash: string } | { type: 'url'; method: 'get'; url: string };

/** What a node encrypts; the addresses must be the asset's own. */
export interface IFilesObject {
  nftAddress: string;
  datatokenAddress: string;
  files: IStorageEntry[];
}

/** One file as the public metadata tell it (DESIGN: `additionalInformation.web3`). */
export interface IWeb3File {
  path: string;
  /** Bytes; of sealed files rounded up to the chunk of 1 MiB. */
  size: number;
  mediaType: string;
  /** How the CID was made. */
  profile: string;
  /** Of free files. */
  cid?: string;
  /** Of sealed files, 64 hex digits: see `commitment` in seal.ts. */
  commitment?: string;
}

export interface IWeb3Info {
  v: 1;
  files: IWeb3File[];
  sealed: 'web3-seal/1' | null;
  source: IContentSource | null;
}

export interface IService {
  id: string;
  type: string;
  files: string;
  datatokenAddress: string;
  serviceEndpoint: string;
  timeout: number;
  [key: string]: unknown;
}

export interface IDdo {
  '@context': string[];
  id: string;
  version: string;
  chainId: number;
  nftAddress: string;
  metadata: Record<string, unknown>;
  services: IService[];
}

export interface IBuildDdo {
  draft: IAssetDraft;
  /** Account, for `author` where the draft has none. */
  owner: string;
  chainId: number;
  nftAddress: string;
  datatokenAddress: string;
  /** 0x-hex, from the node's `encrypt`. */
  encryptedFiles: string;
  /** Canonical base URL of the node. */
  nodeUrl: string;
  web3: IWeb3Info;
  /** Kept by the job, so that a rebuilt DDO is the same. */
  created: Date;
}

export interface IDraftProblem {
  field: keyof IAssetDraft | 'price.amount' | 'price.token';
  code:
    | 'required'
    | 'too-short'
    | 'too-long'
    | 'bad-amount'
    | 'zero-amount'
    | 'bad-token'
    | 'bad-timeout'
    | 'bad-sample'
    | 'bad-checksum'
    | 'duplicate';
}

/** An asset as the node's index tells it; all text is untrusted. */
export interface IAsset {
  did: string;
  chainId: number;
  nftAddress: string;
  version: string;
  /** 0 active, 1 end-of-life, 2 deprecated, 3 revoked, 4 ordering off, 5 unlisted. */
  state: number;
  /** Whether it may be ordered. */
  active: boolean;
  name: string;
  description: string;
  author: string;
  license: string;
  type: string;
  tags: string[];
  sample: string | null;
  created: string | null;
  owner: string | null;
  service: {
    id: string;
    index: number;
    type: string;
    datatokenAddress: string;
    /** Seconds; 0 = for ever. */
    timeout: number;
    serviceEndpoint: string;
  } | null;
  stats: {
    orders: number | null;
    /** As indexed, for lists; the chain decides when buying. */
    price: { amount: string; token: string } | null;
  };
  web3: IWeb3Info | null;
}

export declare function didOf(
  nftAddress: string,
  chainId: number
): Promise<string>;
export declare function ddoHash(ddo: IDdo): Promise<string>;
/** `key` = `keyUrl(…)` of seal.ts, always the last entry. */
export declare function filesObject(o: {
  nftAddress: string;
  datatokenAddress: string;
  cids: string[];
  key?: string;
}): IFilesObject;
export declare function buildDdo(options: IBuildDdo): Promise<IDdo>;
export declare function checkDraft(draft: IAssetDraft): IDraftProblem[];
/** Throws `ddo-invalid`. */
export declare function readAsset(ddo: unknown): IAsset;
