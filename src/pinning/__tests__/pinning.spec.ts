/** @jest-environment node */
/** The room as a whole, before a server, a node and services that are made up. */
import 'fake-indexeddb/auto';
import { Signal } from '@lumino/signaling';

import type { IIpfs, IWeb3Server } from '../../tokens';
import { Journal } from '../journal';
import { LazyPinning } from '../lazy';
import { Pinning } from '../pinning';
import { FakeProvider, profile, quiet } from './world';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const KEY = 'sk-secret';

/** What the routes answer, by method and path without query. */
type Routes = Record<string, (body: unknown, url: string) => [number, unknown]>;

class FakeServer implements IWeb3Server {
  constructor(
    public routes: Routes,
    private _there = true
  ) {}

  asked: string[] = [];

  async info() {
    return this._there ? ({ version: '0' } as never) : null;
  }
  url(path: string): string {
    return `http://lab/web3/${path}`;
  }
  headers(): Record<string, string> {
    return {};
  }
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const name = `${init.method ?? 'GET'} ${path.split('?')[0]}`;
    this.asked.push(`${init.method ?? 'GET'} ${path}`);
    const route = this.routes[name];
    const [status, body] = route
      ? route(init.body ? JSON.parse(String(init.body)) : null, path)
      : [404, { code: 'none', message: name }];
    return new Response(
      status === 204
        ? null
        : typeof body === 'string'
          ? body
          : JSON.stringify(body),
      { status }
    );
  }
}

class Ipfs {
  constructor(kind: 'kubo' | 'browser') {
    this.engine = {
      kind,
      gatewayUrl: () =>
        kind === 'kubo' ? 'http://lab/web3/gateway/ipfs/' : null
    };
  }
  engine;
  engineChanged = new Signal<this, unknown>(this);
  pinned = new Set<string>();
  pins = {
    add: async (cid: string) => void this.pinned.add(cid),
    rm: async (cid: string) => void this.pinned.delete(cid),
    has: async (cid: string) => this.pinned.has(cid)
  };
  files = { stat: async () => ({ cid: CID }) };
  car = {
    export: async function* () {
      yield new Uint8Array([1]);
    }
  };
}

const made: Pinning[] = [];

function room(
  server: FakeServer | null,
  kind: 'kubo' | 'browser' = 'kubo'
): { pinning: Pinning; ipfs: Ipfs } {
  const ipfs = new Ipfs(kind);
  const pinning = new Pinning({
    ipfs: ipfs as unknown as IIpfs,
    server,
    labels: { kubo: 'This node', browser: 'This browser' },
    words: { error: ({ code }) => code, notYet: state => `not yet: ${state}` },
    queue: { journal: new Journal(profile()), locks: null, channel: null }
  });
  made.push(pinning);
  return { pinning, ipfs };
}

afterEach(() => made.splice(0).forEach(pinning => pinning.dispose()));

const KEPT = {
  name: 'kept',
  endpoint: 'https://kept.example',
  upload: '',
  auth: 'bearer'
};

const routes = (more: Routes = {}): Routes => ({
  'GET pinning/services': () => [200, { services: [KEPT] }],
  'POST ipfs/pin/remote/service/ls': () => [
    200,
    { RemoteServices: [{ Service: 'r', ApiEndpoint: 'https://r.example' }] }
  ],
  'POST ipfs/id': () => [200, { Addresses: ['/ip4/1.2.3.4/tcp/4001/p2p/Q'] }],
  ...more
});

test('providers: the node, the services, those of the node, those of others', async () => {
  const { pinning } = room(new FakeServer(routes()));
  await pinning.load();
  const added = pinning.addProvider(new FakeProvider('filecoin'));
  expect(pinning.providers.map(({ id }) => id)).toEqual([
    'node',
    'service:kept',
    'kubo:r',
    'filecoin'
  ]);
  added.dispose();
  expect(pinning.providers).toHaveLength(3);
  await expect(pinning.pin({ cid: CID }, 'gone')).rejects.toMatchObject({
    code: 'no-provider'
  });
});

test('holders: everybody is asked now; one that fails is not taken for a no', async () => {
  const server = new FakeServer(
    routes({
      'POST ipfs/dag/stat': () => [200, {}],
      'GET pinning/kept/pins': () => [
        502,
        { code: 'key-refused', message: 'no' }
      ],
      'POST ipfs/pin/remote/ls': () => [
        200,
        `{"Status":"pinning","Cid":"${CID}"}`
      ]
    })
  );
  const { pinning } = room(server);
  await pinning.load();
  pinning.addHolderCheck(async () => {
    throw new Error('a check that falls over');
  });
  const gateway = pinning.addHolderCheck(async () => [
    { id: 'gateway:g', label: 'g', has: true, checked: 'now' }
  ]);
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  const found = async () =>
    (await pinning.holders(CID)).map(({ id, has, detail }) => [
      id,
      has,
      detail
    ]);
  expect(await found()).toEqual([
    ['node', true, undefined],
    ['service:kept', null, 'key-refused'],
    ['kubo:r', false, 'not yet: pinning'],
    ['gateway:g', true, undefined]
  ]);
  // Asked of its own store, without the network.
  expect(server.asked).toContain(
    `POST ipfs/dag/stat?arg=${CID}&offline=true&progress=false`
  );
  gateway.dispose();
  server.routes['POST ipfs/dag/stat'] = () => [
    404,
    { Message: 'block was not found locally (offline): ipld: could not find' }
  ];
  expect((await found())[0]).toEqual(['node', false, undefined]);
  expect(await found()).toHaveLength(3);
  warn.mockRestore();
});

test('in the page: it is called the page, and those who fetch are refused', async () => {
  const server = new FakeServer(routes());
  const { pinning } = room(server, 'browser');
  await pinning.load();
  expect((await pinning.holders(CID))[0]).toMatchObject({
    id: 'page',
    label: 'This browser',
    has: false
  });
  expect(pinning.badgeFor(CID)).toBe('browser');
  const { id } = await pinning.pin({ cid: CID }, 'service:kept');
  await expect(pinning.settled(id)).rejects.toMatchObject({
    code: 'page-only'
  });
  expect(server.asked.filter(one => one.includes('pinning/kept'))).toEqual(
    server.asked.filter(one => one.startsWith('GET pinning/kept/pins?cid'))
  );
});

test('badges follow what is known', async () => {
  const { pinning } = room(new FakeServer(routes()));
  await pinning.load();
  expect(pinning.badgeFor(CID)).toBeNull();
  const other = new FakeProvider('other');
  let done!: (report: { state: 'pinned'; requestId: string }) => void;
  other.answers = [new Promise(resolve => (done = resolve))];
  pinning.addProvider(other);
  const here = await pinning.pin({ cid: CID }, 'node');
  await pinning.settled(here.id);
  expect(pinning.badgeFor(CID)).toBe('here');
  await pinning.pin({ cid: CID }, 'other');
  expect(pinning.badgeFor(CID)).toBe('pinning');
  done({ state: 'pinned', requestId: 'r' });
  await quiet();
  expect(pinning.badgeFor(CID)).toBe('elsewhere');
  await pinning.unpin(CID, 'other');
  expect(pinning.badgeFor(CID)).toBe('here');
});

test('a node that meets nobody: told while a service waits for it', async () => {
  const pins = { count: 0, results: [] as unknown[] };
  const server = new FakeServer(
    routes({
      'POST ipfs/id': () => [200, { Addresses: null }],
      'GET pinning/kept/pins': () => [200, pins],
      'POST pinning/kept/pins': () => {
        const entry = { requestid: 'a', status: 'queued', pin: { cid: CID } };
        pins.results.push(entry);
        return [202, entry];
      }
    })
  );
  const { pinning } = room(server);
  await pinning.load();
  await pinning.pin({ cid: CID }, 'service:kept');
  await quiet();
  expect(pinning.records).toMatchObject([
    { state: 'queued', problem: { code: 'node-offline' } }
  ]);
});

test('a key goes to the server and stays nowhere here', async () => {
  let sent: unknown;
  const server = new FakeServer(
    routes({
      'PUT pinning/services': body => {
        sent = body;
        return [200, KEPT];
      }
    })
  );
  const { pinning } = room(server);
  await pinning.load();
  expect(pinning.services.areKept).toBe(true);
  const service = await pinning.services.put({
    ...KEPT,
    auth: 'bearer',
    key: KEY
  });
  expect(sent).toEqual({ ...KEPT, key: KEY });
  const seen = new Set<object>();
  const holds = (value: unknown): boolean =>
    value === KEY ||
    (typeof value === 'object' &&
      value !== null &&
      !seen.has(value) &&
      Boolean(seen.add(value)) &&
      Object.values(value).some(holds));
  expect(holds(service)).toBe(false);
  expect(holds(pinning.services)).toBe(false);
  server.routes['PUT pinning/services'] = () => [
    400,
    { code: 'insecure-endpoint', message: 'Only https' }
  ];
  await expect(
    pinning.services.put({ ...KEPT, auth: 'bearer', key: KEY })
  ).rejects.toMatchObject({ code: 'bad-service', message: 'Only https' });
});

test.each([
  ['JupyterLite', null],
  ['no server part', new FakeServer({}, false)],
  ['a server that keeps none', new FakeServer({})]
])('%s: services live as long as the page', async (_, server) => {
  const { pinning } = room(server, 'browser');
  await pinning.load();
  const { services } = pinning;
  expect(services.areKept).toBe(false);
  const draft = { ...KEPT, auth: 'bearer' as const };
  await expect(services.put(draft)).rejects.toMatchObject({
    code: 'bad-service'
  });
  await expect(
    services.put({ ...draft, endpoint: 'http://kept.example', key: KEY })
  ).rejects.toMatchObject({ code: 'bad-service' });
  await services.put({ ...draft, key: KEY });
  // Another address does not get the key of the old one.
  await expect(
    services.put({ ...draft, endpoint: 'https://other.example' })
  ).rejects.toMatchObject({ code: 'bad-service' });
  const asked = jest
    .spyOn(globalThis, 'fetch')
    .mockResolvedValue(new Response('{"count":0,"results":[]}'));
  await services.providers[0].test();
  expect(asked).toHaveBeenCalledWith(
    'https://kept.example/pins?limit=1',
    expect.objectContaining({
      headers: { Authorization: `Bearer ${KEY}` },
      redirect: 'error',
      credentials: 'omit'
    })
  );
  asked.mockRestore();
  await services.remove('kept');
  expect(pinning.providers.map(({ id }) => id)).toEqual(['node']);
});

test('before it is loaded: what is handed in is kept for the room', async () => {
  const { pinning, ipfs } = room(new FakeServer(routes()));
  const lazy: LazyPinning = new LazyPinning(
    ipfs as unknown as IIpfs,
    async () => {
      lazy.adopt(pinning);
      await pinning.load();
      return pinning;
    }
  );
  expect([lazy.providers, lazy.records, lazy.badgeFor(CID)]).toEqual([
    [],
    [],
    null
  ]);
  lazy.addProvider(new FakeProvider('stays'));
  lazy.addProvider(new FakeProvider('goes')).dispose();
  await lazy.load();
  expect(lazy.providers.map(({ id }) => id)).toContain('stays');
  expect(lazy.providers.map(({ id }) => id)).not.toContain('goes');
});
