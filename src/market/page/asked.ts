/** What a section of the page asks for when somebody looks at it. */
import { Signal, type ISignal } from '@lumino/signaling';

export type AskedState<T> =
  | { state: 'idle' }
  | { state: 'asking' }
  | { state: 'told'; value: T; at: Date }
  | { state: 'failed'; problem: unknown };

/** One question: asked when it is needed, and again when somebody wants that. */
export class Asked<T> {
  constructor(private _ask: (signal: AbortSignal) => Promise<T>) {}

  get state(): AskedState<T> {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask unless that was done; never rejects. */
  once(): void {
    if (this._state.state === 'idle') {
      void this.again();
    }
  }

  /** Ask anew, in place of what is under way. Never rejects: see `state`. */
  async again(): Promise<void> {
    this._stop.abort();
    const { signal } = (this._stop = new AbortController());
    this._set({ state: 'asking' });
    try {
      const value = await this._ask(signal);
      if (!signal.aborted) {
        this._set({ state: 'told', value, at: new Date() });
      }
    } catch (problem) {
      if (!signal.aborted) {
        this._set({ state: 'failed', problem });
      }
    }
  }

  /** Stop what is under way; nothing was asked then. */
  stop(): void {
    this._stop.abort();
    if (this._state.state === 'asking') {
      this._set({ state: 'idle' });
    }
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  private _set(state: AskedState<T>): void {
    this._state = state;
    this._changed.emit();
  }

  private _state: AskedState<T> = { state: 'idle' };
  private _stop = new AbortController();
  private _changed = new Signal<this, void>(this);
}
