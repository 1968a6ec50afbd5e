/**
 * The Mutable File System of the node in the page: immutable folders, and a
 * record that names the root. A change builds new folders and then replaces the
 * record (browserEdits.ts), so it happens wholly or not at all.
 */
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';

import type { IContent, IReadOptions } from '../content';
import type {
  IAdded,
  IAddOptions,
  IMfs,
  IMfsEntry,
  IMfsStat,
  IMfsWriteOptions
} from '../tokens';
import { Edits, type IEditParts } from './browserEdits';
import type { Whole } from './browserKept';
import { linkedSize } from './browserStore';
import { IpfsError, IpfsExistsError, IpfsNotFoundError } from './errors';
import { assertPath } from './mfs';
import {
  DAG_PB,
  listFolder,
  RAW,
  readFile,
  resolveNames,
  unixfsNode
} from './unixfs';

/** Blocks that are looked at together when a folder is listed. */
const TOGETHER = 16;

export interface IMfsParts extends IEditParts {
  /** Called before blocks of a content are written. */
  makeRoom: (content: IContent) => Promise<void>;
  add: (content: IContent, o: IAddOptions) => Promise<IAdded>;
  whole: Whole;
  /** Called when files reach a CID. */
  linked: (cid: CID) => Promise<void>;
}

export class PageMfs implements IMfs {
  constructor(private _parts: IMfsParts) {
    this._edits = new Edits(_parts);
  }

  /** The CID of the root folder. */
  root(): Promise<CID> {
    return this._edits.root();
  }

  async ls(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<IMfsEntry[]> {
    const { blocks } = this._parts;
    const folder = await this.find(path, options);
    const links = [];
    for await (const link of listFolder(folder, blocks, options)) {
      links.push(link);
    }
    const entries: IMfsEntry[] = [];
    for (let i = 0; i < links.length; i += TOGETHER) {
      const some = links.slice(i, i + TOGETHER).map(async link => {
        const cid = link.cid.toString();
        const { name } = link;
        if (link.cid.code === RAW) {
          return { name, cid, type: 'file' as const, size: link.size };
        }
        const node = unixfsNode(link.cid, await blocks.get(link.cid, options));
        return node.kind === 'directory' || node.kind === 'shard'
          ? { name, cid, type: 'directory' as const, size: 0 }
          : { name, cid, type: 'file' as const, size: sizeOf(node) };
      });
      entries.push(...(await Promise.all(some)));
    }
    return entries;
  }

  async stat(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<IMfsStat> {
    const cid = await this.find(path, options);
    const bytes = await this._parts.blocks.get(cid, options);
    const node = unixfsNode(cid, bytes);
    const links = cid.code === DAG_PB ? dagPb.decode(bytes) : null;
    const folder = node.kind === 'directory' || node.kind === 'shard';
    if (!path.startsWith('/ipfs/')) {
      this._parts.whole.reached(cid);
    }
    return {
      type: folder ? 'directory' : 'file',
      cid: cid.toString(),
      size: folder ? 0 : sizeOf(node),
      cumulativeSize: bytes.length + (links ? linkedSize(links) : 0),
      blocks: links?.Links.length ?? 0
    };
  }

  async mkdir(
    path: string,
    options: { parents?: boolean } = {}
  ): Promise<void> {
    assertPath(path);
    if (path === '/') {
      if (options.parents) {
        return;
      }
      throw new IpfsExistsError(path);
    }
    const names = namesOf(path);
    await this._change(async root => {
      const there = await this._edits.find(root, names);
      if (there) {
        if (options.parents && (await this._edits.isFolder(there))) {
          return root;
        }
        throw new IpfsExistsError(path);
      }
      return this._edits.put(
        root,
        names,
        await this._edits.emptyFolder(),
        options
      );
    });
  }

  async cp(
    from: string,
    to: string,
    options: { force?: boolean } = {}
  ): Promise<void> {
    assertPath(from);
    assertPath(to);
    await this._parts.guard.keep(async () => {
      const cid = await this.find(from);
      if (from.startsWith('/ipfs/')) {
        await this._parts.whole.ensure(cid);
      }
      await this._link(cid, to, options.force ?? false);
      await this._parts.linked(cid);
    });
  }

  async mv(from: string, to: string): Promise<void> {
    assertPath(from);
    assertPath(to);
    if (from === to) {
      return;
    }
    if (from === '/' || to.startsWith(`${from}/`)) {
      throw new IpfsError('refused', `${from} can't be moved into itself`);
    }
    await this._change(async root => {
      const source = namesOf(from);
      const target = namesOf(to);
      const moved = await this._edits.find(root, source);
      if (!moved) {
        throw new IpfsNotFoundError(from);
      }
      if (!target.length || (await this._edits.find(root, target))) {
        throw new IpfsExistsError(to);
      }
      const placed = await this._edits.put(root, target, moved);
      return this._edits.take(placed, source);
    });
  }

  async rm(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    assertPath(path);
    if (path === '/') {
      throw new IpfsError('refused', 'The root of the drive stays');
    }
    await this._change(async root => {
      const names = namesOf(path);
      const cid = await this._edits.find(root, names);
      if (!cid) {
        throw new IpfsNotFoundError(path);
      }
      if (!options.recursive && (await this._edits.isFolder(cid))) {
        for await (const entry of listFolder(cid, this._parts.blocks)) {
          throw new IpfsError(
            'not-empty',
            `${path} is not empty: it holds ${entry.name}`
          );
        }
      }
      return this._edits.take(root, names);
    });
  }

  /** Reads the file as it is when reading starts: later writes don't mix in. */
  async *read(
    path: string,
    options: IReadOptions = {}
  ): AsyncGenerator<Uint8Array> {
    const cid = await this.find(path, options);
    yield* readFile(cid, this._parts.blocks, options);
  }

  async write(
    path: string,
    content: IContent,
    options: IMfsWriteOptions = {}
  ): Promise<IAdded> {
    assertPath(path);
    await this._parts.makeRoom(content);
    return this._parts.guard.keep(async () => {
      const added = await this._parts.add(content, options);
      const cid = CID.parse(added.cid);
      // A single block without links: its bytes are the file's.
      const size = cid.code === RAW ? added.size : undefined;
      await this._link(cid, path, options.force ?? true, size);
      return added;
    });
  }

  /**
   * The CID behind an MFS path or `/ipfs/<cid>/…`.
   *
   * @throws IpfsNotFoundError
   */
  async find(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<CID> {
    assertPath(path);
    const names = namesOf(path);
    const { blocks } = this._parts;
    try {
      if (names[0] === 'ipfs' && names.length > 1) {
        const [, text, ...below] = names;
        return await resolveNames(parseCid(text), below, blocks, options);
      }
      const found = await this._edits.find(await this.root(), names);
      if (found) {
        return found;
      }
    } catch (error) {
      throw missingAt(path, error);
    }
    throw new IpfsNotFoundError(path);
  }

  /** Link a CID whose blocks are being kept. */
  private _link(
    cid: CID,
    to: string,
    force: boolean,
    size?: number
  ): Promise<void> {
    return this._edits.run(async root => {
      const names = namesOf(to);
      if (!names.length) {
        throw new IpfsExistsError(to);
      }
      const there = await this._edits.find(root, names);
      if (there && !force) {
        throw new IpfsExistsError(to);
      }
      if (there && (await this._edits.isFolder(there))) {
        throw new IpfsError('wrong-type', `${to} is a folder`);
      }
      return this._edits.put(root, names, cid, { size });
    });
  }

  private _change(edit: (root: CID) => Promise<CID>): Promise<void> {
    return this._parts.guard.keep(() => this._edits.run(edit));
  }

  private _edits: Edits;
}

/** @throws IpfsError `bad-name` */
export function parseCid(text: string): CID {
  try {
    return CID.parse(text);
  } catch (error) {
    throw new IpfsError('bad-name', `"${text}" is not a CID`, { cause: error });
  }
}

function namesOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

function sizeOf(node: ReturnType<typeof unixfsNode>): number {
  switch (node.kind) {
    case 'file':
      return node.size;
    case 'symlink':
      return new TextEncoder().encode(node.target).length;
    default:
      return 0;
  }
}

/** What people asked for is a path, not the CID that its folder was. */
function missingAt(path: string, error: unknown): unknown {
  return error instanceof IpfsNotFoundError
    ? new IpfsNotFoundError(path, { cause: error })
    : error;
}
