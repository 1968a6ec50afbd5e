/** What an account keeps on Filecoin and how long it is paid for; for the panel. */
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { FilecoinProvider } from './filecoin';
import type { IFunds } from './filecoinCosts';
import type { IFilecoinItem } from './filecoinPerson';

/** What is being done; nothing else can be begun meanwhile. */
export type OverviewBusy =
  | { doing: 'reading' }
  | { doing: 'topping-up' }
  | { doing: 'ending'; cid: string };

export class FilecoinOverview implements IDisposable {
  /**
   * @param end - ends what is stored, and takes it out of the table of pins
   */
  constructor(
    private _provider: Pick<FilecoinProvider, 'funds' | 'items' | 'topUp'>,
    private _end: (cid: string) => Promise<void>
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  funds: IFunds | null = null;
  items: readonly IFilecoinItem[] = [];
  busy: OverviewBusy | null = null;
  failure: unknown = null;

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Ask the chain. Never rejects: see `failure`. */
  async refresh(): Promise<void> {
    await this._do({ doing: 'reading' }, async () => undefined);
  }

  /** Days more; the person agrees to the price first. Never rejects. */
  async topUp(days: number): Promise<void> {
    await this._do({ doing: 'topping-up' }, async () => {
      await this._provider.topUp(days, { signal: this._stop.signal });
    });
  }

  /** End a content; the person confirms first. Never rejects. */
  async end(cid: string): Promise<void> {
    await this._do({ doing: 'ending', cid }, () => this._end(cid));
  }

  /** What goes on in a wallet or on the chain is left to itself, and journaled. */
  dispose(): void {
    this._disposed = true;
    this._stop.abort();
    Signal.clearData(this);
  }

  private async _do(
    busy: OverviewBusy,
    task: () => Promise<void>
  ): Promise<void> {
    if (this.busy || this._disposed) {
      return;
    }
    this.busy = busy;
    this.failure = null;
    this._changed.emit();
    try {
      await task();
      [this.funds, this.items] = await Promise.all([
        this._provider.funds(),
        this._provider.items()
      ]);
    } catch (error) {
      this.failure = error;
    } finally {
      this.busy = null;
      this._changed.emit();
    }
  }

  private _stop = new AbortController();
  private _disposed = false;
  private _changed = new Signal<this, void>(this);
}
