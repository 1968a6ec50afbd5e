/** @jest-environment node */
/**
 * Nodes that are slow, that allow few requests, or that are not to be believed:
 * the list goes on, and takes nothing back.
 */
import fc from 'fast-check';

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

const FAKE = { doNotFake: ['setImmediate' as const, 'nextTick' as const] };

describe('few requests', () => {
  const priced = countdown(9999).map(n => record(n, { price: `${n}` }));

  it('a range of prices over 10,000 records is ten of them', async () => {
    const node = new PaperNode(paged(priced));
    const { discovery } = searching({ node });
    discovery.setFilters({ min: '3', max: '5' });
    expect(shown(await until(discovery, complete))).toEqual([5, 4, 3]);
    expect(node.queries.length).toBeLessThanOrEqual(11);
  });

  it('all of 10,000 records, by scrolling, are less than a minute’s', async () => {
    const node = new PaperNode(paged(priced));
    const { discovery } = searching({ node });
    discovery.start();
    discovery.want(10_000);
    expect((await until(discovery, complete)).rows).toHaveLength(10_000);
    expect(node.queries.length).toBeLessThanOrEqual(20);
  });

  it('what was asked a moment ago is not asked again, until somebody wants it', async () => {
    jest.useFakeTimers(FAKE);
    const node = new PaperNode(paged(priced.slice(0, 30)));
    const { discovery } = searching({ node });
    discovery.setSort('price');
    await until(discovery, complete);
    discovery.setSort('dearest');
    await until(discovery, complete);
    discovery.setFilters({ tag: 'x' });
    await until(discovery, complete);
    discovery.clearFilters();
    expect((await until(discovery, complete)).rows).toHaveLength(30);
    const asked = node.queries.length;
    expect(node.queries.filter(({ sort }) => sort).length).toBeLessThan(4);
    discovery.again();
    await until(discovery, complete);
    expect(node.queries).toHaveLength(asked + 1);
    await jest.advanceTimersByTimeAsync(61_000);
    discovery.setSort('price');
    await until(discovery, complete);
    expect(node.queries).toHaveLength(asked + 2);
  });
});

it('a node that must not be asked now is told of, given its time, and waited for by nobody', async () => {
  jest.useFakeTimers(FAKE);
  const late = held();
  const nodes = {
    quick: new PaperNode(paged([record(1)])),
    busy: new PaperNode(late.answer)
  };
  const { discovery } = searching(nodes);
  discovery.start();
  await until(discovery, ({ rows }) => rows.length === 1);
  nodes.busy.waits(50_000);
  expect(discovery.state.nodes[1]).toMatchObject({
    phase: 'waiting',
    until: Date.now() + 50_000
  });
  await jest.advanceTimersByTimeAsync(50_000);
  expect(discovery.state.nodes[1].phase).toBe('waiting');
  nodes.busy.waits(0);
  expect(discovery.state.nodes[1]).toMatchObject({
    phase: 'asking',
    until: null
  });
  await jest.advanceTimersByTimeAsync(1600);
  expect(discovery.state.nodes[1].phase).toBe('slow');
  late.give([record(2)]);
  expect(shown(await until(discovery, complete))).toEqual([2, 1]);
});

describe('nothing that was shown goes', () => {
  it('when a node answers at last whose first page is newer than all of it', async () => {
    const late = held();
    const nodes = {
      quick: new PaperNode(paged(countdown(39).map(n => record(n)))),
      slow: new PaperNode(late.answer)
    };
    const { discovery } = searching(nodes);
    discovery.start();
    await until(discovery, ({ rows }) => rows.length === 40);
    const rest = countdown(999, 900).map(n => record(n));
    nodes.slow.answer = paged(rest);
    late.give(rest.slice(0, 50));
    await until(discovery, ({ rows }) => rows.length > 40);
    expect(shown(discovery.state).slice(-40)).toEqual(countdown(39));
    discovery.want(200);
    expect((await until(discovery, complete)).rows).toHaveLength(140);
  });

  it('however long each node takes for each page', async () => {
    jest.useFakeTimers(FAKE);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), {
          minLength: 120,
          maxLength: 300
        }),
        fc.array(fc.constantFrom(0, 10, 1400, 1600, 4000), {
          minLength: 2,
          maxLength: 8
        }),
        async (places, delays) => {
          const all = countdown(places.length - 1);
          let asked = 0;
          const node = (bit: number): PaperNode => {
            const answer = paged(
              all.filter(n => places[n] & bit).map(n => record(n))
            );
            return new PaperNode(
              query =>
                new Promise(resolve => {
                  const ms = delays[asked++ % delays.length];
                  setTimeout(() => resolve(answer(query)), ms);
                })
            );
          };
          const { discovery, states } = searching({ a: node(1), b: node(2) });
          discovery.start();
          for (let n = 0; n < 400 && !complete(discovery.state); n++) {
            await jest.advanceTimersByTimeAsync(200);
            await settle();
            discovery.want(discovery.state.rows.length + 40);
          }
          expect(shown(discovery.state)).toEqual(all);
          let before = new Set<number>();
          for (const state of states.filter(one => !one.searching)) {
            const now = new Set(shown(state));
            expect([...before].filter(n => !now.has(n))).toEqual([]);
            before = now;
          }
          discovery.dispose();
        }
      ),
      { numRuns: 15, seed: 20261201 }
    );
  });
});

describe('whom to believe', () => {
  const named = (name: string, price: string): object =>
    record(5, { name, price, day: name === 'Theirs' ? 900 : 5 });

  it.each([true, false])(
    'the first of the nodes says what an asset is (it answers first: %s)',
    async first => {
      const own = held();
      const further = held();
      const { discovery } = searching({
        own: new PaperNode(own.answer),
        further: new PaperNode(further.answer)
      });
      discovery.setSort('newest');
      await settle();
      const answers = [
        () => own.give([named('Ours', '7')]),
        () => further.give([named('Theirs', '0.1'), record(6)])
      ];
      for (const answer of first ? answers : answers.reverse()) {
        answer();
        await until(discovery, ({ rows }) => rows.length > 0);
      }
      const { rows } = await until(discovery, complete);
      expect(rows.map(({ name }) => name).sort()).toEqual(['Asset 6', 'Ours']);
      expect(
        rows.find(({ name }) => name === 'Ours')?.stats.price?.amount
      ).toBe('7');
    }
  );

  it('a record with the DID of another asset is no asset', async () => {
    const { discovery } = searching({
      node: new PaperNode(paged([{ ...record(1), id: didOf(2) }, record(3)]))
    });
    discovery.start();
    const state = await until(discovery, complete);
    expect(shown(state)).toEqual([3]);
    expect(state.unreadable).toBe(1);
  });

  it('a node that takes no notice of words, either', async () => {
    const { discovery } = searching({
      node: new PaperNode(paged([record(1), record(2, { name: 'Rivers' })]))
    });
    discovery.apply(search({ text: 'river' }));
    expect(shown(await until(discovery, complete))).toEqual([2]);
  });
});
