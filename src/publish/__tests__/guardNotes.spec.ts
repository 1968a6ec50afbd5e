/** @jest-environment node */
import { BlobContent, type IContent } from '../../content';
import { contentNotes, licenceNotes, VERY_LARGE } from '../guardNotes';
import { scanContents } from '../guardScan';
import type { IScan } from '../guardTypes';

const file = (name: string, data: string | Uint8Array): IContent =>
  new BlobContent({ name, data });
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const after = (text: string, ...values: number[]): Uint8Array =>
  new Uint8Array([...new TextEncoder().encode(text), ...values]);

/** Codes of the notes of one file, read as it would be before publishing. */
async function codes(
  name: string,
  data: string | Uint8Array
): Promise<string[]> {
  const contents = [file(name, data)];
  return contentNotes(contents, await scanContents(contents))
    .map(({ code }) => code)
    .filter(code => code !== 'binary');
}

describe('what a file says it is, and what it is', () => {
  it.each([
    ['a.png', bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['a.JPG', bytes(0xff, 0xd8, 0xff, 0xe0)],
    ['a.pdf', '%PDF-1.7'],
    ['a.xlsx', after('PK', 3, 4)],
    ['a.csv.gz', bytes(0x1f, 0x8b, 8)],
    ['a.parquet', 'PAR1....PAR1'],
    ['a.arrow', 'ARROW1'],
    ['a.npy', after('', 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)],
    ['a.csv', 'a,b\n1,2\n'],
    // UTF-16 has zeros.
    ['a.csv', bytes(0xff, 0xfe, 0x61, 0, 0x2c, 0)],
    ['a.html', '<!DOCTYPE html><html>'],
    ['page.md', '<html><body>'],
    ['a.svg', '\ufeff <svg/>'],
    ['a.json', '{}'],
    ['unknown.bin', bytes(1, 2, 3)],
    ['a.xml', '<?xml version="1.0"?>']
  ])('%s: nothing is odd', async (name, data) => {
    expect(await codes(name, data)).toEqual([]);
  });

  it.each([
    ['a.png', 'GIF89a', 'type-mismatch'],
    ['a.parquet', 'a,b\n1,2\n', 'type-mismatch'],
    ['a.zip', 'not found', 'type-mismatch'],
    ['a.csv', after('a,b', 0, 0), 'type-mismatch'],
    ['a.csv', '<!doctype HTML><title>404', 'html-inside'],
    ['a.parquet', '\n <html lang="en">', 'html-inside'],
    ['a.csv', '\ufeff<!DOCTYPE html>', 'html-inside'],
    [
      'a.bin',
      'version https://git-lfs.github.com/spec/v1\noid sha256:',
      'lfs-pointer'
    ],
    ['a.png', '/annex/objects/SHA256E-s1--a.png\n', 'annex-pointer'],
    ['a.png', '../../.git/annex/objects/a/b/c', 'annex-pointer'],
    ['tool', after('', 0x7f, 0x45, 0x4c, 0x46), 'executable'],
    ['a.csv', 'MZ\u0090', 'executable'],
    ['model.pkl', bytes(0x80, 4), 'runs-when-loaded'],
    ['model.PT', after('PK', 3, 4), 'runs-when-loaded'],
    ['a.csv', '', 'empty-file']
  ])('%s: %#', async (name, data, code) => {
    expect(await codes(name, data)).toEqual([code]);
  });

  it('a tag that only begins like a page’s is none', async () => {
    expect(await codes('a.csv', '<header>,b\n')).toEqual([]);
  });
});

const NOTHING: Pick<IScan, 'heads' | 'notebooks' | 'cut' | 'binary' | 'left'> =
  { heads: new Map(), notebooks: [], cut: [], binary: [], left: [] };
const sized = (name: string, size: number | null): IContent =>
  ({ name, size }) as IContent;

describe('all files of a folder', () => {
  it('one note each kind, with every file that it is about', () => {
    const contents = [
      sized('a/x.csv', 0),
      sized('a/y.csv', 5),
      sized('a/z.csv', null),
      sized('big.bin', VERY_LARGE),
      sized('nearly.bin', VERY_LARGE - 1)
    ];
    const notes = contentNotes(contents, {
      ...NOTHING,
      heads: new Map([
        ['a/y.csv', new TextEncoder().encode('<html>')],
        // Of unknown size, and nothing came.
        ['a/z.csv', new Uint8Array()]
      ]),
      cut: ['big.bin'],
      binary: ['nearly.bin'],
      left: ['q', 'r']
    });
    expect(notes).toEqual([
      { code: 'empty-file', files: ['a/x.csv', 'a/z.csv'] },
      { code: 'html-inside', files: ['a/y.csv'] },
      { code: 'very-large', files: ['big.bin'] },
      { code: 'cut', files: ['big.bin'] },
      { code: 'binary', files: ['nearly.bin'] },
      { code: 'left', files: ['q', 'r'] }
    ]);
  });

  it('what was not read is not called empty', () => {
    expect(contentNotes([sized('a.csv', null)], NOTHING)).toEqual([]);
  });

  it('notebooks without outputs, and such as were not run to their end', () => {
    const look = (codeCells: number, outputs: number, notRun: number) => ({
      file: `${codeCells}-${outputs}-${notRun}`,
      codeCells,
      outputs,
      notRun
    });
    const notes = contentNotes([], {
      ...NOTHING,
      notebooks: [look(3, 0, 3), look(3, 2, 1), look(3, 3, 0), look(0, 0, 0)]
    });
    expect(notes).toEqual([
      { code: 'no-outputs', files: ['3-0-3'] },
      { code: 'not-run', files: ['3-2-1'] }
    ]);
  });
});

describe('the licence', () => {
  const free = { kind: 'free' } as const;
  const fixed = { kind: 'fixed', amount: '1', token: '0x' } as const;
  const notes = (license: string, price: typeof free | typeof fixed = free) =>
    licenceNotes({ license, price }).map(({ code, detail }) =>
      detail ? `${code} ${detail}` : code
    );

  it.each([
    'MIT',
    'CC-BY-4.0',
    'GPL-2.0+',
    'LicenseRef-Ours',
    'For members of our institute only',
    '  CC0-1.0 ',
    'https://example.org/terms',
    'CC-BY-NC-4.0'
  ])('%s is one', licence => {
    expect(notes(licence)).toEqual([]);
  });
  it.each([
    'none',
    'N/A',
    'No licence',
    'NOASSERTION',
    '--',
    '???',
    'unlicensed'
  ])('%s is none', licence => {
    expect(notes(licence)).toEqual(['no-licence']);
  });
  it('is named as SPDX would write it', () => {
    expect(notes('mit')).toEqual(['unknown-licence MIT']);
    expect(notes('cc-by-4.0')).toEqual(['unknown-licence CC-BY-4.0']);
    expect(notes('apache-2.0+')).toEqual(['unknown-licence Apache-2.0+']);
    expect(notes('CC-BY')).toEqual(['unknown-licence']);
  });
  it('that forbids commerce does not go with a price', () => {
    expect(notes('CC-BY-NC-4.0', fixed)).toEqual(['non-commercial-priced']);
    expect(notes('non-commercial use only', fixed)).toEqual([
      'non-commercial-priced'
    ]);
    expect(notes('CC-BY-NCX', fixed)).toEqual(['unknown-licence']);
    expect(notes('INC-1', fixed)).toEqual(['unknown-licence']);
  });
});
