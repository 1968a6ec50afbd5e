/** The query language, without a chain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { search } from '../search.mjs';

const doc = (id, name, more = {}) => ({
  id,
  version: '4.1.0',
  chainId: 8996,
  nftAddress: `0xAb${id}`,
  metadata: { name, created: `2026-01-0${id}`, tags: ['ipfs', `tag ${id}`] },
  indexedMetadata: { stats: [{ orders: Number(id), prices: [] }] },
  ...more
});
const DOCS = [
  doc('1', 'Iris measurements'),
  doc('2', 'Penguins of Palmer'),
  doc('3', 'Iris and other flowers'),
  { id: '9', version: 'deprecated', chainId: 8996 }
];

const ids = (query, more) =>
  search(DOCS, { query, ...more }).map(index => index.map(({ id }) => id));
const filter = clause => ids({ bool: { filter: [clause] } });

for (const [what, clause, wanted] of [
  ['a number', { term: { chainId: 8996 } }, [['9'], ['1', '2', '3']]],
  ['an exact keyword', { term: { 'metadata.tags.keyword': 'tag 2' } }, [['2']]],
  ['half a keyword', { term: { 'metadata.tags.keyword': 'tag' } }, []],
  ['a word of a text', { term: { 'metadata.name': 'iris' } }, [['1', '3']]],
  ['several', { terms: { 'id.keyword': ['1', '2'] } }, [['1', '2']]],
  [
    'any word',
    { match: { 'metadata.name': 'iris palmer' } },
    [['1', '2', '3']]
  ],
  [
    'all words',
    { match: { 'metadata.name': { query: 'iris flowers', operator: 'and' } } },
    [['3']]
  ],
  ['a phrase', { match_phrase: { 'metadata.name': 'other flowers' } }, [['3']]],
  [
    'a range',
    { range: { 'indexedMetadata.stats.orders': { gte: 2 } } },
    [['2', '3']]
  ],
  ['dates', { range: { 'metadata.created': { lt: '2026-01-02' } } }, [['1']]],
  ['a wildcard', { wildcard: { 'metadata.name': 'peng*' } }, [['2']]],
  ['a prefix', { prefix: { 'metadata.name.keyword': 'Iris a' } }, [['3']]],
  ['a field', { exists: { field: 'metadata' } }, [['1', '2', '3']]],
  ['an address', { term: { 'nftAddress.keyword': '0xAb1' } }, [['1']]],
  ['what nobody knows', { nonsense: {} }, []],
  ['not even this', { constructor: {} }, []]
]) {
  test(`a filter by ${what}`, () => assert.deepEqual(filter(clause), wanted));
}

for (const [query, wanted] of [
  ['iri*', [['1', '3']]],
  ['IRIS AND flowers', [['3']]],
  ['iris -flowers', [['1']]],
  ['palmer OR flowers', [['2', '3']]],
  ['"other flowers"', [['3']]],
  ['metadata.name:penguins', [['2']]],
  ['NOT iris', [['9'], ['2']]],
  ['.*(', []]
]) {
  test(`query string ${query}`, () =>
    assert.deepEqual(
      ids({
        bool: {
          must: [{ query_string: { query, fields: ['metadata.name^2'] } }]
        }
      }),
      wanted
    ));
}

test('should, must_not and bool inside bool', () => {
  const name = word => ({ match: { 'metadata.name': word } });
  const either = { bool: { should: [name('palmer'), name('flowers')] } };
  assert.deepEqual(ids(either), [['2', '3']]);
  assert.deepEqual(
    ids({ bool: { must: [either], must_not: [{ terms: { id: ['2'] } }] } }),
    [['3']]
  );
});

test('pages from 1, sorted; what has no such field is left out', () => {
  const query = { bool: { filter: [{ term: { chainId: 8996 } }] } };
  const sort = { 'metadata.created': 'desc' };
  const page = from => ids(query, { from, size: 2, sort });
  assert.deepEqual(page(0), [['3', '2']]);
  assert.deepEqual(page(1), [['3', '2']]);
  assert.deepEqual(page(2), [['1']]);
  assert.deepEqual(page(3), []);
});

test('without bool everything comes back', () => {
  assert.deepEqual(ids({ term: { id: '1' } }, { size: 1 }), [
    ['9'],
    ['1', '2', '3']
  ]);
});
