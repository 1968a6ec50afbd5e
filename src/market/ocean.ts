/**
 * The ocean room as the market asks it: with the networks of the settings, the
 * chain's reader, and signatures of the connected wallet.
 */
import { mayConsume } from '../ocean/accessCheck';
import { assetsOf, resolveAsset } from '../ocean/catalogue';
import { payee } from '../ocean/dues';
import { OceanError } from '../ocean/errors';
import {
  findOrder,
  findOrders,
  orderIn,
  readOrder,
  type FeeAddress
} from '../ocean/findOrders';
import { assertGenuine } from '../ocean/genuine';
import type { OceanNodeClient } from '../ocean/nodeClient';
import {
  buildApproveTxs,
  buildBuyTx,
  buildTokenTx,
  checkFunds
} from '../ocean/order';
import { gasPrice } from '../ocean/chain';
import {
  allowance,
  assetPrice,
  holdsDatatoken,
  tokenInfo
} from '../ocean/pricing';
import { waitReceipt } from '../ocean/receipts';
import { ownerOf, stateOf } from '../ocean/states';
import type {
  IEip1193Provider,
  INetwork,
  IWallet,
  IWeb3Server
} from '../tokens';
import { MarketError } from './errors';
import { bare, hostOf, NodeClients } from './nodeClients';
import { firstAnswer, inTime } from './nodeRace';
import type {
  IAccessAnswer,
  IAllowanceLeft,
  IAsset,
  IAssetPrice,
  IDeal,
  IHoldings,
  IMarketOcean,
  INode,
  ITokenInfo,
  UserData
} from './ports';

import { gasOf } from './purchaseTerms';

export interface IMarketOceanDeps {
  wallet: Pick<
    IWallet,
    'state' | 'provider' | 'reader' | 'network' | 'networks'
  >;
  server: Pick<IWeb3Server, 'info' | 'fetch'>;
  /** Nodes to look for assets at, after those of the networks; they never sign. */
  furtherNodes?: () => readonly string[];
}

/** Milliseconds for a node to say that it is there. */
const PATIENCE = 5000;
/** Milliseconds for which it is not asked for its address again. */
const MEMORY = 30_000;

export class MarketOcean implements IMarketOcean {
  constructor(private _deps: IMarketOceanDeps) {
    this._nodes = new NodeClients(_deps);
  }

  /** Base URLs of the nodes to look for assets at, each once. */
  searchNodes(): string[] {
    const { wallet, furtherNodes } = this._deps;
    const { chainId } = wallet.state;
    // The chain that the person is on is the likeliest; then the local one.
    const rank = (network: INetwork): number =>
      network.chainId === chainId ? 0 : network.local ? 1 : 2;
    const urls = [...wallet.networks]
      .sort((a, b) => rank(a) - rank(b))
      .flatMap(({ oceanNode }) => (oceanNode ? [oceanNode] : []));
    return [...new Set([...urls, ...(furtherNodes?.() ?? [])].map(bare))];
  }

  /** A client to look for assets with: it never signs. */
  searchClient(url: string): Promise<OceanNodeClient> {
    return this._nodes.client(url, null);
  }

  async resolve(did: string, signal?: AbortSignal): Promise<IAsset> {
    const asset = await firstAnswer(
      this.searchNodes(),
      async (url, stop) =>
        resolveAsset(await this.searchClient(url), did, { signal: stop }),
      { signal, preferred: ({ chainId }) => this._ownNode(chainId) }
    );
    return this._withOwner(asset);
  }

  /** The node that the settings name for a chain. */
  private _ownNode(chainId: number): string | null {
    const url = this._deps.wallet.network(chainId)?.oceanNode;
    return url ? bare(url) : null;
  }

  /**
   * Its seller, as the NFT has it: an index forgets the owner at a change of
   * state, and may name any other. What the chain does not tell soon is left as
   * the index has it; the page says so.
   */
  private async _withOwner(asset: IAsset): Promise<IAsset> {
    const { chainId, nftAddress } = asset;
    if (!this._deps.wallet.network(chainId)) {
      return asset;
    }
    try {
      const reader = this._deps.wallet.reader(chainId);
      const ask = (): Promise<string> => ownerOf(reader, nftAddress);
      return { ...asset, owner: await inTime('', ask, undefined, PATIENCE) };
    } catch (reason) {
      console.warn(`Whose ${asset.did} is could not be read`, reason);
      return asset;
    }
  }

  async known(
    chainId: number,
    dids: readonly string[],
    signal?: AbortSignal
  ): Promise<IAsset[] | null> {
    const url = this._deps.wallet.network(chainId)?.oceanNode;
    return url
      ? assetsOf(await this._nodes.client(bare(url), null), dids, { signal })
      : null;
  }

  price(
    asset: IAsset,
    o: { owned?: boolean } = {}
  ): ReturnType<IMarketOcean['price']> {
    const { network, reader } = this._at(asset);
    if (!asset.service) {
      throw new MarketError('no-access', `${asset.did} has no access service`);
    }
    return assetPrice(reader, network, asset.service.datatokenAddress, o);
  }

  async gas(
    asset: IAsset,
    price: IAssetPrice,
    o: IHoldings = { held: false, reuse: null }
  ): Promise<bigint> {
    return (await gasPrice(this._at(asset).reader)) * gasOf(price, o);
  }

  async holdings(asset: IAsset, account: string): Promise<IHoldings> {
    const { network, reader } = this._at(asset);
    const datatoken = asset.service?.datatokenAddress ?? '';
    const [held, { stale }] = await Promise.all([
      holdsDatatoken(reader, datatoken, account),
      findOrders(reader, network, asset, account, this._feeAddress(asset))
    ]);
    return { held, reuse: stale?.tx ?? null };
  }

  access(asset: IAsset, account: string | null): Promise<IAccessAnswer> {
    return mayConsume(this._at(asset).reader, asset, asset.service, account);
  }

  token(asset: IAsset, address: string): Promise<ITokenInfo> {
    const { network, reader } = this._at(asset);
    return tokenInfo(reader, address, network);
  }

  findOrder(
    asset: IAsset,
    account: string
  ): ReturnType<IMarketOcean['findOrder']> {
    const { network, reader } = this._at(asset);
    return findOrder(reader, network, asset, account, this._feeAddress(asset));
  }

  orderIn(
    asset: IAsset,
    account: string,
    hash: string
  ): ReturnType<IMarketOcean['orderIn']> {
    const { reader } = this._at(asset);
    return orderIn(reader, asset, account, hash, this._feeAddress(asset));
  }

  async assertOnChain(asset: IAsset): Promise<void> {
    const { network, reader } = this._at(asset);
    const [state] = await Promise.all([
      stateOf(reader, asset.nftAddress),
      assertGenuine(reader, network, asset)
    ]);
    if (state !== 0) {
      throw new OceanError('asset-inactive', `Its state is ${state}`, {
        did: asset.did,
        state
      });
    }
  }

  /** Of a node outside the settings nothing is asked: it counts as unknown. */
  private _feeAddress(asset: IAsset): FeeAddress {
    return async () => {
      try {
        if (this.foreignHost(asset)) {
          return null;
        }
        const node = await this._nodeOf(asset, null);
        const before = this._feeAddresses.get(node.url);
        if (before && Date.now() - before.asked < MEMORY) {
          return await before.answer;
        }
        const signal = AbortSignal.timeout(PATIENCE);
        const answer = node
          .status({ signal })
          .then(({ providerAddress }) => providerAddress);
        this._feeAddresses.set(node.url, { asked: Date.now(), answer });
        return await answer;
      } catch {
        // Whatever it was: no status came.
        return null;
      }
    };
  }

  foreignHost(asset: IAsset): string | null {
    const url = bare(asset.service?.serviceEndpoint ?? '');
    return this._nodes.trusts(url) ? null : hostOf(url);
  }

  async answers(asset: IAsset): Promise<boolean> {
    try {
      const node = await this._nodeOf(asset, null);
      await node.status({ signal: AbortSignal.timeout(PATIENCE) });
      return true;
    } catch {
      // Whatever it was: no status came.
      return false;
    }
  }

  async initialize(
    asset: IAsset,
    account: string
  ): ReturnType<IMarketOcean['initialize']> {
    const node = await this._nodeOf(asset, null);
    const { providerFee, datatoken } = await node.initialize({
      did: asset.did,
      serviceId: asset.service?.id ?? '',
      consumer: account
    });
    if (
      datatoken.toLowerCase() !== asset.service?.datatokenAddress.toLowerCase()
    ) {
      throw new OceanError('not-genuine', `Its node sells ${datatoken}`, {
        did: asset.did,
        what: 'datatoken'
      });
    }
    return providerFee;
  }

  async allowanceLeft(
    asset: IAsset,
    price: IAssetPrice,
    account: string
  ): Promise<IAllowanceLeft | null> {
    const { token } = price;
    const datatoken = asset.service?.datatokenAddress;
    if (!token || !datatoken) {
      return null;
    }
    const { reader } = this._at(asset);
    const spender = payee(price, datatoken);
    const amount = await allowance(reader, token.address, account, spender);
    const of = spender === datatoken ? 'asset' : 'exchange';
    return amount > 0n ? { token, spender, amount, of } : null;
  }

  checkFunds(deal: IDeal): Promise<void> {
    return checkFunds({ ...deal, ...this._at(deal.asset) });
  }

  approveTxs(deal: IDeal): ReturnType<IMarketOcean['approveTxs']> {
    return buildApproveTxs({ ...deal, ...this._at(deal.asset) });
  }

  tokenTx(deal: IDeal): ReturnType<IMarketOcean['tokenTx']> {
    return buildTokenTx({ ...deal, ...this._at(deal.asset) });
  }

  buyTx(deal: IDeal): ReturnType<IMarketOcean['buyTx']> {
    return buildBuyTx({ ...deal, ...this._at(deal.asset) });
  }

  async readOrder(
    ...args: Parameters<IMarketOcean['readOrder']>
  ): ReturnType<IMarketOcean['readOrder']> {
    return readOrder(...args);
  }

  waitReceipt(
    chainId: number,
    ...rest: [string, Parameters<IMarketOcean['waitReceipt']>[2]?]
  ): ReturnType<IMarketOcean['waitReceipt']> {
    return waitReceipt(this._deps.wallet.reader(chainId), ...rest);
  }

  async node(
    asset: IAsset,
    account: string,
    userdata?: UserData
  ): Promise<INode> {
    const node = await this._nodeOf(asset, account);
    return userdata
      ? {
          url: node.url,
          authToken: o => node.authToken(o),
          fileInfo: (what, o) => node.fileInfo(what, o),
          download: (what, o) => node.download({ ...what, userdata }, o)
        }
      : node;
  }

  /** The node at a URL; with an account it may ask for signatures. */
  nodeAt(
    url: string,
    account: string | null,
    chainId: number
  ): Promise<OceanNodeClient> {
    return this._nodes.client(bare(url), account, chainId);
  }

  private _nodeOf(
    asset: IAsset,
    account: string | null
  ): Promise<OceanNodeClient> {
    if (!asset.service) {
      throw new MarketError('no-access', `${asset.did} has no access service`);
    }
    return this._nodes.client(
      bare(asset.service.serviceEndpoint),
      account,
      asset.chainId
    );
  }

  /** The asset's node for questions that need no signature. */
  reading(asset: IAsset): Promise<OceanNodeClient> {
    return this._nodeOf(asset, null);
  }

  /** The nodes of the settings, each once, for questions without a signature. */
  nodes(): Promise<OceanNodeClient[]> {
    return Promise.all(this.searchNodes().map(url => this.searchClient(url)));
  }

  /** The asset's chain, for reading. Throws `unknown-chain`. */
  at(asset: IAsset): { network: INetwork; reader: IEip1193Provider } {
    return this._at(asset);
  }

  private _at(asset: IAsset): { network: INetwork; reader: IEip1193Provider } {
    const { wallet } = this._deps;
    const network = wallet.network(asset.chainId);
    if (!network) {
      throw new MarketError(
        'unknown-chain',
        `Chain ${asset.chainId} is not in the settings`,
        { chainId: asset.chainId }
      );
    }
    return { network, reader: wallet.reader(asset.chainId) };
  }

  private _nodes: NodeClients;
  private _feeAddresses = new Map<
    string,
    { asked: number; answer: Promise<string> }
  >();
}
