/** @jest-environment node */
/**
 * Against a real pinning service: an ipfs-cluster of three peers. First what the
 * public compliance suite of the Pinning Service API asks of a service and our
 * client relies on, then the queue, with peers that are killed under it.
 */
import 'fake-indexeddb/auto';
import { createHash, randomBytes } from 'crypto';

import { BlobContent } from '../../content';
import { DirectConnection } from '../../ipfs/connection';
import { KuboEngine } from '../../ipfs/kubo';
import type { IPinRequest } from '../../tokens';
import { random } from '../../ipfs/__tests__/pageStores';
import { Journal, pinId } from '../journal';
import { PinQueue } from '../jobs';
import { ServiceProvider } from '../service';
import { DirectTransport, type IServiceInfo } from '../transport';
import { startCluster, type ICluster } from './cluster';

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as {
  ipfsApi: string;
  ipfsSecret?: string;
};

let cluster: ICluster;
let engine: KuboEngine;
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  engine = new KuboEngine(
    new DirectConnection({ rpc: stack.ipfsApi, secret: stack.ipfsSecret })
  );
}, 60_000);

afterAll(() => cluster.stop(), 30_000);

const info = (part: Partial<IServiceInfo> = {}): IServiceInfo => ({
  name: 'cluster',
  endpoint: cluster.endpoint,
  upload: '',
  auth: 'bearer',
  ...part
});

const service = (part: Partial<IServiceInfo> = {}, key = cluster.token) =>
  new ServiceProvider(info(part), {
    transport: new DirectTransport(info(part), key)
  });

/** Content that only the third peer's Kubo has, so that others must fetch it. */
async function elsewhere(): Promise<string> {
  const form = new FormData();
  form.append(
    'file',
    new Blob([`only there ${count++} ${randomBytes(8).toString('hex')}`])
  );
  const response = await fetch(
    `${cluster.peers[2].api}/api/v0/add?pin=false&cid-version=1`,
    { method: 'POST', body: form }
  );
  return ((await response.json()) as { Hash: string }).Hash;
}

/** Content that only the stack's Kubo has, which meets no other node. */
async function here(size: number): Promise<IPinRequest> {
  const { cid } = await engine.add(
    new BlobContent({
      name: 'here.bin',
      data: new Uint8Array(randomBytes(size))
    })
  );
  return {
    cid,
    name: 'here.bin',
    bytes: size,
    car: () => engine.car.export(cid)
  };
}

async function until<T>(
  ask: () => Promise<T>,
  done: (value: T) => boolean,
  ms = 20_000
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (done(value)) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`Still ${JSON.stringify(value)} after ${ms} ms`);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** A service says "pinned" as soon as one of its peers has it; the others follow. */
async function everywhere(cid: string): Promise<void> {
  expect(await cluster.has(cid)).toContain(true);
  await until(
    () => cluster.has(cid),
    has => has.every(one => one === true)
  );
}

describe('what the client assumes of a service', () => {
  test('a key is needed, and a wrong one is told from trouble', async () => {
    await service().test();
    await expect(service({}, 'wrong').test()).rejects.toMatchObject({
      code: 'key-refused'
    });
    await expect(service({}, '').test()).rejects.toMatchObject({
      code: 'key-refused'
    });
    const { user, password } = cluster.credentials;
    await service({ auth: 'basic' }, `${user}:${password}`).test();
    await expect(
      service({ auth: 'basic' }, `${user}:wrong`).test()
    ).rejects.toMatchObject({ code: 'key-refused' });
  });

  test('an unknown pin is none, and taking it back is no error', async () => {
    const cid = await elsewhere();
    expect(await service().status({ cid })).toBeNull();
    await service().unpin({ cid });
  });

  test('add, get, list, and delete one', async () => {
    const cid = await elsewhere();
    const made = await service().pin({ cid, name: 'a name' });
    expect(['queued', 'pinning', 'pinned']).toContain(made.state);
    const pinned = await until(
      () => service().status({ cid }),
      report => report?.state === 'pinned'
    );
    expect(pinned?.requestId).toBe(made.requestId);
    await everywhere(cid);
    // Every peer of it tells the same.
    const other = service({ endpoint: cluster.peers[1].endpoint });
    await until(
      () => other.status({ cid }),
      report => report?.state === 'pinned'
    );
    await service().unpin({ cid, requestId: made.requestId });
    await until(
      () => service().status({ cid }),
      report => report === null
    );
    await until(
      () => cluster.has(cid),
      has => has.every(one => one === false)
    );
  });

  test('asked again, it is one pin', async () => {
    const cid = await elsewhere();
    const first = await service().pin({ cid });
    const second = await service().pin({ cid });
    expect(second.requestId).toBe(first.requestId);
    const { results } = (await new DirectTransport(info(), cluster.token).ask(
      'GET',
      `pins?cid=${cid}&status=queued,pinning,pinned,failed`
    )) as { results: unknown[] };
    expect(results).toHaveLength(1);
  });

  test('twelve at once, in two questions of at most ten', async () => {
    const cids = await Promise.all(Array.from({ length: 12 }, elsewhere));
    await Promise.all(cids.map(cid => service().pin({ cid })));
    const reports = await until(
      () => service().statuses(cids),
      found => [...found.values()].every(({ state }) => state === 'pinned')
    );
    expect([...reports.keys()].sort()).toEqual([...cids].sort());
  });

  test('what is no CID is refused in its words', async () => {
    await expect(
      new DirectTransport(info(), cluster.token).ask('POST', 'pins', {
        body: { cid: 'no-cid' }
      })
    ).rejects.toMatchObject({ code: 'refused' });
  });

  test('what is no service is told so', async () => {
    await expect(
      service({ endpoint: `${stack.ipfsApi}/api/v0` }).test()
    ).rejects.toMatchObject({ name: 'PinningError' });
  });
});

describe('a provider that takes uploads', () => {
  const uploads = () => service({ upload: cluster.upload });

  test.each([
    ['one block', 1000],
    ['many blocks', 3 * 2 ** 20 + 7]
  ])('%s, which no other node can fetch, is kept', async (_, size) => {
    const request = await here(size);
    const { state } = await uploads().pin(request);
    expect(['queued', 'pinning', 'pinned']).toContain(state);
    await until(
      () => uploads().status(request),
      report => report?.state === 'pinned'
    );
    await everywhere(request.cid);
    // Whole, and the same bytes, at a peer that was not asked.
    const read = async (api: string, headers = {}): Promise<string> => {
      const response = await fetch(
        `${api}/api/v0/cat?arg=${request.cid}&offline=true`,
        { method: 'POST', headers }
      );
      return createHash('sha256')
        .update(Buffer.from(await response.arrayBuffer()))
        .digest('hex');
    };
    expect(await read(cluster.peers[1].api)).toBe(
      await read(stack.ipfsApi, { Authorization: stack.ipfsSecret })
    );
  });

  test('an archive of something else is not taken for it', async () => {
    const [one, other] = [await here(100), await here(200)];
    await expect(
      uploads().pin({ ...one, car: other.car })
    ).rejects.toMatchObject({ code: 'wrong-content' });
  });
});

describe('the queue', () => {
  const queues: PinQueue[] = [];

  const queue = (provider: ServiceProvider, name: string): PinQueue => {
    const made = new PinQueue({
      provider: id => (id === provider.id ? provider : null),
      archive: cid => engine.car.export(cid),
      fetchable: () => true,
      journal: new Journal(name),
      random: () => 0,
      locks: null,
      channel: null
    });
    queues.push(made);
    return made;
  };

  afterEach(() => queues.splice(0).forEach(one => one.dispose()));

  test('pins and unpins', async () => {
    const mine = queue(service(), 'pins');
    await mine.start();
    const cid = await elsewhere();
    const { id } = await mine.pin({ cid, name: 'iris.csv' }, 'service:cluster');
    expect(await mine.settled(id)).toMatchObject({
      state: 'pinned',
      name: 'iris.csv'
    });
    await everywhere(cid);
    await mine.unpin(cid, 'service:cluster');
    expect(mine.records).toHaveLength(0);
    expect(await service().status({ cid })).toBeNull();
  });

  test('goes on in another page where the first one was closed', async () => {
    const first = queue(service(), 'resumed');
    const cid = await elsewhere();
    // Never started: the page is closed before anything was asked.
    await first.pin({ cid }, 'service:cluster');
    first.dispose();
    const second = queue(service(), 'resumed');
    await second.start();
    const [record] = second.records;
    expect(await second.settled(record.id)).toMatchObject({
      cid,
      state: 'pinned'
    });
  });

  test('a peer is killed in the middle: pinned all the same', async () => {
    const mine = queue(service(), 'killed');
    await mine.start();
    const cids = await Promise.all(Array.from({ length: 6 }, elsewhere));
    const made = await Promise.all(
      cids.map(cid => mine.pin({ cid }, 'service:cluster'))
    );
    await cluster.order('kill', 1);
    try {
      const done = await Promise.all(made.map(({ id }) => mine.settled(id)));
      expect(done.map(({ state }) => state)).toEqual(cids.map(() => 'pinned'));
      for (const cid of cids) {
        await until(
          () => cluster.has(cid),
          has => has[0] === true && has[2] === true
        );
      }
    } finally {
      await cluster.order('start', 1);
    }
    // The peer that was away catches up.
    for (const cid of cids) {
      await until(
        () => cluster.has(cid),
        has => has[1] === true,
        30_000
      );
    }
  }, 120_000);

  test('the service is down: waited for, then pinned', async () => {
    const mine = queue(service(), 'down');
    await mine.start();
    const cid = await elsewhere();
    await cluster.order('kill', 0);
    let restarted = false;
    try {
      const { id } = await mine.pin({ cid }, 'service:cluster');
      const waiting = await mine.asked(id);
      expect(waiting).toMatchObject({
        state: 'waiting',
        attempts: 1,
        problem: { code: 'unreachable' }
      });
      await cluster.order('start', 0);
      restarted = true;
      expect(await mine.settled(id)).toMatchObject({
        state: 'pinned',
        attempts: 0,
        problem: null
      });
    } finally {
      if (!restarted) {
        await cluster.order('start', 0);
      }
    }
  }, 60_000);

  const SEED = Number(process.env.WEB3_SEED ?? 20261123);
  const moments = Array.from(
    { length: process.env.WEB3_LONG ? 30 : 3 },
    (_, i) => i + 1
  );

  test.each(moments)(
    `a peer, its Kubo or the tab ends at moment %i of seed ${SEED}`,
    async moment => {
      const below = random(SEED + 7919 * moment);
      const [fault, peer] = [(moment - 1) % 3, below(2)];
      const part = fault === 0 ? 'service' : 'node';
      let mine = queue(service(), `moment-${moment}`);
      await mine.start();
      const cids = await Promise.all(Array.from({ length: 4 }, elsewhere));
      const done: string[] = [];
      const dropped = cids[below(4)];
      for (const cid of cids) {
        const { id } = await mine.pin({ cid }, 'service:cluster');
        mine.settled(id).then(
          () => done.push(cid),
          () => undefined // taken back
        );
        if (cid === dropped) {
          setTimeout(() => void mine.cancel(id), below(150));
        }
      }
      await new Promise(resolve => setTimeout(resolve, below(600)));
      if (fault === 2) {
        mine.dispose();
        mine = queue(service(), `moment-${moment}`);
        await mine.start();
      } else {
        await cluster.order('kill', peer, part);
      }
      const reported = done.filter(cid => cid !== dropped);
      await mine.cancel(pinId('service:cluster', dropped));
      if (fault !== 2) {
        await cluster.order('start', peer, part);
      }
      const where = { seed: SEED, moment, fault, peer };
      const kept = await service().statuses(cids);
      expect({
        ...where,
        lost: reported.filter(cid => !kept.has(cid))
      }).toEqual({ ...where, lost: [] });
      // All of it in the end, and nothing else.
      await until(
        async () => mine.records.map(({ cid, state }) => [cid, state]),
        found =>
          found.length === 3 && found.every(([, state]) => state === 'pinned'),
        60_000
      );
      for (const cid of cids.filter(one => one !== dropped)) {
        await until(
          () => cluster.has(cid),
          has => has.every(one => one === true),
          60_000
        );
      }
      // Taken back is what the service says: a Kubo that was pinning it when
      // ipfs-cluster let go of that may have it still, and nobody looks again.
      expect(await service().status({ cid: dropped })).toBeNull();
    },
    150_000
  );
});
