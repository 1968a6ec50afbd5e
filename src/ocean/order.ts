/** Ordering: reuse what was bought, else approve and buy in one call. */
import type { INetwork } from '../tokens';
import type { IReceipt, ITxRequest, Reader } from './chain';
import type { IAsset } from './ddo';
import type { IProviderFee } from './nodeClient';
import type { IAssetPrice } from './pricing';

export interface IOrder {
  tx: string;
  blockNumber: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/** A still valid order of `consumer`, newest first; null when there is none. */
export declare function findOrder(
  reader: Reader,
  network: INetwork,
  asset: IAsset,
  consumer: string
): Promise<IOrder | null>;

export interface IBuyOptions {
  reader: Reader;
  network: INetwork;
  asset: IAsset;
  buyer: string;
  price: IAssetPrice;
  /** From the node's `initialize`. */
  providerFee: IProviderFee;
}
/** Throws `insufficient-balance`. */
export declare function checkFunds(options: IBuyOptions): Promise<void>;
/** Exact amounts to the datatoken, one transaction a token; empty where they suffice. */
export declare function buildApproveTxs(
  options: IBuyOptions
): Promise<ITxRequest[]>;
/** After the approvals are mined. Throws `tx-reverted`, `unknown-template`, `price-changed`. */
export declare function buildBuyTx(options: IBuyOptions): Promise<ITxRequest>;
/** The receipt has an OrderStarted of this datatoken; throws `event-missing`. */
export declare function readOrder(
  receipt: IReceipt,
  asset: IAsset,
  consumer: string
): IOrder;
