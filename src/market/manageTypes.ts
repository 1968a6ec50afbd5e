/** What is known of an asset that is looked after, and what is under way. */
import type { IAccessList } from '../ocean/accessList';
import type { IAsset } from '../ocean/asset';
import type { IDdo } from '../ocean/ddo';
import type { OceanNodeClient } from '../ocean/nodeClient';
import type { IRevenue } from '../ocean/revenue';
import type { INft, IRights } from '../ocean/states';
import type { INetwork, IWallet } from '../tokens';
import type { Changes, IChangeStep } from './change';
import * as selling from '../ocean/sale';
import * as splitting from '../ocean/splitter';

/** Every change; its words are in `manageWords.ts`. */
export type ManageTask =
  | 'record'
  | 'access'
  | 'state'
  | 'bring-back'
  | 'price'
  | 'exchange'
  | 'free'
  | 'collector'
  | 'collect'
  | 'collect-datatokens'
  | 'collect-fee'
  | 'new-list'
  | 'list-add'
  | 'list-remove'
  | 'split'
  | 'release'
  | 'transfer';

/** A contract that shared revenue before somebody else was paid. */
export interface IFormerSplitter {
  splitter: splitting.ISplitter;
  /** By the address of the token, base units; only what is more than nothing. */
  holds: Record<string, bigint>;
}

/** What is under way: prompt `prompt` of `prompts` is next or open. */
export interface IManageStep {
  task: ManageTask;
  step: IChangeStep['step'] | 'node' | 'signature' | 'index';
  prompt: number;
  prompts: number;
}

export interface IManageState {
  phase: 'loading' | 'ready' | 'unreadable';
  nft: INft | null;
  rights: IRights | null;
  /** As published, without what the index added; null where the index has none. */
  record: IDdo | null;
  asset: IAsset | null;
  /** Why the index could not be asked; null where it was. */
  nodeProblem: unknown;
  /** Whether the index has the record that the chain has. */
  isStale: boolean;
  sales: selling.ISale[];
  revenue: IRevenue | null;
  lists: IAccessList[];
  splitter: splitting.ISplitter | null;
  /** What the splitter holds, by the address of the token. */
  splitterHolds: Record<string, bigint>;
  /** Splitters that were paid before, with what is left in them. */
  formerSplitters: IFormerSplitter[];
  /** Lists that the record names and that are of somebody else. */
  foreignLists: IAccessList[];
  /** Whether the index has anything of it; false too where it was not asked. */
  isIndexed: boolean;
  /** Whether its record has to be written again before anybody finds it. */
  isForgotten: boolean;
  busy: IManageStep | null;
  /** The change that went well last. */
  done: ManageTask | null;
  /** Why the change that was tried last was not made, or not all of it. */
  problem: unknown;
  failed: ManageTask | null;
  /** Whether a part of it was made all the same. */
  isPartly: boolean;
  /** Why it could not be read again; what was read before is still shown. */
  unread: unknown;
}

export interface IManageDeps {
  wallet: Pick<
    IWallet,
    | 'state'
    | 'stateChanged'
    | 'reader'
    | 'network'
    | 'networks'
    | 'switchNetwork'
  >;
  changes: Changes;
  /** The node that lists the asset; `account` signs where given. */
  node: (
    url: string,
    account: string | null,
    chainId: number
  ) => Promise<OceanNodeClient>;
  /** Ask whether no prompt of before is open any more. */
  confirmAgain: () => Promise<boolean>;
  /** Ask once more where the chain's money is real; true at once elsewhere. */
  confirmMainnet: (name: string, network: INetwork) => Promise<boolean>;
  /** Where a contract that was made is kept until it is used. */
  store?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Milliseconds that an index may take; default two minutes. */
  indexTimeout?: number;
}

export const EMPTY: IManageState = {
  phase: 'loading',
  nft: null,
  rights: null,
  record: null,
  asset: null,
  nodeProblem: null,
  isStale: false,
  sales: [],
  revenue: null,
  lists: [],
  splitter: null,
  splitterHolds: {},
  formerSplitters: [],
  foreignLists: [],
  isIndexed: false,
  isForgotten: false,
  busy: null,
  done: null,
  problem: null,
  failed: null,
  isPartly: false,
  unread: null
};
