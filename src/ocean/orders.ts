/**
 * All orders of an account, from the chain's events alone: on a new machine
 * nothing else tells what was bought.
 */
import { getAddress, toQuantity, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import {
  blockNumber,
  readLogs,
  request,
  type ILog,
  type Reader
} from './chain';
import { oceanConfig } from './config';
import { didOf } from './ddo';
import { OceanError } from './errors';
import { nftOf } from './genuine';
import { ORDER_STARTED, readOrderLog } from './findOrders';

/** An order of an asset of the network's own factory. */
export interface IChainOrder {
  tx: string;
  blockNumber: number;
  /** Seconds since 1970. */
  timestamp: number;
  serviceIndex: number;
  /** Who paid for it; absent in searches that older versions kept. */
  payer?: string;
  datatoken: string;
  nftAddress: string;
  did: string;
}

/** How far a search came; can be kept and gone on from. */
export interface IOrderScan {
  /** The last block that was looked at, and its hash: another chain has another. */
  block: number;
  blockHash: string;
  orders: IChainOrder[];
  /** Contracts whose events look like orders and are none. */
  impostors: string[];
}

export interface IScanOptions {
  /** Of an earlier search; ignored where the chain has another history. */
  from?: IOrderScan | null;
  signal?: AbortSignal;
  /** After each part: what was found so far, and which share was looked at. */
  onProgress?: (scan: IOrderScan, share: number) => void;
}

/** The smallest range of blocks that is asked for before giving up. */
const SMALLEST = 500;

async function hashOf(reader: Reader, block: number): Promise<string> {
  const found = (await request(reader, 'eth_getBlockByNumber', [
    toQuantity(block),
    false
  ])) as { hash: string } | null;
  return found?.hash ?? '';
}

/**
 * Search the orders of `consumer` (`OrderStarted` with it as topic, of any
 * contract), from the factory's first block or from where an earlier search
 * ended. What an endpoint refuses is asked again in smaller parts.
 *
 * @throws OceanError chain-unreachable, chain-error, unknown-network; the
 *   signal's reason when aborted. What was found before is in `onProgress`.
 */
export async function findAllOrders(
  reader: Reader,
  network: INetwork,
  consumer: string,
  options: IScanOptions = {}
): Promise<IOrderScan> {
  const { signal, onProgress } = options;
  const { nftFactoryAddress: factory, startBlock } = await oceanConfig(network);
  const latest = await blockNumber(reader);
  const known =
    options.from &&
    options.from.block <= latest &&
    (await hashOf(reader, options.from.block)) === options.from.blockHash
      ? options.from
      : null;
  const first = Number(startBlock ?? 0);
  let scan: IOrderScan = known ?? {
    block: first - 1,
    blockHash: '',
    orders: [],
    impostors: []
  };
  const start = scan.block + 1;
  let size = Math.max(1, latest - scan.block);
  while (scan.block < latest) {
    signal?.throwIfAborted();
    const to = Math.min(latest, scan.block + size);
    let found: ILog[];
    try {
      found = await readLogs(reader, {
        topics: [ORDER_STARTED, zeroPadValue(consumer, 32).toLowerCase()],
        fromBlock: scan.block + 1,
        toBlock: to
      });
    } catch (reason) {
      // Nobody there: smaller parts would not help.
      if (
        size <= SMALLEST ||
        (reason instanceof OceanError && reason.code === 'chain-unreachable')
      ) {
        throw reason;
      }
      size = Math.max(SMALLEST, Math.floor(size / 4));
      continue;
    }
    scan = {
      ...(await withLogs(reader, network, factory, scan, found, signal)),
      block: to,
      blockHash: await hashOf(reader, to)
    };
    onProgress?.(scan, (to - start + 1) / Math.max(1, latest - start + 1));
    size *= 2;
  }
  return scan;
}

async function withLogs(
  reader: Reader,
  network: INetwork,
  factory: string,
  before: IOrderScan,
  found: readonly ILog[],
  signal?: AbortSignal
): Promise<Pick<IOrderScan, 'orders' | 'impostors'>> {
  const nfts = new Map<string, string | null>(
    before.orders.map(({ datatoken, nftAddress }) => [
      datatoken.toLowerCase(),
      nftAddress
    ])
  );
  for (const impostor of before.impostors) {
    nfts.set(impostor, null);
  }
  const orders = [...before.orders];
  for (const log of found) {
    signal?.throwIfAborted();
    const key = log.address.toLowerCase();
    let nft = nfts.get(key);
    if (nft === undefined) {
      nft = await nftOf(reader, factory, log.address);
      nfts.set(key, nft);
    }
    if (nft) {
      orders.push({
        tx: log.transactionHash,
        blockNumber: log.blockNumber,
        ...readOrderLog(log),
        datatoken: getAddress(log.address),
        nftAddress: nft,
        did: await didOf(nft, network.chainId)
      });
    }
  }
  return {
    orders,
    impostors: [...nfts].flatMap(([address, nft]) => (nft ? [] : [address]))
  };
}
