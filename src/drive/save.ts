/**
 * Writing a stream into a drive of Jupyter's contents manager.
 */
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import type { IContent } from '../content';
import {
  IpfsCancelledError,
  IpfsError,
  IpfsExistsError,
  isCancelled,
  throwIfCancelled
} from '../ipfs/errors';

/** Bytes a chunk; each travels as base64 in a PUT of its own. */
export const SAVE_CHUNK = 4 * 1024 * 1024;

export interface ISaveOptions {
  signal?: AbortSignal;
  /** Bytes written so far. */
  onProgress?: (bytes: number) => void;
  /** Replace what is at the path (default false: throws `IpfsExistsError`). */
  overwrite?: boolean;
}

/**
 * Write a content to a contents path, whole or not at all: in chunks
 * (JupyterLab's protocol: numbers from 1, -1 for the last) to a temporary name
 * beside the target, renamed when complete.
 *
 * @param path - contents path of the file to write, with drive prefix
 * @returns the model of the file
 * @throws IpfsExistsError, IpfsCancelledError, IpfsError `incomplete`
 */
export async function saveToWorkspace(
  contents: Contents.IManager,
  path: string,
  content: IContent,
  options: ISaveOptions = {}
): Promise<Contents.IModel> {
  const { signal, onProgress, overwrite } = options;
  throwIfCancelled(signal);
  const existing = await lookUp(contents, path);
  if (existing && (!overwrite || existing.type === 'directory')) {
    throw new IpfsExistsError(path);
  }
  const target = sibling(path, '');
  const partial = sibling(path, `.part-${randomSuffix()}`);
  let written = 0;
  let sending: Promise<unknown> | null = null;
  const put = async ({ text, size }: IEncoded, number: number, to: string) => {
    throwIfCancelled(signal);
    const model = await contents.save(to, {
      type: 'file',
      format: 'base64',
      content: text,
      ...(number === 0 ? {} : { chunk: number })
    });
    written += size;
    onProgress?.(written);
    return model;
  };

  try {
    let number = 1;
    let pending: IEncoded | null = null;
    // Chunks are appended, so they go one by one; the next is read meanwhile.
    for await (const chunk of inChunks(
      content.stream({ signal, passing: true })
    )) {
      const next = { text: toBase64(chunk), size: chunk.length };
      if (pending) {
        await sending;
        sending = put(pending, number++, partial);
        // Looked at in its turn; until then a failure is no accident.
        sending.catch(() => undefined);
      }
      pending = next;
    }
    pending ??= { text: '', size: 0 };
    if (number === 1) {
      // One request: the server replaces the file in one step by itself.
      return await put(pending, 0, target);
    }
    await sending;
    await put(pending, -1, partial);
    if (content.size !== null && written !== content.size) {
      throw new IpfsError(
        'incomplete',
        `${content.name}: ${written} of ${content.size} bytes came`
      );
    }
    throwIfCancelled(signal);
    return await moveIntoPlace(contents, partial, target, existing !== null);
  } catch (error) {
    if (sending) {
      // What is still on its way would write the file anew.
      await Promise.allSettled([sending]);
      await discard(contents, partial);
    }
    throw isCancelled(error) ? new IpfsCancelledError({ cause: error }) : error;
  }
}

/** The model at a path without its content, or null. */
export async function lookUp(
  contents: Contents.IManager,
  path: string
): Promise<Contents.IModel | null> {
  try {
    return await contents.get(path, { content: false });
  } catch (error) {
    if (
      error instanceof ServerConnection.ResponseError &&
      error.response.status === 404
    ) {
      return null;
    }
    throw error;
  }
}

export function randomSuffix(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, byte => byte.toString(36).padStart(2, '0')).join('');
}

/** Since 2024/25 in browsers (ECMAScript 2026); by hand it takes 30 ms a MiB. */
interface IEncodes {
  toBase64?(): string;
}

/** base64 of bytes (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  const encoded = (bytes as IEncodes).toBase64?.();
  if (encoded !== undefined) {
    return encoded;
  }
  // Not one giant argument list.
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  }
  return btoa(parts.join(''));
}

export function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
}

/**
 * Rename over a target that may exist. The old file is put aside first and back
 * again when the rename fails.
 */
async function moveIntoPlace(
  contents: Contents.IManager,
  from: string,
  to: string,
  replace: boolean
): Promise<Contents.IModel> {
  if (!replace) {
    return contents.rename(from, to);
  }
  const aside = sibling(to, `.old-${randomSuffix()}`);
  await contents.rename(to, aside);
  let model: Contents.IModel;
  try {
    model = await contents.rename(from, to);
  } catch (error) {
    await contents.rename(aside, to);
    throw error;
  }
  await discard(contents, aside);
  return model;
}

async function discard(
  contents: Contents.IManager,
  path: string
): Promise<void> {
  try {
    await contents.delete(path);
  } catch (error) {
    // The first chunk may never have arrived; what counts is the first error.
    console.warn(`"${path}" could not be removed`, error);
  }
}

function sibling(path: string, suffix: string): string {
  return path.replace(/\/+$/, '') + suffix;
}

interface IEncoded {
  /** base64. */
  text: string;
  /** Bytes that it stands for. */
  size: number;
}

/**
 * Regroup a stream into chunks of `SAVE_CHUNK` bytes (the last may be smaller),
 * all in the same memory: a chunk is good until the next one is asked for.
 */
async function* inChunks(
  stream: AsyncIterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(SAVE_CHUNK);
  let size = 0;
  for await (const part of stream) {
    let at = 0;
    while (at < part.length) {
      const take = Math.min(SAVE_CHUNK - size, part.length - at);
      chunk.set(part.subarray(at, at + take), size);
      size += take;
      at += take;
      if (size === SAVE_CHUNK) {
        yield chunk;
        size = 0;
      }
    }
  }
  if (size) {
    yield chunk.subarray(0, size);
  }
}
