/**
 * Walking the blocks of a CID: where one is, how one came there, what is shown.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';
import { CID } from 'multiformats/cid';

import { dagNode, type IDagLink, type IDagNode } from '../ipfs/dag';
import { isCancelled } from '../ipfs/errors';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import type { IIpfs } from '../tokens';

/** Links that are shown at first, and that each "Show more" adds. */
export const LINKS_SHOWN = 200;

export interface IDagStep {
  /** What led here; the CID itself at the start. */
  label: string;
  cid: string;
}

export class DagModel {
  /** @param root - CID, with a name where it has one */
  constructor(
    private _ipfs: Pick<IIpfs, 'block'>,
    private _gateways: () => readonly string[],
    root: IDagStep
  ) {
    this._trail = [root];
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** From the root to the block that is shown. */
  get trail(): readonly IDagStep[] {
    return this._trail;
  }

  /** Null while it is looked for, or when it could not be had. */
  get node(): IDagNode | null {
    return this._node;
  }

  get problem(): unknown {
    return this._problem;
  }

  /** The links that are shown, of `node.links`. */
  get links(): readonly IDagLink[] {
    return this._node?.links.slice(0, this._shown) ?? [];
  }

  /** Look at the block at the end of the trail; also to try again. */
  async load(): Promise<void> {
    this._stop.abort();
    const stop = (this._stop = new AbortController());
    this._node = null;
    this._problem = null;
    this._shown = LINKS_SHOWN;
    this._changed.emit();
    const { cid } = this._trail[this._trail.length - 1];
    try {
      const parsed = CID.parse(cid);
      const source = new AnyBlocks(this._ipfs, this._gateways());
      const bytes = await source.get(parsed, { signal: stop.signal });
      if (stop !== this._stop) {
        return;
      }
      this._node = dagNode(parsed, bytes);
    } catch (error) {
      if (stop !== this._stop || isCancelled(error)) {
        return;
      }
      this._problem = error;
    }
    this._changed.emit();
  }

  /** Go down a link. */
  follow(link: IDagLink): Promise<void> {
    this._trail = [...this._trail, { label: link.label, cid: link.cid }];
    return this.load();
  }

  /** Back to a step of the trail. */
  back(index: number): Promise<void> {
    this._trail = this._trail.slice(0, index + 1);
    return this.load();
  }

  showMore(): void {
    this._shown += LINKS_SHOWN;
    this._changed.emit();
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  private _trail: readonly IDagStep[];
  private _node: IDagNode | null = null;
  private _problem: unknown = null;
  private _shown = LINKS_SHOWN;
  private _stop = new AbortController();
  private _changed = new Signal<this, void>(this);
}
