/** @jest-environment node */
/**
 * Several Ocean Nodes as one list, each with its own order, pace and faults.
 */
import fc from 'fast-check';

import type { IQuery } from '../../ocean/nodeClient';
import type { ISearch } from '../../ocean/search';
import { Discovery, NO_SEARCH, type IDiscoverState } from '../discover';
import { NodeTimeoutError, type SearchNode } from '../discoverSource';

const hex = (n: number, digits: number): string =>
  n.toString(16).padStart(digits, '0');
const didOf = (n: number): string => `did:op:${hex(n, 64)}`;
const numberOf = (did: string): number => parseInt(did.slice(7), 16);
const DAY = 24 * 3600 * 1000;

interface IMade {
  /** Days after 2024 on which it came up; null where nobody says. */
  day?: number | null;
  name?: string;
  type?: string;
  price?: string;
  orders?: number;
}

/** A record as an index has it. */
function record(n: number, made: IMade = {}): object {
  const { day = n, name = `Asset ${n}`, type = 'dataset' } = made;
  const datatokenAddress = `0x${hex(n + 1, 40)}`;
  return {
    id: didOf(n),
    version: '4.1.0',
    chainId: 8996,
    nftAddress: `0x${hex(n + 1, 40)}`,
    metadata: { name, type, license: 'MIT' },
    services: [{ id: 's', type: 'access', datatokenAddress, timeout: 0 }],
    indexedMetadata: {
      nft: {
        state: 0,
        ...(day === null
          ? {}
          : {
              created: new Date(Date.UTC(2024, 0, 1) + day * DAY).toISOString()
            })
      },
      stats: [
        {
          datatokenAddress,
          orders: made.orders ?? 0,
          prices:
            made.price === undefined
              ? []
              : [{ type: 'fixedrate', price: made.price }]
        }
      ]
    }
  };
}

type Answer = (query: IQuery) => unknown[][] | Promise<unknown[][]>;

/** A node that answers as the test says; what it was asked. */
class PaperNode implements SearchNode {
  constructor(public answer: Answer) {}
  queries: IQuery[] = [];
  signals: AbortSignal[] = [];
  queryIndexes: SearchNode['queryIndexes'] = async (query, o = {}) => {
    this.queries.push(query);
    const { signal } = o;
    this.signals.push(signal!);
    return new Promise((resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      Promise.resolve()
        .then(() => this.answer(query))
        .then(resolve, reject);
    });
  };
}

/** Pages of a list, as a node gives them. */
const paged =
  (records: object[]): Answer =>
  ({ from = 1, size = 100 }) => [records.slice((from - 1) * size, from * size)];

/** An answer that the test gives when it likes. */
function held(): { answer: Answer; give: (records: object[]) => void } {
  let give: (found: unknown[][]) => void = () => undefined;
  const later = new Promise<unknown[][]>(resolve => {
    give = resolve;
  });
  return { answer: () => later, give: records => give([records]) };
}

function searching(nodes: Record<string, PaperNode>, pause?: number) {
  const discovery = new Discovery({
    nodes: () => Object.keys(nodes),
    client: async url => nodes[url],
    ready: Promise.resolve(),
    ...(pause === undefined ? {} : { pause })
  });
  const states: IDiscoverState[] = [];
  discovery.changed.connect((_, state) => {
    states.push(state);
  });
  return { discovery, states };
}

/** All that is promised and needs no time has happened. */
const settle = (): Promise<void> =>
  new Promise(resolve => jest.requireActual('timers').setImmediate(resolve));

async function until(
  discovery: Discovery,
  test: (state: IDiscoverState) => boolean
): Promise<IDiscoverState> {
  for (let n = 0; n < 2000 && !test(discovery.state); n++) {
    await settle();
  }
  expect(test(discovery.state)).toBe(true);
  return discovery.state;
}

const shown = (state: IDiscoverState): number[] =>
  state.rows.map(({ did }) => numberOf(did));
const complete = (state: IDiscoverState): boolean =>
  state.complete && !state.searching;
const search = (patch: Partial<ISearch>): ISearch => ({
  ...NO_SEARCH,
  ...patch
});
/** From the last to the first: the newest first. */
const countdown = (from: number, to = 0): number[] =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i);

afterEach(() => jest.useRealTimers());

describe('several nodes', () => {
  it('are asked at once; their records are one list, each asset once', async () => {
    const a = held();
    const b = held();
    const nodes = { a: new PaperNode(a.answer), b: new PaperNode(b.answer) };
    const { discovery } = searching(nodes);
    discovery.start();
    await settle();
    expect([nodes.a.queries.length, nodes.b.queries.length]).toEqual([1, 1]);
    expect(discovery.state.searching).toBe(true);
    a.give([record(9), record(5), record(1)]);
    await until(discovery, state => state.rows.length === 3);
    expect(discovery.state).toMatchObject({
      searching: false,
      complete: false,
      nodes: [{ phase: 'answered' }, { phase: 'asking' }]
    });
    b.give([record(7), record(5), record(2)]);
    expect(shown(await until(discovery, complete))).toEqual([9, 7, 5, 2, 1]);
  });

  it('one is down: the others show, and it alone is asked again', async () => {
    const down = new Error('connection refused');
    const nodes = {
      up: new PaperNode(paged([record(3), record(1)])),
      down: new PaperNode(() => Promise.reject(down))
    };
    const { discovery } = searching(nodes);
    discovery.start();
    const state = await until(discovery, complete);
    expect(shown(state)).toEqual([3, 1]);
    expect(state.nodes).toEqual([
      { url: 'up', phase: 'answered', failure: null },
      { url: 'down', phase: 'failed', failure: down }
    ]);

    nodes.down.answer = paged([record(2)]);
    discovery.retry('up');
    discovery.retry('down');
    await until(discovery, ({ rows }) => rows.length === 3);
    expect(shown(discovery.state)).toEqual([3, 2, 1]);
    expect(nodes.up.queries).toHaveLength(1);
    expect(discovery.state.nodes[1].phase).toBe('answered');
  });

  it('all are down: nothing is shown as if there was nothing', async () => {
    const { discovery } = searching({
      a: new PaperNode(() => Promise.reject(new Error('a')))
    });
    discovery.start();
    const { rows, nodes } = await until(discovery, complete);
    expect(rows).toEqual([]);
    expect(nodes.map(({ phase }) => phase)).toEqual(['failed']);
  });

  it('a client that can’t be made is a node that failed', async () => {
    const discovery = new Discovery({
      nodes: () => ['a', 'b'],
      client: async url => {
        if (url === 'a') {
          throw new Error('no such host');
        }
        return new PaperNode(paged([record(1)]));
      },
      ready: Promise.resolve()
    });
    discovery.start();
    const state = await until(discovery, complete);
    expect(state.nodes.map(({ phase }) => phase)).toEqual([
      'failed',
      'answered'
    ]);
    expect(shown(state)).toEqual([1]);
  });

  it('a slow one keeps nobody waiting, and is given up in the end', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const never = held();
    const nodes = {
      quick: new PaperNode(paged([record(1)])),
      slow: new PaperNode(never.answer)
    };
    const { discovery } = searching(nodes);
    discovery.start();
    await until(discovery, ({ rows }) => rows.length === 1);
    expect(discovery.state.nodes[1].phase).toBe('asking');
    await jest.advanceTimersByTimeAsync(1500);
    expect(discovery.state.nodes[1].phase).toBe('slow');
    expect(discovery.state.complete).toBe(false);
    await jest.advanceTimersByTimeAsync(18_500);
    expect(discovery.state.nodes[1]).toMatchObject({
      phase: 'failed',
      failure: expect.any(NodeTimeoutError) as unknown
    });
    expect(nodes.slow.signals[0].aborted).toBe(true);
    // What it says after that is not listened to.
    never.give([record(2)]);
    await settle();
    expect(shown(discovery.state)).toEqual([1]);
    expect(discovery.state.complete).toBe(true);
  });

  it('records that can’t be read are counted, and hide nothing', async () => {
    const { discovery } = searching({
      a: new PaperNode(() => [[{ id: 'x' }, record(1)], [{}]])
    });
    discovery.start();
    const state = await until(discovery, complete);
    expect(shown(state)).toEqual([1]);
    expect(state.unreadable).toBe(2);
  });
});

describe('what is wanted changes', () => {
  it('late answers to an older question are dropped', async () => {
    const old = held();
    const node = new PaperNode(old.answer);
    const { discovery, states } = searching({ node });
    discovery.apply(search({ text: 'old' }));
    await settle();
    node.answer = paged([record(2)]);
    discovery.apply(search({ text: 'new' }));
    await until(discovery, complete);
    expect(node.signals[0].aborted).toBe(true);
    const told = states.length;
    old.give([record(1)]);
    await settle();
    expect(shown(discovery.state)).toEqual([2]);
    expect(states).toHaveLength(told);
  });

  it('a failure of an older question is no failure of this one', async () => {
    const node = new PaperNode(() => new Promise(() => undefined));
    const { discovery } = searching({ node });
    discovery.start();
    await settle();
    node.answer = paged([record(1)]);
    // The first is rejected by its signal.
    discovery.setSort('orders');
    const state = await until(discovery, complete);
    expect(state.nodes[0]).toMatchObject({ phase: 'answered', failure: null });
  });

  it('keys in a row are one question; the first of them drops what is under way', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const node = new PaperNode(paged([record(1)]));
    const { discovery } = searching({ node });
    discovery.start();
    await until(discovery, complete);
    const late = held();
    node.answer = late.answer;
    discovery.setText('r');
    await jest.advanceTimersByTimeAsync(200);
    expect(node.queries).toHaveLength(2);
    for (const text of ['ri', 'riv', 'rive', 'river']) {
      discovery.setText(text);
      await jest.advanceTimersByTimeAsync(100);
    }
    // What was there stays to be seen until something newer comes.
    late.give([record(2)]);
    await settle();
    expect(shown(discovery.state)).toEqual([1]);
    expect(discovery.state.searching).toBe(true);
    node.answer = paged([record(3)]);
    await jest.advanceTimersByTimeAsync(50);
    await until(discovery, complete);
    expect(shown(discovery.state)).toEqual([3]);
    expect(node.queries).toHaveLength(3);
    expect(JSON.stringify(node.queries[2])).toContain('river*');
  });

  it('filters are set, changed and taken away, and go to every node', async () => {
    const node = new PaperNode(paged([]));
    const { discovery } = searching({ node });
    discovery.setFilters({ type: 'dataset', tag: 'x' });
    discovery.setFilters({ tag: '', license: 'MIT' });
    expect(discovery.state.search.filters).toEqual({
      type: 'dataset',
      license: 'MIT'
    });
    discovery.setFilters({ license: undefined });
    expect(discovery.state.search.filters).toEqual({ type: 'dataset' });
    await until(discovery, complete);
    expect(JSON.stringify(node.queries.at(-1))).toContain('"dataset"');
    expect(JSON.stringify(node.queries.at(-1))).not.toContain('"MIT"');
    discovery.clearFilters();
    await until(discovery, complete);
    expect(discovery.state.search.filters).toEqual({});
    expect(JSON.stringify(node.queries.at(-1))).not.toContain('"dataset"');
  });

  it('a list of nodes that changed: all are asked, what was there stays till then', async () => {
    const nodes: Record<string, PaperNode> = {
      a: new PaperNode(paged([record(1)]))
    };
    const { discovery } = searching(nodes);
    // Nobody has looked at it yet.
    discovery.again();
    await settle();
    expect(nodes.a.queries).toHaveLength(0);
    discovery.start();
    await until(discovery, complete);
    const late = held();
    nodes.a.answer = late.answer;
    nodes.b = new PaperNode(late.answer);
    discovery.again();
    await settle();
    expect(shown(discovery.state)).toEqual([1]);
    late.give([record(2)]);
    await until(discovery, complete);
    expect(shown(discovery.state)).toEqual([2]);
  });

  it('nothing is told after the end', async () => {
    const late = held();
    const node = new PaperNode(late.answer);
    const { discovery, states } = searching({ node });
    discovery.start();
    await settle();
    const told = states.length;
    discovery.dispose();
    late.give([record(1)]);
    await settle();
    expect(node.signals[0].aborted).toBe(true);
    expect(states).toHaveLength(told);
  });
});

describe('a list without end', () => {
  it('asks for as much as is looked at; every record once, in order', async () => {
    const node = new PaperNode(paged(countdown(1299).map(n => record(n))));
    const { discovery } = searching({ node });
    discovery.start();
    await until(discovery, ({ rows }) => rows.length > 0);
    await settle();
    expect(node.queries).toHaveLength(1);
    expect(discovery.state.complete).toBe(false);
    discovery.want(60);
    await until(discovery, ({ rows }) => rows.length >= 60);
    await settle();
    expect(node.queries).toHaveLength(2);
    while (!discovery.state.complete) {
      const { length } = discovery.state.rows;
      discovery.want(length + 1);
      await until(
        discovery,
        state => state.complete || state.rows.length > length
      );
    }
    expect(shown(discovery.state)).toEqual(countdown(1299));
    let offset = 0;
    for (const { from, size } of node.queries) {
      expect((from! - 1) * size!).toBe(offset);
      offset += size!;
    }
    expect(node.queries.length).toBeLessThan(12);
  });

  it('goes on by itself where the filters let too few through', async () => {
    // It ignores every filter, as nodes may.
    const records = countdown(999).map(n =>
      record(n, { type: n % 100 ? 'dataset' : 'algorithm' })
    );
    const node = new PaperNode(paged(records));
    const { discovery } = searching({ node });
    discovery.setFilters({ type: 'algorithm' });
    const state = await until(discovery, complete);
    expect(shown(state)).toEqual(countdown(9).map(n => n * 100));
  });

  it('ends where a node says the same whatever it is asked', async () => {
    const page = countdown(1199).map(n => record(n));
    const node = new PaperNode(({ size }) => [page.slice(0, size)]);
    const { discovery } = searching({ node });
    discovery.start();
    discovery.want(100_000);
    const state = await until(discovery, complete);
    expect(shown(state)).toEqual(countdown(1199).slice(0, 50));
    expect(node.queries.length).toBe(2);
  });

  it('shows a part that later pages only add to, whatever the pace of the nodes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 7 }), {
          minLength: 60,
          maxLength: 260
        }),
        async (scheduler, places) => {
          // Who has the n-th asset: bits for three nodes. Some days have two.
          const days = places.map((_, n) => Math.floor(n * 0.7));
          const expected = countdown(places.length - 1).sort(
            (a, b) => days[b] - days[a] || a - b
          );
          const nodes: Record<string, PaperNode> = {};
          for (const [bit, url] of ['a', 'b', 'c'].entries()) {
            const answer = paged(
              expected
                .filter(n => places[n] & (1 << bit))
                .map(n => record(n, { day: days[n] }))
            );
            nodes[url] = new PaperNode(async query =>
              scheduler.schedule(Promise.resolve(answer(query)))
            );
          }
          const { discovery, states } = searching(nodes);
          discovery.start();
          await settle();
          discovery.want(100);
          for (let n = 0; n < 200 && !discovery.state.complete; n++) {
            if (scheduler.count() > 0) {
              await scheduler.waitOne();
            } else {
              discovery.want(discovery.state.rows.length + 40);
            }
            await settle();
          }
          expect(shown(discovery.state)).toEqual(expected);
          const everybody = states.filter(
            ({ nodes: told, searching: asks }) =>
              !asks && told.length === 3 && told.every(one => one.url)
          );
          // Once all have answered, what is shown is certain.
          const from = everybody.findIndex(state =>
            Object.values(nodes).every(
              (_, i) => state.nodes[i].phase === 'answered'
            )
          );
          for (const state of everybody.slice(from)) {
            expect(shown(state)).toEqual(expected.slice(0, state.rows.length));
          }
        }
      ),
      { numRuns: 30, seed: 20261124 }
    );
  });

  it('takes no row back while pages come, however odd the node’s order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.integer({ min: 0, max: 1000 }),
            fc.constantFrom(null, 2_900_000)
          ),
          { minLength: 51, maxLength: 400 }
        ),
        async days => {
          const node = new PaperNode(
            paged(days.map((day, n) => record(n, { day })))
          );
          const { discovery, states } = searching({ node });
          discovery.start();
          discovery.want(1000);
          const state = await until(discovery, complete);
          expect(state.rows).toHaveLength(days.length);
          states.reduce((before, { rows }) => {
            expect(rows.length).toBeGreaterThanOrEqual(before);
            return rows.length;
          }, 0);
        }
      ),
      { numRuns: 50, seed: 20261124 }
    );
  });
});

describe('by price', () => {
  const price = (n: number): string =>
    `${(n * 7919) % 2300}.${String(n % 100).padStart(2, '0')}`;
  const all = countdown(2299);

  it.each([
    ['price', 1],
    ['dearest', -1]
  ] as const)('%s: over all hits of all nodes', async (sort, direction) => {
    const records = all.map(n => record(n, n % 10 ? { price: price(n) } : {}));
    const nodes = {
      a: new PaperNode(paged(records.slice(0, 1500))),
      b: new PaperNode(paged(records.slice(1400)))
    };
    const { discovery } = searching(nodes);
    discovery.setSort(sort);
    const rows = shown(await until(discovery, complete));
    expect(rows).toHaveLength(2300);
    expect(new Set(rows).size).toBe(2300);
    const priced = rows.filter(n => n % 10);
    // What has no price comes last, either way.
    expect(rows.slice(priced.length).every(n => n % 10 === 0)).toBe(true);
    const cents = priced.map(
      n => direction * Math.round(Number(price(n)) * 100)
    );
    expect(cents).toEqual([...cents].sort((a, b) => a - b));
    // Few requests, as nodes count those.
    expect(nodes.a.queries.length + nodes.b.queries.length).toBe(3);
    expect(
      nodes.a.queries.every(
        ({ sort: by }) => !JSON.stringify(by).includes('price')
      )
    ).toBe(true);
  });
});
