/**
 * What an asset earned, from the chain's events alone: orders (OrderStarted of
 * its datatokens) and what was paid for them (Swapped of its exchanges, in the
 * same transaction). Amounts are base units; nothing is rounded.
 */
import { Interface } from 'ethers';

import type { INetwork } from '../tokens';

import { logs, type ILog, type Reader } from './chain';
import { oceanConfig } from './config';
import { formatAmount, type ITokenInfo } from './pricing';
import { readSale } from './sale';

export interface ISaleRecord {
  tx: string;
  blockNumber: number;
  /** Seconds since 1970. */
  timestamp: number;
  datatoken: string;
  consumer: string;
  payer: string;
  serviceIndex: number;
  /** What the seller gets; null where it was free, or bought elsewhere. */
  earned: { token: ITokenInfo; amount: bigint; fees: bigint } | null;
}

export interface IRevenue {
  sales: ISaleRecord[];
  /** By token, base units: what sellers got in all. */
  totals: { token: ITokenInfo; amount: bigint }[];
}

const abi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)',
  'event Swapped(bytes32 indexed exchangeId, address indexed by, uint256 baseTokenSwappedAmount, uint256 datatokenSwappedAmount, address tokenOutAddress, uint256 marketFeeAmount, uint256 oceanFeeAmount, uint256 consumeMarketFeeAmount)'
]);
const topic = (name: string): string => abi.getEvent(name)?.topicHash ?? '';

interface ISwap {
  token: ITokenInfo;
  amount: bigint;
  fees: bigint;
}

/** Purchases of datatokens by the transaction that they were in. */
async function swapsOf(
  reader: Reader,
  network: INetwork,
  datatoken: string,
  fromBlock: number
): Promise<Map<string, ISwap[]>> {
  const { exchanges } = await readSale(reader, network, datatoken);
  const swaps = new Map<string, ISwap[]>();
  for (const { contract, id, token } of exchanges) {
    const found = await logs(reader, {
      address: contract,
      topics: [topic('Swapped'), id],
      fromBlock
    });
    for (const log of found) {
      const args = abi.parseLog(log)?.args;
      if (
        String(args?.tokenOutAddress).toLowerCase() !== datatoken.toLowerCase()
      ) {
        // Datatokens that were sold back.
        continue;
      }
      const fees: bigint =
        args?.marketFeeAmount +
        args?.oceanFeeAmount +
        args?.consumeMarketFeeAmount;
      swaps.set(log.transactionHash, [
        ...(swaps.get(log.transactionHash) ?? []),
        { token, amount: args?.baseTokenSwappedAmount - fees, fees }
      ]);
    }
  }
  return swaps;
}

function saleOf(log: ILog, swaps: Map<string, ISwap[]>): ISaleRecord {
  const args = abi.parseLog(log)?.args;
  return {
    tx: log.transactionHash,
    blockNumber: log.blockNumber,
    timestamp: Number(args?.timestamp),
    datatoken: log.address,
    consumer: String(args?.consumer),
    payer: String(args?.payer),
    serviceIndex: Number(args?.serviceIndex),
    // Several orders in one transaction: each takes its own purchase.
    earned: swaps.get(log.transactionHash)?.shift() ?? null
  };
}

/**
 * All orders of an asset's datatokens, oldest first, with what they earned.
 *
 * @throws OceanError unknown-network, chain-unreachable
 */
export async function readRevenue(
  reader: Reader,
  network: INetwork,
  datatokens: readonly string[]
): Promise<IRevenue> {
  const { startBlock } = await oceanConfig(network);
  const fromBlock = startBlock ?? 0;
  const each = await Promise.all(
    datatokens.map(async datatoken => {
      const [orders, swaps] = await Promise.all([
        logs(reader, {
          address: datatoken,
          topics: [topic('OrderStarted')],
          fromBlock
        }),
        swapsOf(reader, network, datatoken, fromBlock)
      ]);
      return orders.map(log => saleOf(log, swaps));
    })
  );
  const sales = each.flat().sort((a, b) => a.blockNumber - b.blockNumber);
  return { sales, totals: totalsOf(sales) };
}

/** What sales earned in all, by token. */
export function totalsOf(sales: readonly ISaleRecord[]): IRevenue['totals'] {
  const totals = new Map<string, { token: ITokenInfo; amount: bigint }>();
  for (const { earned } of sales) {
    if (earned) {
      const key = earned.token.address.toLowerCase();
      const before = totals.get(key)?.amount ?? 0n;
      totals.set(key, {
        token: earned.token,
        amount: before + earned.amount
      });
    }
  }
  return [...totals.values()];
}

export type Period = 'day' | 'week' | 'month';

export interface IPoint {
  /** Start of the period, ms since 1970 (UTC). */
  start: number;
  orders: number;
  /** In the period, and in all until its end; base units. */
  amount: bigint;
  total: bigint;
}

const DAY = 86_400_000;

function startOf(time: number, period: Period): number {
  const date = new Date(time);
  const day = Date.UTC(
    date.getUTCFullYear(),
    date.getUTCMonth(),
    period === 'month' ? 1 : date.getUTCDate()
  );
  // Weeks start on Monday (ISO 8601).
  return period === 'week'
    ? day - ((new Date(day).getUTCDay() + 6) % 7) * DAY
    : day;
}

function next(start: number, period: Period): number {
  const date = new Date(start);
  return period === 'month'
    ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
    : start + (period === 'week' ? 7 : 1) * DAY;
}

/** More points than this tell nothing more in a plot. */
const MAX_POINTS = 1000;

const LONGER: Record<Period, Period | null> = {
  day: 'week',
  week: 'month',
  month: null
};

function startsOf(sales: readonly ISaleRecord[], period: Period): number[] {
  let first = Infinity;
  let last = -Infinity;
  for (const { timestamp } of sales) {
    first = Math.min(first, timestamp * 1000);
    last = Math.max(last, timestamp * 1000);
  }
  const starts: number[] = [];
  for (
    let start = startOf(first, period);
    start <= last && starts.length <= MAX_POINTS;
    start = next(start, period)
  ) {
    starts.push(start);
  }
  return starts;
}

/** The period that is wanted, or a longer one where that makes too many points. */
export function fittingPeriod(
  sales: readonly ISaleRecord[],
  wanted: Period
): Period {
  const longer = LONGER[wanted];
  return longer && startsOf(sales, wanted).length > MAX_POINTS
    ? fittingPeriod(sales, longer)
    : wanted;
}

/**
 * Sales by period, those without any in between included.
 *
 * @param token - address; null counts orders only
 * @param period - of a `fittingPeriod`: more than 1,000 points are not made
 */
export function pointsOf(
  sales: readonly ISaleRecord[],
  token: string | null,
  period: Period
): IPoint[] {
  const points = new Map<number, IPoint>();
  for (const start of startsOf(sales, period)) {
    points.set(start, { start, orders: 0, amount: 0n, total: 0n });
  }
  for (const { timestamp, earned } of sales) {
    const point = points.get(startOf(timestamp * 1000, period));
    if (point) {
      point.orders += 1;
      if (earned?.token.address.toLowerCase() === token?.toLowerCase()) {
        point.amount += earned?.amount ?? 0n;
      }
    }
  }
  let total = 0n;
  for (const point of points.values()) {
    point.total = total += point.amount;
  }
  return [...points.values()];
}

/** A field as RFC 4180 has it; a leading formula sign is made text. */
function field(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Sales as CSV (RFC 4180), amounts in whole tokens and exact. */
export function revenueCsv(sales: readonly ISaleRecord[]): string {
  const rows = sales.map(sale => [
    new Date(sale.timestamp * 1000).toISOString(),
    sale.tx,
    String(sale.blockNumber),
    sale.consumer,
    sale.payer,
    String(sale.serviceIndex),
    sale.earned
      ? formatAmount(sale.earned.amount, sale.earned.token.decimals)
      : '0',
    sale.earned
      ? formatAmount(sale.earned.fees, sale.earned.token.decimals)
      : '0',
    sale.earned?.token.symbol ?? '',
    sale.earned?.token.address ?? ''
  ]);
  const head = [
    'time',
    'transaction',
    'block',
    'consumer',
    'payer',
    'service',
    'earned',
    'fees',
    'token',
    'token_address'
  ];
  return [head, ...rows].map(row => row.map(field).join(',') + '\r\n').join('');
}
