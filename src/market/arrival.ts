/**
 * One file on its way in: hashed as it comes, set aside on disk, and gone on
 * with from where it broke off.
 */
import { BlobContent } from '../content';
import { FileHasher, type ITree } from '../ipfs/fileTree';
import {
  checkHeader,
  chunkOffset,
  SEAL_CHUNK,
  SEAL_HEADER,
  unsealRest
} from '../ocean/seal';
import { split } from '../ocean/sealPieces';
import { MarketError } from './errors';
import { type IPartials, PIECE } from './partials';

/** Whoever has the bytes of a file, as they are stored. */
export interface ISource {
  /** Whether it can begin in the middle. */
  seeks: boolean;
  open(offset: number, length?: number): AsyncIterable<Uint8Array>;
}

export interface IArrivalOptions {
  did: string;
  /** Names the bytes; null where there is nothing to know them by again. */
  file: string | null;
  /** Most bytes that may come. */
  limit?: number;
  signal?: AbortSignal;
  onProgress?: (bytes: number) => void;
}

export class Arrival {
  constructor(
    private _partials: IPartials | null,
    private _options: IArrivalOptions
  ) {
    const { limit = PIECE } = _options;
    this._buffer = new Uint8Array(Math.min(PIECE, limit));
  }

  /** Bytes that are here. */
  get size(): number {
    return this._hasher.size;
  }

  /** Bytes of them that a next try will find. */
  get kept(): number {
    return this._keeps ? this._blobs.length * PIECE : 0;
  }

  /** Take what came before, and hash it again: nothing that lay about is trusted. */
  async load(): Promise<void> {
    const { file } = this._options;
    if (file === null || !this._partials) {
      return;
    }
    const { mark, blobs } = await this._partials.open(file);
    this._mark = mark;
    for (const data of blobs) {
      await this._hash(data);
      this._blobs.push(data);
    }
  }

  /** The rest of the file, which is stored as it is. */
  async plain(source: ISource): Promise<void> {
    const from = this.size;
    await this._take(
      source.seeks || from === 0
        ? source.open(from)
        : after(source.open(0), from)
    );
  }

  /**
   * The rest of a sealed file; each chunk is proven before it counts.
   *
   * @throws OceanError wrong-key | tampered | not-sealed
   */
  async sealed(
    source: ISource,
    options: { key: Uint8Array; index: number }
  ): Promise<void> {
    const begun = source.seeks
      ? { head: await first(source), rest: null }
      : await split(source.open(0), SEAL_HEADER);
    const mark = hex(begun.head);
    if (mark !== this._mark) {
      await this._isSealing(begun.head, options);
      // Another sealing of it: its chunks must not stand beside those of this.
      await this.restart();
      this._mark = mark;
    }
    const chunk = this.size / SEAL_CHUNK;
    const from = chunkOffset(chunk);
    const rest = begun.rest
      ? after(begun.rest, from - SEAL_HEADER)
      : source.open(from);
    await this._take(unsealRest(begun.head, rest, chunk, options));
  }

  /**
   * Whether something is a sealing at all. What came before was proven by the
   * key: junk from somebody who has it no more is no reason to drop it.
   */
  private async _isSealing(
    head: Uint8Array,
    options: { key: Uint8Array; index: number }
  ): Promise<void> {
    try {
      await checkHeader(head, options);
    } catch (cause) {
      if (!this.kept) {
        throw cause;
      }
      throw new MarketError(
        'broke-off',
        'What came instead of the rest is not this file',
        { kept: this.kept },
        { cause }
      );
    }
  }

  /** Forget all of it. */
  async restart(): Promise<void> {
    this._hasher = new FileHasher();
    this._blobs = [];
    this._filled = 0;
    this._mark = '';
    if (this._options.file !== null) {
      await this._partials?.drop(this._options.file);
    }
  }

  /** The file, when all of it came. */
  async end(
    name: string,
    mediaType: string
  ): Promise<{ content: BlobContent; tree: ITree }> {
    const last = new Blob([this._buffer.subarray(0, this._filled)]);
    const content = new BlobContent({
      name,
      mediaType,
      data: new Blob([...this._blobs, last]),
      source: { kind: 'asset' }
    });
    return { content, tree: await this._hasher.end() };
  }

  private async _take(stream: AsyncIterable<Uint8Array>): Promise<void> {
    const { signal, limit, onProgress } = this._options;
    for await (const part of stream) {
      signal?.throwIfAborted();
      if (limit !== undefined && this.size + part.length > limit) {
        throw new MarketError('too-much', `More than ${limit} bytes came`);
      }
      let at = 0;
      while (at < part.length) {
        // Only when there is more: the last bytes prove that none is missing.
        if (this._filled === PIECE) {
          await this._set();
        }
        const take = Math.min(PIECE - this._filled, part.length - at);
        this._buffer.set(part.subarray(at, at + take), this._filled);
        this._filled += take;
        at += take;
      }
      await this._hasher.write(part);
      onProgress?.(this.size);
    }
    signal?.throwIfAborted();
  }

  /** A full piece goes to the disk. */
  private async _set(): Promise<void> {
    const { did, file } = this._options;
    const piece = new Blob([this._buffer]);
    const number = this._blobs.length;
    const kept =
      this._keeps && file !== null && this._partials
        ? await this._partials.add(
            { did, file, mark: this._mark, number },
            piece
          )
        : null;
    this._keeps &&= kept !== null;
    // Browsers keep large Blobs on disk as well, until the page is gone.
    this._blobs.push(kept ?? piece);
    // New memory for each: it is what makes the browser collect, and thereby let
    // go of the Blobs that nobody needs any more, of which it bears only so many.
    this._buffer = new Uint8Array(PIECE);
    this._filled = 0;
  }

  private async _hash(data: Blob): Promise<void> {
    const content = new BlobContent({ name: '', data });
    const { signal } = this._options;
    for await (const part of content.stream({ signal, passing: true })) {
      await this._hasher.write(part);
    }
    this._options.onProgress?.(this.size);
  }

  private _blobs: Blob[] = [];
  private _buffer: Uint8Array<ArrayBuffer>;
  private _filled = 0;
  private _hasher = new FileHasher();
  private _keeps = true;
  private _mark = '';
}

async function first(source: ISource): Promise<Uint8Array> {
  const { head, rest } = await split(source.open(0, SEAL_HEADER), SEAL_HEADER);
  await rest.return(undefined);
  return head;
}

/** A stream without its first bytes. */
async function* after(
  stream: AsyncIterable<Uint8Array>,
  skip: number
): AsyncGenerator<Uint8Array> {
  for await (const part of stream) {
    if (skip >= part.length) {
      skip -= part.length;
    } else {
      yield part.subarray(skip);
      skip = 0;
    }
  }
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
