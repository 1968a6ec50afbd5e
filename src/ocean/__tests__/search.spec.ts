/** @jest-environment node */
import fc from 'fast-check';

import type { IAsset } from '../asset';
import { readAsset } from '../asset';
import {
  compareRanks,
  effectiveSort,
  filtersHere,
  hasWords,
  isListed,
  needsAll,
  rankOf,
  SEARCH_SORTS,
  type ISearch,
  type ISearchFilters
} from '../search';
import { searchBody } from '../searchBody';

const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const OTHER = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65';
const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

let made = 0;
function asset(
  patch: Partial<IAsset> = {},
  price?: string,
  files: string[] = []
): IAsset {
  made += 1;
  return {
    ...readAsset({
      id: `did:op:${made.toString(16).padStart(64, '0')}`,
      chainId: 8996,
      nftAddress: TOKEN,
      metadata: {
        name: 'Rows',
        type: 'dataset',
        author: 'Ann',
        license: 'MIT',
        tags: ['tree'],
        additionalInformation: {
          web3: {
            v: 1,
            sealed: null,
            files: files.map((mediaType, n) => ({
              path: `f${n}`,
              size: 1,
              mediaType
            }))
          }
        }
      },
      services: [{ id: 's', type: 'access', datatokenAddress: TOKEN }],
      indexedMetadata: {
        nft: { state: 0, owner: OWNER },
        stats: [
          {
            datatokenAddress: TOKEN,
            prices: price === undefined ? [] : [{ type: 'fixedrate', price }]
          }
        ]
      }
    }),
    ...patch
  };
}
const search = (patch: Partial<ISearch> = {}): ISearch => ({
  text: '',
  filters: {},
  sort: 'relevance',
  ...patch
});

interface IBool {
  bool: {
    must: object[];
    filter: object[];
    must_not: object[];
    should?: object[];
  };
}
const bool = (patch: Partial<ISearch>): IBool['bool'] =>
  (searchBody(search(patch)).query as IBool).bool;
/** Each field and value that a filter asks for, as `field=value`. */
const terms = (filters: ISearchFilters): string[] => {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'term') {
          for (const [field, wanted] of Object.entries(inner as object)) {
            found.push(`${field}=${JSON.stringify(wanted)}`);
          }
        } else {
          look(inner);
        }
      }
    }
  };
  look(bool({ filters }).filter);
  return found;
};

/** What a clause asks for, as one text: `(a | b)` any, `(a & b)` all. */
function spelled(clause: object): string {
  const [[kind, body]] = Object.entries(clause) as [string, never][];
  const { must, should, query } = body as {
    must?: object[];
    should?: object[];
    query: string;
  };
  return kind === 'bool'
    ? `(${(must ?? should ?? []).map(spelled).join(must ? ' & ' : ' | ')})`
    : kind === 'multi_match'
      ? `"${query}"`
      : kind === 'query_string'
        ? query
        : kind;
}

const record = (
  name: string,
  patch: { tags?: string[]; author?: string; mediaType?: string } = {}
): object => ({
  id: 'did:op:1',
  version: '4.1.0',
  metadata: {
    name,
    description: 'Rows',
    author: patch.author ?? 'Ann',
    tags: patch.tags ?? [],
    additionalInformation: {
      web3: { files: [{ mediaType: patch.mediaType ?? 'text/csv' }] }
    }
  },
  indexedMetadata: { nft: { state: 0, owner: OWNER } }
});

/** The search of the development node. */
const NODE = '../../../devnet/ocean-node/search.mjs';

/** Whether it finds a record. */
async function finds(what: Partial<ISearch>, found: object): Promise<boolean> {
  const { search: find } = (await import(NODE)) as {
    search: (documents: object[], body: object) => object[][];
  };
  return find([found], { ...searchBody(search(what)), size: 10 }).length > 0;
}

describe('the question', () => {
  it('has a bool at its top whatever is wanted, and never asks for what can’t be bought', () => {
    for (const sort of SEARCH_SORTS) {
      const { must_not: not } = bool({ sort });
      expect(not).toEqual([
        { terms: { 'indexedMetadata.nft.state': [1, 2, 3, 4, 5] } },
        { term: { 'indexedMetadata.purgatory.state': true } }
      ]);
    }
  });

  it('takes what is typed for words, never for Lucene’s syntax', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'ab测é1_ +-=&|><!(){}[]^"~*?:\\/.'),
          maxLength: 30
        }),
        text => {
          for (const clause of bool({ text }).must) {
            const parts: string[] = [];
            JSON.stringify(clause, (key, value: unknown) => {
              if (key === 'query_string') {
                parts.push((value as { query: string }).query);
              }
              return value;
            });
            expect(parts.length).toBeGreaterThan(0);
            for (const part of parts) {
              // One star at the end; nothing else that means something.
              expect(part).toMatch(/^[ab测é1_]+\*$/);
            }
          }
        }
      )
    );
  });

  it('asks for every word, whole or begun, and in parts as an index keeps it', () => {
    const asked = (text: string): string =>
      bool({ text }).must.map(spelled).join(' & ');
    expect(asked(' river  delta ')).toBe(
      '("river" | river*) & ("delta" | delta*)'
    );
    expect(asked('covid-19')).toBe(
      '("covid-19" | ((covid* | "covid") & (19* | "19")))'
    );
    // What has no letter is no word: it asks for nothing, and hides nothing.
    expect(asked('R & D')).toBe('("R" | R*) & ("D" | D*)');
    expect(asked('"C++"')).toBe('(""C++"" | C*)');
    expect(bool({ text: 'a '.repeat(500) }).must).toHaveLength(20);
    expect(bool({ text: '   ' })).toMatchObject({ must: [], filter: [] });
    expect(bool({ text: '   ' }).should).toBeUndefined();
    expect(bool({ text: ' river ' }).should).toHaveLength(4);
    expect(JSON.stringify(bool({ text: 'x' }).must)).toContain(
      '"credentialSubject.metadata.name"'
    );
  });

  it.each([
    ['covid-19', 'Covid-19 cases'],
    ['covid-1', 'Covid-19 cases'],
    ['R & D', 'Spending on R & D'],
    ['R&D', 'Spending on R & D'],
    ['C++', 'Parsers in C++'],
    ['"iris flower"', 'Iris flower data'],
    ['CC-BY', 'All that is CC-BY-4.0'],
    ['example.com', 'Visits of example.com'],
    ['- river', 'The river'],
    ['&', 'The river'],
    ['测量', '鸢尾花 测量 数据'],
    ['Ёлк', 'Ёлка']
  ])('everyday words: %s finds %s', async (text, name) => {
    expect(await finds({ text }, record(name))).toBe(true);
    expect(hasWords(asset({ name }), text)).toBe(true);
  });

  it('words are looked at again here, where a node takes no notice of them', () => {
    const one = asset({ name: '鸢尾花测量数据', description: 'Petals, in cm' });
    for (const text of ['', '测量', 'PETAL', 'ann tree', 'cm.', 'peta,tree']) {
      expect([text, hasWords(one, text)]).toEqual([text, true]);
    }
    expect(hasWords(one, 'petals river')).toBe(false);
    // Only the index has what was cut off.
    expect(hasWords({ ...one, name: 'Long…' }, 'river')).toBe(true);
  });

  it.each<[ISearchFilters, Parameters<typeof record>[1]]>([
    [{ tag: 'rivers' }, { tags: ['Rivers'] }],
    [{ tag: 'of two words' }, { tags: ['of  two words'] }],
    [{ author: 'alice' }, { author: 'Alice Smith' }],
    [{ author: 'Smi' }, { author: 'Alice Smith' }],
    [{ author: 'ICE Smi' }, { author: 'Alice Smith' }],
    [{ author: OWNER }, {}],
    [{ author: OWNER.toLowerCase() }, {}],
    [{ mediaType: 'IMAGE/png' }, { mediaType: 'image/png' }],
    [{ mediaType: 'image/*' }, { mediaType: 'image/png' }],
    [{ author: `${'long '.repeat(59)}lo…` }, { author: 'long '.repeat(100) }],
    [{ tag: `${'long '.repeat(59)}lo…` }, { tags: ['long '.repeat(100)] }]
  ])('a filter in any case, as it was offered: %j', async (filters, patch) => {
    expect(await finds({ filters }, record('Rows', patch))).toBe(true);
    const other = record('Rows', {
      tags: ['x'],
      author: 'Bob',
      mediaType: 'x'
    });
    if (!filters.author?.startsWith('0x')) {
      expect(await finds({ filters }, other)).toBe(false);
    }
  });

  it('sorts by what an index can sort by, also one without the field', () => {
    const by = (sort: ISearch['sort'], text = ''): string[] =>
      (searchBody(search({ sort, text })).sort ?? []).flatMap(Object.keys);
    expect(by('relevance', 'river')).toEqual([]);
    expect(by('relevance')).toEqual(['indexedMetadata.nft.created']);
    expect(by('newest', 'river')).toEqual(['indexedMetadata.nft.created']);
    expect(by('orders')[0]).toBe('indexedMetadata.stats.orders');
    // A price is text to it: "9" would come after "10".
    expect(by('price').join()).not.toContain('price');
    expect(by('dearest').join()).not.toContain('price');
    for (const one of searchBody(search({ sort: 'orders' })).sort!) {
      expect(Object.values(one)[0]).toMatchObject({
        order: 'desc',
        unmapped_type: expect.any(String) as unknown
      });
    }
  });

  it('says each filter that an index can tell, in each place where it may be', () => {
    expect(terms({})).toEqual([]);
    expect(terms({ type: 'dataset' })).toEqual([
      'metadata.type.keyword="dataset"',
      'metadata.type="dataset"',
      'credentialSubject.metadata.type.keyword="dataset"',
      'credentialSubject.metadata.type="dataset"'
    ]);
    expect(terms({ chainId: 137 })).toEqual([
      'chainId=137',
      'credentialSubject.chainId=137'
    ]);
    expect(terms({ license: 'MIT' })).toContain(
      'metadata.license.name.keyword="MIT"'
    );
    expect(terms({ tag: 'tree' })).toContain('metadata.tags="tree"');
    expect(terms({ mediaType: 'text/csv' })[0]).toMatch(
      /files\.mediaType\.keyword="text\/csv"$/
    );
    expect(terms({ price: 'free' })).toContain(
      'indexedMetadata.stats.prices.type="dispenser"'
    );
    expect(terms({ price: 'paid' })).toContain(
      'indexedMetadata.stats.prices.type="fixedrate"'
    );
    // Written in either way.
    expect(terms({ owner: OWNER })).toEqual(
      expect.arrayContaining([
        `indexedMetadata.nft.owner="${OWNER}"`,
        `indexedMetadata.nft.owner="${OWNER.toLowerCase()}"`
      ])
    );
    expect(
      bool({ filters: { type: 'dataset', tag: 'tree', chainId: 1 } }).filter
    ).toHaveLength(3);
  });

  it('leaves out what an index would get wrong: that is looked at here', () => {
    expect(terms({ min: '1', max: '2' })).toEqual([]);
    expect(filtersHere(search({ filters: { min: '1' } }))).toBe(true);
    expect(filtersHere(search({ filters: { tag: '1' } }))).toBe(false);
  });
});

describe('what is listed', () => {
  const csv = asset({}, '2.50', ['text/csv', 'image/png']);
  const yes: ISearchFilters[] = [
    {},
    { type: 'Dataset' },
    { price: 'paid' },
    { chainId: 8996 },
    { license: 'mit' },
    { tag: 'TREE' },
    { author: 'ann' },
    { author: 'NN' },
    { author: 'an…' },
    { author: OWNER.toLowerCase() },
    { owner: OWNER.toUpperCase().replace('0X', '0x') },
    { mediaType: 'TEXT/csv' },
    { mediaType: 'image/*' },
    { min: '2.5', max: '2.5' },
    { min: '02.49', max: '10' },
    // No number: as if nothing had been said.
    { min: 'x', max: '-1' }
  ];
  const no: ISearchFilters[] = [
    { type: 'algorithm' },
    { price: 'free' },
    { chainId: 1 },
    { license: 'MIT-0' },
    { tag: 'tre' },
    { author: 'anna' },
    { author: OTHER },
    { owner: OTHER },
    { mediaType: 'text/plain' },
    { mediaType: 'video/*' },
    { min: '2.500000000000000001' },
    { max: '2.499999999999999999' },
    { min: '10' },
    { type: 'dataset', tag: 'bush' }
  ];
  it.each(yes)('is so with %j', filters => {
    expect(isListed(csv, filters)).toBe(true);
  });
  it.each(no)('is not with %j', filters => {
    expect(isListed(csv, filters)).toBe(false);
  });

  it('nothing that can’t be bought, whatever the index says', () => {
    expect(isListed({ ...csv, active: false }, {})).toBe(false);
    expect(isListed({ ...csv, purgatory: true }, {})).toBe(false);
  });

  it('nothing whose price nobody knows, where a price is asked for', () => {
    const unknown = asset();
    expect(isListed(unknown, {})).toBe(true);
    for (const filters of [
      { price: 'free' },
      { price: 'paid' },
      { min: '0' },
      { max: '1000' }
    ] as const) {
      expect(isListed(unknown, filters)).toBe(false);
    }
  });

  it.each(['0', '0.0', '0.00', '000'])('%s is free', amount => {
    expect(isListed(asset({}, amount), { price: 'free' })).toBe(true);
    expect(isListed(asset({}, amount), { price: 'paid' })).toBe(false);
  });

  it('a range is of numbers, to the last digit', () => {
    const amount = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(18))
      .map(([units, decimals]): [string, bigint] => {
        const digits = String(units).padStart(decimals + 1, '0');
        const whole = digits.slice(0, digits.length - decimals);
        const text = decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
        return [text, units * 10n ** BigInt(18 - decimals)];
      });
    fc.assert(
      fc.property(amount, amount, ([price, exact], [bound, exactBound]) => {
        const one = asset({}, price);
        expect(isListed(one, { min: bound })).toBe(exact >= exactBound);
        expect(isListed(one, { max: bound })).toBe(exact <= exactBound);
        const [a, b] = [one, asset({}, bound)].map(it =>
          rankOf(it, search({ sort: 'price' }), 0)
        );
        if (exact !== exactBound) {
          expect(compareRanks(a, b, 'price') < 0).toBe(exact < exactBound);
          expect(compareRanks(a, b, 'dearest') < 0).toBe(exact > exactBound);
        }
      }),
      { numRuns: 500 }
    );
  });
});

describe('the order', () => {
  const order = (assets: IAsset[], what: ISearch): IAsset[] =>
    assets
      .map(one => ({ one, rank: rankOf(one, what, 0) }))
      .sort((a, b) => compareRanks(a.rank, b.rank, effectiveSort(what)))
      .map(({ one }) => one);

  it('by relevance is by date where there are no words', () => {
    expect(effectiveSort(search({ text: ' ' }))).toBe('newest');
    expect(effectiveSort(search({ text: 'x' }))).toBe('relevance');
    expect(effectiveSort(search({ sort: 'price' }))).toBe('price');
    expect(SEARCH_SORTS.filter(sort => needsAll(search({ sort })))).toEqual([
      'price',
      'dearest'
    ]);
  });

  it('puts a name before a tag, a tag before an author, that before the rest', () => {
    const name = asset({ name: 'The River delta' });
    const begins = asset({ name: 'Riverbeds' });
    const tag = asset({ tags: ['river'] });
    const author = asset({ author: 'River Inc' });
    const rest = asset({ description: 'river' });
    const what = search({ text: 'River' });
    expect(order([rest, author, tag, begins, name], what)).toEqual([
      name,
      begins,
      tag,
      author,
      rest
    ]);
    // Whatever is on a later page of the node is less relevant to it.
    expect(
      compareRanks(rankOf(rest, what, 0), rankOf(name, what, 1), 'relevance')
    ).toBeLessThan(0);
  });

  it('puts what nobody knows last, and the newer before the older of a tie', () => {
    const listed = '2024-05-01T00:00:00Z';
    const many = asset({ stats: { orders: 9, price: null } });
    const few = asset({ stats: { orders: 1, price: null } });
    const newer = asset({ stats: { orders: 1, price: null }, listed });
    const none = asset({ stats: { orders: null, price: null }, listed });
    expect(order([none, few, newer, many], search({ sort: 'orders' }))).toEqual(
      [many, newer, few, none]
    );
    const broken = asset({ listed: 'yesterday' });
    expect(order([broken, newer], search({ sort: 'newest' }))).toEqual([
      newer,
      broken
    ]);
  });
});
