import { BlobContent, type IContent } from '../../content';
import { measure } from '../batchProgress';
import { chosenContents } from '../chosen';
import { sortLoose } from '../looseFiles';
import { type AskConflict, UploadBatch } from '../upload';
import { type FakeEngine, fakeIpfs } from './fakeIpfs';

let engine: FakeEngine;

const never: AskConflict = () => {
  throw new Error('asked');
};

function batch(
  names: string[],
  ask: AskConflict = never,
  folders?: string[]
): UploadBatch {
  return new UploadBatch({
    ipfs: engine,
    folder: '/',
    ask,
    folders,
    contents: names.map(name => new BlobContent({ name, data: `new ${name}` }))
  });
}

beforeEach(async () => {
  ({ engine } = fakeIpfs());
  for (const name of ['a', 'b']) {
    await engine.files.write(
      `/${name}`,
      new BlobContent({ name, data: `old ${name}` })
    );
  }
});

test('uploads files and folders, empty ones too', async () => {
  const uploaded = await batch(['x', 'd/e/y'], never, ['d', 'd/z']).run();
  expect(uploaded.map(({ path }) => path).sort()).toEqual([
    'ipfs:d/e/y',
    'ipfs:x'
  ]);
  expect(engine.tree()).toEqual({
    a: 'old a',
    b: 'old b',
    x: 'new x',
    'd/': '',
    'd/e/': '',
    'd/e/y': 'new d/e/y',
    'd/z/': ''
  });
});

const answers: [string, AskConflict, Record<string, string>][] = [
  [
    'skip',
    async () => ({ answer: 'skip', all: false }),
    { a: 'old a', b: 'old b', c: 'new c' }
  ],
  [
    'overwrite',
    async () => ({ answer: 'overwrite', all: true }),
    { a: 'new a', b: 'new b', c: 'new c' }
  ],
  [
    'keep-both',
    async () => ({ answer: 'keep-both', all: true }),
    { a: 'old a', b: 'old b', c: 'new c', 'a-1': 'new a', 'b-1': 'new b' }
  ]
];

test.each(answers)('a name that is taken: %s', async (_, ask, tree) => {
  await batch(['a', 'b', 'c'], ask).run();
  expect(engine.tree()).toEqual(tree);
});

test('"all" asks once, else each is asked', async () => {
  const ask = jest.fn<ReturnType<AskConflict>, Parameters<AskConflict>>();
  ask.mockResolvedValue({ answer: 'skip', all: true });
  await batch(['a', 'b'], ask).run();
  expect(ask.mock.calls).toEqual([['a', 1, false]]);
  ask.mockClear();
  ask.mockResolvedValue({ answer: 'skip', all: false });
  await batch(['a', 'b'], ask).run();
  expect(ask).toHaveBeenCalledTimes(2);
});

test('two files of one batch with the same name do not replace each other', async () => {
  const ask: AskConflict = async () => ({ answer: 'keep-both', all: false });
  await batch(['n', 'n'], ask).run();
  expect(Object.keys(engine.tree()).sort()).toEqual(['a', 'b', 'n', 'n-1']);
});

test('closing the question cancels before anything is sent', async () => {
  engine.calls.length = 0;
  await expect(batch(['c', 'a'], async () => null).run()).rejects.toMatchObject(
    { code: 'cancelled' }
  );
  expect(engine.calls.filter(call => call.startsWith('add'))).toEqual([]);
});

test('a new folder is linked once, when all of it is stored', async () => {
  engine.calls.length = 0;
  const one = batch(['d/x', 'd/e/y', 'd/e/z'], never, ['d', 'd/empty']);
  await one.run();
  expect(engine.calls.filter(call => /^(cp|mkdir)/.test(call))).toHaveLength(1);
  expect(engine.calls.filter(call => /^(ls|stat)/.test(call))).toEqual([
    'stat /d'
  ]);
  expect(one.changes()).toMatchObject([{ path: '/d', before: null }]);
});

test('what is new in a folder that is there goes into it', async () => {
  await batch(['d/x', 'd/e/y']).run();
  const ask: AskConflict = async () => ({ answer: 'overwrite', all: true });
  const one = batch(['d/x', 'd/e/z', 'd/new/a', 'd/new/b'], ask, ['d/e/empty']);
  await one.run();
  expect(Object.keys(engine.tree()).sort()).toEqual(
    ['a', 'b', 'd/', 'd/e/', 'd/e/empty/', 'd/e/y', 'd/e/z']
      .concat(['d/new/', 'd/new/a', 'd/new/b', 'd/x'])
      .sort()
  );
  expect(
    one
      .changes()
      .map(({ path }) => path)
      .sort()
  ).toEqual(['/d/e/empty', '/d/e/z', '/d/new', '/d/x']);
});

test('a folder of which a file fails does not appear, the rest does', async () => {
  engine.beforeLink = path => {
    if (path === 'e/y') {
      throw new Error('no luck');
    }
  };
  const one = batch(['d/x', 'd/e/y', 'd/z', 'n']);
  expect((await one.run()).map(({ path }) => path)).toEqual(['ipfs:n']);
  expect(engine.tree()).toEqual({ a: 'old a', b: 'old b', n: 'new n' });
  expect(one.failures.map(({ name }) => name)).toEqual(['x', 'e/y', 'z']);
});

test.each(['/c/4', '4'])(
  'a cancel half-way (at %s) leaves everything as it was',
  async where => {
    await engine.files.mkdir('/c');
    const before = engine.tree();
    const one = batch(
      ['a', 'c/1', 'c/2', 'c/3', 'c/4', 'c/5', 'f/1', 'f/2', 'f/3', 'f/4'],
      async () => ({ answer: 'overwrite', all: true }),
      ['f', 'c/new']
    );
    engine.beforeLink = path => {
      if (path === where) {
        one.cancel();
      }
    };
    await expect(one.run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(engine.tree()).toEqual(before);
    expect(one.failures).toEqual([]);
  }
);

test('one failure does not stop the others, and is not hidden', async () => {
  engine.beforeLink = path => {
    if (path === '/x') {
      throw new Error('no luck');
    }
  };
  const one = batch(['x', 'y']);
  const uploaded = await one.run();
  expect(uploaded.map(({ path }) => path)).toEqual(['ipfs:y']);
  expect(one.failures).toMatchObject([{ name: 'x' }]);
});

describe('new files of a folder that is there', () => {
  const many = Array.from({ length: 200 }, (_, i) => `c/${i}`);

  beforeEach(async () => {
    await engine.files.mkdir('/c');
    await engine.files.write(
      '/c/7',
      new BlobContent({ name: '7', data: 'old 7' })
    );
    engine.calls.length = 0;
  });

  test('nobody asks for each what is there; one that is, is replaced', async () => {
    const addFolder = jest.spyOn(engine, 'addFolder');
    const one = batch(many, async () => ({ answer: 'overwrite', all: false }));
    expect(await one.run()).toHaveLength(200);
    expect(addFolder).toHaveBeenCalledTimes(4);
    expect(engine.calls.filter(call => /^(stat|ls)/.test(call))).toEqual([
      'stat /c',
      'ls /c',
      'stat /c/7'
    ]);
    expect(engine.tree()).toEqual({
      a: 'old a',
      b: 'old b',
      'c/': '',
      ...Object.fromEntries(many.map(name => [name, `new ${name}`]))
    });
    expect(one.changes().filter(({ before }) => before)).toMatchObject([
      { path: '/c/7' }
    ]);
    const { bytes, bytesDone, files, filesDone } = one.progress;
    expect([bytesDone, filesDone]).toEqual([bytes, files]);
  });

  test('one that can not be stored keeps no other one back', async () => {
    engine.beforeLink = path => {
      if (path === '3' || path === '/c/3') {
        throw new Error('no luck');
      }
    };
    const one = batch(['c/1', 'c/2', 'c/3', 'c/4']);
    await one.run();
    expect(Object.keys(engine.tree())).toEqual(
      expect.arrayContaining(['c/1', 'c/2', 'c/4', 'c/7'])
    );
    expect(one.failures).toMatchObject([{ name: 'c/3' }]);
    const { bytes, bytesDone, files, filesDone } = one.progress;
    expect([bytesDone, filesDone]).toEqual([bytes, files]);
  });

  test('what came there in the meantime stays, and that is said', async () => {
    engine.beforeLink = path => {
      if (path === '/c/2') {
        engine.beforeLink = () => undefined;
        return engine.files
          .write('/c/2', new BlobContent({ name: '2', data: 'theirs' }))
          .then(() => undefined);
      }
    };
    const one = batch(['c/1', 'c/2', 'c/3']);
    const uploaded = await one.run();
    expect(uploaded.map(({ path }) => path)).toEqual(['ipfs:c/1', 'ipfs:c/3']);
    expect(engine.tree()['c/2']).toBe('theirs');
    expect(one.failures).toMatchObject([
      { name: 'c/2', error: { code: 'exists' } }
    ]);
  });

  test('of two by one name the last one stays, if that was the answer', async () => {
    const contents = ['first', 'last'].map(
      data => new BlobContent({ name: 'c/n', data })
    );
    contents.push(new BlobContent({ name: 'c/m', data: 'm' }));
    await new UploadBatch({
      ipfs: engine,
      folder: '/',
      contents,
      ask: async () => ({ answer: 'overwrite', all: false })
    }).run();
    expect(engine.tree()).toMatchObject({ 'c/n': 'last', 'c/m': 'm' });
  });

  test('large ones travel alone, and so do all where the page keeps them', () => {
    const task = (target: string, size: number | null, file?: File) => ({
      target,
      content: { size, file } as IContent
    });
    const all = [
      task('/c/1', 10),
      task('/c/large', 2 ** 21),
      task('/c/2', 2 ** 20),
      task('/d/alone', 1),
      task('/c/chosen', null, new File([], 'x')),
      task('/c/unknown', null),
      ...Array.from({ length: 5 }, (_, i) => task(`/c/full${i}`, 2 ** 20))
    ];
    const { groups, single } = sortLoose(all, true);
    const names = (tasks: { target: string }[]): string =>
      tasks.map(({ target }) => target.slice(1)).join(' ');
    expect(groups.map(names)).toEqual([
      'c/1 c/2 c/chosen c/full0 c/full1',
      'c/full2 c/full3 c/full4'
    ]);
    expect(names(single)).toBe('c/large c/unknown d/alone');
    expect(sortLoose(all, false)).toEqual({
      groups: [],
      single: all,
      replacing: []
    });
  });
});

test('progress ends at the whole', async () => {
  const one = batch(['x', 'd/y', 'd/z']);
  await one.run();
  const { bytes, bytesDone, files, filesDone } = one.progress;
  expect([bytesDone, filesDone]).toEqual([bytes, files]);
  expect(bytes).toBe(19);
});

/** Chosen files, of which nobody asked the size. */
function chosen(names: readonly string[]): IContent[] {
  const rest = Array.from({ length: 300 }, (_, n) => `rest/${n}`);
  return chosenContents(
    [...names, ...rest].map(path => ({ file: new File([path], 'x'), path })),
    false
  );
}

test('of many files the sizes are not asked for before they are sent', async () => {
  const size = jest.spyOn(File.prototype, 'size', 'get');
  const contents = chosen(['new/x', 'a']);
  const one = new UploadBatch({
    ipfs: engine,
    folder: '/',
    ask: async () => ({ answer: 'skip', all: false }),
    contents
  });
  expect(size).not.toHaveBeenCalled();
  size.mockRestore();
  expect(one.progress.bytes).toBeNull();
  const shares: number[] = [];
  one.progressChanged.connect(({ share }) => shares.push(share));
  const uploaded = await one.run();
  expect(one.share).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(uploaded).toHaveLength(301);
  expect(uploaded).toContainEqual(
    expect.objectContaining({ path: 'ipfs:new/x', size: 5 })
  );
  expect(engine.tree()).toMatchObject({ a: 'old a', 'new/x': 'new/x' });
});

test('an upload that takes long looks sizes up meanwhile, unless it ends', async () => {
  jest.useFakeTimers();
  try {
    const contents = chosen(['12345']);
    const told: number[] = [];
    const ended = new AbortController();
    const measured = measure(contents, new AbortController().signal, bytes =>
      told.push(bytes)
    );
    const stopped = measure(contents, ended.signal, bytes => told.push(-bytes));
    await jest.advanceTimersByTimeAsync(3050);
    expect(told).toEqual([]);
    ended.abort();
    await stopped;
    await jest.advanceTimersByTimeAsync(2000);
    await measured;
    expect(told).toEqual([
      contents.reduce((sum, { file }) => sum + file!.size, 0)
    ]);
  } finally {
    jest.useRealTimers();
  }
});

test('of few files, and where there must be room, sizes are known at once', () => {
  const files = [{ file: new File(['12'], 'x'), path: 'p' }];
  const many = Array.from({ length: 300 }, () => files[0]);
  expect(chosenContents(files, false)[0].size).toBe(2);
  expect(chosenContents(many, true)[299].size).toBe(2);
  expect(chosenContents(many, false)[299].size).toBeNull();
});

test.each(['..', '../x', 'a//b', ''])('refuses the name %j', async name => {
  await expect(batch([name]).run()).rejects.toMatchObject({ code: 'bad-name' });
});

test('offline rejects and says so', async () => {
  engine.online = false;
  await expect(batch(['x']).run()).rejects.toMatchObject({ code: 'offline' });
});

describe('what is told of progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('is told together, and the last state is told in time', async () => {
    const write = engine.files.write.bind(engine.files);
    let go: () => void = () => undefined;
    const stalled = new Promise<void>(resolve => (go = resolve));
    jest
      .spyOn(engine.files, 'write')
      .mockImplementation(async (path, content, options) => {
        options?.onProgress?.(1);
        options?.onProgress?.(2);
        options?.onProgress?.(3);
        await stalled;
        return write(path, content, { ...options, onProgress: undefined });
      });
    // Over one that is there: it is sent alone.
    const one = batch(['a'], async () => ({ answer: 'overwrite', all: false }));
    const told: number[] = [];
    one.progressChanged.connect((_, { bytesDone }) => told.push(bytesDone));
    const ended = one.run();
    await jest.advanceTimersByTimeAsync(249);
    expect(told).toEqual([0]);
    // The upload stands still now: nothing else would tell of the three bytes.
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual([0, 3]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([0, 3]);
    go();
    await ended;
    // No timer outlives it.
    expect(jest.getTimerCount()).toBe(0);
  });

  test('the end is told at once', async () => {
    const one = batch(['x', 'y', 'z']);
    let last = -1;
    one.progressChanged.connect((_, { filesDone }) => (last = filesDone));
    await one.run();
    expect(last).toBe(3);
    expect(jest.getTimerCount()).toBe(0);
  });
});
