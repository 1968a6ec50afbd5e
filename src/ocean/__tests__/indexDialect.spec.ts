/** @jest-environment node */
/** Nodes with either index are searched, and it is told what can't be. */
import { askIndexes } from '../indexDialect';
import { hasWords, isListed, type ISearch } from '../search';

interface IOpened {
  url: string;
  queries: Record<string, unknown>[];
  close: () => void;
}
type Start = (
  documents: object[],
  options?: { typesense?: boolean }
) => Promise<IOpened>;

const NODE = '../../../ui-tests/searchNode.mjs';
const opened: IOpened[] = [];
afterEach(() => opened.splice(0).forEach(node => node.close()));

/** A node of made-up assets, and what asks it. */
async function start(count: number, typesense: boolean) {
  const { startSearchNode, madeUpAssets } = (await import(NODE)) as {
    startSearchNode: Start;
    madeUpAssets: (n: number) => object[];
  };
  const { OceanNodeClient } = await import('../nodeClient');
  const node = await startSearchNode(madeUpAssets(count), { typesense });
  opened.push(node);
  const client = new OceanNodeClient({
    url: node.url,
    trusted: true,
    fetch: (path, init) => fetch(node.url + path, init)
  });
  return { node, client };
}

const search = (patch: Partial<ISearch> = {}): ISearch => ({
  text: '',
  filters: {},
  sort: 'relevance',
  ...patch
});

/** Numbers of the assets that are found, looked at again as the list does. */
async function found(
  client: Parameters<typeof askIndexes>[0],
  what: ISearch
): Promise<{ numbers: number[]; partial: boolean }> {
  const { pages, partial } = await askIndexes(client, what, 1, 50);
  const assets = pages.flatMap(page => page.assets);
  return {
    numbers: [
      ...new Set(
        assets
          .filter(
            asset => isListed(asset, what.filters) && hasWords(asset, what.text)
          )
          .map(({ name }) => Number(/[0-9]+/.exec(name)?.[0]))
      )
    ],
    partial
  };
}

it('Elasticsearch is asked in its language, once a page', async () => {
  const { node, client } = await start(120, false);
  expect((await found(client, search())).numbers).toHaveLength(50);
  await found(client, search({ text: 'nowhere' }));
  await found(client, search({ text: 'unique7' }));
  expect(node.queries).toHaveLength(3);
  expect(node.queries.every(query => query.q === undefined)).toBe(true);
});

it('a first search without hits tells which of the two it is, and finds no more', async () => {
  const { node, client } = await start(20, false);
  expect(await found(client, search({ text: 'nowhere' }))).toEqual({
    numbers: [],
    partial: false
  });
  await found(client, search({ text: 'nobody' }));
  expect(node.queries).toHaveLength(3);
});

it('Typesense: words, filters and all of it, by two questions for any number of searches', async () => {
  const { node, client } = await start(120, true);
  expect((await found(client, search())).numbers).toHaveLength(120);
  expect((await found(client, search({ text: 'unique77' }))).numbers).toEqual([
    77
  ]);
  const filtered = await found(client, search({ filters: { tag: 'Tag 7' } }));
  expect(filtered.numbers.every(n => n % 11 === 7)).toBe(true);
  expect(filtered.numbers).toHaveLength(11);
  expect(filtered.partial).toBe(false);
  expect(node.queries).toHaveLength(2);
});

it('Typesense with more than it shows: words reach the rest, and it is told', async () => {
  const { client } = await start(400, true);
  const all = await found(client, search());
  expect(all).toMatchObject({ partial: true });
  expect(Math.min(...all.numbers)).toBe(150);
  expect(await found(client, search({ text: 'unique3' }))).toMatchObject({
    numbers: expect.arrayContaining([3, 399]) as unknown,
    partial: true
  });
});
