/**
 * What the journal keeps of a job. Everything a job knows after a reload is
 * here; nothing in it is secret (the sealing key is wrapped).
 */
import type {
  IAssetDraft,
  IHolder,
  IJobProblem,
  IPublishResult,
  IVersionOf,
  JobStatus,
  PublishStep
} from '../tokens';
import type { IContentSource } from '../content';
import type { ISeen } from './guardSeen';

/** Version of the record; a reader leaves records with a higher one alone. */
export const RECORD_VERSION = 1;

/** One file of the asset, in the order of the asset's `files`. */
export interface IRecordFile {
  /** POSIX path in the asset. */
  path: string;
  mediaType: string;
  /** Bytes of the plaintext, once known. */
  size: number | null;
  source: IContentSource | null;
  /** False: the journal keeps the bytes under `content/<index>`. */
  durable: boolean;
  /** What was looked through before it was published. */
  checked?: ISeen;
  /** Known before (a drive file). */
  knownCid?: string;
  /** CID of the plaintext: of a free file once added, of a sealed one as hashed. */
  cid?: string;
  /**
   * Bytes of what is on IPFS (ciphertext when sealed), and its CID; `seen` once
   * the Ocean Node has read it.
   */
  stored?: { cid: string; size: number; seen?: boolean };
  /** Sealed files only: hex, see `web3-seal/1`. */
  commitment?: string;
}

/** A provider that was chosen to keep the asset, besides the IPFS node. */
export interface IKeeper {
  /** Id of the provider. */
  provider: string;
  label: string;
  takes: 'upload' | 'fetch';
  /** Whether it had the content before it was asked; written down before. */
  hadBefore?: boolean;
  /** Id of the pin in the queue. */
  pin?: string;
  pinned?: boolean;
  /** Why it does not keep it; `code` is of the room `pinning`. */
  trouble?: { code: string; message: string };
  /** The person goes on without it. */
  dropped?: boolean;
  /** After a cancel: it may still have it; it is asked later, or stays so. */
  left?: 'asked' | 'kept';
}

/** A wallet prompt for a transaction, written down before it is shown. */
export interface ITxIntent {
  account: string;
  chainId: number;
  /** `eth_getTransactionCount(account, 'pending')` before the prompt. */
  nonce: number;
  /** Block from which to look for its effect. */
  block: number;
  /** ISO 8601. */
  asked: string;
  /** As soon as the wallet gave it. */
  hash?: string;
  /** The nonce that the wallet chose, once its transaction was seen. */
  hashNonce?: number;
}

/** Encrypted by the Ocean Node, for the addresses named. */
export interface IEncrypted {
  nft: string;
  datatoken: string;
  /** Hex with 0x. */
  data: string;
}

export interface IJobRecord {
  v: number;
  /** 32 hex digits; the last part of the NFT's tokenURI. */
  id: string;
  /** ISO 8601. */
  created: string;
  draft: IAssetDraft;
  account: string;
  chainId: number;
  /** Base URL of the Ocean Node. */
  node: string;
  sealed: boolean;
  /** One zip of everything, because there were too many files for entries. */
  zipped?: string;
  /** A new version of an asset: predict and mint are left out. */
  version?: IVersionOf;
  /** What is read: the members of the zip, or the files themselves. */
  members: IRecordFile[];
  /** What is sold: one zip, or the members. */
  files: IRecordFile[];
  status: JobStatus;
  problem: IJobProblem | null;
  done: PublishStep[];
  /** Contents paths to move from the drive to the workspace when all is done. */
  takeOffDrive: string[];
  /** Why some of them are still there. */
  takeOffTrouble?: string;

  /** The sealing key, wrapped; gone once the files are encrypted for good. */
  wrappedKey?: { iv: Uint8Array; data: Uint8Array };
  sealProfile?: string;
  root?: { cid: string; size: number };
  /** `page`: this browser, not a node. */
  pin?: { hadBefore: boolean; done: boolean; page?: boolean };
  keepers?: IKeeper[];
  /** Who has it, as asked last. */
  holders?: IHolder[];
  predicted?: { nonce: number; nft: string; datatoken: string };
  files1?: IEncrypted;
  ddo?: { did: string; json: string; nft: string };
  ddo1?: IEncrypted & { hash: string };
  mintIntent?: ITxIntent;
  minted?: { hash: string; nft: string; datatoken: string };
  metadataIntent?: ITxIntent;
  metadata?: { hash: string };
  /** Somebody else minted first: two more signatures were announced. */
  encryptedAgain?: boolean;
  /** Wallet prompts that were answered with yes. */
  prompts: number;
  result?: IPublishResult;
  /** What a cancelled job could not take back, as codes for the panel. */
  remains?: ('copies' | 'open-prompt' | 'pin-kept')[];
}
