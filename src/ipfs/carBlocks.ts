/**
 * Blocks of an archive in the order in which they come: one request for a whole
 * folder, however many files it has.
 */
import type { CID } from 'multiformats/cid';

import { blockMatches, BlockMismatchError } from './block';
import { CarReader } from './car';
import { throwIfCancelled } from './errors';
import type { IBlockSource } from './unixfsWalk';

/** Bytes of blocks that may come before their turn. */
const EARLY_LIMIT = 16 * 1024 * 1024;

export class CarBlocks implements IBlockSource {
  /**
   * @param archive - a CAR; read as far as is needed
   * @param otherwise - asked for what the archive lacks or gave before
   */
  constructor(
    archive: AsyncIterable<Uint8Array>,
    private _otherwise: IBlockSource
  ) {
    this._reader = new CarReader(archive);
  }

  readonly ahead = 1;

  /** @throws BlockMismatchError, and what the archive or the other source throws */
  async get(
    cid: CID,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    const key = keyOf(cid);
    const early = this._early.get(key);
    if (early) {
      this._early.delete(key);
      this._held -= early.length;
      this._given.add(key);
      return early;
    }
    while (!this._given.has(key) && this._held <= EARLY_LIMIT) {
      throwIfCancelled(options.signal);
      const block = await this._reader.next();
      if (!block) {
        break;
      }
      if (!(await blockMatches(block.cid, block.bytes))) {
        throw new BlockMismatchError(block.cid.toString());
      }
      const found = keyOf(block.cid);
      if (found === key) {
        this._given.add(key);
        return block.bytes;
      }
      this._early.set(found, block.bytes);
      this._held += block.bytes.length;
    }
    return this._otherwise.get(cid, options);
  }

  /** Stop reading. */
  close(): Promise<void> {
    return this._reader.close();
  }

  private _reader: CarReader;
  private _early = new Map<string, Uint8Array<ArrayBuffer>>();
  private _held = 0;
  private _given = new Set<string>();
}

/** Version and base apart, a block is its multihash and codec. */
function keyOf(cid: CID): string {
  return cid.toV1().toString();
}
