/**
 * The wallet of the suite: which wallet, account and chain, and whether the
 * person signed in. One state, changed by requests of ours and by the wallet's
 * own events.
 */
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  IEip1193Provider,
  INetwork,
  IWallet,
  IWalletInfo,
  IWalletSession,
  IWalletState,
  IWeb3Server
} from '../tokens';
import { Activities } from './activity';
import { Connection, type ConnectionEvent } from './connection';
import type { IDiscoveredWallet, WalletDiscovery } from './discovery';
import {
  NotConnectedError,
  NoWalletError,
  toWalletError,
  WalletError,
  WalletPendingError,
  WalletRejectedError
} from './errors';
import type { NetworkSetting } from './networks';
import { Chains } from './chains';
import { WalletChoice, type WalletStore } from './choice';
import { SignIn } from './signIn';

/** Wallets announce themselves within this time after the page asked. */
export const ANNOUNCE_MS = 300;

export class Wallet implements IWallet {
  constructor(private _options: Wallet.IOptions) {
    this._choice = new WalletChoice(_options.store, _options.scope);
    this._chains = new Chains(_options.server);
    this._chains.changed.connect(() => this._networksChanged.emit());
    this._signIn = new SignIn(_options.server);
    this._signIn.changed.connect(this._update, this);
    _options.discovery.changed.connect(this._onDiscovered, this);
  }

  readonly activity = new Activities();

  get state(): IWalletState {
    return this._state;
  }

  get stateChanged(): ISignal<this, IWalletState> {
    return this._stateChanged;
  }

  get wallets(): readonly IWalletInfo[] {
    return this._options.discovery.found.map(wallet => wallet.info);
  }

  get walletsChanged(): ISignal<this, void> {
    return this._walletsChanged;
  }

  /** A transaction of ours was sent: balances are about to change. */
  get transactionSent(): ISignal<this, void> {
    return this._transactionSent;
  }

  get networks(): readonly INetwork[] {
    return this._chains.all;
  }

  get networksChanged(): ISignal<this, void> {
    return this._networksChanged;
  }

  get ready(): Promise<void> {
    return this._ready.promise;
  }

  get provider(): IEip1193Provider | null {
    return this._connection?.exposed ?? null;
  }

  /**
   * Look at the server part and restore the last wallet without a prompt. To be
   * called once; resolves `ready` whatever comes of it.
   *
   * @param settings - resolves when the settings were applied
   */
  async start(settings?: Promise<void>): Promise<void> {
    const asked = [
      settings?.catch((reason: unknown) => {
        console.warn('The settings of the wallet could not be read', reason);
      }),
      this._chains.loadServer(),
      this._restore()
    ];
    try {
      await Promise.all(asked);
    } finally {
      this._ready.resolve();
    }
  }

  /** Replace what the settings say of networks. */
  setNetworkSettings(settings: readonly NetworkSetting[]): void {
    this._chains.setSettings(settings);
  }

  /**
   * Ask a wallet for its account (EIP-1102).
   *
   * @throws WalletError: NoWalletError, WalletRejectedError, WalletPendingError
   * (also while another connect of ours waits), code `choose-wallet`, …
   */
  connect(id?: string): Promise<IWalletState> {
    if (this._connecting) {
      return this._connecting.id === id
        ? this._connecting.promise
        : Promise.reject(new WalletPendingError());
    }
    const promise: Promise<IWalletState> = this._connect(id).finally(() => {
      if (this._connecting?.promise === promise) {
        this._connecting = null;
      }
    });
    this._connecting = { id, promise };
    return promise;
  }

  /** Forget the wallet here, and ask it to forget us. Never rejects. */
  async disconnect(): Promise<void> {
    const connection = this._connection;
    this._epoch++;
    this._connecting = null;
    this._choice.forget();
    this._let(null);
    await Promise.all([this._signIn.drop(), connection?.revoke()]);
  }

  signIn(): Promise<IWalletSession> {
    if (!this._connection) {
      return Promise.reject(new NotConnectedError());
    }
    this._signingIn ??= this._signIn
      .start(this._connection)
      .finally(() => (this._signingIn = null));
    return this._signingIn;
  }

  signOut(): Promise<void> {
    return this._signIn.end();
  }

  async switchNetwork(chainId: number): Promise<void> {
    if (!this._connection) {
      throw new NotConnectedError();
    }
    await this._connection.switchTo(chainId, this.network(chainId));
  }

  reader(chainId: number): IEip1193Provider {
    return this._chains.reader(chainId);
  }

  network(chainId: number): INetwork | null {
    return this._chains.find(chainId);
  }

  dispose(): void {
    this._connection?.dispose();
    this._connection = null;
    this._signIn.dispose();
    this._chains.dispose();
    this._options.discovery.changed.disconnect(this._onDiscovered, this);
    Signal.clearData(this);
  }

  private async _connect(id?: string): Promise<IWalletState> {
    const wallet = await this._choose(id);
    if (this._connection?.wallet === wallet) {
      return this._state;
    }
    const epoch = ++this._epoch;
    this._setBusy('connecting');
    try {
      const connection = await Connection.open(
        wallet,
        await wallet.provider.request({ method: 'eth_requestAccounts' })
      );
      if (!connection) {
        throw new WalletRejectedError('The wallet gave no account');
      }
      if (epoch !== this._epoch) {
        connection.dispose();
        throw new WalletRejectedError('Disconnected meanwhile');
      }
      this._choice.save(wallet.info);
      await this._take(connection);
      if (epoch !== this._epoch) {
        throw new WalletRejectedError('Disconnected meanwhile');
      }
    } catch (reason) {
      throw toWalletError(reason);
    } finally {
      if (epoch === this._epoch) {
        this._setBusy(null);
      }
    }
    return this._state;
  }

  private async _choose(id?: string): Promise<IDiscoveredWallet> {
    const { discovery } = this._options;
    const candidates = (): readonly IDiscoveredWallet[] =>
      id === undefined ? discovery.found : discovery.find(id);
    if (!candidates().length) {
      discovery.request();
      await this._announced();
    }
    const found = candidates();
    if (!found.length) {
      throw new NoWalletError(id && `No wallet ${id} was found`);
    }
    if (found.length > 1 && id === undefined) {
      if (this._connection) {
        return this._connection.wallet;
      }
      throw new WalletError('choose-wallet', 'Several wallets are there');
    }
    return found[0];
  }

  /** Take up the saved wallet again, if it still lets us; no prompt. */
  private async _restore(): Promise<void> {
    if (!this._choice.any || this._connection || this._busy) {
      return;
    }
    const epoch = ++this._epoch;
    this._setBusy('restoring');
    try {
      const { discovery } = this._options;
      const matches = (): IDiscoveredWallet[] =>
        discovery.found.filter(wallet => this._choice.is(wallet.info));
      if (!matches().length) {
        discovery.request();
        await this._announced();
      }
      for (const wallet of matches()) {
        const connection = await this._silent(wallet);
        if (epoch !== this._epoch) {
          connection?.dispose();
          return;
        }
        if (connection) {
          await this._take(connection);
          return;
        }
      }
    } finally {
      if (epoch === this._epoch) {
        this._setBusy(null);
      }
    }
  }

  private async _silent(wallet: IDiscoveredWallet): Promise<Connection | null> {
    try {
      return await Connection.open(
        wallet,
        await wallet.provider.request({ method: 'eth_accounts' })
      );
    } catch (reason) {
      // Nobody asked for anything, so nobody is told: the login buttons are
      // what the person sees. The log keeps why.
      console.debug(`${wallet.info.rdns} was not restored`, reason);
      return null;
    }
  }

  /** Make a connection the current one, with the sign-in that it still has. */
  private async _take(connection: Connection): Promise<void> {
    this._connection?.dispose();
    this._connection = connection;
    connection.changed.connect(this._onConnection, this);
    this._signIn.forget();
    await this._signIn.restore(connection);
  }

  /** Let go of the connection. */
  private _let(busy: Wallet.Busy): void {
    this._connection?.dispose();
    this._connection = null;
    this._setBusy(busy);
  }

  private _onConnection(connection: Connection, event: ConnectionEvent): void {
    switch (event) {
      case 'sent':
        this._transactionSent.emit();
        return;
      case 'account':
        void this._signIn.drop();
        break;
      case 'logged-out':
        this._epoch++;
        this._choice.forget();
        this._let(null);
        void this._signIn.drop();
        return;
      case 'lost':
        this._epoch++;
        this._let(null);
        this._signIn.forget();
        this._awaitReturn(connection.provider);
        return;
    }
    this._update();
  }

  /** It is still the person's choice: taken up again as soon as it is back. */
  private _awaitReturn(provider: IEip1193Provider): void {
    const back = (): void => {
      provider.removeListener?.('connect', back);
      void this._restore();
    };
    provider.on?.('connect', back);
  }

  private _onDiscovered(_: WalletDiscovery, wallet: IDiscoveredWallet): void {
    this._walletsChanged.emit();
    // Some come late: an extension that had to wake up, the development wallet.
    if (this._choice.is(wallet.info)) {
      void this._restore();
    }
  }

  private _announced(): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, ANNOUNCE_MS));
  }

  private _setBusy(busy: Wallet.Busy): void {
    this._busy = busy;
    this._update();
  }

  private _update(): void {
    const connection = this._connection;
    this._state = Object.freeze({
      status: this._busy ?? (connection ? 'connected' : 'disconnected'),
      account: connection?.account ?? null,
      chainId: connection?.chainId ?? null,
      wallet: connection?.wallet.info ?? null,
      session: connection ? this._signIn.session : null
    });
    this._stateChanged.emit(this._state);
  }

  private readonly _choice: WalletChoice;
  private readonly _signIn: SignIn;
  private readonly _chains: Chains;
  private _busy: Wallet.Busy = null;
  private _connection: Connection | null = null;
  private _connecting: { id?: string; promise: Promise<IWalletState> } | null =
    null;
  private _signingIn: Promise<IWalletSession> | null = null;
  /** Grows with each connect, restore and loss: a late answer is dropped. */
  private _epoch = 0;
  private _ready = new PromiseDelegate<void>();
  private _state: IWalletState = Object.freeze({
    status: 'disconnected',
    account: null,
    chainId: null,
    wallet: null,
    session: null
  });
  private _stateChanged = new Signal<this, IWalletState>(this);
  private _transactionSent = new Signal<this, void>(this);
  private _walletsChanged = new Signal<this, void>(this);
  private _networksChanged = new Signal<this, void>(this);
}

export namespace Wallet {
  export type Busy = 'connecting' | 'restoring' | null;

  export interface IOptions {
    discovery: WalletDiscovery;
    server: IWeb3Server | null;
    store?: WalletStore;
    /** Keeps several Jupyter servers of one origin apart (their base URL). */
    scope?: string;
  }
}
