/** Logs of years, of an endpoint that allows 10,000 blocks a question. */
import { toQuantity } from 'ethers';

import type { ILog, Reader } from '../chain';
import { logs } from '../logs';

const CONTRACT = `0x${'c'.repeat(40)}`;
const LIMIT = 10_000;

interface IEndpoint {
  latest: number;
  born: number;
  /** Blocks with a log each. */
  at: number[];
  archive?: boolean;
  /** Calls `eth_getCode` of old blocks empty. */
  forgetful?: boolean;
}

function endpoint({ latest, born, at, archive = true, forgetful }: IEndpoint): {
  reader: Reader;
  asked: string[];
  atOnce: () => number;
} {
  const asked: string[] = [];
  let [open, most] = [0, 0];
  const refuse = (message: string): Error =>
    Object.assign(new Error(message), { code: -32000 });
  const answer = (method: string, params: unknown): unknown => {
    if (method === 'eth_blockNumber') {
      return toQuantity(latest);
    }
    if (method === 'eth_getCode') {
      const [, block] = params as [string, string];
      if (!archive && Number(block) < latest - 128) {
        throw refuse('missing trie node');
      }
      return Number(block) < (forgetful ? latest - 128 : born) ? '0x' : '0x60';
    }
    const [{ fromBlock, toBlock }] = params as {
      fromBlock: string;
      toBlock: string;
    }[];
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    if (to - from >= LIMIT) {
      throw refuse('query exceeds max block range 10000');
    }
    return [born, ...at]
      .filter(block => block >= from && block <= to)
      .map(block => ({
        address: CONTRACT,
        topics: [],
        data: '0x',
        transactionHash: `0x${block}`,
        blockNumber: toQuantity(block)
      }));
  };
  return {
    asked,
    atOnce: () => most,
    reader: {
      request: async ({ method, params }) => {
        asked.push(method);
        most = Math.max(most, ++open);
        await Promise.resolve();
        open--;
        return answer(method, params);
      }
    }
  };
}

const FILTER = { address: CONTRACT, topics: [], fromBlock: 3_000_000 };
const blocks = (found: readonly ILog[]): number[] =>
  found.map(({ blockNumber }) => blockNumber);

test('an old chain is read from the contract’s creation on, a few parts at a time', async () => {
  const born = 60_000_000;
  const at = [60_000_001, 61_234_567, 64_999_999, 65_000_000];
  const { reader, asked, atOnce } = endpoint({ latest: 65_000_000, born, at });
  expect(blocks(await logs(reader, FILTER))).toEqual([born, ...at]);
  expect(asked.filter(one => one === 'eth_getCode').length).toBeLessThan(30);
  // Half of what is allowed, at worst.
  expect(asked.length).toBeLessThan((5_000_000 / LIMIT) * 2.1);
  expect(atOnce()).toBe(4);
  // The creation is found once.
  asked.length = 0;
  await logs(reader, FILTER);
  expect(asked).not.toContain('eth_getCode');
});

test.each([
  ['without old states', { archive: false }],
  ['that says there was no code', { forgetful: true }]
])('nothing is missed of a node %s', async (_, node) => {
  const at = [3_100_000, 5_000_000, 5_999_999];
  const { reader } = endpoint({
    latest: 6_000_000,
    born: 3_050_000,
    at,
    ...node
  });
  expect(blocks(await logs(reader, FILTER))).toEqual([3_050_000, ...at]);
});

test('it ends where enough was found, from the newest on', async () => {
  const { reader, asked } = endpoint({
    latest: 65_000_000,
    born: 3_000_000,
    at: [10_000_000, 64_990_000]
  });
  const found = await logs(reader, FILTER, {
    enough: ({ length }) => length > 0
  });
  expect(blocks(found)).toEqual([64_990_000]);
  expect(asked.length).toBeLessThan(60);
});

test('whoever closes the page stops it', async () => {
  const stop = new AbortController();
  const { reader, asked } = endpoint({
    latest: 65_000_000,
    born: 3_000_000,
    at: []
  });
  const running = logs(
    {
      request: async args => {
        if (asked.length === 100) {
          stop.abort(new Error('closed'));
        }
        return reader.request(args);
      }
    },
    FILTER,
    { signal: stop.signal }
  );
  await expect(running).rejects.toThrow('closed');
  expect(asked.length).toBeLessThan(110);
});

test('an endpoint that answers nothing at all is given up soon', async () => {
  let asked = 0;
  const reader: Reader = {
    request: async ({ method }) => {
      asked++;
      if (method === 'eth_blockNumber') {
        return toQuantity(65_000_000);
      }
      throw Object.assign(new Error('method not found'), { code: -32601 });
    }
  };
  await expect(logs(reader, FILTER)).rejects.toMatchObject({
    code: 'chain-error'
  });
  expect(asked).toBeLessThan(30);
});

test('an endpoint that counts requests is given time', async () => {
  jest.useFakeTimers();
  try {
    const { reader } = endpoint({ latest: 3_050_000, born: 3_000_000, at: [] });
    let busy = 3;
    const running = logs(
      {
        request: async args => {
          if (args.method === 'eth_getLogs' && busy-- > 0) {
            throw Object.assign(new Error('Too Many Requests'), {
              code: -32005
            });
          }
          return reader.request(args);
        }
      },
      FILTER
    );
    await jest.advanceTimersByTimeAsync(5000);
    expect(blocks(await running)).toEqual([3_000_000]);
  } finally {
    jest.useRealTimers();
  }
});
