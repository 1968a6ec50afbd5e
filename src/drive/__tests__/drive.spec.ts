import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import { IpfsDrive } from '../drive';
import { type FakeEngine, fakeIpfs } from './fakeIpfs';

let engine: FakeEngine;
let drive: IpfsDrive;
let changes: string[];

const text = (content: string): Partial<Contents.IModel> => ({
  type: 'file',
  format: 'text',
  content
});

async function status(promise: Promise<unknown>): Promise<number | unknown> {
  const reason: unknown = await promise.then(
    () => 'no error',
    (error: unknown) => error
  );
  return reason instanceof ServerConnection.ResponseError
    ? reason.response.status
    : reason;
}

beforeEach(() => {
  const fake = fakeIpfs();
  engine = fake.engine;
  drive = new IpfsDrive({ ipfs: fake.ipfs });
  changes = [];
  drive.fileChanged.connect((_, { type, oldValue, newValue }) => {
    changes.push(`${type} ${oldValue?.path ?? '-'} ${newValue?.path ?? '-'}`);
  });
});

const names = [
  'plain.txt',
  '100%.txt',
  '%2F%41.txt',
  'a#b?c.txt',
  'with space',
  'co:lon.txt',
  'emoji 🦊.txt',
  '.hidden',
  `${'x'.repeat(255)}`
];

test.each(names)('saves, lists, reads, renames and deletes %j', async name => {
  const saved = await drive.save(`${name}`, text('hello'));
  expect(saved).toMatchObject({ name, path: name, type: 'file' });
  const listing = await drive.get('');
  expect(listing.content).toMatchObject([{ name, path: name, size: 5 }]);
  const model = await drive.get(name);
  expect(model).toMatchObject({ content: 'hello', format: 'text' });
  await drive.rename(name, 'other');
  await drive.rename('other', name);
  await drive.delete(name);
  expect((await drive.get('')).content).toEqual([]);
  expect(changes).toEqual([
    `new - ${name}`,
    `rename ${name} other`,
    `rename other ${name}`,
    `delete ${name} -`
  ]);
});

test.each(['../up', 'a/../../b', '..', 'y'.repeat(256), 'nul\0'])(
  'refuses the name %j',
  async name => {
    await expect(drive.save(name, text('x'))).rejects.toMatchObject({
      code: 'bad-name'
    });
    expect(engine.tree()).toEqual({});
  }
);

test('the hash is the CID, in both ways to ask, and changes with the bytes', async () => {
  const { hash } = await drive.save('a.txt', text('1'));
  expect(hash).toMatch(/^cid/);
  const asked = await drive.get('a.txt', { content: false, hash: true });
  expect(asked.hash).toBe(hash);
  await drive.save('a.txt', text('2'));
  expect((await drive.get('a.txt', { content: false })).hash).not.toBe(hash);
});

test('dates are strings that JupyterLab can format', async () => {
  await drive.save('a.txt', text('1'));
  const other = new IpfsDrive({ ipfs: fakeIpfs().ipfs });
  const known = await drive.get('a.txt');
  const root = await other.get('');
  for (const { created, last_modified } of [known, root]) {
    expect(Number.isNaN(Date.parse(created))).toBe(false);
    expect(Number.isNaN(Date.parse(last_modified))).toBe(false);
  }
});

test('what is missing answers 404, the root never does', async () => {
  expect(await status(drive.get('none'))).toBe(404);
  expect(await status(drive.get('none/deeper', { content: false }))).toBe(404);
  expect(await status(drive.delete('none'))).toBe(404);
  expect(await status(drive.rename('none', 'b'))).toBe(404);
  expect((await drive.get('')).type).toBe('directory');
  expect((await drive.get('/')).type).toBe('directory');
});

test('offline is an error of its own, not a 404', async () => {
  engine.online = false;
  for (const action of [
    drive.get(''),
    drive.save('a', text('1')),
    drive.delete('a')
  ]) {
    await expect(action).rejects.toMatchObject({ code: 'offline' });
  }
});

test('rename onto itself does nothing, onto another is refused', async () => {
  await drive.save('a.txt', text('a'));
  await drive.save('b.txt', text('b'));
  await drive.save('dir', { type: 'directory' });
  changes = [];
  expect(await drive.rename('a.txt', 'a.txt')).toMatchObject({ path: 'a.txt' });
  expect(await drive.rename('a.txt', '/a.txt')).toMatchObject({
    path: 'a.txt'
  });
  expect(changes).toEqual([]);
  expect(await status(drive.rename('a.txt', 'b.txt'))).toBe(409);
  expect(await status(drive.rename('a.txt', 'dir'))).toBe(409);
  expect(engine.tree()).toMatchObject({ 'a.txt': 'a', 'b.txt': 'b' });
});

test('a folder moves with what is in it', async () => {
  await drive.save('d', { type: 'directory' });
  await drive.save('d/x.txt', text('x'));
  await drive.save('e', { type: 'directory' });
  await drive.rename('d', 'e/d');
  expect((await drive.get('e/d/x.txt')).content).toBe('x');
});

test('formats: text, base64, JSON, and what can not be them', async () => {
  await drive.save('b.bin', {
    type: 'file',
    format: 'base64',
    content: '/wD+'
  });
  expect(await drive.get('b.bin')).toMatchObject({
    format: 'base64',
    content: '/wD+'
  });
  expect(await status(drive.get('b.bin', { format: 'text' }))).toBe(400);
  await drive.save('t.txt', text('héllo 🦊'));
  expect((await drive.get('t.txt')).content).toBe('héllo 🦊');
  expect((await drive.get('t.txt', { format: 'base64' })).content).toBe(
    Buffer.from('héllo 🦊').toString('base64')
  );
  await drive.save('broken.ipynb', text('{'));
  expect(await status(drive.get('broken.ipynb'))).toBe(400);
  expect(await drive.get('broken.ipynb', { type: 'file' })).toMatchObject({
    type: 'file',
    content: '{'
  });
  await drive.save('empty', text(''));
  expect(await drive.get('empty')).toMatchObject({ content: '', size: 0 });
  expect((await drive.get('t.txt', { content: false })).content).toBeNull();
});

const notebook = (trusted: boolean) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: 'code', source: '1', outputs: [], metadata: { trusted } }
  ]
});

test('a notebook keeps its content; trust comes from this page only', async () => {
  const save = (content: object) =>
    drive.save('n.ipynb', { type: 'notebook', format: 'json', content });
  await save(notebook(true));
  // The flag is not in the file …
  expect(engine.tree()['n.ipynb']).not.toContain('trusted');
  // … but what this page saved as trusted comes back so.
  const own = await drive.get('n.ipynb', { type: 'notebook' });
  expect(own).toMatchObject({ type: 'notebook', format: 'json' });
  expect(own.content).toEqual(notebook(true));
  // A file of somebody else that claims trust gets none.
  await drive.save('evil.ipynb', text(JSON.stringify(notebook(true), null, 3)));
  const evil = await drive.get('evil.ipynb');
  expect(evil.content.cells[0].metadata).toEqual({});
});

test('new files get names that nobody has', async () => {
  const made = [];
  for (const type of ['file', 'file', 'notebook', 'directory', 'directory']) {
    made.push((await drive.newUntitled({ path: '', type })).path);
  }
  made.push(
    (await drive.newUntitled({ path: '', type: 'file', ext: 'py' })).path
  );
  expect(made).toEqual([
    'untitled.txt',
    'untitled1.txt',
    'Untitled.ipynb',
    'Untitled Folder',
    'Untitled Folder 1',
    'untitled.py'
  ]);
  expect((await drive.get('Untitled.ipynb')).content.nbformat).toBe(4);
});

test('copies never replace', async () => {
  await drive.save('a.csv', text('a'));
  await drive.save('d', { type: 'directory' });
  const copied = [];
  for (const to of ['', '', 'd', 'd']) {
    copied.push((await drive.copy('a.csv', to)).path);
  }
  expect(copied).toEqual([
    'a-Copy1.csv',
    'a-Copy2.csv',
    'd/a.csv',
    'd/a-Copy1.csv'
  ]);
  await expect(drive.copy('d', 'd')).rejects.toMatchObject({ code: 'refused' });
});

test('checkpoints: the id is the CID, restoring brings the bytes back', async () => {
  const { hash } = await drive.save('a.txt', text('first'));
  expect(await drive.listCheckpoints('a.txt')).toEqual([]);
  const checkpoint = await drive.createCheckpoint('a.txt');
  expect(checkpoint.id).toBe(hash);
  await drive.save('a.txt', text('second'));
  expect(await drive.listCheckpoints('a.txt')).toEqual([checkpoint]);
  // Not listed among the person's files, nor to be had by its path.
  expect((await drive.get('')).content).toHaveLength(1);
  expect(await status(drive.get('.jupyterlab-web3'))).toBe(404);
  await drive.rename('a.txt', 'b.txt');
  expect(await drive.listCheckpoints('b.txt')).toEqual([checkpoint]);
  await drive.restoreCheckpoint('b.txt', checkpoint.id);
  expect((await drive.get('b.txt')).content).toBe('first');
  // Deleting a file must not leave its bytes behind, unless the history says so.
  await drive.delete('b.txt');
  await drive.history.clear();
  expect(JSON.stringify(engine.tree())).not.toContain('first');
});

test('checkpoints never reject, whatever happens', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  expect(await drive.createCheckpoint('none')).toMatchObject({ id: '' });
  engine.online = false;
  expect(await drive.listCheckpoints('a.txt')).toEqual([]);
  expect(typeof (await drive.createCheckpoint('a.txt')).last_modified).toBe(
    'string'
  );
  // Each is told to who debugs, though nobody has to act.
  expect(warn).toHaveBeenCalledTimes(3);
  warn.mockRestore();
});

test('chunked saves appear when they are complete', async () => {
  const chunk = (content: string, number: number) =>
    drive.save('c.bin', {
      type: 'file',
      format: 'base64',
      content: btoa(content),
      chunk: number
    });
  await chunk('one,', 1);
  await chunk('two,', 2);
  expect(engine.tree()).toEqual({});
  await chunk('three', -1);
  expect(engine.tree()).toMatchObject({ 'c.bin': 'one,two,three' });
  await expect(chunk('late', 3)).rejects.toMatchObject({ code: 'incomplete' });
});

test('one listing a folder, and none while it stays the same', async () => {
  await drive.save('d', { type: 'directory' });
  for (let n = 0; n < 20; n++) {
    await drive.save(`d/${n}`, text(String(n)));
  }
  await drive.history.settled();
  engine.calls.length = 0;
  expect((await drive.get('d')).content).toHaveLength(20);
  expect((await drive.get('d')).content).toHaveLength(20);
  expect(engine.calls).toEqual(['stat /d', 'ls /d', 'stat /d']);
  await drive.save('d/more', text('more'));
  expect((await drive.get('d')).content).toHaveLength(21);
});

test('download URLs carry the name', async () => {
  await drive.save('a b#.csv', text('1'));
  expect(await drive.getDownloadUrl('a b#.csv')).toMatch(
    /^gateway:cid.*\?filename=a%20b%23\.csv&download=true$/
  );
});

test('a folder is not made where a file is, and that is said', async () => {
  await drive.save('taken', text('words'));
  expect(await status(drive.save('taken', { type: 'directory' }))).toBe(400);
  expect((await drive.get('taken')).content).toBe('words');
});
