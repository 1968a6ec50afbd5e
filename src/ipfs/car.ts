/**
 * CARv1 archives as a stream
 * (https://ipld.io/specs/transport/car/carv1/). Blocks come unchecked.
 */
import { decode, encode } from '@ipld/dag-cbor';
import { varint } from 'multiformats';
import { CID } from 'multiformats/cid';

import { pieces } from '../content';
import { MAX_BLOCK } from './block';
import { IpfsError } from './errors';

/** Most that a section may have beyond its block: room for a CID. */
const MAX_CID = 256;
/** An archive with more roots than fit here is no archive of ours. */
const MAX_HEADER = 1024 * 1024;

export interface ICarBlock {
  cid: CID;
  bytes: Uint8Array<ArrayBuffer>;
}

/** An archive, block by block, in constant memory. */
export class CarReader {
  constructor(stream: AsyncIterable<Uint8Array>) {
    this._input = stream[Symbol.asyncIterator]();
  }

  /**
   * The roots that the header names.
   *
   * @throws IpfsError `incomplete` when it is no CARv1, or breaks off
   */
  async roots(): Promise<CID[]> {
    if (this._roots) {
      return this._roots;
    }
    const length = await this._length(MAX_HEADER);
    if (length === null) {
      throw broken('it is empty');
    }
    const header = await this._take(length);
    let value: unknown;
    try {
      value = decode(header);
    } catch (error) {
      throw broken('its header is none', error);
    }
    const { version, roots } = (value ?? {}) as Record<string, unknown>;
    if (version !== 1 || !Array.isArray(roots)) {
      throw broken(`its version is ${String(version)}, not 1`);
    }
    this._roots = roots.map(root => {
      const cid = CID.asCID(root);
      if (!cid) {
        throw broken('a root is no CID');
      }
      return cid;
    });
    return this._roots;
  }

  /**
   * The next block, or null at the end.
   *
   * @throws IpfsError `incomplete` where the archive breaks off or a block is
   *   larger than `MAX_BLOCK`
   */
  async next(): Promise<ICarBlock | null> {
    await this.roots();
    const length = await this._length(MAX_BLOCK + MAX_CID);
    if (length === null) {
      return null;
    }
    const section = await this._take(length);
    try {
      const [cid, bytes] = CID.decodeFirst(section);
      return { cid, bytes: bytes as Uint8Array<ArrayBuffer> };
    } catch (error) {
      throw broken('a section does not start with a CID', error);
    }
  }

  /** Stop; what feeds the archive is told. */
  async close(): Promise<void> {
    await this._input.return?.();
  }

  /** A varint, or null when the archive ends before it. */
  private async _length(limit: number): Promise<number | null> {
    const bytes: number[] = [];
    for (;;) {
      if (!this._held && !(await this._more())) {
        if (bytes.length) {
          throw broken('it broke off');
        }
        return null;
      }
      const byte = this._parts[0][0];
      this._advance(1);
      bytes.push(byte);
      if (byte < 0x80) {
        break;
      }
      if (bytes.length > 8) {
        throw broken('a length is too long');
      }
    }
    const [length] = varint.decode(Uint8Array.from(bytes));
    if (length === 0 || length > limit) {
      throw broken(`a section has ${length} bytes`);
    }
    return length;
  }

  private async _take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      if (!this._held && !(await this._more())) {
        throw broken('it broke off');
      }
      const part = this._parts[0].subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      this._advance(part.length);
    }
    return taken;
  }

  private async _more(): Promise<boolean> {
    const { done, value } = await this._input.next();
    if (done) {
      return false;
    }
    if (value.length) {
      this._parts.push(value);
      this._held += value.length;
      return true;
    }
    return this._more();
  }

  private _advance(count: number): void {
    const [first] = this._parts;
    this._held -= count;
    if (count === first.length) {
      this._parts.shift();
    } else {
      this._parts[0] = first.subarray(count);
    }
  }

  private _input: AsyncIterator<Uint8Array>;
  private _parts: Uint8Array[] = [];
  private _held = 0;
  private _roots: CID[] | null = null;
}

function broken(why: string, cause?: unknown): IpfsError {
  return new IpfsError('incomplete', `The CAR archive can't be read: ${why}`, {
    cause
  });
}

/** The start of an archive (https://ipld.io/specs/transport/car/carv1/#header). */
export function carHeader(roots: readonly CID[]): Uint8Array<ArrayBuffer> {
  return framed([encode({ version: 1, roots })]);
}

/**
 * How a CARv2 begins: a section of ten bytes, `{version: 2}`
 * (https://ipld.io/specs/transport/car/carv2/#pragma).
 */
const PRAGMA_V2 = [10, 161, 103, 118, 101, 114, 115, 105, 111, 110, 2];
/** Bytes of the header after it: characteristics, offset and size of a CARv1, … */
const HEADER_V2 = 40;
const OFFSET_AT = PRAGMA_V2.length + 16;
/** Bytes that are read at first: most headers are in them. */
const FIRST = 4096;

/**
 * The roots that an archive names, of which only the start is read. CARv2, which
 * Kubo takes as well, holds a CARv1
 * (https://ipld.io/specs/transport/car/carv2/#format-description).
 *
 * @throws IpfsError `incomplete` when it is no archive, or breaks off
 */
export async function carRoots(archive: Blob): Promise<CID[]> {
  const head = await archive.slice(0, FIRST).arrayBuffer();
  const start = isCarV2(new Uint8Array(head))
    ? Number(new DataView(head).getBigUint64(OFFSET_AT, true))
    : 0;
  const end = start + MAX_HEADER + varint.encodingLength(MAX_HEADER);
  async function* header(): AsyncGenerator<Uint8Array> {
    let at = start;
    if (at < head.byteLength) {
      yield new Uint8Array(head, at);
      at = head.byteLength;
    }
    // Seldom: an archive has one root, or few.
    yield* pieces(archive.slice(at, end).stream());
  }
  const reader = new CarReader(header());
  try {
    return await reader.roots();
  } finally {
    await reader.close();
  }
}

function isCarV2(head: Uint8Array): boolean {
  return (
    head.length >= PRAGMA_V2.length + HEADER_V2 &&
    PRAGMA_V2.every((byte, i) => head[i] === byte)
  );
}

/** One block of an archive. */
export function carSection(
  cid: CID,
  bytes: Uint8Array
): Uint8Array<ArrayBuffer> {
  return framed([cid.bytes, bytes]);
}

/** What stands before the bytes of a block, for who has them elsewhere. */
export function carSectionHead(
  cid: CID,
  length: number
): Uint8Array<ArrayBuffer> {
  return framed([cid.bytes], length);
}

/** @param more - bytes that follow the parts and belong to the section */
function framed(
  parts: readonly Uint8Array[],
  more = 0
): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = varint.encodingLength(length + more);
  const whole = new Uint8Array(head + length);
  varint.encodeTo(length + more, whole);
  let at = head;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
