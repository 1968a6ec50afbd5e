/**
 * Purchases of datatokens, and which order each of them was for. Datatokens of
 * template 2 are bought in the transaction of their order. Those of template 1
 * are bought by an account, kept, and ordered with later, or sold back.
 */
import { Interface } from 'ethers';

import type { INetwork } from '../tokens';

import { logs, type Reader } from './chain';
import { oceanConfig } from './config';
import type { ITokenInfo } from './pricing';
import type { IExchange } from './sale';

const abi = new Interface([
  'event Swapped(bytes32 indexed exchangeId, address indexed by, uint256 baseTokenSwappedAmount, uint256 datatokenSwappedAmount, address tokenOutAddress, uint256 marketFeeAmount, uint256 oceanFeeAmount, uint256 consumeMarketFeeAmount)',
  'event TokensDispensed(address indexed datatokenAddress, address indexed userAddress, uint256 amount)'
]);
const topic = (name: string): string => abi.getEvent(name)?.topicHash ?? '';

/** Datatokens that were bought at once; amounts are base units. */
export interface ISwap {
  tx: string;
  /** Who bought: the buyer, or the datatoken itself (template 2). */
  by: string;
  token: ITokenInfo;
  /** What the seller gets. */
  amount: bigint;
  fees: bigint;
  /** In units of 1e-18. */
  datatokens: bigint;
  /** Sold back to the exchange: the seller loses `amount`. */
  isBack: boolean;
}

/** Datatokens that were handed out for free. */
export interface IDispensed {
  tx: string;
  to: string;
}

const same = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/** All purchases at some exchanges, and what was sold back, oldest first. */
export async function readSwaps(
  reader: Reader,
  exchanges: readonly IExchange[],
  datatoken: string,
  fromBlock: number
): Promise<ISwap[]> {
  const swaps: ISwap[] = [];
  for (const { contract, id, token } of exchanges) {
    const found = await logs(reader, {
      address: contract,
      topics: [topic('Swapped'), id],
      fromBlock
    });
    for (const log of found) {
      const args = abi.parseLog(log)?.args;
      const fees: bigint =
        args?.marketFeeAmount +
        args?.oceanFeeAmount +
        args?.consumeMarketFeeAmount;
      const isBack = !same(String(args?.tokenOutAddress), datatoken);
      swaps.push({
        tx: log.transactionHash,
        by: String(args?.by),
        token,
        // A buyer pays the fees on top; who sells back is paid without them.
        amount: isBack
          ? args?.baseTokenSwappedAmount + fees
          : args?.baseTokenSwappedAmount - fees,
        fees,
        datatokens: args?.datatokenSwappedAmount,
        isBack
      });
    }
  }
  return swaps;
}

/** What the network's dispenser handed out of a datatoken. */
export async function readDispensed(
  reader: Reader,
  network: INetwork,
  datatoken: string,
  fromBlock: number
): Promise<IDispensed[]> {
  const { dispenserAddress } = await oceanConfig(network);
  if (!dispenserAddress) {
    return [];
  }
  const found = await logs(reader, {
    address: dispenserAddress,
    topics: [
      topic('TokensDispensed'),
      `0x${datatoken.slice(2).toLowerCase().padStart(64, '0')}`
    ],
    fromBlock
  });
  return found.map(log => ({
    tx: log.transactionHash,
    to: String(abi.parseLog(log)?.args.userAddress)
  }));
}

/** What one order earned. */
export interface IEarned {
  token: ITokenInfo;
  amount: bigint;
  fees: bigint;
}

/** Purchases that orders take from; what is left was not ordered with yet. */
export class Lots {
  constructor(swaps: readonly ISwap[]) {
    this._lots = swaps.filter(one => !one.isBack).map(one => ({ ...one }));
    for (const back of swaps.filter(one => one.isBack)) {
      this._sellBack(back);
    }
  }

  /**
   * What an order of so many datatokens earned: by a purchase in its
   * transaction, else by one of the same payer; null where there is none.
   */
  take(tx: string, payer: string, datatokens: bigint): IEarned | null {
    const fits = this._lots.filter(lot => lot.datatokens >= datatokens);
    const lot =
      fits.find(one => one.tx === tx) ??
      fits.find(one => same(one.by, payer) && one.datatokens > 0n);
    if (!lot || datatokens <= 0n) {
      return null;
    }
    const { amount, fees } = cut(lot, datatokens);
    return { token: lot.token, amount, fees };
  }

  /** What was bought and neither ordered with nor sold back, by token. */
  left(): { token: ITokenInfo; amount: bigint }[] {
    return sumOf(this._lots.filter(({ datatokens }) => datatokens > 0n));
  }

  private _sellBack(back: ISwap): void {
    let rest = back.datatokens;
    // The newest of its own, which it can't have ordered with before.
    for (const lot of [...this._lots].reverse()) {
      if (rest > 0n && same(lot.by, back.by)) {
        const part = rest < lot.datatokens ? rest : lot.datatokens;
        cut(lot, part);
        rest -= part;
      }
    }
  }

  private _lots: ISwap[];
}

/** Takes a part out of a lot; the last part takes what is left, to the unit. */
function cut(lot: ISwap, datatokens: bigint): { amount: bigint; fees: bigint } {
  if (datatokens === 0n) {
    return { amount: 0n, fees: 0n };
  }
  const amount = (lot.amount * datatokens) / lot.datatokens;
  const fees = (lot.fees * datatokens) / lot.datatokens;
  lot.amount -= amount;
  lot.fees -= fees;
  lot.datatokens -= datatokens;
  return { amount, fees };
}

/** Sums by token; what was sold back counts against them. */
export function sumOf(
  swaps: readonly Pick<ISwap, 'token' | 'amount' | 'isBack'>[]
): { token: ITokenInfo; amount: bigint }[] {
  const sums = new Map<string, { token: ITokenInfo; amount: bigint }>();
  for (const { token, amount, isBack } of swaps) {
    const key = token.address.toLowerCase();
    const before = sums.get(key)?.amount ?? 0n;
    sums.set(key, { token, amount: before + (isBack ? -amount : amount) });
  }
  return [...sums.values()];
}
