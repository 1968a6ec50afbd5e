/**
 * What the job asks of Ocean, narrowed to what publishing needs. The room
 * `src/ocean` answers it (`oceanPort.ts`); tests answer it with fakes.
 */
import type { IEip1193Provider, IAssetDraft, IVersionOf } from '../tokens';
import type { IRecordFile } from './record';

/** A file as the Ocean Node is told of it (`files[i]` of lib). */
export type INodeFile =
  { type: 'ipfs'; hash: string } | { type: 'url'; url: string; method: 'get' };

export interface IMinted {
  nft: string;
  datatoken: string;
  hash: string;
}

/** A transaction to be sent by `eth_sendTransaction`. */
export interface ICall {
  to: string;
  data: string;
  /** Gas limit with a margin, 0x-hex, where it has been estimated. */
  gas?: string;
}

/** Signs a message with the account of the job; shows one wallet prompt. */
export type Sign = (message: Uint8Array) => Promise<string>;

export interface IOceanPort {
  /** Why the draft can't be published, as `field: code`; empty when it can. */
  check(draft: IAssetDraft): Promise<string[]>;

  /** A new 256-bit sealing key. */
  newKey(): Uint8Array;
  sealProfile: string;
  /** The plaintext sealed, as it is read. */
  seal(
    plain: AsyncIterable<Uint8Array>,
    o: { key: Uint8Array; index: number }
  ): AsyncIterable<Uint8Array>;
  /** What is promised of a plaintext: its binary CID, hidden by the key. Hex. */
  commit(cid: Uint8Array, key: Uint8Array): Promise<string>;
  /** The last entry of a sealed asset's files (FACTS: sealed content). */
  keyFile(key: Uint8Array, root: string): INodeFile;

  /** What the node sees of a file: its length, 0 for what it can't find. */
  fileInfo(
    node: string,
    file: INodeFile,
    chainId: number,
    signal?: AbortSignal
  ): Promise<{ valid: boolean; length: number }>;

  /** NFT and datatoken of the next mint (CREATE addresses of the factory). */
  predict(
    reader: IEip1193Provider,
    chainId: number
  ): Promise<{ nonce: number; nft: string; datatoken: string }>;

  /**
   * A signature for the node comes next: what it takes may be asked for now,
   * while something else goes on.
   */
  willSign(node: string, account: string): void;

  /** Encrypt the asset's files at the node; one signature. Hex with 0x. */
  encryptFiles(o: {
    node: string;
    chainId: number;
    account: string;
    nft: string;
    datatoken: string;
    files: INodeFile[];
    sign: Sign;
    signal?: AbortSignal;
  }): Promise<string>;

  /** DDO 4.1.0 as the JSON text whose sha256 is minted. */
  buildDdo(o: {
    draft: IAssetDraft;
    chainId: number;
    account: string;
    node: string;
    nft: string;
    datatoken: string;
    encryptedFiles: string;
    files: IRecordFile[];
    sealed: string | null;
    created: string;
    /** Its record with other files in it, instead of a new one. */
    version?: IVersionOf;
  }): Promise<{ did: string; json: string }>;

  /** Ask the node to check it; the reasons it would refuse, or none. */
  validateDdo(
    node: string,
    json: string,
    account: string,
    signal?: AbortSignal
  ): Promise<string[]>;

  /** Encrypt the DDO at the node; one signature. */
  encryptDdo(o: {
    node: string;
    chainId: number;
    account: string;
    json: string;
    sign: Sign;
    signal?: AbortSignal;
  }): Promise<{ data: string; hash: string }>;

  mintCall(o: {
    reader: IEip1193Provider;
    chainId: number;
    account: string;
    draft: IAssetDraft;
    tokenURI: string;
  }): Promise<ICall>;

  /** Look for `NFTCreated` with this creator and tokenURI. */
  findMint(o: {
    reader: IEip1193Provider;
    chainId: number;
    account: string;
    tokenURI: string;
    fromBlock: number;
  }): Promise<IMinted | null>;

  /** The same in an answer of `eth_getTransactionReceipt`. */
  mintIn(o: {
    receipt: unknown;
    chainId: number;
    account: string;
    tokenURI: string;
  }): Promise<IMinted | null>;

  metadataCall(o: {
    reader: IEip1193Provider;
    chainId: number;
    account: string;
    nft: string;
    node: string;
    data: string;
    hash: string;
    /** An asset that is there already keeps the state that the chain has. */
    isNew: boolean;
  }): Promise<ICall>;

  /** The transaction that wrote the newest record of an asset, or null; its state. */
  recordNow(o: {
    reader: IEip1193Provider;
    chainId: number;
    nft: string;
  }): Promise<{ tx: string | null; withdrawn: boolean }>;

  /** Look for the event by which this metadata hash was set. */
  findMetadata(o: {
    reader: IEip1193Provider;
    chainId: number;
    nft: string;
    hash: string;
    fromBlock: number;
  }): Promise<{ hash: string } | null>;

  /** The same in an answer of `eth_getTransactionReceipt`. */
  metadataIn(o: {
    receipt: unknown;
    nft: string;
    hash: string;
  }): Promise<{ hash: string } | null>;

  /** Where the index is with it. */
  indexed(
    node: string,
    did: string,
    signal?: AbortSignal,
    /** Also look at its record, and for why it is not listed: more requests. */
    close?: boolean,
    /** Only the record that this transaction wrote counts. */
    tx?: string
  ): Promise<{ state: 'found' | 'waiting' | 'failed'; reason?: string }>;
}
