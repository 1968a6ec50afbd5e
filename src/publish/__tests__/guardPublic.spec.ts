/** @jest-environment node */
import { BlobContent, type IContent } from '../../content';
import type { INetwork } from '../../tokens';
import { lookWhetherPublic, type IPublicDeps } from '../guardPublic';

const MIB = 1024 * 1024;
const network = { chainId: 8996, oceanNode: 'http://node' } as INetwork;
const DID = `did:op:${'a1'.repeat(32)}`;
const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

const file = (name: string, data: string, cid?: string): IContent =>
  new BlobContent({ name, data, cid });

/** A record of the index that names these CIDs. */
const record = (cids: string[], patch: object = {}): object => ({
  id: DID,
  chainId: 8996,
  nftAddress: TOKEN,
  metadata: {
    name: 'Known rows',
    additionalInformation: {
      web3: {
        v: 1,
        sealed: null,
        files: cids.map(cid => ({ path: cid, size: 3, cid }))
      }
    }
  },
  services: [{ id: 's', type: 'access', datatokenAddress: TOKEN }],
  ...patch
});

/** Nothing is known of anything; CIDs are `cid of` the name. */
function world(patch: Partial<IPublicDeps> = {}) {
  const hashed: { name: string; onlyHash?: boolean }[] = [];
  const asked: (readonly number[])[] = [];
  const deps: IPublicDeps = {
    ipfs: {
      add: async (content, o) => {
        hashed.push({ name: content.name, onlyHash: o?.onlyHash });
        return { cid: `cid-of-${content.name}`, size: 3 };
      }
    },
    pinning: null,
    publishedHere: async () => [],
    assetsOfSizes: async (_, sizes) => {
      asked.push(sizes);
      return [];
    },
    ...patch
  };
  const look = (
    contents: IContent[],
    at: INetwork | null = network,
    signal = new AbortController().signal
  ) => lookWhetherPublic(contents, at, deps, signal);
  return { look, hashed, asked };
}
type Records = NonNullable<IPublicDeps['pinning']>['records'];
const kept = (
  ...records: [cid: string, provider: string, state: string][]
): IPublicDeps['pinning'] => {
  let loaded = false;
  return {
    get records() {
      return (loaded
        ? records.map(([cid, provider, state]) => ({ cid, provider, state }))
        : []) as unknown as Records;
    },
    load: async () => {
      loaded = true;
    }
  } as IPublicDeps['pinning'];
};

it('computes CIDs and stores nothing; what is known or large is left alone', async () => {
  const { look, hashed } = world();
  const large = {
    name: 'large',
    size: 64 * MIB + 1
  } as unknown as IContent;
  const streamed = { name: 'streamed', size: null } as unknown as IContent;
  const { cids, notes, published } = await look([
    file('a', 'abc'),
    file('b', 'abc', 'bafydrive'),
    large,
    streamed
  ]);
  expect(hashed).toEqual([{ name: 'a', onlyHash: true }]);
  expect([...cids]).toEqual([
    ['a', 'cid-of-a'],
    ['b', 'bafydrive']
  ]);
  expect(notes).toEqual([{ code: 'on-drive', files: ['b'] }]);
  expect(published).toBe(false);
});

it('looks at 20 files of a folder', async () => {
  const { look, hashed } = world();
  await look(Array.from({ length: 50 }, (_, n) => file(`f${n}`, 'abc')));
  expect(hashed).toHaveLength(20);
});

it('what services keep counts, one’s own node does not, nor what is not there yet', async () => {
  const { look } = world({
    pinning: kept(
      ['cid-of-a', 'filecoin', 'pinned'],
      ['cid-of-b', 'node', 'pinned'],
      ['cid-of-c', 'filecoin', 'queued'],
      ['other', 'filecoin', 'pinned']
    )
  });
  const { notes } = await look(['a', 'b', 'c'].map(name => file(name, 'abc')));
  expect(notes).toEqual([{ code: 'kept-elsewhere', files: ['a'] }]);
});

it('says which were published from here', async () => {
  const { look } = world({
    publishedHere: async cids => cids.filter(cid => cid === 'cid-of-b')
  });
  const { notes, published } = await look([file('a', '1'), file('b', '2')]);
  expect(notes).toEqual([{ code: 'published-before', files: ['b'] }]);
  expect(published).toBe(true);
});

describe('the network’s index', () => {
  it('is told sizes, never a CID, and names the asset that has the file', async () => {
    const sizes: (readonly number[])[] = [];
    const { look } = world({
      assetsOfSizes: async (_, wanted) => {
        sizes.push(wanted);
        return [
          // Another file of the same size is no hit.
          record(['cid-of-z']),
          { broken: true },
          record(['cid-of-x', 'cid-of-b'])
        ];
      }
    });
    const { notes } = await look([
      file('a', 'abc'),
      file('b', 'abcd'),
      file('empty', '')
    ]);
    expect(sizes).toEqual([[3, 4]]);
    expect(notes).toEqual([
      {
        code: 'in-catalogue',
        files: ['b'],
        detail: 'Known rows',
        did: DID
      }
    ]);
  });

  it('is not asked where there is none, or nothing to ask', async () => {
    const { look, asked } = world();
    await look([file('a', 'abc')], null);
    await look([file('a', 'abc')], {
      ...network,
      oceanNode: undefined
    } as never);
    await look([file('a', '')]);
    await look([{ name: 'large', size: 65 * MIB } as unknown as IContent]);
    expect(asked).toEqual([]);
  });

  it('that fails is not taken for one that knows nothing', async () => {
    const { look } = world({
      assetsOfSizes: async () => {
        throw new Error('the index is down');
      }
    });
    await expect(look([file('a', 'abc')])).rejects.toThrow('the index is down');
  });
});

it('stops when nobody waits for it any more', async () => {
  const stop = new AbortController();
  const { look, hashed } = world({
    ipfs: {
      add: async content => {
        hashed.push({ name: content.name });
        stop.abort(new Error('gone'));
        return { cid: 'c', size: 1 };
      }
    }
  });
  await expect(
    look([file('a', '1'), file('b', '2')], network, stop.signal)
  ).rejects.toThrow('gone');
  expect(hashed.map(({ name }) => name)).toEqual(['a']);
});
