/** @jest-environment node */
/**
 * Streams cut into blocks in the page, against a real Kubo: the CIDs are the
 * ones that it gives by itself, and it has all the blocks.
 */
import { createHash } from 'crypto';

import { BlobContent, type IContent } from '../../content';
import { addStreams } from '../addStreams';
import { DirectConnection } from '../connection';
import { FileHasher, folderTree, type ITree } from '../fileTree';
import { KuboEngine } from '../kubo';

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as {
  ipfsApi: string;
  ipfsSecret?: string;
};
const engine = new KuboEngine(
  new DirectConnection({
    rpc: stack.ipfsApi,
    ...(stack.ipfsSecret ? { secret: stack.ipfsSecret } : {})
  })
);
const MIB = 1024 * 1024;

/** Bytes that differ from leaf to leaf, in parts of an odd size. */
async function* noise(size: number, seed: number) {
  const part = new Uint8Array(300_007);
  for (let at = 0, n = 0; at < size; n++) {
    part.fill((seed * 31 + n) & 255);
    yield part.subarray(0, Math.min(part.length, size - at));
    at += part.length;
  }
}

const content = (name: string, size: number, seed: number): IContent => ({
  name,
  mediaType: 'application/octet-stream',
  size,
  source: null,
  durable: true,
  stream: () => noise(size, seed),
  blob: async () => {
    const parts: Blob[] = [];
    for await (const part of noise(size, seed)) {
      parts.push(new Blob([part]));
    }
    return new Blob(parts);
  }
});

async function treeOf(one: IContent): Promise<ITree> {
  const hasher = new FileHasher();
  for await (const part of one.stream()) {
    await hasher.write(part);
  }
  return hasher.end();
}

const sha = async (stream: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const part of stream) {
    hash.update(part);
  }
  return hash.digest('hex');
};

const SIZES = [
  0,
  1,
  MIB - 1,
  MIB,
  MIB + 1,
  20 * MIB + 3,
  // One leaf more than a node has links.
  ...(process.env.WEB3_LONG ? [1024 * MIB, 1024 * MIB + 1] : [])
];

it.each(SIZES)(
  'a stream of %i bytes',
  async size => {
    const one = content('a', size, size);
    const { cid } = await engine.add(one);
    expect((await treeOf(one)).cid.toString()).toBe(cid);
    const told: number[] = [];
    const added = await addStreams(
      engine,
      [{ name: 'a', stream: one.stream() }],
      { folder: false, onProgress: bytes => told.push(bytes) }
    );
    expect(added).toEqual({
      root: { cid, size },
      files: [{ cid, size }]
    });
    expect(told.at(-1)).toBeGreaterThanOrEqual(size);
    expect(await sha(engine.cat(cid))).toBe(await sha(one.stream()));
  },
  120_000
);

it('several in a folder, and a folder of folders', async () => {
  const all = ['b', 'a/x', 'a/é', 'a.b', 'a/d/e'].map((name, i) =>
    content(name, i * MIB + i, i)
  );
  const flat = all.map((one, i) => ({ ...one, name: `${i}.sealed` }));
  const expected = await engine.addFolder(flat, { onlyHash: true });
  const added = await addStreams(
    engine,
    flat.map(one => ({ name: one.name, stream: one.stream() })),
    { folder: true }
  );
  expect(added.root.cid).toBe(expected.cid);
  for (const [i, file] of added.files.entries()) {
    const stat = await engine.files.stat(`/ipfs/${added.root.cid}/${i}.sealed`);
    expect(stat).toMatchObject(file);
  }
  const trees = await Promise.all(
    all.map(async one => ({ path: one.name, tree: await treeOf(one) }))
  );
  expect((await folderTree(trees)).cid.toString()).toBe(
    (await engine.addFolder(all, { onlyHash: true })).cid
  );
}, 60_000);

it('a stream that breaks ends all of it', async () => {
  async function* broken() {
    yield new Uint8Array(40 * MIB);
    throw new Error('gone');
  }
  await expect(
    addStreams(engine, [{ name: 'a', stream: broken() }], { folder: false })
  ).rejects.toThrow('gone');
});

it('is stopped', async () => {
  const stop = new AbortController();
  async function* endless() {
    for (let n = 0; ; n++) {
      if (n === 20) {
        stop.abort();
      }
      yield new Uint8Array(MIB).fill(n);
    }
  }
  await expect(
    addStreams(engine, [{ name: 'a', stream: endless() }], {
      folder: false,
      signal: stop.signal
    })
  ).rejects.toMatchObject({ code: 'cancelled' });
});

it('hashes what a Blob holds, too', async () => {
  const one = new BlobContent({ name: 'x', data: 'a,b\n1,2\n' });
  expect((await treeOf(one)).cid.toString()).toBe((await engine.add(one)).cid);
});
