/** @jest-environment node */
/**
 * The queue: nothing that was wanted is lost, nothing is asked twice, and
 * nobody is asked more often than they bear.
 */
import 'fake-indexeddb/auto';

import { PinningError } from '../errors';
import { ARRIVAL } from '../worker';
import { FakeProvider, Locks, makeQueue, profile, quiet } from './world';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const FAKE = 'service:fake';

let provider: FakeProvider;
let database: string;
const made: { dispose(): void }[] = [];

function world(o: Parameters<typeof makeQueue>[2] = {}) {
  const one = makeQueue(database, [provider], o);
  made.push(one.queue);
  return one;
}

beforeEach(() => {
  provider = new FakeProvider();
  database = profile();
});

afterEach(() => made.splice(0).forEach(one => one.dispose()));

test('asks once, looks until it is pinned, then leaves it alone', async () => {
  provider.answers = [{ state: 'queued', requestId: 'r1' }];
  provider.reports = [
    { state: 'pinning', requestId: 'r1' },
    { state: 'pinned', requestId: 'r1' }
  ];
  const { queue, clock } = world();
  await queue.start();
  const { id, state } = await queue.pin({ cid: CID, name: 'iris' }, FAKE);
  expect(state).toBe('waiting');
  await quiet();
  expect(queue.records[0]).toMatchObject({ state: 'queued', name: 'iris' });
  clock.pass(1_000);
  await quiet();
  expect(queue.records[0].state).toBe('pinning');
  clock.pass(1_000);
  await expect(queue.settled(id)).resolves.toMatchObject({ state: 'pinned' });
  clock.pass(3_600_000);
  await quiet();
  expect(provider.asked).toEqual([
    `pin ${CID}`,
    `status ${CID}`,
    `status ${CID}`
  ]);
});

test('a service far away is asked every 30 seconds, not more often', async () => {
  provider.isNear = false;
  provider.answers = [{ state: 'queued', requestId: 'r1' }];
  provider.reports = Array.from({ length: 9 }, () => ({
    state: 'pinning' as const,
    requestId: 'r1'
  }));
  const { queue, clock } = world();
  await queue.start();
  await queue.pin({ cid: CID }, FAKE);
  await quiet();
  for (let second = 0; second < 95; second++) {
    clock.pass(1_000);
    await new Promise(resolve => setTimeout(resolve, 0));
  }
  await quiet();
  expect(provider.asked.filter(one => one.startsWith('status'))).toHaveLength(
    3
  );
});

test('what fails is tried again, later each time, and the count starts anew', async () => {
  const down = new PinningError('unreachable', 'connection refused');
  provider.answers = [down, down, down, { state: 'pinned', requestId: 'r' }];
  const { queue, clock } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  const waits: number[] = [];
  for (let attempts = 1; attempts <= 3; attempts++) {
    await quiet();
    const [record] = queue.records;
    expect(record).toMatchObject({
      state: 'waiting',
      attempts,
      problem: { code: 'unreachable' }
    });
    const wait = Date.parse(record.nextTry!) - clock.now();
    waits.push(wait);
    clock.pass(wait - 1);
    await quiet();
    expect(provider.asked).toHaveLength(attempts);
    clock.pass(1);
  }
  await queue.settled(id);
  expect(waits).toEqual([2_000, 4_000, 8_000]);
  expect(queue.records[0]).toMatchObject({ attempts: 0, problem: null });
});

test('429: not before the time that was asked for', async () => {
  provider.answers = [
    new PinningError('busy', 'slow down', { retryAfter: 90_000 }),
    { state: 'pinned', requestId: 'r' }
  ];
  const { queue, clock } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await quiet();
  clock.pass(89_999);
  await quiet();
  expect(provider.asked).toHaveLength(1);
  clock.pass(1_000);
  await queue.settled(id);
  expect(provider.asked).toHaveLength(2);
});

test('a service that gives up is asked anew, but not for ever', async () => {
  provider.answers = [{ state: 'failed', requestId: 'r', detail: 'no peers' }];
  const { queue, clock } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  const settled = queue.settled(id);
  settled.catch(() => undefined); // looked at below
  for (let i = 0; i < 20; i++) {
    await quiet();
    clock.pass(3_600_000);
  }
  await expect(settled).rejects.toMatchObject({
    code: 'gave-up',
    message: 'no peers'
  });
  expect(provider.asked).toHaveLength(5);
  // Until a person says so.
  provider.answers = [{ state: 'pinned', requestId: 'r' }];
  await queue.retry(id);
  await expect(queue.settled(id)).resolves.toMatchObject({ state: 'pinned' });
});

test('a refused key stops at once, and goes on when the service is changed', async () => {
  provider.answers = [
    new PinningError('key-refused', '401'),
    { state: 'pinned', requestId: 'r' }
  ];
  const { queue, clock } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await expect(queue.settled(id)).rejects.toMatchObject({
    code: 'key-refused'
  });
  clock.pass(86_400_000);
  await quiet();
  expect(provider.asked).toHaveLength(1);
  await queue.providersChanged(has => has === FAKE);
  await expect(queue.settled(id)).resolves.toMatchObject({ state: 'pinned' });
});

test('only a page has it: a provider that fetches is not even asked', async () => {
  const { queue } = world({ fetchable: () => false });
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await expect(queue.settled(id)).rejects.toMatchObject({ code: 'page-only' });
  expect(provider.asked).toEqual([]);
  provider.takes = 'upload';
  await queue.retry(id);
  await queue.settled(id);
  const parts: Uint8Array[] = [];
  for await (const part of provider.requests[0].car!()) {
    parts.push(part);
  }
  expect(parts).toEqual([new Uint8Array([1, 2, 3])]);
});

test('a reload before, while and after asking loses nothing', async () => {
  const first = world();
  // Never started: nothing was asked yet.
  await first.queue.pin({ cid: CID, name: 'kept' }, FAKE);
  first.queue.dispose();

  let answer!: (report: { state: 'queued'; requestId: string }) => void;
  provider.answers = [new Promise(resolve => (answer = resolve))];
  const second = world();
  await second.queue.start();
  await quiet();
  expect(provider.asked).toEqual([`pin ${CID}`]);
  second.queue.dispose();
  answer({ state: 'queued', requestId: 'lost with its page' });
  await quiet();

  provider.answers = [{ state: 'queued', requestId: 'r1' }];
  const third = world();
  await third.queue.start();
  await quiet();
  expect(third.queue.records[0]).toMatchObject({
    name: 'kept',
    state: 'queued'
  });
  third.queue.dispose();

  provider.reports = [{ state: 'pinned', requestId: 'r1' }];
  const fourth = world();
  await fourth.queue.start();
  fourth.clock.pass(1_000);
  await quiet();
  expect(fourth.queue.records[0].state).toBe('pinned');
  // After it was asked and the answer came, it was only looked at.
  expect(provider.asked).toEqual([`pin ${CID}`, `pin ${CID}`, `status ${CID}`]);
});

test('two tabs: one of them works, both know, and the other takes over', async () => {
  const locks = new Locks();
  const tab = () => {
    const channel = new BroadcastChannel(database);
    return world({
      locks,
      channel: {
        postMessage: message => channel.postMessage(message),
        close: () => channel.close(),
        get onmessage() {
          return channel.onmessage as null;
        },
        set onmessage(listener) {
          channel.onmessage = listener as never;
        }
      }
    });
  };
  const one = tab();
  const other = tab();
  await one.queue.start();
  await other.queue.start();
  // Asked for in the tab that does not work.
  const { id } = await other.queue.pin({ cid: CID }, FAKE);
  await expect(other.queue.settled(id)).resolves.toMatchObject({
    state: 'pinned'
  });
  expect(one.queue.records).toMatchObject([{ state: 'pinned' }]);
  expect(provider.asked).toEqual([`pin ${CID}`]);

  one.queue.dispose();
  const second = await other.queue.pin({ cid: 'bafkreinext' }, FAKE);
  await expect(other.queue.settled(second.id)).resolves.toMatchObject({
    state: 'pinned'
  });
  expect(provider.asked).toEqual([`pin ${CID}`, 'pin bafkreinext']);
});

test('cancel: what was not asked for vanishes, what was is taken back', async () => {
  const idle = world();
  const waiting = await idle.queue.pin({ cid: CID }, FAKE);
  await idle.queue.cancel(waiting.id);
  expect(idle.queue.records).toEqual([]);

  provider.answers = [new Promise(() => undefined)];
  await idle.queue.start();
  const { id } = await idle.queue.pin({ cid: CID }, FAKE);
  await quiet();
  const settled = idle.queue.settled(id);
  settled.catch(() => undefined); // looked at below
  await idle.queue.cancel(id);
  await quiet();
  expect(provider.signals[0]?.aborted).toBe(true);
  await expect(settled).rejects.toMatchObject({ code: 'cancelled' });
  // What was asked may arrive only now: it is on the list until that is over.
  expect(idle.queue.records).toMatchObject([{ state: 'removing' }]);
  expect(provider.asked).toEqual([`pin ${CID}`]);
  idle.clock.pass(ARRIVAL);
  await quiet();
  expect(provider.asked).toEqual([`pin ${CID}`, `unpin ${CID}`]);
  expect(idle.queue.records).toEqual([]);
});

test('cancel in a tab that does not know yet that another one asks', async () => {
  provider.answers = [new Promise(() => undefined)];
  const one = world();
  const other = world();
  const { id } = await other.queue.pin({ cid: CID }, FAKE);
  await one.queue.start();
  await quiet();
  expect(provider.asked).toEqual([`pin ${CID}`]);
  await other.queue.cancel(id);
  expect(other.queue.records).toMatchObject([{ state: 'removing' }]);

  // And the other way about: cancelled before the worker has written it down.
  const next = await other.queue.pin({ cid: 'bafynext' }, FAKE);
  await one.queue.store.reload();
  await other.queue.cancel(next.id);
  await quiet();
  expect(provider.asked).not.toContain('pin bafynext');
  expect(await other.queue.store.journal.pins()).toHaveLength(1);
});

test('unpin: told when it could not be asked, and done later all the same', async () => {
  const { queue, clock } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await queue.settled(id);
  provider.unpins = [new PinningError('unreachable', 'down'), null];
  await expect(queue.unpin(CID, FAKE)).rejects.toMatchObject({
    code: 'unreachable'
  });
  expect(queue.records[0]).toMatchObject({ state: 'removing', attempts: 1 });
  clock.pass(2_000);
  await quiet();
  expect(queue.records).toEqual([]);
  expect(provider.asked.slice(-2)).toEqual([`unpin ${CID}`, `unpin ${CID}`]);
});

test('changing one’s mind while an answer is under way: the last word counts', async () => {
  let answer!: (report: { state: 'pinned'; requestId: string }) => void;
  provider.answers = [
    new Promise(resolve => (answer = resolve)),
    { state: 'pinned', requestId: 'r2' }
  ];
  const { queue } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await quiet();
  const unpinned = queue.unpin(CID, FAKE);
  await quiet();
  answer({ state: 'pinned', requestId: 'r1' });
  await unpinned;
  expect(queue.records).toEqual([]);
  await queue.pin({ cid: CID }, FAKE);
  await queue.settled(id);
  expect(provider.asked).toEqual([`pin ${CID}`, `unpin ${CID}`, `pin ${CID}`]);
});

test('asked again for what is pinned, nobody is asked', async () => {
  const { queue } = world();
  await queue.start();
  const { id } = await queue.pin({ cid: CID }, FAKE);
  await queue.settled(id);
  await queue.pin({ cid: CID, name: 'another name' }, FAKE);
  await quiet();
  expect(queue.records).toMatchObject([
    { name: 'another name', state: 'pinned' }
  ]);
  expect(provider.asked).toHaveLength(1);
});

test('three at a time at one provider, and all in the end', async () => {
  let running = 0;
  let most = 0;
  const slow = provider.pin.bind(provider);
  provider.pin = async (request, o) => {
    most = Math.max(most, ++running);
    await new Promise(resolve => setTimeout(resolve, 2));
    running--;
    return slow(request, o);
  };
  const { queue } = world();
  await queue.start();
  const records = await Promise.all(
    Array.from({ length: 12 }, (_, i) => queue.pin({ cid: `bafy${i}` }, FAKE))
  );
  await Promise.all(records.map(({ id }) => queue.settled(id)));
  expect(most).toBe(3);
  expect(new Set(provider.asked).size).toBe(12);
});

test('states are asked for ten at a time where a provider can', async () => {
  const questions: number[] = [];
  const batched = Object.assign(provider, {
    statuses: async (cids: string[]) => {
      questions.push(cids.length);
      return new Map(
        cids.map(cid => [cid, { state: 'pinned' as const, requestId: cid }])
      );
    }
  });
  batched.answers = [{ state: 'queued', requestId: 'r' }];
  const { queue, clock } = world();
  await queue.start();
  const records = await Promise.all(
    Array.from({ length: 12 }, (_, i) => queue.pin({ cid: `bafy${i}` }, FAKE))
  );
  for (let i = 0; i < 6; i++) {
    await quiet();
  }
  clock.pass(1_000);
  await Promise.all(records.map(({ id }) => queue.settled(id)));
  expect(questions).toEqual([10, 2]);
});
