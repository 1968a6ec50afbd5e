/** `IPinning` before anybody needs it: loads the room at the first call. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  HolderCheck,
  IHolder,
  IIpfs,
  IPinning,
  IPinPolicy,
  IPinProvider,
  IPinRecord,
  PinBadge
} from '../tokens';

export class LazyPinning implements IPinning {
  constructor(
    private _ipfs: IIpfs,
    private _open: () => Promise<IPinning>
  ) {}

  get providers(): readonly IPinProvider[] {
    return this._pinning?.providers ?? [];
  }
  get providersChanged(): ISignal<IPinning, void> {
    return this._providersChanged;
  }
  get records(): readonly IPinRecord[] {
    return this._pinning?.records ?? [];
  }
  get recordsChanged(): ISignal<IPinning, void> {
    return this._recordsChanged;
  }
  get policies(): readonly IPinPolicy[] {
    return this._pinning?.policies ?? [];
  }

  async load(): Promise<void> {
    await this._open();
  }

  addProvider(provider: IPinProvider): IDisposable {
    return this._hand(pinning => pinning.addProvider(provider));
  }

  addHolderCheck(ask: HolderCheck): IDisposable {
    return this._hand(pinning => pinning.addHolderCheck(ask));
  }

  async pin(...args: Parameters<IPinning['pin']>): Promise<IPinRecord> {
    return (await this._open()).pin(...args);
  }
  async unpin(...args: Parameters<IPinning['unpin']>): Promise<void> {
    return (await this._open()).unpin(...args);
  }
  async cancel(id: string): Promise<void> {
    return (await this._open()).cancel(id);
  }
  retry(id: string): void {
    this._pinning?.retry(id);
  }
  async settled(...args: Parameters<IPinning['settled']>): Promise<IPinRecord> {
    return (await this._open()).settled(...args);
  }
  async holders(...args: Parameters<IPinning['holders']>): Promise<IHolder[]> {
    return (await this._open()).holders(...args);
  }
  async follow(...args: Parameters<IPinning['follow']>): Promise<IPinPolicy> {
    return (await this._open()).follow(...args);
  }
  async unfollow(id: string): Promise<void> {
    return (await this._open()).unfollow(id);
  }

  badgeFor(cid: string): PinBadge | null {
    return (
      this._pinning?.badgeFor(cid) ??
      (this._ipfs.engine.kind === 'browser' ? 'browser' : null)
    );
  }

  /** The room is there: what was handed in before goes to it. */
  adopt(pinning: IPinning): void {
    this._pinning = pinning;
    pinning.providersChanged.connect(() => this._providersChanged.emit());
    pinning.recordsChanged.connect(() => this._recordsChanged.emit());
    this._waiting.forEach(hand => hand(pinning));
    this._waiting.clear();
  }

  /** Hand something to the room, now or when it is there. */
  private _hand(give: (pinning: IPinning) => IDisposable): IDisposable {
    let given: IDisposable | null = null;
    const hand = (pinning: IPinning): void => {
      given = give(pinning);
    };
    if (this._pinning) {
      hand(this._pinning);
    } else {
      this._waiting.add(hand);
    }
    return new DisposableDelegate(() => {
      this._waiting.delete(hand);
      given?.dispose();
    });
  }

  private _pinning: IPinning | null = null;
  private _waiting = new Set<(pinning: IPinning) => void>();
  private _providersChanged = new Signal<IPinning, void>(this);
  private _recordsChanged = new Signal<IPinning, void>(this);
}
