/**
 * Streams of a download: read, set aside, and given up where nobody answers.
 */
import { type IReadOptions, largePieces } from '../content';
import type { IIpfs } from '../tokens';
import { MarketError } from './errors';

const SPOOL = 4 * 1024 * 1024;

/**
 * A stream set aside until it is checked. Pieces go into Blobs, which browsers
 * keep on disk, so memory stays flat.
 *
 * @throws MarketError too-much, beyond `limit` bytes
 */
export async function spool(
  stream: AsyncIterable<Uint8Array>,
  o: {
    limit?: number;
    signal?: AbortSignal;
    onProgress?: (bytes: number) => void;
  } = {}
): Promise<Blob> {
  const blobs: Blob[] = [];
  let pieces: Uint8Array[] = [];
  let waiting = 0;
  let bytes = 0;
  const flush = (): void => {
    blobs.push(new Blob(pieces as BlobPart[]));
    pieces = [];
    waiting = 0;
  };
  for await (const piece of stream) {
    o.signal?.throwIfAborted();
    bytes += piece.length;
    if (o.limit !== undefined && bytes > o.limit) {
      throw new MarketError('too-much', `More than ${o.limit} bytes came`);
    }
    // A reader may use its buffer again.
    pieces.push(piece.slice());
    waiting += piece.length;
    if (waiting >= SPOOL) {
      flush();
    }
    o.onProgress?.(bytes);
  }
  flush();
  o.signal?.throwIfAborted();
  return new Blob(blobs);
}

/** The bytes of an answer; a piece is good until the next one is asked for. */
export async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body) {
    yield* largePieces(response.body);
  }
}

/**
 * Content by CID. A piece is good until the next one is asked for.
 *
 * @param patience - milliseconds that IPFS may take for the first byte
 * @throws MarketError needs-order, when nobody answers in that time
 */
export async function* catPatiently(
  ipfs: Pick<IIpfs, 'cat'>,
  path: string,
  patience: number,
  { signal, ...range }: Pick<IReadOptions, 'offset' | 'length' | 'signal'> = {}
): AsyncGenerator<Uint8Array> {
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => giveUp.abort(new Error('Nobody has it')),
    patience
  );
  const stop = (): void => giveUp.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    for await (const piece of ipfs.cat(path, {
      ...range,
      signal: giveUp.signal,
      passing: true
    })) {
      clearTimeout(timer);
      yield piece;
    }
  } catch (reason) {
    signal?.throwIfAborted();
    // The engine calls it cancelled; the person cancelled nothing.
    throw giveUp.signal.aborted
      ? new MarketError('needs-order', 'Nobody has it', {}, { cause: reason })
      : reason;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
