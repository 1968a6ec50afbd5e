/**
 * The queue of pins: what people want is written down first, then worked on
 * until it is so, in whichever tab is open.
 */
import type { ISignal } from '@lumino/signaling';

import type { IPinRecord } from '../tokens';
import { realClock } from './clock';
import { PinningError, type PinningCode } from './errors';
import { Journal, pinId, type IStoredPin } from './journal';
import { PinStore } from './store';
import type { IChannel, ILocks } from './turn';
import { PinWorker, type IWorkerOptions } from './worker';

export interface IQueueOptions extends IWorkerOptions {
  journal?: Journal;
  locks?: ILocks | null;
  channel?: IChannel | null;
}

/** Problems that end when a provider is registered anew. */
const OF_PROVIDERS: string[] = [
  'key-refused',
  'no-provider',
  'not-a-service'
] satisfies PinningCode[];

export class PinQueue {
  constructor(o: IQueueOptions) {
    this._clock = o.clock ?? realClock;
    this.store = new PinStore(o.journal ?? new Journal(), o);
    this._worker = new PinWorker(this.store, o);
  }

  readonly store: PinStore;

  get records(): readonly IPinRecord[] {
    return this.store.records;
  }

  get changed(): ISignal<PinStore, void> {
    return this.store.changed;
  }

  /** Take in what was left, and wait for the turn to work on it. */
  async start(): Promise<void> {
    await this.store.reload();
    this.store.turn.wait();
  }

  /** Write down that a content is to be kept; what is kept already stays so. */
  async pin(
    request: { cid: string; name?: string; bytes?: number },
    provider: string
  ): Promise<IPinRecord> {
    const { cid, name, bytes } = request;
    return this._wish(pinId(provider, cid), old =>
      old?.goal === 'pinned' && old.state !== 'failed'
        ? { ...old, name: name || old.name }
        : {
            ...this._fresh(old, cid, provider),
            name: name || old?.name || '',
            bytes: bytes ?? old?.bytes ?? null,
            goal: 'pinned',
            state: 'waiting'
          }
    );
  }

  /**
   * Have a provider let go of a content.
   *
   * @returns resolves when it did; rejects when it could not be asked now (it is
   *   tried again) or refused
   */
  async unpin(cid: string, provider: string): Promise<void> {
    const { id, wish } = await this._letGo(cid, provider);
    await this.store.until(id, pin => {
      if (pin?.wish === wish && pin.problem) {
        throw problemOf(pin);
      }
      return pin?.wish !== wish;
    });
  }

  /** Stop one that is not done; a provider that was asked is told so. */
  async cancel(id: string): Promise<void> {
    const pin = this.store.get(id);
    if (!pin) {
      return;
    }
    let asked = this._worker.isBusy(id);
    if (!asked) {
      await this.store.change(id, old => {
        // Another tab may have asked a moment ago: the journal knows.
        asked = !!old && (old.goal === 'gone' || old.requestId !== null);
        return asked ? undefined : null;
      });
    }
    if (asked) {
      await this._letGo(pin.cid, pin.provider);
    }
  }

  /** Try a failed one now. */
  async retry(id: string): Promise<void> {
    const pin = this.store.get(id);
    if (pin) {
      await this._wish(id, old => ({
        ...(old ?? pin),
        ...this._fresh(old ?? pin, pin.cid, pin.provider),
        state: pin.goal === 'gone' ? 'removing' : 'waiting'
      }));
    }
  }

  /** Take one off the list without asking anybody. */
  async forget(id: string): Promise<void> {
    await this.store.change(id, () => null);
  }

  /** @throws PinningError when it failed for good, or was taken back */
  async settled(
    id: string,
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinRecord> {
    await this.store.until(
      id,
      pin => {
        if (pin?.goal !== 'pinned') {
          throw new PinningError('cancelled', 'The pin was taken back');
        }
        if (pin.state === 'failed') {
          throw problemOf(pin);
        }
        return pin.state === 'pinned';
      },
      o.signal
    );
    return this.store.record(id)!;
  }

  /**
   * Resolves when a provider was asked once, whatever came of it.
   *
   * @throws PinningError when it failed for good, or was taken back
   */
  async asked(id: string): Promise<IPinRecord> {
    await this.store.until(id, pin => {
      if (pin?.goal !== 'pinned') {
        throw new PinningError('cancelled', 'The pin was taken back');
      }
      if (pin.state === 'failed') {
        throw problemOf(pin);
      }
      return pin.state !== 'waiting' || pin.attempts > 0;
    });
    return this.store.record(id)!;
  }

  /** A provider came or got another key: what failed for want of it is tried. */
  async providersChanged(has: (provider: string) => boolean): Promise<void> {
    const stuck = [...this.store.pins].filter(
      ({ problem, provider }) =>
        problem && OF_PROVIDERS.includes(problem.code) && has(provider)
    );
    await Promise.all(stuck.map(({ id }) => this.retry(id)));
  }

  dispose(): void {
    this._worker.dispose();
    this.store.dispose();
  }

  private _letGo(cid: string, provider: string): Promise<IStoredPin> {
    return this._wish(pinId(provider, cid), old => ({
      ...this._fresh(old, cid, provider),
      name: old?.name ?? '',
      bytes: old?.bytes ?? null,
      goal: 'gone',
      state: 'removing'
    }));
  }

  /** The part of a record that a new wish starts with. */
  private _fresh(old: IStoredPin | undefined, cid: string, provider: string) {
    const now = new Date(this._clock.now()).toISOString();
    return {
      id: pinId(provider, cid),
      cid,
      provider,
      created: old?.created ?? now,
      updated: now,
      attempts: 0,
      givenUp: 0,
      nextTry: null,
      problem: null,
      requestId: old?.requestId ?? null,
      unanswered: old?.unanswered ?? null,
      wish: newWish()
    };
  }

  /** Write down what a person wants. */
  private async _wish(
    id: string,
    change: (old: IStoredPin | undefined) => IStoredPin
  ): Promise<IStoredPin & IPinRecord> {
    const made = (await this.store.change(id, change))!;
    return { ...made, progress: null };
  }

  private _clock: NonNullable<IWorkerOptions['clock']>;
  private _worker: PinWorker;
}

/** Unlike any other, also one of a record that is gone by now. */
function newWish(): string {
  // Not randomUUID(): a page without https has none.
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), n =>
    n.toString(36)
  ).join('-');
}

function problemOf({ problem }: IStoredPin): PinningError {
  return new PinningError(
    (problem?.code ?? 'failed') as PinningCode,
    problem?.message ?? ''
  );
}
