/**
 * Whether the person signed in, and for how long.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IWalletSession, IWeb3Server } from '../tokens';
import type { Connection } from './connection';
import { AccountChangedError } from './errors';

/** Loaded once somebody is connected. */
const siwe = () => import('./siwe');

export class SignIn {
  constructor(private _server: IWeb3Server | null) {}

  get session(): IWalletSession | null {
    return this._session;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /**
   * Have the account of a connection prove itself.
   *
   * @throws WalletError: refused, pending, or the account changed meanwhile
   */
  async start(connection: Connection): Promise<IWalletSession> {
    const { account, chainId, provider } = connection;
    const server = (await this._server?.info())?.siwe ? this._server : null;
    const { signInAtServer, signInInBrowser } = await siwe();
    const session = server
      ? await signInAtServer(provider, server, account, chainId)
      : await signInInBrowser(provider, account, chainId);
    if (connection.account !== account) {
      this._session = session;
      await this.drop();
      throw new AccountChangedError(account, connection.account);
    }
    this._set(session);
    return session;
  }

  /**
   * Take up the server's session if it is of this account, else end it. Never
   * rejects: connected is connected, and the panel offers to sign in.
   */
  async restore(connection: Connection): Promise<void> {
    const server = this._server;
    try {
      if (!server || !(await server.info())?.siwe) {
        return;
      }
      const { account } = connection;
      const ended = this._ended;
      const { endServerSession, serverSession } = await siwe();
      const session = await serverSession(server);
      if (!session || connection.account !== account) {
        return;
      }
      // Logged out while the server was asked: it has to hear of it.
      if (
        ended === this._ended &&
        session.address.toLowerCase() === account.toLowerCase()
      ) {
        this._set(session);
      } else {
        await endServerSession(server);
      }
    } catch (reason) {
      console.warn('The sign-in could not be looked up', reason);
    }
  }

  /**
   * Sign out.
   *
   * @throws SignInError when the server could not be told; here it is over
   * all the same.
   */
  async end(): Promise<void> {
    const session = this._session;
    this._ended++;
    this._set(null);
    if (session?.verifiedBy === 'server' && this._server) {
      const { endServerSession } = await siwe();
      await endServerSession(this._server);
    }
  }

  /** As `end`, where nobody waits for it. Never rejects. */
  async drop(): Promise<void> {
    try {
      await this.end();
    } catch (reason) {
      // The server's copy ends by itself within 24 h, and is refused for
      // another account when restored.
      console.warn('The server could not be told of the sign-out', reason);
    }
  }

  /** Forget the session here; the server keeps it for `restore`. */
  forget(): void {
    this._set(null);
  }

  dispose(): void {
    clearTimeout(this._expiry);
    Signal.clearData(this);
  }

  private _set(session: IWalletSession | null): void {
    clearTimeout(this._expiry);
    if (session) {
      const left = Date.parse(session.expires) - Date.now();
      this._expiry = setTimeout(() => this._set(null), left);
    }
    if (session !== this._session) {
      this._session = session;
      this._changed.emit();
    }
  }

  private _ended = 0;
  private _session: IWalletSession | null = null;
  private _expiry: ReturnType<typeof setTimeout> | undefined;
  private _changed = new Signal<this, void>(this);
}
