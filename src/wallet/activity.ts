/**
 * What was done with an account, as those rooms tell it that did it: they
 * depend on the wallet, so they register here.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { IActivity, IActivityFeed, IActivitySource } from '../tokens';

/** Entries of the list; what is older is found where it was done. */
const SHOWN = 10;

export class Activities implements IActivityFeed {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  add(load: () => Promise<IActivitySource>): IDisposable {
    const entry: IEntry = { load, source: null, loading: false };
    this._entries.push(entry);
    if (this._wanted) {
      this._load(entry);
    }
    return new DisposableDelegate(() => {
      this._entries = this._entries.filter(other => other !== entry);
      entry.source?.changed.disconnect(this._emit, this);
      this._emit();
    });
  }

  /** Load the sources that are not there yet, and those to come. */
  want(): void {
    this._wanted = true;
    this._entries.forEach(entry => this._load(entry));
  }

  /** Of all sources, newest first. */
  list(account: string): IActivity[] {
    return this._entries
      .flatMap(({ source }) => source?.list(account) ?? [])
      .sort((a, b) => b.when.localeCompare(a.when))
      .slice(0, SHOWN);
  }

  /** The sums of the sources, e.g. `2 published`, `1 bought`. */
  summaries(account: string): string[] {
    return this._entries.flatMap(
      ({ source }) => source?.summary(account) || []
    );
  }

  private _load(entry: IEntry): void {
    if (entry.source || entry.loading) {
      return;
    }
    entry.loading = true;
    entry
      .load()
      .then(
        source => {
          if (this._entries.includes(entry)) {
            entry.source = source;
            source.changed.connect(this._emit, this);
            this._emit();
          }
        },
        (reason: unknown) => {
          // The rest of the list stands; the next look tries again.
          console.warn('Activity could not be loaded', reason);
        }
      )
      .finally(() => {
        entry.loading = false;
      });
  }

  private _emit(): void {
    this._changed.emit();
  }

  private _entries: IEntry[] = [];
  private _wanted = false;
  private _changed = new Signal<this, void>(this);
}

interface IEntry {
  load: () => Promise<IActivitySource>;
  source: IActivitySource | null;
  loading: boolean;
}
