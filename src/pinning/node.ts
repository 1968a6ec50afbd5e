/** The engine's own pins: what this node (or this browser) keeps. */
import type {
  IIpfs,
  IPinProvider,
  IPinQuote,
  IPinReport,
  IPinRequest
} from '../tokens';

export const NODE_ID = 'node';

export class NodeProvider implements IPinProvider {
  /**
   * @param labels - of a node, and of a page that is its own node
   */
  constructor(
    private _ipfs: IIpfs,
    private _labels: { kubo: string; browser: string }
  ) {}

  readonly id = NODE_ID;
  readonly kind = 'node' as const;
  readonly takes = 'fetch' as const;
  /** A moment's work, so that it is looked at often. */
  readonly isNear = true;

  get label(): string {
    return this._labels[this._ipfs.engine.kind];
  }

  async quote(): Promise<IPinQuote | null> {
    return null;
  }

  async pin(
    { cid, name }: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport> {
    await this._ipfs.pins.add(cid, { name, signal: o.signal });
    return { state: 'pinned', requestId: cid };
  }

  async status({ cid }: { cid: string }): Promise<IPinReport | null> {
    return (await this._ipfs.pins.has(cid))
      ? { state: 'pinned', requestId: cid }
      : null;
  }

  async unpin({ cid }: { cid: string }): Promise<void> {
    await this._ipfs.pins.rm(cid);
  }
}
