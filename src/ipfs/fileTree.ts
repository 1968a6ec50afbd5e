/**
 * The CIDs of files and folders, made in the page as their bytes pass by:
 * profile `unixfs-v1-2025` (IPIP-499: raw leaves of 1 MiB, 1024 links a node,
 * sha2-256, balanced), so that they are the ones of `ipfs add`.
 */
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { create } from 'multiformats/hashes/digest';

import { DAG_PB, RAW } from './unixfs';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of a leaf. */
export const LEAF = 1024 * 1024;
const MAX_LINKS = 1024;
const SHA2_256 = 0x12;
/** Leaves that are hashed at the same time, off the page's thread. */
const AHEAD = 4;
/** Entries up to which a folder is surely no HAMT (256 KiB of links). */
export const PLAIN_FOLDER = 1000;

/** One block with its CID. */
export interface IBlock {
  cid: CID;
  bytes: Bytes;
}

/** A file or folder by its root. */
export interface ITree {
  cid: CID;
  /** Bytes of the file; of a folder, of all files below. */
  size: number;
  /** Bytes of all blocks below, itself included: `Tsize` of a link to it. */
  total: number;
}

/** Told every node above the leaves as it is made. */
export type OnNode = (block: IBlock) => Promise<void> | void;

const cidOf = (code: number, digest: ArrayBuffer): CID =>
  CID.createV1(code, create(SHA2_256, new Uint8Array(digest)));

async function node(
  unixfs: UnixFS,
  links: { Name: string; Hash: CID; Tsize: number }[],
  onNode?: OnNode
): Promise<{ cid: CID; total: number }> {
  const bytes = dagPb.encode(
    dagPb.prepare({ Data: unixfs.marshal(), Links: links })
  ) as Bytes;
  const cid = cidOf(DAG_PB, await crypto.subtle.digest('SHA-256', bytes));
  await onNode?.({ cid, bytes });
  return {
    cid,
    total: links.reduce((sum, link) => sum + link.Tsize, bytes.length)
  };
}

/** A file's nodes, above leaves that come in order. */
export class FileTree {
  constructor(private _onNode?: OnNode) {}

  /** The next leaf. */
  async add(cid: CID, size: number): Promise<void> {
    await this._push(0, { cid, size, total: size });
  }

  /** The root; a file of one leaf is that leaf. */
  async root(): Promise<ITree> {
    for (let level = 0; ; level++) {
      const trees = this._levels[level];
      if (level === this._levels.length - 1) {
        return trees.length === 1 ? trees[0] : this._join(trees);
      }
      await this._push(level + 1, await this._join(trees));
    }
  }

  private async _push(level: number, tree: ITree): Promise<void> {
    const trees = (this._levels[level] ??= []);
    if (trees.length === MAX_LINKS) {
      const joined = await this._join(trees.splice(0));
      await this._push(level + 1, joined);
    }
    trees.push(tree);
  }

  private async _join(trees: readonly ITree[]): Promise<ITree> {
    const { cid, total } = await node(
      new UnixFS({
        type: 'file',
        blockSizes: trees.map(({ size }) => BigInt(size))
      }),
      trees.map(tree => ({ Name: '', Hash: tree.cid, Tsize: tree.total })),
      this._onNode
    );
    return {
      cid,
      total,
      size: trees.reduce((sum, { size }) => sum + size, 0)
    };
  }

  private _levels: ITree[][] = [];
}

/** Leaves on their way: hashed several at a time, taken in order. */
export class Leaves {
  /** @param onLeaf - told each leaf in order, once its CID is known */
  constructor(
    private _tree: FileTree,
    private _onLeaf?: (block: IBlock) => Promise<void> | void
  ) {}

  /**
   * A leaf. Its memory may be used again once this returned, unless `onLeaf`
   * needs it.
   */
  async add(bytes: Bytes): Promise<void> {
    const digest = crypto.subtle.digest('SHA-256', bytes);
    // Looked at in its turn; until then a failure is no accident.
    digest.catch(() => undefined);
    const held = this._onLeaf ? bytes : null;
    this._pending.push({ digest, size: bytes.length, bytes: held });
    if (this._pending.length >= AHEAD) {
      await this._settle();
    }
  }

  /** When all leaves are in the tree. */
  async end(): Promise<void> {
    while (this._pending.length) {
      await this._settle();
    }
  }

  private async _settle(): Promise<void> {
    const { digest, size, bytes } = this._pending.shift()!;
    const cid = cidOf(RAW, await digest);
    if (bytes) {
      await this._onLeaf?.({ cid, bytes });
    }
    await this._tree.add(cid, size);
  }

  private _pending: {
    digest: Promise<ArrayBuffer>;
    size: number;
    bytes: Bytes | null;
  }[] = [];
}

/** The CID of bytes as they pass by, in constant memory. */
export class FileHasher {
  constructor() {
    this._leaves = new Leaves(this._tree);
  }

  /** Bytes so far. */
  get size(): number {
    return this._size;
  }

  /** The next bytes, as many as there are; not used once this resolved. */
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    this._size += bytes.length;
    while (at < bytes.length) {
      if (this._filled === 0 && bytes.length - at >= LEAF) {
        await this._leaves.add(bytes.subarray(at, at + LEAF) as Bytes);
        at += LEAF;
        continue;
      }
      const take = Math.min(LEAF - this._filled, bytes.length - at);
      this._buffer.set(bytes.subarray(at, at + take), this._filled);
      this._filled += take;
      at += take;
      if (this._filled === LEAF) {
        this._filled = 0;
        await this._leaves.add(this._buffer);
      }
    }
  }

  /** What the bytes are; nothing can be written afterwards. */
  async end(): Promise<ITree> {
    if (this._filled > 0 || this._size === 0) {
      await this._leaves.add(this._buffer.subarray(0, this._filled));
    }
    await this._leaves.end();
    return this._tree.root();
  }

  private _buffer: Bytes = new Uint8Array(LEAF);
  private _filled = 0;
  private _size = 0;
  private _tree = new FileTree();
  private _leaves: Leaves;
}

/**
 * A folder of files that are known by their roots.
 *
 * @param files - relative POSIX paths, none of which is a folder of another; at
 *   most `PLAIN_FOLDER`
 */
export async function folderTree(
  files: readonly { path: string; tree: ITree }[],
  onNode?: OnNode
): Promise<ITree> {
  const entries = new Map<string, ITree>();
  const below = new Map<string, { path: string; tree: ITree }[]>();
  for (const { path, tree } of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      entries.set(path, tree);
      continue;
    }
    const folder = path.slice(0, slash);
    const rest = { path: path.slice(slash + 1), tree };
    below.set(folder, [...(below.get(folder) ?? []), rest]);
  }
  for (const [name, inside] of below) {
    entries.set(name, await folderTree(inside, onNode));
  }
  const { cid, total } = await node(
    new UnixFS({ type: 'directory' }),
    [...entries].map(([Name, tree]) => ({
      Name,
      Hash: tree.cid,
      Tsize: tree.total
    })),
    onNode
  );
  const size = [...entries.values()].reduce((sum, tree) => sum + tree.size, 0);
  return { cid, total, size };
}
