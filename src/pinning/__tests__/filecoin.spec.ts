/**
 * @jest-environment node
 */
import 'fake-indexeddb/auto';
import { decodeFunctionData } from 'viem';

import type { IPinQuote, IPinRequest } from '../../tokens';
import { createFilecoinProvider, type FilecoinProvider } from '../filecoin';
import type { FilecoinWallet } from '../filecoinClient';
import type { IFilecoinCosts } from '../filecoinCosts';
import type { IEndingPlan } from '../filecoinEnding';
import { FilecoinJournal, recordId } from '../filecoinJournal';
import type { ITopUpPlan } from '../filecoinPerson';
import { account, CHAIN, FilecoinWorld, RPC, usdfc } from './filecoinWorld';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

type Answer = 'approve' | 'reject' | 'lost';

/** A wallet that does what the test tells it. */
class Wallet {
  constructor(private _world: FilecoinWorld) {}

  readonly answers: Answer[] = [];
  readonly prompts: string[] = [];
  chainId: number = CHAIN.id;
  account: string | null = account.address;

  readonly self: FilecoinWallet = {
    ready: Promise.resolve(),
    provider: {
      request: async ({ method, params }) => {
        if (method === 'eth_chainId') {
          return `0x${this.chainId.toString(16)}`;
        }
        return this._ask(method, async () =>
          this._world.call(method, params as unknown[])
        );
      }
    },
    reader: () => ({
      request: async ({ method, params }) => {
        const response = await fetch(RPC, {
          method: 'POST',
          body: JSON.stringify({ id: 1, method, params: params ?? [] })
        });
        const { result, error } = (await response.json()) as {
          result: unknown;
          error?: { code: number; message: string };
        };
        if (error) {
          throw Object.assign(new Error(error.message), { code: error.code });
        }
        return result;
      }
    }),
    switchNetwork: async id => {
      await this._ask('switch', async () => {
        this.chainId = id;
      });
    },
    get state() {
      return {
        status: 'connected' as const,
        account: wallet.account,
        chainId: wallet.chainId,
        wallet: null,
        session: null
      };
    }
  };

  private async _ask<T>(name: string, act: () => Promise<T>): Promise<T> {
    this.prompts.push(name);
    const answer = this.answers.shift() ?? 'approve';
    if (answer === 'reject') {
      throw Object.assign(new Error('User rejected the request.'), {
        code: 4001
      });
    }
    const result = await act();
    if (answer === 'lost') {
      // Approved in the wallet, but the page never heard of it.
      throw Object.assign(new Error('Connection lost'), { code: -32603 });
    }
    return result;
  }
}

const SIGN = 'eth_signTypedData_v4';
const SEND = 'eth_sendTransaction';

let world: FilecoinWorld;
let wallet: Wallet;
let journal: FilecoinJournal;
let shown: IFilecoinCosts[];
let plans: IEndingPlan[];
let tops: ITopUpPlan[];
let yes: boolean;
let network: 'calibration' | 'mainnet';

/** A page: what it holds in memory ends with it, the journal stays. */
function page(): FilecoinProvider {
  let queue: Promise<unknown> = Promise.resolve();
  return createFilecoinProvider({
    wallet: wallet.self,
    journal,
    network: () => network,
    poll: 5,
    patience: 200,
    locks: {
      request: async (_name, _options, held) => {
        const turn = queue.then(held, held);
        queue = turn.catch(() => undefined);
        return turn;
      }
    },
    person: {
      agree: async costs => {
        shown.push(costs);
        return yes && costs.obstacle === null;
      },
      end: async plan => {
        plans.push(plan);
        return yes;
      },
      topUp: async plan => {
        tops.push(plan);
        return yes;
      },
      quote: costs =>
        ({
          amounts: [],
          prompts: costs.prompts,
          obstacle: costs.obstacle
        }) as IPinQuote
    }
  });
}

function archive(bytes = 1000, seed = 7): IPinRequest {
  return {
    cid: CID,
    name: 'iris.csv',
    car: async function* () {
      for (let at = 0; at < bytes; at += 65_536) {
        yield new Uint8Array(Math.min(65_536, bytes - at)).fill(seed);
      }
    }
  };
}

const real = globalThis.fetch;
let number = 0;

beforeEach(() => {
  world = new FilecoinWorld();
  wallet = new Wallet(world);
  journal = new FilecoinJournal(`test-${number++}`);
  shown = [];
  plans = [];
  tops = [];
  yes = true;
  network = 'calibration';
  globalThis.fetch = world.fetch;
});

afterEach(async () => {
  globalThis.fetch = real;
  await journal.close();
});

describe('the quote', () => {
  it('reads exact amounts on the chain and asks the wallet for nothing', async () => {
    const costs = await page().costs(archive());
    // The floor of 0.06 USDFC a month, in whole units an epoch: 30 days locked,
    // 30 days paid ahead, 0.1 for the new data set.
    const perEpoch = usdfc('0.06') / 86_400n;
    expect(costs).toMatchObject({
      chainId: 314_159,
      testnet: true,
      bytes: 1000,
      perEpoch,
      perMonth: usdfc('0.06'),
      lockup: perEpoch * 86_400n + usdfc('0.1'),
      setup: usdfc('0.1'),
      deposit: perEpoch * 86_400n * 2n + usdfc('0.1'),
      gas: 3n * 20_000_000n * 1_000_000n,
      dataSet: null,
      prompts: ['permit', 'deposit-approve', 'data-set', 'add'],
      obstacle: null
    });
    expect(wallet.prompts).toEqual([]);
  });

  it('says first that the wallet has to change its chain', async () => {
    wallet.chainId = 1;
    const { prompts } = await page().costs(archive());
    expect(prompts[0]).toBe('switch');
    expect(wallet.prompts).toEqual([]);
  });

  it.each([
    ['no-token', () => void (world.tokens = usdfc('0.2')), archive()],
    ['no-gas', () => void (world.coins = 10n), archive()],
    ['no-provider', () => void (world.down = /ping/), archive()],
    ['too-small', () => undefined, archive(126)],
    ['too-big', () => undefined, { ...archive(), bytes: 1_065_353_217 }]
  ] as [string, () => void, IPinRequest][])(
    'names the obstacle: %s',
    async (obstacle, arrange, request) => {
      arrange();
      const warn = jest.spyOn(console, 'warn').mockReturnValue();
      expect((await page().costs(request)).obstacle).toBe(obstacle);
      warn.mockRestore();
    }
  );

  it('reads the archive to its end to know its size, but no further than fits', async () => {
    expect((await page().costs(archive(200_000))).bytes).toBe(200_000);
    let read = 0;
    const endless: IPinRequest = {
      cid: CID,
      car: async function* () {
        const block = new Uint8Array(64 << 20);
        for (;;) {
          read += block.byteLength;
          yield block;
        }
      }
    };
    expect((await page().costs(endless)).obstacle).toBe('too-big');
    expect(read).toBeLessThan(1.2e9);
  });

  it('needs a wallet', async () => {
    wallet.account = null;
    await expect(page().costs(archive())).rejects.toMatchObject({
      code: 'not-connected'
    });
  });
});

describe('a pin', () => {
  it('is paid, uploaded, confirmed on the chain, and asks four times', async () => {
    const provider = page();
    expect(await provider.agree(archive())).toBe(true);
    let sent = 0;
    const report = await provider.pin(archive(), {
      onProgress: bytes => (sent = bytes)
    });
    expect(report).toMatchObject({ state: 'pinned', requestId: '7/0' });
    expect(wallet.prompts).toEqual([SIGN, SEND, SIGN, SIGN]);
    expect(world.deposits).toEqual([shown[0].deposit]);
    expect(world.archive).toBe(1000);
    expect(sent).toBe(1000);
    expect(world.sets[0].metadata).toEqual([
      ['source', 'withIPFSIndexing'],
      ['jupyterlab-web3', '']
    ]);
    expect(world.sets[0].pieces[0]).toMatchObject({
      keys: ['ipfsRootCID'],
      values: [CID]
    });
    expect(await provider.status({ cid: CID })).toMatchObject({
      state: 'pinned'
    });
    // Asked for again, it is there.
    await provider.pin(archive());
    expect(wallet.prompts).toHaveLength(4);
    expect(world.posts).toEqual(['create-and-add']);
  });

  it('is refused without the person’s agreement', async () => {
    const provider = page();
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'not-agreed'
    });
    yes = false;
    expect(await provider.agree(archive())).toBe(false);
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'not-agreed'
    });
    expect(wallet.prompts).toEqual([]);
  });

  it('goes into the data set of before, with one signature and no new fee', async () => {
    const provider = page();
    await provider.agree(archive());
    await provider.pin(archive());
    const other = {
      ...archive(2000, 9),
      cid: 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'
    };
    await provider.agree(other);
    expect(shown[1]).toMatchObject({
      dataSet: '7',
      setup: 0n,
      deposit: 0n,
      prompts: ['add']
    });
    expect(await provider.pin(other)).toMatchObject({ requestId: '7/1' });
    expect(wallet.prompts.slice(4)).toEqual([SIGN]);
    expect(world.deposits).toHaveLength(1);
  });

  it('switches the chain first, and takes a refusal for an answer', async () => {
    wallet.chainId = 1;
    const provider = page();
    await provider.agree(archive());
    wallet.answers.push('reject');
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'prompt-rejected',
      retriable: false
    });
    await provider.pin(archive());
    expect(wallet.prompts).toEqual([
      'switch',
      'switch',
      SIGN,
      SEND,
      SIGN,
      SIGN
    ]);
  });

  it.each([0, 1, 2, 3])(
    'goes on after a refusal of prompt %i, and pays once',
    async at => {
      const provider = page();
      await provider.agree(archive());
      wallet.answers.push(
        ...Array.from({ length: at }, (): Answer => 'approve'),
        'reject'
      );
      await expect(provider.pin(archive())).rejects.toMatchObject({
        code: 'prompt-rejected'
      });
      expect(world.sets).toHaveLength(0);
      await provider.pin(archive());
      expect(world.deposits).toHaveLength(1);
      expect(world.uploads).toBe(1);
      expect(world.sets).toHaveLength(1);
    }
  );

  it('does not ask for more than was agreed to', async () => {
    const provider = page();
    await provider.agree(archive());
    world.rate = usdfc('1') / 86_400n;
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'costs-more'
    });
    expect(wallet.prompts).toEqual([]);
  });

  it('stops before anything is asked when the account was changed', async () => {
    const provider = page();
    await provider.agree(archive());
    wallet.account = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'not-agreed'
    });
    expect(wallet.prompts).toEqual([]);
  });
});

describe('after an accident', () => {
  it('a deposit whose hash was lost is found, not made again', async () => {
    const first = page();
    await first.agree(archive());
    wallet.answers.push('approve', 'lost');
    await expect(first.pin(archive())).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    expect(world.deposits).toHaveLength(1);
    const second = page();
    await expect(second.pin(archive())).rejects.toMatchObject({
      code: 'reloaded'
    });
    await second.pin(archive());
    expect(world.deposits).toHaveLength(1);
    expect(wallet.prompts).toEqual([SIGN, SEND, SIGN, SIGN]);
  });

  it('an old prompt and a new one carry one permit: one deposit is made', async () => {
    const first = page();
    await first.agree(archive());
    world.stuck = true;
    wallet.answers.push('approve', 'lost');
    await expect(first.pin(archive())).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    await expect(first.pin(archive())).rejects.toMatchObject({
      code: 'tx-in-flight',
      retriable: true
    });
    expect(wallet.prompts).toEqual([SIGN, SEND, SEND]);
    await world.mine();
    await first.pin(archive());
    expect(world.deposits).toEqual([shown[0].deposit]);
    expect(
      [...world.receipts.values()].filter(one => one === '0x0')
    ).toHaveLength(1);
  });

  it('a permit that ran out is replaced by another', async () => {
    const provider = page();
    await provider.agree(archive());
    wallet.answers.push('approve', 'reject');
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'prompt-rejected'
    });
    world.time = BigInt(Math.floor(Date.now() / 1000) + 4000);
    await provider.pin(archive());
    expect(wallet.prompts.slice(0, 4)).toEqual([SIGN, SEND, SIGN, SEND]);
    expect(world.deposits).toHaveLength(1);
  });

  it('a deposit that was spent meanwhile is agreed to and made anew', async () => {
    const provider = page();
    await provider.agree(archive());
    wallet.answers.push('approve', 'approve', 'reject');
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'prompt-rejected'
    });
    await provider.agree(archive());
    expect(shown).toHaveLength(1);
    world.funds = 0n;
    await provider.agree(archive());
    expect(shown).toHaveLength(2);
    expect(await provider.pin(archive())).toMatchObject({ state: 'pinned' });
    expect(world.deposits).toHaveLength(2);
    expect(world.uploads).toBe(1);
  });

  it('a reload while the deposit is under way asks for nothing', async () => {
    const first = page();
    await first.agree(archive());
    world.stuck = true;
    await expect(first.pin(archive())).rejects.toMatchObject({
      code: 'tx-in-flight'
    });
    const second = page();
    await world.mine();
    // Up to the next prompt it goes on by itself.
    await expect(second.pin(archive())).rejects.toMatchObject({
      code: 'reloaded'
    });
    expect(wallet.prompts).toEqual([SIGN, SEND]);
    expect(world.uploads).toBe(1);
    await second.pin(archive());
    expect(world.uploads).toBe(1);
    expect(world.deposits).toHaveLength(1);
  });

  it('an interrupted upload starts anew, without a second deposit', async () => {
    const first = page();
    await first.agree(archive());
    world.down = /^PUT/;
    await expect(first.pin(archive())).rejects.toMatchObject({
      code: 'provider-down',
      retriable: true
    });
    world.down = null;
    const second = page();
    await expect(second.pin(archive())).rejects.toMatchObject({
      code: 'reloaded'
    });
    expect(await second.pin(archive())).toMatchObject({ state: 'pinned' });
    expect(world.deposits).toHaveLength(1);
    expect(world.uploads).toBe(1);
  });

  it('a cancelled upload stops and leaves what was paid for later', async () => {
    const provider = page();
    await provider.agree(archive());
    const stop = new AbortController();
    const slow: IPinRequest = {
      ...archive(),
      car: async function* () {
        yield new Uint8Array(600);
        if (world.deposits.length > 0) {
          stop.abort();
          await new Promise(resolve => setTimeout(resolve, 20));
        }
        yield new Uint8Array(400);
      }
    };
    await expect(
      provider.pin(slow, { signal: stop.signal })
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.sets).toHaveLength(0);
    await provider.pin(archive());
    expect(world.deposits).toHaveLength(1);
  });

  it('a request whose answer was lost is handed over again, and stores once', async () => {
    const provider = page();
    await provider.agree(archive());
    const { handle } = world;
    world.handle = async request => {
      const response = await handle.call(world, request);
      if (request.url.endsWith('create-and-add') && world.posts.length === 1) {
        throw new TypeError('Failed to fetch');
      }
      return response;
    };
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'provider-down'
    });
    expect(await page().pin(archive())).toMatchObject({ state: 'pinned' });
    expect(world.sets).toHaveLength(1);
    expect(world.sets[0].pieces).toHaveLength(1);
    expect(wallet.prompts).toEqual([SIGN, SEND, SIGN, SIGN]);
  });

  it('other bytes under the signed name are refused', async () => {
    const provider = page();
    await provider.agree(archive());
    world.down = /create-and-add/;
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'provider-down'
    });
    world.down = null;
    const id = recordId(CHAIN.id, account.address, CID);
    const record = await journal.read(id);
    if (!record?.commit) {
      throw new Error('nothing was signed');
    }
    // The provider had not been asked yet, and collected its garbage.
    await journal.write({
      ...record,
      commit: { ...record.commit, posted: undefined }
    });
    world.parked.clear();
    await expect(provider.pin(archive(1000, 8))).rejects.toMatchObject({
      code: 'content-changed'
    });
    expect(world.sets).toHaveLength(0);
  });

  it('a journal of another chain’s pin is not this one’s', async () => {
    const provider = page();
    await provider.agree(archive());
    network = 'mainnet';
    await expect(provider.pin(archive())).rejects.toMatchObject({
      code: 'not-agreed'
    });
  });
});

describe('what is stored', () => {
  const store = async (): Promise<FilecoinProvider> => {
    const provider = page();
    await provider.agree(archive());
    await provider.pin(archive());
    return provider;
  };

  it('is told with its proofs', async () => {
    const provider = await store();
    const at = async () => (await provider.items())[0].proofs;
    expect(await at()).toMatchObject({
      kept: true,
      lastProven: null,
      nextDue: null,
      overdue: false
    });
    world.lastProven = world.epoch - 100n;
    world.challenge = world.epoch + 2780n;
    expect(await at()).toMatchObject({
      lastProven: { epoch: Number(world.lastProven) },
      // The challenge comes first, then a window of 60 epochs.
      nextDue: {
        epoch: Number(world.challenge + 60n),
        when: new Date(
          (1_667_326_380 + 30 * Number(world.challenge + 60n)) * 1000
        ).toISOString()
      },
      overdue: false
    });
    world.epoch = world.challenge + 60n;
    expect(await at()).toMatchObject({ overdue: true });
  });

  it('is told as failed when the provider dropped it', async () => {
    const provider = await store();
    world.sets[0].pieces = [];
    expect(await provider.status({ cid: CID })).toMatchObject({
      state: 'failed'
    });
  });

  it('lasts as long as the deposit: days left', async () => {
    const provider = await store();
    expect((await provider.funds()).daysLeft).toBe(30);
    world.funds -= usdfc('0.04');
    expect((await provider.funds()).daysLeft).toBe(9);
    expect(await page().funds()).toMatchObject({
      deposited: world.funds,
      perMonth: world.rate * 86_400n
    });
  });

  it('is paid further ahead, once', async () => {
    const provider = await store();
    yes = false;
    expect(await provider.topUp(30)).toBe(false);
    yes = true;
    wallet.answers.push('approve', 'lost');
    await expect(provider.topUp(60)).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    expect(world.deposits).toHaveLength(2);
    expect(tops[1]).toMatchObject({
      days: 60,
      amount: world.rate * 86_400n * 2n
    });
    // Gone on with after a reload: it is seen that it was paid.
    await page().topUp(60);
    expect(world.deposits).toHaveLength(2);
    expect((await provider.funds()).daysLeft).toBe(90);
    expect(await provider.items()).toHaveLength(1);
    await provider.topUp(30);
    expect(world.deposits).toHaveLength(3);
  });

  it('ends after its own confirmation, with the data set when it is the last', async () => {
    const provider = await store();
    await expect(provider.unpin({ cid: CID })).rejects.toMatchObject({
      code: 'not-agreed'
    });
    yes = false;
    expect(await provider.agreeToEnd({ cid: CID })).toBe(false);
    expect(plans[0]).toMatchObject({
      kind: 'data-set',
      others: 0,
      daysPaid: 30
    });
    expect(wallet.prompts).toHaveLength(4);
    yes = true;
    await provider.agreeToEnd({ cid: CID });
    wallet.answers.push('reject');
    await expect(provider.unpin({ cid: CID })).rejects.toMatchObject({
      code: 'prompt-rejected'
    });
    expect((await provider.status({ cid: CID }))?.state).toBe('pinned');
    await provider.unpin({ cid: CID });
    expect(world.sets[0].endEpoch).toBeGreaterThan(0n);
    expect(await provider.status({ cid: CID })).toBeNull();
    // Nothing left: nobody is asked, and it is no error.
    expect(await provider.agreeToEnd({ cid: CID })).toBe(true);
    await provider.unpin({ cid: CID });
    expect(plans).toHaveLength(2);
  });

  it('an ending whose answer was lost is seen on the chain', async () => {
    const provider = await store();
    await provider.agreeToEnd({ cid: CID });
    wallet.answers.push('lost');
    await expect(provider.unpin({ cid: CID })).rejects.toMatchObject({
      code: 'prompt-unknown'
    });
    await page().unpin({ cid: CID });
    expect(wallet.prompts).toHaveLength(5);
    expect(await provider.items()).toHaveLength(0);
  });

  it('ends alone while others stay in the data set', async () => {
    const provider = await store();
    const other = {
      ...archive(2000, 9),
      cid: 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'
    };
    await provider.agree(other);
    await provider.pin(other);
    await provider.agreeToEnd({ cid: CID });
    await provider.unpin({ cid: CID });
    expect(plans[0]).toMatchObject({ kind: 'piece', others: 1 });
    expect(world.sets[0].removals).toEqual([0n]);
    expect(world.sets[0].endEpoch).toBe(0n);
    expect((await provider.status({ cid: other.cid }))?.state).toBe('pinned');
  });
});

it('approves the storage contract and no other', async () => {
  const provider = page();
  await provider.agree(archive());
  const sent: { to: string; data: `0x${string}` }[] = [];
  const { call } = world;
  world.call = async (method, params) => {
    if (method === SEND) {
      sent.push(params?.[0] as (typeof sent)[number]);
    }
    return call.call(world, method, params);
  };
  await provider.pin(archive());
  const { filecoinPay, fwss, usdfc: token } = CHAIN.contracts;
  expect(sent).toHaveLength(1);
  expect(sent[0].to).toBe(filecoinPay.address);
  const { functionName, args } = decodeFunctionData({
    abi: filecoinPay.abi,
    data: sent[0].data
  });
  expect(functionName).toBe('depositWithPermitAndApproveOperator');
  expect(args).toEqual(
    expect.arrayContaining([token.address, account.address, fwss.address])
  );
});
