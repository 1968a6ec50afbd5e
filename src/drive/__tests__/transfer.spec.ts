/** @jest-environment node */
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import { BlobContent, type IContent } from '../../content';
import { keepBothName } from '../names';
import { SAVE_CHUNK, fromBase64, saveToWorkspace, toBase64 } from '../save';
import { copyToDrive, copyToWorkspace, saveContent } from '../transfer';
import { type FakeEngine, fakeIpfs } from './fakeIpfs';

/** The Jupyter server's contents in memory: chunks, 404 and 409 included. */
class FakeWorkspace {
  readonly files = new Map<string, Uint8Array | null>();
  readonly puts: { path: string; chunk?: number; size: number }[] = [];
  failAt = Infinity;
  /** What a file's bytes wait for on their way. */
  way: Promise<void> = Promise.resolve();
  /** How many were on their way at a time. */
  most = 0;
  private _underway = 0;

  readonly manager = {
    driveName: (path: string) => (path.startsWith('ipfs:') ? 'ipfs' : ''),
    localPath: (path: string) => path.replace(/^ipfs:/, ''),
    getDownloadUrl: async (path: string) => `/files/${path}`,
    get: async (path: string, o: Contents.IFetchOptions = {}) => {
      const data = this.files.get(path);
      if (data === undefined && path !== '') {
        throw new ServerConnection.ResponseError(
          new Response(null, { status: 404 })
        );
      }
      const children = [...this.files.keys()].filter(
        other => other.slice(0, other.lastIndexOf('/')) === path
      );
      return {
        ...this.model(path),
        content: o.content ? children.map(child => this.model(child)) : null
      };
    },
    save: async (path: string, model: Partial<Contents.IModel>) => {
      if (model.type === 'directory') {
        this.files.set(path, null);
        return this.model(path);
      }
      const bytes = fromBase64(model.content as string);
      this.puts.push({ path, chunk: model.chunk, size: bytes.length });
      if (this.puts.length === this.failAt) {
        throw new Error('disk full');
      }
      this.most = Math.max(this.most, ++this._underway);
      await this.way;
      this._underway--;
      const before =
        model.chunk === undefined || model.chunk === 1
          ? new Uint8Array(0)
          : this.files.get(path)!;
      this.files.set(path, Buffer.concat([before, bytes]));
      return this.model(path);
    },
    rename: async (from: string, to: string) => {
      if (this.files.has(to)) {
        throw new ServerConnection.ResponseError(
          new Response(null, { status: 409 })
        );
      }
      for (const [path, data] of [...this.files]) {
        if (path === from || path.startsWith(`${from}/`)) {
          this.files.delete(path);
          this.files.set(to + path.slice(from.length), data);
        }
      }
      return this.model(to);
    },
    delete: async (path: string) => {
      if ([...this.files.keys()].some(one => one.startsWith(`${path}/`))) {
        throw new Error('not empty');
      }
      if (!this.files.delete(path)) {
        throw new ServerConnection.ResponseError(
          new Response(null, { status: 404 })
        );
      }
    }
  } as unknown as Contents.IManager;

  model(path: string): Contents.IModel {
    const data = this.files.get(path);
    return {
      name: path.slice(path.lastIndexOf('/') + 1),
      path,
      type: data ? 'file' : 'directory',
      size: data?.length
    } as Contents.IModel;
  }

  tree(): Record<string, string> {
    return Object.fromEntries(
      [...this.files].map(([path, data]) => [
        data ? path : `${path}/`,
        data ? new TextDecoder().decode(data) : ''
      ])
    );
  }
}

let workspace: FakeWorkspace;
let engine: FakeEngine;
let context: Parameters<typeof copyToDrive>[0];

const content = (data: string | Uint8Array, name = 'c'): IContent =>
  new BlobContent({ name, data });
const big = new Uint8Array(2 * SAVE_CHUNK + 10).map((_, i) => i % 251);

beforeEach(() => {
  workspace = new FakeWorkspace();
  const fake = fakeIpfs();
  engine = fake.engine;
  context = {
    contents: workspace.manager,
    ipfs: fake.ipfs,
    fetch: async url =>
      new Response(workspace.files.get(url.replace('/files/', '')) as BodyInit)
  };
});

test('base64 is the real one', () => {
  for (const size of [0, 1, 2, 3, 100_000]) {
    const bytes = big.subarray(0, size);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(Buffer.compare(fromBase64(toBase64(bytes)), bytes)).toBe(0);
  }
});

test.each([
  ['a.csv', false, 'a-1.csv'],
  ['.hidden', false, '.hidden-1'],
  ['v1.2', true, 'v1.2-1'],
  ['noext', false, 'noext-1']
])('both %s are kept', (name, directory, expected) => {
  expect(keepBothName(name, new Set(), directory)).toBe(expected);
});

test.each([
  ['nothing', 0, [[undefined, 0]]],
  ['one chunk less a byte', SAVE_CHUNK - 1, [[undefined, SAVE_CHUNK - 1]]],
  ['just one chunk', SAVE_CHUNK, [[undefined, SAVE_CHUNK]]],
  [
    'a byte more',
    SAVE_CHUNK + 1,
    [
      [1, SAVE_CHUNK],
      [-1, 1]
    ]
  ],
  [
    'just two chunks',
    2 * SAVE_CHUNK,
    [
      [1, SAVE_CHUNK],
      [-1, SAVE_CHUNK]
    ]
  ]
])('chunks of %s', async (_, size, expected) => {
  const data = big.subarray(0, size);
  const seen: number[] = [];
  await saveToWorkspace(workspace.manager, 'd.bin', content(data), {
    onProgress: bytes => seen.push(bytes)
  });
  expect(workspace.puts.map(put => [put.chunk, put.size])).toEqual(expected);
  expect([...workspace.files.keys()]).toEqual(['d.bin']);
  expect(Buffer.compare(workspace.files.get('d.bin')!, data)).toBe(0);
  expect(seen.at(-1)).toBe(size);
});

test('nothing is replaced unasked, and asked only by what is complete', async () => {
  workspace.files.set('x', new TextEncoder().encode('old'));
  const save = (overwrite: boolean) =>
    saveToWorkspace(workspace.manager, 'x', content(big), { overwrite });
  await expect(save(false)).rejects.toMatchObject({ code: 'exists' });
  workspace.failAt = 3;
  await expect(save(true)).rejects.toThrow('disk full');
  expect(workspace.tree()).toEqual({ x: 'old' });
  workspace.failAt = Infinity;
  await save(true);
  expect(workspace.files.get('x')).toHaveLength(big.length);
  expect([...workspace.files.keys()]).toEqual(['x']);
});

test('a cancel half-way leaves nothing', async () => {
  const controller = new AbortController();
  await expect(
    saveToWorkspace(workspace.manager, 'x', content(big), {
      signal: controller.signal,
      onProgress: () => controller.abort()
    })
  ).rejects.toMatchObject({ code: 'cancelled' });
  expect(workspace.tree()).toEqual({});
});

test('the next chunk is read while one is on its way, and sent after it', async () => {
  let arrive!: () => void;
  workspace.way = new Promise(resolve => (arrive = resolve));
  const given: number[] = [];
  const slow: IContent = {
    ...content(big),
    size: big.length,
    stream: async function* () {
      for (let at = 0; at < big.length; at += SAVE_CHUNK) {
        given.push(at);
        yield big.slice(at, at + SAVE_CHUNK);
      }
      arrive();
    }
  };
  await saveToWorkspace(workspace.manager, 'x', slow);
  expect(given).toHaveLength(3);
  expect(workspace.most).toBe(1);
  expect(Buffer.compare(workspace.files.get('x')!, big)).toBe(0);
});

test('what breaks off while a chunk is on its way leaves nothing', async () => {
  let arrive!: () => void;
  workspace.way = new Promise(resolve => (arrive = resolve));
  const broken: IContent = {
    ...content(big),
    stream: async function* () {
      yield big.subarray(0, 2 * SAVE_CHUNK);
      setTimeout(arrive, 20);
      throw new Error('the line broke');
    }
  };
  await expect(saveToWorkspace(workspace.manager, 'x', broken)).rejects.toThrow(
    'the line broke'
  );
  expect(workspace.puts).toHaveLength(1);
  expect(workspace.tree()).toEqual({});
});

test('a stream that ends early is not saved as the whole', async () => {
  const short: IContent = {
    ...content(big),
    size: big.length + 1,
    name: 'short',
    stream: o => content(big).stream(o)
  };
  await expect(
    saveToWorkspace(workspace.manager, 'x', short)
  ).rejects.toMatchObject({ code: 'incomplete' });
  expect(workspace.tree()).toEqual({});
});

test('a folder goes to the drive and back, empty folders too', async () => {
  await workspace.manager.save('f', { type: 'directory' });
  await workspace.manager.save('f/empty', { type: 'directory' });
  await workspace.manager.save('f/g', { type: 'directory' });
  workspace.files.set('f/a b#%.txt', new TextEncoder().encode('A'));
  workspace.files.set('f/g/c', new TextEncoder().encode('C'));
  const placed = await copyToDrive(context, 'f', 'ipfs:copy');
  expect(placed.cid).toMatch(/^dir/);
  expect(engine.tree()).toEqual({
    'copy/': '',
    'copy/empty/': '',
    'copy/g/': '',
    'copy/g/c': 'C',
    'copy/a b#%.txt': 'A'
  });
  await copyToWorkspace(context, 'ipfs:copy', 'back');
  expect(workspace.tree()).toMatchObject({
    'back/': '',
    'back/empty/': '',
    'back/g/c': 'C',
    'back/a b#%.txt': 'A'
  });
  await expect(
    copyToWorkspace(context, 'ipfs:copy', 'back')
  ).rejects.toMatchObject({ code: 'exists' });
  await expect(copyToDrive(context, 'f', 'ipfs:copy')).rejects.toMatchObject({
    code: 'exists'
  });
});

test.each(['drive', 'workspace'])(
  'a folder that breaks off on the way to the %s leaves nothing',
  async direction => {
    await workspace.manager.save('f', { type: 'directory' });
    for (const name of ['1', '2', '3']) {
      workspace.files.set(`f/${name}`, new TextEncoder().encode(name));
    }
    if (direction === 'drive') {
      engine.beforeLink = path => {
        if (path.endsWith('/2')) {
          throw new Error('broke');
        }
      };
      await expect(copyToDrive(context, 'f', 'ipfs:f')).rejects.toThrow(
        'broke'
      );
      expect(engine.tree()).toEqual({});
    } else {
      await copyToDrive(context, 'f', 'ipfs:f');
      const before = workspace.tree();
      workspace.failAt = 2;
      await expect(copyToWorkspace(context, 'ipfs:f', 'g')).rejects.toThrow();
      expect(workspace.tree()).toEqual(before);
    }
  }
);

test('folders that lead to the target are made, and told of', async () => {
  workspace.files.set('a.txt', new TextEncoder().encode('one'));
  workspace.files.set('d', null);
  workspace.files.set('d/b.txt', new TextEncoder().encode('two'));
  const told: string[] = [];
  context.announce = path => told.push(path);
  await engine.files.mkdir('/known');
  await copyToDrive(context, 'a.txt', 'ipfs:known/x/y/a.txt');
  expect(told).toEqual(['/known/x', '/known/x/y/a.txt']);
  await copyToDrive(context, 'd', 'ipfs:known/x/z/d');
  expect((await engine.files.stat('/known/x/z/d/b.txt')).type).toBe('file');
  await expect(
    copyToDrive(context, 'a.txt', 'ipfs:known/x/y/a.txt/deeper/a.txt')
  ).rejects.toMatchObject({ code: 'exists' });
});

test('saveContent finds the drive by its prefix', async () => {
  const announced: string[] = [];
  const target = {
    ...context,
    announce: (path: string) => void announced.push(path)
  };
  const one = content('1');
  expect(await saveContent(target, 'ipfs:n', one)).toMatchObject({
    path: 'ipfs:n',
    cid: expect.stringMatching(/^cid/)
  });
  await saveContent(target, 'n', one);
  expect([engine.tree(), workspace.tree(), announced]).toEqual([
    { n: '1' },
    { n: '1' },
    ['/n']
  ]);
  await expect(saveContent(target, 'ipfs:n', one)).rejects.toMatchObject({
    code: 'exists'
  });
});
