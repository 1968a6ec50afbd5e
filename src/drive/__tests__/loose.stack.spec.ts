/** @jest-environment node */
/**
 * Many files into a folder that is there, at a real Kubo: what is asked of it, and
 * that nothing is half done when somebody else writes there, when the person stops
 * it, and when the node is killed.
 */
import { startProgram, type IProgram } from '../../__tests__/program';
import { BlobContent } from '../../content';
import { DirectConnection } from '../../ipfs/connection';
import { KuboEngine } from '../../ipfs/kubo';
import { type AskConflict, UploadBatch } from '../upload';

interface IUp {
  ipfsApi: string;
  ipfsSecret: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IUp & {
  chain: string;
  addressFile: string;
};
const FILES = 200;

let program: IProgram<IUp>;
let engine: KuboEngine;
/** Requests by verb. */
let asked: Record<string, number>;
/** Called before the n-th request of a verb. */
let before: (verb: string, count: number) => Promise<void> | void;
let folder = '';
let count = 0;
const { fetch } = globalThis;

beforeAll(async () => {
  // One of its own, to be killed.
  program = await startProgram<IUp>('serve.mjs', [
    `--chain=${stack.chain}`,
    `--address-file=${stack.addressFile}`
  ]);
  const { ipfsApi, ipfsSecret } = program.up;
  engine = new KuboEngine(
    new DirectConnection({ rpc: ipfsApi, secret: ipfsSecret })
  );
}, 60_000);

afterAll(() => program?.stop(), 30_000);

beforeEach(async () => {
  folder = `/loose ${count++}`;
  await engine.files.mkdir(folder);
  await engine.files.write(`${folder}/file 7`, text('old 7'));
  asked = {};
  before = () => undefined;
  globalThis.fetch = async (...args) => {
    const verb = /\/api\/v0\/([^?]+)/.exec(String(args[0]))?.[1] ?? '';
    asked[verb] = (asked[verb] ?? 0) + 1;
    await before(verb, asked[verb]);
    return fetch(...args);
  };
});

afterEach(() => {
  globalThis.fetch = fetch;
});

const text = (data: string): BlobContent =>
  new BlobContent({ name: 'text', data });

const names = Array.from({ length: FILES }, (_, i) => `file ${i}`);

const overwrite: AskConflict = async () => ({ answer: 'overwrite', all: true });
const skip: AskConflict = async () => ({ answer: 'skip', all: true });

const batch = (ask: AskConflict): UploadBatch =>
  new UploadBatch({
    ipfs: engine,
    folder,
    ask,
    contents: names.map(
      name => new BlobContent({ name, data: `new ${name}\n`.repeat(300) })
    )
  });

/** What is in the folder: its names with the text of each, shortened. */
async function found(): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const { name, cid } of await engine.files.ls(folder)) {
    const parts: Uint8Array[] = [];
    for await (const part of engine.cat(`/ipfs/${cid}`)) {
      parts.push(part);
    }
    const whole = Buffer.concat(parts).toString();
    tree[name] =
      whole === `new ${name}\n`.repeat(300) ? 'new' : whole.slice(0, 20);
  }
  return tree;
}

const all = (part: Record<string, string> = {}): Record<string, string> => ({
  ...Object.fromEntries(names.map(name => [name, 'new'])),
  ...part
});

test('one request to link each, and few to store them', async () => {
  const one = batch(overwrite);
  expect(await one.run()).toHaveLength(FILES);
  expect(one.failures).toEqual([]);
  expect(asked).toEqual({
    // The folder (twice: it is listed by its CID), and what is replaced.
    'files/stat': 3,
    ls: 1,
    // Of 64 files each, and the one that is replaced.
    add: 5,
    'dag/import': 4,
    'files/cp': FILES
  });
  globalThis.fetch = fetch;
  expect(await found()).toEqual(all());
  const old = one.changes().filter(change => change.before);
  expect(old).toMatchObject([{ path: `${folder}/file 7` }]);
});

test('names that are taken, then and in the meantime', async () => {
  before = async (verb, n) => {
    if (verb === 'add' && n === 1) {
      globalThis.fetch = fetch;
      await engine.files.write(`${folder}/file 9`, text('theirs'));
    }
  };
  const one = batch(skip);
  expect(await one.run()).toHaveLength(FILES - 2);
  expect(one.failures).toMatchObject([
    { name: 'file 9', error: { code: 'exists' } }
  ]);
  expect(await found()).toEqual(all({ 'file 7': 'old 7', 'file 9': 'theirs' }));
});

test('a cancel while they are linked leaves the folder as it was', async () => {
  const { cid } = await engine.files.stat(folder);
  const one = batch(overwrite);
  before = (verb, n) => {
    if (verb === 'files/cp' && n === 90) {
      one.cancel();
    }
  };
  await expect(one.run()).rejects.toMatchObject({ code: 'cancelled' });
  expect(asked['files/cp']).toBeGreaterThanOrEqual(90);
  expect(one.failures).toEqual([]);
  expect((await engine.files.stat(folder)).cid).toBe(cid);
}, 120_000);

test.each([
  ['stored', 'add', 3],
  ['linked', 'files/cp', 90]
])(
  'the node is killed while they are %s: what was reported is there, whole',
  async (_, verb, n) => {
    let killed: Promise<unknown> | null = null;
    before = (what, times) => {
      if (what === verb && times === n) {
        // Not waited for: the request is under way as it dies.
        killed = program.ask({ do: 'kill', part: 'kubo' });
      }
    };
    const one = batch(skip);
    const reported = await one.run();
    expect(killed).not.toBeNull();
    await killed;
    // Each is reported as there, or as failed, and never both.
    expect(reported.length + one.failures.length).toBe(FILES - 1);
    expect(one.failures.length).toBeGreaterThan(0);
    await program.ask({ do: 'start', part: 'kubo' });

    globalThis.fetch = fetch;
    const there = await found();
    for (const { path } of reported) {
      expect(there[path.split('/').pop()!]).toBe('new');
    }
    expect(
      Object.entries(there).filter(([, state]) => state !== 'new')
    ).toEqual([['file 7', 'old 7']]);
    // Once more does the rest.
    const again = batch(skip);
    await again.run();
    expect(again.failures).toEqual([]);
    expect(await found()).toEqual(all({ 'file 7': 'old 7' }));
  },
  120_000
);
