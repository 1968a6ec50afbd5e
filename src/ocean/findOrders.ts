/** Orders as the chain has them: found, read, and whether a node takes them. */
import { Interface, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import {
  logs,
  receipt as receiptOf,
  request,
  ZERO_ADDRESS,
  type ILog,
  type IReceipt,
  type Reader
} from './chain';
import { oceanConfig } from './config';
import type { IAsset } from './ddo';
import { OceanError } from './errors';

export interface IOrder {
  /** What a node is told: the order, or the transaction that renewed it. */
  tx: string;
  blockNumber: number;
  /** Seconds since 1970: of the order itself. */
  timestamp: number;
  /** Seconds since 1970 when it ends by the service's timeout; null: never. */
  until?: number | null;
}

/**
 * The address that the asset's node signs fees with (`providerAddress` of its
 * status); null where it does not say. A node takes no order whose fee went to
 * another one. Asked only where there is an order.
 */
export type FeeAddress = () => Promise<string | null>;

const datatokenAbi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)',
  'event OrderReused(bytes32 orderTxId, address caller, uint256 timestamp, uint256 number)',
  'event ProviderFee(address indexed providerFeeAddress, address indexed providerFeeToken, uint256 providerFeeAmount, bytes providerData, uint8 v, bytes32 r, bytes32 s, uint256 validUntil)'
]);
const topicOf = (event: string): string =>
  datatokenAbi.getEvent(event)?.topicHash ?? '';
export const ORDER_STARTED = topicOf('OrderStarted');
const ORDER_REUSED = topicOf('OrderReused');
const PROVIDER_FEE = topicOf('ProviderFee');

const same = (a: string | null | undefined, b: string): boolean =>
  a?.toLowerCase() === b.toLowerCase();

/** The service that is ordered. @throws OceanError ddo-invalid */
export function serviceOf(asset: IAsset): NonNullable<IAsset['service']> {
  if (!asset.service) {
    throw new OceanError('ddo-invalid', 'The asset offers no service', {
      did: asset.did
    });
  }
  return asset.service;
}

/** Seconds since 1970 of the latest block. */
export async function chainTime(reader: Reader): Promise<number> {
  const block = (await request(reader, 'eth_getBlockByNumber', [
    'latest',
    false
  ])) as { timestamp: string };
  return Number(block.timestamp);
}

/** What an OrderStarted log says, beside who ordered. */
export function readOrderLog(log: ILog): {
  serviceIndex: number;
  timestamp: number;
  /** Who gave the datatoken: anybody can order for another account. */
  payer: string;
} {
  const args = datatokenAbi.parseLog(log)?.args;
  return {
    serviceIndex: Number(args?.serviceIndex ?? -1),
    timestamp: Number(args?.timestamp ?? 0),
    payer: String(args?.payer ?? ZERO_ADDRESS)
  };
}

/**
 * Orders of `consumer` for the asset's service that its timeout has not ended
 * by the chain's clock. `valid`: a node takes it. `stale`: its provider fee has
 * run out, or went to another node, so that a node asks for `reuseOrder` first.
 * Newest first.
 */
export async function findOrders(
  reader: Reader,
  network: INetwork,
  asset: IAsset,
  consumer: string,
  feeAddress: FeeAddress = async () => null
): Promise<{ valid: IOrder | null; stale: IOrder | null }> {
  const service = serviceOf(asset);
  const { startBlock } = await oceanConfig(network);
  const filter = {
    address: service.datatokenAddress,
    fromBlock: startBlock ?? 0
  };
  const [found, now] = await Promise.all([
    logs(reader, {
      ...filter,
      topics: [ORDER_STARTED, zeroPadValue(consumer, 32).toLowerCase()]
    }),
    chainTime(reader)
  ]);
  const { timeout } = service;
  const started = found.reverse().flatMap(log => {
    const { serviceIndex, timestamp } = readOrderLog(log);
    return serviceIndex === service.index &&
      (timeout === 0 || timestamp + timeout > now)
      ? [{ log, timestamp }]
      : [];
  });
  if (!started.length) {
    return { valid: null, stale: null };
  }
  const takes = { now, node: await feeAddress() };
  let stale: IOrder | null = null;
  for (const { log, timestamp } of started) {
    const order: IOrder = {
      tx: log.transactionHash,
      blockNumber: log.blockNumber,
      timestamp,
      until: timeout === 0 ? null : timestamp + timeout
    };
    if (isFeeValid(await receiptOf(reader, order.tx), asset, takes)) {
      return { valid: order, stale: null };
    }
    stale ??= order;
  }
  if (stale) {
    const renewals = await logs(reader, { ...filter, topics: [ORDER_REUSED] });
    for (const log of renewals.reverse()) {
      const args = datatokenAbi.parseLog(log)?.args;
      const tx = log.transactionHash;
      if (
        args?.orderTxId === stale.tx &&
        isFeeValid(await receiptOf(reader, tx), asset, takes)
      ) {
        return { valid: { ...stale, tx }, stale: null };
      }
    }
  }
  return { valid: null, stale };
}

/** A still valid order of `consumer`, the newest; null when there is none. */
export async function findOrder(
  reader: Reader,
  network: INetwork,
  asset: IAsset,
  consumer: string,
  feeAddress?: FeeAddress
): Promise<IOrder | null> {
  return (await findOrders(reader, network, asset, consumer, feeAddress)).valid;
}

/**
 * What a transaction of before ordered, read from itself: an endpoint may lag
 * behind with its logs.
 *
 * @returns null where it is no order, or one that has run out; `unseen` where
 *   the endpoint does not have the transaction
 */
export async function orderIn(
  reader: Reader,
  asset: IAsset,
  consumer: string,
  hash: string,
  feeAddress: FeeAddress = async () => null
): Promise<IOrder | null | 'unseen'> {
  const { index, datatokenAddress, timeout } = serviceOf(asset);
  const mined = await receiptOf(reader, hash);
  if (!mined) {
    return 'unseen';
  }
  const ours = (receipt: IReceipt, topic: string): ILog | undefined =>
    receipt.logs.find(
      ({ address, topics }) =>
        same(address, datatokenAddress) && topics[0] === topic
    );
  const renewal = ours(mined, ORDER_REUSED);
  const first = renewal
    ? await receiptOf(
        reader,
        String(datatokenAbi.parseLog(renewal)?.args.orderTxId)
      )
    : mined;
  if (!first) {
    return 'unseen';
  }
  const log = ours(first, ORDER_STARTED);
  if (!log || !same(log.topics[1], zeroPadValue(consumer, 32))) {
    return null;
  }
  const { serviceIndex, timestamp } = readOrderLog(log);
  const now = await chainTime(reader);
  const until = timeout === 0 ? null : timestamp + timeout;
  return serviceIndex === index &&
    (until === null || until > now) &&
    isFeeValid(mined, asset, { now, node: await feeAddress() })
    ? { tx: hash, blockNumber: mined.blockNumber, timestamp, until }
    : null;
}

/**
 * Whether the provider fee of an order was paid to the asset's node, and has not
 * run out (0 = it never does): both are what nodes look at.
 */
function isFeeValid(
  mined: IReceipt | null,
  asset: IAsset,
  takes: { now: number; node: string | null }
): boolean {
  return (mined?.logs ?? []).some(log => {
    if (
      log.topics[0] !== PROVIDER_FEE ||
      !same(log.address, serviceOf(asset).datatokenAddress)
    ) {
      return false;
    }
    const args = datatokenAbi.parseLog(log)?.args;
    const until = Number(args?.validUntil);
    return (
      (until === 0 || until > takes.now) &&
      (takes.node === null || same(args?.providerFeeAddress, takes.node))
    );
  });
}

/**
 * The order in a receipt. Throws `tx-reverted`, and `event-missing` where the
 * transaction would not count at a node: no order, or another receiver.
 */
export function readOrder(
  receipt: IReceipt,
  asset: IAsset,
  consumer: string
): IOrder {
  const { datatokenAddress, timeout } = serviceOf(asset);
  if (!receipt.succeeded) {
    throw new OceanError('tx-reverted', 'The order was reverted', {
      hash: receipt.hash
    });
  }
  const log = receipt.logs.find(
    one =>
      same(one.address, datatokenAddress) &&
      ((one.topics[0] === ORDER_STARTED &&
        same(one.topics[1], zeroPadValue(consumer, 32))) ||
        (one.topics[0] === ORDER_REUSED &&
          same(String(datatokenAbi.parseLog(one)?.args.caller), consumer)))
  );
  if (!log || !same(receipt.to, datatokenAddress)) {
    throw new OceanError('event-missing', 'The transaction is no order', {
      hash: receipt.hash
    });
  }
  const timestamp = Number(datatokenAbi.parseLog(log)?.args.timestamp);
  // What was renewed ends when the order would have.
  const renewed = log.topics[0] === ORDER_REUSED;
  return {
    tx: receipt.hash,
    blockNumber: receipt.blockNumber,
    timestamp,
    until: timeout === 0 ? null : renewed ? undefined : timestamp + timeout
  };
}
