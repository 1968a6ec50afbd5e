/**
 * A DAG from one gateway as one archive (`format=car`), block by block.
 */
import type { CID } from 'multiformats/cid';

import { blockMatches } from './block';
import { CarReader, type ICarBlock } from './car';
import { IpfsError } from './errors';
import {
  GatewayFaultError,
  type IGatewayFault,
  openStream
} from './gatewayFetch';

/** Bytes of blocks that may come before their turn. */
const EARLY_LIMIT = 16 * 1024 * 1024;

/** Blocks that are read and hashed before they are asked for. */
const AHEAD = 4;

interface IChecked extends ICarBlock {
  matches: boolean;
}

export interface IGatewayCarOptions {
  /** First byte of the file that is wanted. */
  offset?: number;
  length?: number;
  /** Each block is asked for once, however often it occurs. */
  once?: boolean;
  /** Milliseconds without a byte after which it is given up. */
  timeout: number;
  signal?: AbortSignal;
}

export class GatewayCar {
  private constructor(
    readonly gateway: string,
    private _root: CID,
    private _reader: CarReader,
    private _stop: AbortController,
    /** Whether it promised blocks that come again, too. */
    private _complete: boolean,
    /** What was given already, where it is not asked for again. */
    private _given: Set<string> | null
  ) {}

  /**
   * Ask for it; with the blocks that come again (unless `once`), so that
   * nothing has to be kept.
   *
   * @throws GatewayFaultError; `refused` where the gateway gives no archives
   */
  static async open(
    gateway: string,
    root: CID,
    options: IGatewayCarOptions
  ): Promise<GatewayCar> {
    const { offset = 0, length, once = false, timeout, signal } = options;
    const dups = once ? 'n' : 'y';
    const ranged = offset > 0 || length !== undefined;
    const query = ranged
      ? `format=car&dag-scope=entity&entity-bytes=${offset}:${
          length === undefined ? '*' : Math.max(offset, offset + length - 1)
        }`
      : 'format=car&dag-scope=all';
    const stop = new AbortController();
    // Ends with the stream, not with the call that opened it.
    const { type, body } = await openStream(
      gateway,
      root.toString(),
      {
        query: `${query}&car-order=dfs&car-dups=${dups}`,
        accept: `application/vnd.ipld.car; version=1; order=dfs; dups=${dups}`
      },
      {
        timeout,
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
      }
    );
    return new GatewayCar(
      gateway,
      root,
      new CarReader(body),
      stop,
      once || /;\s*dups=y/.test(type),
      once ? new Set() : null
    );
  }

  /**
   * A block, from where the archive is on.
   *
   * @throws GatewayFaultError where it lies, breaks off, or does not hold it
   */
  async get(cid: CID, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const key = keyOf(cid);
    const early = this._early.get(key);
    if (early) {
      this._early.delete(key);
      this._earlyBytes -= early.length;
      this._given?.add(key);
      return early;
    }
    for (;;) {
      signal?.throwIfAborted();
      const block = await this._next();
      if (!block) {
        throw this._complete
          ? this._early.size
            ? this._fault('other-content', 'it sent blocks of something else')
            : this._fault('cut-off', 'the archive ended before all was there')
          : // It may have left out what it had sent before.
            this._fault('refused', 'its archive lacks a block');
      }
      if (!block.matches) {
        throw this._fault(
          'other-bytes',
          'it sent other bytes than those of the CID'
        );
      }
      const found = keyOf(block.cid);
      if (found === key) {
        this._given?.add(key);
        return block.bytes;
      }
      if (this._given?.has(found)) {
        continue;
      }
      this._early.set(found, block.bytes);
      this._earlyBytes += block.bytes.length;
      if (this._earlyBytes > EARLY_LIMIT) {
        throw this._fault('other-content', 'it sent blocks of something else');
      }
    }
  }

  async close(): Promise<void> {
    this._stop.abort();
    await this._reader.close();
  }

  /** The next block, while those after it are read and hashed already. */
  private _next(): Promise<IChecked | null> {
    while (this._queue.length < AHEAD) {
      const read = this._last.then(() => this._read());
      this._last = read;
      const checked = read.then(block => block && this._check(block));
      // It is looked at when its turn comes; until then it is no accident.
      checked.catch(() => undefined);
      this._queue.push(checked);
    }
    return this._queue.shift()!;
  }

  private async _check(block: ICarBlock): Promise<IChecked> {
    try {
      return { ...block, matches: await blockMatches(block.cid, block.bytes) };
    } catch (error) {
      // A hash function that nobody asked for.
      throw this._fault('other-content', 'it sent something else', error);
    }
  }

  private async _read(): Promise<ICarBlock | null> {
    try {
      return await this._reader.next();
    } catch (error) {
      if (error instanceof GatewayFaultError || !(error instanceof IpfsError)) {
        throw error;
      }
      if (error.code === 'cancelled') {
        throw error;
      }
      throw this._fault('cut-off', error.message, error);
    }
  }

  private _fault(
    kind: IGatewayFault['kind'],
    detail: string,
    cause?: unknown
  ): GatewayFaultError {
    return new GatewayFaultError(
      { gateway: this.gateway, kind, cid: this._root.toString(), detail },
      { cause }
    );
  }

  private _queue: Promise<IChecked | null>[] = [];
  private _last: Promise<unknown> = Promise.resolve();
  private _early = new Map<string, Uint8Array<ArrayBuffer>>();
  private _earlyBytes = 0;
}

/** Version and base apart, a block is its multihash. */
function keyOf(cid: CID): string {
  return cid.toV1().toString();
}
