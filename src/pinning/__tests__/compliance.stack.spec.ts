/** @jest-environment node */
/**
 * The public compliance suite of the Pinning Service API
 * (`@ipfs-shipyard/pinning-service-compliance`) against the real ipfs-cluster, each
 * of its failures by name; and that nothing of ours needs what fails.
 */
import { startProgram, type IProgram } from '../../__tests__/program';
import { MOST_CIDS, ServiceProvider } from '../service';
import {
  DirectTransport,
  type IServiceInfo,
  type IServiceTransport
} from '../transport';
import { startCluster, type ICluster } from './cluster';

interface ICheck {
  title: string;
  expectations: {
    /** Of which call that follows from the check's first; empty for that. */
    of: string;
    title: string;
    success: boolean;
    saw?: string;
  }[];
}

interface IKnown {
  /** The suite's words. */
  fails: string;
  /** What it saw of it. */
  saw: RegExp;
  /** Why, in ipfs-cluster 1.1.5. */
  why: string;
  /** What our client could have assumed, and does not: the tests below. */
  ours: string;
  /** Why it may as well pass. */
  luck?: string;
}

const NO_DELEGATES = {
  fails: 'Response object matches api spec schema',
  saw: /"delegates" must contain at least 1 items/,
  why: 'It names public addresses as delegates only; peers on loopback have none.',
  ours: 'That there is somebody to connect to: `origins` are told instead.'
};

/** All checks of the suite, with what ipfs-cluster fails of them. */
const CHECKS: Record<string, IKnown[]> = {
  'Request with no authentication token': [],
  'Request with invalid token': [],
  'Pins post of CID <CID>': [NO_DELEGATES],
  'Can create and then delete a new pin': [
    {
      fails: 'Response code is 202',
      saw: /^status 200;/,
      why: 'It answers a POST by 200.',
      ours: 'The code of a good answer: any 2xx is one, its body counts.'
    }
  ],
  'List pin objects (GET /pins) in all states': [NO_DELEGATES],
  "Can create and replace a pin's CID": [],
  'Can create a pin with name=<name>': [],
  'Pagination: Get all pins, create new pins (optional), get first and second pages':
    [
      {
        fails:
          "Pagination: Retrieve the next page of pins › The next page of pins doesn't contain any of previous pages pins",
        saw: /^status 200;/,
        why: 'It lists by CID, not the newest first, takes `before` as "not after", and tells `created` in whole seconds.',
        ours: 'A listing in pages: every listing names its CIDs, at most ten.'
      }
    ],
  'Can delete all pins created during compliance checks': [
    {
      fails: 'Can delete pin with requestid <CID> › Response is ok',
      saw: /^status 404;.*pin is not part of the pinset/s,
      why: 'Pages that overlap (above) have the suite delete a pin twice.',
      ours: 'That nothing is taken back twice: 404 is as good as gone.',
      luck: 'No page may overlap with what was deleted before.'
    },
    {
      fails:
        "Call pinsGet after deletions › Final pinsGet call returns the same count as before all compliance checks: '0'",
      saw: /^status 200;.*"count": [1-9]/s,
      why: 'The suite finds what to delete by pages, which are wrong (above).',
      ours: 'That all pins can be found by pages, and `count`.',
      luck: 'Pins whose CIDs happen to be in the order of time are all found.'
    }
  ]
};

let cluster: ICluster;
let suite: IProgram<{ program: string }>;
let found: ICheck[];

beforeAll(async () => {
  [cluster, suite] = await Promise.all([
    startCluster(),
    startProgram<{ program: string }>('compliance/serve.mjs')
  ]);
  const { endpoint, token, peers } = cluster;
  found = (await suite.ask({
    endpoint,
    token,
    kubo: peers[0].api
  })) as ICheck[];
}, 180_000);

afterAll(async () => {
  await suite?.stop();
  await cluster?.stop();
}, 30_000);

describe('the public compliance suite at ipfs-cluster', () => {
  test('runs all its checks', () => {
    expect(found.map(({ title }) => title)).toEqual(Object.keys(CHECKS));
  });

  test.each(Object.entries(CHECKS))('%s', (title, known) => {
    const { expectations } = found.find(check => check.title === title)!;
    expect(expectations.length).toBeGreaterThan(1);
    const failed = expectations
      .filter(({ success }) => !success)
      .map(one => ({
        fails: one.of ? `${one.of} › ${one.title}` : one.title,
        saw: one.saw ?? ''
      }));
    expect({
      unknown: failed.filter(
        one =>
          !known.some(
            ({ fails, saw }) => fails === one.fails && saw.test(one.saw)
          )
      ),
      passes: known.filter(
        ({ fails, luck }) => !luck && !failed.some(one => one.fails === fails)
      )
    }).toEqual({ unknown: [], passes: [] });
  });
});

describe('what it fails, our client does without', () => {
  const info = (): IServiceInfo => ({
    name: 'cluster',
    endpoint: cluster.endpoint,
    upload: '',
    auth: 'bearer'
  });

  /** The client, and all that it asks the service. */
  function watched(): { service: ServiceProvider; asked: string[] } {
    const direct = new DirectTransport(info(), cluster.token);
    const asked: string[] = [];
    const transport: IServiceTransport = {
      ask: (method, path, o) => {
        asked.push(`${method} ${path}`);
        return direct.ask(method, path, o);
      },
      upload: (car, name, o) => direct.upload(car, name, o)
    };
    return { service: new ServiceProvider(info(), { transport }), asked };
  }

  async function content(text: string): Promise<string> {
    const form = new FormData();
    form.append('file', new Blob([text]));
    const response = await fetch(
      `${cluster.peers[2].api}/api/v0/add?pin=false&cid-version=1`,
      { method: 'POST', body: form }
    );
    return ((await response.json()) as { Hash: string }).Hash;
  }

  async function until(done: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await done());) {
      if (Date.now() > end) {
        throw new Error('Not within 30 s');
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  test('a POST that answers 200, and no delegates', async () => {
    const cid = await content('no delegates');
    const response = await fetch(`${cluster.endpoint}/pins`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${cluster.token}` },
      body: JSON.stringify({ cid: await content('as the suite does') })
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ delegates: [] });
    const { service, asked } = watched();
    const { state } = await service.pin({ cid });
    expect(['queued', 'pinning', 'pinned']).toContain(state);
    expect(asked).toContain('POST pins');
    await until(
      async () => (await service.status({ cid }))?.state === 'pinned'
    );
  });

  test('pages: 25 pins are found and taken back, each by its CID', async () => {
    const { service, asked } = watched();
    const cids = await Promise.all(
      Array.from({ length: 25 }, (_, i) => content(`page ${i}`))
    );
    for (const cid of cids) {
      await service.pin({ cid });
    }
    await until(async () => {
      const states = await service.statuses(cids);
      expect([...states.keys()].sort()).toEqual([...cids].sort());
      return [...states.values()].every(({ state }) => state === 'pinned');
    });
    await Promise.all(cids.map(cid => service.unpin({ cid })));
    await until(async () => (await service.statuses(cids)).size === 0);
    // By its id, as the suite deleted it a second time.
    await service.unpin({ cid: cids[0], requestId: cids[0] });
    expect(asked.at(-1)).toBe(`DELETE pins/${cids[0]}`);
    const listings = asked.filter(line => line.startsWith('GET'));
    expect(listings.length).toBeGreaterThan(25);
    for (const line of listings) {
      const query = new URLSearchParams(line.split('?')[1]);
      const named = query.get('cid')!.split(',');
      expect(named.length).toBeLessThanOrEqual(MOST_CIDS);
      // Never fewer than there can be answers, so that there is one page only.
      expect(Number(query.get('limit'))).toBeGreaterThanOrEqual(named.length);
      expect([...query.keys()].sort()).toEqual(['cid', 'limit', 'status']);
    }
  });
});
