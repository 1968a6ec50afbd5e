/**
 * What an asset costs an account now, and how often its wallet will ask: told by
 * the chain and by the asset's node.
 */
import { EMPTY, type IAssetState } from './assetState';
import { codeOf, MarketError } from './errors';
import type {
  IAsset,
  IAssetPrice,
  IDeal,
  IHoldings,
  IMarketOcean,
  IProviderFee,
  ITokenInfo
} from './ports';
import { needsToken } from './purchaseTerms';

/** What is told beside the price; null where it could not be learnt. */
export type ITerms = Pick<
  IAssetState,
  'gas' | 'nodeFee' | 'access' | 'prompts' | 'approvals' | 'nodeFeeToken'
>;

/** Null where the asset is inactive or not for sale; throws what else is wrong. */
export async function priceOf(
  ocean: IMarketOcean,
  asset: IAsset,
  holdings: IHoldings
): Promise<IAssetPrice | null> {
  if (!asset.active) {
    return null;
  }
  try {
    return await ocean.price(asset, {
      owned: holdings.held || holdings.reuse !== null
    });
  } catch (reason) {
    if (codeOf(reason) !== 'not-for-sale') {
      throw reason;
    }
    return null;
  }
}

/**
 * What an asset costs the account, and what it has of it already.
 *
 * @param o.onKnown - told of each part at once: the price takes a few calls,
 *   the orders of years may take long
 * @throws MarketError orders-unknown, and what the price's reading throws
 */
export async function offerOf(
  ocean: IMarketOcean,
  o: {
    asset: IAsset;
    account: string | null;
    onKnown: (known: Partial<Pick<IAssetState, 'order' | 'price'>>) => unknown;
  }
): Promise<Pick<IAssetState, 'order' | 'price' | 'holdings'>> {
  const { asset, account, onKnown } = o;
  const early = priceOf(ocean, asset, EMPTY.holdings);
  early.then(
    price => onKnown({ price }),
    // Thrown below.
    () => undefined
  );
  let holdings = EMPTY.holdings;
  // What was revoked has no service left to order.
  if (!account || !asset.service) {
    return { order: null, price: await early, holdings };
  }
  try {
    const order = await ocean.findOrder(asset, account);
    onKnown({ order });
    if (order) {
      return { order, price: await early, holdings };
    }
    holdings = await ocean.holdings(asset, account);
  } catch (cause) {
    // What is wrong with the price is said first.
    await early;
    throw new MarketError('orders-unknown', String(cause), {}, { cause });
  }
  const paid = holdings.held || holdings.reuse !== null;
  return {
    order: null,
    price: await (paid ? priceOf(ocean, asset, holdings) : early),
    holdings
  };
}

/** Nice to know before buying: never rejects, without them the sum says so. */
export async function termsOf(
  ocean: IMarketOcean,
  o: {
    asset: IAsset;
    account: string | null;
    price: IAssetPrice;
    holdings: IHoldings;
  }
): Promise<ITerms> {
  const { asset, account, price, holdings } = o;
  const [gas, fee, access] = await Promise.allSettled([
    ocean.gas(asset, price, holdings),
    account && !ocean.foreignHost(asset)
      ? ocean.initialize(asset, account)
      : Promise.resolve(null),
    ocean.access(asset, account)
  ]);
  const providerFee = fee.status === 'fulfilled' ? fee.value : null;
  const asked =
    account && providerFee
      ? await requestsOf(ocean, {
          asset,
          buyer: account,
          price,
          providerFee,
          held: holdings.held,
          reuse: holdings.reuse ?? undefined
        })
      : { prompts: null, approvals: null, nodeFeeToken: null };
  return {
    gas: gas.status === 'fulfilled' ? gas.value : null,
    nodeFee: providerFee,
    access: access.status === 'fulfilled' ? access.value : null,
    ...asked
  };
}

/** How often the wallet will ask, and what the node's fee is in. */
async function requestsOf(
  ocean: IMarketOcean,
  deal: IDeal
): Promise<Pick<IAssetState, 'prompts' | 'approvals' | 'nodeFeeToken'>> {
  const [txs, token] = await Promise.allSettled([
    ocean.approveTxs(deal),
    feeToken(ocean, deal.asset, deal.price, deal.providerFee)
  ]);
  const approvals = txs.status === 'fulfilled' ? txs.value.length : null;
  return {
    approvals,
    prompts: approvals === null ? null : approvals + (needsToken(deal) ? 2 : 1),
    nodeFeeToken: token.status === 'fulfilled' ? token.value : null
  };
}

/** The token of the node's fee; null where that is none, or the price's. */
export async function feeToken(
  ocean: IMarketOcean,
  asset: IAsset,
  price: IAssetPrice,
  fee: IProviderFee | null
): Promise<ITokenInfo | null> {
  const address = fee?.providerFeeToken ?? '';
  return fee &&
    BigInt(fee.providerFeeAmount) > 0n &&
    address.toLowerCase() !== price.token?.address.toLowerCase()
    ? ocean.token(asset, address)
    : null;
}

/** What was found to cost more than was shown, to be shown for another click. */
export async function newTerms(
  ocean: IMarketOcean,
  asset: IAsset,
  reason: unknown
): Promise<Partial<Pick<IAssetState, 'price' | 'nodeFee' | 'nodeFeeToken'>>> {
  if (!(reason instanceof MarketError) || reason.code !== 'price-changed') {
    return {};
  }
  const { price, providerFee } = reason.details as {
    price: IAssetPrice;
    providerFee: IProviderFee;
  };
  return {
    price,
    nodeFee: providerFee,
    nodeFeeToken: await feeToken(ocean, asset, price, providerFee)
  };
}
