/** @jest-environment node */
import type { Contents } from '@jupyterlab/services';

import { BlobContent } from '../../content';
import { IpfsExistsError, IpfsNotFoundError } from '../../ipfs/errors';
import {
  drivePlace,
  placeContents,
  safePath,
  safePaths,
  workspacePlace
} from '../place';

describe('paths of strangers', () => {
  it.each([
    ['iris.csv', 'iris.csv'],
    ['a/b/c.csv', 'a/b/c.csv'],
    ['../../etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['..\\..\\windows\\x.dll', 'windows/x.dll'],
    ['C:\\x.csv', 'C_/x.csv'],
    ['ipfs:x.csv', 'ipfs_x.csv'],
    ['.. /x', 'x'],
    ['a/./../b', 'a/b'],
    ['.ipython/startup.py', '_ipython/startup.py'],
    ['.ssh', '_ssh'],
    ['con.csv', '_con.csv'],
    ['x. . ', 'x'],
    ['a\u0000b\nc\u202e.csv', 'abc.csv'],
    ['naïve 日本 🌸.csv', 'naïve 日本 🌸.csv'],
    ['', 'file'],
    ['...', 'file'],
    ['/', 'file'],
    ['\u200b', 'file'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['\u3164\u2800\u{e0041}', 'file'],
    [
      'e' + '\u0301'.repeat(99) + '.csv',
      'é\u0301\u0301\u0301\u0301.csv'.normalize('NFC')
    ],
    ['👩‍👩‍👧.png', '👩‍👩‍👧.png']
  ])('%j → %j', (path, safe) => {
    expect(safePath(path)).toBe(safe);
  });

  it('stay inside whatever they are made of (generated)', () => {
    const parts = [
      '..',
      '.',
      '/',
      '\\',
      'a',
      ':',
      ' ',
      '\u0000',
      '~',
      '\u202e'
    ];
    let seed = 3;
    for (let run = 0; run < 3000; run++) {
      let path = '';
      for (let at = 0; at < 8; at++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        path += parts[Math.floor((seed / 2147483648) * parts.length)];
      }
      const safe = safePath(path);
      expect(safe).toMatch(/^[^/:\\]/);
      expect(safe.split('/').some(part => /^\.|^$/.test(part))).toBe(false);
      expect(safePath(safe)).toBe(safe);
    }
  });

  it('are short enough, and keep their extension', () => {
    const safe = safePath('x'.repeat(5000) + '.csv');
    expect(safe).toHaveLength(150);
    expect(safe.endsWith('.csv')).toBe(true);
  });

  it('are each their own, where case does not count too', () => {
    expect(
      safePaths(['a.csv', 'A.csv', '/a.csv', 'a.csv/b', 'c/d', 'c'])
    ).toEqual(['a.csv', 'A-2.csv', 'a-3.csv', 'a-4.csv/b', 'c/d', 'c-2']);
  });
});

const file = (name: string): BlobContent =>
  new BlobContent({ name, data: 'x' });

it('on the drive: what another tab wrote meanwhile is not replaced', async () => {
  const there = new Set(['/downloads']);
  let other = true;
  const place = drivePlace(
    {
      stat: async path => {
        if (!there.has(path)) {
          throw new IpfsNotFoundError(path);
        }
        return {
          cid: 'c',
          size: 1,
          cumulativeSize: 1,
          blocks: 1,
          type: 'directory'
        };
      },
      mkdir: async () => undefined,
      write: async (path, _, o) => {
        if (other) {
          // Right after it was looked whether the name is free.
          other = false;
          there.add(path);
        }
        if (there.has(path) && o?.force === false) {
          throw new IpfsExistsError(path);
        }
        there.add(path);
        return { cid: 'c', size: 1 };
      },
      mv: async () => undefined,
      rm: async () => undefined
    },
    () => undefined
  );
  expect(await placeContents(place, [file('x.csv')], 'downloads/', 'X')).toBe(
    'ipfs:downloads/x-2.csv'
  );
});

it('in the workspace: a folder whose name was taken meanwhile gets a number', async () => {
  const there = new Set<string>();
  const status = (code: number): Error =>
    Object.assign(new Error(String(code)), { response: { status: code } });
  const place = workspacePlace(
    {
      get: async (path: string) => {
        if (!there.has(path)) {
          throw status(404);
        }
        return { type: 'directory' } as Contents.IModel;
      },
      save: async (path: string) => {
        there.add(path);
        return {} as Contents.IModel;
      },
      delete: async () => undefined,
      rename: async (_: string, to: string) => {
        if (to === 'Two files') {
          throw status(409);
        }
        there.add(to);
        return {} as Contents.IModel;
      }
    },
    async path => {
      // Never where it would be seen before it is complete.
      expect(path).toMatch(/^Two files\.part-/);
    }
  );
  const two = [file('a.csv'), file('b.csv')];
  expect(await placeContents(place, two, '', 'Two files')).toBe('Two files-2');
});
