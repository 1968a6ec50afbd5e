import type { IpfsDrive as Drive } from '../drive';
import { IpfsDrive } from '../drive';
import { type IChange, stateOf } from '../history';
import { HistoryModel } from '../historyModel';
import { purge } from '../takingOff';
import { differences, type IMoment, timelineOf } from '../timeline';
import { restore, undo } from '../undo';
import { type FakeEngine, fakeIpfs } from './fakeIpfs';

let engine: FakeEngine;
let drive: Drive;
let ipfs: ReturnType<typeof fakeIpfs>['ipfs'];

beforeEach(() => {
  ({ engine, ipfs } = fakeIpfs());
  drive = new IpfsDrive({ ipfs });
});

const save = (path: string, content: string): Promise<unknown> =>
  drive.save(path, { type: 'file', format: 'text', content });

async function changes(): Promise<IChange[]> {
  await drive.history.settled();
  const all: IChange[] = [];
  for await (const change of drive.history.changes()) {
    all.push(change);
  }
  return all;
}

async function moments(path: string): Promise<IMoment[]> {
  await drive.history.settled();
  const all: IMoment[] = [];
  for await (const one of timelineOf(drive.history.changes(), path)) {
    all.push(one);
  }
  return all;
}

const context = () => ({
  ipfs,
  history: drive.history,
  show: (path: string) => drive.show(path),
  rename: (from: string, to: string) => drive.rename(from, to, 'undo')
});

/** What people see of the drive. */
const seen = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(engine.tree()).filter(
      ([path]) => !path.startsWith('.jupyterlab-web3')
    )
  );

test('purge: what was taken off the drive is in no state and no record', async () => {
  await save('keep.txt', 'other');
  await save('secret.txt', 'old words');
  await save('secret.txt', 'new words');
  await drive.save('f', { type: 'directory' });
  await save('f/inner.txt', 'inner words');
  await save('f/kept.txt', 'more');
  await drive.delete('f');
  await drive.delete('secret.txt');
  await purge(ipfs, drive.history, '/secret.txt');
  await purge(ipfs, drive.history, '/f/inner.txt');
  const left = JSON.stringify(engine.tree());
  expect(left).not.toMatch(/words/);
  const all = await changes();
  expect(all).toHaveLength(8);
  for (const { id, root } of all) {
    expect(
      (await ipfs.files.stat(`/.jupyterlab-web3/history/${id}/root`)).cid
    ).toBe(root);
  }
  // The rest can still be gone back to.
  expect((await stateOf(ipfs, all[2].id, '/f/kept.txt'))?.size).toBe(4);
  expect((await stateOf(ipfs, all[0].id, '/keep.txt'))?.size).toBe(5);
});

async function someDrive(): Promise<void> {
  await save('a.txt', '1');
  await drive.save('f', { type: 'directory' });
  await save('f/b.txt', '2');
  await save('a.txt', '11');
}

test('each change has the root of what people see, not of what is hidden', async () => {
  await someDrive();
  const all = await changes();
  expect(all.map(({ what, entries }) => [what, entries[0].path])).toEqual([
    ['save', '/a.txt'],
    ['new', '/f/b.txt'],
    ['new', '/f'],
    ['new', '/a.txt']
  ]);
  expect(new Set(all.map(({ root }) => root)).size).toBe(4);
  const first = await stateOf(ipfs, all[3].id, '/a.txt');
  expect(first?.cid).toBe(all[3].entries[0].after);
  expect(await stateOf(ipfs, all[3].id, '/f')).toBeNull();
  expect(await stateOf(ipfs, all[0].id, '/.jupyterlab-web3')).toBeNull();
});

test('the state of a change has nothing of the changes right after it', async () => {
  for (const text of ['1', '2', '3']) {
    await save('a.txt', text);
  }
  const states = await Promise.all(
    (await changes()).map(({ id }) => stateOf(ipfs, id, '/a.txt'))
  );
  expect(new Set(states.map(state => state?.cid)).size).toBe(3);
});

test('saving what is there already is no change', async () => {
  await save('a.txt', '1');
  await save('a.txt', '1');
  expect(await changes()).toHaveLength(1);
});

test('another page, and the next session, see the same history', async () => {
  await someDrive();
  const here = await changes();
  const other = new IpfsDrive({ ipfs });
  const there: IChange[] = [];
  for await (const change of other.history.changes()) {
    there.push(change);
  }
  expect(there).toEqual(here);
});

type Step = [string, () => Promise<unknown>];
const steps: Step[] = [
  ['deleting a file', () => drive.delete('a.txt')],
  ['deleting a folder', () => drive.delete('f')],
  ['deleting several', () => drive.deleteAll(['a.txt', 'f/b.txt'])],
  ['renaming', () => drive.rename('a.txt', 'c.txt')],
  ['moving a folder', () => drive.rename('f', 'g')],
  ['overwriting', () => save('a.txt', 'new')],
  ['copying', () => drive.copy('f', '')],
  ['a new folder', () => drive.newUntitled({ type: 'directory' })]
];

test.each(steps)('%s is undone, and the undoing too', async (_, step) => {
  await someDrive();
  const before = seen();
  await step();
  const after = seen();
  expect(after).not.toEqual(before);
  const [last] = await changes();
  await undo(context(), last);
  expect(seen()).toEqual(before);
  const [undoing] = await changes();
  expect(undoing.what).toBe('undo');
  await undo(context(), undoing);
  expect(seen()).toEqual(after);
});

test('nothing is undone where somebody changed it since, by whatever way', async () => {
  await someDrive();
  await drive.deleteAll(['a.txt', 'f']);
  const [last] = await changes();
  engine.root.set('a.txt', new TextEncoder().encode('not of the drive'));
  const before = seen();
  await expect(undo(context(), last)).rejects.toMatchObject({
    code: 'changed-since',
    path: '/a.txt'
  });
  expect(seen()).toEqual(before);
});

test('what was deleted stays linked until the history forgets it', async () => {
  // Put there by another program: no earlier state has it.
  engine.root.set('outside.txt', new TextEncoder().encode('mine'));
  await drive.delete('outside.txt');
  const [{ id }] = await changes();
  const kept = `.jupyterlab-web3/history/${id}/kept-1`;
  expect(engine.tree()[kept]).toBe('mine');
  await drive.history.clear();
  expect(Object.keys(engine.tree()).join()).not.toContain('kept');
  expect(await changes()).toEqual([]);
});

test('limits: what is older, beyond the number, or was never ended goes', async () => {
  for (let i = 0; i < 6; i++) {
    await save('a.txt', String(i));
  }
  const all = await changes();
  const unfinished = `0${(Date.now() - 7_200_000).toString(36)}`.slice(-9);
  await ipfs.files.mkdir(`/.jupyterlab-web3/history/${unfinished}-x`);
  drive.history.limits = { days: 30, changes: 4 };
  await drive.history.prune();
  expect(await changes()).toEqual(all.slice(0, 4));
  expect(JSON.stringify(Object.keys(engine.tree()))).not.toContain(unfinished);
  await drive.history.prune(Date.now() + 31 * 86_400_000);
  expect(await changes()).toEqual([]);
  drive.history.limits = { days: 0, changes: 4 };
  await save('a.txt', 'unseen');
  await drive.delete('a.txt');
  expect(await changes()).toEqual([]);
});

test('a history that cannot be written keeps nobody from changing', async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  await save('a.txt', '1');
  await drive.history.settled();
  const { mkdir } = engine.files;
  engine.files.mkdir = async (path, o) => {
    if (path.includes('history')) {
      throw new Error('no space left');
    }
    return mkdir(path, o);
  };
  await drive.delete('a.txt');
  expect(seen()).toEqual({});
  expect(await changes()).toHaveLength(1);
});

test('the timeline of a file follows it through renames of what it is in', async () => {
  await someDrive();
  await drive.rename('f', 'g');
  await drive.rename('g/b.txt', 'g/c.txt');
  await save('g/c.txt', '3');
  await save('unrelated', 'x');
  expect(
    (await moments('/g/c.txt')).map(({ change, path }) => [change.what, path])
  ).toEqual([
    ['save', '/g/c.txt'],
    ['rename', '/g/c.txt'],
    ['rename', '/g/b.txt'],
    ['new', '/f/b.txt'],
    ['new', '/f/b.txt']
  ]);
  expect((await moments('/g')).map(({ path }) => path)).toEqual([
    '/g',
    '/g',
    '/g',
    '/f',
    '/f'
  ]);
  expect(await moments('/')).toHaveLength(8);
});

test('the panel leaves out that a folder above was made before', async () => {
  await someDrive();
  await drive.history.settled();
  const never = (): never => {
    throw new Error('not asked for');
  };
  const model = new HistoryModel(ipfs, drive.history, '/f/b.txt', {
    open: never,
    restore: never,
    undo: never,
    forget: never
  });
  await model.load();
  expect(
    model.moments.map(({ change }) => change.entries.map(({ path }) => path))
  ).toEqual([['/f/b.txt']]);
  await drive.delete('f');
  await drive.history.settled();
  await model.load();
  expect(model.moments.map(({ change }) => change.what)).toEqual([
    'delete',
    'new'
  ]);
  model.dispose();
});

test('an old state comes back under the name of today, a folder whole', async () => {
  await someDrive();
  await drive.rename('f', 'g');
  await save('g/b.txt', 'other');
  await save('g/new.txt', 'new');
  const then = (await moments('/g')).find(({ path }) => path === '/f')!;
  await restore(context(), then.change.id, '/g', then.path);
  expect(seen()).toEqual({ 'a.txt': '11', 'g/': '', 'g/b.txt': '2' });
  const [restored] = await changes();
  await undo(context(), restored);
  expect(seen()).toMatchObject({ 'g/b.txt': 'other', 'g/new.txt': 'new' });
});

test('what was not there then is not restored to nothing', async () => {
  await someDrive();
  const all = await changes();
  await expect(restore(context(), all[3].id, '/f/b.txt')).rejects.toMatchObject(
    { code: 'not-found' }
  );
  expect(seen()['f/b.txt']).toBe('2');
});

test('differences by name, only folders that differ are read', async () => {
  await someDrive();
  await drive.save('same', { type: 'directory' });
  await save('same/s', 's');
  await drive.history.settled();
  const [{ id }] = await changes();
  await save('f/b.txt', '22');
  await save('f/added', 'n');
  await drive.delete('a.txt');
  await drive.history.settled();
  engine.calls.length = 0;
  const found: string[] = [];
  for await (const { path, kind } of differences(
    ipfs,
    { id, path: '/' },
    { id: null, path: '/' }
  )) {
    found.push(`${kind} ${path}`);
  }
  expect(found.sort()).toEqual([
    'added f/added',
    'changed f/b.txt',
    'removed a.txt'
  ]);
  expect(engine.calls.filter(call => call.includes('same'))).toEqual([]);
});

test('a checkpoint is a state of the history, and going back to it one too', async () => {
  await save('a.txt', '1');
  const { id } = await drive.createCheckpoint('a.txt');
  await save('a.txt', '2');
  await drive.restoreCheckpoint('a.txt', id);
  const [restored, , first] = await changes();
  expect(restored).toMatchObject({ what: 'restore', entries: [{ after: id }] });
  expect(first.entries[0].after).toBe(id);
  const [listed] = await new IpfsDrive({ ipfs }).listCheckpoints('a.txt');
  expect(new Date(listed.last_modified).getTime()).toBe(+restored.when);
});
