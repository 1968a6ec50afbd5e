/**
 * Access to the server part: URLs, credentials, and what it offers.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { IWeb3Server, type IServerInfo } from './tokens';

/** The routes of `jupyterlab_web3/routes` as the page reaches them. */
export class Web3Server implements IWeb3Server {
  constructor(
    private _settings: ServerConnection.ISettings = ServerConnection.makeSettings()
  ) {}

  info(): Promise<IServerInfo | null> {
    if (!this._info) {
      this._info = this._load().catch(reason => {
        // A server that was not reachable may be later: don't remember it.
        this._info = null;
        throw reason;
      });
    }
    return this._info;
  }

  url(path: string): string {
    return URLExt.join(this._settings.baseUrl, 'web3', path);
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
    if (xsrf) {
      headers['X-XSRFToken'] = xsrf;
    }
    if (this._settings.token) {
      headers['Authorization'] = `token ${this._settings.token}`;
    }
    return headers;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const upstream = headers.get('Authorization');
    if (upstream) {
      // On the way to our server that header is Jupyter's; the route hands this
      // one on to the upstream under its own name.
      headers.set('X-Web3-Authorization', upstream);
      headers.delete('Authorization');
    }
    for (const [name, value] of Object.entries(this.headers())) {
      headers.set(name, value);
    }
    return fetch(this.url(path), {
      credentials: 'same-origin',
      cache: 'no-store',
      ...init,
      headers
    });
  }

  private async _load(): Promise<IServerInfo | null> {
    const response = await this.fetch('config');
    if (
      response.status === 404 ||
      !response.headers.get('content-type')?.includes('json')
    ) {
      return null;
    }
    if (!response.ok) {
      throw await ServerConnection.ResponseError.create(response);
    }
    return (await response.json()) as IServerInfo;
  }

  private _info: Promise<IServerInfo | null> | null = null;
}

const plugin: JupyterFrontEndPlugin<IWeb3Server> = {
  id: 'jupyterlab-web3:server',
  description: 'Provides access to the server part of jupyterlab-web3.',
  autoStart: true,
  provides: IWeb3Server,
  activate: app => new Web3Server(app.serviceManager.serverSettings)
};

export default plugin;
