/**
 * Cutting streams for the sealed format, and working on several cuts at once.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The source in pieces of exactly `size` bytes, the last one shorter (or empty,
 * when there is nothing at all). One piece is held back: only the next byte
 * tells that a full piece is not the last.
 *
 * All pieces are in the same memory: a piece is good until the next is asked
 * for. WebCrypto copies what it is given before it returns.
 */
export async function* pieces(
  source: AsyncIterable<Uint8Array>,
  size: number
): AsyncGenerator<{ bytes: Bytes; last: boolean }> {
  const buffer: Bytes = new Uint8Array(size);
  let filled = 0;
  for await (const part of source) {
    let offset = 0;
    while (offset < part.length) {
      if (filled === size) {
        yield { bytes: buffer, last: false };
        filled = 0;
      }
      const take = Math.min(part.length - offset, size - filled);
      buffer.set(part.subarray(offset, offset + take), filled);
      filled += take;
      offset += take;
    }
  }
  yield { bytes: buffer.subarray(0, filled), last: true };
}

/**
 * What comes of work that was begun, in the order of its beginning; up to
 * `ahead` are under way at a time. A failure comes out in its turn, after what
 * was before it.
 *
 * @param begun - each gives the promise of something that runs already
 */
export async function* inOrder<T>(
  begun: AsyncGenerator<() => Promise<T>>,
  ahead: number
): AsyncGenerator<T> {
  const waiting: Promise<T>[] = [];
  // A source that fails is a failure in its turn as well.
  for await (const one of orFailure(begun)) {
    const promise = one();
    // Looked at in its turn; until then a failure is no accident.
    promise.catch(() => undefined);
    waiting.push(promise);
    if (waiting.length >= ahead) {
      yield await waiting.shift()!;
    }
  }
  for (const promise of waiting) {
    yield await promise;
  }
}

/** The failure of a source as the last thing that it gives. */
async function* orFailure<T>(
  source: AsyncGenerator<() => Promise<T>>
): AsyncGenerator<() => Promise<T>> {
  try {
    yield* source;
  } catch (reason) {
    yield () => Promise.reject(reason);
  }
}

/** Take `length` bytes off the front; what is left can be iterated once. */
export async function split(
  source: AsyncIterable<Uint8Array>,
  length: number
): Promise<{ head: Bytes; rest: AsyncGenerator<Uint8Array> }> {
  const head = new Uint8Array(length);
  let filled = 0;
  let over: Uint8Array = new Uint8Array(0);
  const iterator = source[Symbol.asyncIterator]();
  while (filled < length) {
    const { done, value } = await iterator.next();
    if (done) {
      break;
    }
    const take = Math.min(value.length, length - filled);
    head.set(value.subarray(0, take), filled);
    filled += take;
    over = value.subarray(take);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    try {
      yield over;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) {
          return;
        }
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: head.subarray(0, filled), rest: rest() };
}

/**
 * A piece that is gone when the next one is asked for: what waits for being
 * collected is a gigabyte for a gigabyte.
 */
export function* lent(
  memory: ArrayBuffer & { transfer?: (length: number) => ArrayBuffer }
): Generator<Bytes> {
  yield new Uint8Array(memory);
  // Browsers since 2023; older ones collect it by themselves.
  memory.transfer?.(0);
}
