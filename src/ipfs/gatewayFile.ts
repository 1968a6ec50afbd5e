/**
 * A file from one gateway as browsers get it, plain, with every block of it
 * checked. Of the ways to read a large file this is the fastest: a gateway sends
 * it as it lies there, and a block needs not be cut out of an archive.
 */
import type { CID } from 'multiformats/cid';

import { blockMatches, MAX_BLOCK } from './block';
import { IpfsError } from './errors';
import type { GatewayReader } from './gateway';
import {
  GatewayFaultError,
  type IGatewayFault,
  openStream
} from './gatewayFetch';
import { DAG_PB, RAW, unixfsNode } from './unixfs';

/** Bytes from which on it is worth a request of its own. */
const LARGE = 8 * 1024 * 1024;
/** Blocks that are hashed while the next one comes. */
const AHEAD = 4;

/** It can't be checked in this way, which is nobody's fault. */
class UnfitError extends Error {}

/**
 * Read a file and check each block.
 *
 * @param options.onBlock - told the bytes of each block that is right
 * @returns its bytes; null where this is no way to read it, or failed: what was
 *   wrong is noted, and the gateway may still give right blocks one by one
 * @throws GatewaysFailedError where nobody gives the blocks that name the others
 */
export async function checkFile(
  reader: GatewayReader,
  root: CID,
  options: { signal?: AbortSignal; onBlock: (bytes: number) => void }
): Promise<number | null> {
  if (root.code !== DAG_PB) {
    return null;
  }
  const { signal } = options;
  const { gateway, bytes } = await reader.first(root, signal);
  const stop = new AbortController();
  try {
    const parts = partsOf(root, bytes);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    const seen = new Set<string>();
    if (size < LARGE) {
      return null;
    }
    enter(seen, parts);
    const stream = await openStream(
      gateway,
      root.toString(),
      { query: '', accept: '*/*', anyType: true },
      {
        timeout: reader.timeout,
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
      }
    );
    const checking = new Checking(
      reader,
      gateway,
      root,
      stream.fill,
      seen,
      options
    );
    options.onBlock(bytes.length);
    await checking.all(parts);
    return size;
  } catch (error) {
    if (error instanceof UnfitError) {
      return null;
    }
    if (!(error instanceof GatewayFaultError)) {
      throw error;
    }
    // Many give nothing but blocks and archives: those who refuse do no wrong.
    if (!['refused', 'missing', 'unreachable'].includes(error.fault.kind)) {
      reader.note(error.fault);
    }
    return null;
  } finally {
    stop.abort();
  }
}

interface IPart {
  cid: CID;
  size: number;
}

/** The blocks below one, which holds no bytes of the file itself. */
function partsOf(cid: CID, bytes: Uint8Array): IPart[] {
  let node: ReturnType<typeof unixfsNode>;
  try {
    node = unixfsNode(cid, bytes);
  } catch (error) {
    if (error instanceof IpfsError && error.code === 'wrong-type') {
      throw new UnfitError('no UnixFS', { cause: error });
    }
    throw error;
  }
  if (node.kind !== 'file' || node.data.length || !node.parts.length) {
    throw new UnfitError('not a file of blocks');
  }
  return node.parts;
}

/** Thirty blocks may make a file of any size: each is to be read once. */
function enter(seen: Set<string>, parts: readonly IPart[]): void {
  for (const { cid } of parts) {
    const key = cid.toV1().toString();
    if (seen.has(key)) {
      throw new UnfitError('a block occurs twice');
    }
    seen.add(key);
  }
}

class Checking {
  constructor(
    private _reader: GatewayReader,
    private _gateway: string,
    private _root: CID,
    private _fill: (
      buffer: Uint8Array<ArrayBuffer>
    ) => Promise<Uint8Array<ArrayBuffer>>,
    private _seen: Set<string>,
    private _options: { signal?: AbortSignal; onBlock: (bytes: number) => void }
  ) {}

  /** All blocks, and nothing after them. */
  async all(parts: readonly IPart[]): Promise<void> {
    await this._check(parts);
    await this._settleAll();
    if ((await this._fill(new Uint8Array(1))).length) {
      throw this._fault('other-content', 'it sent more than the file has');
    }
  }

  private async _check(parts: readonly IPart[]): Promise<void> {
    const { signal, onBlock } = this._options;
    for (const { cid, size } of parts) {
      if (cid.code === RAW) {
        await this._leaf(cid, size);
        continue;
      }
      const bytes = await this._reader.get(cid, { signal });
      onBlock(bytes.length);
      const below = partsOf(cid, bytes);
      if (below.reduce((sum, part) => sum + part.size, 0) !== size) {
        throw new UnfitError('its sizes do not add up');
      }
      enter(this._seen, below);
      await this._check(below);
    }
  }

  private async _leaf(cid: CID, size: number): Promise<void> {
    if (size > MAX_BLOCK) {
      throw new UnfitError('a block is too large');
    }
    if (this._buffer.byteLength < size) {
      this._buffer = new ArrayBuffer(size);
    }
    const bytes = await this._fill(new Uint8Array(this._buffer, 0, size));
    this._buffer = bytes.buffer;
    if (bytes.length < size) {
      // What came before it may be wrong as well, and worse.
      await this._settleAll();
      throw this._fault('cut-off', 'the file ended before all was there');
    }
    // Hashing takes a copy at once, so that the next block goes where this was.
    const matches = blockMatches(cid, bytes);
    // It is looked at when its turn comes; until then it is no accident.
    matches.catch(() => undefined);
    this._pending.push({ matches, size });
    if (this._pending.length > AHEAD) {
      await this._settle();
    }
  }

  private async _settleAll(): Promise<void> {
    while (this._pending.length) {
      await this._settle();
    }
  }

  private async _settle(): Promise<void> {
    const { matches, size } = this._pending.shift()!;
    if (!(await matches)) {
      throw this._fault(
        'other-bytes',
        'it sent other bytes than those of the CID'
      );
    }
    this._options.onBlock(size);
  }

  private _fault(
    kind: IGatewayFault['kind'],
    detail: string
  ): GatewayFaultError {
    return new GatewayFaultError({
      gateway: this._gateway,
      kind,
      cid: this._root.toString(),
      detail
    });
  }

  private _buffer = new ArrayBuffer(MAX_BLOCK);
  private _pending: { matches: Promise<boolean>; size: number }[] = [];
}
