/** What is asked of the server's Kubo beside what `IIpfs` offers. */
import type { IIpfs, IWeb3Server } from '../tokens';
import type { KuboAsk } from './kuboRemote';
import { unreached } from './transport';

/** Addresses that only this machine or its own network knows. */
const NEAR =
  /^\/ip4\/(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)|^\/ip6\/(::1\/|fe80|f[cd])/;

export class KuboOfServer {
  constructor(
    private _server: IWeb3Server,
    private _ipfs: IIpfs
  ) {}

  /** Whether the engine in use is a Kubo that is reached through the server. */
  get isEngine(): boolean {
    const { engine } = this._ipfs;
    // A direct RPC address may be of another node than the server's.
    const gateway = engine.kind === 'kubo' ? engine.gatewayUrl('') : null;
    return gateway?.startsWith(this._server.url('')) ?? false;
  }

  readonly ask: KuboAsk = (verb, o = {}) =>
    this._server.fetch(`ipfs/${verb}`, { method: 'POST', ...o });

  /**
   * Whether all of a content is in the node's own store: walked through, block
   * by block, without the network.
   */
  async has(cid: string, signal: AbortSignal): Promise<boolean> {
    const query = new URLSearchParams({
      arg: cid,
      offline: 'true',
      progress: 'false'
    });
    const response = await this.ask(`dag/stat?${query.toString()}`, {
      signal
    }).catch(error => {
      throw unreached(error);
    });
    const body = await response.text();
    if (response.ok) {
      return true;
    }
    if (/not found|could not find|block was not found/i.test(body)) {
      return false;
    }
    throw unreached(new Error(body.slice(0, 300)));
  }

  /** Whether no service could reach the node. */
  async meetsNobody(): Promise<boolean> {
    // Private addresses are no sign of it: others may reach it through its router.
    return this.isEngine && (await this.addresses(true)).length === 0;
  }

  /**
   * Multiaddresses at which a pinning service may fetch from the node; none while
   * it is offline.
   *
   * @param near - for a service on this machine: private addresses, too
   */
  async addresses(near: boolean): Promise<string[]> {
    if (!this.isEngine) {
      return [];
    }
    const response = await this.ask('id').catch(() => null);
    if (!response?.ok) {
      // Not there now. Services look for it by other ways, too.
      return [];
    }
    const { Addresses } = (await response.json()) as {
      Addresses?: string[] | null;
    };
    return (Addresses ?? []).filter(address => near || !NEAR.test(address));
  }
}
