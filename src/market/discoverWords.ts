/** Searches, and what they find, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IAsset } from '../ocean/asset';
import { OceanError } from '../ocean/errors';
import { oneLine } from '../ocean/foreignText';
import {
  listedAt,
  type ISearch,
  type ISearchFilters,
  type SearchSort
} from '../ocean/search';
import type { INetwork } from '../tokens';
import { shortAddress } from '../ui/address';
import { groupDigits } from '../ui/amount';
import { codeOf } from './errors';
import { NodeTimeoutError } from './discoverSource';
import { NO_SEARCH, type INodeState } from './discover';

/** Decimals of an indexed price that a list has room for; none is rounded up. */
const PLACES = 6;

/**
 * `2.5 USDC`, `Free`, or nothing where the index tells no price. What has no
 * room has a sign for it: `0.333333… USDC`.
 *
 * @param exact - with every digit
 */
export function priceWords(
  asset: Pick<IAsset, 'stats'>,
  network: INetwork | null,
  trans: TranslationBundle,
  exact = false
): string {
  const { price } = asset.stats;
  if (!price) {
    return '';
  }
  const [whole, fraction = ''] = price.amount.split('.');
  const digits = whole.replace(/^0+(?=[0-9])/, '');
  const all = fraction.replace(/0+$/, '');
  const cut = !exact && all.length > PLACES;
  const shown = cut ? all.slice(0, PLACES) : all;
  if (digits === '0' && /^0*$/.test(fraction)) {
    return trans.__('Free');
  }
  const amount =
    digits === '0' && cut && /^0*$/.test(shown)
      ? `< 0.${'1'.padStart(PLACES, '0')}`
      : groupDigits(shown ? `${digits}.${shown}` : digits) + (cut ? '…' : '');
  // Only tokens of the settings go by their name: anybody can call one USDC.
  const token = network?.paymentTokens.find(
    ({ address }) => address.toLowerCase() === price.token?.toLowerCase()
  );
  const unit = token?.symbol ?? (price.token ? shortAddress(price.token) : '');
  return oneLine(`${amount} ${unit}`);
}

export function typeWords(type: string, trans: TranslationBundle): string {
  return type === 'dataset'
    ? trans.__('Dataset')
    : type === 'algorithm'
      ? trans.__('Algorithm')
      : type;
}

export const networkName = (
  networks: readonly INetwork[],
  chainId: number,
  trans: TranslationBundle
): string =>
  networks.find(one => one.chainId === chainId)?.name ??
  trans.__('Chain %1', chainId);

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000]
];

/** How long ago, e.g. `3 days ago`; empty where nobody says. */
export function ageWords(
  asset: Pick<IAsset, 'listed' | 'created'>,
  trans: TranslationBundle,
  now = Date.now()
): string {
  const at = listedAt(asset as IAsset);
  const since = now - at;
  if (at <= 0) {
    return '';
  }
  const [unit, length] = UNITS.find(([, ms]) => since >= ms) ?? [null, 1];
  return unit
    ? new Intl.RelativeTimeFormat(undefined, { style: 'short' }).format(
        -Math.floor(since / length),
        unit
      )
    : trans.__('just now');
}

export function sortWords(
  trans: TranslationBundle
): Record<SearchSort, string> {
  return {
    relevance: trans.__('Best match'),
    newest: trans.__('Newest'),
    orders: trans.__('Most orders'),
    price: trans.__('Lowest price'),
    dearest: trans.__('Highest price')
  };
}

/** One filter in use. */
export interface IChip {
  label: string;
  /** What takes it away. */
  without: ISearchFilters;
}

/** The filters in use, one by one. */
export function chipsOf(
  filters: ISearchFilters,
  networks: readonly INetwork[],
  trans: TranslationBundle
): IChip[] {
  const { type, price, min, max, chainId, license, tag, author, mediaType } =
    filters;
  const chips: (IChip | null)[] = [
    type
      ? { label: typeWords(type, trans), without: { type: undefined } }
      : null,
    price
      ? {
          label: price === 'free' ? trans.__('Free') : trans.__('Paid'),
          without: { price: undefined }
        }
      : null,
    min
      ? { label: trans.__('From %1', min), without: { min: undefined } }
      : null,
    max
      ? { label: trans.__('Up to %1', max), without: { max: undefined } }
      : null,
    chainId === undefined
      ? null
      : {
          label: networkName(networks, chainId, trans),
          without: { chainId: undefined }
        },
    license ? { label: license, without: { license: undefined } } : null,
    tag
      ? { label: trans.__('Tag: %1', tag), without: { tag: undefined } }
      : null,
    author
      ? {
          label: trans.__('By %1', shortAddress42(author)),
          without: { author: undefined }
        }
      : null,
    mediaType ? { label: mediaType, without: { mediaType: undefined } } : null
  ];
  return chips.filter((chip): chip is IChip => chip !== null);
}

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Addresses short, names whole. */
const shortAddress42 = (text: string): string =>
  ADDRESS.test(text) ? shortAddress(text) : text;

/**
 * Who offers an asset. An author is the publisher's own word: where it is no name
 * but an address, it is the owner's that counts, which the chain says.
 */
export function sellerWords(author: string, owner: string | null): string {
  const named = author && !ADDRESS.test(author.trim());
  return named ? author : shortAddress42(owner || author.trim());
}

/** A name to offer for a search that is saved: all that makes it another one. */
export function searchName(
  search: ISearch,
  networks: readonly INetwork[],
  trans: TranslationBundle
): string {
  return [
    search.text.trim(),
    ...chipsOf(search.filters, networks, trans).map(({ label }) => label),
    search.sort === NO_SEARCH.sort ? '' : sortWords(trans)[search.sort]
  ]
    .filter(Boolean)
    .join(', ');
}

const hostOf = (url: string): string => {
  try {
    return new URL(url).host;
  } catch {
    // As it stands in the settings, so that it can be found there.
    return url;
  }
};

/**
 * What is the matter with a node; empty where nothing is.
 *
 * @param now - milliseconds since 1970
 */
export function nodeWords(
  node: INodeState,
  trans: TranslationBundle,
  now = Date.now()
): string {
  const host = hostOf(node.url);
  if (node.phase === 'waiting') {
    const seconds = Math.max(1, Math.ceil(((node.until ?? now) - now) / 1000));
    return trans.__(
      'The Ocean Node %1 was asked too often; it goes on in %2 s.',
      host,
      seconds
    );
  }
  if (node.phase === 'slow') {
    return trans.__('Still asking the Ocean Node %1…', host);
  }
  if (node.phase !== 'failed') {
    return node.partial
      ? trans.__(
          'The Ocean Node %1 lets only a part of its records be searched.',
          host
        )
      : '';
  }
  if (
    node.failure instanceof OceanError &&
    node.failure.details.status === 429
  ) {
    return trans.__('The Ocean Node %1 was asked too often.', host);
  }
  const code = codeOf(node.failure);
  return code === 'node-unreachable' || node.failure instanceof NodeTimeoutError
    ? trans.__('The Ocean Node %1 does not answer.', host)
    : code === 'bad-answer'
      ? trans.__('The Ocean Node %1 gave an answer that can’t be read.', host)
      : trans.__('The Ocean Node %1 could not be searched.', host);
}

/** How many there are; `complete` is false where there may be more. */
export function countWords(
  count: number,
  complete: boolean,
  trans: TranslationBundle
): string {
  const number = groupDigits(String(count));
  if (count === 0 && !complete) {
    return trans.__('Still searching…');
  }
  return complete
    ? trans._n('%2 asset', '%2 assets', count, number)
    : trans._n(
        'The first %2 asset; more as you scroll',
        'The first %2 assets; more as you scroll',
        count,
        number
      );
}
