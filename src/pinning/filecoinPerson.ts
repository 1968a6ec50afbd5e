/** What the provider is given: the person, the settings, the wallet. */
import type { IPinQuote, IPinRequest } from '../tokens';
import type { FilecoinNetwork, FilecoinWallet } from './filecoinClient';
import type { IFilecoinCosts } from './filecoinCosts';
import type { IEndingPlan } from './filecoinEnding';
import type { FilecoinJournal, IFilecoinRecord } from './filecoinJournal';
import type { IProofs } from './filecoinProofs';

/** The person, as dialogs give them to us. */
export interface IFilecoinPerson {
  /** Show the quote; false: not now. Called only without an obstacle or with one. */
  agree(costs: IFilecoinCosts, request: IPinRequest): Promise<boolean>;
  /** Show what ending means; false: keep it. */
  end(plan: IEndingPlan): Promise<boolean>;
  /** Show what a longer deposit costs; false: not now. */
  topUp(plan: ITopUpPlan): Promise<boolean>;
  /** A quote in words, for the interface that all providers have. */
  quote(costs: IFilecoinCosts): IPinQuote;
}

/** The part of `navigator.locks` that is used. */
export interface IFilecoinLocks {
  request<T>(
    name: string,
    options: { signal?: AbortSignal },
    held: () => Promise<T>
  ): Promise<T>;
}

export interface IFilecoinOptions {
  wallet: FilecoinWallet;
  person: IFilecoinPerson;
  /** From the settings; the test network unless told otherwise. */
  network: () => FilecoinNetwork;
  /** Days of storage that a deposit pays ahead, besides the lock-up. */
  days?: () => number;
  journal?: FilecoinJournal;
  locks?: IFilecoinLocks;
  /** Milliseconds between two looks at the chain. */
  poll?: number;
  /** Milliseconds after which waiting for the chain ends for now. */
  patience?: number;
}

/** What paying further ahead costs; base units of USDFC. */
export interface ITopUpPlan {
  testnet: boolean;
  days: number;
  amount: bigint;
  /** What the account has beside the deposit. */
  tokens: bigint;
  elsewhere: boolean;
}

/** One content as the status dialog shows it. */
export interface IFilecoinItem {
  record: IFilecoinRecord;
  /** Null: it is not on the chain (yet). */
  proofs: IProofs | null;
}
