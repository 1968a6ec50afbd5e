import { BlobContent } from '../../content';
import type { IWeb3Info } from '../../ocean/ddo';
import { isSameVersion, rowsDiff, versionDiff } from '../versionDiff';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** IPFS of paper: the CID of a text is the text itself. */
const ipfs = {
  add: async (content: { stream(): AsyncIterable<Uint8Array> }) => {
    let text = '';
    for await (const chunk of content.stream()) {
      text += new TextDecoder().decode(chunk);
    }
    return { cid: `cid:${text}`, size: text.length };
  },
  cat: async function* (path: string) {
    yield bytes(path.replace('/ipfs/cid:', ''));
  }
} as unknown as Parameters<typeof versionDiff>[2];

const info = (
  files: { path: string; text: string; sealed?: boolean }[]
): IWeb3Info => ({
  v: 1,
  sealed: null,
  source: null,
  files: files.map(({ path, text, sealed }) => ({
    path,
    size: text.length,
    mediaType: 'text/csv',
    profile: 'p',
    ...(sealed ? { commitment: 'c' } : { cid: `cid:${text}` })
  }))
});

const file = (name: string, data: string, mediaType = 'text/csv') =>
  new BlobContent({ name, data, mediaType });

test('lines that only one has, whatever their order and line ends', () => {
  expect(rowsDiff('a\r\nb\nb\n', 'b\na\nc')).toEqual({
    added: 1,
    removed: 1,
    sample: [
      { sign: '-', text: 'b' },
      { sign: '+', text: 'c' }
    ]
  });
  expect(rowsDiff('', '')).toEqual({ added: 0, removed: 0, sample: [] });
  expect(rowsDiff('', 'x\n').added).toBe(1);
});

test('one file: compared even under another name', async () => {
  const [diff] = await versionDiff(
    info([{ path: 'old.csv', text: 'a\nb\n' }]),
    [file('new.csv', 'a\nc\n')],
    ipfs
  );
  expect(diff).toMatchObject({
    path: 'new.csv',
    before: { path: 'old.csv' },
    after: { cid: 'cid:a\nc\n', size: 4 },
    rows: { added: 1, removed: 1 }
  });
});

test('files that come, stay and go', async () => {
  const diffs = await versionDiff(
    info([
      { path: 'a', text: '1' },
      { path: 'b', text: '2' }
    ]),
    [file('b', '2'), file('c', '3')],
    ipfs
  );
  expect(
    diffs.map(({ path, before, after }) => [path, !!before, !!after])
  ).toEqual([
    ['b', true, true],
    ['c', false, true],
    ['a', true, false]
  ]);
  expect(isSameVersion(diffs)).toBe(false);
});

test('the same is told, but not of what is sealed', async () => {
  const now = [file('a', '1')];
  expect(
    isSameVersion(
      await versionDiff(info([{ path: 'a', text: '1' }]), now, ipfs)
    )
  ).toBe(true);
  const sealed = await versionDiff(
    info([{ path: 'a', text: '1', sealed: true }]),
    now,
    ipfs
  );
  expect(isSameVersion(sealed)).toBe(false);
  expect(sealed[0].rows).toBeNull();
});
