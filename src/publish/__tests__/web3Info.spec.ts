/** @jest-environment node */
import { BlobContent } from '../../content';
import { recordBytes, web3Info } from '../web3Info';
import { ALICE, FREE, PRICED } from './world';

const file = (path: string) => ({
  path: 'a.csv',
  mediaType: 'text/csv',
  size: 3,
  source: { kind: 'file' as const, path },
  cid: 'bafy',
  commitment: '00'
});

test.each(['clients/acme/a.csv', 'ipfs:a.csv', 'ipfs:clients/a.csv'])(
  'of sealed content the folders of the workspace stay unsaid: %s',
  path => {
    expect(web3Info([file(path)], true).source?.path).toBe('a.csv');
    expect(web3Info([file(path)], false).source?.path).toBe(path);
  }
);

test('the record grows by each file, more by a sealed one', async () => {
  const at = { account: ALICE, chainId: 1, nodeUrl: 'http://node' };
  const bytes = (draft: typeof FREE, count: number): Promise<number> =>
    recordBytes(
      draft,
      Array.from(
        { length: count },
        (_, i) => new BlobContent({ name: `${i}.csv`, data: 'a' })
      ),
      at
    );
  const [one, fifty] = [await bytes(FREE, 1), await bytes(FREE, 50)];
  // Name, type, profile and CID of each, and its CID again, encrypted, as hex.
  expect((fifty - one) / 49).toBeGreaterThan(300);
  expect(await bytes(PRICED, 50)).toBeGreaterThan(fifty);
  // One zip of them.
  expect(await bytes(FREE, 51)).toBeLessThan(one + 50);
});
