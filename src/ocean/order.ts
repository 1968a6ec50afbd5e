/** Ordering: the transactions that approve, buy and order. */
import { Interface, toQuantity } from 'ethers';

import type { INetwork } from '../tokens';

import {
  estimateGas,
  ZERO_ADDRESS,
  type ITxRequest,
  type Reader
} from './chain';
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
import { serviceOf } from './findOrders';
import type { IProviderFee } from './nodeClient';
import {
  assetPrice,
  ONE_DATATOKEN,
  type IAssetPrice,
  type ITokenInfo
} from './pricing';

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
  `function startOrder(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee)`,
  `function reuseOrder(bytes32 orderTxId, ${FEE_TYPE} providerFee)`,
  `function buyFromFreAndOrder(tuple(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee) orderParams, tuple(address exchangeContract, bytes32 exchangeId, uint256 maxBaseTokenAmount, uint256 swapMarketFee, address marketFeeAddress) freParams)`,
  `function buyFromDispenserAndOrder(tuple(address consumer, uint256 serviceIndex, ${FEE_TYPE} providerFee, ${MARKET_FEE_TYPE} consumeMarketFee) orderParams, address dispenserContract)`
]);
const sellerAbi = new Interface([
  'function buyDT(bytes32 exchangeId, uint256 datatokenAmount, uint256 maxBaseTokenAmount, address consumeMarketAddress, uint256 consumeMarketSwapFeeAmount)',
  'function dispense(address datatoken, uint256 amount, address destination)'
]);

/** This suite takes no fee of its own from a sale. */
const NO_MARKET_FEE = {
  consumeMarketFeeAddress: ZERO_ADDRESS,
  consumeMarketFeeToken: ZERO_ADDRESS,
  consumeMarketFeeAmount: 0n
};

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

/** Whether `now` takes more than `before`, or of another token. */
const isMore = (
  now: { token: ITokenInfo; amount: bigint } | null,
  before: { token: ITokenInfo; amount: bigint } | null
): boolean =>
  now !== null &&
  (now.amount > (before?.amount ?? 0n) ||
    now.token.address.toLowerCase() !== before?.token.address.toLowerCase());

/**
 * Price and fee on each order as they are now, if they are not above those that
 * were shown: of an allowance that is larger than the sum, the publisher could
 * take the rest by a higher fee. (The node's fee is part of the transaction.)
 *
 * @param paid - the datatoken is there: the fee alone counts
 */
async function unchangedPrice(
  options: IBuyOptions,
  paid = false
): Promise<IAssetPrice> {
  const { reader, network, asset, price } = options;
  const now = await assetPrice(
    reader,
    network,
    serviceOf(asset).datatokenAddress,
    { owned: paid }
  );
  if (
    isMore(now.orderFee, price.orderFee) ||
    (!paid &&
      (now.total > price.total ||
        now.token?.address.toLowerCase() !==
          price.token?.address.toLowerCase()))
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
    await unchangedPrice(options, true);
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
