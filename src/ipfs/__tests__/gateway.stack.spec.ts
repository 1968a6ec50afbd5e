/** @jest-environment node */
/**
 * Verified reading, from the gateway of a real Kubo and from gateways that lie
 * in front of it.
 */
import { createHash } from 'crypto';
import { CID } from 'multiformats/cid';

import { BlobContent } from '../../content';
import { DirectConnection } from '../connection';
import {
  GatewayReader,
  GatewaysFailedError,
  type IGatewayFault
} from '../gateway';
import { KuboEngine } from '../kubo';
import { fileSize, listFolder, readFile, resolveNames } from '../unixfs';
import { EngineBlocks, verify } from '../verify';
import { BAD, type Badness, badGateway, type IBadGateway } from './badGateways';

interface IStack {
  ipfsApi: string;
  ipfsSecret?: string;
  gateway: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const MiB = 1024 * 1024;
const SIZE = 5 * MiB + 7;
const FILES = 3000;

/** Bytes that look random and are the same in every run. */
function noise(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0, n = 0; at < size; n++, at += 32) {
    const part = createHash('sha256').update(`${seed}:${n}`).digest();
    bytes.set(part.subarray(0, Math.min(32, size - at)), at);
  }
  return bytes;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const data = noise(SIZE, 1);
let engine: KuboEngine;
let file: CID;
let zeros: CID;
let folder: CID;
let other: string;
const running: IBadGateway[] = [];

async function start(
  badness: Badness,
  only?: 'raw' | 'car' | 'file'
): Promise<IBadGateway> {
  const one = await badGateway(stack.gateway, badness, { other, only });
  running.push(one);
  return one;
}

/** Read a file through gateways, by stream or block by block. */
async function read(
  reader: GatewayReader,
  by: 'car' | 'raw',
  cid = file
): Promise<Buffer> {
  if (by === 'car') {
    await reader.stream(cid);
  }
  try {
    return await collect(readFile(cid, reader));
  } finally {
    await reader.close();
  }
}

/** Where nobody is to be late, a machine under load must not look like it. */
const patient = { timeout: 30_000, headStart: 5_000 };
/** Where somebody hangs. */
const short = { timeout: 2_500, headStart: 5_000 };

beforeAll(async () => {
  engine = new KuboEngine(
    new DirectConnection({ rpc: stack.ipfsApi, secret: stack.ipfsSecret })
  );
  const add = async (bytes: Uint8Array): Promise<CID> =>
    CID.parse(
      (await engine.add(new BlobContent({ name: 'data', data: bytes }))).cid
    );
  file = await add(data);
  zeros = await add(new Uint8Array(40 * MiB));
  other = (await add(noise(3 * MiB, 2))).toString();
  folder = CID.parse(
    (
      await engine.addFolder(
        Array.from(
          { length: FILES },
          (_, i) =>
            new BlobContent({
              name: `a file with quite a long name, so that it is sharded ${i}.txt`,
              data: `file ${i}`
            })
        )
      )
    ).cid
  );
}, 60_000);

afterEach(async () => {
  await Promise.all(running.splice(0).map(one => one.close()));
});

test.each(['car', 'raw'] as const)('a good gateway, by %s', async by => {
  const good = await start('none');
  const reader = new GatewayReader([good.url], patient);
  expect((await read(reader, by)).equals(data)).toBe(true);
  expect(reader.faults).toEqual([]);
  expect(good.asked.some(path => path.includes('format=car'))).toBe(
    by === 'car'
  );
  // By stream nothing but the root is asked for twice.
  if (by === 'car') {
    expect(good.asked).toHaveLength(2);
  }
});

test('blocks that occur often are neither missed nor taken for a lie', async () => {
  const good = await start('none');
  const reader = new GatewayReader([good.url], patient);
  expect((await read(reader, 'car', zeros)).length).toBe(40 * MiB);
  const report = await verify(engine, zeros.toString(), [good.url], patient);
  expect(report).toMatchObject({
    verified: true,
    size: 40 * MiB,
    blocks: 2,
    faults: []
  });
  expect(good.asked).toHaveLength(4);
});

describe('a large file, plain', () => {
  const large = noise(20 * MiB + 9, 3);
  /** Of 1 MiB blocks below one, and of small ones below several. */
  const roots: Record<string, CID> = {};

  beforeAll(async () => {
    for (const [shape, query] of Object.entries({
      wide: 'chunker=size-1048576&max-file-links=1024',
      deep: 'chunker=size-16384&max-file-links=174'
    })) {
      const form = new FormData();
      form.append('file', new Blob([large]), 'file');
      const answer = await fetch(
        `${stack.ipfsApi}/api/v0/add?cid-version=1&raw-leaves=true&pin=false&progress=false&${query}`,
        {
          method: 'POST',
          body: form,
          headers: { Authorization: stack.ipfsSecret ?? '' }
        }
      );
      const { Hash } = (await answer.json()) as { Hash: string };
      roots[shape] = CID.parse(Hash);
    }
  }, 60_000);

  test.each([
    ['wide', 22, 2],
    ['deep', 1281 + 8 + 1, 2 + 8]
  ])(
    'every block of it is checked as it comes (%s)',
    async (shape, blocks, requests) => {
      const good = await start('none');
      const seen: number[] = [];
      const report = await verify(engine, roots[shape].toString(), [good.url], {
        ...patient,
        onProgress: bytes => seen.push(bytes)
      });
      expect(report).toMatchObject({
        verified: true,
        size: large.length,
        blocks,
        faults: [],
        gateways: [good.url]
      });
      expect(seen.pop()).toBe(report.bytes);
      expect(good.asked).toHaveLength(requests);
      expect(good.asked.filter(path => path.includes('format=car'))).toEqual(
        []
      );
    }
  );

  test.each([
    ['flip', 'other-bytes'],
    ['truncate', 'cut-off'],
    ['other', 'other-bytes'],
    ['hang', 'timeout'],
    ['html', 'cut-off']
  ] as const)(
    'a gateway with "%s" in it is named, and its blocks are taken otherwise',
    async (badness, kind) => {
      const bad = await start(badness, 'file');
      const report = await verify(
        engine,
        roots.wide.toString(),
        [bad.url],
        short
      );
      expect(report).toMatchObject({
        verified: true,
        size: large.length,
        blocks: 22
      });
      expect(
        report.faults.map(({ gateway, kind: one }) => [gateway, one])
      ).toEqual([[bad.url, kind]]);
    }
  );

  test('one that gives no plain files is asked for an archive, and is no liar', async () => {
    const { fetch: asked } = globalThis;
    const refusing = jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((input, init) =>
        String(input).includes('format=')
          ? asked(input, init)
          : Promise.resolve(new Response('no', { status: 406 }))
      );
    const report = await verify(engine, roots.wide.toString(), [stack.gateway]);
    refusing.mockRestore();
    expect(report).toMatchObject({ verified: true, blocks: 22, faults: [] });
  });
});

const KINDS: Record<
  Exclude<Badness, 'none'>,
  Record<'raw' | 'car', IGatewayFault['kind'][]>
> = {
  flip: { raw: ['other-bytes'], car: ['other-bytes'] },
  truncate: { raw: ['other-bytes'], car: ['cut-off'] },
  other: { raw: ['other-bytes'], car: ['other-content'] },
  hang: { raw: ['timeout'], car: ['timeout'] },
  html: { raw: ['not-a-block'], car: ['not-a-block'] }
};

describe.each(['raw', 'car'] as const)('by %s', by => {
  test.each(BAD)('a gateway with "%s" is named and left out', async badness => {
    const bad = await start(badness, by);
    const good = await start('none');
    const reader = new GatewayReader([bad.url, good.url], short);
    const bytes = await read(reader, by);
    expect(bytes.equals(data)).toBe(true);
    expect(reader.faults.map(({ gateway, kind }) => [gateway, kind])).toEqual(
      KINDS[badness][by].map(kind => [bad.url, kind])
    );
    expect(reader.used.has(good.url)).toBe(true);
  });
});

test('five bad ones and a good one: 5 of 5 named, the good one finishes', async () => {
  const bad = await Promise.all(BAD.map(badness => start(badness)));
  const reader = new GatewayReader(
    [...bad.map(({ url }) => url), stack.gateway],
    short
  );
  expect((await read(reader, 'car')).equals(data)).toBe(true);
  expect(reader.faults.map(({ gateway }) => gateway).sort()).toEqual(
    bad.map(({ url }) => url).sort()
  );
  expect([...reader.used]).toEqual([stack.gateway]);
});

test('nothing but bad ones: an error that names each, and no byte', async () => {
  const bad = await Promise.all(BAD.map(badness => start(badness)));
  const urls = bad.map(({ url }) => url);
  const reader = new GatewayReader(urls, short);
  const seen: Uint8Array[] = [];
  const reading = (async () => {
    for await (const part of readFile(file, reader)) {
      seen.push(part);
    }
  })();
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason
  );
  expect(error).toBeInstanceOf(GatewaysFailedError);
  expect(
    (error as GatewaysFailedError).faults.map(({ gateway }) => gateway).sort()
  ).toEqual([...urls].sort());
  expect(seen).toEqual([]);
  expect(await verify(engine, file.toString(), urls, short)).toMatchObject({
    verified: false,
    gateways: []
  });
});

test('one that keeps silent is overtaken after the head start', async () => {
  const bad = await start('hang');
  const good = await start('none');
  const reader = new GatewayReader([bad.url, good.url], {
    timeout: 60_000,
    headStart: 150
  });
  expect((await read(reader, 'car')).equals(data)).toBe(true);
  expect(reader.faults).toMatchObject([{ gateway: bad.url, kind: 'slow' }]);
});

test('what nobody has is nobody’s lie', async () => {
  const nowhere = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
  const report = await verify(engine, nowhere, [stack.gateway], patient);
  expect(report).toMatchObject({ verified: null, blocks: 0 });
  expect(report.faults).toMatchObject([{ kind: 'missing' }]);
});

test('a gateway that is not there is named', async () => {
  const gone = await start('none');
  await gone.close();
  const reader = new GatewayReader([gone.url, stack.gateway], short);
  expect((await read(reader, 'raw')).equals(data)).toBe(true);
  expect(reader.faults).toMatchObject([
    { gateway: gone.url, kind: 'unreachable' }
  ]);
});

test.each([
  [0, 10],
  [MiB - 3, 6],
  [2 * MiB, MiB],
  [SIZE - 5, 100],
  [SIZE + 5, 10],
  [7, 0]
])('bytes %i, %i of them', async (offset, length) => {
  const expected = Buffer.from(data.subarray(offset, offset + length));
  for (const stream of [true, false]) {
    const reader = new GatewayReader([stack.gateway], short);
    if (stream) {
      await reader.stream(file, { offset, length });
    }
    const part = await collect(readFile(file, reader, { offset, length }));
    await reader.close();
    expect(part.equals(expected)).toBe(true);
    expect(reader.faults).toEqual([]);
  }
});

test('stopping it stops it', async () => {
  const bad = await start('hang');
  const controller = new AbortController();
  const reader = new GatewayReader([bad.url], { timeout: 60_000 });
  const reading = collect(
    readFile(file, reader, { signal: controller.signal })
  );
  setTimeout(() => controller.abort(), 50);
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  expect(reader.faults).toEqual([]);
});

test('a sharded folder: every entry, each found by name, none that is not there', async () => {
  const source = new EngineBlocks(engine);
  const names: string[] = [];
  for await (const { name } of listFolder(folder, source)) {
    names.push(name);
  }
  expect(names).toHaveLength(FILES);
  for (const i of [0, 1, 17, 2999]) {
    const name = `a file with quite a long name, so that it is sharded ${i}.txt`;
    const cid = await resolveNames(folder, [name], source);
    expect((await collect(readFile(cid, source))).toString()).toBe(`file ${i}`);
  }
  await expect(
    resolveNames(folder, ['not there'], source)
  ).rejects.toMatchObject({ code: 'not-found' });
  const report = await verify(engine, folder.toString(), [stack.gateway]);
  expect(report).toMatchObject({ verified: true, faults: [] });
  expect(report.blocks).toBeGreaterThan(FILES);
}, 60_000);

test('without gateways the node is asked, and its blocks are checked', async () => {
  const seen: number[] = [];
  const report = await verify(engine, file.toString(), [], {
    onProgress: bytes => seen.push(bytes)
  });
  expect(report).toMatchObject({
    cid: file.toString(),
    verified: true,
    size: SIZE,
    blocks: 7,
    gateways: []
  });
  expect(seen.at(-1)).toBe(report.bytes);
  expect(await fileSize(file, new EngineBlocks(engine))).toBe(SIZE);
});
