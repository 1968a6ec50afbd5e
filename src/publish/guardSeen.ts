/**
 * That what leaves is what was looked through: files change meanwhile, and a
 * job may go on days later.
 */
import type { IContent, IReadOptions } from '../content';
import { FileHasher } from '../ipfs/fileTree';
import { PublishError } from './errors';

/** What the look through a content has read of it. */
export interface ISeen {
  /** Bytes from its start. */
  bytes: number;
  /** CID of these. */
  cid: string;
  /** Whether it has no more of them. */
  whole: boolean;
}

const known = new WeakMap<IContent, ISeen>();

/** What was read of a content when it was looked through last, if it was. */
export function seenOf(content: IContent): ISeen | undefined {
  return known.get(content);
}

/**
 * The bytes of a content as they come, of which the first ones are remembered.
 *
 * @param cap - bytes that are looked at
 */
export async function* seeing(
  content: IContent,
  bytes: AsyncIterable<Uint8Array>,
  cap: number
): AsyncGenerator<Uint8Array> {
  known.delete(content);
  // Without WebCrypto nothing can be sealed either.
  const hasher = globalThis.crypto?.subtle ? new FileHasher() : null;
  let whole = false;
  let total = 0;
  try {
    for await (const piece of bytes) {
      total += piece.length;
      await hasher?.write(piece.subarray(0, cap - hasher.size));
      yield piece;
    }
    whole = total <= cap;
  } finally {
    if (hasher) {
      const { cid, size } = await hasher.end();
      known.set(content, { bytes: size, cid: cid.toString(), whole });
    }
  }
}

/** The content, which can only be read as it was when it was looked through. */
export function asSeen(content: IContent, seen: ISeen): IContent {
  const { name, mediaType, size, source, durable, cid } = content;
  return {
    name,
    mediaType,
    size,
    source,
    durable,
    ...(cid ? { cid } : {}),
    stream: options => compared(content, seen, options),
    blob: async options => {
      const blob = await content.blob(options);
      if (seen.whole && blob.size !== seen.bytes) {
        throw changed(name);
      }
      const hasher = new FileHasher();
      await hasher.write(
        new Uint8Array(await blob.slice(0, seen.bytes).arrayBuffer())
      );
      await compare(name, hasher, seen);
      return blob;
    }
  };
}

async function* compared(
  content: IContent,
  seen: ISeen,
  options: IReadOptions = {}
): AsyncGenerator<Uint8Array> {
  if (options.offset || options.length !== undefined) {
    yield* content.stream(options);
    return;
  }
  const hasher = new FileHasher();
  let total = 0;
  let isOpen = true;
  for await (const part of content.stream(options)) {
    total += part.length;
    if (seen.whole && total > seen.bytes) {
      throw changed(content.name);
    }
    if (isOpen) {
      await hasher.write(part.subarray(0, seen.bytes - hasher.size));
      if (hasher.size === seen.bytes) {
        isOpen = false;
        await compare(content.name, hasher, seen);
      }
    }
    yield part;
  }
  if (isOpen) {
    await compare(content.name, hasher, seen);
  }
}

async function compare(
  name: string,
  hasher: FileHasher,
  seen: ISeen
): Promise<void> {
  if ((await hasher.end()).cid.toString() !== seen.cid) {
    throw changed(name);
  }
}

function changed(name: string): PublishError {
  return new PublishError(
    'content-changed',
    `"${name}" is not what was looked through`
  );
}
