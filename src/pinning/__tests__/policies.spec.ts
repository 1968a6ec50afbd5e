/** @jest-environment node */
/** Folders that are followed: never a moment in which nothing of them is pinned. */
import 'fake-indexeddb/auto';

import { IpfsNotFoundError } from '../../ipfs/errors';
import type { IMfsStat } from '../../tokens';
import { PinningError } from '../errors';
import type { PinQueue } from '../jobs';
import { Policies } from '../policies';
import { FakeProvider, makeQueue, profile, quiet } from './world';

const FAKE = 'service:fake';
const TIMES = { quiet: 1, round: 3_600_000 };

let provider: FakeProvider;
let queue: PinQueue;
let folder: string | null;
let database: string;
const ends: (() => void)[] = [];

const files = {
  stat: async (path: string): Promise<IMfsStat> => {
    if (folder === null) {
      throw new IpfsNotFoundError(path);
    }
    return {
      type: 'directory',
      cid: folder,
      size: 0,
      cumulativeSize: 1,
      blocks: 1
    };
  }
};

async function start(): Promise<Policies> {
  ({ queue } = makeQueue(database, [provider]));
  const policies = new Policies(queue, files, TIMES);
  const mine = queue;
  ends.push(() => {
    policies.dispose();
    mine.dispose();
  });
  await queue.start();
  await policies.start();
  return policies;
}

async function change(policies: Policies, cid: string | null): Promise<void> {
  folder = cid;
  policies.look();
  await quiet();
}

beforeEach(() => {
  provider = new FakeProvider();
  database = profile();
  folder = 'bafyone';
});

afterEach(() => ends.splice(0).forEach(end => end()));

test('the new root is pinned, and only then the old one let go of', async () => {
  const policies = await start();
  const policy = await policies.follow('/data', FAKE);
  expect(policy).toMatchObject({ path: '/data', cid: 'bafyone' });
  await quiet();
  provider.answers = [
    { state: 'queued', requestId: 'r' },
    { state: 'pinned', requestId: 'r' }
  ];
  await change(policies, 'bafytwo');
  // Not pinned yet: the old one stays.
  expect(provider.asked).toEqual(['pin bafyone', 'pin bafytwo']);
  await queue.retry(`${FAKE} bafytwo`);
  await quiet();
  expect(provider.asked).toEqual([
    'pin bafyone',
    'pin bafytwo',
    'pin bafytwo',
    'unpin bafyone'
  ]);
  expect(queue.records).toMatchObject([{ cid: 'bafytwo', name: 'data' }]);
});

test('states that were passed over while the service was down go, too', async () => {
  const policies = await start();
  await policies.follow('/data', FAKE);
  await quiet();
  provider.answers = [new PinningError('unreachable', 'down')];
  await change(policies, 'bafytwo');
  await change(policies, 'bafythree');
  provider.answers = [{ state: 'pinned', requestId: 'r' }];
  await queue.retry(`${FAKE} bafythree`);
  await quiet();
  expect(provider.asked.filter(one => one.startsWith('unpin')).sort()).toEqual([
    'unpin bafyone',
    'unpin bafytwo'
  ]);
});

test('back to an earlier state: that one is not let go of', async () => {
  const policies = await start();
  await policies.follow('/data', FAKE);
  await quiet();
  await change(policies, 'bafytwo');
  await change(policies, 'bafyone');
  expect(queue.records).toMatchObject([{ cid: 'bafyone', state: 'pinned' }]);
  expect(provider.asked.at(-1)).toBe('unpin bafytwo');
});

test('what another folder still has stays', async () => {
  const policies = await start();
  await policies.follow('/data', FAKE);
  await policies.follow('/copy', FAKE);
  await quiet();
  const stat = files.stat;
  files.stat = path => {
    folder = path === '/copy' ? 'bafyone' : 'bafytwo';
    return stat(path);
  };
  try {
    policies.look();
    await quiet();
  } finally {
    files.stat = stat;
  }
  expect(queue.records.map(({ cid }) => cid).sort()).toEqual([
    'bafyone',
    'bafytwo'
  ]);
});

test('deleted on the drive, it stays pinned; unfollowed, it is left as it is', async () => {
  const policies = await start();
  const { id } = await policies.follow('/data', FAKE);
  await quiet();
  await change(policies, null);
  expect(provider.asked).toEqual(['pin bafyone']);
  await policies.unfollow(id);
  await change(policies, 'bafytwo');
  expect(provider.asked).toEqual(['pin bafyone']);
  expect(policies.list).toEqual([]);
});

test('a change while no page was open is seen at the next start', async () => {
  await (await start()).follow('/data', FAKE);
  await quiet();
  ends.splice(0).forEach(end => end());
  folder = 'bafytwo';
  const policies = await start();
  await quiet();
  expect(policies.list).toMatchObject([{ path: '/data', cid: 'bafytwo' }]);
  expect(provider.asked).toEqual([
    'pin bafyone',
    'pin bafytwo',
    'unpin bafyone'
  ]);
});
