/**
 * One wallet that gave us an account: its account and chain, kept right by the
 * wallet's own events (EIP-1193).
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IDiscoveredWallet } from './discovery';
import { UnknownChainError, WrongChainError, toWalletError } from './errors';
import { addChainParameter, parseChainId, quantity } from './networks';
import type { IEip1193Provider, INetwork } from '../tokens';

/** What happened to a connection. */
export type ConnectionEvent =
  | 'account'
  | 'chain'
  /** The person withdrew every account (`accountsChanged([])`). */
  | 'logged-out'
  /** The wallet can't reach its chains for now. */
  | 'lost'
  /** The wallet sent a transaction. */
  | 'sent';

/** A wallet that never answers a revocation must not keep the person logged in. */
const REVOKE_MS = 2000;

export class Connection {
  /**
   * @param accounts - what `eth_accounts` or `eth_requestAccounts` gave
   * @returns null when that is no account
   * @throws UnknownChainError when the wallet names no chain
   */
  static async open(
    wallet: IDiscoveredWallet,
    accounts: unknown
  ): Promise<Connection | null> {
    const first = firstAccount(accounts);
    if (first === null) {
      return null;
    }
    const { getAddress } = await import('ethers/address');
    // It listens before the chain is asked: a switch in between is not missed.
    const connection = new Connection(wallet, getAddress(first), getAddress);
    try {
      const chainId = parseChainId(
        await wallet.provider.request({ method: 'eth_chainId' })
      );
      connection._chainId ||= chainId ?? 0;
      if (!connection._chainId) {
        throw new UnknownChainError(null, 'The wallet named no chain');
      }
    } catch (reason) {
      connection.dispose();
      throw reason;
    }
    if (connection._loggedOut) {
      connection.dispose();
      return null;
    }
    return connection;
  }

  private constructor(
    readonly wallet: IDiscoveredWallet,
    private _account: string,
    private _checksum: (address: string) => string
  ) {
    for (const [event, listener] of this._listeners) {
      this.provider.on?.(event, listener);
    }
  }

  get provider(): IEip1193Provider {
    return this.wallet.provider;
  }

  /**
   * The provider for the rest of the suite: the wallet's own, except that a sent
   * transaction is noticed here.
   */
  readonly exposed: IEip1193Provider = {
    request: async args => {
      const answer = await this.provider.request(args);
      if (args.method === 'eth_sendTransaction') {
        this._changed.emit('sent');
      }
      return answer;
    },
    on: (event, listener) => this.provider.on?.(event, listener),
    removeListener: (event, listener) =>
      this.provider.removeListener?.(event, listener)
  };

  /** Checksum address. */
  get account(): string {
    return this._account;
  }

  get chainId(): number {
    return this._chainId;
  }

  get changed(): ISignal<this, ConnectionEvent> {
    return this._changed;
  }

  /**
   * Have the wallet select a chain (EIP-3326), adding it (EIP-3085) where the
   * wallet does not know it and `network` does.
   *
   * @throws WalletError, of which UnknownChainError and WrongChainError
   */
  async switchTo(chainId: number, network: INetwork | null): Promise<void> {
    try {
      try {
        await this._select(chainId);
      } catch (reason) {
        const error = toWalletError(reason);
        if (error.code !== 'unknown-chain') {
          throw error;
        }
        if (!network) {
          throw new UnknownChainError(chainId);
        }
        await this.provider.request({
          method: 'wallet_addEthereumChain',
          params: [addChainParameter(network)]
        });
        // EIP-3085 leaves it to the wallet whether it also switches.
        if ((await this._ask()) !== chainId) {
          await this._select(chainId);
        }
      }
      // The event may come later than the answer, or not at all.
      const now = await this._ask();
      this._setChain(now);
      if (now !== chainId) {
        throw new WrongChainError(chainId, now);
      }
    } catch (reason) {
      throw toWalletError(reason);
    }
  }

  /**
   * Ask the wallet to forget us; best effort, as many wallets can't. Never
   * rejects, and takes 2 s at most.
   */
  async revoke(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      this.provider
        .request({
          method: 'wallet_revokePermissions',
          params: [{ eth_accounts: {} }]
        })
        .catch((reason: unknown) => {
          console.debug('The wallet keeps its permission', reason);
        }),
      new Promise(resolve => {
        timer = setTimeout(resolve, REVOKE_MS);
      })
    ]);
    clearTimeout(timer);
  }

  dispose(): void {
    for (const [event, listener] of this._listeners) {
      this.provider.removeListener?.(event, listener);
    }
    Signal.clearData(this);
  }

  private _select(chainId: number): Promise<unknown> {
    return this.provider.request({
      method: 'wallet_switchEthereumChain',
      params: [{ chainId: quantity(chainId) }]
    });
  }

  private async _ask(): Promise<number | null> {
    return parseChainId(await this.provider.request({ method: 'eth_chainId' }));
  }

  private _setChain(chainId: number | null): void {
    if (chainId !== null && chainId !== this._chainId) {
      this._chainId = chainId;
      this._changed.emit('chain');
    }
  }

  private _onAccounts = (accounts: unknown): void => {
    const first = firstAccount(accounts);
    if (first === null) {
      this._loggedOut = true;
      this._changed.emit('logged-out');
      return;
    }
    const account = this._checksum(first);
    if (account !== this._account) {
      this._account = account;
      this._changed.emit('account');
    }
  };

  private _listeners: readonly [string, (...args: unknown[]) => void][] = [
    ['accountsChanged', this._onAccounts],
    ['chainChanged', chainId => this._setChain(parseChainId(chainId))],
    ['disconnect', () => this._changed.emit('lost')]
  ];
  private _chainId = 0;
  private _loggedOut = false;
  private _changed = new Signal<this, ConnectionEvent>(this);
}

function firstAccount(accounts: unknown): string | null {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : null;
  return typeof first === 'string' && /^0x[0-9a-f]{40}$/i.test(first)
    ? first
    : null;
}
