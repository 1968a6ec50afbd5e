/** Ordering: reuse what was bought, else approve, buy and order. */
import { Interface, toQuantity, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import {
  estimateGas,
  logs,
  receipt as receiptOf,
  request,
  ZERO_ADDRESS,
  type ILog,
  type IReceipt,
  type ITxRequest,
  type Reader
} from './chain';
import { oceanConfig } from './config';
import type { IAsset } from './ddo';
import {
  approvalsFor,
  checkBalances,
  duesOf,
  ENTERPRISE,
  STANDARD,
  type IDue
} from './dues';
import { OceanError } from './errors';
import type { IProviderFee } from './nodeClient';
import { assetPrice, ONE_DATATOKEN, type IAssetPrice } from './pricing';

export interface IOrder {
  /** What a node is told: the order, or the transaction that renewed it. */
  tx: string;
  blockNumber: number;
  /** Seconds since 1970: of the order itself. */
  timestamp: number;
  /** Seconds since 1970 when it ends by the service's timeout; null: never. */
  until?: number | null;
}

export interface IBuyOptions {
  reader: Reader;
  network: INetwork;
  asset: IAsset;
  buyer: string;
  price: IAssetPrice;
  /** From the node's `initialize`. */
  providerFee: IProviderFee;
  /** The account holds a datatoken: it is used, nothing is bought. */
  held?: boolean;
  /** Transaction of an order to renew: only the provider fee is paid. */
  reuse?: string;
  /** Base units of the price's token: an allowance of so much is left. */
  keep?: bigint;
}

const FEE_TYPE =
  'tuple(address providerFeeAddress, address providerFeeToken, uint256 providerFeeAmount, uint8 v, bytes32 r, bytes32 s, uint256 validUntil, bytes providerData)';
const MARKET_FEE_TYPE =
  'tuple(address consumeMarketFeeAddress, address consumeMarketFeeToken, uint256 consumeMarketFeeAmount)';

const datatokenAbi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)',
  'event OrderReused(bytes32 orderTxId, address caller, uint256 timestamp, uint256 number)',
  'event ProviderFee(address indexed providerFeeAddress, address indexed providerFeeToken, uint256 providerFeeAmount, bytes providerData, uint8 v, bytes32 r, bytes32 s, uint256 validUntil)',
  `function startOrder(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee)`,
  `function reuseOrder(bytes32 orderTxId, ${FEE_TYPE} providerFee)`,
  `function buyFromFreAndOrder(tuple(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee) orderParams, tuple(address exchangeContract, bytes32 exchangeId, uint256 maxBaseTokenAmount, uint256 swapMarketFee, address marketFeeAddress) freParams)`,
  `function buyFromDispenserAndOrder(tuple(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee) orderParams, address dispenserContract)`
]);
const sellerAbi = new Interface([
  'function buyDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 maxBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)',
  'function dispense(address datatoken, uint256 amount, address destination)'
]);
const topicOf = (event: string): string =>
  datatokenAbi.getEvent(event)?.topicHash ?? '';
export const ORDER_STARTED = topicOf('OrderStarted');
const ORDER_REUSED = topicOf('OrderReused');
const PROVIDER_FEE = topicOf('ProviderFee');

/** This suite takes no fee of its own from a sale. */
const NO_MARKET_FEE = {
  consumeMarketFeeAddress: ZERO_ADDRESS,
  consumeMarketFeeToken: ZERO_ADDRESS,
  consumeMarketFeeAmount: 0n
};

function serviceOf(asset: IAsset): NonNullable<IAsset['service']> {
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
} {
  const args = datatokenAbi.parseLog(log)?.args;
  return {
    serviceIndex: Number(args?.serviceIndex ?? -1),
    timestamp: Number(args?.timestamp ?? 0)
  };
}

/**
 * Orders of `consumer` for the asset's service that its timeout has not ended
 * by the chain's clock. `valid`: a node takes it. `stale`: its provider fee has
 * run out, so that a node asks for `reuseOrder` first. Newest first.
 */
export async function findOrders(
  reader: Reader,
  network: INetwork,
  asset: IAsset,
  consumer: string
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
  let stale: IOrder | null = null;
  for (const log of found.reverse()) {
    const { serviceIndex, timestamp } = readOrderLog(log);
    if (
      serviceIndex !== service.index ||
      (timeout !== 0 && timestamp + timeout <= now)
    ) {
      continue;
    }
    const order: IOrder = {
      tx: log.transactionHash,
      blockNumber: log.blockNumber,
      timestamp,
      until: timeout === 0 ? null : timestamp + timeout
    };
    if (await isFeeValid(reader, order.tx, now)) {
      return { valid: order, stale: null };
    }
    stale ??= order;
  }
  if (stale) {
    const renewals = await logs(reader, { ...filter, topics: [ORDER_REUSED] });
    for (const log of renewals.reverse()) {
      const args = datatokenAbi.parseLog(log)?.args;
      if (
        args?.orderTxId === stale.tx &&
        (await isFeeValid(reader, log.transactionHash, now))
      ) {
        return { valid: { ...stale, tx: log.transactionHash }, stale: null };
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
  consumer: string
): Promise<IOrder | null> {
  return (await findOrders(reader, network, asset, consumer)).valid;
}

/** Whether the provider fee of an order has not run out (0 = it never does). */
async function isFeeValid(
  reader: Reader,
  hash: string,
  now: number
): Promise<boolean> {
  const mined = await receiptOf(reader, hash);
  return (mined?.logs ?? []).some(log => {
    if (log.topics[0] !== PROVIDER_FEE) {
      return false;
    }
    const until = Number(datatokenAbi.parseLog(log)?.args.validUntil);
    return until === 0 || until > now;
  });
}

/** What the account must hand out, and to whom. */
export function orderDues(
  options: Omit<IBuyOptions, 'reader' | 'network' | 'buyer'>
): IDue[] {
  return duesOf({
    ...options,
    datatoken: serviceOf(options.asset).datatokenAddress
  });
}

/** Throws `insufficient-balance`. */
export function checkFunds(options: IBuyOptions): Promise<void> {
  return checkBalances(options.reader, options.buyer, orderDues(options));
}

/** See `approvalsFor`: none where the allowances suffice. */
export function buildApproveTxs(options: IBuyOptions): Promise<ITxRequest[]> {
  return approvalsFor(
    options.reader,
    options.buyer,
    orderDues(options),
    options.keep
  );
}

/** A call with its gas, a fifth above the estimate. Throws `tx-reverted`, …. */
async function withGas(
  reader: Reader,
  from: string,
  to: string,
  data: string
): Promise<ITxRequest> {
  const tx: ITxRequest = { from, to, data, value: '0x0' };
  const gas = await estimateGas(reader, tx);
  return { ...tx, gas: toQuantity((gas * 6n) / 5n) };
}

/** The price as it is now, if it is not above the one that was shown. */
async function unchangedPrice(options: IBuyOptions): Promise<IAssetPrice> {
  const { reader, network, asset, price } = options;
  const now = await assetPrice(
    reader,
    network,
    serviceOf(asset).datatokenAddress
  );
  if (
    now.total > price.total ||
    now.token?.address.toLowerCase() !== price.token?.address.toLowerCase()
  ) {
    throw new OceanError('price-changed', 'The price has changed', {
      have: String(price.total),
      need: String(now.total)
    });
  }
  return now;
}

/**
 * The transaction that buys one datatoken (template 1), after its approval is
 * mined; null where none has to be bought apart.
 *
 * The calls are encoded here: lib's builders take decimal texts and make
 * amounts of them again, with the decimals that it finds.
 * Throws `unknown-template`, `price-changed`, `not-for-sale`, `tx-reverted`.
 */
export async function buildTokenTx(
  options: IBuyOptions
): Promise<ITxRequest | null> {
  const { reader, asset, buyer, price, held, reuse } = options;
  if (held || reuse || price.template === ENTERPRISE) {
    return null;
  }
  checkTemplate(price);
  const { exchange, dispenser, total } = await unchangedPrice(options);
  const { datatokenAddress } = serviceOf(asset);
  return exchange
    ? withGas(
        reader,
        buyer,
        exchange.contract,
        sellerAbi.encodeFunctionData('buyDT', [
          exchange.id,
          ONE_DATATOKEN,
          total,
          ZERO_ADDRESS,
          0n
        ])
      )
    : withGas(
        reader,
        buyer,
        String(dispenser),
        sellerAbi.encodeFunctionData('dispense', [
          datatokenAddress,
          ONE_DATATOKEN,
          buyer
        ])
      );
}

function checkTemplate(price: IAssetPrice): void {
  if (price.template !== STANDARD && price.template !== ENTERPRISE) {
    throw new OceanError(
      'unknown-template',
      `Datatokens of template ${price.template} can't be bought here`,
      { template: price.template }
    );
  }
}

/**
 * The transaction that orders; its receiver is the datatoken, as a node
 * demands. After the approvals are mined, and the purchase of a datatoken where
 * that is apart. With template 2 it buys the datatoken, too.
 * Throws `unknown-template`, `price-changed`, `not-for-sale`, `tx-reverted`.
 */
export async function buildBuyTx(options: IBuyOptions): Promise<ITxRequest> {
  const { reader, asset, buyer, price, providerFee, held, reuse } = options;
  const service = serviceOf(asset);
  const to = service.datatokenAddress;
  const send = (name: string, args: unknown[]): Promise<ITxRequest> =>
    withGas(reader, buyer, to, datatokenAbi.encodeFunctionData(name, args));
  if (reuse) {
    return send('reuseOrder', [reuse, providerFee]);
  }
  checkTemplate(price);
  if (held || price.template === STANDARD) {
    return send('startOrder', [
      buyer,
      service.index,
      providerFee,
      NO_MARKET_FEE
    ]);
  }
  const order = {
    consumer: buyer,
    serviceIndex: service.index,
    providerFee,
    consumeMarketFee: NO_MARKET_FEE
  };
  const { exchange, total, dispenser } = await unchangedPrice(options);
  return exchange
    ? send('buyFromFreAndOrder', [
        order,
        {
          exchangeContract: exchange.contract,
          exchangeId: exchange.id,
          // The contract pulls all of it, so it is the price to the last unit.
          maxBaseTokenAmount: total,
          swapMarketFee: 0n,
          marketFeeAddress: ZERO_ADDRESS
        }
      ])
    : send('buyFromDispenserAndOrder', [order, dispenser]);
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
  const same = (a: string | null, b: string): boolean =>
    a?.toLowerCase() === b.toLowerCase();
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
