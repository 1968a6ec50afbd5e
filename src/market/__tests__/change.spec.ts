import { Changes, type IChange } from '../change';
import { memoryStore, sharedLocks } from './fakes';

const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const HASH = '0x' + 'ab'.repeat(32);

/** A chain of paper with one account. */
class Chain {
  done = false;
  mined = true;
  known = false;
  nonces = { latest: 7, pending: 7 };
  sent: { nonce?: string }[] = [];
  answer: () => Promise<string> = async () => {
    this.known = true;
    this.done = true;
    return HASH;
  };
  readonly store = memoryStore();
  private _locks = sharedLocks();

  readonly reader = {
    request: async ({
      method,
      params
    }: {
      method: string;
      params?: unknown;
    }) => {
      switch (method) {
        case 'eth_accounts':
          return [ACCOUNT];
        case 'eth_chainId':
          return '0x2324';
        case 'eth_getTransactionCount':
          return this.nonces[(params as string[])[1] as 'latest' | 'pending'];
        case 'eth_getTransactionByHash':
          return this.known ? { nonce: '0x7' } : null;
        case 'eth_getTransactionReceipt':
          return this.mined && this.known
            ? {
                transactionHash: HASH,
                from: ACCOUNT,
                to: ACCOUNT,
                blockNumber: '0x1',
                status: '0x1',
                gasUsed: '0x1',
                logs: []
              }
            : null;
        case 'eth_sendTransaction':
          this.sent.push((params as { nonce?: string }[])[0]);
          return this.answer();
        default:
          throw new Error(method);
      }
    }
  };

  changes(): Changes {
    return new Changes({
      wallet: { provider: this.reader, reader: () => this.reader },
      store: this.store,
      locks: this._locks,
      interval: 5
    });
  }

  readonly change: IChange = {
    subject: '0xnft',
    name: 'price 2',
    account: ACCOUNT,
    chainId: 8996,
    isDone: async () => this.done,
    build: async () => ({
      from: ACCOUNT,
      to: ACCOUNT,
      data: '0x',
      value: '0x0'
    })
  };
}

test('asked once, however often and wherever it is asked for', async () => {
  const chain = new Chain();
  const first = chain.changes().send(chain.change);
  const second = chain.changes().send(chain.change);
  expect(await first).toMatchObject({ hash: HASH });
  expect(await second).toBeNull();
  expect(chain.sent).toHaveLength(1);
});

test('a refusal leaves nothing behind', async () => {
  const chain = new Chain();
  const yes = chain.answer;
  chain.answer = async () => {
    throw Object.assign(new Error('no'), { code: 4001 });
  };
  await expect(chain.changes().send(chain.change)).rejects.toMatchObject({
    code: 'rejected'
  });
  chain.answer = yes;
  await chain.changes().send(chain.change);
  expect(chain.sent).toHaveLength(2);
});

test('a prompt whose end is unknown is asked about before another one', async () => {
  const chain = new Chain();
  const yes = chain.answer;
  chain.answer = async () => {
    throw new Error('the page was reloaded');
  };
  await expect(chain.changes().send(chain.change)).rejects.toThrow();
  chain.answer = yes;
  await expect(chain.changes().send(chain.change)).rejects.toMatchObject({
    code: 'prompt-unknown'
  });
  expect(chain.sent).toHaveLength(1);
  // On the same nonce: at most one of the two is ever mined.
  await chain.changes().send(chain.change, undefined, true);
  expect(chain.sent[1].nonce).toBe('0x7');
});

test('what was answered unseen is found, and not asked again', async () => {
  const chain = new Chain();
  chain.answer = async () => {
    chain.done = true;
    throw new Error('the page was reloaded');
  };
  await expect(chain.changes().send(chain.change)).rejects.toThrow();
  expect(await chain.changes().send(chain.change)).toBeNull();
  expect(chain.sent).toHaveLength(1);
});

test('something of the account is on its way: nothing is asked', async () => {
  const chain = new Chain();
  chain.answer = async () => {
    throw new Error('the page was reloaded');
  };
  await expect(chain.changes().send(chain.change)).rejects.toThrow();
  chain.nonces = { latest: 7, pending: 8 };
  await expect(
    chain.changes().send(chain.change, undefined, true)
  ).rejects.toMatchObject({ code: 'tx-in-flight' });
  expect(chain.sent).toHaveLength(1);
});

test('what is made from what the chain has now waits for all that is on its way', async () => {
  const chain = new Chain();
  chain.nonces = { latest: 7, pending: 8 };
  await expect(
    chain.changes().send({ ...chain.change, alone: true })
  ).rejects.toMatchObject({ code: 'tx-in-flight' });
  expect(chain.sent).toEqual([]);
  await chain.changes().send(chain.change);
  expect(chain.sent).toHaveLength(1);
});
