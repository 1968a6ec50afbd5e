/**
 * What an asset costs an account now, and how often its wallet will ask: told by
 * the chain and by the asset's node.
 */
import type { IAssetState } from './assetState';
import { codeOf } from './errors';
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
