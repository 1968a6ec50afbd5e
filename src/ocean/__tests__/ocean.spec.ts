/** @jest-environment node */
import { readFileSync } from 'fs';
import { join } from 'path';

import { generateDid } from '@oceanprotocol/lib';

import type { IAssetDraft, INetwork } from '../../tokens';
import { findDid } from '../catalogue';
import { logs, type Reader } from '../chain';
import { oceanConfig } from '../config';
import {
  buildDdo,
  checkDraft,
  ddoHash,
  didOf,
  filesObject,
  readAsset,
  readWeb3,
  type IDdo
} from '../ddo';
import { buildMintTx } from '../mint';
import { formatAmount, parseAmount } from '../pricing';
import { waitReceipt } from '../receipts';
import { DDOManager } from '../shims/ddoJs';
import { decode } from '../shims/jsonwebtoken';

const recorded = JSON.parse(
  readFileSync(
    join(__dirname, '../../../devnet/ocean-node/fixtures/transcripts.json'),
    'utf8'
  )
) as { label: string; request: { path: string; body?: unknown } }[];
const published = recorded.find(
  one =>
    one.label === 'publish Iris measurements: encrypt ddo' &&
    one.request.path.includes('/encrypt')
)?.request.body as IDdo;

const draft: IAssetDraft = {
  name: 'Iris measurements',
  description: 'A dataset published for a recording',
  author: 'me',
  license: 'CC-BY-4.0',
  tags: ['ipfs', 'recording'],
  type: 'dataset',
  price: { kind: 'free' },
  timeout: 86400
};
const web3 = {
  v: 1 as const,
  files: [
    {
      path: 'a b/ü.csv',
      size: 1048576,
      mediaType: 'text/csv',
      profile: 'unixfs-v1-2025',
      commitment: 'ab'.repeat(32)
    }
  ],
  sealed: 'web3-seal/1' as const,
  source: { kind: 'output' as const, path: 'Example.ipynb', cell: 2, output: 0 }
};
const polygon: INetwork = {
  chainId: 137,
  name: 'Polygon',
  testnet: false,
  rpc: '',
  explorer: null,
  currency: { name: 'POL', symbol: 'POL', decimals: 18 },
  oceanNode: null,
  paymentTokens: []
};

describe('DDOs', () => {
  it('are what the recorded client published, and our part of them', async () => {
    const [service] = published.services;
    const ddo = await buildDdo({
      draft,
      owner: '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
      chainId: 8996,
      nftAddress: published.nftAddress.toLowerCase(),
      datatokenAddress: service.datatokenAddress.toLowerCase(),
      encryptedFiles: service.files,
      nodeUrl: service.serviceEndpoint,
      web3,
      created: new Date(String(published.metadata.created))
    });
    const { additionalInformation, ...metadata } = ddo.metadata;
    expect({
      ...ddo,
      metadata,
      services: [{ ...ddo.services[0], id: service.id }]
    }).toEqual(published);
    expect(ddo.services[0].id).toMatch(/^[0-9a-f]{64}$/);
    expect(additionalInformation).toEqual({ web3 });
    expect(ddo.id).toBe(generateDid(published.nftAddress, 8996));
    expect(await ddoHash(ddo)).toMatch(/^0x[0-9a-f]{64}$/);
    expect(readAsset(ddo)).toMatchObject({ did: ddo.id, web3 });
  });

  it('name the author and the key where they belong', async () => {
    const ddo = await buildDdo({
      draft: { ...draft, author: ' ', description: 'one\r\ntwo\rthree' },
      owner: '0xME',
      chainId: 1,
      nftAddress: published.nftAddress,
      datatokenAddress: published.nftAddress,
      encryptedFiles: '0x00',
      nodeUrl: 'http://n',
      web3,
      created: new Date(0)
    });
    expect(ddo.metadata).toMatchObject({
      author: '0xME',
      description: 'one\ntwo\nthree',
      created: '1970-01-01T00:00:00Z'
    });
    expect(
      filesObject({
        nftAddress: published.nftAddress,
        datatokenAddress: published.nftAddress,
        cids: ['x', 'y'],
        key: 'data:,?k=0&c=0'
      }).files.map(file => file.type)
    ).toEqual(['ipfs', 'ipfs', 'url']);
  });

  it.each([
    [{ name: 'abc' }, 'name', 'too-short'],
    [{ name: '  ' }, 'name', 'required'],
    [{ name: 'x'.repeat(257) }, 'name', 'too-long'],
    [{ description: 'too short' }, 'description', 'too-short'],
    [{ license: '' }, 'license', 'required'],
    [{ tags: ['a', 'a '] }, 'tags', 'duplicate'],
    [{ timeout: -1 }, 'timeout', 'bad-timeout'],
    [{ timeout: 1.5 }, 'timeout', 'bad-timeout'],
    [{ sample: 'javascript:alert(1)' }, 'sample', 'bad-sample'],
    [
      { price: { kind: 'fixed', amount: '0.00', token: published.nftAddress } },
      'price.amount',
      'zero-amount'
    ],
    [
      { price: { kind: 'fixed', amount: '1e3', token: published.nftAddress } },
      'price.amount',
      'bad-amount'
    ],
    [
      { price: { kind: 'fixed', amount: '1', token: '0x1' } },
      'price.token',
      'bad-token'
    ],
    [
      { price: { kind: 'fixed', amount: '', token: '' } },
      'price.amount',
      'required'
    ]
  ] as [Partial<IAssetDraft>, string, string][])(
    'refuse the draft %j',
    (part, field, code) => {
      expect(checkDraft({ ...draft, ...part })).toContainEqual({ field, code });
    }
  );

  it('take a good draft, and know the decimals of the token', () => {
    expect(checkDraft(draft)).toEqual([]);
    const priced: IAssetDraft = {
      ...draft,
      price: { kind: 'fixed', amount: '2.1234567', token: published.nftAddress }
    };
    expect(checkDraft(priced)).toEqual([]);
    expect(checkDraft(priced, 6)).toEqual([
      { field: 'price.amount', code: 'bad-amount' }
    ]);
  });

  it.each([
    null,
    1,
    'x',
    [],
    {},
    { id: 'did:op:1' },
    { ...({} as object), id: `did:op:${'0'.repeat(64)}`, chainId: 1 }
  ])('refuse to be read from %j', value => {
    expect(() => readAsset(value)).toThrow(
      expect.objectContaining({ code: 'ddo-invalid' })
    );
  });

  it('survive a hostile publisher', () => {
    const asset = readAsset({
      ...published,
      metadata: {
        name: { toString: 1 },
        tags: [{}, 'ok', null],
        additionalInformation: { web3: { v: 1, files: [{}] } }
      },
      services: [null, { datatokenAddress: 'x' }],
      indexedMetadata: { stats: 'x', nft: [] }
    });
    expect(asset).toMatchObject({
      name: '',
      tags: ['ok'],
      service: null,
      active: false,
      web3: null
    });
    expect(readWeb3({ ...web3, sealed: 'web3-seal/2' })).toBeNull();
    expect(
      readWeb3({ ...web3, files: [...web3.files, { path: 1 }] })
    ).toBeNull();
  });

  it('are found in what people paste', () => {
    const did = `did:op:${'a1'.repeat(32)}`;
    for (const text of [
      did,
      ` ${did}\n`,
      `https://market.example/asset/${did}?x`,
      encodeURIComponent(did),
      did.toUpperCase()
    ]) {
      expect(findDid(text)).toBe(did);
    }
    expect(findDid(`${did}f`)).toBeNull();
    expect(findDid('did:op:12')).toBeNull();
  });
});

describe('amounts', () => {
  it.each([
    ['2.5', 18, 2500000000000000000n],
    ['0.000001', 6, 1n],
    ['1.100000000', 6, 1100000n],
    ['123456789012345678901234567890', 0, 123456789012345678901234567890n]
  ])('parse %s with %i decimals', (text, decimals, amount) => {
    expect(parseAmount(text, decimals)).toBe(amount);
    expect(parseAmount(formatAmount(amount, decimals), decimals)).toBe(amount);
  });
  it.each(['', '-1', '1.', '.5', '1,5', '1e18', '0x1', '0.0000001', 'NaN'])(
    'refuse %j',
    text => {
      expect(() => parseAmount(text, 6)).toThrow(
        expect.objectContaining({ code: 'bad-amount' })
      );
    }
  );
});

describe('networks', () => {
  it('have the contracts of lib, or of the settings', async () => {
    expect(await oceanConfig(polygon)).toMatchObject({
      nftFactoryAddress: '0x6fd867E5AEE6D62a24f97939db90C4e67A73A651'
    });
    const own = `0x${'12'.repeat(20)}`;
    expect(
      await oceanConfig({
        ...polygon,
        chainId: 424242,
        contracts: {
          ERC721Factory: own,
          FixedPrice: own,
          Dispenser: own,
          Router: own
        }
      })
    ).toMatchObject({ nftFactoryAddress: own, chainId: 424242 });
    await expect(
      oceanConfig({ ...polygon, chainId: 424242 })
    ).rejects.toMatchObject({
      code: 'unknown-network',
      details: { chainId: 424242 }
    });
  });
});

describe('building transactions', () => {
  const reader: Reader = {
    request: async ({ method }) =>
      (
        ({
          eth_estimateGas: '0x1000',
          eth_gasPrice: '0x1',
          eth_maxPriorityFeePerGas: '0x1',
          eth_getBlockByNumber: {
            hash: `0x${'00'.repeat(32)}`,
            parentHash: `0x${'00'.repeat(32)}`,
            number: '0x1',
            timestamp: '0x1',
            nonce: '0x0000000000000000',
            difficulty: '0x0',
            gasLimit: '0x1c9c380',
            gasUsed: '0x0',
            miner: `0x${'00'.repeat(20)}`,
            extraData: '0x',
            baseFeePerGas: '0x1',
            transactions: []
          }
        }) as Record<string, unknown>
      )[method]
  };
  const options = {
    network: polygon,
    reader,
    owner: published.nftAddress,
    price: { kind: 'free' as const },
    name: 'Name',
    tokenURI: 'job'
  };

  it('asks nobody but the reader, on chains with fee services too', async () => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    try {
      const tx = await buildMintTx(options);
      expect(tx).toMatchObject({
        from: options.owner,
        to: '0x6fd867E5AEE6D62a24f97939db90C4e67A73A651',
        value: '0x0',
        gas: '0x5e20'
      });
      expect(fetched).not.toHaveBeenCalled();
    } finally {
      fetched.mockRestore();
    }
  });

  it.each([
    ['execution reverted: No', 'tx-reverted', -32000],
    ['Failed to fetch', 'chain-unreachable', 4900],
    ['Failed to fetch', 'chain-unreachable', undefined],
    ['too many requests', 'chain-error', -32005]
  ])('tells "%s" as %s (%s)', async (message, code, rpcCode) => {
    const failing: Reader = {
      request: async args =>
        args.method === 'eth_estimateGas'
          ? Promise.reject(Object.assign(new Error(message), { code: rpcCode }))
          : reader.request(args)
    };
    await expect(
      buildMintTx({ ...options, reader: failing })
    ).rejects.toMatchObject({
      code,
      details: { words: expect.stringContaining(message) }
    });
  });
});

describe('reading a chain', () => {
  const hash = `0x${'ab'.repeat(32)}`;

  it('halves what an endpoint refuses', async () => {
    const ranges: number[] = [];
    const reader: Reader = {
      request: async ({ method, params }) => {
        if (method === 'eth_blockNumber') {
          return '0x2710';
        }
        const [{ fromBlock, toBlock }] = params as {
          fromBlock: string;
          toBlock: string;
        }[];
        const blocks = Number(toBlock) - Number(fromBlock) + 1;
        if (blocks > 3000) {
          throw new Error('block range too large');
        }
        ranges.push(blocks);
        return [
          {
            address: '',
            topics: [],
            data: '',
            transactionHash: fromBlock,
            blockNumber: fromBlock
          }
        ];
      }
    };
    const found = await logs(reader, { address: '', topics: [], fromBlock: 1 });
    expect(ranges.reduce((a, b) => a + b)).toBe(10_000);
    expect(found.map(log => log.blockNumber)).toEqual(
      [...found.map(log => log.blockNumber)].sort((a, b) => a - b)
    );
  });

  it('outlives an outage, but not a lasting one', async () => {
    let failures = 3;
    const reader: Reader = {
      request: async () => {
        if (failures-- > 0) {
          throw new Error('fetch failed');
        }
        return {
          transactionHash: hash,
          from: '',
          to: '',
          blockNumber: '0x1',
          status: '0x1',
          gasUsed: '0x1',
          logs: []
        };
      }
    };
    expect((await waitReceipt(reader, hash, { interval: 1 })).hash).toBe(hash);
    failures = 100;
    await expect(
      waitReceipt(reader, hash, { interval: 1 })
    ).rejects.toMatchObject({ code: 'chain-unreachable' });
    // An endpoint that answers with an error may do better the next time, too.
    let busy = 3;
    const limited: Reader = {
      request: async args => {
        if (busy-- > 0) {
          throw Object.assign(new Error('too many requests'), { code: -32005 });
        }
        failures = 0;
        return reader.request(args);
      }
    };
    expect((await waitReceipt(limited, hash, { interval: 1 })).hash).toBe(hash);
    busy = 100;
    await expect(
      waitReceipt(limited, hash, { interval: 1 })
    ).rejects.toMatchObject({
      code: 'chain-error',
      details: { words: 'too many requests' }
    });
  });

  it('notices what took its place, by the nonce that the chain has', async () => {
    let known = 2;
    const reader: Reader = {
      request: async ({ method }) => {
        switch (method) {
          case 'eth_getTransactionByHash':
            // Seen at the second look; then sped up in the wallet.
            return --known === 0 ? { nonce: '0x7' } : null;
          case 'eth_getTransactionCount':
            return '0x8';
          case 'eth_blockNumber':
            return '0x1';
          case 'eth_getBlockByNumber':
            return {
              transactions: [{ hash: '0xb', from: '0xA', nonce: '0x7' }]
            };
          default:
            return null;
        }
      }
    };
    await expect(
      waitReceipt(reader, hash, { interval: 1, timeout: 500, from: '0xa' })
    ).rejects.toMatchObject({
      code: 'tx-replaced',
      details: { replacement: '0xb' }
    });
  });

  it('says pending when time is up, and stops when told to', async () => {
    const reader: Reader = { request: async () => null };
    await expect(
      waitReceipt(reader, hash, { interval: 1, timeout: 5 })
    ).rejects.toMatchObject({ code: 'tx-pending' });
    await expect(
      waitReceipt(reader, hash, {
        signal: AbortSignal.abort(new Error('enough'))
      })
    ).rejects.toThrow('enough');
  });
});

describe('what stands in for modules of lib in a page', () => {
  it('answers as ddo-js does', async () => {
    const ddo = DDOManager.getDDOClass({
      ...published,
      indexedMetadata: { nft: {} }
    } as never);
    expect(ddo.getDDOFields()).toMatchObject({
      id: published.id,
      chainId: 8996,
      services: published.services
    });
    expect(ddo.getAssetFields()).toMatchObject({
      indexedMetadata: { nft: {} }
    });
    expect(ddo.makeDid(published.nftAddress, '8996')).toBe(published.id);
    expect(await didOf(published.nftAddress, 8996)).toBe(published.id);
    expect(ddo.updateFields({ id: 'x' })).toMatchObject({ id: 'x' });
  });

  it('reads tokens as jsonwebtoken does', () => {
    const payload = Buffer.from('{"address":"ü"}').toString('base64url');
    expect(decode(`a.${payload}.c`)).toEqual({ address: 'ü' });
    expect(decode('nonsense')).toBeNull();
    expect(decode('a.!!.c')).toBeNull();
  });
});
