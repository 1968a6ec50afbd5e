/** Publishing to Ocean Protocol. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import type { IPinRecord } from './pinning';

export type IPrice =
  | { kind: 'free' }
  | {
      kind: 'fixed';
      /** Decimal amount in whole tokens, e.g. `2.5`. */
      amount: string;
      /** Checksum address of a payment token of the chain. */
      token: string;
    };

/** What a person says of the asset to come; see `draftSchema` in commandSchemas.ts. */
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
  /**
   * Ids of pinning providers that are to keep it, besides the IPFS node in use;
   * `page`: publish even where only this browser has it.
   */
  storage?: string[];
  /**
   * Seal it although it is free: who wants it orders it first, and gets the key
   * from the Ocean Node. What has a price is sealed always.
   */
  seal?: boolean;
}

/** An asset that is there already, whose files are to be replaced. */
export interface IVersionOf {
  did: string;
  chainId: number;
  nftAddress: string;
  datatokenAddress: string;
  /** The service whose files are replaced, in `services` of the record. */
  serviceIndex: number;
  /** The record (DDO) as published last, as JSON. */
  record: string;
  /** The transaction that wrote it: nothing newer is written over. */
  recordTx: string;
  /** Whether the new files are sealed, as the old ones are. */
  sealed: boolean;
}

export interface IPublishResult {
  did: string;
  nftAddress: string;
  datatokenAddress: string;
  /** Root of what was added: plaintext of free content, ciphertext of sealed. */
  cid: string;
  /** `mint` is empty for a new version: nothing is minted. */
  txs: { mint: string; metadata: string };
  /** Of a silent publication: what the dialog would have warned of, in words. */
  warnings?: string[];
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

/** One of those who keep the content, or are to. */
export interface IKeeperState {
  /** Of the provider; `page` is this browser. */
  id: string;
  label: string;
  /** `has`: it was asked, and has it. */
  state: IPinRecord['state'] | 'has';
  /** 0…1 while bytes move. */
  progress?: number;
}

export interface IPublishStep {
  id: PublishStep;
  state: StepState;
  /** 0…1 while bytes move. */
  progress?: number;
  /** A CID, a transaction hash, …: shown behind the step. */
  detail?: string;
  /** Who keeps it, or how far they are. */
  keepers?: readonly IKeeperState[];
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
  publish(
    contents: IContent[],
    draft: IAssetDraft,
    extras?: {
      /** Replace the files of this asset; of the draft its name counts only. */
      version?: IVersionOf;
      /** Bring the panel that shows its progress to the front. */
      show?: boolean;
    }
  ): Promise<IPublishJob>;
  /** Go on with a job of the journal; the newest unfinished one when omitted. */
  resume(id?: string): Promise<IPublishJob | null>;
  /** Forget a finished or cancelled job. */
  forget(id: string): Promise<void>;
}

export const IPublisher = new Token<IPublisher>(
  'jupyterlab-web3:IPublisher',
  'Publishing to Ocean Protocol as crash-safe jobs.'
);
