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
import type { IDiscoveredWallet, WalletDiscovery } from './discovery';
import {
  AccountChangedError,
  NotConnectedError,
  NoWalletError,
  toWalletError,
  UnknownChainError,
  WalletError,
  WalletPendingError,
  WalletRejectedError,
  WrongChainError
} from './errors';
import {
  addChainParameter,
  mergeNetworks,
  parseChainId,
  quantity,
  type NetworkSetting
} from './networks';
import { ChainReader } from './reader';
import {
  endServerSession,
  serverSession,
  signInAtServer,
  signInInBrowser
} from './siwe';

/** Wallets announce themselves within this time after the page asked. */
export const ANNOUNCE_MS = 300;
/** A wallet that never answers a revocation must not keep the person logged in. */
const REVOKE_MS = 2000;

/** What is remembered over a reload: which wallet, never an account or secret. */
interface ISaved {
  rdns: string;
  name: string;
}

/** Where that is kept; `localStorage` in a page. */
export type WalletStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'jupyterlab-web3:wallet';

interface IConnection {
  readonly wallet: IDiscoveredWallet;
  account: string;
  chainId: number;
  detach(): void;
}

export class Wallet implements IWallet {
  constructor(private _options: Wallet.IOptions) {
    this._networks = mergeNetworks();
    _options.discovery.changed.connect(this._onDiscovered, this);
  }

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

  get networks(): readonly INetwork[] {
    return this._networks;
  }

  get networksChanged(): ISignal<this, void> {
    return this._networksChanged;
  }

  get ready(): Promise<void> {
    return this._ready.promise;
  }

  get provider(): IEip1193Provider | null {
    return this._connection?.wallet.provider ?? null;
  }

  /**
   * Look at the server part and restore the last wallet without a prompt. To be
   * called once; resolves `ready` whatever comes of it.
   *
   * @param settings - resolves when the settings were applied
   */
  async start(settings?: Promise<void>): Promise<void> {
    try {
      await Promise.all([settings, this._loadServer(), this._restore()]);
    } finally {
      this._ready.resolve();
    }
  }

  /** Replace what the settings say of networks. */
  setNetworkSettings(settings: readonly NetworkSetting[]): void {
    this._settings = settings;
    this._mergeNetworks();
  }

  /** {@inheritDoc IWallet.connect} */
  connect(id?: string): Promise<IWalletState> {
    const running = this._connecting;
    if (running) {
      return running.id === id
        ? running.promise
        : Promise.reject(new WalletPendingError());
    }
    const promise = this._connect(id).finally(() => {
      this._connecting = null;
    });
    this._connecting = { id, promise };
    return promise;
  }

  /** Forget the wallet here, and ask it to forget us. Never rejects. */
  async disconnect(): Promise<void> {
    const connection = this._connection;
    this._epoch++;
    this._store(null);
    const ended = this._drop();
    if (connection) {
      await Promise.race([
        connection.wallet.provider
          .request({
            method: 'wallet_revokePermissions',
            params: [{ eth_accounts: {} }]
          })
          // EIP-2255's counterpart is optional, many wallets lack it; we are
          // logged out all the same.
          .catch(() => undefined),
        new Promise(resolve => setTimeout(resolve, REVOKE_MS))
      ]);
    }
    await ended;
  }

  signIn(): Promise<IWalletSession> {
    this._signingIn ??= this._signIn().finally(() => {
      this._signingIn = null;
    });
    return this._signingIn;
  }

  /** End the sign-in; the wallet stays connected. */
  async signOut(): Promise<void> {
    const session = this._session;
    this._setSession(null);
    if (session?.verifiedBy === 'server' && this._options.server) {
      await endServerSession(this._options.server);
    }
  }

  async switchNetwork(chainId: number): Promise<void> {
    const connection = this._connection;
    if (!connection) {
      throw new NotConnectedError();
    }
    const { provider } = connection.wallet;
    const select = (): Promise<unknown> =>
      provider.request({
        method: 'wallet_switchEthereumChain',
        params: [{ chainId: quantity(chainId) }]
      });
    const actual = async (): Promise<number | null> =>
      parseChainId(await provider.request({ method: 'eth_chainId' }));
    try {
      try {
        await select();
      } catch (reason) {
        const error = toWalletError(reason);
        if (error.code !== 'unknown-chain') {
          throw error;
        }
        const network = this.network(chainId);
        if (!network) {
          throw new UnknownChainError(chainId);
        }
        await provider.request({
          method: 'wallet_addEthereumChain',
          params: [addChainParameter(network)]
        });
        // EIP-3085 leaves it to the wallet whether it also switches.
        if ((await actual()) !== chainId) {
          await select();
        }
      }
      const now = await actual();
      if (this._connection === connection && now !== null) {
        this._setChain(connection, now);
      }
      if (now !== chainId) {
        throw new WrongChainError(chainId, now);
      }
    } catch (reason) {
      throw toWalletError(reason);
    }
  }

  reader(chainId: number): IEip1193Provider {
    let reader = this._readers.get(chainId);
    if (!reader) {
      reader = new ChainReader(chainId, {
        server: this._options.server,
        network: id => this.network(id)
      });
      this._readers.set(chainId, reader);
    }
    return reader;
  }

  network(chainId: number): INetwork | null {
    return this._networks.find(known => known.chainId === chainId) ?? null;
  }

  dispose(): void {
    this._connection?.detach();
    this._connection = null;
    clearTimeout(this._expiry);
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
      const accounts = await wallet.provider.request({
        method: 'eth_requestAccounts'
      });
      const connection = await this._open(wallet, accounts);
      if (!connection) {
        throw new WalletRejectedError('The wallet gave no account');
      }
      if (epoch !== this._epoch) {
        connection.detach();
        throw new WalletRejectedError('Disconnected meanwhile');
      }
      if (this._connection) {
        await this._drop();
      }
      this._connection = connection;
      this._store({ rdns: wallet.info.rdns, name: wallet.info.name });
      await this._restoreSession();
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
      await this._wait();
    }
    const found = candidates();
    if (!found.length) {
      throw new NoWalletError(id === undefined ? undefined : `No wallet ${id}`);
    }
    if (found.length > 1 && id === undefined) {
      const current = this._connection?.wallet;
      if (current) {
        return current;
      }
      throw new WalletError('choose-wallet', 'Several wallets are there');
    }
    return found[0];
  }

  /** Make a connection of the accounts that a wallet gave; null for none. */
  private async _open(
    wallet: IDiscoveredWallet,
    accounts: unknown
  ): Promise<IConnection | null> {
    const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
    if (typeof first !== 'string') {
      return null;
    }
    const { getAddress } = await import('ethers/address');
    const connection: IConnection = {
      wallet,
      account: getAddress(first),
      chainId: 0,
      detach: () => undefined
    };
    // Listened to before the chain is asked: a switch in between is not missed.
    connection.detach = this._listen(connection, getAddress);
    try {
      const { provider } = wallet;
      const asked = parseChainId(
        await provider.request({ method: 'eth_chainId' })
      );
      connection.chainId ||= asked ?? 0;
    } catch (reason) {
      connection.detach();
      throw reason;
    }
    if (!connection.chainId) {
      connection.detach();
      throw new UnknownChainError(null, 'The wallet named no chain');
    }
    return connection;
  }

  private _listen(
    connection: IConnection,
    getAddress: (address: string) => string
  ): () => void {
    const { provider } = connection.wallet;
    const live = (): boolean => this._connection === connection;
    const listeners: Record<string, (...args: unknown[]) => void> = {
      accountsChanged: accounts => {
        const first: unknown = Array.isArray(accounts) ? accounts[0] : null;
        if (typeof first !== 'string') {
          if (live()) {
            this._store(null);
            void this._drop();
          }
          return;
        }
        const account = getAddress(first);
        if (account === connection.account) {
          return;
        }
        connection.account = account;
        if (live()) {
          void this._endSession();
          this._update();
        }
      },
      chainChanged: chain => {
        const chainId = parseChainId(chain);
        if (chainId !== null) {
          this._setChain(connection, chainId);
        }
      },
      // The wallet lost its chains (EIP-1193); it is still the person's choice,
      // so it is taken up again as soon as it is back.
      disconnect: () => {
        if (live()) {
          void this._drop(false);
          const back = (): void => {
            provider.removeListener?.('connect', back);
            void this._restore();
          };
          provider.on?.('connect', back);
        }
      }
    };
    for (const [event, listener] of Object.entries(listeners)) {
      provider.on?.(event, listener);
    }
    return () => {
      for (const [event, listener] of Object.entries(listeners)) {
        provider.removeListener?.(event, listener);
      }
    };
  }

  /** Take up the saved wallet again, if it still lets us; no prompt. */
  private async _restore(): Promise<void> {
    const saved = this._saved();
    if (!saved || this._connection || this._connecting) {
      return;
    }
    const epoch = ++this._epoch;
    this._setBusy('restoring');
    try {
      const { discovery } = this._options;
      discovery.request();
      const matches = (): IDiscoveredWallet[] =>
        discovery
          .find(saved.rdns)
          .filter(wallet => wallet.info.name === saved.name);
      if (!matches().length) {
        await this._wait();
      }
      for (const wallet of matches()) {
        const connection = await this._silent(wallet);
        if (connection && epoch === this._epoch) {
          this._connection = connection;
          await this._restoreSession();
          return;
        }
        connection?.detach();
      }
    } finally {
      if (epoch === this._epoch) {
        this._setBusy(null);
      }
    }
  }

  private async _silent(
    wallet: IDiscoveredWallet
  ): Promise<IConnection | null> {
    try {
      return await this._open(
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

  private async _signIn(): Promise<IWalletSession> {
    const connection = this._connection;
    if (!connection) {
      throw new NotConnectedError();
    }
    const { account, chainId, wallet } = connection;
    const info = await this._options.server?.info();
    const session =
      this._options.server && info?.siwe
        ? await signInAtServer(
            wallet.provider,
            this._options.server,
            account,
            chainId
          )
        : await signInInBrowser(wallet.provider, account, chainId);
    if (this._connection !== connection || connection.account !== account) {
      this._session = session;
      await this._endSession();
      throw new AccountChangedError(account, this._state.account);
    }
    this._setSession(session);
    return session;
  }

  /** Take up the server's session if it is of this account, else end it. */
  private async _restoreSession(): Promise<void> {
    const { server } = this._options;
    const connection = this._connection;
    if (!server || !connection) {
      return;
    }
    try {
      if (!(await server.info())?.siwe) {
        return;
      }
      const session = await serverSession(server);
      if (!session || this._connection !== connection) {
        return;
      }
      if (session.address.toLowerCase() === connection.account.toLowerCase()) {
        this._setSession(session);
      } else {
        await endServerSession(server);
      }
    } catch (reason) {
      // Connected is connected; the panel offers to sign in.
      console.warn('The sign-in could not be looked up', reason);
    }
  }

  private async _endSession(): Promise<void> {
    try {
      await this.signOut();
    } catch (reason) {
      // Gone here; the server's copy ends by itself within 24 h, and is refused
      // for another account when restored.
      console.warn('The server could not be told of the sign-out', reason);
    }
  }

  private _setSession(session: IWalletSession | null): void {
    clearTimeout(this._expiry);
    this._session = session;
    if (session) {
      const left = Date.parse(session.expires) - Date.now();
      this._expiry = setTimeout(() => this._setSession(null), left);
    }
    this._update();
  }

  private _setChain(connection: IConnection, chainId: number): void {
    if (connection.chainId === chainId) {
      return;
    }
    connection.chainId = chainId;
    if (this._connection === connection) {
      this._update();
    }
  }

  private _setBusy(busy: 'connecting' | 'restoring' | null): void {
    this._busy = busy;
    this._update();
  }

  /** Let go of the connection and its sign-in. */
  private async _drop(endSession = true): Promise<void> {
    this._connection?.detach();
    this._connection = null;
    this._busy = null;
    if (endSession) {
      await this._endSession();
    } else {
      this._setSession(null);
    }
  }

  private async _loadServer(): Promise<void> {
    const { server } = this._options;
    if (!server) {
      return;
    }
    try {
      this._serverChain = (await server.info())?.chain ?? null;
      this._mergeNetworks();
    } catch (reason) {
      console.warn('The server part could not be asked', reason);
    }
  }

  private _mergeNetworks(): void {
    this._networks = mergeNetworks(this._settings, this._serverChain);
    this._networksChanged.emit();
  }

  private _saved(): ISaved | null {
    const text = this._options.store?.getItem(this._key);
    if (!text) {
      return null;
    }
    try {
      const { rdns, name } = JSON.parse(text) as Partial<ISaved>;
      return typeof rdns === 'string' && typeof name === 'string'
        ? { rdns, name }
        : null;
    } catch {
      // Not ours or cut off: as if nothing had been saved.
      this._store(null);
      return null;
    }
  }

  private _store(saved: ISaved | null): void {
    if (saved) {
      this._options.store?.setItem(this._key, JSON.stringify(saved));
    } else {
      this._options.store?.removeItem(this._key);
    }
  }

  private get _key(): string {
    return `${KEY}:${this._options.scope ?? ''}`;
  }

  private _wait(): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, ANNOUNCE_MS));
  }

  private _onDiscovered(): void {
    this._walletsChanged.emit();
  }

  private _update(): void {
    const connection = this._connection;
    this._state = Object.freeze({
      status: this._busy ?? (connection ? 'connected' : 'disconnected'),
      account: connection?.account ?? null,
      chainId: connection?.chainId ?? null,
      wallet: connection?.wallet.info ?? null,
      session: connection ? this._session : null
    });
    this._stateChanged.emit(this._state);
  }

  private _busy: 'connecting' | 'restoring' | null = null;
  private _connection: IConnection | null = null;
  private _connecting: {
    id: string | undefined;
    promise: Promise<IWalletState>;
  } | null = null;
  private _signingIn: Promise<IWalletSession> | null = null;
  private _session: IWalletSession | null = null;
  private _expiry: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each connect, restore and disconnect: a late answer is dropped. */
  private _epoch = 0;
  private _settings: readonly NetworkSetting[] = [];
  private _serverChain: INetwork | null = null;
  private _networks: readonly INetwork[];
  private _readers = new Map<number, ChainReader>();
  private _ready = new PromiseDelegate<void>();
  private _state: IWalletState = Object.freeze({
    status: 'disconnected',
    account: null,
    chainId: null,
    wallet: null,
    session: null
  });
  private _stateChanged = new Signal<this, IWalletState>(this);
  private _walletsChanged = new Signal<this, void>(this);
  private _networksChanged = new Signal<this, void>(this);
}

export namespace Wallet {
  export interface IOptions {
    discovery: WalletDiscovery;
    server: IWeb3Server | null;
    store?: WalletStore;
    /** Keeps several Jupyter servers of one origin apart (their base URL). */
    scope?: string;
  }
}
