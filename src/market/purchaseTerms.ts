/** What a purchase takes, what it may take at most, and where it is. */
import { duesOf, STANDARD, sumsOf } from '../ocean/dues';
import { OceanError } from '../ocean/errors';
import { parseAmount } from '../ocean/pricing';
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
  /**
   * What the person was shown, fees included: never pays more. Absent where
   * nobody was shown anything (a command in a script).
   */
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

// What the transactions of a purchase took on a local chain, rounded up.
const APPROVE_GAS = 60_000n;
const ORDER_GAS = 500_000n;
const TOKEN_GAS = 250_000n;

/** Gas that the transactions of a purchase take, about. */
export function gasOf(
  { kind, template }: IAssetPrice,
  { held, reuse }: IHoldings
): bigint {
  const buys = !held && !reuse;
  return (
    ORDER_GAS +
    (buys && kind === 'fixed' ? APPROVE_GAS : 0n) +
    (buys && template === STANDARD ? TOKEN_GAS : 0n)
  );
}

/**
 * Whether two records of an asset promise a buyer the same: what is paid to, for
 * how long, at which node, and which files.
 */
export function sameTerms(one: IAsset, other: IAsset): boolean {
  const terms = ({ state, service, web3 }: IAsset): string =>
    JSON.stringify([
      state,
      service && [
        service.id,
        service.index,
        service.timeout,
        service.serviceEndpoint,
        service.datatokenAddress.toLowerCase()
      ],
      web3 && [
        web3.sealed,
        web3.files.map(({ path, size, mediaType, cid, commitment }) => [
          path,
          size,
          mediaType,
          cid,
          commitment
        ])
      ]
    ]);
  return terms(one) === terms(other);
}

/**
 * What is allowed, and kept, as typed; base units of the price's token. Null
 * where nothing is kept, it is no amount yet, or less than is due.
 */
export function keptUnits(
  text: string | null,
  price: IAssetPrice | null,
  due: bigint | null
): bigint | null {
  if (text === null || !price?.token) {
    return null;
  }
  try {
    const units = parseAmount(text, price.token.decimals);
    return units >= (due ?? 0n) ? units : null;
  } catch {
    // Being typed: the page says that it is no amount.
    return null;
  }
}

/** Sums as arguments of a command: decimal base units by token. */
export const sumsToArgs = (sums: Sums): Record<string, string> =>
  Object.fromEntries([...sums].map(([token, amount]) => [token, `${amount}`]));

/** The reverse of `sumsToArgs`. @throws OceanError bad-amount */
export function sumsFromArgs(args: Readonly<Record<string, unknown>>): Sums {
  return new Map(
    Object.entries(args).map(([token, amount]) => {
      if (typeof amount !== 'string' || !/^[0-9]+$/.test(amount)) {
        throw new OceanError('bad-amount', `${String(amount)} of ${token}`);
      }
      return [token.toLowerCase(), BigInt(amount)];
    })
  );
}

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
