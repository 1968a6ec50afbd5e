/**
 * What the market asks of the ocean room, narrowed to what buying needs.
 * `ocean.ts` answers it; tests answer it with fakes.
 */
import type { IReceipt, ITxRequest } from '../ocean/chain';
import type { IAsset } from '../ocean/ddo';
import type { OceanNodeClient, IProviderFee } from '../ocean/nodeClient';
import type { IOrder } from '../ocean/order';
import type { IAssetPrice } from '../ocean/pricing';
import type { IWaitOptions } from '../ocean/receipts';

export type { IAsset, IAssetPrice, IOrder, IProviderFee, IReceipt, ITxRequest };

/** The calls of an Ocean Node that give access to files. */
export type INode = Pick<
  OceanNodeClient,
  'url' | 'authToken' | 'download' | 'fileInfo'
>;

export interface IDeal {
  asset: IAsset;
  buyer: string;
  price: IAssetPrice;
  providerFee: IProviderFee;
}

export interface IMarketOcean {
  /** From the nodes of the settings; throws `not-found`. */
  resolve(did: string, signal?: AbortSignal): Promise<IAsset>;
  /** What the chain says that it costs; throws `not-for-sale`. */
  price(asset: IAsset): Promise<IAssetPrice>;
  /** Wei that the transactions of a purchase will take, about. */
  gas(asset: IAsset, price: IAssetPrice): Promise<bigint>;
  /** A valid order of the account, or null. */
  findOrder(asset: IAsset, account: string): Promise<IOrder | null>;
  /**
   * Host of the asset's node when it is not in the settings, else null. Nothing
   * is asked of such a node before the person agreed.
   */
  foreignHost(asset: IAsset): string | null;
  initialize(asset: IAsset, account: string): Promise<IProviderFee>;
  checkFunds(deal: IDeal): Promise<void>;
  approveTxs(deal: IDeal): Promise<ITxRequest[]>;
  buyTx(deal: IDeal): Promise<ITxRequest>;
  readOrder(receipt: IReceipt, asset: IAsset, account: string): Promise<IOrder>;
  waitReceipt(
    chainId: number,
    hash: string,
    options?: IWaitOptions
  ): Promise<IReceipt>;
  /** The node of the asset; signatures are asked of the wallet on `account`. */
  node(asset: IAsset, account: string): Promise<INode>;
}
