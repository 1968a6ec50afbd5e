/** Exact amounts, and what an asset costs according to the chain. */
import type { INetwork } from '../tokens';
import type { Reader } from './chain';

export interface ITokenInfo {
  address: string;
  symbol: string;
  decimals: number;
}

/** All amounts in the token's base units. */
export interface IAssetPrice {
  kind: 'free' | 'fixed';
  token: ITokenInfo | null;
  /** Template of the datatoken: 1 standard, 2 enterprise, … */
  template: number;
  base: bigint;
  fees: { ocean: bigint; publisher: bigint; market: bigint };
  /** `base` and all `fees`: what the exchange takes. */
  total: bigint;
  exchange: { contract: string; id: string } | null;
  dispenser: string | null;
}

/** `2.5`, 18 → 2500000000000000000n. Throws `bad-amount`. */
export declare function parseAmount(text: string, decimals: number): bigint;
/** The reverse, without trailing zeros. */
export declare function formatAmount(amount: bigint, decimals: number): string;
export declare function tokenInfo(
  reader: Reader,
  address: string,
  network?: INetwork
): Promise<ITokenInfo>;
export declare function balanceOf(
  reader: Reader,
  token: string,
  account: string
): Promise<bigint>;
export declare function allowance(
  reader: Reader,
  token: string,
  owner: string,
  spender: string
): Promise<bigint>;
/** Throws `not-for-sale`. */
export declare function assetPrice(
  reader: Reader,
  network: INetwork,
  datatoken: string
): Promise<IAssetPrice>;
