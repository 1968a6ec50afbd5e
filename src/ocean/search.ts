/**
 * What is asked of the indexes of Ocean Nodes, and what is asked again here:
 * indexes differ in what they can filter and sort by, and prices are text to
 * them.
 */
import type { IAsset } from './asset';

/** `price` is the lowest first, `dearest` the highest. */
export const SEARCH_SORTS = [
  'relevance',
  'newest',
  'orders',
  'price',
  'dearest'
] as const;

export type SearchSort = (typeof SEARCH_SORTS)[number];

/** All are optional, and all must hold. */
export interface ISearchFilters {
  /** `metadata.type`, e.g. `dataset`. */
  type?: string;
  price?: 'free' | 'paid';
  /** Decimal numbers of whatever token the price is in; both count as in. */
  min?: string;
  max?: string;
  chainId?: number;
  license?: string;
  tag?: string;
  /** Name of the author, or the address of the owner. */
  author?: string;
  /** Address of the account that holds the NFT. */
  owner?: string;
  /** Of one of the files, e.g. `text/csv`, or `image/*`. */
  mediaType?: string;
}

export interface ISearch {
  /** Words of name, description, tags, author; all assets when empty. */
  text: string;
  filters: ISearchFilters;
  sort: SearchSort;
}

/** The body of a question, without its page. */
export interface ISearchBody {
  query: object;
  sort?: object[];
}

/** Where each of these is: DDOs 4.x, and 5.x with all of it one level deeper. */
const PLACES = ['', 'credentialSubject.'];

/** The characters that mean something in Lucene's query strings. */
const escaped = (word: string): string =>
  word.replace(/[+\-=&|><!(){}[\]^"~*?:\\/]/g, '\\$&');

/** Whatever the field is mapped as: a keyword, or a text with one beside it. */
function exactly(fields: string[], value: string | number): object {
  return {
    bool: {
      should: (typeof value === 'number'
        ? fields
        : fields.flatMap(field => [`${field}.keyword`, field])
      ).map(field => ({ term: { [field]: value } })),
      minimum_should_match: 1
    }
  };
}

const everywhere = (field: string): string[] =>
  PLACES.map(place => place + field);

const isAddress = (text: string): boolean => /^0x[0-9a-fA-F]{40}$/.test(text);

export const wordsOf = (text: string): string[] =>
  text.trim().split(/\s+/).filter(Boolean).slice(0, 20);

const STATE = 'indexedMetadata.nft.state';
const MEDIA = 'metadata.additionalInformation.web3.files.mediaType';

function filtersOf(filters: ISearchFilters): object[] {
  const { type, price, chainId, license, tag, author, owner, mediaType } =
    filters;
  const found: object[] = [];
  if (type) {
    found.push(exactly(everywhere('metadata.type'), type));
  }
  if (chainId !== undefined) {
    found.push(exactly(everywhere('chainId'), chainId));
  }
  if (license) {
    found.push(
      exactly(
        [...everywhere('metadata.license'), 'metadata.license.name'],
        license
      )
    );
  }
  if (tag) {
    found.push(exactly(everywhere('metadata.tags'), tag));
  }
  // Addresses are written in two ways: the owner is compared here instead.
  if (author && !isAddress(author)) {
    found.push(exactly(everywhere('metadata.author'), author));
  }
  if (owner) {
    found.push({
      bool: {
        should: [...new Set([owner, owner.toLowerCase()])].map(value =>
          exactly(['indexedMetadata.nft.owner'], value)
        ),
        minimum_should_match: 1
      }
    });
  }
  if (mediaType && !mediaType.endsWith('*')) {
    found.push(exactly([MEDIA], mediaType));
  }
  if (price) {
    found.push(
      exactly(
        ['indexedMetadata.stats.prices.type'],
        price === 'free' ? 'dispenser' : 'fixedrate'
      )
    );
  }
  return found;
}

const TEXTS = [
  'metadata.name',
  'metadata.description',
  'metadata.tags',
  'metadata.author'
];

/**
 * The question for a search. Elasticsearch; `bool` at its top, since nodes
 * ignore a query without it (FACTS: search). An index that lacks a field to
 * sort by would be left out, so each says what to take it for.
 */
export function searchBody(search: ISearch): ISearchBody {
  const words = wordsOf(search.text);
  const fields = [
    ...PLACES.flatMap(place => TEXTS.map(text => place + text)),
    'credentialSubject.metadata.description.@value'
  ];
  const must = words.map(word => ({
    query_string: { query: `${escaped(word)}*`, fields }
  }));
  const query = {
    bool: {
      must,
      filter: filtersOf(search.filters),
      must_not: [
        { terms: { [STATE]: [1, 2, 3, 4, 5] } },
        { term: { 'indexedMetadata.purgatory.state': true } }
      ],
      // What has the words in its name or tags comes before what mentions them.
      ...(words.length
        ? {
            should: PLACES.flatMap(place => [
              {
                match: {
                  [`${place}metadata.name`]: { query: search.text, boost: 4 }
                }
              },
              {
                match: {
                  [`${place}metadata.tags`]: { query: search.text, boost: 2 }
                }
              }
            ])
          }
        : {})
    }
  };
  const newest = [
    {
      'indexedMetadata.nft.created': { order: 'desc', unmapped_type: 'date' }
    }
  ];
  switch (effectiveSort(search)) {
    case 'relevance':
      return { query };
    case 'orders':
      return {
        query,
        sort: [
          {
            'indexedMetadata.stats.orders': {
              order: 'desc',
              unmapped_type: 'long'
            }
          },
          ...newest
        ]
      };
    default:
      return { query, sort: newest };
  }
}

/** Without words there is nothing to be relevant to: the newest come first. */
export function effectiveSort(search: ISearch): SearchSort {
  return search.sort === 'relevance' && wordsOf(search.text).length === 0
    ? 'newest'
    : search.sort;
}

/**
 * Whether only all of the hits give the right answer: to an index a price is a
 * text, so it can neither sort nor cut by it.
 */
export function needsAll(search: ISearch): boolean {
  return search.sort === 'price' || search.sort === 'dearest';
}

/** A decimal number as text that compares like the number. */
function comparable(amount: string): string {
  const [whole, fraction = ''] = amount.split('.');
  return `${whole.replace(/^0+/, '').padStart(60, '0')}.${fraction.padEnd(18, '0')}`;
}

const DECIMAL = /^[0-9]{1,40}(\.[0-9]{1,18})?$/;

const same = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/** Media types of the files, as far as the publisher says. */
export const mediaTypesOf = (asset: IAsset): string[] => [
  ...new Set((asset.web3?.files ?? []).map(file => file.mediaType))
];

/**
 * Whether an asset is one that the filters let through: checked of every hit,
 * as an index may take a filter as it likes. What may not be ordered, and what
 * is on the index's list of assets to avoid, is never listed.
 */
export function isListed(asset: IAsset, filters: ISearchFilters): boolean {
  const { type, price, min, max, chainId, license, tag, author, mediaType } =
    filters;
  const { owner } = filters;
  if (!asset.active || asset.purgatory) {
    return false;
  }
  const amount = asset.stats.price?.amount;
  const free = amount !== undefined && /^[0.]+$/.test(amount);
  const number = amount === undefined ? null : comparable(amount);
  const wanted = mediaType?.toLowerCase() ?? '';
  return (
    (!type || same(asset.type, type)) &&
    (!price || (amount !== undefined && free === (price === 'free'))) &&
    (!min ||
      !DECIMAL.test(min) ||
      (number !== null && number >= comparable(min))) &&
    (!max ||
      !DECIMAL.test(max) ||
      (number !== null && number <= comparable(max))) &&
    (chainId === undefined || asset.chainId === chainId) &&
    (!license || same(asset.license, license)) &&
    (!tag || asset.tags.some(one => same(one, tag))) &&
    (!author ||
      same(isAddress(author) ? (asset.owner ?? '') : asset.author, author)) &&
    (!owner || same(asset.owner ?? '', owner)) &&
    (!wanted ||
      mediaTypesOf(asset).some(one =>
        wanted.endsWith('*')
          ? one.toLowerCase().startsWith(wanted.slice(0, -1))
          : same(one, wanted)
      ))
  );
}

/** What an asset is sorted by. */
export interface IRank {
  /** Null comes last, whatever the direction. */
  key: number | string | null;
  /** Milliseconds since 1970. */
  time: number;
  did: string;
}

/** Milliseconds since 1970 of when an asset came up; 0 where nobody says. */
export function listedAt(asset: IAsset): number {
  return Date.parse(asset.listed ?? asset.created ?? '') || 0;
}

/** How well an asset answers to words: its name before its tags before the rest. */
function relevance(asset: IAsset, words: string[]): number {
  const name = ` ${asset.name.toLowerCase()} `;
  const tags = asset.tags.map(tag => tag.toLowerCase());
  const author = asset.author.toLowerCase();
  let sum = 0;
  for (const word of words) {
    sum += name.includes(` ${word} `)
      ? 8
      : name.includes(` ${word}`)
        ? 6
        : tags.includes(word)
          ? 4
          : author.includes(word)
            ? 2
            : 1;
  }
  return sum;
}

/**
 * @param page - of the node's own order by relevance, from 0: what it holds for
 * less relevant stays after what it gave before
 */
export function rankOf(asset: IAsset, search: ISearch, page: number): IRank {
  const time = listedAt(asset);
  const rank = (key: IRank['key']): IRank => ({ key, time, did: asset.did });
  switch (effectiveSort(search)) {
    case 'newest':
      return rank(-time);
    case 'orders':
      return rank(asset.stats.orders === null ? null : -asset.stats.orders);
    case 'price':
    case 'dearest':
      return rank(
        asset.stats.price ? comparable(asset.stats.price.amount) : null
      );
    case 'relevance': {
      const words = wordsOf(search.text.toLowerCase());
      return rank(page * 1000 - relevance(asset, words));
    }
  }
}

/** Ties: the newer first, then by DID, so that an order is always the same one. */
export function compareRanks(a: IRank, b: IRank, sort: SearchSort): number {
  if (a.key !== b.key) {
    if (a.key === null || b.key === null) {
      return a.key === null ? 1 : -1;
    }
    return (a.key < b.key ? -1 : 1) * (sort === 'dearest' ? -1 : 1);
  }
  return b.time - a.time || (a.did < b.did ? -1 : a.did > b.did ? 1 : 0);
}
