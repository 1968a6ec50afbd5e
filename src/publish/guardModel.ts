/**
 * The checks before publishing, as the dialog shows them: what was found in the
 * contents, what is odd, what is public already, and what the person said to it.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import type { IHolder, INetwork } from '../tokens';
import { messageOf } from './errors';
import { contentNotes, unlooked } from './guardNotes';
import type { IPublicLook } from './guardPublic';
import type { IScanOptions } from './guardScan';
import type { INote, IPlace, IScan } from './guardTypes';

export interface IGuardDeps {
  scan: (
    contents: readonly IContent[],
    options: IScanOptions
  ) => Promise<IScan>;
  lookWhetherPublic: (
    contents: readonly IContent[],
    network: INetwork | null,
    signal: AbortSignal
  ) => Promise<IPublicLook>;
  /** Ask gateways, routers and services of the settings who has a CID. */
  holders: ((cid: string, signal: AbortSignal) => Promise<IHolder[]>) | null;
}

/** How far the look through the contents is. */
export type ScanState =
  | { is: 'looking'; done: number; name: string }
  | { is: 'done'; scan: IScan }
  | { is: 'stopped' }
  | { is: 'failed'; why: string };

/** What has to be agreed to before Publish, or waited for. */
export type GuardHindrance = 'scan' | 'findings' | 'unchecked';

export class GuardModel {
  constructor(
    private _deps: IGuardDeps,
    readonly contents: readonly IContent[]
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }
  get state(): ScanState {
    return this._state;
  }
  get scan(): IScan | null {
    return this._state.is === 'done' ? this._state.scan : null;
  }
  /** Of the contents, and of their being public. */
  get notes(): readonly INote[] {
    return [
      ...(this.scan ? contentNotes(this.contents, this.scan) : []),
      ...(this._public?.notes ?? []),
      ...this._asked
    ];
  }
  /** Published in the clear from this browser, by what was computed here. */
  get wasPublished(): boolean {
    return this._public?.published ?? false;
  }
  /** Whether something was not looked through that is text. */
  get isUnchecked(): boolean {
    return (
      this._state.is === 'stopped' ||
      this._state.is === 'failed' ||
      (this.scan !== null && unlooked(this.scan).length > 0)
    );
  }
  /** "Publish all the same". */
  get agreed(): boolean {
    return this._agreed;
  }
  set agreed(value: boolean) {
    this._agreed = value;
    this._tell();
  }
  /** Whether others may be asked who has it: a CID is known. */
  get mayAsk(): boolean {
    return this._deps.holders !== null && !!this._public?.cids.size;
  }
  get asking(): boolean {
    return this._asking;
  }
  get hindrance(): GuardHindrance | null {
    if (this._state.is === 'looking') {
      return 'scan';
    }
    if (this._agreed) {
      return null;
    }
    if ((this.scan?.secrets ?? 0) > 0) {
      return 'findings';
    }
    return this.isUnchecked ? 'unchecked' : null;
  }

  /** The place that the person wants to see; the dialog closes for it. */
  jump: IPlace | null = null;

  /** Look through the contents (again); never rejects. */
  async look(): Promise<void> {
    this._stop.abort();
    const stop = (this._stop = new AbortController());
    const set = (state: ScanState): void => {
      if (this._stop === stop) {
        this._state = state;
        this._tell();
      }
    };
    this._agreed = false;
    set({ is: 'looking', done: 0, name: '' });
    try {
      const scan = await this._deps.scan(this.contents, {
        signal: stop.signal,
        onProgress: (done, name) => set({ is: 'looking', done, name })
      });
      set({ is: 'done', scan });
    } catch (error) {
      set(
        stop.signal.aborted
          ? { is: 'stopped' }
          : { is: 'failed', why: messageOf(error) }
      );
    }
  }

  /** Stop looking; what was not looked through has to be agreed to. */
  stop(): void {
    this._stop.abort();
  }

  /** Look whether it is public, for a network; never rejects. */
  async lookWhetherPublic(network: INetwork | null): Promise<void> {
    this._stopPublic.abort();
    const { signal } = (this._stopPublic = new AbortController());
    this._asked = [];
    try {
      const look = await this._deps.lookWhetherPublic(
        this.contents,
        network,
        signal
      );
      if (!signal.aborted) {
        this._public = look;
      }
    } catch (error) {
      if (!signal.aborted) {
        this._public = {
          notes: [
            { code: 'public-unknown', files: [], detail: messageOf(error) }
          ],
          cids: this._public?.cids ?? new Map(),
          published: this._public?.published ?? false
        };
      }
    }
    if (!signal.aborted) {
      this._tell();
    }
  }

  /** The person's click: ask others by the CID, which tells it to them. */
  async askOthers(): Promise<void> {
    const { holders } = this._deps;
    if (!holders || !this._public || this._asking) {
      return;
    }
    const { signal } = this._stopPublic;
    this._asking = true;
    this._tell();
    try {
      const notes: INote[] = [];
      for (const [name, cid] of this._public.cids) {
        for (const { has, label, id } of await holders(cid, signal)) {
          if (has && id !== 'node' && id !== 'page') {
            notes.push({ code: 'findable', files: [name], detail: label });
          }
        }
      }
      this._asked = notes.length ? notes : [{ code: 'findable', files: [] }];
    } catch (error) {
      this._asked = [
        { code: 'public-unknown', files: [], detail: messageOf(error) }
      ];
    }
    this._asking = false;
    if (!signal.aborted) {
      this._tell();
    }
  }

  dispose(): void {
    this._stop.abort();
    this._stopPublic.abort();
    Signal.clearData(this);
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _agreed = false;
  private _asked: INote[] = [];
  private _asking = false;
  private _changed = new Signal<this, void>(this);
  private _public: IPublicLook | null = null;
  private _state: ScanState = { is: 'looking', done: 0, name: '' };
  private _stop = new AbortController();
  private _stopPublic = new AbortController();
}
