/** @jest-environment node */
import fc from 'fast-check';

import type { IAsset } from '../asset';
import { readAsset } from '../asset';
import {
  compareRanks,
  effectiveSort,
  isListed,
  needsAll,
  rankOf,
  searchBody,
  SEARCH_SORTS,
  type ISearch,
  type ISearchFilters
} from '../search';

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
    must: { query_string: { query: string; fields: string[] } }[];
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
        fc.array(
          fc.string({
            unit: fc.constantFrom(...'ab+-=&|><!(){}[]^"~*?:\\/'),
            minLength: 1,
            maxLength: 8
          }),
          { minLength: 1, maxLength: 5 }
        ),
        words => {
          const asked = bool({ text: words.join(' \t') }).must.map(
            ({ query_string: { query } }) => query
          );
          expect(asked).toHaveLength(words.length);
          for (const [at, query] of asked.entries()) {
            // One star at the end; all else that means something is escaped.
            expect(query).toMatch(/^(?:[^+\-=&|><!(){}[\]^"~*?:\\/]|\\.)+\*$/);
            expect(query.slice(0, -1).replace(/\\(.)/g, '$1')).toBe(words[at]);
          }
        }
      )
    );
  });

  it('asks all words, of DDOs of both kinds; no more than 20 of them', () => {
    const { must, should } = bool({ text: ' river  delta ' });
    expect(must.map(one => one.query_string.query)).toEqual([
      'river*',
      'delta*'
    ]);
    expect(must[0].query_string.fields).toEqual(
      expect.arrayContaining([
        'metadata.name',
        'credentialSubject.metadata.name'
      ])
    );
    expect(should).toHaveLength(4);
    expect(bool({ text: 'a '.repeat(500) }).must).toHaveLength(20);
    expect(bool({ text: '   ' })).toMatchObject({ must: [], filter: [] });
    expect(bool({ text: '   ' }).should).toBeUndefined();
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
    expect(terms({ author: 'Ann' })).toContain('metadata.author="Ann"');
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
    expect(terms({ author: OWNER })).toEqual([]);
    expect(terms({ mediaType: 'image/*' })).toEqual([]);
    expect(terms({ min: '1', max: '2' })).toEqual([]);
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
    { author: 'an' },
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
