/** @jest-environment node */
import { readFileSync } from 'fs';
import { join } from 'path';

import { getBytes, verifyMessage, Wallet } from 'ethers';

import { searchAssets } from '../catalogue';
import { readAsset, type IDdo } from '../ddo';
import { OceanNodeClient, type INodeOptions } from '../nodeClient';
import { commandMessage } from '../nodeSigner';

interface IExchange {
  label: string;
  request: { method: string; path: string; body?: unknown };
  response: { status: number; contentType?: string; body?: unknown };
}

/** Recorded between lib 8.6.2 and a real Ocean Node. */
const recorded = JSON.parse(
  readFileSync(
    join(__dirname, '../../../devnet/ocean-node/fixtures/transcripts.json'),
    'utf8'
  )
) as IExchange[];

const exchange = (label: string, path = ''): IExchange => {
  const found = recorded.find(
    one => one.label === label && one.request.path.includes(path)
  );
  if (!found) {
    throw new Error(`Nothing recorded as ${label}`);
  }
  return found;
};

const wallet = new Wallet(`0x${'11'.repeat(32)}`);
const consumer = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';

function respond({ response }: Pick<IExchange, 'response'>): Response {
  const { body, status, contentType } = response;
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: contentType ? { 'content-type': contentType } : {}
  });
}

type Answer = Response | Error | ((init?: RequestInit) => Response);

/** A node that gives these answers in turn, and what it was asked. */
function node(answers: Answer[], options: Partial<INodeOptions> = {}) {
  const asked: { path: string; init?: RequestInit }[] = [];
  const signed: string[] = [];
  const client = new OceanNodeClient({
    url: 'http://node.example/',
    trusted: true,
    address: wallet.address.toLowerCase(),
    fetch: async (path, init) => {
      asked.push({ path, init });
      const next = answers.shift();
      if (next instanceof Error) {
        throw next;
      }
      if (!next) {
        throw new Error(`Not expected: ${path}`);
      }
      return typeof next === 'function' ? next(init) : next;
    },
    sign: async message => {
      signed.push(message);
      return wallet.signMessage(getBytes(message));
    },
    ...options
  });
  return { client, asked, signed };
}

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });
const files = {
  nftAddress: wallet.address,
  datatokenAddress: wallet.address,
  files: []
};

describe('OceanNodeClient and the recorded node', () => {
  it('reads status, nonce and initialize', async () => {
    const { client } = node([
      respond(exchange('status')),
      respond(exchange('nonce')),
      respond(exchange('order paid: initialize'))
    ]);
    expect(await client.status()).toMatchObject({ chainIds: [8996] });
    expect(await client.nonce(consumer)).toBe(33);
    expect(
      await client.initialize({ did: 'did:op:x', serviceId: 'y', consumer })
    ).toMatchObject({
      providerFee: { providerFeeAmount: '0', v: 27 },
      datatoken: '0x356D97b28fA9D135545d2944811547Cc92Dc61C9',
      validOrder: null
    });
  });

  it('asks for encryption as lib does, and takes the ciphertext', async () => {
    const real = exchange('publish Sealed content: encrypt files', '/encrypt');
    const { client, asked, signed } = node([
      json({ nonce: '43' }),
      respond(real)
    ]);
    const data = real.request.body as typeof files;
    expect(await client.encrypt(data, 8996)).toBe(real.response.body);
    const shape = (path: string): string[] => [
      path.split('?')[0],
      ...new URLSearchParams(path.split('?')[1]).keys()
    ];
    expect(shape(asked[1].path)).toEqual(shape(real.request.path));
    expect(JSON.parse(String(asked[1].init?.body))).toEqual(data);
    const sent = new URLSearchParams(asked[1].path.split('?')[1]);
    expect(sent.get('nonce')).toBe('44');
    expect(sent.get('consumerAddress')).toBe(wallet.address);
    expect(
      verifyMessage(getBytes(signed[0]), String(sent.get('signature')))
    ).toBe(wallet.address);
  });

  it('signs what the recorded client signed', () => {
    const { request } = exchange('order paid: download', '/download');
    const sent = new URLSearchParams(request.path.split('?')[1]);
    const message = commandMessage(
      consumer,
      Number(sent.get('nonce')),
      'download'
    );
    expect(
      verifyMessage(getBytes(message), String(sent.get('signature')))
    ).toBe(consumer);
  });

  it('drops leading zero bytes of the hash, as lib and nodes do', () => {
    const short = Array.from({ length: 2000 }, (_, n) =>
      commandMessage(consumer, n, 'encrypt')
    ).filter(message => message.length < 66);
    expect(short.length).toBeGreaterThan(0);
  });

  it.each([
    ['encrypt unsigned', 401, /Invalid authentication/],
    ['download with a used nonce', 401, /not a valid nonce/],
    ['download without an order', 500, /Tx id used not valid/],
    ['initialize a revoked asset', 500, /different than ACTIVE/],
    ['unknown route', 404, /^Cannot GET/]
  ])(
    'tells the refusal "%s" in the words of the node',
    async (label, status, words) => {
      const { client } = node([json({ nonce: '1' }), respond(exchange(label))]);
      await expect(client.encrypt(files, 8996)).rejects.toMatchObject({
        code: 'node-refused',
        details: { status, words: expect.stringMatching(words) }
      });
    }
  );

  it('takes 200 from validation, and its refusal as what it is', async () => {
    const ddo = {} as IDdo;
    await node([respond(exchange('validate unsigned, valid'))]).client.validate(
      ddo
    );
    await expect(
      node([
        respond(exchange('validate unsigned, name too short'))
      ]).client.validate(ddo)
    ).rejects.toMatchObject({
      code: 'ddo-invalid',
      details: { words: expect.stringContaining('Validation error') }
    });
  });

  it('knows what the node can and can not see', async () => {
    const sees = (label: string, size: number): Promise<void> =>
      node([respond(exchange(label))]).client.checkSees('bafy', size);
    await sees('fileInfo ipfs', 32);
    await sees('fileInfo above 10 MiB (30 MiB file)', 30 * 1024 * 1024);
    for (const [label, size] of [
      ['fileInfo ipfs', 33],
      ['fileInfo bad cid', 9],
      ['fileInfo ipfs', 11 * 1024 * 1024],
      ['fileInfo above 10 MiB (30 MiB file)', 5]
    ] as const) {
      await expect(sees(label, size)).rejects.toMatchObject({
        code: 'node-cannot-see'
      });
    }
  });

  it('answers null for what is not there', async () => {
    const { client } = node([
      respond(exchange('resolve unknown')),
      respond(exchange('state by nft')),
      respond(exchange('state by did'))
    ]);
    expect(await client.ddo('did:op:0')).toBeNull();
    expect(await client.state('did:op:0')).toBeNull();
    expect(await client.state('did:op:0')).toEqual({
      valid: true,
      error: null,
      tx: null
    });
  });

  it('looks for an asset in the index without a 404', async () => {
    const listed = exchange('resolve').response;
    const { id } = listed.body as { id: string };
    const { client, asked } = node([
      respond(exchange('search with nothing found')),
      respond({ response: { ...listed, body: [[listed.body]] } }),
      // A node that ignores the query: everything comes back.
      respond(exchange('search malformed')),
      // One that takes no such query.
      new Response('Search failed', { status: 500 })
    ]);
    const unknown = `did:op:${'0'.repeat(64)}`;
    expect(await client.lists(unknown)).toBe(false);
    expect(await client.lists(id)).toBe(true);
    expect(await client.lists(unknown)).toBe(false);
    expect(await client.lists(id)).toBe(null);
    expect(asked.map(({ path }) => path)).toEqual(
      Array(4).fill('/api/aquarius/assets/metadata/query')
    );
  });

  it('reads both shapes of search answers, without revoked placeholders', async () => {
    const elastic = exchange('search all').response.body as unknown[][];
    const typesense = elastic.map(index => ({
      found: index.length,
      hits: index.map(document => ({ document }))
    }));
    const read = async (body: unknown) =>
      (await searchAssets(node([json(body)]).client, {})).map(one => one.did);
    const dids = await read(elastic);
    expect(dids.length).toBe(elastic[1].length);
    expect(await read(typesense)).toEqual(dids);
    expect(await read(typesense[1])).toEqual(dids);
    expect(
      await read(exchange('search with nothing found').response.body)
    ).toEqual([]);
  });

  it('reads the recorded assets', () => {
    expect(readAsset(exchange('resolve').response.body)).toMatchObject({
      name: 'Iris measurements',
      active: true,
      owner: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
      service: { index: 0, timeout: 86400, type: 'access' },
      stats: { orders: 0, price: { amount: '1.0' } },
      web3: null
    });
    expect(
      readAsset(exchange('resolve a revoked asset').response.body)
    ).toMatchObject({ state: 3, active: false, service: null, name: '' });
  });
});

describe('OceanNodeClient and a node that misbehaves', () => {
  it.each([
    ['text', 'Internal error'],
    ['nothing', ''],
    ['0x alone', '0x'],
    ['half a byte', '0x123'],
    ['upper case', '0xAB'],
    ['a page', '<html>0x00</html>']
  ])('takes %s for no ciphertext', async (_, body) => {
    const { client } = node([json({ nonce: '1' }), new Response(body)]);
    await expect(client.encrypt(files, 8996)).rejects.toMatchObject({
      code: 'bad-ciphertext'
    });
  });

  it.each([
    ['far up', ['5', '5000000']],
    ['back', ['5', '4']],
    ['beyond what a number holds', ['99999999999999999999']]
  ])('refuses a nonce that jumps %s', async (_, nonces) => {
    const answers: Answer[] = [];
    for (const nonce of nonces) {
      answers.push(json({ nonce }), new Response('0x00'));
    }
    const { client, signed } = node(answers);
    for (let i = 1; i < nonces.length; i++) {
      await client.encrypt(files, 8996);
    }
    await expect(client.encrypt(files, 8996)).rejects.toMatchObject({
      code: 'nonce-jump'
    });
    expect(signed.length).toBe(nonces.length - 1);
  });

  it('signs for no node outside the settings unasked', async () => {
    const no = node([], { trusted: false });
    await expect(no.client.encrypt(files, 8996)).rejects.toMatchObject({
      code: 'node-not-trusted'
    });
    const asked: string[] = [];
    const ok = node(
      [
        json({ nonce: '1' }),
        new Response('0x00'),
        json({ nonce: '2' }),
        new Response('0x00')
      ],
      {
        trusted: false,
        confirmForeign: async url => {
          asked.push(url);
          return true;
        }
      }
    );
    await ok.client.encrypt(files, 8996);
    await ok.client.encrypt(files, 8996);
    expect(asked).toEqual(['http://node.example']);
    const refused = node([], {
      trusted: false,
      confirmForeign: async () => false
    });
    await expect(refused.client.encrypt(files, 8996)).rejects.toMatchObject({
      code: 'node-not-trusted'
    });
    expect(refused.signed).toEqual([]);
  });

  it('takes a nonce that was asked for ahead, once', async () => {
    const ahead: (Promise<number> | null)[] = [
      Promise.resolve(5),
      null,
      Promise.reject(new Error('lost on the way'))
    ];
    const { client, asked } = node(
      [
        new Response('0x00'),
        json({ nonce: '6' }),
        new Response('0x00'),
        json({ nonce: '7' }),
        new Response('0x00')
      ],
      { nonceAhead: () => ahead.shift()! }
    );
    for (let i = 0; i < 3; i++) {
      await client.encrypt({ files: [] } as never, 8996);
    }
    const nonces = asked
      .filter(({ path }) => path.includes('encrypt'))
      .map(({ path }) =>
        new URL(path, 'http://node').searchParams.get('nonce')
      );
    expect(nonces).toEqual(['6', '7', '8']);
    expect(asked).toHaveLength(5);
  });

  it('queues signed calls, so that each has its own nonce', async () => {
    let nonce = 7;
    const { client, asked } = node([
      json({ nonce: String(nonce++) }),
      new Response('0x01'),
      json({ nonce: String(nonce++) }),
      new Response('0x02')
    ]);
    expect(
      await Promise.all([client.encrypt(files, 1), client.encrypt(files, 1)])
    ).toEqual(['0x01', '0x02']);
    expect(
      asked
        .filter(one => one.path.includes('encrypt'))
        .map(one => new URLSearchParams(one.path.split('?')[1]).get('nonce'))
    ).toEqual(['8', '9']);
  });

  it('passes a refused prompt on, and goes on after it', async () => {
    const rejection = Object.assign(new Error('no'), { code: 4001 });
    let refuse = true;
    const { client } = node(
      [json({ nonce: '1' }), json({ nonce: '1' }), new Response('0x00')],
      {
        sign: async () => {
          if (refuse) {
            refuse = false;
            throw rejection;
          }
          return '0x';
        }
      }
    );
    await expect(client.encrypt(files, 1)).rejects.toBe(rejection);
    expect(await client.encrypt(files, 1)).toBe('0x00');
  });

  it('asks reads again, and what was signed never', async () => {
    const reads = node([
      new TypeError('Failed to fetch'),
      new Response('busy', { status: 503 }),
      json({ nonce: '3' })
    ]);
    expect(await reads.client.nonce(consumer)).toBe(3);
    const signed = node([
      json({ nonce: '3' }),
      new TypeError('Failed to fetch')
    ]);
    await expect(signed.client.encrypt(files, 1)).rejects.toMatchObject({
      code: 'node-unreachable'
    });
    expect(signed.asked.length).toBe(2);
  });

  it('an expired token is renewed: one signature for all files after it', async () => {
    const { client, signed, asked } = node([
      json({ nonce: '1' }),
      json({ token: 'a.b.c' }),
      new Response('1'),
      new Response('expired', { status: 401 }),
      json({ nonce: '2' }),
      json({ token: 'd.e.f' }),
      new Response('2'),
      new Response('3')
    ]);
    await client.authToken();
    const bodies: string[] = [];
    for (const fileIndex of [0, 1, 2]) {
      const what = {
        did: 'did:op:1',
        serviceId: 's',
        orderTx: '0x1',
        fileIndex
      };
      bodies.push(await (await client.download(what)).text());
    }
    expect(bodies).toEqual(['1', '2', '3']);
    expect(signed.length).toBe(2);
    expect(asked[7].init?.headers).toMatchObject({ Authorization: 'd.e.f' });
  });

  it('signs after all when the token is not taken', async () => {
    const { client, signed, asked } = node([
      json({ nonce: '1' }),
      json({ token: 'a.b.c' }),
      new Response('expired', { status: 401 }),
      json({ nonce: '2' }),
      new Response('bytes')
    ]);
    await client.authToken();
    const body = await client.download({
      did: 'did:op:1',
      serviceId: 's',
      orderTx: '0x1',
      fileIndex: 0
    });
    expect(await body.text()).toBe('bytes');
    expect(signed.length).toBe(2);
    expect(asked[2].init?.headers).toMatchObject({ Authorization: 'a.b.c' });
  });

  it('tells why an asset is not indexed, and stops when told to', async () => {
    const missing = (): Response =>
      new Response('DDO not found', { status: 404 });
    const { client } = node([
      missing(),
      missing(),
      missing(),
      json({ valid: false, error: 'hash does not match' })
    ]);
    await expect(client.waitIndexed('did:op:1')).rejects.toMatchObject({
      code: 'not-indexed',
      details: { words: 'hash does not match' }
    });
    const controller = new AbortController();
    const waiting = node([missing()]).client.waitIndexed('did:op:1', {
      signal: controller.signal
    });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(waiting).rejects.toThrow('enough');
  });
});
