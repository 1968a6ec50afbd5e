/** The sample of one asset: not asked for, under way, there, or failed. */
import { Signal, type ISignal } from '@lumino/signaling';

import { isCancelled } from '../errors';
import type { IPagePorts } from './ports';
import { previewOf, type SamplePreview } from './preview';
import {
  fetchSample,
  sampleSource,
  type ISample,
  type SampleSource
} from './sample';

export type SampleState =
  | { state: 'hidden' }
  /** Bytes so far. */
  | { state: 'fetching'; bytes: number }
  | { state: 'shown'; sample: ISample; preview: SamplePreview }
  | { state: 'failed'; problem: unknown };

export class SampleModel {
  constructor(
    link: string,
    private _ports: Pick<IPagePorts, 'ipfs' | 'gateways'>
  ) {
    this.source = sampleSource(link);
  }

  readonly source: SampleSource;

  get state(): SampleState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Fetch it; also to try again. Never rejects: see `state`. */
  async show(): Promise<void> {
    this._stop.abort();
    const { signal } = (this._stop = new AbortController());
    this._set({ state: 'fetching', bytes: 0 });
    try {
      const sample = await fetchSample(this.source, this._ports, {
        signal,
        onProgress: bytes => {
          if (!signal.aborted) {
            this._set({ state: 'fetching', bytes });
          }
        }
      });
      if (!signal.aborted) {
        this._set({ state: 'shown', sample, preview: previewOf(sample) });
      }
    } catch (problem) {
      if (!signal.aborted) {
        this._set(
          isCancelled(problem)
            ? { state: 'hidden' }
            : { state: 'failed', problem }
        );
      }
    }
  }

  /** Stop fetching, or put it away. */
  hide(): void {
    this._stop.abort();
    this._set({ state: 'hidden' });
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  private _set(state: SampleState): void {
    this._state = state;
    this._changed.emit();
  }

  private _state: SampleState = { state: 'hidden' };
  private _stop = new AbortController();
  private _changed = new Signal<this, void>(this);
}
