/**
 * What the market asks of the ocean room, narrowed to what buying needs.
 * `ocean.ts` answers it; tests answer it with fakes.
 */
import type { IAccessAnswer } from '../ocean/accessCheck';
import type { IReceipt, ITxRequest } from '../ocean/chain';
import type { IAsset } from '../ocean/ddo';
import type { OceanNodeClient, IProviderFee } from '../ocean/nodeClient';
import type { IOrder } from '../ocean/findOrders';
import type { IAssetPrice, ITokenInfo } from '../ocean/pricing';
import type { IWaitOptions } from '../ocean/receipts';

export type { IAccessAnswer, ITokenInfo };
export type { IAsset, IAssetPrice, IOrder, IProviderFee, IReceipt, ITxRequest };

/** Values of consumer parameters, by name. */
export type UserData = Readonly<Record<string, string | number | boolean>>;

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
  /** The account holds a datatoken: it is used, nothing is bought. */
  held?: boolean;
  /** Transaction of an order to renew: only the node's fee is paid. */
  reuse?: string;
  /** Base units of the price's token: an allowance of so much is left. */
  keep?: bigint;
}

/** What the account has of an asset before it pays. */
export interface IHoldings {
  /** A datatoken that pays for an order. */
  held: boolean;
  /** Transaction of an order that only the node's fee has run out of. */
  reuse: string | null;
}

/** What a contract may take of a token, though nothing is due. */
export interface IAllowanceLeft {
  token: ITokenInfo;
  spender: string;
  /** Base units; more than 0. */
  amount: bigint;
  /** The spender is the asset's own datatoken, or an exchange of many assets. */
  of: 'asset' | 'exchange';
}

export interface IMarketOcean {
  /**
   * The assets of a chain that the node of the settings knows, of these DIDs;
   * null where the settings name no node for it.
   */
  known(
    chainId: number,
    dids: readonly string[],
    signal?: AbortSignal
  ): Promise<IAsset[] | null>;
  /** From the nodes of the settings; throws `not-found`. */
  resolve(did: string, signal?: AbortSignal): Promise<IAsset>;
  /**
   * What the chain says that it costs; throws `not-for-sale`, unless the account
   * owns what is needed for an order.
   */
  price(asset: IAsset, o?: { owned?: boolean }): Promise<IAssetPrice>;
  /** Wei that so many transactions of a purchase will take, about. */
  gas(asset: IAsset, price: IAssetPrice, o?: IHoldings): Promise<bigint>;
  holdings(asset: IAsset, account: string): Promise<IHoldings>;
  /** Whether the asset's rules let the account consume it. */
  access(asset: IAsset, account: string | null): Promise<IAccessAnswer>;
  /** Symbol and decimals of a token that a fee is in. */
  token(asset: IAsset, address: string): Promise<ITokenInfo>;
  /** A valid order of the account, or null. */
  findOrder(asset: IAsset, account: string): Promise<IOrder | null>;
  /**
   * The order that a transaction of the account made; null where it is none, or
   * has run out; `unseen` where the chain's endpoint does not have it.
   */
  orderIn(
    asset: IAsset,
    account: string,
    hash: string
  ): Promise<IOrder | null | 'unseen'>;
  /**
   * Whether the chain has the asset as its record says: contracts that belong
   * together, and on sale.
   *
   * @throws OceanError not-genuine, asset-inactive
   */
  assertOnChain(asset: IAsset): Promise<void>;
  /**
   * Host of the asset's node when it is not in the settings, else null. Nothing
   * is asked of such a node before the person agreed.
   */
  foreignHost(asset: IAsset): string | null;
  /** Whether the asset's node answers now. */
  answers(asset: IAsset): Promise<boolean>;
  initialize(asset: IAsset, account: string): Promise<IProviderFee>;
  /**
   * What the account allows the contract that takes the asset's price; null
   * where that is nothing, or there is no price.
   */
  allowanceLeft(
    asset: IAsset,
    price: IAssetPrice,
    account: string
  ): Promise<IAllowanceLeft | null>;
  checkFunds(deal: IDeal): Promise<void>;
  approveTxs(deal: IDeal): Promise<ITxRequest[]>;
  /** Buys a datatoken apart from the order; null where that is one step. */
  tokenTx(deal: IDeal): Promise<ITxRequest | null>;
  /** Orders, and buys the datatoken where that is one step. */
  buyTx(deal: IDeal): Promise<ITxRequest>;
  readOrder(receipt: IReceipt, asset: IAsset, account: string): Promise<IOrder>;
  waitReceipt(
    chainId: number,
    hash: string,
    options?: IWaitOptions
  ): Promise<IReceipt>;
  /**
   * The node of the asset; signatures are asked of the wallet on `account`.
   *
   * @param userdata - what the consumer says of the service's parameters
   */
  node(asset: IAsset, account: string, userdata?: UserData): Promise<INode>;
}
