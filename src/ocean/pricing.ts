/** Exact amounts, and what an asset costs according to the chain. */
import { getAddress, Interface } from 'ethers';

import type { INetwork } from '../tokens';

import { call, ZERO_ADDRESS, type Reader } from './chain';
import { oceanConfig } from './config';
import { OceanError } from './errors';
import { oneLine } from './foreignText';
import { imitated } from './impostor';

export interface ITokenInfo {
  address: string;
  /** Of an impostor its short address: it shall not go by the other's name. */
  symbol: string;
  decimals: number;
  /** Symbol of the token of the settings that it calls itself like, and is not. */
  imitates?: string;
}

/** All amounts in base units of `token`. */
export interface IAssetPrice {
  kind: 'free' | 'fixed';
  token: ITokenInfo | null;
  /** Template of the datatoken: 1 standard, 2 enterprise, … */
  template: number;
  base: bigint;
  /** In `token`, part of `total`. */
  fees: { ocean: bigint; publisher: bigint; market: bigint };
  /** `base` and all `fees`: what the exchange takes. */
  total: bigint;
  exchange: { contract: string; id: string } | null;
  dispenser: string | null;
  /** A fee on each order that the datatoken itself asks, in a token of its own. */
  orderFee: { token: ITokenInfo; amount: bigint } | null;
}

const erc20 = new Interface([
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address, address) view returns (uint256)'
]);

const datatokenAbi = new Interface([
  'function getId() view returns (uint8)',
  'function getFixedRates() view returns (tuple(address contractAddress, bytes32 id)[])',
  'function getDispensers() view returns (address[])',
  'function getPublishingMarketFee() view returns (address, address, uint256)'
]);

const exchangeAbi = new Interface([
  'function getAllowedSwapper(bytes32) view returns (address)',
  'function getExchange(bytes32) view returns (address exchangeOwner, address datatoken, uint256 dtDecimals, address baseToken, uint256 btDecimals, uint256 fixedRate, bool active, uint256 dtSupply, uint256 btSupply, uint256 dtBalance, uint256 btBalance, bool withMint)',
  'function calcBaseInGivenOutDT(bytes32, uint256, uint256) view returns (uint256 baseTokenAmount, uint256 oceanFeeAmount, uint256 publishMarketFeeAmount, uint256 consumeMarketFeeAmount)'
]);

const dispenserAbi = new Interface([
  'function status(address) view returns (bool active, address owner, bool isMinter, uint256 maxTokens, uint256 maxBalance, uint256 balance, address allowedSwapper)'
]);

/** One order costs one datatoken, which has 18 decimals. */
export const ONE_DATATOKEN = 10n ** 18n;
const ONE = ONE_DATATOKEN;

/** `2.5`, 18 → 2500000000000000000n. Throws `bad-amount`. */
export function parseAmount(text: string, decimals: number): bigint {
  const match = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text.trim());
  const fraction = (match?.[2] ?? '').replace(/0+$/, '');
  if (!match || fraction.length > decimals) {
    throw new OceanError(
      'bad-amount',
      `"${text}" is no amount of a token with ${decimals} decimals`
    );
  }
  return BigInt(match[1] + fraction.padEnd(decimals, '0'));
}

/** The reverse, without trailing zeros. */
export function formatAmount(amount: bigint, decimals: number): string {
  const digits = String(amount).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction ? `${whole}.${fraction}` : whole;
}

/**
 * Symbol and decimals, from the network's list where it is in there. A token
 * that calls itself like one of the list is told by its address instead.
 */
export async function tokenInfo(
  reader: Reader,
  address: string,
  network?: INetwork
): Promise<ITokenInfo> {
  const known = network?.paymentTokens.find(
    token => token.address.toLowerCase() === address.toLowerCase()
  );
  if (known) {
    return { ...known };
  }
  const [[symbol], [decimals]] = await Promise.all([
    call(reader, address, erc20, 'symbol'),
    call(reader, address, erc20, 'decimals')
  ]);
  const token = {
    address: getAddress(address),
    // A stranger's contract chooses this text.
    symbol: oneLine(String(symbol), 16),
    decimals: Number(decimals)
  };
  const imitates = network && imitated(token, network);
  return imitates
    ? {
        ...token,
        symbol: `${token.address.slice(0, 6)}…${token.address.slice(-4)}`,
        imitates
      }
    : token;
}

export async function balanceOf(
  reader: Reader,
  token: string,
  account: string
): Promise<bigint> {
  return (await call(reader, token, erc20, 'balanceOf', [account]))[0];
}

export async function allowance(
  reader: Reader,
  token: string,
  owner: string,
  spender: string
): Promise<bigint> {
  return (await call(reader, token, erc20, 'allowance', [owner, spender]))[0];
}

async function orderFeeOf(
  reader: Reader,
  network: INetwork,
  datatoken: string
): Promise<IAssetPrice['orderFee']> {
  const [, token, amount] = await call(
    reader,
    datatoken,
    datatokenAbi,
    'getPublishingMarketFee'
  );
  return amount === 0n || token === ZERO_ADDRESS
    ? null
    : { token: await tokenInfo(reader, token, network), amount };
}

/** Whether an account has a datatoken left that pays for an order. */
export async function holdsDatatoken(
  reader: Reader,
  datatoken: string,
  account: string
): Promise<boolean> {
  return (await balanceOf(reader, datatoken, account)) >= ONE_DATATOKEN;
}

/**
 * What one order of a datatoken costs now. Exchanges and dispensers of other
 * contracts than the network's own are ignored: anybody can name any.
 * An exchange or dispenser that serves a single account only (its "allowed
 * swapper") is ignored too, unless that is the datatoken itself, which then buys
 * for whoever orders (template 2).
 * Throws `not-for-sale`.
 *
 * @param o.owned - a datatoken or an order is there already: where nobody sells,
 *   only the fees of an order are told
 */
export async function assetPrice(
  reader: Reader,
  network: INetwork,
  datatoken: string,
  o: { owned?: boolean } = {}
): Promise<IAssetPrice> {
  const config = await oceanConfig(network);
  const own = (address: string, ours: string): boolean =>
    address.toLowerCase() === ours.toLowerCase();
  const [[template], [rates], [dispensers], orderFee] = await Promise.all([
    call(reader, datatoken, datatokenAbi, 'getId'),
    call(reader, datatoken, datatokenAbi, 'getFixedRates'),
    call(reader, datatoken, datatokenAbi, 'getDispensers'),
    orderFeeOf(reader, network, datatoken)
  ]);
  const serves = (swapper: string): boolean =>
    swapper === ZERO_ADDRESS ||
    (Number(template) === 2 && own(swapper, datatoken));
  const free: IAssetPrice = {
    kind: 'free',
    token: null,
    template: Number(template),
    base: 0n,
    fees: { ocean: 0n, publisher: 0n, market: 0n },
    total: 0n,
    exchange: null,
    dispenser: null,
    orderFee
  };
  for (const { contractAddress: contract, id } of rates) {
    if (!own(contract, config.fixedRateExchangeAddress)) {
      continue;
    }
    const [exchange, [swapper]] = await Promise.all([
      call(reader, contract, exchangeAbi, 'getExchange', [id]),
      call(reader, contract, exchangeAbi, 'getAllowedSwapper', [id])
    ]);
    const stocked = exchange.withMint || exchange.dtSupply >= ONE;
    if (exchange.active && stocked && serves(swapper)) {
      // One that is switched off refuses to say.
      const cost = await call(
        reader,
        contract,
        exchangeAbi,
        'calcBaseInGivenOutDT',
        [id, ONE, 0n]
      );
      const fees = {
        ocean: cost.oceanFeeAmount,
        publisher: cost.publishMarketFeeAmount,
        market: cost.consumeMarketFeeAmount
      };
      const total: bigint = cost.baseTokenAmount;
      return {
        kind: 'fixed',
        token: await tokenInfo(reader, exchange.baseToken, network),
        template: Number(template),
        base: total - fees.ocean - fees.publisher - fees.market,
        fees,
        total,
        exchange: { contract, id },
        dispenser: null,
        orderFee
      };
    }
  }
  for (const contract of dispensers) {
    if (!own(contract, config.dispenserAddress)) {
      continue;
    }
    const status = await call(reader, contract, dispenserAbi, 'status', [
      datatoken
    ]);
    if (
      status.active &&
      (status.isMinter || status.balance >= ONE) &&
      serves(status.allowedSwapper)
    ) {
      return { ...free, dispenser: contract };
    }
  }
  if (o.owned) {
    return free;
  }
  throw new OceanError('not-for-sale', `Nobody sells ${datatoken} now`);
}
