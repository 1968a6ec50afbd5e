/**
 * What the wallet panel shows beside the wallet's own state: what is under way,
 * and what came of the last thing that the person asked for.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { INetwork, IWallet } from '../tokens';
import type { Balances } from './balances';
import { toWalletError, type WalletError } from './errors';

export type PanelAction = 'connect' | 'sign-in' | 'sign-out' | 'switch';

export class WalletPanelModel {
  constructor(
    readonly wallet: IWallet,
    readonly balances: Balances
  ) {
    wallet.stateChanged.connect(this._onState, this);
    wallet.walletsChanged.connect(this._emit, this);
    wallet.networksChanged.connect(this._emit, this);
    balances.changed.connect(this._emit, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What waits for the wallet or the server. */
  get busy(): PanelAction | null {
    return this._busy;
  }

  /** Name of the wallet that is being asked. */
  get asked(): string | null {
    return this._asked;
  }

  /** Why the last action came to nothing; null when it went well. */
  get problem(): WalletError | null {
    return this._problem;
  }

  /** The network that the wallet is on, where it is known. */
  get network(): INetwork | null {
    const { chainId } = this.wallet.state;
    return chainId === null ? null : this.wallet.network(chainId);
  }

  /**
   * The network that the wallet should be on and isn't: the local chain where
   * there is one. Null when all is well or nothing is known to be better.
   */
  get wanted(): INetwork | null {
    const { chainId } = this.wallet.state;
    const home = this.wallet.networks.find(network => network.local) ?? null;
    return chainId !== null && home && home.chainId !== chainId ? home : null;
  }

  connect(uuid: string): Promise<void> {
    const info = this.wallet.wallets.find(wallet => wallet.uuid === uuid);
    return this._run('connect', info?.name ?? null, () =>
      this.wallet.connect(uuid)
    );
  }

  signIn(): Promise<void> {
    return this._run('sign-in', this._current, () => this.wallet.signIn());
  }

  signOut(): Promise<void> {
    return this._run('sign-out', this._current, () => this.wallet.signOut());
  }

  switchNetwork(chainId: number): Promise<void> {
    return this._run('switch', this._current, () =>
      this.wallet.switchNetwork(chainId)
    );
  }

  /** Also ends the waiting for a wallet that does not answer. */
  async disconnect(): Promise<void> {
    this._runs++;
    this._busy = null;
    this._problem = null;
    this._emit();
    await this.wallet.disconnect();
  }

  dispose(): void {
    Signal.disconnectReceiver(this);
    Signal.clearData(this);
  }

  private async _run(
    action: PanelAction,
    asked: string | null,
    work: () => Promise<unknown>
  ): Promise<void> {
    const run = ++this._runs;
    this._busy = action;
    this._asked = asked;
    this._problem = null;
    this._emit();
    let problem: WalletError | null = null;
    try {
      await work();
    } catch (reason) {
      problem = toWalletError(reason);
    }
    if (run === this._runs) {
      this._busy = null;
      this._problem = problem;
      this._emit();
    }
  }

  private get _current(): string | null {
    return this.wallet.state.wallet?.name ?? null;
  }

  private _onState(): void {
    const { account, chainId } = this.wallet.state;
    const key = `${account} ${chainId}`;
    if (key !== this._key) {
      this._key = key;
      // What went wrong before is no news on another account or network.
      this._problem = null;
    }
    this._emit();
  }

  private _emit(): void {
    this._changed.emit();
  }

  private _runs = 0;
  private _key = '';
  private _busy: PanelAction | null = null;
  private _asked: string | null = null;
  private _problem: WalletError | null = null;
  private _changed = new Signal<this, void>(this);
}
