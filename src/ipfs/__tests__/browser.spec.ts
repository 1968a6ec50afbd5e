/** @jest-environment node */
/**
 * The node in the page, over stores in memory: files as a Kubo has them, and
 * what only a page has to care for (tabs, quota, sweeping).
 */
import { BaseBlockstore, MemoryBlockstore } from 'blockstore-core';
import type { CID } from 'multiformats/cid';

import { BlobContent, type IContent } from '../../content';
import type { BrowserEngine } from '../browser';
import { IpfsError } from '../errors';
import { collect, noise, Profile } from './pageStores';

const MiB = 1024 * 1024;

const content = (name: string, data: Uint8Array | string): IContent =>
  new BlobContent({ name, data });

async function text(engine: BrowserEngine, path: string): Promise<string> {
  return String(await collect(engine.files.read(path)));
}

async function codeOf(action: Promise<unknown>): Promise<unknown> {
  const reason: unknown = await action.catch((error: unknown) => error);
  expect(reason).toBeInstanceOf(IpfsError);
  return (reason as IpfsError).code;
}

test('a file comes back whole, and in parts', async () => {
  const engine = new Profile().tab();
  const data = noise(3 * MiB + 5);
  const seen: number[] = [];
  const { cid, size } = await engine.files.write('/a.bin', content('a', data), {
    onProgress: bytes => seen.push(bytes)
  });
  expect(size).toBe(data.length);
  expect(seen.at(-1)).toBe(data.length);
  expect(await engine.files.stat('/a.bin')).toMatchObject({
    cid,
    size: data.length,
    type: 'file'
  });
  // Not toEqual: it takes a minute for megabytes.
  expect((await collect(engine.files.read('/a.bin'))).equals(data)).toBe(true);
  expect(
    await collect(engine.cat(cid, { offset: MiB - 3, length: 10 }))
  ).toEqual(Buffer.from(data.subarray(MiB - 3, MiB + 7)));
  expect(await collect(engine.cat(cid, { offset: 2 ** 31 }))).toHaveLength(0);
});

const names = [
  'with space.txt',
  '%41%2F.txt',
  'a#b?c&d=e.txt',
  'co:lon.txt',
  'quote"\'`^.txt',
  'back\\slash.txt',
  'ünïcödé 数据 🦊.txt',
  'new\nline.txt',
  ' leading and trailing ',
  'ipfs',
  `${'x'.repeat(251)}.csv`
];

test.each(names)('the name %j survives a file and a folder', async name => {
  const engine = new Profile().tab();
  const { cid } = await engine.files.write(`/${name}`, content(name, name));
  expect(await engine.files.ls('/')).toEqual([
    { name, type: 'file', size: Buffer.byteLength(name), cid }
  ]);
  await engine.files.mkdir(`/dir/${name}`, { parents: true });
  await engine.files.mv(`/${name}`, `/dir/${name}/${name}`);
  expect(await text(engine, `/dir/${name}/${name}`)).toBe(name);
  const root = await engine.addFolder([content(`sub/${name}`, name)]);
  expect(
    String(await collect(engine.cat(`/ipfs/${root.cid}/sub/${name}`)))
  ).toBe(name);
});

test('refusals are typed as those of a Kubo', async () => {
  const engine = new Profile().tab();
  const { files } = engine;
  const one = content('one', '1');
  await files.mkdir('/dir');
  await files.write('/dir/one', one);
  await files.write('/two', one);
  const nobody = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
  const refusals: [() => Promise<unknown>, string][] = [
    [() => files.stat('/none'), 'not-found'],
    [() => files.ls('/none'), 'not-found'],
    [() => files.ls('/two'), 'wrong-type'],
    [() => files.rm('/none'), 'not-found'],
    [() => files.mkdir('/dir'), 'exists'],
    [() => files.mkdir('/no/parents'), 'not-found'],
    [() => files.cp('/two', '/dir/one'), 'exists'],
    [() => files.cp(`/ipfs/${nobody}`, '/new'), 'not-found'],
    [() => files.mv('/two', '/dir/one'), 'exists'],
    [() => files.mv('/two', '/dir'), 'exists'],
    [() => files.mv('/dir', '/dir/inner'), 'refused'],
    [() => files.rm('/dir'), 'not-empty'],
    [() => files.rm('/'), 'refused'],
    [() => files.write('/dir', one), 'wrong-type'],
    [() => files.write('/nowhere/one', one), 'not-found'],
    [() => files.write('/two/one', one), 'wrong-type'],
    [() => files.stat('/../x'), 'bad-name'],
    [() => files.write(`/${'x'.repeat(256)}`, one), 'bad-name'],
    [() => files.stat('relative'), 'bad-name'],
    [() => engine.addFolder([content('../up', '1')]), 'bad-name'],
    [() => engine.block(nobody), 'not-found'],
    [() => engine.block('no-cid'), 'bad-name'],
    [() => engine.pins.add(nobody), 'not-found'],
    [() => engine.resolve('/ipns/k51-something'), 'refused']
  ];
  for (const [refused, code] of refusals) {
    expect([String(refused), await codeOf(refused())]).toEqual([
      String(refused),
      code
    ]);
  }
});

test('an upload that is stopped leaves the old file, and in time nothing else', async () => {
  const profile = new Profile();
  const engine = profile.tab();
  await engine.files.write('/over.txt', content('over', 'first'));
  const before = await profile.count();
  const controller = new AbortController();
  const writing = engine.files.write(
    '/over.txt',
    content('o', noise(20 * MiB)),
    {
      signal: controller.signal,
      onProgress: bytes => bytes > 5 * MiB && controller.abort()
    }
  );
  expect(await codeOf(writing)).toBe('cancelled');
  expect(await text(engine, '/over.txt')).toBe('first');
  expect(await profile.count()).toBeGreaterThan(before);
  await engine.free();
  expect(await profile.count()).toBeLessThanOrEqual(before);
  await engine.dispose();
});

test('only-hash stores nothing, and names the same', async () => {
  const profile = new Profile();
  const engine = profile.tab();
  const data = noise(3 * MiB);
  const hashed = await engine.add(content('h', data), { onlyHash: true });
  const folder = await engine.addFolder([content('a/h', data)], {
    onlyHash: true
  });
  expect(await profile.count()).toBe(0);
  expect(await engine.add(content('h', data))).toEqual(hashed);
  expect(await engine.addFolder([content('a/h', data)])).toEqual(folder);
});

test('what files and pins need is kept, the rest goes', async () => {
  const engine = new Profile().tab();
  const { cid: linked } = await engine.files.write(
    '/kept.bin',
    content('k', noise(2 * MiB, 3))
  );
  const { cid: pinned } = await engine.addFolder([content('a/b', 'pinned')]);
  await engine.pins.add(pinned);
  const { cid: fresh } = await engine.add(content('f', 'just added'));
  await engine.files.write('/gone.bin', content('g', noise(2 * MiB, 4)));
  const { cid: gone } = await engine.files.stat('/gone.bin');
  await engine.files.rm('/gone.bin');
  expect(await engine.free()).toBeGreaterThan(0);

  expect(await collect(engine.cat(linked))).toHaveLength(2 * MiB);
  expect(String(await collect(engine.cat(`/ipfs/${pinned}/a/b`)))).toBe(
    'pinned'
  );
  expect(String(await collect(engine.cat(fresh)))).toBe('just added');
  expect(await codeOf(engine.block(gone))).toBe('not-found');

  expect(await engine.pins.has(pinned)).toBe(true);
  await engine.pins.rm(pinned);
  await engine.pins.rm(pinned);
  expect(await engine.pins.has(pinned)).toBe(false);
  await engine.free();
  expect(await codeOf(engine.block(pinned))).toBe('not-found');
});

test('nothing is swept away while something is being written', async () => {
  const engine = new Profile().tab();
  let during: number | null = 0;
  const slow: IContent = {
    ...content('slow', ''),
    name: 'slow',
    size: null,
    stream: async function* () {
      yield noise(2 * MiB);
      during = await engine.free();
      yield noise(2 * MiB, 9);
    }
  };
  const { size } = await engine.files.write('/slow.bin', slow);
  expect(during).toBeNull();
  expect(await collect(engine.files.read('/slow.bin'))).toHaveLength(size);
});

test('an archive goes out and comes back, checked', async () => {
  const engine = new Profile().tab();
  const { cid } = await engine.addFolder([
    content('a.bin', noise(2 * MiB + 1)),
    content('b/c.txt', 'c')
  ]);
  const car = await collect(engine.car.export(cid));
  const other = new Profile().tab();
  expect(await other.car.import(content('x.car', car))).toEqual({
    roots: [cid],
    blocks: 7
  });
  await other.files.cp(`/ipfs/${cid}`, '/there');
  expect(await text(other, '/there/b/c.txt')).toBe('c');

  const cut = new Profile();
  const broken = cut.tab();
  const half = content('x.car', car.subarray(0, car.length - 10));
  expect(await codeOf(broken.car.import(half))).toBe('incomplete');
  const flipped = Buffer.from(car);
  flipped[MiB] ^= 1;
  expect(await codeOf(broken.car.import(content('x.car', flipped)))).toBe(
    'incomplete'
  );
  expect(await codeOf(broken.files.cp(`/ipfs/${cid}`, '/x'))).toBe('not-found');
  await broken.free();
  // The empty root folder.
  expect(await cut.count()).toBe(1);
  await broken.dispose();
});

test('two tabs change the same files, and each hears of it', async () => {
  const profile = new Profile();
  const [one, two] = [profile.tab(), profile.tab()];
  let heard = 0;
  two.filesChanged.connect(() => heard++);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? one : two).files.write(`/f${i}`, content('f', String(i)))
    )
  );
  // Changes that waited for each other are told of together.
  expect(heard).toBeGreaterThan(0);
  expect(await one.files.ls('/')).toHaveLength(40);
  expect(await two.files.ls('/')).toEqual(await one.files.ls('/'));
  await Promise.all([one.dispose(), two.dispose()]);
});

test('a full store says so, and nothing half-written is seen', async () => {
  class Small extends BaseBlockstore {
    left = 3 * MiB;
    async put(key: CID, block: Uint8Array): Promise<CID> {
      this.left -= block.length;
      if (this.left < 0) {
        // As blockstore-idb hands it on.
        throw new Error(
          'QuotaExceededError: Encountered full disk while committing.'
        );
      }
      return this._inner.put(key, block);
    }
    get = (key: CID) => this._inner.get(key);
    has = (key: CID) => this._inner.has(key);
    delete = (key: CID) => this._inner.delete(key);
    getAll = () => this._inner.getAll();
    private _inner = new MemoryBlockstore();
  }
  const engine = new Profile(new Small()).tab();
  await engine.files.write('/small', content('s', 'small'));
  expect(
    await codeOf(engine.files.write('/big', content('b', noise(9 * MiB))))
  ).toBe('full');
  expect((await engine.files.ls('/')).map(entry => entry.name)).toEqual([
    'small'
  ]);
  await engine.dispose();
});

test('what does not fit is refused before it is written', async () => {
  const profile = new Profile();
  let asked = 0;
  const engine = profile.tab({
    storage: {
      estimate: async () => ({ usage: 10 * MiB, quota: 12 * MiB }),
      persisted: async () => false,
      persist: async () => {
        asked++;
        return true;
      }
    }
  });
  expect(
    await codeOf(engine.files.write('/big', content('b', noise(3 * MiB))))
  ).toBe('full');
  // The empty root folder.
  expect(await profile.count()).toBe(1);
  await engine.files.write('/small', content('s', 'small'));
  expect(asked).toBe(1);
  expect(await engine.refresh()).toMatchObject({
    state: 'online',
    repoSize: 10 * MiB,
    quota: 12 * MiB,
    persisted: false
  });
  await engine.dispose();
});
