/** Searches that the person gave a name, in this browser. */
import { Signal, type ISignal } from '@lumino/signaling';

import { oneLine } from '../ocean/foreignText';
import {
  SEARCH_SORTS,
  type ISearch,
  type ISearchFilters
} from '../ocean/search';
import type { IRecordStore } from './records';

export interface ISavedSearch {
  name: string;
  search: ISearch;
}

const KEY = 'jupyterlab-web3:searches';

export class SavedSearches {
  constructor(private _store: Pick<IRecordStore, 'getItem' | 'setItem'>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** By name; each name once. */
  list(): readonly ISavedSearch[] {
    const found = parse(this._store.getItem(KEY));
    return [...new Map(found.map(saved => [saved.name, saved])).values()].sort(
      (a, b) => a.name.localeCompare(b.name)
    );
  }

  /** A name as it is kept. */
  static nameOf(name: string): string {
    return oneLine(name);
  }

  has(name: string): boolean {
    const wanted = SavedSearches.nameOf(name);
    return this.list().some(saved => saved.name === wanted);
  }

  /** One of the same name is replaced: ask first. */
  save(name: string, search: ISearch): void {
    const label = SavedSearches.nameOf(name);
    this._write([
      ...this.list().filter(saved => saved.name !== label),
      { name: label, search }
    ]);
  }

  remove(name: string): void {
    this._write(this.list().filter(saved => saved.name !== name));
  }

  private _write(searches: ISavedSearch[]): void {
    this._store.setItem(KEY, JSON.stringify(searches));
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
}

const TEXTS = [
  'type',
  'min',
  'max',
  'license',
  'tag',
  'author',
  'mediaType'
] as const;

function readFilters(value: unknown): ISearchFilters {
  const from = (value ?? {}) as Record<string, unknown>;
  const filters: ISearchFilters = {};
  for (const name of TEXTS) {
    const text = oneLine(from[name]);
    if (text) {
      filters[name] = text;
    }
  }
  if (from.price === 'free' || from.price === 'paid') {
    filters.price = from.price;
  }
  if (Number.isSafeInteger(from.chainId)) {
    filters.chainId = Number(from.chainId);
  }
  return filters;
}

function parse(text: string | null): ISavedSearch[] {
  let found: unknown;
  try {
    found = JSON.parse(text ?? '[]');
  } catch {
    // Not ours, or cut off: as if nothing had been saved.
    return [];
  }
  return (Array.isArray(found) ? (found as unknown[]) : []).flatMap(value => {
    const { name, search } = (value ?? {}) as Partial<ISavedSearch>;
    const label = oneLine(name);
    return label && search
      ? [
          {
            name: label,
            search: {
              text: oneLine(search.text),
              filters: readFilters(search.filters),
              sort:
                SEARCH_SORTS.find(sort => sort === search.sort) ?? 'relevance'
            }
          }
        ]
      : [];
  });
}
