/**
 * How a datatoken is sold: its exchanges and dispensers whether they are on or
 * off, who is paid, what an exchange holds; and what changes all that.
 * (FixedRateExchange, Dispenser, ERC20TemplateEnterprise of
 * @oceanprotocol/contracts 2.6.)
 */
import { getAddress, Interface } from 'ethers';

import type { INetwork } from '../tokens';

import { call, ZERO_ADDRESS, type ITxRequest, type Reader } from './chain';
import { callTx } from './callTx';
import { oceanConfig } from './config';
import { STANDARD } from './dues';
import { OceanError } from './errors';
import { parseAmount, tokenInfo, type ITokenInfo } from './pricing';

export interface IExchange {
  contract: string;
  id: string;
  token: ITokenInfo;
  /** Price of one order without fees, in units of 1e-18 whole tokens. */
  rate: bigint;
  active: boolean;
  withMint: boolean;
  /** What it holds of the token, base units: belongs to the payment collector. */
  held: bigint;
  /** Datatokens that it holds, in units of 1e-18: the payment collector's, too. */
  heldDatatokens: bigint;
  /** What it holds of the market's fee, base units, and who gets that. */
  marketFee: bigint;
  marketFeeCollector: string;
}

export interface ISale {
  datatoken: string;
  template: number;
  /** Who is paid for orders: the owner where nobody else was named. */
  collector: string;
  exchanges: IExchange[];
  /** Of the network's own dispenser; null where it has none. */
  dispenser: { contract: string; active: boolean } | null;
}

const datatokenAbi = new Interface([
  'function getId() view returns (uint8)',
  'function getFixedRates() view returns (tuple(address contractAddress, bytes32 id)[])',
  'function getDispensers() view returns (address[])',
  'function getPaymentCollector() view returns (address)',
  'function setPaymentCollector(address)',
  'function createDispenser(address dispenser, uint256 maxTokens, uint256 maxBalance, bool withMint, address allowedSwapper)'
]);

const exchangeAbi = new Interface([
  'function getExchange(bytes32) view returns (address exchangeOwner, address datatoken, uint256 dtDecimals, address baseToken, uint256 btDecimals, uint256 fixedRate, bool active, uint256 dtSupply, uint256 btSupply, uint256 dtBalance, uint256 btBalance, bool withMint)',
  'function getFeesInfo(bytes32) view returns (uint256 marketFee, address marketFeeCollector, uint256 opcFee, uint256 marketFeeAvailable, uint256 oceanFeeAvailable)',
  'function setRate(bytes32 exchangeId, uint256 newRate)',
  'function toggleExchangeState(bytes32 exchangeId)',
  'function collectBT(bytes32 exchangeId, uint256 amount)',
  'function collectDT(bytes32 exchangeId, uint256 amount)',
  'function collectMarketFee(bytes32 exchangeId)'
]);

const dispenserAbi = new Interface([
  'function status(address) view returns (bool active, address owner, bool isMinter, uint256 maxTokens, uint256 maxBalance, uint256 balance, address allowedSwapper)',
  'function activate(address datatoken, uint256 maxTokens, uint256 maxBalance)',
  'function deactivate(address datatoken)'
]);

/** Of every datatoken (ERC20Template). */
export const DATATOKEN_DECIMALS = 18;
/** The exchange counts its rate in 1e18, whatever the token's decimals. */
export const RATE_DECIMALS = 18;
/** `MIN_RATE` of FixedRateExchange. */
const MIN_RATE = 10n ** 10n;
/**
 * What one account may take of a free datatoken at once, and hold: one order.
 * More would be hoarded.
 */
const DISPENSED = 10n ** 18n;

const same = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/**
 * Exchanges and dispensers of other contracts than the network's own are left
 * out, as in `assetPrice`.
 */
export async function readSale(
  reader: Reader,
  network: INetwork,
  datatoken: string
): Promise<ISale> {
  const config = await oceanConfig(network);
  const [[template], [rates], [dispensers], [collector]] = await Promise.all([
    call(reader, datatoken, datatokenAbi, 'getId'),
    call(reader, datatoken, datatokenAbi, 'getFixedRates'),
    call(reader, datatoken, datatokenAbi, 'getDispensers'),
    call(reader, datatoken, datatokenAbi, 'getPaymentCollector')
  ]);
  const exchanges: IExchange[] = [];
  for (const { contractAddress: contract, id } of rates) {
    if (!same(contract, config.fixedRateExchangeAddress)) {
      continue;
    }
    const [exchange, fees] = await Promise.all([
      call(reader, contract, exchangeAbi, 'getExchange', [id]),
      call(reader, contract, exchangeAbi, 'getFeesInfo', [id])
    ]);
    exchanges.push({
      contract: getAddress(contract),
      id: String(id),
      token: await tokenInfo(reader, exchange.baseToken, network),
      rate: exchange.fixedRate,
      active: exchange.active,
      withMint: exchange.withMint,
      held: exchange.btBalance,
      heldDatatokens: exchange.dtBalance,
      marketFee: fees.marketFeeAvailable,
      marketFeeCollector: getAddress(fees.marketFeeCollector)
    });
  }
  const ours = [...dispensers].some(one => same(one, config.dispenserAddress));
  const status = ours
    ? await call(reader, config.dispenserAddress, dispenserAbi, 'status', [
        datatoken
      ])
    : null;
  return {
    datatoken: getAddress(datatoken),
    template: Number(template),
    collector: getAddress(collector),
    exchanges,
    dispenser: status && {
      contract: config.dispenserAddress,
      active: Boolean(status.active)
    }
  };
}

/**
 * A price as a person writes it, as the exchange counts it.
 *
 * @throws OceanError bad-amount: none, finer than the token, or less than the
 *   contract takes
 */
export function rateOf(amount: string, token: ITokenInfo): bigint {
  // What can't be paid in the token can't be a price.
  parseAmount(amount, token.decimals);
  const rate = parseAmount(amount, RATE_DECIMALS);
  if (rate < MIN_RATE) {
    throw new OceanError('bad-amount', `${amount} is less than can be asked`);
  }
  return rate;
}

/** @throws OceanError bad-amount, tx-reverted (not the owner) */
export function rateTx(
  reader: Reader,
  from: string,
  exchange: IExchange,
  amount: string
): Promise<ITxRequest> {
  return callTx(reader, from, exchange.contract, exchangeAbi, 'setRate', [
    exchange.id,
    rateOf(amount, exchange.token)
  ]);
}

/** Switches the exchange off where it is on, and on where it is off. */
export function toggleExchangeTx(
  reader: Reader,
  from: string,
  exchange: IExchange
): Promise<ITxRequest> {
  return callTx(
    reader,
    from,
    exchange.contract,
    exchangeAbi,
    'toggleExchangeState',
    [exchange.id]
  );
}

/**
 * Whether it can be given away: with datatokens of template 1 not where an
 * exchange sells them. Everybody can take some of them, in as many accounts as
 * one likes, and sell them back to the exchange (`sellDT`) for what later buyers
 * pay into it. Those of template 2 never leave the order that they are made for.
 */
export const mayGiveAway = ({ template, exchanges }: ISale): boolean =>
  template !== STANDARD || exchanges.length === 0;

/**
 * Gives it away for free, or stops that; makes a dispenser where there is none.
 *
 * @throws OceanError not-for-sale (see `mayGiveAway`), tx-reverted
 */
export async function dispenserTx(
  reader: Reader,
  network: INetwork,
  from: string,
  sale: ISale,
  active: boolean
): Promise<ITxRequest> {
  const { dispenserAddress } = await oceanConfig(network);
  if (!active) {
    return callTx(reader, from, dispenserAddress, dispenserAbi, 'deactivate', [
      sale.datatoken
    ]);
  }
  if (!mayGiveAway(sale)) {
    throw new OceanError('not-for-sale', 'What is taken could be sold back');
  }
  return sale.dispenser
    ? callTx(reader, from, dispenserAddress, dispenserAbi, 'activate', [
        sale.datatoken,
        DISPENSED,
        DISPENSED
      ])
    : callTx(reader, from, sale.datatoken, datatokenAbi, 'createDispenser', [
        dispenserAddress,
        DISPENSED,
        DISPENSED,
        true,
        ZERO_ADDRESS
      ]);
}

/** Pay somebody else for orders from now on; the zero address is the owner. */
export function collectorTx(
  reader: Reader,
  from: string,
  datatoken: string,
  collector: string
): Promise<ITxRequest> {
  return callTx(reader, from, datatoken, datatokenAbi, 'setPaymentCollector', [
    collector
  ]);
}

/**
 * Pay out what an exchange holds: to the payment collector, whoever asks for it.
 */
export function collectTx(
  reader: Reader,
  from: string,
  exchange: IExchange
): Promise<ITxRequest> {
  return callTx(reader, from, exchange.contract, exchangeAbi, 'collectBT', [
    exchange.id,
    exchange.held
  ]);
}

/**
 * Hand out the datatokens that an exchange holds (somebody sold them back, or
 * put them there to be sold): to the payment collector, whoever asks for it.
 */
export function collectDatatokensTx(
  reader: Reader,
  from: string,
  exchange: IExchange
): Promise<ITxRequest> {
  return callTx(reader, from, exchange.contract, exchangeAbi, 'collectDT', [
    exchange.id,
    exchange.heldDatatokens
  ]);
}

/** Pay out the market's fee, to its collector. */
export function collectFeeTx(
  reader: Reader,
  from: string,
  exchange: IExchange
): Promise<ITxRequest> {
  return callTx(
    reader,
    from,
    exchange.contract,
    exchangeAbi,
    'collectMarketFee',
    [exchange.id]
  );
}
