/** Access to the server part. */
import { Token } from '@lumino/coreutils';

import type { INetwork } from './wallet';

/** What the server part tells of itself (`GET web3/config`). */
export interface IServerInfo {
  version: string;
  ipfs: {
    /** RPC address as a person would write it, e.g. `127.0.0.1:5001`. */
    api: string;
    /** True when `npm start` or Binder started this Kubo. */
    managed: boolean;
    /** Whether `web3/gateway/…` is served. */
    gateway: boolean;
  };
  /** The chain behind `web3/chain`, or null when none is configured. */
  chain: INetwork | null;
  /** Base URLs of the Ocean Nodes that `web3/ocean/…` relays to (at most one). */
  oceanNodes: string[];
  /** Whether `web3/siwe/…` verifies sign-ins. */
  siwe: boolean;
  /** Whether a development wallet may be offered for `chain`. */
  developmentWallet: boolean;
}

/** Access to the server part; absent in JupyterLite. */
export interface IWeb3Server {
  /** Resolves to null when there is no server part. Fetched once, on first use. */
  info(): Promise<IServerInfo | null>;
  /** Absolute URL of a route, e.g. `url('ipfs/add')`; `path` is not encoded here. */
  url(path: string): string;
  /** fetch() of a route with Jupyter's credentials and XSRF token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The headers that `fetch` adds, for those who need XMLHttpRequest. */
  headers(): Record<string, string>;
}

export const IWeb3Server = new Token<IWeb3Server>(
  'jupyterlab-web3:IWeb3Server',
  'Access to the server part of jupyterlab-web3.'
);
