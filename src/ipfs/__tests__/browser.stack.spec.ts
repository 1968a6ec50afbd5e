/** @jest-environment node */
/**
 * The node in the page beside the `ipfs` command line: whatever way a tree came
 * about, its CID is the one of `ipfs add -r`. And its way to a real Kubo.
 */
import { execFile, execFileSync } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { mkdir, writeFile } from 'fs/promises';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { promisify } from 'util';

import { BlobContent, type IContent } from '../../content';
import { DirectConnection } from '../connection';
import { KuboEngine } from '../kubo';
import { moveFiles, removeMoved } from '../move';
import { noise, Profile, random } from './pageStores';

interface IStack {
  ipfsApi: string;
  ipfsSecret?: string;
  ipfs?: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const run = promisify(execFile);
const ipfs = stack.ipfs ?? process.env.KUBO_PATH ?? 'ipfs';
const MiB = 1024 * 1024;

let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'web3-page-'));
  env = { ...process.env, IPFS_PATH: join(folder, 'repo') };
  execFileSync(ipfs, ['init', '--empty-repo', '--profile=unixfs-v1-2025'], {
    env,
    stdio: 'ignore'
  });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tree = Map<string, Uint8Array>;
let trees = 0;

async function cliCid(tree: Tree): Promise<string> {
  const root = join(folder, `tree${trees++}`);
  await mkdir(root);
  for (const [name, data] of tree) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), data);
  }
  const args = ['add', '-r', '-n', '-Q', '--hidden', root];
  const { stdout } = await run(ipfs, args, { env, maxBuffer: 1 << 26 });
  return stdout.trim();
}

const content = (name: string, data: Uint8Array): IContent =>
  new BlobContent({ name, data });

const SEEDS = process.env.WEB3_LONG ? 60 : 6;

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  'a random tree has one CID, added at once, file by file, and by the command line (seed %i)',
  async seed => {
    const below = random(seed * 104729);
    const letters = 'ab cd%#é🦊.-_9';
    const name = (): string =>
      Array.from({ length: 1 + below(12) }, () => {
        const all = [...letters];
        return all[below(all.length)];
      })
        .join('')
        .replace(/^\.+$/, 'dots');
    const tree: Tree = new Map();
    const taken = new Map<string, 'file' | 'folder'>();
    for (let i = 0; i < 25; i++) {
      const parts = Array.from({ length: 1 + below(4) }, name);
      const prefixes = parts.map((_, n) => parts.slice(0, n + 1).join('/'));
      const path = prefixes.pop()!;
      if (
        taken.has(path) ||
        prefixes.some(prefix => taken.get(prefix) === 'file')
      ) {
        continue;
      }
      prefixes.forEach(prefix => taken.set(prefix, 'folder'));
      taken.set(path, 'file');
      const sizes = [0, 1, below(5000), MiB, MiB + 1, 3 * MiB + below(MiB)];
      tree.set(path, noise(sizes[below(sizes.length)], seed + i));
    }
    const expected = await cliCid(tree);
    const engine = new Profile().tab();
    const contents = [...tree].map(([path, data]) => content(path, data));
    expect((await engine.addFolder(contents)).cid).toBe(expected);

    await engine.files.mkdir('/here');
    await engine.files.write('/here/extra', content('x', noise(9, 9)));
    for (const [path, data] of [...tree].reverse()) {
      await engine.files.mkdir(dirname(`/here/${path}`), { parents: true });
      await engine.files.write(`/here/${path}`, content(path, data));
    }
    await engine.files.rm('/here/extra');
    expect((await engine.files.stat('/here')).cid).toBe(expected);
    await engine.dispose();
  },
  60_000
);

test('a folder grows into shards and shrinks back as `ipfs add -r` has it', async () => {
  const engine = new Profile().tab();
  const all: Tree = new Map();
  // A link takes some 245 bytes: shards from 1,070 on.
  for (let n = 0; n < 1300; n++) {
    const name = `${'measurement-of-the-lake-'.repeat(8)}${n}.csv`;
    all.set(name, Buffer.from(String(n)));
  }
  const contents = [...all].map(([path, data]) => content(path, data));
  const whole = await engine.addFolder(contents);
  expect(whole.cid).toBe(await cliCid(all));

  const [low, high] = [1040, 1090];
  const few = await engine.addFolder(contents.slice(0, low));
  await engine.files.cp(`/ipfs/${few.cid}`, '/many');
  const cids = new Map([[low, few.cid]]);
  for (let count = low + 1; count <= high; count++) {
    const one = contents[count - 1];
    await engine.files.write(`/many/${one.name}`, one);
    cids.set(count, (await engine.files.stat('/many')).cid);
  }
  for (const count of [low, low + 10, high - 10, high]) {
    const tree = new Map([...all].slice(0, count));
    expect([count, cids.get(count)]).toEqual([count, await cliCid(tree)]);
  }
  expect((await engine.files.stat('/many')).blocks).toBeLessThan(257);
  expect(await engine.files.ls('/many')).toHaveLength(high);
  for (let count = high - 1; count >= low; count--) {
    await engine.files.rm(`/many/${contents[count].name}`);
    const { cid } = await engine.files.stat('/many');
    expect([count, cid]).toEqual([count, cids.get(count)]);
  }
  // It was a shard, and is none.
  expect((await engine.files.stat('/many')).blocks).toBe(low);
  await engine.dispose();
}, 180_000);

test('files move to a real Kubo, checked, and never over others', async () => {
  const kubo = new KuboEngine(
    new DirectConnection({ rpc: stack.ipfsApi, secret: stack.ipfsSecret })
  );
  const profile = new Profile();
  const engine = profile.tab();
  const mine = `mine ${Date.now()} é`;
  await engine.files.mkdir(`/${mine}/sub`, { parents: true });
  const big = noise(3 * MiB + 1, 5);
  await engine.files.write(`/${mine}/sub/big.bin`, content('b', big));
  await engine.files.write(`/${mine}.txt`, content('t', noise(10, 1)));
  await engine.files.mkdir('/.own/history', { parents: true });
  const secret = content('s', noise(500, 8));
  const { cid: past } = await engine.files.write('/.own/history/past', secret);

  const parts: number[] = [];
  const options = {
    folder: `From here ${Date.now()}`,
    own: '.own',
    onProgress: (part: number) => parts.push(part)
  };
  const moved = await moveFiles(engine, kubo, options);
  expect(moved.folder).toBeNull();
  expect(parts.at(-1)).toBe(1);
  expect(parts).toEqual([...parts].sort((a, b) => a - b));
  const here = await engine.files.stat(`/${mine}`);
  expect((await kubo.files.stat(`/${mine}`)).cid).toBe(here.cid);
  expect(await kubo.pins.has(moved.cid)).toBe(false);
  // Nothing of the past went along, and nothing is left of the way there.
  const names = async (path: string) =>
    (await engine.files.ls(path)).map(entry => entry.name);
  expect(await names('/.own')).toEqual(['history']);
  await expect(
    kubo.files.cp(`/ipfs/${past}`, `/past ${Date.now()}`)
  ).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });

  // Again, with one of the names taken by something else.
  await engine.files.write(`/${mine}.txt`, content('t', noise(11, 2)));
  expect(await removeMoved(engine, moved)).toBe(false);
  const again = await moveFiles(engine, kubo, options);
  expect(again.folder).toBe(options.folder);
  expect((await kubo.files.stat(`/${options.folder}/${mine}`)).cid).toBe(
    here.cid
  );
  expect((await kubo.files.stat(`/${mine}.txt`)).size).toBe(10);
  expect(await removeMoved(engine, again)).toBe(true);
  expect(await names('/')).toEqual(['.own']);

  for (const name of [mine, `${mine}.txt`, options.folder]) {
    await kubo.files.rm(`/${name}`, { recursive: true });
  }
  await engine.dispose();
}, 60_000);
