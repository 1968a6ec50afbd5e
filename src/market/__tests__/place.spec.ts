/** @jest-environment node */
import { safePath, safePaths } from '../place';

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
