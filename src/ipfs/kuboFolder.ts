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
import {
  assertReadable,
  Forms,
  formOf,
  readAll,
  readChosen,
  unreadable
} from './manyFiles';
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
    const names =
      batch.length === 1
        ? ['file']
        : batch.map((_, i) => `${Math.floor(i / TOGETHER)}/${i}`);
    const body = await this._body(batch, blobs, names, sizes);
    let total = sumOf(sizes) ?? Infinity;
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

  /** The request of a batch, with the sizes that its reading shows. */
  private async _body(
    batch: readonly IContent[],
    blobs: readonly Blob[],
    names: readonly string[],
    sizes: (number | null)[]
  ): Promise<Blob | FormData> {
    if (batch.length === 1) {
      return formOf(blobs, names);
    }
    const parts = await this._inTurn(() =>
      batch.every(({ file }) => file)
        ? readChosen(batch, this._signal)
        : readAll(batch, blobs)
    );
    for (const [i, part] of parts.entries()) {
      if (part instanceof Uint8Array) {
        sizes[i] = part.length;
      }
    }
    return this._forms.body(parts, names);
  }

  /** Reading two at a time takes twice as long, and nothing is sent meanwhile. */
  private _inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this._turn.then(action);
    this._turn = turn.catch(() => undefined);
    return turn;
  }

  private _turn: Promise<unknown> = Promise.resolve();
  private _forms = new Forms();
  private _sent = 0;
}

/** Null where one of them is not known. */
function sumOf(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>(
    (sum, size) => (sum === null || size === null ? null : sum + size),
    0
  );
}
