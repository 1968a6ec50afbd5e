/** @jest-environment node */
import { nullTranslator } from '@jupyterlab/translation';

import { BlobContent, type IContent } from '../../content';
import { checkDraft } from '../../ocean/ddo';
import type { IAssetDraft, INetwork } from '../../tokens';
import { estimatePublication } from '../estimate';
import { scanContents } from '../guardScan';

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const KEY = 'ghp' + '_' + 'q7Xk2mPz9LwV4tRb8NcY3sHd6JfG5aKe1UoT';

const network = {
  chainId: 8996,
  name: 'Local chain',
  oceanNode: 'http://node',
  currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  paymentTokens: []
} as unknown as INetwork;

const draft: IAssetDraft = {
  name: 'Rows',
  description: 'Rows of trees.',
  author: ACCOUNT,
  license: 'MIT',
  type: 'dataset',
  tags: [],
  chainId: 8996,
  price: { kind: 'free' }
} as unknown as IAssetDraft;

const file = (name: string, data: string): IContent =>
  new BlobContent({ name, data });

type Deps = Parameters<typeof estimatePublication>[2];

function world(patch: Partial<Deps> = {}) {
  const priced: IAssetDraft[] = [];
  const signals: AbortSignal[] = [];
  const deps: Deps = {
    checkDraft,
    estimate: async one => {
      priced.push(one);
      return {
        mintGas: 300_001n,
        metadataGas: 99_999n,
        gasPrice: 1_000_000_007n,
        total: 400_000n * 1_000_000_007n
      };
    },
    guard: {
      scan: (contents, options) => scanContents(contents, options),
      lookWhetherPublic: async (_, __, signal) => {
        signals.push(signal);
        return { notes: [], cids: new Map(), published: false };
      },
      holders: null
    },
    // No provider: nothing here can ask a wallet.
    wallet: {
      state: { account: ACCOUNT },
      network: (id: number) => (id === 8996 ? network : null)
    } as unknown as Deps['wallet'],
    ...patch
  };
  const estimate = (contents: IContent[], one: Partial<IAssetDraft> = {}) =>
    estimatePublication(
      contents,
      { ...draft, ...one },
      deps,
      nullTranslator.load('jupyterlab_web3')
    );
  return { estimate, priced, signals, deps };
}

it('tells gas, wei to the last one, prompts and size', async () => {
  const { estimate } = world();
  const told = await estimate([file('a.csv', 'a,b\n1,2\n'), file('b', 'xyz')]);
  expect(told).toMatchObject({
    transactions: [
      { kind: 'mint', gas: '300001', wei: '300001002100007' },
      { kind: 'metadata', gas: '99999', wei: '99999000699993' }
    ],
    total: {
      wei: '400000002800000',
      amount: '0.0004000000028',
      currency: 'ETH'
    },
    size: 11,
    problems: [],
    notes: [],
    findings: [],
    secrets: 0,
    personal: 0,
    unread: []
  });
  expect(told.prompts.map(({ kind }) => kind)).toEqual([
    'signature',
    'signature',
    'transaction',
    'transaction'
  ]);
  // What a script gets can be sent on as it is.
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});

it('tells all that is found, by its first characters only', async () => {
  const { estimate } = world({
    guard: {
      scan: (contents, options) => scanContents(contents, options),
      lookWhetherPublic: async () => ({
        notes: [
          {
            code: 'in-catalogue',
            files: ['a.py'],
            detail: 'Known rows',
            did: 'did:op:1'
          }
        ],
        cids: new Map(),
        published: true
      }),
      holders: null
    }
  });
  const told = await estimate(
    [file('a.py', `import git\ntoken = "${KEY}"\n`), file('empty.csv', '')],
    { license: 'mit' }
  );
  expect(told.findings).toMatchObject([
    {
      severity: 'secret',
      kind: 'github',
      place: { file: 'a.py', line: 2 },
      words: 'GitHub token',
      where: 'a.py, line 2'
    }
  ]);
  expect(told.secrets).toBe(1);
  expect(JSON.stringify(told)).not.toContain(KEY);
  expect(told.notes.map(({ code, did }) => [code, did])).toEqual([
    ['empty-file', undefined],
    ['in-catalogue', 'did:op:1'],
    ['unknown-licence', undefined]
  ]);
  expect(told.notes.every(({ words }) => words.length > 10)).toBe(true);
});

it('tells what is wrong with the draft, and its cost all the same', async () => {
  const { estimate, priced } = world();
  const told = await estimate([file('a.csv', 'a')], {
    name: '',
    price: { kind: 'fixed', amount: 'many', token: TOKEN }
  });
  expect(told.problems.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['name'])
  );
  expect(told.problems.some(({ field }) => field.startsWith('price'))).toBe(
    true
  );
  expect(told.total.currency).toBe('ETH');
  // What can't be a price is not sent to the chain to be estimated.
  expect(priced.map(({ price }) => price)).toEqual([{ kind: 'free' }]);
});

it('a price that can be read is estimated as it is', async () => {
  const { estimate, priced } = world();
  const price = { kind: 'fixed', amount: '2', token: TOKEN } as const;
  await estimate([file('a.csv', 'a')], { price });
  expect(priced[0].price).toEqual(price);
});

it('does not add up what nobody knows', async () => {
  const { estimate } = world({
    guard: {
      ...world().deps.guard,
      scan: async () => scanContents([], {})
    }
  });
  const streamed = { name: 's', size: null } as unknown as IContent;
  expect((await estimate([file('a', 'abc'), streamed])).size).toBeNull();
});

it('needs an account and an Ocean Node', async () => {
  const out = world();
  (out.deps.wallet.state as { account: string | null }).account = null;
  await expect(out.estimate([])).rejects.toMatchObject({
    code: 'not-connected'
  });
  await expect(world().estimate([], { chainId: 1 })).rejects.toMatchObject({
    code: 'no-node'
  });
});

it('what the chain answers badly is said; nothing goes on behind it', async () => {
  const signals: AbortSignal[] = [];
  const { estimate } = world({
    estimate: async () => {
      throw new Error('the chain is down');
    },
    guard: {
      scan: (contents, options) => scanContents(contents, options),
      lookWhetherPublic: (_, __, signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
      holders: null
    }
  });
  await expect(estimate([file('a', 'abc')])).rejects.toThrow(
    'the chain is down'
  );
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});
