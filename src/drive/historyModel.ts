/**
 * The timeline of one path, for the panel that shows it.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { isCancelled } from '../ipfs/errors';
import type { IIpfs, IMfsStat } from '../tokens';
import { type History, type IChange, stateOf } from './history';
import {
  differences,
  type IDifference,
  type IMoment,
  timelineOf,
  within
} from './timeline';

/** Moments shown at first, and with each "Show more". */
const PAGE = 50;
/** Differences shown at most. */
export const DIFFERENCES = 200;

export interface IHistoryActions {
  /** Open a state, read-only. */
  open(cid: string, name: string, folder: boolean): Promise<void>;
  restore(id: string, path: string, then: string): Promise<unknown>;
  undo(change: IChange): Promise<unknown>;
  /** Ask, then forget all of it; whether it was done. */
  forget(): Promise<boolean>;
}

export interface IComparison {
  moment: IMoment;
  state: 'busy' | 'done' | 'failed';
  found: IDifference[];
  error?: unknown;
}

export class HistoryModel {
  constructor(
    private _ipfs: Pick<IIpfs, 'files'>,
    readonly history: History,
    /** MFS path. */
    readonly path: string,
    private _actions: IHistoryActions
  ) {
    history.recorded.connect(this._onRecorded, this);
  }

  get changed(): ISignal<HistoryModel, void> {
    return this._changed;
  }

  /** Newest first, as far as they are shown. */
  moments: IMoment[] = [];
  /** Whether there are older ones. */
  more = false;
  state: 'busy' | 'done' | 'failed' = 'busy';
  /** Why the timeline is not there, or what an action said. */
  error: unknown = null;
  comparison: IComparison | null = null;
  /** Id of the change that something is done with. */
  working: string | null = null;

  dispose(): void {
    this._stop.abort();
    this._comparing.abort();
    this.history.recorded.disconnect(this._onRecorded, this);
    Signal.clearData(this);
  }

  /** Read the timeline (again). Never rejects. */
  async load(): Promise<void> {
    this._stop.abort();
    const { signal } = (this._stop = new AbortController());
    const found: IMoment[] = [];
    this.state = 'busy';
    this._changed.emit();
    try {
      await this.history.settled();
      const changes = this.history.changes({ signal });
      this.more = false;
      for await (const moment of timelineOf(changes, this.path)) {
        if (found.length === this._shown) {
          this.more = true;
          break;
        }
        if (await this._concerns(moment)) {
          found.push(moment);
        }
      }
      if (signal.aborted) {
        return;
      }
      this.moments = found;
      this.state = 'done';
    } catch (error) {
      if (isCancelled(error) || signal.aborted) {
        return;
      }
      this.error = error;
      this.state = 'failed';
    }
    this._changed.emit();
  }

  /** Not when a folder above was made, and this was put into it only later. */
  private async _concerns(moment: IMoment): Promise<boolean> {
    const { change, path } = moment;
    const above = change.entries.every(
      one => one.before === null && one.path !== path && within(path, one.path)
    );
    return !above || (await this.stateOf(moment)) !== null;
  }

  showMore(): Promise<void> {
    this._shown += PAGE;
    return this.load();
  }

  /** What was there after a change. */
  stateOf({ change, path }: IMoment): Promise<IMfsStat | null> {
    return stateOf(this._ipfs, change.id, path);
  }

  /** Show what differs between a moment and now; the same again closes it. */
  async compare(moment: IMoment): Promise<void> {
    this._comparing.abort();
    const { signal } = (this._comparing = new AbortController());
    if (this.comparison?.moment.change.id === moment.change.id) {
      this.comparison = null;
      this._changed.emit();
      return;
    }
    const comparison: IComparison = { moment, state: 'busy', found: [] };
    this.comparison = comparison;
    this._changed.emit();
    try {
      for await (const one of differences(
        this._ipfs,
        { id: moment.change.id, path: moment.path },
        { id: null, path: this.path },
        { signal, limit: DIFFERENCES }
      )) {
        comparison.found.push(one);
      }
      comparison.state = 'done';
    } catch (error) {
      comparison.state = 'failed';
      comparison.error = error;
    }
    this._changed.emit();
  }

  open(moment: IMoment): Promise<void> {
    return this._work(moment.change.id, async () => {
      const stat = await this.stateOf(moment);
      if (stat) {
        const name = moment.path.slice(moment.path.lastIndexOf('/') + 1);
        await this._actions.open(stat.cid, name, stat.type === 'directory');
      }
    });
  }

  restore({ change, path }: IMoment): Promise<void> {
    return this._work(change.id, () =>
      this._actions.restore(change.id, this.path, path)
    );
  }

  undo({ change }: IMoment): Promise<void> {
    return this._work(change.id, () => this._actions.undo(change));
  }

  async forget(): Promise<void> {
    await this._work('', () => this._actions.forget());
    await this.load();
  }

  private async _work(
    id: string,
    action: () => Promise<unknown>
  ): Promise<void> {
    this.working = id;
    this.error = null;
    this._changed.emit();
    try {
      await action();
    } catch (error) {
      this.error = error;
    } finally {
      this.working = null;
      this._changed.emit();
    }
  }

  private _onRecorded(): void {
    this.comparison = null;
    void this.load();
  }

  private _shown = PAGE;
  private _stop = new AbortController();
  private _comparing = new AbortController();
  private _changed = new Signal<HistoryModel, void>(this);
}
