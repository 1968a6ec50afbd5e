/** The Ocean Nodes of a page: one client a node and account. */
import { OceanNodeClient, pageNonces } from '../ocean/nodeClient';
import type { IWallet, IWeb3Server } from '../tokens';
import { toWalletError } from '../wallet/errors';
import { readyWallet } from './prompt';

/** A base URL as settings and records are compared by. */
export const bare = (url: string): string => url.replace(/\/+$/, '');

/** How a node is called in questions to the person. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    // Not even a URL: shown as it is, so that the person can say no.
    return url || '?';
  }
}

export class NodeClients {
  constructor(
    private _deps: {
      wallet: Pick<IWallet, 'provider' | 'networks'>;
      server: Pick<IWeb3Server, 'info' | 'fetch'>;
    }
  ) {}

  /** Whether a node is one of the settings. */
  trusts(url: string): boolean {
    return this._deps.wallet.networks.some(
      network => network.oceanNode && bare(network.oceanNode) === url
    );
  }

  /**
   * Tokens live in it, in memory.
   *
   * @param url - as `bare` makes it
   * @param account - that may be asked for signatures; null: none
   */
  async client(
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
      trusted: this.trusts(url),
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
              // A signature of a text is bound to no chain.
              const provider = await readyWallet(wallet, account);
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

  private _clients = new Map<string, OceanNodeClient>();
}
