/**
 * Adding what is made as it is read, in constant memory and without a copy
 * aside: the page cuts it into blocks and sends them as archives, one after the
 * other, while the next is made. A browser can send no stream of unknown length
 * (not over HTTP/1.1), and would first keep all of it as a Blob.
 */
import type { CID } from 'multiformats/cid';

import { BlobContent } from '../content';
import type { IAdded, IIpfs } from '../tokens';
import { carHeader, carSectionHead } from './car';
import { IpfsCancelledError, throwIfCancelled } from './errors';
import {
  FileTree,
  folderTree,
  type IBlock,
  type ITree,
  LEAF,
  Leaves
} from './fileTree';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of an archive. */
const ARCHIVE = 8 * LEAF;
/** Archives that are sent at a time. */
const TOGETHER = 2;

export interface IStreamEntry {
  /** Its name in the folder, where there is one. */
  name: string;
  stream: AsyncIterable<Uint8Array>;
}

export interface IAddStreamsOptions {
  /** Put them into a folder, as the root; else there is one entry, the root. */
  folder: boolean;
  signal?: AbortSignal;
  /** Bytes that the engine has so far. */
  onProgress?: (bytes: number) => void;
}

export interface IAddedStreams {
  root: IAdded;
  /** In the order of the entries. */
  files: IAdded[];
}

/** `addStreams` with its engine. */
export type AddStreams = (
  entries: readonly IStreamEntry[],
  options: IAddStreamsOptions
) => Promise<IAddedStreams>;

/**
 * Add streams, one after the other; none is read before its turn. Their CIDs are
 * those of `add`. Nothing is pinned.
 *
 * @throws what the engine throws of archives, and the streams; IpfsError
 *   `cancelled`
 */
export async function addStreams(
  ipfs: Pick<IIpfs, 'car'>,
  entries: readonly IStreamEntry[],
  options: IAddStreamsOptions
): Promise<IAddedStreams> {
  const archives = new Archives(ipfs, options);
  const trees: ITree[] = [];
  try {
    for (const { stream } of entries) {
      trees.push(await addOne(archives, stream, options.signal));
    }
    const root = options.folder
      ? await folderTree(
          trees.map((tree, i) => ({ path: entries[i].name, tree })),
          block => archives.put(block)
        )
      : trees[0];
    await archives.end();
    return { root: added(root), files: trees.map(added) };
  } catch (error) {
    await archives.abandon();
    throw options.signal?.aborted
      ? new IpfsCancelledError({ cause: error })
      : error;
  }
}

const added = ({ cid, size }: ITree): IAdded => ({
  cid: cid.toString(),
  size
});

async function addOne(
  archives: Archives,
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined
): Promise<ITree> {
  const tree = new FileTree(block => archives.put(block));
  const leaves = new Leaves(tree, block => archives.put(block));
  // New memory for each leaf, though the archive copies it: it is what makes the
  // browser collect, and thereby let go of the archives that were sent, which are
  // Blobs, and of which it bears only so many (500 MiB without a disk).
  let leaf: Bytes = new Uint8Array(LEAF);
  let filled = 0;
  let any = false;
  for await (const part of stream) {
    throwIfCancelled(signal);
    let at = 0;
    while (at < part.length) {
      const take = Math.min(LEAF - filled, part.length - at);
      leaf.set(part.subarray(at, at + take), filled);
      filled += take;
      at += take;
      if (filled === LEAF) {
        await leaves.add(leaf);
        any = true;
        leaf = new Uint8Array(LEAF);
        filled = 0;
      }
    }
  }
  if (filled > 0 || !any) {
    await leaves.add(leaf.subarray(0, filled));
  }
  await leaves.end();
  return tree.root();
}

/** Blocks on their way to the engine. */
class Archives {
  constructor(
    private _ipfs: Pick<IIpfs, 'car'>,
    private _options: IAddStreamsOptions
  ) {}

  async put({ cid, bytes }: IBlock): Promise<void> {
    this._first ??= cid;
    this._parts.push(carSectionHead(cid, bytes.length), bytes);
    this._bytes += bytes.length;
    if (this._bytes >= ARCHIVE) {
      await this._send();
    }
  }

  async end(): Promise<void> {
    if (this._first) {
      await this._send();
    }
    while (this._sending.length) {
      await this._sending.shift();
    }
  }

  /** Nothing goes on behind the back of who was told of a failure. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this._sending);
  }

  private async _send(): Promise<void> {
    const { signal, onProgress } = this._options;
    // Kubo takes no archive without roots.
    const data = new Blob([carHeader([this._first!]), ...this._parts]);
    const bytes = this._bytes;
    this._parts = [];
    this._bytes = 0;
    this._first = null;
    const sent = this._ipfs.car
      .import(new BlobContent({ name: 'blocks.car', data }), { signal })
      .then(() => {
        this._sent += bytes;
        onProgress?.(this._sent);
      });
    // Looked at in its turn; until then a failure is no accident.
    sent.catch(() => undefined);
    this._sending.push(sent);
    if (this._sending.length > TOGETHER) {
      await this._sending.shift();
    }
  }

  private _bytes = 0;
  private _first: CID | null = null;
  private _parts: Bytes[] = [];
  private _sending: Promise<void>[] = [];
  private _sent = 0;
}
