/** Several nodes are asked for the same, and one of them is silent. */
import { OceanError } from '../../ocean/errors';
import { firstAnswer, inTime } from '../nodeRace';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const never = new Promise<string>(() => undefined);
const after = (ms: number, answer: string): Promise<string> =>
  new Promise(resolve => setTimeout(() => resolve(answer), ms));
const missing = async (): Promise<string> => {
  throw new OceanError('not-found', 'x');
};

type Nodes = Record<string, () => Promise<string>>;

/** What came, and after how many seconds. */
async function race(
  nodes: Nodes,
  preferred?: (answer: string) => string | null
): Promise<{ said: unknown; seconds: number; asked: string[] }> {
  const asked: string[] = [];
  const from = Date.now();
  let seconds = -1;
  const running = firstAnswer(
    Object.keys(nodes),
    url => {
      asked.push(url);
      return nodes[url]();
    },
    { preferred }
  )
    .catch((reason: unknown) => reason)
    .finally(() => {
      seconds = (Date.now() - from) / 1000;
    });
  await jest.advanceTimersByTimeAsync(60_000);
  return { said: await running, seconds, asked };
}

test('a silent node does not keep the others from answering', async () => {
  expect(
    await race({ a: () => never, b: async () => 'b', c: async () => 'c' })
  ).toEqual({ said: 'b', seconds: 1.5, asked: ['a', 'b'] });
});

test('the next is asked at once where one does not know of it', async () => {
  expect(await race({ a: missing, b: missing, c: async () => 'c' })).toEqual({
    said: 'c',
    seconds: 0,
    asked: ['a', 'b', 'c']
  });
});

test('not found is said only where every node said so', async () => {
  expect((await race({ a: missing, b: missing })).said).toMatchObject({
    code: 'not-found'
  });
  const silent = await race({ a: missing, b: () => never });
  expect(silent.said).toMatchObject({ code: 'node-unreachable' });
  expect(silent.seconds).toBe(20);
  expect((await race({})).said).toMatchObject({ code: 'not-found' });
});

test('the network’s own node is preferred, but not waited for long', async () => {
  const own = (): string => 'own';
  expect(
    await race(
      { a: async () => 'a', b: async () => 'b', own: () => after(1000, 'own') },
      own
    )
  ).toEqual({ said: 'own', seconds: 1, asked: ['a', 'own'] });
  expect(
    await race({ a: async () => 'a', own: () => never }, own)
  ).toMatchObject({ said: 'a', seconds: 1.5 });
  expect(await race({ a: async () => 'a', own: missing }, own)).toMatchObject({
    said: 'a',
    seconds: 0
  });
});

test('whoever stops it is not kept', async () => {
  const stop = new AbortController();
  const running = firstAnswer(['a'], () => never, { signal: stop.signal });
  stop.abort(new Error('closed'));
  await expect(running).rejects.toThrow('closed');
  await expect(inTime('a', () => never, stop.signal)).rejects.toThrow('closed');
});
