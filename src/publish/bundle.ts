/**
 * Contents made of contents: one zip of many files, and a sealed file.
 */
import type { IContent, IContentSource, IReadOptions } from '../content';

/** Beyond so many files a folder is published as one zip. */
export const MAX_ENTRIES = 50;

/** Bytes that may wait in memory before they become a Blob. */
const PIECE = 8 * 1024 * 1024;

/**
 * Files as one zip, stored and not compressed, always the same bytes for the
 * same files: fixed dates, so that a retry has the same CID.
 */
export class ZipContent implements IContent {
  constructor(
    readonly name: string,
    private _members: readonly IContent[],
    readonly source: IContentSource | null = null
  ) {
    this.durable = _members.every(member => member.durable);
  }

  readonly mediaType = 'application/zip';
  readonly size = null;
  readonly durable: boolean;

  async *stream(options: IReadOptions = {}): AsyncGenerator<Uint8Array> {
    let skip = options.offset ?? 0;
    let left = options.length ?? Infinity;
    const { makeZip } = await import('client-zip');
    const reader = makeZip(
      this._members.map(member => ({
        name: member.name,
        lastModified: new Date(1980, 0, 1),
        input: member.stream({ signal: options.signal })
      }))
    ).getReader();
    try {
      while (left > 0) {
        options.signal?.throwIfAborted();
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        const from = Math.min(skip, value.length);
        skip -= from;
        const part = value.subarray(from, Math.min(value.length, from + left));
        left -= part.length;
        if (part.length) {
          yield part;
        }
      }
    } finally {
      await reader.cancel();
    }
  }

  blob(options: { signal?: AbortSignal } = {}): Promise<Blob> {
    return blobOf(this.stream(options), this.mediaType);
  }
}

/**
 * A stream as a Blob, in pieces that the browser may keep on disk: memory stays
 * flat however long the stream is.
 */
export async function blobOf(
  stream: AsyncIterable<Uint8Array>,
  type: string,
  onProgress?: (bytes: number) => void
): Promise<Blob> {
  const pieces: Blob[] = [];
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let total = 0;
  for await (const chunk of stream) {
    waiting.push(chunk as Uint8Array<ArrayBuffer>);
    held += chunk.length;
    total += chunk.length;
    if (held >= PIECE) {
      pieces.push(new Blob(waiting));
      waiting = [];
      held = 0;
      onProgress?.(total);
    }
  }
  pieces.push(new Blob(waiting));
  onProgress?.(total);
  return new Blob(pieces, { type });
}
