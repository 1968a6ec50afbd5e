/** @jest-environment node */
import { Signal } from '@lumino/signaling';

import { Purgatory, readList, type PurgatoryAsset } from '../purgatory';
import { followSettings } from '../purgatorySettings';

const DID = `did:op:${'ab'.repeat(32)}`;
const NFT = '0xAbCdEf0123456789aBcDeF0123456789AbCdEf01';
const SELLER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const asset: PurgatoryAsset = {
  did: DID,
  nftAddress: NFT,
  owner: SELLER,
  purgatory: false
};
const answer = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status });

test('nobody warns of an ordinary asset', () => {
  const purgatory = new Purgatory();
  expect(purgatory.has(asset)).toBe(false);
  expect(() => purgatory.assertNot(asset)).not.toThrow();
});

test('the index warns', () => {
  const purgatory = new Purgatory();
  expect(purgatory.entryOf({ ...asset, purgatory: true })).toEqual({
    kind: 'did',
    source: 'index'
  });
});

test.each([
  ['did', DID.replace(/ab/g, 'AB')],
  ['nft', NFT.toLowerCase()],
  ['account', SELLER.toUpperCase().replace('0X', '0x')]
])('the settings name it by %s, in any case of letters', (kind, name) => {
  const purgatory = new Purgatory();
  purgatory.setOwn([name, 'nonsense']);
  expect(purgatory.entryOf(asset)).toEqual({ kind, source: 'settings' });
  expect(() => purgatory.assertNot(asset)).toThrow(
    expect.objectContaining({ code: 'in-purgatory' })
  );
  purgatory.setOwn([]);
  expect(purgatory.has(asset)).toBe(false);
});

test('lists: texts and objects; what is neither DID nor address is left out', () => {
  const list = readList([DID, { address: SELLER, reason: 'x'.repeat(999) }, 7]);
  expect([...list.keys()]).toEqual([DID, SELLER.toLowerCase()]);
  expect(list.get(SELLER.toLowerCase())).toHaveLength(200);
  expect(readList({ did: DID }).size).toBe(0);
});

test('a list that fails later is told, and what was read of it stays', async () => {
  const purgatory = new Purgatory();
  const url = 'https://lists.uni.edu/a.json';
  await purgatory.setLists([url], async () =>
    answer([{ did: DID, reason: 'stolen' }])
  );
  expect(purgatory.entryOf(asset)).toEqual({
    kind: 'did',
    source: 'list',
    reason: 'stolen',
    host: 'lists.uni.edu'
  });
  await purgatory.setLists([url], async () => answer(null, 503));
  expect(purgatory.failed.get(url)).toBe('HTTP 503');
  expect(purgatory.has(asset)).toBe(true);
});

test('who buys waits for the lists, the newest settings’ ones', async () => {
  const purgatory = new Purgatory();
  await purgatory.ready();
  const answers: ((response: Response) => void)[] = [];
  const slow = (): Promise<Response> =>
    new Promise(resolve => answers.push(resolve));
  void purgatory.setLists(['https://one.example/a'], slow);
  let isReady = false;
  const ready = purgatory.ready().then(() => {
    isReady = true;
  });
  void purgatory.setLists(['https://two.example/a'], slow);
  answers[0](answer([]));
  await new Promise(resolve => setTimeout(resolve));
  expect(isReady).toBe(false);
  answers[1](answer([DID]));
  await ready;
  expect(purgatory.has(asset)).toBe(true);
  // One that can't be read is waited for no longer than it takes to fail.
  void purgatory.setLists(['https://two.example/a'], async () =>
    answer('', 500)
  );
  await purgatory.ready();
  expect([...purgatory.failed.keys()]).toEqual(['https://two.example/a']);
});

test('nothing is fetched unless the settings name a list', async () => {
  const purgatory = new Purgatory();
  const asked: string[] = [];
  const fetcher = async (url: string): Promise<Response> => {
    asked.push(url);
    return answer([DID]);
  };
  const settings = {
    composite: { purgatory: [SELLER], purgatoryLists: [] as string[] },
    changed: new Signal<object, void>({})
  };
  followSettings(purgatory, settings as never, fetcher);
  expect(purgatory.entryOf(asset)?.source).toBe('settings');
  expect(asked).toEqual([]);
  const read = new Promise<void>(resolve =>
    purgatory.changed.connect(one => {
      if (one.entryOf({ ...asset, owner: null })) {
        resolve();
      }
    })
  );
  settings.composite = {
    purgatory: [],
    purgatoryLists: ['https://a.b/c', 'file:///etc/passwd']
  };
  settings.changed.emit();
  await read;
  expect(asked).toEqual(['https://a.b/c']);
});
