/** @jest-environment node */
/** The node in the page under random operations, and when its tab is closed. */
import { BaseBlockstore, MemoryBlockstore } from 'blockstore-core';
import type { CID } from 'multiformats/cid';

import { BlobContent, type IContent } from '../../content';
import { IpfsError } from '../errors';
import { collect, noise, Profile, random } from './pageStores';

const MiB = 1024 * 1024;

const content = (name: string, data: Uint8Array | string): IContent =>
  new BlobContent({ name, data });

/** Stops for good after some writes, as a tab that is closed. */
class Mortal extends BaseBlockstore {
  constructor(
    private _inner: MemoryBlockstore,
    private _writes: number
  ) {
    super();
  }
  async put(key: CID, block: Uint8Array): Promise<CID> {
    if (this._writes-- <= 0) {
      // Neither done nor failed: whoever waits waits for ever.
      return new Promise(() => undefined);
    }
    return this._inner.put(key, block);
  }
  get = (key: CID) => this._inner.get(key);
  has = (key: CID) => this._inner.has(key);
  delete = (key: CID) => this._inner.delete(key);
  getAll = () => this._inner.getAll();
}

const MOMENTS = process.env.WEB3_LONG ? 200 : 12;

test('a tab that is closed at any moment loses nothing that was reported', async () => {
  const below = random(4711);
  for (let n = 0; n < MOMENTS; n++) {
    const kept = new MemoryBlockstore();
    const moment = below(60);
    const dying = new Profile(new Mortal(kept, moment));
    const tab = dying.tab();
    const reported: string[] = [];
    const work = async (lane: number): Promise<void> => {
      for (let i = 0; i < 8; i++) {
        const path = `/lane ${lane}/${i}`;
        await tab.files.mkdir(`/lane ${lane}`, { parents: true });
        await tab.files.write(path, content('f', noise(MiB + i, lane * 8 + i)));
        reported.push(path);
      }
    };
    await Promise.race([
      Promise.all([work(0), work(1)]),
      new Promise(resolve => setTimeout(resolve, 150))
    ]);

    // The next tab: the same stores, and no locks of the dead.
    const next = new Profile(kept);
    for await (const { key, value } of dying.records.query({})) {
      await next.records.put(key, value);
    }
    const after = next.tab();
    const had = [...reported];
    const walk = async (path: string): Promise<string[]> => {
      const found: string[] = [];
      for (const entry of await after.files.ls(path || '/')) {
        const child = `${path}/${entry.name}`;
        if (entry.type === 'directory') {
          found.push(...(await walk(child)));
        } else {
          expect(await collect(after.files.read(child))).toHaveLength(
            entry.size
          );
          found.push(child);
        }
      }
      return found;
    };
    const found = await walk('');
    expect({ moment, found }).toEqual({
      moment,
      found: expect.arrayContaining(had)
    });
    await after.free();
    expect(await walk('')).toEqual(found);
    await after.dispose();
    await tab.dispose();
  }
}, 120_000);

const SEEDS = process.env.WEB3_LONG ? 100 : 10;

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  'random operations agree with a model (seed %i)',
  async seed => {
    const below = random(seed * 7919);
    const engine = new Profile().tab();
    const { files } = engine;
    // Path to text; null for folders.
    const model = new Map<string, string | null>();
    const pathOf = (): string =>
      `/${Array.from({ length: 1 + below(3) }, () => 'abc'[below(3)]).join('/')}`;
    const parent = (path: string): string =>
      path.slice(0, path.lastIndexOf('/'));
    const isFolder = (path: string): boolean =>
      path === '' || model.get(path) === null;
    const children = (path: string): string[] =>
      [...model.keys()].filter(key => key.startsWith(`${path}/`));
    const blocked = (path: string): boolean => !isFolder(parent(path));

    const expected: Record<string, (a: string, b: string) => boolean> = {
      write: a => {
        if (blocked(a) || model.get(a) === null) {
          return false;
        }
        model.set(a, `${seed}`);
        return true;
      },
      mkdir: a => {
        if (blocked(a) || model.has(a)) {
          return false;
        }
        model.set(a, null);
        return true;
      },
      rm: a => {
        if (!model.has(a)) {
          return false;
        }
        [a, ...children(a)].forEach(key => model.delete(key));
        return true;
      },
      mv: (a, b) => {
        if (a === b) {
          return true;
        }
        if (
          !model.has(a) ||
          b.startsWith(`${a}/`) ||
          blocked(b) ||
          model.has(b)
        ) {
          return false;
        }
        for (const key of [a, ...children(a)]) {
          model.set(b + key.slice(a.length), model.get(key)!);
          model.delete(key);
        }
        return true;
      },
      cp: (a, b) => {
        if (!model.has(a) || blocked(b) || model.has(b)) {
          return false;
        }
        for (const key of [a, ...children(a)]) {
          model.set(b + key.slice(a.length), model.get(key)!);
        }
        return true;
      }
    };
    const acts: Record<string, (a: string, b: string) => Promise<unknown>> = {
      write: a => files.write(a, content('x', `${seed}`)),
      mkdir: a => files.mkdir(a),
      rm: a => files.rm(a, { recursive: true }),
      mv: (a, b) => files.mv(a, b),
      cp: (a, b) => files.cp(a, b)
    };
    const log: string[] = [];
    for (let i = 0; i < 80; i++) {
      const kind = Object.keys(acts)[below(5)];
      const [a, b] = [pathOf(), pathOf()];
      const should = expected[kind](a, b);
      const did = await acts[kind](a, b).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(IpfsError);
          return false;
        }
      );
      log.push(`${kind} ${a} ${b}`);
      expect({ log, did }).toEqual({ log, did: should });
      if (below(20) === 0) {
        await engine.free();
      }
    }
    const found = new Map<string, string | null>();
    const walk = async (path: string): Promise<void> => {
      for (const entry of await files.ls(path || '/')) {
        const child = `${path}/${entry.name}`;
        if (entry.type === 'directory') {
          found.set(child, null);
          await walk(child);
        } else {
          found.set(child, String(await collect(files.read(child))));
        }
      }
    };
    await walk('');
    expect([...found].sort()).toEqual([...model].sort());
    await engine.dispose();
  }
);
