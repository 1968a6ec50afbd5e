import type { Contents } from '@jupyterlab/services';

/**
 * Content: the only thing that notebook, drive, publish and market hand each
 * other. A named stream of bytes that can be read again, and where it came from.
 */

/** Where a content came from, as far as Lab knows. */
export interface IContentSource {
  kind: 'file' | 'notebook' | 'output' | 'upload' | 'asset';
  /** Contents path (with drive prefix) of the file or notebook. */
  path?: string;
  /** Index of the cell, counted from 0. */
  cell?: number;
  /** nbformat id of the cell. */
  cellId?: string;
  /** Index of the output in its cell, counted from 0. */
  output?: number;
}

export interface IReadOptions {
  /** First byte, counted from 0. */
  offset?: number;
  /** Bytes to read; everything that is left by default. */
  length?: number;
  signal?: AbortSignal;
  /**
   * The reader needs a piece only until it asks for the next one: large pieces
   * may come, in the same memory again and again. A piece of memory each leaves
   * hundreds of megabytes to be collected.
   */
  passing?: boolean;
}

export interface IContent {
  /**
   * File name; in a folder the POSIX path relative to that folder, without a
   * leading slash. Never encoded.
   */
  readonly name: string;
  /** Media type (RFC 6838), `application/octet-stream` when unknown. */
  readonly mediaType: string;
  /** Bytes, or null where only reading tells. */
  readonly size: number | null;
  readonly source: IContentSource | null;
  /** The CID, where the content is already on IPFS. */
  readonly cid?: string;
  /** What a person chose, which browsers send without reading it into the page. */
  readonly file?: File;
  /**
   * False for what is gone after a reload (an output, a dropped file): who
   * needs it later has to keep the bytes.
   */
  readonly durable: boolean;
  /** Read it, as often as wanted. */
  stream(options?: IReadOptions): AsyncIterable<Uint8Array>;
  /**
   * As a Blob, for uploads that the browser streams itself: a `File` is handed
   * on as it is and never read into the page.
   */
  blob(options?: { signal?: AbortSignal }): Promise<Blob>;
}

async function* readBlob(
  blob: Blob,
  options: IReadOptions = {}
): AsyncGenerator<Uint8Array> {
  const start = options.offset ?? 0;
  const end = options.length === undefined ? blob.size : start + options.length;
  const stream = blob.slice(start, end).stream();
  yield* options.passing
    ? largePieces(stream, options.signal)
    : pieces(stream, options.signal);
}

/**
 * Readers in use. A browser may collect a stream that nothing but its own pending
 * read refers to, and that read then never ends (seen in Chromium with the streams
 * of Blobs): here they are referred to.
 */
const reading = new Set<object>();

/** The pieces of a stream as they come; who stops early lets go of the rest. */
export async function* pieces(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal
): AsyncGenerator<Uint8Array> {
  // Safari can't iterate a stream by itself.
  const reader = stream.getReader();
  reading.add(reader);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    await letGo(reader);
    reading.delete(reader);
  }
}

/** No-op for a stream that was read to its end; else tells its source to stop. */
async function letGo(reader: { cancel(): Promise<void> }): Promise<void> {
  await reader.cancel().catch((reason: unknown) => {
    // A stream that broke refuses to be cancelled: it has ended already.
    void reason;
  });
}

const LARGE = 1024 * 1024;

/**
 * The bytes of a stream in pieces of 1 MiB, the last one smaller, in two pieces
 * of memory in turn: the next one is read while one is looked at, which is good
 * until then only.
 */
export async function* largePieces(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = bytesReader(stream);
  reading.add(reader);
  const memory = [new ArrayBuffer(LARGE), new ArrayBuffer(LARGE)];
  const fill = async (): Promise<Uint8Array<ArrayBuffer>> => {
    let buffer = memory.pop()!;
    let filled = 0;
    while (filled < LARGE) {
      const { value, done } = await reader.read(
        new Uint8Array(buffer, filled, LARGE - filled)
      );
      if (value) {
        // What was given is elsewhere now.
        buffer = value.buffer;
        filled += value.length;
      }
      if (done) {
        break;
      }
    }
    return new Uint8Array(buffer, 0, filled);
  };
  let next: Promise<Uint8Array<ArrayBuffer>> | null = fill();
  try {
    while (next) {
      signal?.throwIfAborted();
      const piece: Uint8Array<ArrayBuffer> = await next;
      next = piece.length === LARGE ? fill() : null;
      // Looked at in its turn; until then a failure is no accident.
      next?.catch(() => undefined);
      if (piece.length) {
        yield piece;
      }
      memory.push(piece.buffer);
    }
  } finally {
    await letGo(reader);
    reading.delete(reader);
  }
}

interface IBytesReader {
  read(view: Uint8Array<ArrayBuffer>): Promise<{
    done: boolean;
    value?: Uint8Array<ArrayBuffer>;
  }>;
  cancel(): Promise<void>;
}

/** Reads into memory that it is given, where the stream can do that. */
function bytesReader(stream: ReadableStream<Uint8Array>): IBytesReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    // Not a stream of bytes: some browsers' streams of files, and made ones.
    return copyingReader(stream.getReader());
  }
  return {
    read: async view => {
      const { done, value } = await reader.read(view);
      return { done, value: value as Uint8Array<ArrayBuffer> | undefined };
    },
    cancel: () => reader.cancel()
  };
}

function copyingReader(
  reader: ReadableStreamDefaultReader<Uint8Array>
): IBytesReader {
  let rest = new Uint8Array(0);
  return {
    read: async view => {
      if (!rest.length) {
        const { done, value } = await reader.read();
        if (done) {
          return { done: true };
        }
        rest = value as Uint8Array<ArrayBuffer>;
      }
      const taken = rest.subarray(0, view.length);
      rest = rest.subarray(taken.length);
      view.set(taken);
      return { done: false, value: view.subarray(0, taken.length) };
    },
    cancel: () => reader.cancel()
  };
}

/** Content held by a Blob or a File, a string or bytes. */
export class BlobContent implements IContent {
  constructor(options: BlobContent.IOptions) {
    this.name = options.name;
    this.mediaType =
      options.mediaType ||
      (options.data instanceof Blob && options.data.type) ||
      'application/octet-stream';
    this._blob =
      options.data instanceof Blob
        ? options.data
        : new Blob([options.data as BlobPart], { type: this.mediaType });
    this.size = this._blob.size;
    this.file = this._blob instanceof File ? this._blob : undefined;
    this.source = options.source ?? null;
    this.cid = options.cid;
  }

  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  readonly source: IContentSource | null;
  readonly cid?: string;
  readonly file?: File;
  readonly durable = false;

  stream(options?: IReadOptions): AsyncIterable<Uint8Array> {
    return readBlob(this._blob, options);
  }

  async blob(): Promise<Blob> {
    return this._blob;
  }

  private _blob: Blob;
}

export namespace BlobContent {
  export interface IOptions {
    name: string;
    data: Blob | string | Uint8Array;
    mediaType?: string;
    source?: IContentSource | null;
    cid?: string;
  }
}

/**
 * Content behind a URL of our own server (a workspace file's `/files/…`, or a
 * drive file through the gateway route). Read again at each use.
 */
export class FetchContent implements IContent {
  constructor(private _options: FetchContent.IOptions) {
    this.name = _options.name;
    this.mediaType = _options.mediaType || 'application/octet-stream';
    this.size = _options.size ?? null;
    this.source = _options.source ?? null;
    this.cid = _options.cid;
  }

  readonly name: string;
  readonly mediaType: string;
  readonly size: number | null;
  readonly source: IContentSource | null;
  readonly cid?: string;
  readonly durable = true;

  async *stream(options: IReadOptions = {}): AsyncGenerator<Uint8Array> {
    const response = await this._options.fetch({ signal: options.signal });
    if (!response.ok) {
      throw new ContentUnreadableError(this.name, response.status);
    }
    if (!response.body) {
      return;
    }
    if (options.passing && !options.offset && options.length === undefined) {
      yield* largePieces(response.body, options.signal);
      return;
    }
    let skip = options.offset ?? 0;
    let left = options.length ?? Infinity;
    const reader = response.body.getReader();
    try {
      while (left > 0) {
        const { done, value } = await reader.read();
        if (done) {
          return;
        }
        if (skip >= value.length) {
          skip -= value.length;
          continue;
        }
        const part = value.subarray(skip, Math.min(value.length, skip + left));
        skip = 0;
        left -= part.length;
        yield part;
      }
    } finally {
      await reader.cancel();
    }
  }

  async blob(options: { signal?: AbortSignal } = {}): Promise<Blob> {
    const response = await this._options.fetch(options);
    if (!response.ok) {
      throw new ContentUnreadableError(this.name, response.status);
    }
    return response.blob();
  }
}

export namespace FetchContent {
  export interface IOptions {
    name: string;
    fetch: (init: { signal?: AbortSignal }) => Promise<Response>;
    mediaType?: string;
    size?: number | null;
    source?: IContentSource | null;
    cid?: string;
  }
}

/**
 * The contents at a contents path of any drive: one for a file, one a file (with
 * its path below the folder as name) for a folder, in the order of a listing.
 *
 * @param manager - Jupyter's contents manager
 * @param path - contents path, with drive prefix
 * @param fetcher - fetch() with the credentials of `manager`
 */
export async function contentsAt(
  manager: Contents.IManager,
  path: string,
  fetcher: (url: string, init: { signal?: AbortSignal }) => Promise<Response>
): Promise<IContent[]> {
  // Jupyter's own drive fails when it is asked for the hash of a folder.
  const hash = manager.driveName(path) === 'ipfs';
  const root = await manager.get(path, { content: false, hash });
  const found: IContent[] = [];
  const add = (model: Contents.IModel, name: string): void => {
    found.push(
      new FetchContent({
        name,
        mediaType: model.mimetype || undefined,
        size: model.size ?? null,
        source: { kind: 'file', path: model.path },
        // On the IPFS drive the hash of an entry is its CID.
        cid: manager.driveName(model.path) === 'ipfs' ? model.hash : undefined,
        fetch: async init => {
          const url = await manager.getDownloadUrl(model.path);
          // What the page itself keeps has no address at the server.
          return url.startsWith('blob:')
            ? fetch(url, init)
            : fetcher(url, init);
        }
      })
    );
  };
  const walk = async (folder: string, prefix: string): Promise<void> => {
    const model = await manager.get(folder, {
      content: true,
      type: 'directory'
    });
    for (const child of model.content as Contents.IModel[]) {
      if (child.type === 'directory') {
        await walk(child.path, `${prefix}${child.name}/`);
      } else {
        add(child, prefix + child.name);
      }
    }
  };
  if (root.type === 'directory') {
    await walk(path, '');
  } else {
    add(root, root.name);
  }
  return found;
}

/** A content that can't be read (any more). */
export class ContentUnreadableError extends Error {
  constructor(
    readonly contentName: string,
    readonly status: number
  ) {
    super(`"${contentName}" can't be read (HTTP ${status})`);
    this.name = 'ContentUnreadableError';
  }
}
