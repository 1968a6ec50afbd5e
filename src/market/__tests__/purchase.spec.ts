/** @jest-environment node */
import { PurchaseRecords } from '../records';
import {
  ACCOUNT,
  asset,
  DID,
  FakeChain,
  memoryStore,
  refuse,
  sharedLocks,
  tab,
  TOKEN
} from './fakes';

const TOKEN_HOLDER = '0x90F79bf6EB2c4f870365E785982E1f101E93b906';

describe('buying', () => {
  it('approves and buys with two prompts', async () => {
    const chain = new FakeChain();
    const steps: string[] = [];
    const bought = await tab(chain).buy(asset(), {
      onStep: ({ step, prompt, prompts }) =>
        steps.push(`${step} ${prompt}/${prompts}`)
    });
    expect(bought).toEqual({
      did: DID,
      orderTx: chain.sent[1].hash,
      reused: false
    });
    expect([chain.prompts, chain.paid]).toEqual([2, 1]);
    expect(steps).toEqual([
      'checking 0/0',
      'wallet 1/2',
      'mining 1/2',
      'wallet 2/2',
      'mining 2/2'
    ]);
  });

  it('asks once more where money is real: nothing is sent after a no', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    const asked: number[] = [];
    const answer = (agrees: boolean) => async () => {
      asked.push(chain.prompts);
      return agrees;
    };
    const ask = (agrees: boolean) =>
      tab(chain, store, sharedLocks(), answer(agrees)).buy(asset());
    await expect(ask(false)).rejects.toMatchObject({ code: 'cancelled' });
    expect([chain.prompts, chain.paid, store.length]).toEqual([0, 0, 0]);
    await ask(true);
    expect([chain.prompts, chain.paid]).toEqual([2, 1]);
    // What is there already costs nothing: nothing is asked.
    expect(await ask(false)).toMatchObject({ reused: true });
    // Before the first prompt of each purchase.
    expect(asked).toEqual([0, 0]);
  });

  it('pays once for ten clicks in two tabs', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    const locks = sharedLocks();
    const tabs = [tab(chain, store, locks), tab(chain, store, locks)];
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, at) => tabs[at % 2].buy(asset()))
    );
    expect(new Set(all.map(one => one.orderTx)).size).toBe(1);
    expect([chain.prompts, chain.paid]).toEqual([2, 1]);
  });

  it('finds what was bought, also without any memory of it', async () => {
    const chain = new FakeChain();
    await tab(chain).buy(asset());
    expect(await tab(chain).buy(asset())).toMatchObject({ reused: true });
    expect(chain.paid).toBe(1);
  });

  it('does not ask for an allowance that is there', async () => {
    const chain = new FakeChain();
    chain.approved = true;
    await tab(chain).buy(asset());
    expect(chain.prompts).toBe(1);
  });

  it.each([
    ['the allowance', 1, 4001, 'rejected'],
    ['the payment', 2, 4001, 'rejected'],
    ['the payment: a prompt is open', 2, -32002, 'pending'],
    ['the payment: not allowed', 2, 4100, 'unauthorized']
  ])(
    'refused %s: typed, and asked again next time',
    async (_, at, code, name) => {
      const chain = new FakeChain();
      const store = memoryStore();
      chain.onPrompt = n => (n === at ? refuse(code)() : undefined);
      await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
        code: name
      });
      expect(chain.paid).toBe(0);
      chain.onPrompt = () => undefined;
      await tab(chain, store).buy(asset());
      expect(chain.paid).toBe(1);
    }
  );

  it('asks for nothing where the publisher took it off the market', async () => {
    const chain = new FakeChain();
    await expect(
      tab(chain).buy(asset({ state: 1, active: false }))
    ).rejects.toMatchObject({ code: 'asset-inactive' });
    // What an index has in the place of a revoked one.
    await expect(
      tab(chain).buy(asset({ state: 3, active: false, service: null }))
    ).rejects.toMatchObject({ code: 'asset-inactive' });
    expect(chain.prompts).toBe(0);
  });

  it('has the hash on record before it waits for the network', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    chain.approved = true;
    chain.mines = 'mempool';
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'tx-pending'
    });
    expect(new PurchaseRecords(store).get(DID, 8996, ACCOUNT)?.hash).toBe(
      chain.sent[0].hash
    );
    // Reload; it is still not mined: never a second payment.
    await expect(
      tab(chain, store).buy(asset(), { again: true })
    ).rejects.toMatchObject({ code: 'tx-pending' });
    chain.mine(chain.sent[0]);
    expect(await tab(chain, store).buy(asset())).toMatchObject({
      orderTx: chain.sent[0].hash
    });
    expect([chain.prompts, chain.paid]).toEqual([1, 1]);
  });

  it('does not ask again by itself while an old prompt may be open', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    chain.approved = true;
    // The page is reloaded while the prompt is open: no answer ever comes.
    chain.onPrompt = () => new Promise(() => undefined);
    void tab(chain, store).buy(asset());
    await new Promise(resolve => setTimeout(resolve, 5));
    chain.onPrompt = () => undefined;
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    expect(chain.sent).toHaveLength(0);
    // The old prompt is confirmed late: found, not paid again.
    chain.send('0xb');
    expect(await tab(chain, store).buy(asset(), { again: true })).toMatchObject(
      {
        reused: true
      }
    );
    expect([chain.prompts, chain.paid]).toEqual([1, 1]);
  });

  it('waits for an unseen transaction of the account', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    chain.approved = true;
    chain.mines = 'mempool';
    chain.onPrompt = (_, { data }) => {
      chain.send(data);
      throw Object.assign(new Error('socket closed'), { code: -32603 });
    };
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'rpc'
    });
    await expect(
      tab(chain, store).buy(asset(), { again: true })
    ).rejects.toMatchObject({ code: 'tx-in-flight' });
    expect(chain.sent).toHaveLength(1);
  });

  it('takes a faster copy for the purchase', async () => {
    const chain = new FakeChain();
    chain.approved = true;
    chain.mines = 'mempool';
    chain.onPrompt = (_, { data }) => {
      const hash = chain.send(data);
      chain.sent[0].state = 'replaced';
      chain.mines = 'mined';
      chain.send(data);
      return hash;
    };
    expect(await tab(chain).buy(asset())).toMatchObject({
      orderTx: chain.sent[1].hash
    });
    expect(chain.paid).toBe(1);
  });

  it('says that it was reverted, and lets buy again', async () => {
    const chain = new FakeChain();
    const store = memoryStore();
    chain.approved = true;
    chain.mines = 'reverted';
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'tx-reverted'
    });
    chain.mines = 'mined';
    expect(await tab(chain, store).buy(asset())).toMatchObject({
      reused: false
    });
    expect(chain.paid).toBe(1);
  });

  it.each<[string, (chain: FakeChain) => void, string]>([
    ['price', chain => (chain.total = 6n), 'price-changed'],
    ['fee of the node', chain => (chain.fee = 1n), 'price-changed'],
    [
      'fee in another token',
      chain => {
        chain.fee = 1n;
        chain.feeToken = ACCOUNT;
      },
      'price-changed'
    ],
    [
      'permission',
      chain => {
        chain.allowed = false;
      },
      'not-allowed'
    ],
    ['account', chain => (chain.account = TOKEN_HOLDER), 'account-changed'],
    ['chain', chain => (chain.chainId = 1), 'wrong-chain']
  ])('asks nothing when the %s is another one', async (_, change, code) => {
    const chain = new FakeChain();
    change(chain);
    await expect(
      tab(chain).buy(asset(), { shown: new Map([[TOKEN.toLowerCase(), 5n]]) })
    ).rejects.toMatchObject({
      code
    });
    expect(chain.prompts).toBe(0);
  });

  it('asks nothing for what is in purgatory; what was bought stays so', async () => {
    const listed = { ...asset(), purgatory: true };
    const chain = new FakeChain();
    await expect(tab(chain).buy(listed)).rejects.toMatchObject({
      code: 'in-purgatory'
    });
    expect(chain.prompts).toBe(0);
    const before = await tab(chain).buy(asset());
    await expect(tab(chain).buy(listed)).resolves.toMatchObject({
      orderTx: before.orderTx,
      reused: true
    });
  });

  it('asks nothing of a node that the person does not want', async () => {
    const chain = new FakeChain();
    chain.ocean.foreignHost = () => 'evil.example';
    chain.ocean.initialize = async () => {
      throw new Error('was asked');
    };
    await expect(tab(chain).buy(asset())).rejects.toMatchObject({
      code: 'node-refused-by-person',
      details: { host: 'evil.example' }
    });
  });

  it('does not buy without locks', async () => {
    const chain = new FakeChain();
    await expect(
      tab(chain, memoryStore(), null).buy(asset())
    ).rejects.toMatchObject({ code: 'insecure-context' });
  });
});

describe('buying where datatoken and order are apart (template 1)', () => {
  const chainOf = (): FakeChain => {
    const chain = new FakeChain();
    chain.template = 1;
    return chain;
  };
  const kinds = (chain: FakeChain): string[] =>
    chain.sent.filter(tx => tx.state === 'mined').map(tx => tx.kind);

  it('takes three prompts, each said for what it is', async () => {
    const chain = chainOf();
    const steps: string[] = [];
    await tab(chain).buy(asset(), {
      onStep: ({ step, what, prompt, prompts }) =>
        step === 'wallet' && steps.push(`${what} ${prompt}/${prompts}`)
    });
    expect(steps).toEqual(['approval 1/3', 'datatoken 2/3', 'order 3/3']);
    expect(kinds(chain)).toEqual(['approve', 'token', 'buy']);
  });

  it('uses a datatoken that is there: one prompt, nothing bought', async () => {
    const chain = chainOf();
    chain.approved = true;
    chain.tokens = 1;
    await tab(chain).buy(asset(), { shown: new Map() });
    expect(kinds(chain)).toEqual(['buy']);
  });

  it('finds the datatoken after a refusal of the order, or a reload', async () => {
    const chain = chainOf();
    const store = memoryStore();
    chain.approved = true;
    chain.onPrompt = n => (n === 2 ? refuse(4001)() : undefined);
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'rejected'
    });
    // Another browser, which has no memory of it, finds it too.
    await tab(chain).buy(asset());
    expect(kinds(chain)).toEqual(['token', 'buy']);
  });

  it('waits for the datatoken that is on its way, after a reload', async () => {
    const chain = chainOf();
    const store = memoryStore();
    chain.approved = true;
    chain.mines = 'mempool';
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'tx-pending'
    });
    await expect(
      tab(chain, store).buy(asset(), { again: true })
    ).rejects.toMatchObject({ code: 'tx-pending' });
    chain.mine(chain.sent[0]);
    chain.mines = 'mined';
    await tab(chain, store).buy(asset());
    expect(kinds(chain)).toEqual(['token', 'buy']);
  });

  it('asks for no second one while the prompt for the first may be open', async () => {
    const chain = chainOf();
    const store = memoryStore();
    chain.approved = true;
    chain.onPrompt = () => new Promise(() => undefined);
    void tab(chain, store).buy(asset());
    await new Promise(resolve => setTimeout(resolve, 5));
    chain.onPrompt = () => undefined;
    await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    // It is confirmed late: then it is there, and nobody has to say anything.
    chain.send('0xc');
    await tab(chain, store).buy(asset());
    expect(kinds(chain)).toEqual(['token', 'buy']);
  });

  it.each(['reverted', 'replaced'] as const)(
    'buys anew when the first one was %s',
    async state => {
      const chain = chainOf();
      const store = memoryStore();
      chain.approved = true;
      chain.mines = 'mempool';
      await expect(tab(chain, store).buy(asset())).rejects.toMatchObject({
        code: 'tx-pending'
      });
      chain.sent[0].state = state;
      chain.mines = 'mined';
      await tab(chain, store).buy(asset(), { again: true });
      expect(kinds(chain)).toEqual(['token', 'buy']);
    }
  );
});
