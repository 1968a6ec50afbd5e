/** @jest-environment node */
/** No node is asked more often than it allows, and who may wait is told so. */
import { NodeBudget, SEARCHES } from '../nodeBudget';
import { NodeHttp } from '../nodeHttp';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const MINUTE = 60_000;

/** A node that answers in turn; when it was asked, in ms from the start. */
function node(answers: (() => Response)[] = []) {
  const start = Date.now();
  const asked: number[] = [];
  const budget = new NodeBudget();
  const http = new NodeHttp({
    url: 'http://node.example',
    budget,
    fetch: async () => {
      asked.push(Date.now() - start);
      return answers.shift()?.() ?? new Response('{}');
    }
  });
  return { http, budget, asked };
}

const refusal = (status: number, words: string, after?: number) => () =>
  new Response(words, {
    status,
    headers: after === undefined ? {} : { 'Retry-After': String(after) }
  });

it('a burst of searches goes at once; then they wait, and say for how long', async () => {
  const { http, asked } = node();
  const told: number[] = [];
  const waits = (ms: number): number => told.push(ms);
  const all = Array.from({ length: SEARCHES + 3 }, () =>
    http.json('/', {}, { waits })
  );
  await jest.advanceTimersByTimeAsync(0);
  expect(asked).toHaveLength(SEARCHES);
  expect(told).toEqual([MINUTE, MINUTE, MINUTE]);
  // What is not a search goes ahead of those that wait.
  await http.json('/', {}, {});
  expect(asked).toHaveLength(SEARCHES + 1);
  await jest.advanceTimersByTimeAsync(MINUTE);
  await Promise.all(all);
  expect(told.slice(-3)).toEqual([0, 0, 0]);
});

it('whatever is asked, no minute has more than searching may take', async () => {
  const { http, asked } = node();
  const all: Promise<unknown>[] = [];
  for (let n = 0; n < 100; n++) {
    all.push(http.json('/', {}, { waits: () => undefined }));
    await jest.advanceTimersByTimeAsync((n * 997) % 1900);
  }
  await jest.advanceTimersByTimeAsync(10 * MINUTE);
  await Promise.all(all);
  for (const at of asked) {
    expect(
      asked.filter(other => other >= at && other < at + MINUTE).length
    ).toBeLessThanOrEqual(SEARCHES);
  }
});

it('who waits can be stopped, and takes nothing then', async () => {
  const { http, asked } = node();
  const waits = (): void => undefined;
  for (let n = 0; n < SEARCHES; n++) {
    await http.json('/', {}, { waits });
  }
  const stop = new AbortController();
  const stopped = http.json('/', {}, { waits, signal: stop.signal });
  const check = expect(stopped).rejects.toThrow('enough');
  stop.abort(new Error('enough'));
  await check;
  await jest.advanceTimersByTimeAsync(2 * MINUTE);
  expect(asked).toHaveLength(SEARCHES);
});

it.each([
  [403, 'Rate limit exceeded'],
  [429, ''],
  [500, 'Unknown error: Rate limit exceeded']
])(
  '%i "%s": a search keeps off, says so and goes on',
  async (status, words) => {
    const { http, asked } = node([refusal(status, words)]);
    const told: number[] = [];
    const answer = http.json('/', {}, { waits: ms => told.push(ms) });
    await jest.advanceTimersByTimeAsync(20_000);
    expect(asked).toEqual([0]);
    await jest.advanceTimersByTimeAsync(20_000);
    await answer;
    expect(asked).toEqual([0, 30_000]);
    expect(told).toEqual([30_000 - 600, 0]);
  }
);

it('keeps off for as long as the node says', async () => {
  const { http, asked } = node([refusal(429, 'busy', 7)]);
  const answer = http.json('/', {}, { waits: () => undefined });
  await jest.advanceTimersByTimeAsync(10_000);
  await answer;
  expect(asked).toEqual([0, 7000]);
});

it('what nobody is told of fails at once, as 429, unless it is a short while', async () => {
  const long = node([refusal(403, 'Rate limit exceeded')]);
  await expect(long.http.json('/', {}, {})).rejects.toMatchObject({
    code: 'node-refused',
    details: { status: 429, words: 'Rate limit exceeded' }
  });
  expect(long.asked).toHaveLength(1);
  const short = node([refusal(429, '', 6)]);
  const answer = short.http.json('/', {}, {});
  await jest.advanceTimersByTimeAsync(6000);
  await answer;
  expect(short.asked).toEqual([0, 6000]);
  // Any other refusal is what it was.
  const other = node([refusal(403, 'No')]);
  await expect(
    other.http.json('/', {}, { waits: () => undefined })
  ).rejects.toMatchObject({ details: { status: 403 } });
});

it('a bare 500 to a search is for asking too often where that was so', async () => {
  const { http, asked } = node([
    ...Array.from({ length: 21 }, () => () => new Response('{}')),
    refusal(500, 'Internal Server Error')
  ]);
  for (let n = 0; n < 21; n++) {
    await http.json('/', {}, {});
  }
  const told: number[] = [];
  const answer = http.json('/', {}, { waits: ms => told.push(ms) });
  await jest.advanceTimersByTimeAsync(MINUTE);
  await answer;
  expect(asked).toHaveLength(23);
  expect(told[0]).toBeGreaterThan(50_000);
});
