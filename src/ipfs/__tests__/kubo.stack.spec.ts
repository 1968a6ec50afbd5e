/** @jest-environment node */
/**
 * Against a real Kubo: the CIDs are those of `ipfs add` with the profile
 * unixfs-v1-2025, names of all kinds survive, and failures are failures.
 */
import { execFile, execFileSync } from 'child_process';
import { createHash } from 'crypto';
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'fs';
import { appendFile, mkdir, writeFile } from 'fs/promises';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { promisify } from 'util';

import { BlobContent, type IContent } from '../../content';
import { chosenContents } from '../../drive/chosen';
import { toContentsPath } from '../../drive/paths';
import { UploadBatch } from '../../drive/upload';
import { DirectConnection } from '../connection';
import { IpfsError } from '../errors';
import { KuboEngine } from '../kubo';

interface IStack {
  ipfsApi: string;
  ipfsSecret?: string;
  /** The `ipfs` binary; looked for in KUBO_PATH and PATH when absent. */
  ipfs?: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const run = promisify(execFile);
const ipfs = stack.ipfs ?? process.env.KUBO_PATH ?? 'ipfs';
const MiB = 1024 * 1024;

/** Bytes that look random and are the same in every run. */
function noise(size: number, seed = 1): Buffer {
  const block = Buffer.alloc(64 * 1024);
  for (let at = 0, n = 0; at < block.length; n++) {
    at += createHash('sha256').update(`${seed}:${n}`).digest().copy(block, at);
  }
  return Buffer.alloc(size, block);
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

let folder: string;
let repo: string;
let engine: KuboEngine;
let home: string;

/** The CID that the CLI gives, in a repository of its own with the profile. */
async function cliCid(path: string): Promise<string> {
  const { stdout } = await run(ipfs, ['add', '-r', '-H', '-n', '-Q', path], {
    env: { ...process.env, IPFS_PATH: repo }
  });
  return stdout.trim();
}

const content = (name: string, data: Blob | Uint8Array): IContent =>
  new BlobContent({ name, data });

beforeAll(async () => {
  if (!stack.ipfsApi) {
    throw new Error('WEB3_STACK has no ipfsApi');
  }
  folder = mkdtempSync(join(tmpdir(), 'web3-ipfs-'));
  repo = join(folder, 'repo');
  const env = { ...process.env, IPFS_PATH: repo };
  execFileSync(ipfs, ['init', '--empty-repo', '--profile=unixfs-v1-2025'], {
    env,
    stdio: 'ignore'
  });
  engine = new KuboEngine(
    new DirectConnection({ rpc: stack.ipfsApi, secret: stack.ipfsSecret })
  );
  home = `/web3-spec-${Date.now()}`;
  await engine.files.mkdir(home);
}, 60_000);

afterAll(async () => {
  await engine.files.rm(home, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
});

test('says that it is there, with version and size', async () => {
  const status = await engine.refresh();
  expect(status).toMatchObject({ state: 'online' });
  expect(status.version).toMatch(/^0\.\d+/);
  expect(status.repoSize).toBeGreaterThan(0);
});

const sizes: [string, number][] = [
  ['0 B', 0],
  ['1 B', 1],
  ['1 MiB - 1', MiB - 1],
  ['1 MiB', MiB],
  ['1 MiB + 1', MiB + 1],
  ['5 MiB + 7', 5 * MiB + 7],
  ...(process.env.WEB3_LONG
    ? ([
        ['300 MiB', 300 * MiB],
        ['1025 MiB', 1025 * MiB]
      ] as [string, number][])
    : [])
];

test.each(sizes)(
  'a file of %s has the CID of `ipfs add`, and comes back',
  async (_, size) => {
    const path = join(folder, 'file.bin');
    writeFileSync(path, '');
    for (let left = size, n = 0; left > 0; left -= 50 * MiB, n++) {
      await appendFile(path, noise(Math.min(left, 50 * MiB), n));
    }
    const blob = await openAsBlob(path);
    const target = `${home}/file.bin`;
    const seen: number[] = [];
    const added = await engine.files.write(target, content('file.bin', blob), {
      onProgress: bytes => seen.push(bytes)
    });
    expect(added).toEqual({ cid: await cliCid(path), size });
    expect(seen.at(-1)).toBe(size);
    expect(await engine.files.stat(target)).toMatchObject({
      cid: added.cid,
      size
    });
    const hash = createHash('sha256');
    for await (const part of engine.files.read(target)) {
      hash.update(part);
    }
    const expected = createHash('sha256');
    for await (const part of blob.stream() as unknown as AsyncIterable<Uint8Array>) {
      expected.update(part);
    }
    expect(hash.digest('hex')).toBe(expected.digest('hex'));
  },
  180_000
);

const names = [
  'plain.csv',
  'with space.txt',
  '100%.txt',
  '%41%2F.txt',
  'a#b?c&d=e.txt',
  'co:lon.txt',
  'plus+and=.txt',
  'quote"\'`.txt',
  'back\\slash.txt',
  'ünïcödé 数据.txt',
  'emoji 🦊.txt',
  'new\nline.txt',
  '.hidden',
  ' leading and trailing ',
  `${'x'.repeat(251)}.csv`
];

test.each(names)('the name %j survives a file and a folder', async name => {
  const bytes = Buffer.from(name);
  const { cid } = await engine.files.write(
    `${home}/${name}`,
    content(name, bytes)
  );
  const listing = await engine.files.ls(home);
  expect(listing).toContainEqual({
    name,
    type: 'file',
    size: bytes.length,
    cid
  });
  expect(await collect(engine.files.read(`${home}/${name}`))).toEqual(bytes);

  const moved = `${home}/moved ${name.slice(0, 200)}`;
  await engine.files.mv(`${home}/${name}`, moved);
  expect((await engine.files.stat(moved)).cid).toBe(cid);
  await engine.files.rm(moved);

  const { cid: root } = await engine.addFolder([
    content(`sub/${name}`, bytes),
    content('other.txt', Buffer.from('other'))
  ]);
  const target = `${home}/folder`;
  await engine.files.cp(`/ipfs/${root}`, target);
  expect((await engine.files.ls(`${target}/sub`)).map(e => e.name)).toEqual([
    name
  ]);
  await engine.files.rm(target, { recursive: true });
});

test('a folder has the CID of `ipfs add -r`, interleaved names included', async () => {
  const root = join(folder, 'tree');
  const files: Record<string, Buffer> = {
    'a/b.txt': Buffer.from('b'),
    'a.txt': Buffer.from('dot sorts before slash'),
    'a/c/d.bin': noise(MiB + 1),
    'z 🦊 %.txt': Buffer.from('z'),
    empty: Buffer.alloc(0)
  };
  for (const [name, data] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), data);
  }
  const { cid } = await engine.addFolder(
    Object.entries(files).map(([name, data]) => content(name, data))
  );
  expect(cid).toBe(await cliCid(root));
});

test('a folder of 3,000 files is sharded as `ipfs add -r` does it', async () => {
  const root = join(folder, 'many');
  await mkdir(root);
  const contents: IContent[] = [];
  for (let n = 0; n < 3000; n++) {
    const name = `measurement-of-the-day-${String(n).padStart(6, '0')}.csv`;
    const data = Buffer.from(String(n));
    await writeFile(join(root, name), data);
    contents.push(content(name, data));
  }
  const { cid } = await engine.addFolder(contents);
  expect(cid).toBe(await cliCid(root));
  await engine.files.cp(`/ipfs/${cid}`, `${home}/many`);
  expect(await engine.files.ls(`${home}/many`)).toHaveLength(3000);
}, 60_000);

test('overwriting replaces, and only what is complete', async () => {
  const path = `${home}/over.txt`;
  await engine.files.write(path, content('over.txt', Buffer.from('first')));
  await engine.files.write(path, content('over.txt', Buffer.from('2')));
  expect(String(await collect(engine.files.read(path)))).toBe('2');

  const controller = new AbortController();
  controller.abort();
  await expect(
    engine.files.write(path, content('over.txt', noise(MiB)), {
      signal: controller.signal
    })
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(String(await collect(engine.files.read(path)))).toBe('2');
});

test('an upload cut off half-way leaves no entry', async () => {
  const controller = new AbortController();
  const path = `${home}/cut.bin`;
  const writing = engine.files.write(path, content('cut', noise(60 * MiB)), {
    signal: controller.signal
  });
  setTimeout(() => controller.abort(), 20);
  await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
  await expect(engine.files.stat(path)).rejects.toMatchObject({
    code: 'not-found'
  });
});

test('parts of a file', async () => {
  const data = noise(3 * MiB + 5);
  const path = `${home}/parts.bin`;
  await engine.files.write(path, content('parts.bin', data));
  const part = await collect(
    engine.files.read(path, { offset: MiB - 3, length: 10 })
  );
  expect(part).toEqual(data.subarray(MiB - 3, MiB + 7));
  expect(
    await collect(engine.files.read(path, { offset: data.length - 2 }))
  ).toEqual(data.subarray(-2));
  expect(await collect(engine.files.read(path, { offset: 2 ** 31 }))).toEqual(
    Buffer.alloc(0)
  );
});

test('a move between folders of one name leaves nothing behind', async () => {
  const { files } = engine;
  await files.mkdir(`${home}/data`);
  await files.mkdir(`${home}/older/data`, { parents: true });
  for (const name of ['file', 'folder']) {
    await (name === 'file'
      ? files.write(`${home}/data/file`, content('file', Buffer.from('moved')))
      : files.mkdir(`${home}/data/folder`));
    await files.mv(`${home}/data/${name}`, `${home}/older/data/${name}`);
    expect((await files.stat(`${home}/older/data/${name}`)).cid).toBeTruthy();
    expect(await files.ls(`${home}/data`)).toEqual([]);
  }
});

test('refusals are typed', async () => {
  const { files } = engine;
  const one = content('one', Buffer.from('1'));
  await files.mkdir(`${home}/dir`);
  await files.write(`${home}/dir/one`, one);
  await files.write(`${home}/two`, one);
  const refusals: [() => Promise<unknown>, string][] = [
    [() => files.stat(`${home}/none`), 'not-found'],
    [() => files.ls(`${home}/none`), 'not-found'],
    [() => files.rm(`${home}/none`), 'not-found'],
    [() => files.mkdir(`${home}/dir`), 'exists'],
    [() => files.cp(`${home}/two`, `${home}/dir/one`), 'exists'],
    [() => files.mv(`${home}/two`, `${home}/dir/one`), 'exists'],
    [() => files.mv(`${home}/two`, `${home}/dir`), 'exists'],
    [() => files.mv(`${home}/dir`, `${home}/dir/inner`), 'refused'],
    [() => files.rm(`${home}/dir`), 'not-empty'],
    [() => files.rm('/'), 'refused'],
    [() => files.write(`${home}/dir`, one), 'wrong-type'],
    [() => files.write(`${home}/nowhere/one`, one), 'not-found'],
    [() => files.stat(`${home}/../x`), 'bad-name'],
    [() => files.write(`${home}/${'x'.repeat(256)}`, one), 'bad-name'],
    [() => files.stat('relative'), 'bad-name'],
    [() => engine.addFolder([content('../up', Buffer.from('1'))]), 'bad-name']
  ];
  for (const [refused, code] of refusals) {
    const reason: unknown = await refused().catch((error: unknown) => error);
    expect(reason).toBeInstanceOf(IpfsError);
    expect(reason).toMatchObject({ code });
  }
});

test('pins', async () => {
  const { cid } = await engine.add(content('pin', Buffer.from(home)));
  expect(await engine.pins.has(cid)).toBe(false);
  await engine.pins.add(cid, { name: 'a spec' });
  expect(await engine.pins.has(cid)).toBe(true);
  await engine.pins.rm(cid);
  await engine.pins.rm(cid);
  expect(await engine.pins.has(cid)).toBe(false);
});

test.each([100, 5 * MiB + 1])('only-hash stores nothing (%i)', async size => {
  const data = Buffer.concat([noise(size), Buffer.from(String(Date.now()))]);
  const { cid } = await engine.add(content('h', data), { onlyHash: true });
  await expect(
    engine.files.cp(`/ipfs/${cid}`, `${home}/hashed`)
  ).rejects.toBeInstanceOf(IpfsError);
  expect((await engine.add(content('h', data))).cid).toBe(cid);
});

test('a block comes as it is, and one that nobody has is not found', async () => {
  const data = noise(1000, 77);
  const { cid } = await engine.add(content('b', data));
  expect(Buffer.from(await engine.block(cid))).toEqual(data);
  await expect(engine.block('no-cid')).rejects.toBeInstanceOf(IpfsError);
});

test('an archive of a folder, and back', async () => {
  const { cid } = await engine.addFolder([
    content('a.txt', Buffer.from('a')),
    content('deep/b.bin', noise(3 * MiB, 5))
  ]);
  const car = await collect(engine.car.export(cid));
  const path = join(folder, 'out.car');
  writeFileSync(path, car);
  const taken = await engine.car.import(content('out.car', car), { pin: true });
  // Two folders, one file of one block, one of three equal ones and their parent.
  expect(taken).toEqual({ roots: [cid], blocks: 5 });
  expect(await engine.pins.has(cid)).toBe(true);
  await engine.pins.rm(cid);

  expect(await engine.car.import(content('again.car', car))).toEqual(taken);
  expect(await engine.pins.has(cid)).toBe(false);
  const v2 = Buffer.alloc(11 + 40 + car.length);
  v2.write('0aa16776657273696f6e02', 'hex');
  v2.writeBigUInt64LE(51n, 27);
  v2.writeBigUInt64LE(BigInt(car.length), 35);
  car.copy(v2, 51);
  expect(await engine.car.import(content('v2.car', v2))).toEqual(taken);
  await expect(
    engine.car.import(content('no.car', noise(100)))
  ).rejects.toMatchObject({ code: 'incomplete' });

  const cut = content('cut.car', car.subarray(0, car.length - 100));
  await expect(engine.car.import(cut)).rejects.toBeInstanceOf(IpfsError);
  const lying = Buffer.from(car);
  lying[lying.length - 1] ^= 1;
  await expect(
    engine.car.import(content('lying.car', lying))
  ).rejects.toBeInstanceOf(IpfsError);
});

test('a name points where it was told, and then elsewhere', async () => {
  const first = await engine.add(content('1', Buffer.from('first')));
  const folderOfTwo = await engine.addFolder([
    content('in/two.txt', Buffer.from('second'))
  ]);
  const key = await engine.names.createKey(`spec-${Date.now()}`);
  expect(key.id).toMatch(/^k51/);
  expect(await engine.names.keys()).toContainEqual(key);
  expect(await engine.names.publish(first.cid, key.name)).toEqual({
    name: key.id,
    value: `/ipfs/${first.cid}`
  });
  expect(await engine.resolve(`/ipns/${key.id}`)).toBe(first.cid);
  await engine.names.publish(folderOfTwo.cid, key.name);
  const inside = await engine.resolve(`/ipns/${key.id}/in/two.txt`);
  expect((await collect(engine.cat(inside))).toString()).toBe('second');
});

test('a drop with odd names and empty folders is `ipfs add -r`, linked once', async () => {
  const root = join(folder, 'drop');
  const files = new Map<string, Buffer>();
  for (const name of names) {
    files.set(`100% of #1: ${name.slice(0, 20)}/${name}`, Buffer.from(name));
  }
  for (let n = 0; n < 700; n++) {
    files.set(`many/${n}.bin`, Buffer.alloc(100 + n, `${n} `));
  }
  files.set('many/large.bin', noise(9 * MiB + 3));
  files.set('many/nothing', Buffer.alloc(0));
  const folders = ['many', 'empty', 'a/b: c/😀 empty'];
  for (const name of folders) {
    await mkdir(join(root, name), { recursive: true });
  }
  for (const [name, data] of files) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), data);
  }
  const contents = [...files].map(([name, data]) =>
    content(`drop/${name}`, data)
  );
  const batch = new UploadBatch({
    ipfs: engine,
    folder: home,
    contents,
    folders: ['drop', ...folders.map(name => `drop/${name}`)],
    ask: () => Promise.reject(new Error('asked'))
  });
  const done = await batch.run();
  expect(batch.failures).toEqual([]);
  expect(done).toHaveLength(files.size);
  expect(batch.progress).toMatchObject({ filesDone: files.size });
  expect(batch.progress.bytesDone).toBe(batch.progress.bytes);
  const { cid } = await engine.files.stat(`${home}/drop`);
  expect(cid).toBe(await cliCid(root));
  expect(batch.changes()).toEqual([
    { path: `${home}/drop`, before: null, after: cid }
  ]);
  // What is told of each is what is there.
  const there = await engine.files.ls(`${home}/drop/many`);
  const told = done.find(({ path }) => path.endsWith('/many/large.bin'))!;
  expect(there).toContainEqual({
    name: 'large.bin',
    type: 'file',
    size: told.size,
    cid: told.cid
  });
});

test('chosen files of unknown size, large ones among them, are `ipfs add -r`', async () => {
  const root = join(folder, 'chosen');
  const files = new Map<string, Buffer>();
  for (const name of names) {
    files.set(`odd/${name}`, Buffer.from(name));
  }
  for (let n = 0; n < 600; n++) {
    files.set(`many/${n}.bin`, Buffer.alloc(n, `${n} `));
  }
  files.set('many/block', noise(MiB));
  files.set('many/blocks', noise(3 * MiB + 5));
  for (const [name, data] of files) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), data);
  }
  const contents = chosenContents(
    [...files].map(([name, data]) => ({
      file: new File([data as Uint8Array<ArrayBuffer>], name),
      path: `chosen/${name}`
    })),
    false
  );
  expect(contents.every(({ size }) => size === null)).toBe(true);
  const batch = new UploadBatch({
    ipfs: engine,
    folder: home,
    contents,
    ask: () => Promise.reject(new Error('asked'))
  });
  const done = await batch.run();
  expect(batch.failures).toEqual([]);
  expect((await engine.files.stat(`${home}/chosen`)).cid).toBe(
    await cliCid(root)
  );
  const sizes = new Map(done.map(({ path, size }) => [path, size]));
  for (const [name, { length }] of files) {
    expect(sizes.get(toContentsPath(`${home}/chosen/${name}`))).toBe(length);
  }
  expect(batch.progress.bytesDone).toBe(
    [...files.values()].reduce((sum, { length }) => sum + length, 0)
  );
});

test('a drop that is cancelled leaves nothing', async () => {
  const contents = Array.from({ length: 2000 }, (_, n) =>
    content(`stopped/${n % 7}/${n}`, Buffer.alloc(2000, `${n} `))
  );
  const batch = new UploadBatch({
    ipfs: engine,
    folder: home,
    contents,
    ask: () => Promise.reject(new Error('asked'))
  });
  // Others are stored when its turn comes.
  const late = contents[1500];
  const blob = await late.blob();
  late.blob = async () => {
    batch.cancel();
    return blob;
  };
  await expect(batch.run()).rejects.toMatchObject({ code: 'cancelled' });
  expect(batch.progress.filesDone).toBeGreaterThan(0);
  await expect(engine.files.stat(`${home}/stopped`)).rejects.toMatchObject({
    code: 'not-found'
  });
});
