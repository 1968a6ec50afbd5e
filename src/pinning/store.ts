/**
 * The pins as this tab knows them: a copy of the journal that follows what other
 * tabs change.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IPinRecord } from '../tokens';
import { toPinningError } from './errors';
import type { IStoredPin, Journal } from './journal';
import { Turn, type IChannel, type ILocks } from './turn';

export class PinStore {
  constructor(
    readonly journal: Journal,
    o: { locks?: ILocks | null; channel?: IChannel | null } = {}
  ) {
    this.turn = new Turn({
      ...o,
      changed: () => {
        this.reload().then(
          () => this._heard.emit(),
          (reason: unknown) => {
            console.error('Pinning: what another tab did is not known', reason);
          }
        );
      },
      mine: () => this._changed.emit()
    });
  }

  /** Which tab works. */
  readonly turn: Turn;

  /** Bytes that moved, 0…1, by pin; this tab's own only. */
  readonly progress = new Map<string, number>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get pins(): Iterable<IStoredPin> {
    return this._pins.values();
  }

  /** Another tab changed something. */
  get heard(): ISignal<this, void> {
    return this._heard;
  }

  get(id: string): IStoredPin | undefined {
    return this._pins.get(id);
  }

  /** As the table shows it. */
  record(id: string): IPinRecord | undefined {
    const pin = this._pins.get(id);
    return pin && { ...pin, progress: this.progress.get(id) ?? null };
  }

  /** Newest first. */
  get records(): IPinRecord[] {
    return [...this._pins.values()]
      .map(pin => ({ ...pin, progress: this.progress.get(pin.id) ?? null }))
      .sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** Write a change down, and tell everybody. */
  async change(
    id: string,
    change: (old: IStoredPin | undefined) => IStoredPin | null | undefined
  ): Promise<IStoredPin | undefined> {
    const made = await this.journal.change(id, change);
    if (made) {
      this._pins.set(id, made);
    } else {
      this._pins.delete(id);
    }
    this.turn.tell();
    this._changed.emit();
    return made;
  }

  moved(id: string, part: number): void {
    this.progress.set(id, part);
    this._changed.emit();
  }

  async reload(): Promise<void> {
    const pins = await this.journal.pins();
    this._pins = new Map(pins.map(pin => [pin.id, pin]));
    this._changed.emit();
  }

  /** Resolves when `done` says so of a pin; rejects with what it throws. */
  until(
    id: string,
    done: (pin: IStoredPin | undefined) => boolean,
    signal?: AbortSignal
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this._changed.disconnect(look);
        signal?.removeEventListener('abort', aborted);
      };
      const aborted = (): void => {
        stop();
        reject(toPinningError(signal?.reason));
      };
      const look = (): void => {
        try {
          if (done(this._pins.get(id))) {
            stop();
            resolve();
          }
        } catch (error) {
          stop();
          reject(toPinningError(error));
        }
      };
      if (signal?.aborted) {
        reject(toPinningError(signal.reason));
        return;
      }
      signal?.addEventListener('abort', aborted);
      this._changed.connect(look);
      look();
    });
  }

  dispose(): void {
    this.turn.dispose();
    void this.journal.close();
    Signal.clearData(this);
  }

  private _pins = new Map<string, IStoredPin>();
  private _changed = new Signal<this, void>(this);
  private _heard = new Signal<this, void>(this);
}
