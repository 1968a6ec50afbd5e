/** @jest-environment node */
/** What is paid for is what was shown; what is not known yet is not paid twice. */
import type { IAsset, IAssetService } from '../../ocean/asset';
import {
  asset,
  FakeChain,
  memoryStore,
  refuse,
  sharedLocks,
  tab
} from './fakes';

const TOKEN_HOLDER = '0x90F79bf6EB2c4f870365E785982E1f101E93b906';

describe('what was shown, and what is', () => {
  const offer = (patch: Partial<IAssetService>): IAsset => {
    const service = { ...asset().service!, ...patch };
    return asset({ service, services: [service] });
  };

  it.each<[string, IAsset]>([
    ['state', asset({ state: 1, active: false })],
    ['access time', offer({ timeout: 60 })],
    ['service', offer({ id: 'other' })],
    ['node', offer({ serviceEndpoint: 'http://other' })],
    ['datatoken', offer({ datatokenAddress: TOKEN_HOLDER })],
    [
      'files',
      asset({
        web3: {
          v: 1,
          sealed: null,
          source: null,
          files: [{ path: 'x', size: 1, mediaType: 'text/csv', profile: 'p' }]
        }
      })
    ]
  ])('another %s since it was shown: nothing is asked', async (_, record) => {
    const chain = new FakeChain();
    chain.record = record;
    await expect(tab(chain).buy(asset())).rejects.toMatchObject({
      code: 'terms-changed',
      details: { asset: record }
    });
    expect(chain.prompts).toBe(0);
  });

  it('asks for no approval of a contract that is not the asset’s', async () => {
    const chain = new FakeChain();
    chain.genuine = false;
    await expect(tab(chain).buy(asset())).rejects.toMatchObject({
      code: 'not-genuine'
    });
    expect(chain.prompts).toBe(0);
  });
});

describe('an endpoint that lags behind', () => {
  it('two tabs: what one has bought the other does not pay again', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    const locks = sharedLocks();
    const first = await tab(chain, store, locks).buy(asset());
    for (const lags of ['logs', 'all'] as const) {
      chain.lags = lags;
      const second = tab(chain, store, locks).buy(asset(), { again: true });
      await (lags === 'logs'
        ? expect(second).resolves.toEqual({ ...first, reused: true })
        : expect(second).rejects.toMatchObject({ code: 'tx-in-flight' }));
    }
    expect([chain.prompts, chain.paid]).toEqual([2, 1]);
  });

  it('what has run out is bought again', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    await tab(chain, store).buy(asset());
    chain.orders = [];
    expect(await tab(chain, store).buy(asset())).toMatchObject({
      reused: false
    });
    expect(chain.paid).toBe(2);
  });

  it('a payment that nobody has seen: said, and asked again on its nonce alone', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    const nonces: unknown[] = [];
    chain.approved = true;
    chain.onPrompt = (_, tx) => {
      nonces.push((tx as { nonce?: string }).nonce);
      return '0x' + 'f'.repeat(64);
    };
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'tx-pending'
    });
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'tx-unseen',
      details: { hash: '0x' + 'f'.repeat(64) }
    });
    await expect(
      tab(chain, store).buy(asset(), { again: true })
    ).rejects.toMatchObject({ code: 'tx-pending' });
    expect(nonces).toEqual([undefined, '0x0']);
  });
});

it('an old prompt is not forgotten when a new one is refused', async () => {
  const chain = new FakeChain();
  const store = memoryStore();
  chain.approved = true;
  chain.onPrompt = () => new Promise(() => undefined);
  void tab(chain, store).buy(asset());
  await until(() => chain.prompts === 1);
  chain.onPrompt = refuse(4001);
  await expect(
    tab(chain, store).buy(asset(), { again: true })
  ).rejects.toMatchObject({ code: 'rejected' });
  await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
    code: 'prompt-unknown'
  });
  expect(chain.prompts).toBe(2);
});

it('an approval that was sped up in the wallet is none the less there', async () => {
  const chain = new FakeChain();
  chain.mines = 'replaced';
  chain.onPrompt = n => {
    if (n === 1) {
      chain.approved = true;
    } else {
      chain.mines = 'mined';
    }
  };
  await tab(chain).buy(asset());
  expect([chain.prompts, chain.paid]).toEqual([2, 1]);
});

it('template 1: says so where the datatoken is bought and the order fails', async () => {
  const chain = new FakeChain();
  chain.template = 1;
  chain.approved = true;
  chain.onPrompt = n => {
    chain.mines = n === 2 ? 'reverted' : 'mined';
  };
  await expect(tab(chain).buy(asset())).rejects.toMatchObject({
    code: 'not-ordered',
    cause: { code: 'tx-reverted' }
  });
});

/** The tasks of a moment. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) {
    await new Promise(resolve => setTimeout(resolve, 1));
  }
}
