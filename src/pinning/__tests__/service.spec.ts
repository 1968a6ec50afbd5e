/** @jest-environment node */
/** What services, the relay and Kubo answer, good and bad, and what it means. */
import { createServer, type IncomingMessage, type Server } from 'http';
import type { AddressInfo } from 'net';

import { delayAfter, retryAfterOf } from '../backoff';
import { kuboRemotes, type KuboAsk } from '../kuboRemote';
import { ServiceProvider } from '../service';
import { DirectTransport, readAnswer } from '../transport';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

interface IAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

let server: Server;
let endpoint: string;
let asked: {
  method: string;
  url: string;
  authorization: string;
  body: string;
}[];
let answer: (request: IncomingMessage) => IAnswer;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', part => (body += part));
    request.on('end', () => {
      asked.push({
        method: request.method!,
        url: request.url!,
        authorization: request.headers.authorization ?? '',
        body
      });
      const { status = 200, headers = {}, body: text = '' } = answer(request);
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/psa`;
});

afterAll(() => new Promise(resolve => server.close(resolve)));

beforeEach(() => {
  asked = [];
  answer = () => ({ body: listing([]) });
});

const entry = (status: string, requestid = 'r1', cid = CID) => ({
  requestid,
  status,
  pin: { cid },
  delegates: [],
  created: '2026-11-23T00:00:00Z'
});

const listing = (results: unknown[]): string =>
  JSON.stringify({ count: results.length, results });

function service(part = {}): ServiceProvider {
  const info = {
    name: 's',
    endpoint,
    upload: '',
    auth: 'bearer' as const,
    ...part
  };
  return new ServiceProvider(info, {
    transport: new DirectTransport(info, 'the-key'),
    origins: async () => ['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooW']
  });
}

test('a pin names where it can be fetched, within the limits of the specification', async () => {
  answer = ({ method }) =>
    method === 'GET'
      ? { body: listing([]) }
      : { status: 202, body: JSON.stringify(entry('queued')) };
  const report = await service().pin({ cid: CID, name: 'n'.repeat(300) });
  expect(report).toEqual({ state: 'queued', requestId: 'r1' });
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
  expect(asked[1].authorization).toBe('Bearer the-key');
  expect(JSON.parse(asked[1].body)).toEqual({
    cid: CID,
    name: 'n'.repeat(255),
    origins: ['/ip4/127.0.0.1/tcp/4001/p2p/12D3KooW']
  });
});

test('of several requests for a CID the best counts, and a failed one is replaced', async () => {
  answer = () => ({
    body: listing([entry('failed', 'a'), entry('pinned', 'b')])
  });
  expect(await service().status({ cid: CID })).toEqual({
    state: 'pinned',
    requestId: 'b'
  });
  answer = ({ method }) =>
    method === 'GET'
      ? { body: listing([entry('failed', 'a')]) }
      : method === 'POST'
        ? { status: 202, body: JSON.stringify(entry('queued', 'new')) }
        : { status: 202 };
  await service().pin({ cid: CID });
  expect(asked.slice(-2).map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /psa/pins',
    'DELETE /psa/pins/a'
  ]);
});

test('unpin takes back every request for the CID, gone ones included', async () => {
  answer = ({ method }) =>
    method === 'GET'
      ? { body: listing([entry('pinned', 'a'), entry('queued', 'b/c')]) }
      : { status: 404, body: '{"error":{"reason":"NOT_FOUND"}}' };
  await service().unpin({ cid: CID, requestId: 'gone' });
  expect(asked.slice(1).map(({ url }) => url)).toEqual([
    '/psa/pins/a',
    '/psa/pins/b%2Fc',
    '/psa/pins/gone'
  ]);
});

test('a second request that a service calls a mistake is no failure', async () => {
  let there = false;
  answer = ({ method }) => {
    if (method === 'POST') {
      there = true;
      return {
        status: 400,
        body: '{"error":{"reason":"DUPLICATE_OBJECT","details":"already pinned"}}'
      };
    }
    return { body: listing(there ? [entry('pinned')] : []) };
  };
  expect(await service().pin({ cid: CID })).toMatchObject({ state: 'pinned' });
});

test.each<[string, IAnswer, object]>([
  [
    '401',
    { status: 401, body: '{"error":{"reason":"UNAUTHORIZED"}}' },
    { code: 'key-refused', message: 'UNAUTHORIZED' }
  ],
  ['403', { status: 403, body: '' }, { code: 'key-refused' }],
  [
    '429',
    { status: 429, headers: { 'Retry-After': '7' } },
    { code: 'busy', retryAfter: 7_000 }
  ],
  ['500', { status: 500, body: '<h1>Oops</h1>' }, { code: 'service-failed' }],
  [
    '402',
    { status: 402, body: '{"error":{"reason":"INSUFFICIENT_FUNDS"}}' },
    { code: 'refused', message: 'INSUFFICIENT_FUNDS' }
  ],
  ['HTML with 200', { body: '<html></html>' }, { code: 'not-a-service' }],
  ['another JSON', { body: '{"hello":1}' }, { code: 'not-a-service' }],
  [
    'a pin without a state',
    { body: listing([{ requestid: 'a' }]) },
    { code: 'not-a-service' }
  ],
  [
    'a made-up state',
    { body: listing([entry('maybe')]) },
    { code: 'not-a-service' }
  ],
  [
    'a redirect',
    { status: 307, headers: { Location: 'http://127.0.0.1:1/' } },
    { code: 'unreachable' }
  ]
])('%s', async (_, given, expected) => {
  answer = () => given;
  await expect(service().status({ cid: CID })).rejects.toMatchObject(expected);
});

test('nobody there', async () => {
  await expect(
    service({ endpoint: 'http://127.0.0.1:1' }).test()
  ).rejects.toMatchObject({ code: 'unreachable' });
});

test.each([
  ['upstream-unreachable', 502, 'unreachable'],
  ['upstream-idle', 504, 'unreachable'],
  ['key-refused', 502, 'key-refused'],
  ['service-failed', 502, 'service-failed'],
  ['upstream-redirect', 502, 'not-a-service'],
  ['key-echoed', 502, 'not-a-service'],
  ['no-service', 404, 'no-provider']
])('the relay says %s', async (code, status, expected) => {
  const response = new Response(JSON.stringify({ code, message: 'why' }), {
    status
  });
  await expect(readAnswer(response, [])).rejects.toMatchObject({
    code: expected,
    message: 'why'
  });
});

test('Retry-After in seconds, as a date, and as nonsense', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(retryAfterOf('120', now)).toBe(120_000);
  expect(retryAfterOf('Mon, 23 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
  expect(retryAfterOf('Mon, 23 Nov 2026 11:00:00 GMT', now)).toBe(0);
  expect(retryAfterOf('soon', now)).toBeNull();
  expect(retryAfterOf(null, now)).toBeNull();
});

test('waits grow, are blurred, and have an end', () => {
  const least = Array.from({ length: 40 }, (_, i) =>
    delayAfter(i + 1, null, 0)
  );
  const most = Array.from({ length: 40 }, (_, i) => delayAfter(i + 1, null, 1));
  expect(least.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  expect(most.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
  expect(Math.max(...most)).toBe(15 * 60_000);
  expect(delayAfter(1, 30_000, 0)).toBeGreaterThanOrEqual(30_000);
  expect(delayAfter(1, 86_400_000_000, 1)).toBeLessThan(2 * 3_600_000);
});

describe('the services of a Kubo', () => {
  const kubo = (answers: Record<string, [number, string]>) => {
    const verbs: string[] = [];
    const ask: KuboAsk = async verb => {
      verbs.push(verb);
      const [status, body] = answers[verb.split('?')[0]];
      return new Response(body, { status });
    };
    return { ask, verbs };
  };

  test('are used by name, and no key is in any question', async () => {
    const { ask, verbs } = kubo({
      'pin/remote/service/ls': [
        200,
        '{"RemoteServices":[{"Service":"s","ApiEndpoint":"https://s.example"}]}'
      ],
      'pin/remote/ls': [200, ''],
      'pin/remote/add': [200, `{"Status":"queued","Cid":"${CID}","Name":"n"}`],
      'pin/remote/rm': [200, '']
    });
    const [provider] = await kuboRemotes(ask);
    expect(provider).toMatchObject({ id: 'kubo:s', takes: 'fetch' });
    expect(await provider.pin({ cid: CID, name: 'n' })).toMatchObject({
      state: 'queued'
    });
    expect(await provider.status({ cid: CID })).toBeNull();
    await provider.unpin({ cid: CID });
    expect(verbs).toEqual([
      'pin/remote/service/ls',
      `pin/remote/ls?service=s&cid=${CID}&status=queued&status=pinning&status=pinned&status=failed`,
      `pin/remote/add?service=s&arg=${CID}&background=true&name=n`,
      `pin/remote/ls?service=s&cid=${CID}&status=queued&status=pinning&status=pinned&status=failed`,
      `pin/remote/rm?service=s&cid=${CID}&force=true&status=queued&status=pinning&status=pinned&status=failed`
    ]);
  });

  test('of several states the best, as one JSON a line', async () => {
    const { ask } = kubo({
      'pin/remote/service/ls': [
        200,
        '{"RemoteServices":[{"Service":"s","ApiEndpoint":""}]}'
      ],
      'pin/remote/ls': [
        200,
        `{"Status":"failed","Cid":"${CID}"}\n{"Status":"pinned","Cid":"${CID}"}\n`
      ]
    });
    const [provider] = await kuboRemotes(ask);
    expect(await provider.status({ cid: CID })).toMatchObject({
      state: 'pinned'
    });
  });

  test.each([
    ['reason: "401", details: "Unauthorized"', 'key-refused'],
    ['dial tcp 127.0.0.1:9: connect: connection refused', 'unreachable'],
    ['reason: "429"', 'busy'],
    ['service not known', 'no-provider'],
    ['something about the CID', 'refused']
  ])('says %s', async (Message, code) => {
    const { ask } = kubo({
      'pin/remote/service/ls': [
        200,
        '{"RemoteServices":[{"Service":"s","ApiEndpoint":""}]}'
      ],
      'pin/remote/ls': [
        502,
        JSON.stringify({ Message, Code: 0, Type: 'error' })
      ]
    });
    const [provider] = await kuboRemotes(ask);
    await expect(provider.status({ cid: CID })).rejects.toMatchObject({ code });
  });
});
