/**
 * What the market knows of an asset, and what is under way with it. Panels
 * render it; commands drive it. One model a DID, shared by both.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IWallet } from '../tokens';
import { AllowanceLeft } from './allowanceLeft';
import { codeOf, isCancelled, MarketError } from './errors';
import { EMPTY, isOpen, type AssetPhase, type IAssetState } from './assetState';
import type { Downloads, IDownloaded } from './download';
import type { IPlace } from './place';
import type { IAsset, IMarketOcean, UserData } from './ports';
import type { IBuyOptions, IPurchase, Purchases } from './purchase';
import { keptUnits, sumsFor, type Sums } from './purchaseTerms';
import { newTerms, offerOf, termsOf } from './terms';

export { isOpen, type AssetPhase, type IAssetState } from './assetState';

export interface IMarketDeps {
  wallet: Pick<
    IWallet,
    'state' | 'stateChanged' | 'provider' | 'switchNetwork'
  >;
  ocean: IMarketOcean;
  purchases: Purchases;
  downloads: Downloads;
}

export class AssetModel {
  constructor(
    readonly did: string,
    private _deps: IMarketDeps
  ) {
    this._account = _deps.wallet.state.account;
    this.left = new AllowanceLeft(_deps);
    this.left.changed.connect(() => this._set({}));
    _deps.wallet.stateChanged.connect(this._onWallet, this);
  }

  /** What its contract, or the exchange, may still take of the account. */
  readonly left: AllowanceLeft;

  get state(): IAssetState {
    return this._state;
  }

  get changed(): ISignal<this, IAssetState> {
    return this._changed;
  }

  /** Whether the account may download without buying first. */
  get mayDownload(): boolean {
    const { asset, order, price } = this._state;
    return (
      order !== null ||
      (asset !== null && isOpen(asset) && price?.kind !== 'fixed')
    );
  }

  /** What a purchase takes from the account, fees included, by token. */
  get sums(): Sums | null {
    const { asset, price, nodeFee, holdings } = this._state;
    return asset && price && sumsFor(asset, price, nodeFee, holdings);
  }

  /** The part of it that is in the price's token, in base units. */
  get cost(): bigint | null {
    const { price } = this._state;
    return price
      ? (this.sums?.get(price.token?.address.toLowerCase() ?? '') ?? 0n)
      : null;
  }

  /** Whether the button to buy can be pressed. */
  get mayBuy(): boolean {
    return (
      this._state.access?.allowed !== false &&
      !this.left.busy &&
      (this._allowance === null || this.keep !== null)
    );
  }

  /** What the person lets the contract take, as typed; null: exactly what is due. */
  get allowance(): string | null {
    return this._allowance;
  }

  /** The same in base units; null where nothing is kept, or it is no amount. */
  get keep(): bigint | null {
    return keptUnits(this._allowance, this._state.price, this.cost);
  }

  setAllowance(text: string | null): void {
    this._allowance = text;
    this._set({});
  }

  dispose(): void {
    this._loading?.abort();
    this._downloading?.abort();
    this._deps.wallet.stateChanged.disconnect(this._onWallet, this);
    this.left.dispose();
    Signal.clearData(this);
  }

  /** Read it (again). Never rejects: `problem` says what is wrong. */
  async load(): Promise<void> {
    this._loading?.abort();
    const loading = new AbortController();
    this._loading = loading;
    const current = (): boolean => !loading.signal.aborted;
    const { ocean } = this._deps;
    this._set({
      phase: this._state.asset ? this._state.phase : 'loading',
      problem: null
    });
    let asset: IAsset;
    try {
      asset = await ocean.resolve(this.did, loading.signal);
    } catch (reason) {
      if (current()) {
        this._set({
          phase: codeOf(reason) === 'not-found' ? 'not-found' : 'unreadable',
          problem: reason
        });
      }
      return;
    }
    if (!current()) {
      return;
    }
    this._set({ asset, foreignHost: ocean.foreignHost(asset) });
    try {
      await this._lookKept();
      await this._look(asset, current);
      await this._lookLeft(asset, current);
    } catch (reason) {
      if (current()) {
        this._unread = true;
        this._set({ phase: 'unreadable', problem: reason });
      }
    }
  }

  /** Look for it no further. */
  stop(): void {
    this._loading?.abort();
    this._set({
      phase: 'unreadable',
      problem: new MarketError('cancelled', 'Stopped by the person')
    });
  }

  /** Read it if that was not done; throws what was wrong with it. */
  async ready(): Promise<IAsset> {
    if (!this._state.asset || this._state.phase === 'unreadable') {
      await this.load();
    }
    const { asset, problem } = this._state;
    if (!asset) {
      throw problem;
    }
    return asset;
  }

  /**
   * Buy it with the connected account; see `Purchases.buy` for what it throws.
   *
   * @param options.shown - what the pressed button said; what is known if omitted
   * @param options.asset - its record then
   */
  async buy(
    options: Pick<IBuyOptions, 'again' | 'keep' | 'shown'> & {
      asset?: IAsset;
    } = {}
  ): Promise<IPurchase> {
    if (!this._state.asset?.active || !this._state.price) {
      // It may be on sale again since it was read, or be readable now.
      await this.load();
      if (this._state.problem) {
        throw this._state.problem;
      }
    }
    const asset = options.asset ?? (await this.ready());
    const { account } = this._deps.wallet.state;
    let mined = false;
    this._set({ problem: null, phase: 'buying' });
    try {
      const bought = await this._deps.purchases.buy(asset, {
        again: options.again,
        keep: options.keep,
        shown: options.shown ?? this.sums ?? undefined,
        onStep: purchase => {
          mined ||= purchase.step === 'mining';
          this._set({ purchase, phase: 'buying' });
        }
      });
      // The wallet may be on another account by now, which did not buy it.
      if (account === this._account) {
        this._set({
          order: { tx: bought.orderTx, blockNumber: 0, timestamp: 0 }
        });
        await this._lookAtOrder(asset);
      }
      return bought;
    } catch (reason) {
      if (
        mined ||
        ['price-changed', 'terms-changed'].includes(codeOf(reason) ?? '')
      ) {
        // What the account holds, or what is asked, is not what is shown.
        await this.load();
      }
      this._set({ problem: isCancelled(reason) ? null : reason });
      this._set(await newTerms(this._deps.ocean, asset, reason));
      throw reason;
    } finally {
      await this._lookLeft(asset);
      this._set({ purchase: null, phase: this._resting() });
    }
  }

  /** Take back what is still allowed; never rejects, `left` says what became of it. */
  async takeBack(): Promise<void> {
    const { asset, price, phase } = this._state;
    if (asset && price && phase !== 'buying') {
      if (await this.left.takeBack(asset, price)) {
        // A purchase asks for it again now.
        await this.load();
      }
    }
  }

  /** Fetch, check and write it; one download at a time. */
  download(
    place: IPlace,
    to: string,
    userdata?: UserData
  ): Promise<IDownloaded> {
    this._running ??= this._download(place, to, userdata).finally(() => {
      this._running = null;
    });
    return this._running;
  }

  /** Let go of what a download that did not end left in this browser. */
  async discard(): Promise<void> {
    await this._deps.downloads.discard(this.did);
    await this._lookKept();
  }

  /** Stop the download that runs; what came of it stays for the next one. */
  cancel(): void {
    this._downloading?.abort();
  }

  private async _download(
    place: IPlace,
    to: string,
    userdata?: UserData
  ): Promise<IDownloaded> {
    const asset = await this.ready();
    const stop = new AbortController();
    this._downloading = stop;
    this._set({ problem: null, phase: 'downloading', progress: null });
    try {
      const result = await this._deps.downloads.download(asset, {
        account: this._deps.wallet.state.account,
        orderTx: this._state.order?.tx ?? null,
        place,
        to,
        userdata,
        signal: stop.signal,
        onProgress: progress => this._set({ progress })
      });
      // What is open on IPFS comes without the node.
      this._set({
        result,
        ...(isOpen(asset) ? {} : { nodeAnswers: true })
      });
      return result;
    } catch (reason) {
      this._set({
        problem: isCancelled(reason) ? null : reason,
        ...(codeOf(reason) === 'node-unreachable' ? { nodeAnswers: false } : {})
      });
      throw reason;
    } finally {
      this._downloading = null;
      this._set({ progress: null, phase: this._resting() });
      await this._lookKept();
    }
  }

  private async _lookKept(): Promise<void> {
    try {
      this._set({ kept: await this._deps.downloads.kept(this.did) });
    } catch (reason) {
      // The next download goes without it, or says what is wrong.
      console.warn('What was kept of a download could not be read', reason);
    }
  }

  /** Price, order and fees: what the chain and the node say now. */
  private async _look(asset: IAsset, current: () => boolean): Promise<void> {
    const { ocean, wallet } = this._deps;
    const { account } = wallet.state;
    const { order, price, holdings } = await offerOf(ocean, {
      asset,
      account,
      onKnown: known => current() && this._set(known)
    });
    if (!current()) {
      return;
    }
    this._unread = false;
    this._set({ order, price, holdings });
    if (!['buying', 'downloading'].includes(this._state.phase)) {
      this._set({ phase: this._resting() });
    }
    if (order && !ocean.foreignHost(asset)) {
      const nodeAnswers = await ocean.answers(asset);
      if (current()) {
        this._set({ nodeAnswers });
      }
    }
    if (!price || order) {
      return;
    }
    const terms = await termsOf(ocean, { asset, account, price, holdings });
    if (current()) {
      this._set(terms);
    }
  }

  private async _lookLeft(
    asset: IAsset,
    current?: () => boolean
  ): Promise<void> {
    const { account } = this._deps.wallet.state;
    await this.left.look(asset, this._state.price, account, current);
  }

  /** When the order ends, which the purchase itself does not tell. */
  private async _lookAtOrder(asset: IAsset): Promise<void> {
    const { ocean, wallet } = this._deps;
    const { account } = wallet.state;
    try {
      const order = account && (await ocean.findOrder(asset, account));
      if (order && account === this._account) {
        this._set({ order });
      }
    } catch (reason) {
      // The page says it without a date then.
      console.warn('The order could not be read', reason);
    }
  }

  private _resting(): AssetPhase {
    const { asset, order, price } = this._state;
    if (!asset || (this._unread && !order)) {
      return 'unreadable';
    }
    return order
      ? 'owned'
      : price || isOpen(asset)
        ? 'for-sale'
        : 'not-for-sale';
  }

  private _onWallet(): void {
    const { account } = this._deps.wallet.state;
    if (account !== this._account) {
      this._account = account;
      this.left.forget();
      this._set({ order: null });
      void this.load();
    }
  }

  private _set(patch: Partial<IAssetState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit(this._state);
  }

  private _account: string | null;
  /** Whether price or order could not be read last. */
  private _unread = false;
  private _allowance: string | null = null;
  private _state: IAssetState = EMPTY;
  private _changed = new Signal<this, IAssetState>(this);
  private _loading: AbortController | null = null;
  private _downloading: AbortController | null = null;
  private _running: Promise<IDownloaded> | null = null;
}
