/**
 * IPFS in memory, with Kubo's refusals: for the tests of the drive.
 */
import { createHash } from 'crypto';

import { Signal } from '@lumino/signaling';

import type { IContent } from '../../content';
import {
  IpfsCancelledError,
  IpfsError,
  IpfsExistsError,
  IpfsNotFoundError,
  IpfsOfflineError
} from '../../ipfs/errors';
import { assertName } from '../../ipfs/mfs';
import { Ipfs } from '../../ipfs/service';
import type {
  IAdded,
  IAddFolderOptions,
  IAddOptions,
  ICar,
  IIpfsEngine,
  IIpfsStatus,
  IMfs,
  IMfsEntry,
  IMfsStat
} from '../../tokens';

type Tree = Map<string, Tree | Uint8Array>;

const parts = (path: string): string[] => path.split('/').filter(Boolean);

export class FakeEngine implements IIpfsEngine {
  readonly kind = 'kubo' as const;
  readonly root: Tree = new Map();
  readonly calls: string[] = [];
  online = true;
  /** Called before what was added is linked, and before a file of a folder is added. */
  beforeLink: (path: string) => Promise<void> | void = () => undefined;
  status: IIpfsStatus = { state: 'online', endpoint: 'fake', managed: true };
  readonly statusChanged: Signal<IIpfsEngine, IIpfsStatus> = new Signal<
    IIpfsEngine,
    IIpfsStatus
  >(this);

  async refresh(): Promise<IIpfsStatus> {
    return this.status;
  }

  async add(content: IContent, o: IAddOptions = {}): Promise<IAdded> {
    this._call(`add ${content.name}`);
    const bytes = new Uint8Array(await (await content.blob()).arrayBuffer());
    o.onProgress?.(bytes.length);
    const cid = this._cid(bytes);
    this._blocks.set(cid, bytes);
    return { cid, size: bytes.length };
  }

  readonly names = null;

  readonly car: ICar = {
    export: () => {
      throw new Error('not needed here');
    },
    import: () => {
      throw new Error('not needed here');
    }
  };

  async addFolder(
    contents: IContent[],
    o: IAddFolderOptions = {}
  ): Promise<IAdded> {
    const root: Tree = new Map();
    const folderAt = (names: string[]): Tree =>
      names.reduce((folder, name) => {
        const next = (folder.get(name) as Tree | undefined) ?? new Map();
        folder.set(name, next);
        return next;
      }, root);
    o.folders?.forEach(path => folderAt(parts(path)));
    let sent = 0;
    for (const content of contents) {
      await this.beforeLink(content.name);
      if (o.signal?.aborted) {
        throw new IpfsCancelledError();
      }
      const before = sent;
      const added = await this.add(content, {
        onProgress: bytes => o.onProgress?.(before + bytes)
      });
      sent += added.size;
      o.onFile?.(content.name, added);
      const names = parts(content.name);
      const name = names.pop()!;
      folderAt(names).set(name, this._blocks.get(added.cid)!);
    }
    const cid = this._cid(root);
    this._blocks.set(cid, root);
    return { cid, size: sent };
  }

  block(): Promise<Uint8Array<ArrayBuffer>> {
    throw new Error('not needed here');
  }

  resolve(): Promise<string> {
    throw new Error('not needed here');
  }

  async *cat(path: string): AsyncGenerator<Uint8Array> {
    this._call(`cat ${path}`);
    const [root, ...names] = parts(path.replace(/^\/ipfs\//, ''));
    let block = this._blocks.get(root);
    for (const name of names) {
      block = block instanceof Map ? block.get(name) : undefined;
    }
    if (!(block instanceof Uint8Array)) {
      throw new IpfsNotFoundError(path);
    }
    yield block;
  }

  gatewayUrl(): null {
    return null;
  }

  async download(
    cid: string,
    { filename }: { filename: string }
  ): Promise<{ url: string; filename: string }> {
    const query = `filename=${encodeURIComponent(filename)}&download=true`;
    return { url: `gateway:${cid}?${query}`, filename };
  }

  readonly pins = {
    add: async () => undefined,
    rm: async () => undefined,
    has: async () => false
  };

  readonly files: IMfs = {
    ls: async path => {
      this._call(`ls ${path}`);
      const node = this._find(path);
      if (node instanceof Uint8Array) {
        throw new IpfsError('wrong-type', 'a file');
      }
      return [...node].map(([name, child]): IMfsEntry => {
        const { type, size, cid } = this._stat(child);
        return { name, type, size, cid };
      });
    },
    stat: async path => {
      this._call(`stat ${path}`);
      return this._stat(this._find(path));
    },
    mkdir: async (path, o = {}) => {
      this._call(`mkdir ${path}`);
      let folder = this.root;
      const names = parts(path);
      for (const [i, name] of names.entries()) {
        const child = folder.get(name);
        if (i === names.length - 1 && child && !o.parents) {
          throw new IpfsExistsError(path);
        }
        if (i < names.length - 1 && !child && !o.parents) {
          throw new IpfsNotFoundError(path);
        }
        const next = child ?? new Map();
        if (next instanceof Uint8Array) {
          throw new IpfsExistsError(path);
        }
        folder.set(name, next);
        folder = next;
      }
    },
    cp: async (from, to, o) => {
      if (from.startsWith('/ipfs/')) {
        await this.beforeLink(to);
      }
      this._link(from, to, o);
    },
    mv: async (from, to) => {
      this._call(`mv ${from} ${to}`);
      const node = this._find(from);
      const [folder, name] = this._parent(to);
      if (folder.has(name)) {
        throw new IpfsExistsError(to);
      }
      const [old, oldName] = this._parent(from);
      old.delete(oldName);
      folder.set(name, node);
    },
    rm: async path => {
      this._call(`rm ${path}`);
      this._find(path);
      const [folder, name] = this._parent(path);
      folder.delete(name);
    },
    read: () => {
      throw new Error('not needed here');
    },
    write: async (path, content, o = {}) => {
      const added = await this.add(content, o);
      await this.beforeLink(path);
      if (o.signal?.aborted) {
        throw new IpfsCancelledError();
      }
      this._link(`/ipfs/${added.cid}`, path, { force: true });
      return added;
    }
  };

  /** All files below the root with their text, hidden ones included. */
  tree(folder: Tree = this.root, prefix = ''): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [name, node] of folder) {
      if (node instanceof Map) {
        found[`${prefix}${name}/`] = '';
        Object.assign(found, this.tree(node, `${prefix}${name}/`));
      } else {
        found[prefix + name] = new TextDecoder().decode(node);
      }
    }
    return found;
  }

  private _link(
    from: string,
    to: string,
    options: { force?: boolean } = {}
  ): void {
    this._call(`cp ${from} ${to}`);
    const node = from.startsWith('/ipfs/')
      ? this._blocks.get(from.slice(6))
      : this._find(from);
    if (!node) {
      throw new IpfsNotFoundError(from);
    }
    const [folder, name] = this._parent(to);
    const there = folder.get(name);
    if (there && (!options.force || there instanceof Map)) {
      throw new IpfsExistsError(to);
    }
    folder.set(name, clone(node));
  }

  private _call(what: string): void {
    this.calls.push(what);
    if (!this.online) {
      throw new IpfsOfflineError('fake', 'switched off');
    }
  }

  private _find(path: string): Tree | Uint8Array {
    let node: Tree | Uint8Array | undefined = this.root;
    for (const name of parts(path)) {
      assertName(name);
      node = node instanceof Map ? node.get(name) : undefined;
      if (!node) {
        throw new IpfsNotFoundError(path);
      }
    }
    return node;
  }

  private _parent(path: string): [Tree, string] {
    const names = parts(path);
    const name = names.pop()!;
    assertName(name);
    const folder = this._find(names.join('/'));
    if (folder instanceof Uint8Array) {
      throw new IpfsError('wrong-type', 'not a directory');
    }
    return [folder, name];
  }

  private _stat(node: Tree | Uint8Array): IMfsStat {
    const cid = this._cid(node);
    this._blocks.set(cid, node);
    const size = node instanceof Map ? 0 : node.length;
    return {
      type: node instanceof Map ? 'directory' : 'file',
      cid,
      size,
      cumulativeSize: size,
      blocks: 0
    };
  }

  private _cid(node: Tree | Uint8Array): string {
    const hash = createHash('sha256');
    if (node instanceof Map) {
      for (const [name, child] of [...node].sort()) {
        hash.update(`${name}\0${this._cid(child)}\n`);
      }
      return `dir${hash.digest('hex').slice(0, 20)}`;
    }
    return `cid${hash.update(node).digest('hex').slice(0, 20)}`;
  }

  private _blocks = new Map<string, Tree | Uint8Array>();
}

function clone(node: Tree | Uint8Array): Tree | Uint8Array {
  return node instanceof Map
    ? new Map([...node].map(([name, child]) => [name, clone(child)]))
    : node;
}

export function fakeIpfs(): { engine: FakeEngine; ipfs: Ipfs } {
  const engine = new FakeEngine();
  return { engine, ipfs: new Ipfs(engine) };
}
