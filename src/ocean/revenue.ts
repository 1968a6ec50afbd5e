/**
 * What an asset earned, from the chain's events alone: what was paid for its
 * datatokens (Swapped of its exchanges, without what was sold back), and the
 * orders that they were used for (OrderStarted). Amounts are base units.
 */
import { Interface } from 'ethers';

import type { INetwork } from '../tokens';

import { logs, ZERO_ADDRESS, type ILog, type Reader } from './chain';
import { oceanConfig } from './config';
import { formatAmount, type ITokenInfo } from './pricing';
import { readSale } from './sale';
import {
  Lots,
  readDispensed,
  readSwaps,
  sumOf,
  type IDispensed,
  type IEarned
} from './swaps';

export interface ISaleRecord {
  tx: string;
  blockNumber: number;
  /** Seconds since 1970. */
  timestamp: number;
  datatoken: string;
  consumer: string;
  payer: string;
  serviceIndex: number;
  /** What the seller gets; null where it was free, or paid elsewhere. */
  earned: IEarned | null;
  /** Its datatoken was handed out for free. */
  isFree: boolean;
}

export interface IRevenue {
  sales: ISaleRecord[];
  /** By token, base units: what sellers got in all. */
  totals: { token: ITokenInfo; amount: bigint }[];
  /** The part of it that was paid for datatokens nobody has ordered with yet. */
  unordered: { token: ITokenInfo; amount: bigint }[];
  /** Block in which the asset got its owner; null where that is who made it. */
  handedOver: number | null;
}

const abi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)'
]);
const topic = (name: string): string => abi.getEvent(name)?.topicHash ?? '';

function saleOf(
  log: ILog,
  lots: Lots,
  dispensed: readonly IDispensed[]
): ISaleRecord {
  const args = abi.parseLog(log)?.args;
  const tx = log.transactionHash;
  const payer = String(args?.payer);
  const earned = lots.take(tx, payer, BigInt(args?.amount));
  const isFree = dispensed.some(
    one => one.tx === tx || one.to.toLowerCase() === payer.toLowerCase()
  );
  return {
    tx,
    blockNumber: log.blockNumber,
    timestamp: Number(args?.timestamp),
    datatoken: log.address,
    consumer: String(args?.consumer),
    payer,
    serviceIndex: Number(args?.serviceIndex),
    earned,
    isFree: earned === null && isFree
  };
}

/** The block in which an NFT was handed over last; null where it never was. */
async function handedOver(
  reader: Reader,
  nft: string,
  fromBlock: number
): Promise<number | null> {
  const found = await logs(reader, {
    address: nft,
    topics: [topic('Transfer')],
    fromBlock
  });
  const log = found
    .filter(one => abi.parseLog(one)?.args.from !== ZERO_ADDRESS)
    .at(-1);
  return log?.blockNumber ?? null;
}

/**
 * All orders of an asset's datatokens, oldest first, with what they earned.
 *
 * @param nft - of the asset, to learn when it was handed over; null: not asked
 * @throws OceanError unknown-network, chain-unreachable
 */
export async function readRevenue(
  reader: Reader,
  network: INetwork,
  datatokens: readonly string[],
  nft: string | null = null
): Promise<IRevenue> {
  const { startBlock } = await oceanConfig(network);
  const fromBlock = startBlock ?? 0;
  const [each, handed] = await Promise.all([
    Promise.all(
      datatokens.map(async datatoken => {
        const [orders, { exchanges, dispenser }] = await Promise.all([
          logs(reader, {
            address: datatoken,
            topics: [topic('OrderStarted')],
            fromBlock
          }),
          readSale(reader, network, datatoken)
        ]);
        const [swaps, dispensed] = await Promise.all([
          readSwaps(reader, exchanges, datatoken, fromBlock),
          dispenser ? readDispensed(reader, network, datatoken, fromBlock) : []
        ]);
        const lots = new Lots(swaps);
        const sales = orders.map(log => saleOf(log, lots, dispensed));
        return { sales, swaps, unordered: lots.left() };
      })
    ),
    nft ? handedOver(reader, nft, fromBlock) : null
  ]);
  const sales = each
    .flatMap(one => one.sales)
    .sort((a, b) => a.blockNumber - b.blockNumber);
  return {
    sales,
    totals: sumOf(each.flatMap(({ swaps }) => swaps)),
    unordered: sumOf(
      each.flatMap(({ unordered }) =>
        unordered.map(one => ({ ...one, isBack: false }))
      )
    ),
    handedOver: handed
  };
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
