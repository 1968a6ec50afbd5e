/** What the list of assets says, and what is kept of searches. */
import { nullTranslator } from '@jupyterlab/translation';

import { OceanError } from '../../ocean/errors';
import { NO_SEARCH, type INodeState } from '../discover';
import {
  countWords,
  nodeWords,
  priceWords,
  searchName
} from '../discoverWords';
import { SavedSearches } from '../savedSearches';
import { memoryStore } from './fakes';

const trans = nullTranslator.load('jupyterlab_web3');

const node = (patch: Partial<INodeState>): INodeState => ({
  url: 'http://node.example:8001',
  phase: 'answered',
  failure: null,
  until: null,
  partial: false,
  ...patch
});

describe('a node', () => {
  it('that was asked too often goes on in so many seconds', () => {
    const waiting = node({ phase: 'waiting', until: 31_400 });
    expect(nodeWords(waiting, trans, 20_000)).toBe(
      'The Ocean Node node.example:8001 was asked too often; it goes on in 12 s.'
    );
    expect(nodeWords(waiting, trans, 40_000)).toContain('in 1 s.');
    const failure = new OceanError('node-refused', 'no', { status: 429 });
    expect(nodeWords(node({ phase: 'failed', failure }), trans)).toBe(
      'The Ocean Node node.example:8001 was asked too often.'
    );
  });

  it('that hides a part of its records is told of, others are not', () => {
    expect(nodeWords(node({ partial: true }), trans)).toContain('only a part');
    expect(nodeWords(node({}), trans)).toBe('');
  });
});

it('nothing yet is no number', () => {
  expect(countWords(0, false, trans)).toBe('Still searching…');
  expect(countWords(0, true, trans)).toBe('0 assets');
  expect(countWords(3, false, trans)).toBe(
    'The first 3 assets; more as you scroll'
  );
});

it.each([
  ['2.5', '2.5', '2.5'],
  ['0.3333333333', '0.333333…', '0.3333333333'],
  ['1234567.1000000', '1,234,567.1', '1,234,567.1'],
  ['7.0000001', '7.000000…', '7.0000001'],
  ['0.00000001', '< 0.000001', '0.00000001'],
  ['0.0', 'Free', 'Free']
])(
  'a price of %s is %s in the list, and exact on hover',
  (amount, short, all) => {
    const asset = { stats: { orders: null, price: { amount, token: null } } };
    expect(priceWords(asset, null, trans)).toBe(short);
    expect(priceWords(asset, null, trans, true)).toBe(all);
  }
);

describe('saved searches', () => {
  it('are offered a name of all that makes them what they are', () => {
    const filters = { tag: 'x' };
    expect(
      searchName({ text: ' river ', filters, sort: 'orders' }, [], trans)
    ).toBe('river, Tag: x, Most orders');
    expect(searchName({ ...NO_SEARCH, filters }, [], trans)).toBe('Tag: x');
  });

  it('have one name each, however it is typed', () => {
    const searches = new SavedSearches(memoryStore());
    searches.save('a  b', NO_SEARCH);
    expect(searches.has(' a b')).toBe(true);
    searches.save('a b', { ...NO_SEARCH, text: 'new' });
    expect(searches.list()).toEqual([
      { name: 'a b', search: { ...NO_SEARCH, text: 'new' } }
    ]);
    searches.remove('a b');
    expect(searches.list()).toEqual([]);
  });

  it('that were kept twice under one name are one', () => {
    const store = memoryStore();
    const kept = (name: string): object => ({ name, search: NO_SEARCH });
    store.setItem(
      'jupyterlab-web3:searches',
      JSON.stringify([kept('a  b'), kept('a b')])
    );
    expect(new SavedSearches(store).list()).toHaveLength(1);
  });
});
