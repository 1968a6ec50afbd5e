/**
 * A search, and what is looked at of its hits again here: indexes differ in what
 * they can filter and sort by, and prices are text to them.
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

export const isAddress = (text: string): boolean =>
  /^0x[0-9a-fA-F]{40}$/.test(text);

/** The words of a text as indexes see them: whatever stands between is gone. */
export const tokensOf = (text: string): string[] =>
  text.split(/[^\p{L}\p{M}\p{N}_]+/u).filter(Boolean);

/** The words of what is typed; no more than 20 of them count. */
export const wordsOf = (text: string): string[] => tokensOf(text).slice(0, 20);

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

/**
 * Whether a filter is one that only we can tell: then few of the hits may be
 * wanted, and a node is asked for many at once, since it counts requests.
 */
export const filtersHere = ({ filters }: ISearch): boolean =>
  Boolean(filters.min || filters.max);

/** A decimal number as text that compares like the number. */
function comparable(amount: string): string {
  const [whole, fraction = ''] = amount.split('.');
  return `${whole.replace(/^0+/, '').padStart(60, '0')}.${fraction.padEnd(18, '0')}`;
}

const DECIMAL = /^[0-9]{1,40}(\.[0-9]{1,18})?$/;

const same = (a: string, b: string): boolean =>
  a.toLowerCase() === b.toLowerCase();

/** In any case; with the mark that a line was cut, up to there. */
const has = (text: string, part: string): boolean =>
  folded(text).includes(folded(part.replace(/…$/, '')));

/** Letters as they are compared: in any case, and however they are composed. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

/**
 * Whether all words of a text are somewhere in what an asset is searched by:
 * asked again of every hit, since there are nodes that take no notice of words.
 */
export function hasWords(asset: IAsset, text: string): boolean {
  const words = wordsOf(text);
  if (!words.length) {
    return true;
  }
  const { name, description, author, tags } = asset;
  if ([name, author, ...tags].some(line => line.endsWith('…'))) {
    // The rest of it may have the word: it is the index that knows.
    return true;
  }
  const all = folded([name, description, author, ...tags].join('\n'));
  return words.every(word => all.includes(folded(word)));
}

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
      (isAddress(author)
        ? same(asset.owner ?? '', author)
        : has(asset.author, author))) &&
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
  const name = ` ${tokensOf(asset.name.toLowerCase()).join(' ')} `;
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
