/**
 * Works on the pins when it is this tab's turn: asks providers, looks how far
 * they are, and tries again later what did not go well.
 */
import type { IPinProvider, IPinReport } from '../tokens';
import { delayAfter } from './backoff';
import { realClock, type IClock } from './clock';
import { isPassing, PinningError, toPinningError } from './errors';
import type { IStoredPin } from './journal';
import { MOST_CIDS } from './service';
import type { PinStore } from './store';

export interface IWorkerOptions {
  provider: (id: string) => IPinProvider | null;
  /** The archive of a content, for those who take uploads. */
  archive: (cid: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Whether a provider that fetches could find the content anywhere. */
  fetchable: (cid: string) => boolean;
  /** Why a provider that fetches may wait for ever, or null. */
  doubt?: () => Promise<PinningError | null>;
  clock?: IClock;
  random?: () => number;
}

/** A provider that can be asked for several pins at once. */
interface IBatched extends IPinProvider {
  statuses(
    cids: string[],
    o?: { signal?: AbortSignal }
  ): Promise<Map<string, IPinReport>>;
}

function isBatched(provider: IPinProvider): provider is IBatched {
  return 'statuses' in provider;
}

/** Milliseconds between two questions for the state of a pin. */
const POLL = 30_000;
const POLL_NEAR = 1_000;
/** Pins that a provider is asked for at a time. */
const AT_ONCE = 3;
/** Milliseconds within which a request that nobody awaits any more has arrived. */
export const ARRIVAL = 15_000;
/** A service may give a pin up so often before it is left alone. */
const MOST_GIVEN_UP = 5;

function isOpen({ goal, state }: IStoredPin): boolean {
  return goal === 'gone'
    ? state !== 'failed'
    : state !== 'failed' && state !== 'pinned';
}

function fetchesFromNode({ takes, kind }: IPinProvider): boolean {
  return takes === 'fetch' && kind !== 'node';
}

export class PinWorker {
  constructor(
    private _store: PinStore,
    private _o: IWorkerOptions
  ) {
    this._clock = _o.clock ?? realClock;
    _store.changed.connect(this._onChanged, this);
  }

  /** A task is under way for it. */
  isBusy(id: string): boolean {
    return this._tasks.has(id);
  }

  /** Break off what is under way for a pin. */
  stop(id: string): void {
    this._tasks.get(id)?.controller.abort();
  }

  /** Look through all pins soon. */
  wake(): void {
    this._plan(0);
  }

  dispose(): void {
    this._disposed = true;
    this._cancelTimer?.();
    this._store.changed.disconnect(this._onChanged, this);
    this._tasks.forEach(({ controller }) => controller.abort());
  }

  private _onChanged(): void {
    for (const [id, { controller, wish }] of this._tasks) {
      // People want something else by now, perhaps in another tab.
      if (this._store.get(id)?.wish !== wish) {
        controller.abort();
      }
    }
    this._plan(0);
  }

  /** Begin what is due now, and sleep until the next is. */
  private _work(): void {
    this._cancelTimer = null;
    if (!this._store.turn.isMine || this._disposed) {
      return;
    }
    const now = this._clock.now();
    const looking = new Map<string, IStoredPin[]>();
    let next = Infinity;
    for (const pin of this._store.pins) {
      if (!isOpen(pin) || this._tasks.has(pin.id)) {
        continue;
      }
      const due = pin.nextTry === null ? now : Date.parse(pin.nextTry);
      if (due > now) {
        next = Math.min(next, due);
      } else if (pin.state === 'queued' || pin.state === 'pinning') {
        looking.set(pin.provider, [...(looking.get(pin.provider) ?? []), pin]);
      } else if (this._running(pin.provider) < AT_ONCE) {
        this._begin([pin], signal => this._act(pin, signal));
      }
    }
    for (const [id, pins] of looking) {
      const provider = this._o.provider(id);
      const size = provider && isBatched(provider) ? MOST_CIDS : 1;
      for (let at = 0; at < pins.length; at += size) {
        const some = pins.slice(at, at + size);
        this._begin(some, signal => this._look(some, provider, signal));
      }
    }
    if (next < Infinity) {
      this._plan(next - now);
    }
  }

  private _running(provider: string): number {
    return [...this._tasks.keys()].filter(id => id.startsWith(`${provider} `))
      .length;
  }

  private _begin(
    pins: IStoredPin[],
    task: (signal: AbortSignal) => Promise<void>
  ): void {
    const controller = new AbortController();
    pins.forEach(({ id, wish }) => this._tasks.set(id, { controller, wish }));
    const { signal } = controller;
    // What was sent may still take effect: until it has ended, or must have, the
    // next wish waits. Not every provider stops when it is told to.
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        const give = (): void => reject(signal.reason as Error);
        if (this._disposed) {
          give();
        } else {
          this._clock.after(ARRIVAL, give);
        }
      });
    });
    Promise.race([task(signal), stopped])
      .catch(async (reason: unknown) => {
        const error = toPinningError(reason);
        if (!signal.aborted) {
          await Promise.all(pins.map(pin => this._failed(pin, error)));
        }
      })
      .catch((reason: unknown) => {
        // The journal itself: nothing more can be written down.
        console.error('Pinning: nothing can be written down', reason);
      })
      .finally(() => {
        for (const { id } of pins) {
          this._tasks.delete(id);
          this._store.progress.delete(id);
        }
        this._plan(0);
      });
  }

  /** Pin or unpin one. */
  private async _act(pin: IStoredPin, signal: AbortSignal): Promise<void> {
    const { cid, name, bytes } = pin;
    const provider = this._o.provider(pin.provider);
    if (!provider) {
      throw new PinningError('no-provider', `${pin.provider} is not there`);
    }
    if (pin.goal === 'gone') {
      await this._letGo(pin, provider);
      return;
    }
    const takesBytes = provider.takes === 'upload';
    if (fetchesFromNode(provider) && !this._o.fetchable(cid)) {
      throw new PinningError('page-only', 'Only this page has the content');
    }
    // From here on the provider may know of it, whatever becomes of the answer.
    let older: string | null = null;
    const wanted = await this._learn(pin, old => {
      older = old.unanswered ?? null;
      const requestId = old.requestId ?? '';
      return { ...old, requestId, unanswered: this._in(0) };
    });
    if (!wanted) {
      return;
    }
    const report = await provider.pin(
      {
        cid,
        name: name || undefined,
        bytes: bytes ?? undefined,
        car: takesBytes ? () => this._o.archive(cid, signal) : undefined
      },
      {
        signal,
        onProgress: sent => {
          if (bytes) {
            this._store.moved(pin.id, Math.min(1, sent / bytes));
          }
        }
      }
    );
    if (signal.aborted) {
      await this._cameLate(pin, provider, report, older);
    } else {
      await this._reported(pin, report, { unanswered: older });
    }
  }

  /**
   * Have a provider let go. One that was asked and did not answer may get that
   * request only now: it is told once more, when it has got it for certain.
   */
  private async _letGo(pin: IStoredPin, provider: IPinProvider): Promise<void> {
    const { cid, requestId } = pin;
    const begun = this._clock.now();
    await provider.unpin({ cid, requestId: requestId || undefined });
    await this._learn(pin, old => {
      const settled = { ...old, attempts: 0, problem: null };
      if (old.requestId !== requestId) {
        // The answer came meanwhile.
        return { ...settled, nextTry: null };
      }
      const sure = Date.parse(old.unanswered ?? '') + ARRIVAL;
      // Filecoin keeps a journal of its own of what it began.
      return sure > begun && provider.kind !== 'filecoin'
        ? { ...settled, nextTry: new Date(sure).toISOString() }
        : null;
    });
  }

  /** A provider took a pin which by then nobody waited for. */
  private async _cameLate(
    pin: IStoredPin,
    provider: IPinProvider,
    { requestId }: IPinReport,
    unanswered: string | null
  ): Promise<void> {
    if (this._disposed) {
      // The journal says that it was asked: whoever goes on looks.
      return;
    }
    const now = await this._store.change(
      pin.id,
      old =>
        old &&
        (old.goal === 'gone'
          ? { ...old, requestId, unanswered, nextTry: null }
          : { ...old, unanswered })
    );
    if (!now) {
      await provider.unpin({ cid: pin.cid, requestId });
    }
  }

  /** Ask how far some are. */
  private async _look(
    pins: IStoredPin[],
    provider: IPinProvider | null,
    signal: AbortSignal
  ): Promise<void> {
    if (!provider) {
      throw new PinningError('no-provider', `${pins[0].provider} is not there`);
    }
    const reports = isBatched(provider)
      ? await provider.statuses(
          pins.map(({ cid }) => cid),
          { signal }
        )
      : null;
    for (const pin of pins) {
      const { cid, requestId } = pin;
      const report = reports
        ? (reports.get(cid) ?? null)
        : await provider.status(
            { cid, requestId: requestId || undefined },
            { signal }
          );
      if (report) {
        await this._reported(pin, report);
      } else {
        // It forgot: it is asked again.
        await this._learn(pin, old => ({ ...old, state: 'waiting' }));
      }
    }
  }

  private async _reported(
    pin: IStoredPin,
    report: IPinReport,
    more: Pick<IStoredPin, 'unanswered'> = {}
  ): Promise<void> {
    const { state, requestId } = report;
    if (state === 'failed') {
      const why = report.detail ?? 'The service gave up';
      await this._failed(pin, new PinningError('gave-up', why), requestId);
      return;
    }
    const provider = this._o.provider(pin.provider);
    const near = provider !== null && 'isNear' in provider && provider.isNear;
    const doubt =
      provider && state !== 'pinned' && fetchesFromNode(provider)
        ? await this._o.doubt?.()
        : null;
    await this._learn(pin, old => ({
      ...old,
      state,
      ...more,
      requestId,
      attempts: 0,
      problem: doubt ? { code: doubt.code, message: doubt.message } : null,
      nextTry: state === 'pinned' ? null : this._in(near ? POLL_NEAR : POLL)
    }));
  }

  private async _failed(
    pin: IStoredPin,
    error: PinningError,
    requestId?: string
  ): Promise<void> {
    await this._learn(pin, old => {
      const attempts = old.attempts + 1;
      const givenUp = old.givenUp + (error.code === 'gave-up' ? 1 : 0);
      const again = isPassing(error) && givenUp < MOST_GIVEN_UP;
      const wait = delayAfter(attempts, error.retryAfter, this._o.random?.());
      // What could not be looked at is looked at later; what was given up is
      // asked for anew.
      const state = error.code === 'gave-up' ? 'waiting' : old.state;
      return {
        ...old,
        attempts,
        givenUp,
        requestId: requestId ?? old.requestId,
        state: again ? state : 'failed',
        nextTry: again ? this._in(wait) : null,
        problem: { code: error.code, message: error.message }
      };
    });
  }

  /**
   * Write down what a task learnt, unless people want something else by now.
   *
   * @returns whether they still want it
   */
  private async _learn(
    pin: IStoredPin,
    change: (old: IStoredPin) => IStoredPin | null
  ): Promise<boolean> {
    if (this._disposed) {
      return false;
    }
    let wanted = false;
    await this._store.change(pin.id, old => {
      if (!old || old.wish !== pin.wish) {
        return undefined;
      }
      wanted = true;
      const made = change(old);
      return made && { ...made, updated: this._in(0) };
    });
    return wanted;
  }

  private _plan(ms: number): void {
    if (!this._disposed) {
      this._cancelTimer?.();
      const wait = Math.max(0, ms);
      this._cancelTimer = this._clock.after(wait, () => this._work());
    }
  }

  private _in(ms: number): string {
    return new Date(this._clock.now() + ms).toISOString();
  }

  private _clock: IClock;
  private _tasks = new Map<
    string,
    { controller: AbortController; wish: string }
  >();
  private _cancelTimer: (() => void) | null = null;
  private _disposed = false;
}
