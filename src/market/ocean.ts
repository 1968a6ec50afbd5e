/**
 * The ocean room as the market asks it: with the networks of the settings, the
 * chain's reader, and signatures of the connected wallet.
 */
import { mayConsume } from '../ocean/accessCheck';
import { assetsOf, resolveAsset } from '../ocean/catalogue';
import { payee, STANDARD } from '../ocean/dues';
import { OceanNodeClient, pageNonces } from '../ocean/nodeClient';
import {
  buildApproveTxs,
  buildBuyTx,
  buildTokenTx,
  checkFunds,
  findOrder,
  findOrders,
  readOrder
} from '../ocean/order';
import {
  allowance,
  assetPrice,
  holdsDatatoken,
  tokenInfo
} from '../ocean/pricing';
import { waitReceipt } from '../ocean/receipts';
import { ownerOf } from '../ocean/states';
import type {
  IEip1193Provider,
  INetwork,
  IWallet,
  IWeb3Server
} from '../tokens';
import { toWalletError } from '../wallet/errors';
import { MarketError } from './errors';
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
import { readyWallet } from './prompt';

export interface IMarketOceanDeps {
  wallet: Pick<
    IWallet,
    'state' | 'provider' | 'reader' | 'network' | 'networks'
  >;
  server: Pick<IWeb3Server, 'info' | 'fetch'>;
  /** Nodes to look for assets at, after those of the networks; they never sign. */
  furtherNodes?: () => readonly string[];
}

// What the transactions of a purchase took on a local chain, rounded up.
const APPROVE_GAS = 60_000n;
const ORDER_GAS = 500_000n;
const TOKEN_GAS = 250_000n;
/** Milliseconds for a node to say that it is there. */
const PATIENCE = 5000;

const bare = (url: string): string => url.replace(/\/+$/, '');

export class MarketOcean implements IMarketOcean {
  constructor(private _deps: IMarketOceanDeps) {}

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
    return this._client(url, null);
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
      ? assetsOf(await this._client(bare(url), null), dids, { signal })
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
    const { reader } = this._at(asset);
    const wei = BigInt(
      String(await reader.request({ method: 'eth_gasPrice', params: [] }))
    );
    const buys = !o.held && !o.reuse;
    return (
      wei *
      (ORDER_GAS +
        (buys && price.kind === 'fixed' ? APPROVE_GAS : 0n) +
        (buys && price.template === STANDARD ? TOKEN_GAS : 0n))
    );
  }

  async holdings(asset: IAsset, account: string): Promise<IHoldings> {
    const { network, reader } = this._at(asset);
    const datatoken = asset.service?.datatokenAddress ?? '';
    const [held, { stale }] = await Promise.all([
      holdsDatatoken(reader, datatoken, account),
      findOrders(reader, network, asset, account)
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
    return findOrder(reader, network, asset, account);
  }

  foreignHost(asset: IAsset): string | null {
    const url = bare(asset.service?.serviceEndpoint ?? '');
    return this._isTrusted(url) ? null : hostOf(url);
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
    const { providerFee } = await node.initialize({
      did: asset.did,
      serviceId: asset.service?.id ?? '',
      consumer: account
    });
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
    return this._client(bare(url), account, chainId);
  }

  private _nodeOf(
    asset: IAsset,
    account: string | null
  ): Promise<OceanNodeClient> {
    if (!asset.service) {
      throw new MarketError('no-access', `${asset.did} has no access service`);
    }
    return this._client(
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

  /** One client a node and account: tokens live in it, in memory. */
  private async _client(
    url: string,
    account: string | null,
    chainId = 0
  ): Promise<OceanNodeClient> {
    const key = `${url} ${account ?? ''} ${chainId}`;
    const known = this._clients.get(key);
    if (known) {
      return known;
    }
    const { server, wallet } = this._deps;
    const info = await server.info();
    const relayed = info?.oceanNodes.some(node => bare(node) === url);
    const client = new OceanNodeClient({
      url,
      trusted: this._isTrusted(url),
      // Whoever gets here with another node has asked the person by its host.
      confirmForeign: async () => true,
      fetch: (path, init) =>
        relayed
          ? server.fetch(`ocean${path}`, init)
          : fetch(url + path, { ...init, credentials: 'omit' }),
      ...(account
        ? {
            address: account,
            seen: pageNonces,
            sign: async (message: string) => {
              const provider = await readyWallet(wallet, account, chainId);
              try {
                return (await provider.request({
                  method: 'personal_sign',
                  params: [message, account]
                })) as string;
              } catch (reason) {
                throw toWalletError(reason);
              }
            }
          }
        : {})
    });
    this._clients.set(key, client);
    return client;
  }

  private _isTrusted(url: string): boolean {
    return this._deps.wallet.networks.some(
      network => network.oceanNode && bare(network.oceanNode) === url
    );
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

  private _clients = new Map<string, OceanNodeClient>();
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    // Not even a URL: shown as it is, so that the person can say no.
    return url || '?';
  }
}
