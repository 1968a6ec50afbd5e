/** @jest-environment node */
/** Gateways that a router names: found, checked as any other, and not believed. */
import { createServer, type Server, type ServerResponse } from 'http';
import type { AddressInfo } from 'net';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';

import { GatewayReader, GatewaysFailedError } from '../gateway';
import { findGateways } from '../routing';

const BYTES = new TextEncoder().encode('provided by somebody');
const servers: Server[] = [];
let cid: CID;

beforeAll(async () => {
  cid = CID.createV1(raw.code, await sha256.digest(BYTES));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(
    servers.splice(0).map(server => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(resolve));
    })
  );
});

/** @returns port, and what was asked */
async function serve(
  answer: (response: ServerResponse) => void
): Promise<{ port: number; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    answer(response);
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, asked };
}

const gateway = (bytes: Uint8Array | null) =>
  serve(response =>
    bytes
      ? response
          .writeHead(200, { 'Content-Type': 'application/vnd.ipld.raw' })
          .end(bytes)
      : response.writeHead(404).end()
  );

const provider = (...Addrs: string[]) => ({
  Schema: 'peer',
  ID: 'bafzaajaiaejcda',
  Addrs,
  Protocols: ['transport-bitswap', 'transport-ipfs-gateway-http']
});

const json = (value: unknown) => (response: ServerResponse) =>
  response
    .writeHead(200, { 'Content-Type': 'application/json' })
    .end(JSON.stringify(value));

const router = (...ports: number[]) =>
  serve(
    json({
      Providers: ports.map(port => provider(`/ip4/127.0.0.1/tcp/${port}/http`))
    })
  );

const reading = (gateways: string[], timeout = 10_000) =>
  new GatewayReader(gateways, { timeout });

test('with no gateway at all, one that a router names is read from', async () => {
  const found = await gateway(BYTES);
  const named = await router(found.port);
  const reader = reading([`${named.url}/routing/v1/`]);
  // Several at a time: the router is asked once.
  const all = await Promise.all([1, 2, 3].map(() => reader.get(cid)));
  expect(all.map(bytes => Buffer.from(bytes))).toEqual(
    all.map(() => Buffer.from(BYTES))
  );
  expect([...reader.used]).toEqual([found.url]);
  expect(named.asked).toEqual([
    `/routing/v1/providers/${cid}?filter-protocols=unknown,transport-ipfs-gateway-http&filter-addrs=http,https`
  ]);
});

test('asked only for what gateways do not give', async () => {
  const has = await gateway(BYTES);
  const hasNot = await gateway(null);
  const named = await router(has.port);
  const entry = `${named.url}/routing/v1`;
  await reading([has.url, entry]).get(cid);
  expect(named.asked).toEqual([]);
  await reading([hasNot.url, entry]).get(cid);
  expect(named.asked).toHaveLength(1);
});

test('one that lies is named, and the next is read from', async () => {
  const liar = await gateway(new TextEncoder().encode('something else'));
  const honest = await gateway(BYTES);
  const named = await router(liar.port, honest.port);
  const reader = reading([`${named.url}/routing/v1`]);
  expect(Buffer.from(await reader.get(cid))).toEqual(Buffer.from(BYTES));
  expect(reader.faults).toMatchObject([
    { gateway: liar.url, kind: 'other-bytes' }
  ]);
});

test.each<[string, (response: ServerResponse) => void, boolean]>([
  ['knows nobody', response => response.writeHead(404).end(), false],
  ['names nobody', json({ Providers: null }), true],
  ['fails', response => response.writeHead(500).end(), true],
  ['sends a page', response => response.end('<html>'), true],
  ['hangs', () => undefined, true]
])('a router that %s', async (_, answer, blamed) => {
  const named = await serve(answer);
  const entry = `${named.url}/routing/v1`;
  const error: unknown = await reading([entry], 500)
    .get(cid)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GatewaysFailedError);
  expect((error as GatewaysFailedError).faults).toMatchObject(
    blamed ? [{ gateway: entry, kind: 'unreachable' }] : []
  );
});

test('only who serves HTTPS to everybody is taken from a router elsewhere', async () => {
  const answer = {
    Providers: [
      provider(
        '/dns/one.example/tcp/443/https',
        '/dns4/two.example/tcp/8443/tls/http',
        '/dns/plain.example/tcp/80/http',
        '/ip4/192.168.1.1/tcp/443/https',
        '/ip4/127.0.0.1/tcp/8080/http',
        '/dns/localhost/tcp/443/https',
        '/dns/user@evil.example/tcp/443/https',
        '/ip4/1.2.3.4/udp/4001/quic-v1',
        'no address'
      ),
      {
        ...provider('/dns/bitswap.example/tcp/443/https'),
        Protocols: ['transport-bitswap']
      },
      null
    ].filter(Boolean)
  };
  jest
    .spyOn(globalThis, 'fetch')
    .mockResolvedValue(new Response(JSON.stringify(answer)));
  const found = await findGateways('https://router.example/routing/v1', cid, {
    timeout: 500
  });
  expect(found).toEqual(['https://one.example', 'https://two.example:8443']);
});

test('one of whom the router knows no protocol counts by its address, after the others', async () => {
  const unknown = (Protocols: unknown, address: string) => ({
    ...provider(address, '/dns/libp2p.example/tcp/4001'),
    Protocols
  });
  jest.spyOn(globalThis, 'fetch').mockResolvedValue(
    new Response(
      JSON.stringify({
        Providers: [
          unknown(undefined, '/dns/none.example/tcp/443/https'),
          unknown([], '/dns/empty.example/tcp/443/tls/http'),
          unknown(null, '/ip4/10.0.0.1/tcp/80/http'),
          provider('/dns/sure.example/tcp/443/https'),
          // Once, in the better place.
          unknown([], '/dns/sure.example/tcp/443/https')
        ]
      })
    )
  );
  expect(
    await findGateways('https://router.example/routing/v1', cid, {
      timeout: 500
    })
  ).toEqual([
    'https://sure.example',
    'https://none.example',
    'https://empty.example'
  ]);
});
