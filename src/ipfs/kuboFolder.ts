/**
 * A folder for a Kubo node, however many files it has: small files travel many
 * to a request, which the browser reads itself where they were chosen, and the
 * page where not; the folders themselves are built here and sent as one archive.
 * Asking per file takes a browser and a node several times as long as storing
 * them.
 */
import { CID } from 'multiformats/cid';

import type { IContent } from '../content';
import type { IAdded, IAddFolderOptions } from '../tokens';
import { PageBlocks } from './browserStore';
import { Folders } from './browserFolders';
import { grow, mapped, treeOf } from './browserTree';
import { carHeader, carSection } from './car';
import {
  IpfsCancelledError,
  IpfsError,
  IpfsOfflineError,
  isCancelled,
  throwIfCancelled
} from './errors';
import type { KuboRpc, RpcQuery } from './rpc';
import type { IUnixfsLink } from './unixfs';

/** Bytes up to which a file travels with others, in one request of its own above. */
const SMALL = 1024 * 1024;
/**
 * Most files of a request. A browser opens chosen ones all at once, and stops
 * the page while it looks at each.
 */
const BATCH_FILES = 256;
/** Most bytes of it: what is in the page at a time, twice. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Files of a request that Kubo puts into one folder: more slow it down. */
const TOGETHER = 64;
/** Requests at a time: one is read while the others are stored. */
const PARALLEL = 3;

/** What Kubo tells of a file that it added. */
interface IStored {
  cid: string;
  /** Bytes of its blocks. */
  size: number;
}

/**
 * Add contents as one folder wrapped in a root.
 *
 * @param query - of `add`, for each of the requests
 * @throws IpfsError `bad-name`; `failed` for a file that can't be read
 */
export async function addFolder(
  rpc: KuboRpc,
  query: RpcQuery,
  contents: readonly IContent[],
  options: IAddFolderOptions
): Promise<IAdded> {
  const { signal, onlyHash, onFile } = options;
  const tree = treeOf(contents, options.folders);
  const stop = new AbortController();
  const sending = new Sending(
    rpc,
    query,
    signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    options.onProgress
  );
  const links = new Map<IContent, IUnixfsLink>();
  try {
    await mapped(
      batchesOf(contents),
      async batch => {
        try {
          const stored = await sending.send(batch);
          for (const [i, content] of batch.entries()) {
            const { cid, size, bytes } = stored[i];
            const { name } = content;
            links.set(content, { name, cid: CID.parse(cid), size });
            onFile?.(name, { cid, size: bytes });
          }
        } catch (error) {
          // The other one need not go on.
          stop.abort();
          throw error;
        }
      },
      PARALLEL
    );
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  }

  const blocks = new NewBlocks();
  const root = await grow(
    tree,
    async content => links.get(content)!,
    new Folders(blocks)
  );
  if (!onlyHash) {
    await importFolders(rpc, root.cid, blocks, contents.length, signal);
  }
  return { cid: root.cid.toString(), size: root.size };
}

/** The folders of one upload, each once. */
class NewBlocks extends PageBlocks {
  constructor() {
    // Nothing is read that was not put there: no store is behind it.
    super({} as PageBlocks['raw']);
  }

  readonly sections = new Map<string, Uint8Array<ArrayBuffer>>();

  async put(cid: CID, bytes: Uint8Array): Promise<void> {
    this.sections.set(cid.toString(), carSection(cid, bytes));
  }
}

async function importFolders(
  rpc: KuboRpc,
  root: CID,
  blocks: NewBlocks,
  files: number,
  signal: AbortSignal | undefined
): Promise<void> {
  const form = new FormData();
  form.append(
    'file',
    new Blob([carHeader([root]), ...blocks.sections.values()]),
    'file'
  );
  const subject = `${files} files`;
  const events = await rpc.upload('dag/import', form, {
    query: { 'pin-roots': false, stats: true },
    subject,
    signal
  });
  const taken = events
    .map(({ Stats }) => (Stats as { BlockCount?: number })?.BlockCount)
    .find(count => count !== undefined);
  if (taken !== blocks.sections.size) {
    throw new IpfsError(
      'incomplete',
      `${subject}: the node took ${taken ?? 'none'} of ${blocks.sections.size} folders`
    );
  }
}

/** Small files together, in the order given; each large one by itself. */
function batchesOf(contents: readonly IContent[]): IContent[][] {
  const batches: IContent[][] = [];
  let open: IContent[] = [];
  let bytes = 0;
  for (const content of contents) {
    // The page holds nothing of a chosen file, however large it is.
    const size = content.size ?? (content.file ? 0 : Infinity);
    if (size > SMALL) {
      batches.push([content]);
      continue;
    }
    if (open.length === BATCH_FILES || bytes + size > BATCH_BYTES) {
      open = [];
    }
    if (!open.length) {
      batches.push(open);
      bytes = 0;
    }
    open.push(content);
    bytes += size;
  }
  return batches;
}

class Sending {
  constructor(
    private _rpc: KuboRpc,
    private _query: RpcQuery,
    private _signal: AbortSignal,
    private _onProgress: ((bytes: number) => void) | undefined
  ) {}

  /** What each of the files is now, and its bytes. */
  async send(
    batch: readonly IContent[]
  ): Promise<(IStored & { bytes: number })[]> {
    const signal = this._signal;
    const blobs: Blob[] = [];
    for (const content of batch) {
      throwIfCancelled(signal);
      try {
        blobs.push(await content.blob({ signal }));
      } catch (error) {
        throw isCancelled(error)
          ? new IpfsCancelledError({ cause: error })
          : error;
      }
    }
    // Asked of the content: a browser looks the size of a file up on the disk.
    const sizes = batch.map(
      ({ size, file }, i) => size ?? (file ? null : blobs[i].size)
    );
    let total = sumOf(sizes) ?? Infinity;
    const names =
      batch.length === 1
        ? ['file']
        : batch.map((_, i) => `${Math.floor(i / TOGETHER)}/${i}`);
    const body =
      batch.length === 1 || batch.every(({ file }) => file)
        ? formOf(blobs, names)
        : await this._inTurn(() => bodyOf(batch, blobs, names));
    let sent = 0;
    const tell = (bytes: number): void => {
      // Without the framing of the form.
      const now = Math.min(bytes, total);
      this._sent += now - sent;
      sent = now;
      this._onProgress?.(this._sent);
    };
    const subject =
      batch.length === 1 ? batch[0].name : `${batch.length} files`;
    let events: Record<string, unknown>[];
    try {
      events = await this._rpc.upload('add', body, {
        query: this._query,
        signal,
        subject,
        onProgress: tell
      });
    } catch (error) {
      // A browser tells no difference between a file and a node that is gone.
      if (error instanceof IpfsOfflineError) {
        await assertReadable(batch, blobs);
      }
      throw error;
    }
    const stored = new Map<unknown, IStored>();
    for (const { Name, Hash, Size } of events) {
      if (typeof Hash === 'string' && Size !== undefined) {
        stored.set(Name, { cid: Hash, size: Number(Size) });
      }
    }
    const all = batch.map(({ name, file, size }, i) => {
      const one = stored.get(names[i]);
      if (!one) {
        throw new IpfsError(
          'incomplete',
          `${name}: the node did not say what it added`
        );
      }
      if (file && size !== null && size <= SMALL && one.size !== size) {
        throw unreadable(name, new Error('it has changed'));
      }
      // A small file is one block, and nothing else.
      const bytes = sizes[i] ?? (one.size <= SMALL ? one.size : blobs[i].size);
      return { ...one, bytes };
    });
    total = all.reduce((sum, { bytes }) => sum + bytes, 0);
    tell(total);
    return all;
  }

  /** Reading two at a time takes twice as long, and nothing is sent meanwhile. */
  private _inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this._turn.then(action);
    this._turn = turn.catch(() => undefined);
    return turn;
  }

  private _turn: Promise<unknown> = Promise.resolve();
  private _sent = 0;
}

/** Files that the browser streams from disk by itself. */
function formOf(blobs: readonly Blob[], names: readonly string[]): FormData {
  const form = new FormData();
  for (const [i, blob] of blobs.entries()) {
    form.append('file', blob, names[i]);
  }
  return form;
}

/**
 * The body of a form with many small contents that are in the page or come by
 * it, read in one go: it takes half as long as a form that holds each.
 */
async function bodyOf(
  batch: readonly IContent[],
  blobs: readonly Blob[],
  names: readonly string[]
): Promise<Blob> {
  const sizes = batch.map(({ size }, i) => size ?? blobs[i].size);
  const bytes = await readAll(batch, blobs, sizes);
  const boundary = `web3${crypto.randomUUID().replaceAll('-', '')}`;
  // All heads together, then one copy: a Blob of many parts takes long to make.
  const heads = names.map(
    (name, i) =>
      `${i ? '\r\n' : ''}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${encodeURIComponent(name)}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  );
  heads.push(`\r\n--${boundary}--\r\n`);
  // ASCII: a letter is a byte.
  const framing = new TextEncoder().encode(heads.join(''));
  const body = new Uint8Array(framing.length + bytes.length);
  let [at, head, part] = [0, 0, 0];
  for (let i = 0; i < heads.length; i++) {
    const next = head + heads[i].length;
    body.set(framing.subarray(head, next), at);
    at += next - head;
    head = next;
    if (i < sizes.length) {
      const end = part + sizes[i];
      body.set(bytes.subarray(part, end), at);
      at += end - part;
      part = end;
    }
  }
  return new Blob([body], {
    type: `multipart/form-data; boundary=${boundary}`
  });
}

/** @throws IpfsError `failed`, which names the file that can't be read */
async function readAll(
  batch: readonly IContent[],
  blobs: readonly Blob[],
  sizes: readonly number[]
): Promise<Uint8Array<ArrayBuffer>> {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let cause: unknown;
  try {
    const bytes = new Uint8Array(await new Blob([...blobs]).arrayBuffer());
    if (bytes.length === total) {
      return bytes;
    }
  } catch (error) {
    cause = error;
  }
  await assertReadable(batch, blobs);
  throw unreadable(batch[0].name, cause);
}

/** @throws IpfsError `failed`, which names the first file that can't be read */
async function assertReadable(
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

/** Not by a slice: of a file that is gone it is empty, and no error. */
async function readStart(blob: Blob): Promise<void> {
  const reader = blob.stream().getReader();
  try {
    await reader.read();
  } finally {
    await reader.cancel();
  }
}

/** Null where one of them is not known. */
function sumOf(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>(
    (sum, size) => (sum === null || size === null ? null : sum + size),
    0
  );
}

function unreadable(name: string, cause: unknown): IpfsError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new IpfsError('failed', `"${name}" can't be read${why}`, { cause });
}
