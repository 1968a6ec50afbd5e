/**
 * How a Kubo node is reached: through the server part (the rule), or at a
 * direct RPC address (an advanced setting, and what tests in Node use).
 */
import type { IWeb3Server } from '../tokens';
import { IpfsOfflineError } from './errors';

export interface IKuboConnection {
  /** Where it looks, as a person would write it: `127.0.0.1:5001`. */
  readonly endpoint: string;
  readonly managed: boolean;
  /** The person named its address in the settings. */
  readonly named?: boolean;
  /** Learn `endpoint` and `managed`; throws `IpfsOfflineError`. */
  prepare(): Promise<void>;
  /** Absolute URL of an RPC verb (`files/ls`), without query. */
  url(verb: string): string;
  /** Headers that a request must carry. */
  headers(): Record<string, string>;
  fetch(verb: string, query: string, init: RequestInit): Promise<Response>;
  /** Gateway URL of `<cid>` under a file name, for a download link. */
  gatewayUrl(cid: string, filename?: string): string;
  /**
   * Whether a node answers, asked so that the console of the browser shows no
   * error when none does.
   */
  answers?(): Promise<boolean>;
  /**
   * After a failure: whether something answers there that the browser keeps from
   * this page (CORS).
   */
  refusesPage?(): Promise<boolean>;
}

function gatewayQuery(filename?: string): string {
  return filename === undefined
    ? ''
    : `?filename=${encodeURIComponent(filename)}&download=true`;
}

/**
 * Verbs that look whether something is there. The route answers them with 204
 * when it is not: browsers log every 4xx and 5xx as an error.
 */
const MAY_BE_MISSING = new Set(['files/stat', 'pin/ls']);

/** Through `web3/ipfs/<verb>` and `web3/gateway/…` of the Jupyter server. */
export class ServerConnection implements IKuboConnection {
  constructor(private _server: IWeb3Server) {}

  endpoint = '';
  managed = false;

  async prepare(): Promise<void> {
    const info = await this._server.info();
    if (!info) {
      throw new IpfsOfflineError(
        this._server.url('ipfs'),
        'the server part of jupyterlab-web3 is not installed'
      );
    }
    this.endpoint = info.ipfs.api;
    this.managed = info.ipfs.managed;
  }

  url(verb: string): string {
    return this._server.url(`ipfs/${verb}`);
  }

  headers(): Record<string, string> {
    return this._server.headers();
  }

  fetch(verb: string, query: string, init: RequestInit): Promise<Response> {
    if (!MAY_BE_MISSING.has(verb)) {
      return this._server.fetch(`ipfs/${verb}${query}`, init);
    }
    const headers = new Headers(init.headers);
    headers.set('X-Web3-Missing', 'empty');
    return this._server.fetch(`ipfs/${verb}${query}`, { ...init, headers });
  }

  async answers(): Promise<boolean> {
    if (!(await this._server.info())) {
      return false;
    }
    const response = await this._server.fetch('ipfs/version', {
      method: 'POST',
      headers: { 'X-Web3-Missing': 'empty' }
    });
    // An answer that nobody reads holds its connection, of which there are six.
    await response.text();
    return response.ok && response.status !== 204;
  }

  gatewayUrl(cid: string, filename?: string): string {
    return this._server.url(`gateway/ipfs/${cid}`) + gatewayQuery(filename);
  }
}

/** Straight to a Kubo RPC address. */
export class DirectConnection implements IKuboConnection {
  /**
   * @param options.rpc - base URL, e.g. `http://127.0.0.1:5001`
   * @param options.gateway - gateway base URL, e.g. `http://127.0.0.1:8080`
   * @param options.secret - value for `Authorization` (only outside browsers:
   *   Kubo's CORS does not allow that header)
   */
  constructor(private _options: DirectConnection.IOptions) {
    this.endpoint = new URL(_options.rpc).host;
  }

  readonly endpoint: string;
  readonly managed = false;
  readonly named = true;

  async prepare(): Promise<void> {
    // The address is all there is to know.
  }

  url(verb: string): string {
    return `${this._options.rpc.replace(/\/+$/, '')}/api/v0/${verb}`;
  }

  headers(): Record<string, string> {
    const { secret } = this._options;
    return secret ? { Authorization: secret } : {};
  }

  fetch(verb: string, query: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(this.headers())) {
      headers.set(name, value);
    }
    return fetch(this.url(verb) + query, { ...init, headers });
  }

  async refusesPage(): Promise<boolean> {
    try {
      // Opaque: tells that there is an answer, and nothing of it.
      await fetch(this.url('version'), { method: 'POST', mode: 'no-cors' });
      return true;
    } catch (error) {
      console.debug(`Nothing answers at ${this.endpoint}`, error);
      return false;
    }
  }

  gatewayUrl(cid: string, filename?: string): string {
    const base = (this._options.gateway ?? 'http://127.0.0.1:8080').replace(
      /\/+$/,
      ''
    );
    return `${base}/ipfs/${cid}${gatewayQuery(filename)}`;
  }
}

export namespace DirectConnection {
  export interface IOptions {
    rpc: string;
    gateway?: string;
    secret?: string;
  }
}
