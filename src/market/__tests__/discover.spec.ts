/** @jest-environment node */
/**
 * Several Ocean Nodes as one list, each with its own order, pace and faults.
 */
import fc from 'fast-check';

import { Discovery } from '../discover';
import { NodeTimeoutError } from '../discoverSource';
import {
  complete,
  countdown,
  didOf,
  held,
  paged,
  PaperNode,
  record,
  search,
  searching,
  settle,
  shown,
  until
} from './paperNodes';

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
    expect(state.nodes).toMatchObject([
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
    node.answer = paged([record(2, { name: 'A new one' })]);
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
    await jest.advanceTimersByTimeAsync(350);
    expect(node.queries).toHaveLength(2);
    for (const text of ['ri', 'riv', 'rive', 'river']) {
      discovery.setText(text);
      await jest.advanceTimersByTimeAsync(250);
    }
    // What was there stays to be seen until something newer comes.
    late.give([record(2)]);
    await settle();
    expect(shown(discovery.state)).toEqual([1]);
    expect(discovery.state.searching).toBe(true);
    node.answer = paged([record(3, { name: 'Rivers' })]);
    await jest.advanceTimersByTimeAsync(50);
    await until(discovery, complete);
    expect(shown(discovery.state)).toEqual([3]);
    expect(node.queries).toHaveLength(3);
    expect(JSON.stringify(node.queries[2])).toContain('river*');
  });

  it('filters are set, changed and taken away, and go to every node', async () => {
    const node = new PaperNode(paged([record(1)]));
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

  it('later pages only add to what is shown, whatever the pace of the nodes', async () => {
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
            (a, b) => days[b] - days[a] || (didOf(a) < didOf(b) ? -1 : 1)
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
          // No row goes once it was there, and none changes places.
          let before: number[] = [];
          for (const state of states.filter(({ searching }) => !searching)) {
            const now = shown(state);
            expect(now).toEqual(expected.filter(n => now.includes(n)));
            expect(before.filter(n => !now.includes(n))).toEqual([]);
            before = now;
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
