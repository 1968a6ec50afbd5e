import { readParameters } from '../asset';
import type { IDdo } from '../ddo';
import {
  changeRecord,
  isOnChain,
  parametersProblem,
  plainRecord,
  type IRecordChange
} from '../record';
import { ddoHash } from '../ddo';
import { checkedAddress } from '../states';

const ALICE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const LIST = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const NOW = new Date('2026-01-02T03:04:05.678Z');

const ddo = (patch: object = {}): IDdo =>
  ({
    '@context': ['https://w3id.org/did/v1'],
    id: 'did:op:' + 'a1'.repeat(32),
    version: '4.1.0',
    chainId: 8996,
    nftAddress: LIST,
    metadata: {
      created: '2025-01-01T00:00:00Z',
      updated: '2025-01-01T00:00:00Z',
      name: 'Iris',
      description: 'Flowers',
      links: ['https://a.example/sample', 'https://b.example/other'],
      additionalInformation: { web3: { v: 1 }, theirs: { kept: true } },
      unknown: ['kept']
    },
    services: [
      {
        id: 's0',
        type: 'access',
        files: '0xaa',
        datatokenAddress: LIST,
        serviceEndpoint: 'http://node',
        timeout: 0,
        unknown: 1
      },
      {
        id: 's1',
        type: 'compute',
        files: '0xbb',
        datatokenAddress: LIST,
        serviceEndpoint: 'http://node',
        timeout: 5
      }
    ],
    ofSomebodyElse: { kept: true },
    ...patch
  }) as unknown as IDdo;

const change = (
  what: IRecordChange,
  before = ddo()
): IDdo & { credentials?: unknown } => changeRecord(before, 0, what, NOW);

test('what the index added goes, what is unknown stays', async () => {
  const published = ddo();
  const indexed = {
    ...published,
    indexedMetadata: { nft: { state: 0 } },
    datatokens: [],
    purgatory: { state: false }
  };
  expect(plainRecord(indexed)).toEqual(published);
  expect(await isOnChain(plainRecord(indexed), await ddoHash(published))).toBe(
    true
  );
});

test.each([
  [{ version: 'deprecated', services: undefined }],
  [{ version: '5.0.0' }],
  [{ services: 'none' }],
  [{ metadata: undefined }]
])('a record that can’t be changed here: %j', patch => {
  expect(() => plainRecord(ddo(patch))).toThrow(
    expect.objectContaining({ code: 'record-unknown' })
  );
});

test('only what is named changes', () => {
  const before = ddo();
  const after = change({ name: ' Iris, again ' }, before);
  expect(after).toEqual({
    ...before,
    metadata: {
      ...before.metadata,
      name: 'Iris, again',
      updated: '2026-01-02T03:04:05Z'
    }
  });
  expect(before.metadata.name).toBe('Iris');
});

test('the sample is the first link; the others stay', () => {
  expect(change({ sample: null }).metadata.links).toEqual([
    'https://b.example/other'
  ]);
  expect(change({ sample: 'ipfs://x' }).metadata.links).toEqual([
    'ipfs://x',
    'https://b.example/other'
  ]);
});

test('a new version keeps the id of the service and other people’s words', () => {
  const after = change({ files: { encrypted: '0xcc', web3: { v: 2 } } });
  expect(after.services[0]).toMatchObject({
    id: 's0',
    files: '0xcc',
    unknown: 1
  });
  expect(after.services[1]).toEqual(ddo().services[1]);
  expect(after.metadata.additionalInformation).toEqual({
    web3: { v: 2 },
    theirs: { kept: true }
  });
});

test('parameters as the shape of 4.1.0 wants them', () => {
  const [service] = change({
    timeout: 60,
    parameters: [
      {
        name: 'rows',
        type: 'select',
        label: '',
        required: true,
        description: '',
        default: 'all',
        options: [{ value: 'all', label: 'All' }]
      }
    ]
  }).services;
  expect(service).toMatchObject({
    timeout: 60,
    consumerParameters: [
      {
        name: 'rows',
        type: 'select',
        label: 'rows',
        required: true,
        description: '',
        default: 'all',
        options: '[{"all":"All"}]'
      }
    ]
  });
  expect(
    change({ parameters: [] }, ddo({ services: [service] })).services[0]
  ).not.toHaveProperty('consumerParameters');
});

const nobody = { accounts: [], lists: [] };

test('who may buy: accounts and lists', () => {
  const access: IRecordChange['access'] = {
    allow: { accounts: [ALICE.toLowerCase(), ALICE], lists: [LIST] },
    deny: nobody
  };
  expect(change({ access }).credentials).toEqual({
    match_allow: 'any',
    allow: [
      { type: 'address', values: [ALICE] },
      { type: 'accessList', chainId: 8996, accessList: LIST, values: [LIST] }
    ],
    deny: []
  });
  expect(
    change({ access: { allow: nobody, deny: nobody } })
  ).not.toHaveProperty('credentials');
  // One of them struck out again: the rest is as it was written.
  const both = change({ access });
  expect(
    change(
      { access: { ...access, allow: { accounts: [ALICE], lists: [] } } },
      both
    ).credentials
  ).toEqual({
    match_allow: 'any',
    allow: [{ type: 'address', values: [ALICE] }],
    deny: []
  });
});

test('rules of other tools stay, and mean what they meant', () => {
  const theirs = { type: 'SSIpolicy', values: ['x'] };
  const list = {
    type: 'accessList',
    chainId: 1,
    accessList: LIST.toLowerCase(),
    note: 'theirs'
  };
  const before = ddo({
    credentials: {
      match_deny: 'all',
      allow: [theirs, list, { type: 'address', values: ['*'] }],
      deny: [{ type: 'address', values: [LIST] }],
      more: true
    }
  });
  const after = change(
    {
      access: {
        allow: { accounts: ['*', ALICE], lists: [LIST] },
        deny: { accounts: [LIST], lists: [] }
      }
    },
    before
  );
  // No `match_allow`: an account still has to fit all of them.
  expect(after.credentials).toEqual({
    match_deny: 'all',
    allow: [theirs, list, { type: 'address', values: ['*', ALICE] }],
    deny: [{ type: 'address', values: [LIST] }],
    more: true
  });
});

test('a question that was not touched stays as it was written', () => {
  const theirs = [
    { name: 'a', type: 'text', label: 'A', hint: 'kept', default: 1 },
    { name: 'b', type: 'file', label: 'B' },
    { name: 'c', type: 'number', label: 'C', hint: 'kept' }
  ];
  const before = ddo();
  before.services[0].consumerParameters = theirs;
  const read = readParameters(theirs);
  const [service] = change(
    { parameters: [read[0], { ...read[1], label: 'See' }] },
    before
  ).services;
  expect(service.consumerParameters).toEqual([
    theirs[0],
    expect.objectContaining({ name: 'c', label: 'See', hint: 'kept' }),
    theirs[1]
  ]);
});

test.each([
  ['0x1234'],
  ['0x' + '0'.repeat(40)],
  [ALICE.replace('C51812dc', 'c51812dc')],
  [ALICE.slice(2)],
  ['']
])('no address: %s', text => {
  expect(() => checkedAddress(text)).toThrow(
    expect.objectContaining({ code: 'bad-address' })
  );
});

test('parameters that can’t be asked', () => {
  const one = {
    name: 'a',
    type: 'text' as const,
    label: '',
    required: false,
    description: '',
    default: '',
    options: []
  };
  expect(parametersProblem([one])).toBeNull();
  expect(parametersProblem([{ ...one, name: 'with space' }])).toBe('no-name');
  expect(parametersProblem([one, one])).toBe('same-name');
  expect(parametersProblem([{ ...one, type: 'select' }])).toBe('no-options');
  expect(parametersProblem([{ ...one, type: 'number', default: 'x' }])).toBe(
    'bad-default'
  );
  expect(
    parametersProblem([
      {
        ...one,
        type: 'select',
        default: 'b',
        options: [{ value: 'a', label: 'A' }]
      }
    ])
  ).toBe('bad-default');
});
