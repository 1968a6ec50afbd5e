/** What is known of an asset at a moment: all that its page and its button show. */
import type { IDownloaded, IDownloadProgress } from './download';
import type {
  IAccessAnswer,
  IAsset,
  IAssetPrice,
  IHoldings,
  IOrder,
  IProviderFee,
  ITokenInfo
} from './ports';
import type { IPurchaseStep } from './purchaseTerms';

export type AssetPhase =
  | 'loading'
  | 'not-found'
  /** Could not be read; `problem` says why. */
  | 'unreadable'
  | 'for-sale'
  /** Neither priced nor free, or withdrawn. */
  | 'not-for-sale'
  | 'owned'
  | 'buying'
  | 'downloading';

export interface IAssetState {
  phase: AssetPhase;
  asset: IAsset | null;
  price: IAssetPrice | null;
  /** What the Ocean Node takes for serving it, where that is known. */
  nodeFee: IProviderFee | null;
  /** The token of that fee, where it is not the price's. */
  nodeFeeToken: ITokenInfo | null;
  /** Wei, about; null where it is not known. */
  gas: bigint | null;
  /** What the account has already that pays for an order. */
  holdings: IHoldings;
  /** Whether the publisher's rules let the account have it; null: not asked. */
  access: IAccessAnswer | null;
  /** Requests that the wallet will show for a purchase; null: not known. */
  prompts: number | null;
  /** Those of them that approve a payment. */
  approvals: number | null;
  order: IOrder | null;
  /** Whether the asset's node answered last; null: it was not asked. */
  nodeAnswers: boolean | null;
  /** Host of the asset's node where it is not in the settings. */
  foreignHost: string | null;
  purchase: IPurchaseStep | null;
  progress: IDownloadProgress | null;
  /** What went wrong last; null once something else was tried. */
  problem: unknown;
  result: IDownloaded | null;
  /** Bytes that a download which did not end left in this browser. */
  kept: number;
}

/** Before anything is known. */
export const EMPTY: IAssetState = {
  phase: 'loading',
  asset: null,
  price: null,
  nodeFee: null,
  nodeFeeToken: null,
  gas: null,
  holdings: { held: false, reuse: null },
  access: null,
  prompts: null,
  approvals: null,
  order: null,
  nodeAnswers: null,
  foreignHost: null,
  purchase: null,
  progress: null,
  problem: null,
  result: null,
  kept: 0
};

/** Free content that names its CIDs: IPFS has it, no node has to be asked. */
export function isOpen(asset: IAsset): boolean {
  return (
    asset.web3 !== null &&
    !asset.web3.sealed &&
    asset.web3.files.length > 0 &&
    asset.web3.files.every(file => Boolean(file.cid))
  );
}
