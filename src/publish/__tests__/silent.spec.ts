/** The checks without a dialog: what nobody looked through has to be allowed. */
import { nullTranslator } from '@jupyterlab/translation';

import { BlobContent, type IContent } from '../../content';
import type { IAssetDraft } from '../../tokens';
import { scanContents } from '../guardScan';
import { checkSilently, type IAllowed } from '../silent';
import { FREE } from './world';

const trans = nullTranslator.load('test');
const file = (name: string, data: string | Uint8Array): IContent =>
  new BlobContent({ name, data });

const check = (
  content: IContent,
  allowed: IAllowed = {},
  draft: IAssetDraft = FREE
): Promise<string[]> =>
  checkSilently(
    [content],
    draft,
    null,
    { scan: (all, o) => scanContents(all, { ...o, cap: 1000, capAll: 1500 }) },
    allowed,
    trans
  );

test.each([
  ['a long text', file('a.csv', 'a,b\n'.repeat(400))],
  ['text in an unknown encoding', file('a.txt', Uint8Array.of(0, 97, 0, 98))]
])('%s: refused, and said where it is allowed', async (_, content) => {
  await expect(check(content)).rejects.toMatchObject({
    name: 'PublishError',
    code: 'unchecked',
    message: expect.stringContaining(content.name)
  });
  expect((await check(content, { allowFindings: true })).join()).toContain(
    content.name
  );
});

test('a password in the description is found as in the content', async () => {
  const description = 'Log in with password = "tr0ub4dor&31"';
  await expect(
    check(file('a.csv', 'a,b\n'), {}, { ...FREE, description })
  ).rejects.toMatchObject({
    code: 'findings',
    message: expect.stringContaining('The description, line 2')
  });
});

test.each([
  ['a short text', file('a.csv', 'a,b\n')],
  ['numbers', file('a.bin', new Uint8Array(3000))]
])('%s: nothing to allow', async (_, content) => {
  await expect(check(content)).resolves.toBeDefined();
});
