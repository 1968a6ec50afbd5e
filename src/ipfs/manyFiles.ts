/**
 * Many files in the body of one request.
 */
import { pieces, type IContent } from '../content';
import { IpfsError, throwIfCancelled } from './errors';

/**
 * Most bytes of a chosen file that the page reads itself, and of all those for
 * one request (about: some are under way when it is reached). A browser that
 * puts a file into a request stops the page to look at it on the disk, and
 * again for its size; one that only reads it looks once.
 */
const READ_FILE = 256 * 1024;
const READ_BYTES = 4 * 1024 * 1024;
/** Chosen files that are read at a time. */
const READ_TOGETHER = 16;

type Part = Uint8Array<ArrayBuffer> | Blob;

/** Files that the browser streams from disk by itself. */
export function formOf(
  blobs: readonly Blob[],
  names: readonly string[]
): FormData {
  const form = new FormData();
  for (const [i, blob] of blobs.entries()) {
    form.append('file', blob, names[i]);
  }
  return form;
}

/**
 * Makes bodies of forms, one after the other in the same memory: what each
 * took of its own would be there until the page tidies up.
 */
export class Forms {
  /** A body; a Blob of many parts takes long to make, so that it gets few. */
  body(parts: readonly Part[], names: readonly string[]): Blob {
    const boundary = `web3${crypto.randomUUID().replaceAll('-', '')}`;
    const heads = names.map(
      (name, i) =>
        `${i ? '\r\n' : ''}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${encodeURIComponent(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n`
    );
    heads.push(`\r\n--${boundary}--\r\n`);
    const bytes = this._take(
      // ASCII: a letter is a byte.
      heads.reduce((sum, { length }) => sum + length, 0) +
        parts.reduce(
          (sum, part) => sum + (part instanceof Blob ? 0 : part.length),
          0
        )
    );
    const all: Part[] = [];
    let [from, at] = [0, 0];
    for (const [i, head] of heads.entries()) {
      at += this._encoder.encodeInto(head, bytes.subarray(at)).written;
      const part = parts[i];
      if (part instanceof Uint8Array) {
        bytes.set(part, at);
        at += part.length;
      } else if (part) {
        all.push(bytes.subarray(from, at), part);
        from = at;
      }
    }
    all.push(bytes.subarray(from, at));
    return new Blob(all, { type: `multipart/form-data; boundary=${boundary}` });
  }

  private _take(length: number): Uint8Array<ArrayBuffer> {
    if (this._bytes.length < length) {
      this._bytes = new Uint8Array(length);
    }
    return this._bytes;
  }

  private readonly _encoder = new TextEncoder();
  private _bytes = new Uint8Array(0);
}

/**
 * What the chosen files of a request hold; a large one is left to the browser,
 * as it is.
 *
 * @throws IpfsError `failed`, which names the file that can't be read
 */
export async function readChosen(
  batch: readonly IContent[],
  signal: AbortSignal
): Promise<Part[]> {
  const parts: Part[] = batch.map(({ file }) => file!);
  let left = READ_BYTES;
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < batch.length) {
      const i = next++;
      const { name, file, size } = batch[i];
      throwIfCancelled(signal);
      if (left <= 0 || (size ?? 0) > READ_FILE) {
        continue;
      }
      try {
        const bytes = await readUpTo(file!, READ_FILE);
        if (bytes) {
          parts[i] = bytes;
          left -= bytes.length;
        }
      } catch (error) {
        // The others find nothing more to do.
        next = batch.length;
        throw unreadable(name, error);
      }
    }
  };
  await Promise.all(Array.from({ length: READ_TOGETHER }, work));
  return parts;
}

/** Null where there is more. */
async function readUpTo(
  file: Blob,
  most: number
): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const part of pieces(file.stream())) {
    size += part.length;
    if (size > most) {
      return null;
    }
    parts.push(part as Uint8Array<ArrayBuffer>);
  }
  return parts.length === 1 ? parts[0] : joined(parts);
}

/**
 * What contents in the page, or that come by it, hold, read in one go: it
 * takes half as long as a form that holds each.
 *
 * @throws IpfsError `failed`, which names the file that can't be read
 */
export async function readAll(
  batch: readonly IContent[],
  blobs: readonly Blob[]
): Promise<Part[]> {
  const sizes = batch.map(({ size }, i) => size ?? blobs[i].size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let cause: unknown;
  try {
    const bytes = new Uint8Array(await new Blob([...blobs]).arrayBuffer());
    if (bytes.length === total) {
      let at = 0;
      return sizes.map(size => bytes.subarray(at, (at += size)));
    }
  } catch (error) {
    cause = error;
  }
  await assertReadable(batch, blobs);
  throw unreadable(batch[0].name, cause);
}

/** @throws IpfsError `failed`, which names the first file that can't be read */
export async function assertReadable(
  batch: readonly IContent[],
  blobs: readonly Blob[]
): Promise<void> {
  for (const [i, blob] of blobs.entries()) {
    try {
      await readStart(blob);
      // Of a chosen file that changed, only a part says so.
      await readStart(new Blob([blob]));
    } catch (error) {
      throw unreadable(batch[i].name, error);
    }
  }
}

/** A file that can't be read, by its name. */
export function unreadable(name: string, cause: unknown): IpfsError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new IpfsError('failed', `"${name}" can't be read${why}`, { cause });
}

/** Not by a slice: of a file that is gone it is empty, and no error. */
async function readStart(blob: Blob): Promise<void> {
  const reader = blob.stream().getReader();
  try {
    await reader.read();
  } finally {
    await reader.cancel();
  }
}

function joined(
  pieces: readonly Uint8Array<ArrayBuffer>[]
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(
    pieces.reduce((sum, { length }) => sum + length, 0)
  );
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
