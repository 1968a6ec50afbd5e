/**
 * Somebody who works on a folder of the drive, one thing after the other, and
 * remembers what was reported as done. After an accident, what is there must be
 * that, and of the one thing that was under way anything but a half.
 */
import { BlobContent, type IContent } from '../../content';
import { UploadBatch } from '../../drive/upload';
import type { IIpfsEngine, IMfsEntry } from '../../tokens';
import { IpfsError } from '../errors';
import { collect, noise, Profile } from './pageStores';

const MiB = 1024 * 1024;
/** How things end when the other side goes away. */
const ACCIDENTS = ['offline', 'incomplete', 'cancelled'];

/** Path below the folder to CID; null for folders. */
type Tree = Map<string, string | null>;

interface IDoing {
  what: string;
  after: Tree;
  /** Of these one must be there at any time. */
  oneOf?: string[];
  act: (signal: AbortSignal) => Promise<unknown>;
}

export interface ILaneOptions {
  engine: IIpfsEngine;
  /** MFS path. */
  folder: string;
  /** A random number below. */
  below: (limit: number) => number;
  /** Called at each report. */
  reported: () => void;
}

export class Lane {
  constructor(private _o: ILaneOptions) {}

  /** What was begun, and how it ended. */
  readonly log: string[] = [];

  /** What was not reported, and whether it was told to stop. */
  get under(): string | null {
    return this._doing && `${this._doing.what}${this._stopped ? ', told' : ''}`;
  }

  /** Work until something breaks or it is told to stop. */
  async work(signal: AbortSignal, most = Infinity): Promise<void> {
    for (let i = 0; i < most && !signal.aborted; i++) {
      const doing = await this._next();
      this._doing = doing;
      this.log.push(doing.what);
      try {
        await doing.act(signal);
      } catch (error) {
        const code = error instanceof IpfsError ? error.code : String(error);
        this.log.push(`  ${code}: ${String(error)}`);
        if (!ACCIDENTS.includes(code)) {
          throw new Error(`${doing.what}: ${code}: ${String(error)}`, {
            cause: error
          });
        }
        this._stopped = code === 'cancelled';
        return;
      }
      this._tree = doing.after;
      this._doing = null;
      this._o.reported();
    }
  }

  /**
   * What is wrong with what is there; takes it as it is from then on.
   *
   * @param engine - by which to look
   * @param broke - something broke, so that who was told to stop could not do so
   */
  async check(engine: IIpfsEngine, broke: boolean): Promise<string[]> {
    const found = await this._find(engine);
    const wrong: string[] = [];
    const before = this._tree;
    // Who was told to stop has nothing to show for it.
    const doing = this._stopped && !broke ? null : this._doing;
    const after = doing?.after ?? before;
    for (const path of new Set([
      ...before.keys(),
      ...after.keys(),
      ...found.keys()
    ])) {
      const is = found.get(path);
      if (is !== before.get(path) && is !== after.get(path)) {
        wrong.push(`${path} is ${is}, was ${before.get(path)}`);
      }
    }
    if (doing?.oneOf && !doing.oneOf.some(path => found.has(path))) {
      wrong.push(`${doing.oneOf.join(' and ')} are gone`);
    }
    for (const [path, cid] of found) {
      const bytes = cid === null ? null : this._bytes.get(cid);
      if (!cid || !bytes || this._read.has(cid)) {
        continue;
      }
      const file = `${this._o.folder}/${path}`;
      const read = await collect(engine.files.read(file));
      if (!read.equals(bytes)) {
        wrong.push(`${path} has other bytes`);
      }
      this._read.add(cid);
    }
    for (const cid of this._pins) {
      if (!(await engine.pins.has(cid))) {
        wrong.push(`${cid} is not pinned`);
      }
    }
    this._tree = found;
    this._doing = null;
    this._stopped = false;
    return wrong;
  }

  /** The tree as it is; empty where the folder itself never came to be. */
  private async _find(engine: IIpfsEngine): Promise<Tree> {
    const { folder } = this._o;
    const tree: Tree = new Map();
    const walk = async (path: string): Promise<void> => {
      let entries: IMfsEntry[];
      try {
        entries = await engine.files.ls(`${folder}${path && `/${path}`}`);
      } catch (error) {
        if (!path && (error as { code?: unknown }).code === 'not-found') {
          return;
        }
        throw error;
      }
      for (const { name, type, cid } of entries) {
        const child = path ? `${path}/${name}` : name;
        tree.set(child, type === 'directory' ? null : cid);
        if (type === 'directory') {
          await walk(child);
        }
      }
    };
    await walk('');
    return tree;
  }

  private async _next(): Promise<IDoing> {
    const { below } = this._o;
    const kinds = [
      'write',
      'write',
      'over',
      'copy',
      'move',
      'remove',
      'folder'
    ];
    const all = [...kinds, 'batch', 'archive', 'pin'] as const;
    const kind = all[below(all.length)];
    const files = [...this._tree].filter(([, cid]) => cid !== null);
    const some = files.length ? files[below(files.length)] : null;
    switch (kind) {
      case 'over':
        return this._write(some?.[0] ?? this._name());
      case 'copy':
        return some ? this._copy(...some) : this._write(this._name());
      case 'move':
        return some ? this._move(...some) : this._makeFolder();
      case 'remove':
        return this._tree.size ? this._remove() : this._makeFolder();
      case 'folder':
        return this._makeFolder();
      case 'batch':
        return this._batch();
      case 'archive':
        return this._archive();
      case 'pin':
        return this._pin();
      default:
        return this._write(this._name());
    }
  }

  private async _write(path: string): Promise<IDoing> {
    const content = await this._content('f');
    const after = new Map(this._tree).set(path, content.cid);
    return {
      what: `write ${path} ${content.size}`,
      after,
      act: signal => this._files.write(this._at(path), content, { signal })
    };
  }

  private _copy(from: string, cid: string | null): IDoing {
    const to = this._name();
    return {
      what: `copy ${from} ${to}`,
      after: new Map(this._tree).set(to, cid),
      act: () => this._files.cp(this._at(from), this._at(to))
    };
  }

  private _move(from: string, cid: string | null): IDoing {
    const to = this._name();
    const after = new Map(this._tree).set(to, cid);
    after.delete(from);
    return {
      what: `move ${from} ${to}`,
      after,
      oneOf: [from, to],
      act: () => this._files.mv(this._at(from), this._at(to))
    };
  }

  private _remove(): IDoing {
    const paths = [...this._tree.keys()];
    const path = paths[this._o.below(paths.length)];
    const rest = [...this._tree].filter(
      ([one]) => one !== path && !one.startsWith(`${path}/`)
    );
    return {
      what: `remove ${path}`,
      after: new Map(rest),
      act: () => this._files.rm(this._at(path), { recursive: true })
    };
  }

  private _makeFolder(): IDoing {
    const path = this._name();
    return {
      what: `folder ${path}`,
      after: new Map(this._tree).set(path, null),
      act: () => this._files.mkdir(this._at(path), { parents: true })
    };
  }

  /** Several files into a new folder, as the drive sends them. */
  private async _batch(): Promise<IDoing> {
    const folder = this._name();
    const after: Tree = new Map(this._tree).set(folder, null);
    const contents: IContent[] = [];
    for (let i = 0; i < 6; i++) {
      const content = await this._content(`${folder}/${i}`);
      contents.push(content);
      after.set(content.name, content.cid);
    }
    return {
      what: `batch ${folder}`,
      after,
      act: async signal => {
        const batch = new UploadBatch({
          ipfs: this._o.engine,
          folder: this._o.folder,
          contents,
          ask: async () => null
        });
        const cancel = (): void => batch.cancel();
        signal.addEventListener('abort', cancel);
        const done = await batch.run().finally(() => {
          signal.removeEventListener('abort', cancel);
        });
        const { failures } = batch;
        for (const { path } of done) {
          const name = path.slice(path.indexOf(folder));
          // Each is reported by itself.
          this._tree.set(folder, null).set(name, after.get(name)!);
        }
        if (failures.length) {
          throw failures[0].error;
        }
      }
    };
  }

  /** A folder of a page's node, handed over as an archive. */
  private async _archive(): Promise<IDoing> {
    const folder = this._name();
    const after: Tree = new Map(this._tree).set(folder, null);
    const page = new Profile().tab();
    const contents: IContent[] = [];
    for (const name of ['a', 'b']) {
      const content = await this._content(name);
      contents.push(content);
      after.set(`${folder}/${name}`, content.cid);
    }
    const { cid } = await page.addFolder(contents);
    const car = await collect(page.car.export(cid));
    await page.dispose();
    return {
      what: `archive ${folder} ${car.length}`,
      after,
      act: async signal => {
        const content = new BlobContent({ name: 'x.car', data: car });
        await this._o.engine.car.import(content, { signal });
        if (!signal.aborted) {
          await this._files.cp(`/ipfs/${cid}`, this._at(folder));
        } else {
          throw new IpfsError('cancelled', 'stopped before it had a place');
        }
      }
    };
  }

  private async _pin(): Promise<IDoing> {
    const content = await this._content('p');
    return {
      what: `pin ${content.cid}`,
      after: this._tree,
      act: async signal => {
        const { cid } = await this._o.engine.add(content, { signal });
        await this._o.engine.pins.add(cid, { signal });
        this._pins.add(cid);
      }
    };
  }

  /** Bytes that nobody had before, and what they are called. */
  private async _content(name: string): Promise<IContent & { cid: string }> {
    const { below } = this._o;
    const size = below(10) < 7 ? below(2000) : MiB + below(3 * MiB);
    const data = noise(size, below(2 ** 31));
    const page = new Profile().tab();
    const content = new BlobContent({ name, data });
    const { cid } = await page.add(content, { onlyHash: true });
    await page.dispose();
    this._bytes.set(cid, data);
    return Object.assign(new BlobContent({ name, data, cid }), { cid });
  }

  private _name(): string {
    return `n${this._count++}`;
  }

  private _at(path: string): string {
    return `${this._o.folder}/${path}`;
  }

  private get _files(): IIpfsEngine['files'] {
    return this._o.engine.files;
  }

  private _tree: Tree = new Map();
  private _doing: IDoing | null = null;
  private _stopped = false;
  private _bytes = new Map<string, Uint8Array>();
  private _read = new Set<string>();
  private _pins = new Set<string>();
  private _count = 0;
}
