/**
 * Changes of the files of the page: new folders in place of old ones, up to a
 * new root. Changes that wait for each other are made in one go, and only the
 * folders of its end are written.
 */
import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import { Folders } from './browserFolders';
import {
  type Guard,
  linkedSize,
  PageBlocks,
  type Records
} from './browserStore';
import { IpfsNotFoundError } from './errors';
import { DAG_PB, RAW, unixfsNode } from './unixfs';

const ROOT = '/files/root';
/** Bytes of folders that are replaced before the old ones are swept away. */
const WASTE = 64 * 1024 * 1024;

export interface IEditParts {
  blocks: PageBlocks;
  records: Records;
  guard: Guard;
  /** Called after a change. */
  changed: () => void;
  /** Much lies there that nothing names any more. */
  wasted: () => void;
}

/** The folder after a change of it, or the same. */
type Edit = (root: CID) => Promise<CID>;

interface IWaiting {
  edit: Edit;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

export class Edits {
  constructor(private _parts: IEditParts) {
    this._staged = new StagedBlocks(_parts.blocks.raw);
    this._folders = new Folders(this._staged);
  }

  /** The CID of the root folder. */
  async root(): Promise<CID> {
    const { blocks, records } = this._parts;
    const text = await records.get<string>(ROOT);
    return text ? CID.parse(text) : (await new Folders(blocks).build([])).cid;
  }

  /**
   * Change the root: one change at a time, in all tabs. To be called while
   * blocks are kept. Rejects with what `edit` throws, and then changes nothing.
   */
  run(edit: Edit): Promise<void> {
    const done = new Promise<void>((resolve, reject) => {
      this._waiting.push({ edit, resolve, reject });
    });
    if (!this._running) {
      this._running = true;
      void this._work();
    }
    return done;
  }

  /** The CID at names below a folder, or null. */
  async find(folder: CID, names: readonly string[]): Promise<CID | null> {
    let cid: CID | null = folder;
    for (const name of names) {
      if (!cid) {
        break;
      }
      cid = await this._folders.child(cid, name);
    }
    return cid;
  }

  async isFolder(cid: CID): Promise<boolean> {
    if (cid.code === RAW) {
      return false;
    }
    const { kind } = unixfsNode(cid, await this._staged.get(cid));
    return kind === 'directory' || kind === 'shard';
  }

  async emptyFolder(): Promise<CID> {
    return (await this._folders.build([])).cid;
  }

  /**
   * The folder with a CID put at names below it.
   *
   * @param o.size - bytes of all blocks of `cid`, where known
   * @param o.parents - make the folders that lead there
   * @throws IpfsNotFoundError where a folder that leads there is missing
   */
  async put(
    folder: CID,
    [name, ...below]: readonly string[],
    cid: CID,
    o: { size?: number; parents?: boolean } = {}
  ): Promise<CID> {
    if (!below.length) {
      const size = o.size ?? (await this._bytesOf(cid));
      return this._folders.set(folder, { name, cid, size });
    }
    let next = await this._folders.child(folder, name);
    if (!next) {
      if (!o.parents) {
        throw new IpfsNotFoundError(name);
      }
      next = await this.emptyFolder();
    }
    const child = await this.put(next, below, cid, o);
    const size = await this._bytesOf(child);
    return this._folders.set(folder, { name, cid: child, size });
  }

  /** The folder without what is at names below it. */
  async take(folder: CID, [name, ...below]: readonly string[]): Promise<CID> {
    if (!below.length) {
      return this._folders.remove(folder, name);
    }
    const next = await this._folders.child(folder, name);
    if (!next) {
      throw new IpfsNotFoundError(name);
    }
    const cid = await this.take(next, below);
    const size = await this._bytesOf(cid);
    return this._folders.set(folder, { name, cid, size });
  }

  private async _work(): Promise<void> {
    while (this._waiting.length) {
      const done: IWaiting[] = [];
      try {
        const different = await this._parts.guard.alone(() =>
          this._change(done)
        );
        done.forEach(({ resolve }) => resolve());
        if (different) {
          this._parts.changed();
        }
      } catch (error) {
        // Nobody's change was kept; those that still wait have their own try,
        // unless there was no way to begin.
        const failed = done.length ? done : this._waiting.splice(0);
        failed.forEach(({ reject }) => reject(error));
      }
    }
    // In the same breath as the look at who waits: nobody comes in between.
    this._running = false;
  }

  private async _change(done: IWaiting[]): Promise<boolean> {
    const before = await this.root();
    let after = before;
    try {
      for (const one of this._waiting.splice(0)) {
        try {
          after = await one.edit(after);
          done.push(one);
        } catch (error) {
          one.reject(error);
        }
      }
      if (after.equals(before)) {
        return false;
      }
      this._wasted += await this._staged.keep(after);
    } finally {
      this._staged.drop();
    }
    await this._parts.records.set(ROOT, after.toString());
    if (this._wasted > WASTE) {
      this._wasted = 0;
      this._parts.wasted();
    }
    return true;
  }

  /** Bytes of a block and all that it links. */
  private async _bytesOf(cid: CID): Promise<number> {
    const bytes = await this._staged.get(cid);
    return (
      bytes.length + (cid.code === DAG_PB ? linkedSize(dagPb.decode(bytes)) : 0)
    );
  }

  private _staged: StagedBlocks;
  private _folders: Folders;
  private _waiting: IWaiting[] = [];
  private _running = false;
  private _wasted = 0;
}

interface IStaged {
  cid: CID;
  bytes: Uint8Array<ArrayBuffer>;
  links: readonly dagPb.PBLink[];
}

/** Folders that were built, and are not written yet. */
class StagedBlocks extends PageBlocks {
  async get(
    cid: CID,
    options?: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this._nodes.get(cid.toString())?.bytes ?? super.get(cid, options);
  }

  async putNode(node: dagPb.PBNode): Promise<{ cid: CID; size: number }> {
    const bytes = dagPb.encode(node) as Uint8Array<ArrayBuffer>;
    const cid = CID.createV1(dagPb.code, await sha256.digest(bytes));
    this._nodes.set(cid.toString(), { cid, bytes, links: node.Links });
    return { cid, size: bytes.length + linkedSize(node) };
  }

  /** Write those that a root reaches; how many bytes that took. */
  async keep(root: CID): Promise<number> {
    const writing: Promise<void>[] = [];
    let size = 0;
    const waiting = [root];
    const seen = new Set<string>();
    for (let cid = waiting.pop(); cid; cid = waiting.pop()) {
      const key = cid.toString();
      const node = this._nodes.get(key);
      if (!node || seen.has(key)) {
        continue;
      }
      seen.add(key);
      size += node.bytes.length;
      writing.push(this.put(node.cid, node.bytes));
      for (const { Hash } of node.links) {
        if (Hash.code === dagPb.code) {
          waiting.push(Hash);
        }
      }
    }
    await Promise.all(writing);
    return size;
  }

  drop(): void {
    this._nodes.clear();
  }

  private _nodes = new Map<string, IStaged>();
}
