/** Ordering: reuse what was bought, else approve and buy in one call. */
import { Interface, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import {
  logs,
  request,
  ZERO_ADDRESS,
  type IReceipt,
  type ITxRequest,
  type Reader
} from './chain';
import { oceanConfig } from './config';
import type { IAsset } from './ddo';
import { OceanError } from './errors';
import { builderSigner, built } from './libTx';
import type { IProviderFee } from './nodeClient';
import {
  allowance,
  assetPrice,
  balanceOf,
  formatAmount,
  type IAssetPrice
} from './pricing';

export interface IOrder {
  tx: string;
  blockNumber: number;
  /** Seconds since 1970. */
  timestamp: number;
}

export interface IBuyOptions {
  reader: Reader;
  network: INetwork;
  asset: IAsset;
  buyer: string;
  price: IAssetPrice;
  /** From the node's `initialize`. */
  providerFee: IProviderFee;
}

const orderAbi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)',
  'function approve(address spender, uint256 amount) returns (bool)'
]);
const ORDER_STARTED = orderAbi.getEvent('OrderStarted')?.topicHash ?? '';

/** The template that buys and orders in one call. */
const ENTERPRISE = 2;

function serviceOf(asset: IAsset): NonNullable<IAsset['service']> {
  if (!asset.service) {
    throw new OceanError('ddo-invalid', 'The asset offers no service', {
      did: asset.did
    });
  }
  return asset.service;
}

async function chainTime(reader: Reader): Promise<number> {
  const block = (await request(reader, 'eth_getBlockByNumber', [
    'latest',
    false
  ])) as { timestamp: string };
  return Number(block.timestamp);
}

/**
 * A still valid order of `consumer`, newest first; null when there is none.
 * Valid: for this service, and within its timeout by the chain's clock.
 */
export async function findOrder(
  reader: Reader,
  network: INetwork,
  asset: IAsset,
  consumer: string
): Promise<IOrder | null> {
  const service = serviceOf(asset);
  const { startBlock } = await oceanConfig(network);
  const [found, now] = await Promise.all([
    logs(reader, {
      address: service.datatokenAddress,
      topics: [ORDER_STARTED, zeroPadValue(consumer, 32).toLowerCase()],
      fromBlock: startBlock ?? 0
    }),
    chainTime(reader)
  ]);
  for (const log of found.reverse()) {
    const args = orderAbi.parseLog(log)?.args;
    const timestamp = Number(args?.timestamp ?? 0);
    if (
      Number(args?.serviceIndex) === service.index &&
      (service.timeout === 0 || timestamp + service.timeout > now)
    ) {
      return {
        tx: log.transactionHash,
        blockNumber: log.blockNumber,
        timestamp
      };
    }
  }
  return null;
}

/** What the buyer's account must hand out, by token. */
function dues(options: IBuyOptions): Map<string, bigint> {
  const { price, providerFee } = options;
  const due = new Map<string, bigint>();
  const add = (token: string, amount: bigint): void => {
    if (amount > 0n && token !== ZERO_ADDRESS) {
      const key = token.toLowerCase();
      due.set(key, (due.get(key) ?? 0n) + amount);
    }
  };
  if (price.token) {
    add(price.token.address, price.total);
  }
  if (price.orderFee) {
    add(price.orderFee.token.address, price.orderFee.amount);
  }
  add(providerFee.providerFeeToken, BigInt(providerFee.providerFeeAmount));
  return due;
}

/** Throws `insufficient-balance`. */
export async function checkFunds(options: IBuyOptions): Promise<void> {
  for (const [token, need] of dues(options)) {
    const have = await balanceOf(options.reader, token, options.buyer);
    if (have < need) {
      throw new OceanError('insufficient-balance', 'Less than it costs', {
        have: String(have),
        need: String(need),
        token
      });
    }
  }
}

/**
 * Approvals of exactly what is due, to the datatoken: one transaction a token,
 * none where the allowance suffices.
 */
export async function buildApproveTxs(
  options: IBuyOptions
): Promise<ITxRequest[]> {
  const { reader, buyer } = options;
  const spender = serviceOf(options.asset).datatokenAddress;
  const txs: ITxRequest[] = [];
  for (const [token, amount] of dues(options)) {
    if ((await allowance(reader, token, buyer, spender)) >= amount) {
      continue;
    }
    txs.push({
      from: buyer,
      to: token,
      data: orderAbi.encodeFunctionData('approve', [spender, amount]),
      value: '0x0'
    });
  }
  return txs;
}

/**
 * The transaction that buys one datatoken and orders with it; its receiver is
 * the datatoken, as a node demands. After the approvals are mined.
 * Throws `unknown-template`, `price-changed`, `not-for-sale`, `tx-reverted`.
 */
export async function buildBuyTx(options: IBuyOptions): Promise<ITxRequest> {
  const { reader, network, asset, buyer, price } = options;
  const service = serviceOf(asset);
  const address = service.datatokenAddress;
  if (price.template !== ENTERPRISE) {
    throw new OceanError(
      'unknown-template',
      `Datatokens of template ${price.template} can't be bought in one step`,
      { template: price.template }
    );
  }
  const now = await assetPrice(reader, network, address);
  if (
    now.total > price.total ||
    now.token?.address.toLowerCase() !== price.token?.address.toLowerCase()
  ) {
    throw new OceanError('price-changed', 'The price has changed', {
      have: String(price.total),
      need: String(now.total)
    });
  }
  const { Datatoken } = await import('@oceanprotocol/lib');
  const datatoken = new Datatoken(
    builderSigner(reader, network.chainId, buyer),
    network.chainId,
    await oceanConfig(network)
  );
  const order = {
    consumer: buyer,
    serviceIndex: service.index,
    _providerFee: {
      ...options.providerFee,
      v: String(options.providerFee.v),
      validUntil: String(options.providerFee.validUntil)
    },
    _consumeMarketFee: {
      consumeMarketFeeAddress: ZERO_ADDRESS,
      consumeMarketFeeToken: ZERO_ADDRESS,
      consumeMarketFeeAmount: '0'
    }
  };
  const { exchange, token, dispenser } = now;
  if (exchange && token) {
    return built(buyer, () =>
      datatoken.buyFromFreAndOrderTx(address, order, {
        exchangeContract: exchange.contract,
        exchangeId: exchange.id,
        // The contract pulls all of it, so it is the price to the last unit.
        maxBaseTokenAmount: formatAmount(now.total, token.decimals),
        baseTokenAddress: token.address,
        baseTokenDecimals: token.decimals,
        swapMarketFee: '0',
        marketFeeAddress: ZERO_ADDRESS
      })
    );
  }
  return built(buyer, () =>
    datatoken.buyFromDispenserAndOrderTx(address, order, String(dispenser))
  );
}

/**
 * The order in a receipt. Throws `tx-reverted`, and `event-missing` where the
 * transaction would not count at a node: no OrderStarted, or another receiver.
 */
export function readOrder(
  receipt: IReceipt,
  asset: IAsset,
  consumer: string
): IOrder {
  const { datatokenAddress } = serviceOf(asset);
  const same = (a: string | null, b: string): boolean =>
    a?.toLowerCase() === b.toLowerCase();
  if (!receipt.succeeded) {
    throw new OceanError('tx-reverted', 'The order was reverted', {
      hash: receipt.hash
    });
  }
  const log = receipt.logs.find(
    one =>
      one.topics[0] === ORDER_STARTED &&
      same(one.address, datatokenAddress) &&
      same(one.topics[1], zeroPadValue(consumer, 32))
  );
  if (!log || !same(receipt.to, datatokenAddress)) {
    throw new OceanError('event-missing', 'The transaction is no order', {
      hash: receipt.hash
    });
  }
  return {
    tx: receipt.hash,
    blockNumber: receipt.blockNumber,
    timestamp: Number(orderAbi.parseLog(log)?.args.timestamp)
  };
}
