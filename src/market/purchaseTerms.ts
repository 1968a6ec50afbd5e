/** What a purchase takes, what it may take at most, and where it is. */
import { duesOf, STANDARD, sumsOf } from '../ocean/dues';
import { OceanError } from '../ocean/errors';
import { MarketError } from './errors';
import type {
  IAsset,
  IAssetPrice,
  IDeal,
  IHoldings,
  IProviderFee
} from './ports';

export interface IPurchase {
  did: string;
  orderTx: string;
  /** It had been bought before: nothing was paid now. */
  reused: boolean;
}

/** The part of `navigator.locks` that is used; injected by tests. */
export interface ILocks {
  request<T>(name: string, held: () => Promise<T>): Promise<T>;
}

/** Where a purchase is. `prompt` of `prompts` wallet prompts is next or open. */
export interface IPurchaseStep {
  step: 'checking' | 'wallet' | 'mining';
  /** What the prompt is for; absent while checking. */
  what?: 'approval' | 'datatoken' | 'order';
  prompt: number;
  /** All prompts of the purchase, without the one for the download. */
  prompts: number;
  hash?: string;
}

/** Sums by token (lower case), in base units. */
export type Sums = ReadonlyMap<string, bigint>;

export interface IBuyOptions {
  /** What the person was shown, fees included: never pays more. */
  shown?: Sums;
  /** The person says that no old prompt is open any more. */
  again?: boolean;
  /** Base units of the price's token: an allowance of so much is left. */
  keep?: bigint;
  onStep?: (step: IPurchaseStep) => void;
}

/** What an order of an asset takes from the account, by token. */
export function sumsFor(
  asset: IAsset,
  price: IAssetPrice,
  providerFee: IProviderFee | null,
  holdings: Partial<IHoldings> = {}
): Sums {
  return sumsOf(
    duesOf({
      datatoken: asset.service?.datatokenAddress ?? '',
      price,
      providerFee,
      held: holdings.held,
      reuse: holdings.reuse ?? undefined
    })
  );
}

/** Whether a datatoken has to be bought by a transaction of its own. */
export const needsToken = ({ price, held, reuse }: IDeal): boolean =>
  price.template === STANDARD && !held && !reuse;

/** Whether more leaves the account than was shown. */
export const exceeds = (sums: Sums, shown: Sums): boolean =>
  [...sums].some(([token, amount]) => amount > (shown.get(token) ?? 0n));

/**
 * By its own record, before anything is asked: the Ocean Nodes of today take
 * orders of what is at its end of life.
 *
 * @throws OceanError asset-inactive; MarketError no-access
 */
export function assertOrderable(asset: IAsset): void {
  if (asset.state !== 0) {
    throw new OceanError('asset-inactive', `Its state is ${asset.state}`, {
      did: asset.did
    });
  }
  if (!asset.service) {
    throw new MarketError('no-access', `${asset.did} has no access service`);
  }
}
