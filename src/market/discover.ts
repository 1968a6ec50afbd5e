/**
 * Searching several Ocean Nodes at once, as one list. Panels render its state;
 * nothing here knows of them.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IAsset } from '../ocean/asset';
import {
  compareRanks,
  effectiveSort,
  needsAll,
  type IRank,
  type ISearch,
  type ISearchFilters,
  type SearchSort
} from '../ocean/search';
import { SearchSource, type IHit, type SearchNode } from './discoverSource';
import { SearchAnswers } from './searchAnswers';

/** A node as the person is told of it. */
export interface INodeState {
  url: string;
  /**
   * `asking` also when it is asked for more; `waiting` where it was asked too
   * often to be asked now.
   */
  phase: 'asking' | 'slow' | 'waiting' | 'answered' | 'failed';
  failure: unknown;
  /** When it is asked again (ms since 1970), while it is `waiting`. */
  until: number | null;
  /** It lets only a part of what it has be searched. */
  partial: boolean;
}

export interface IDiscoverState {
  /** What is wanted; `rows` may still be of what was wanted before. */
  search: ISearch;
  rows: readonly IAsset[];
  /** No node has answered to `search` yet. */
  searching: boolean;
  /** All that there is, is in `rows`. */
  complete: boolean;
  nodes: readonly INodeState[];
  /** Records that no node's answer let us read. */
  unreadable: number;
}

export interface IDiscoverDeps {
  /** The nodes to ask, by their base URL; each once. */
  nodes: () => readonly string[];
  client: (url: string) => Promise<SearchNode>;
  /** Resolves when it is known which nodes there are. */
  ready: Promise<unknown>;
  /** Milliseconds without a keystroke before nodes are asked. */
  pause?: number;
}

/** Rows that are had before anybody scrolls. */
const AHEAD = 40;
/** Who types a word is not done: nodes count what they are asked (ms). */
const PAUSE = 300;

export const NO_SEARCH: ISearch = { text: '', filters: {}, sort: 'relevance' };

export class Discovery {
  constructor(private _deps: IDiscoverDeps) {}

  get state(): IDiscoverState {
    return this._state;
  }

  get changed(): ISignal<this, IDiscoverState> {
    return this._changed;
  }

  /** Search what is wanted now, if nothing was searched yet. */
  start(): void {
    if (!this._started) {
      this._begin();
    }
  }

  /** What is typed; nodes are asked when no more is typed for a moment. */
  setText(text: string): void {
    if (text !== this._state.search.text) {
      // Answers to what was typed before are of no use any more.
      this._stop.abort();
      this._sources = [];
      this._set({ search: { ...this._state.search, text }, searching: true });
      clearTimeout(this._typing);
      this._typing = setTimeout(() => this._begin(), this._deps.pause ?? PAUSE);
    }
  }

  /** Set some filters; `undefined` takes one away. */
  setFilters(patch: ISearchFilters): void {
    const filters = Object.fromEntries(
      Object.entries({ ...this._state.search.filters, ...patch }).filter(
        ([, value]) => value !== undefined && value !== ''
      )
    ) as ISearchFilters;
    this.apply({ ...this._state.search, filters });
  }

  clearFilters(): void {
    this.apply({ ...this._state.search, filters: {} });
  }

  setSort(sort: SearchSort): void {
    this.apply({ ...this._state.search, sort });
  }

  /** Search for this, at once. */
  apply(search: ISearch): void {
    this._set({ search });
    this._begin();
  }

  /** Ask again: all nodes, as their list may have changed. */
  again(): void {
    this._answers.clear();
    if (this._started) {
      this._begin();
    }
  }

  /** Ask one node again that did not answer; the others keep what they gave. */
  retry(url: string): void {
    const source = this._sources.find(one => one.url === url);
    if (source?.failure) {
      this._load(source);
    }
  }

  /** See to it that this many rows are there, if there are as many. */
  want(rows: number): void {
    if (rows > this._wanted) {
      this._wanted = rows;
      this._pump();
    }
  }

  dispose(): void {
    clearTimeout(this._typing);
    this._stop.abort();
    Signal.clearData(this);
  }

  private _begin(): void {
    this._started = true;
    clearTimeout(this._typing);
    this._stop.abort();
    const stop = new AbortController();
    this._stop = stop;
    this._wanted = AHEAD;
    this._sources = [];
    this._shown = new Set();
    this._certain = 0;
    this._set({ searching: true });
    void this._deps.ready.then(() => {
      if (!stop.signal.aborted) {
        this._ask(stop.signal);
      }
    });
  }

  private _ask(signal: AbortSignal): void {
    const { search } = this._state;
    this._sources = this._deps.nodes().map(
      url =>
        new SearchSource(
          url,
          this._deps.client(url),
          search,
          this._answers,
          signal,
          () => {
            this._merge();
            this._pump();
          }
        )
    );
    for (const source of this._sources) {
      this._load(source);
    }
    this._merge();
  }

  private _load(source: SearchSource): void {
    // Tells by itself what became of it.
    void source.next();
    this._merge();
  }

  /** Ask for as many pages as the wanted rows need. */
  private _pump(): void {
    const live = this._sources.filter(one => !one.done && !one.failure);
    const all = needsAll(this._state.search);
    if (!all && this._certain >= this._wanted) {
      return;
    }
    const first = this._first(live);
    for (const source of live) {
      // What holds the others back is what is needed next.
      if (
        !source.loading &&
        (all || !first || source.frontier === first || !source.answered)
      ) {
        this._load(source);
      }
    }
  }

  /** The earliest frontier: only what comes before it is certain. */
  private _first(sources: readonly SearchSource[]): IRank | null {
    const sort = effectiveSort(this._state.search);
    return sources.reduce<IRank | null>((first, { frontier }) => {
      return frontier && (!first || compareRanks(frontier, first, sort) < 0)
        ? frontier
        : first;
    }, null);
  }

  /** One list of what the nodes gave: sorted, each asset once. */
  private _merge(): void {
    const sources = this._sources;
    const { search } = this._state;
    const sort = effectiveSort(search);
    const nodes = sources.map(
      ({ url, failure, slow, loading, until, partial }): INodeState => ({
        url,
        failure,
        until,
        partial,
        phase: failure
          ? 'failed'
          : until !== null
            ? 'waiting'
            : slow
              ? 'slow'
              : loading
                ? 'asking'
                : 'answered'
      })
    );
    // Who has nothing to show does not speak for the others, unless they are slow.
    const told = sources.some(one => one.hits.length > 0);
    const searching = !told && sources.some(one => one.loading && !one.late);
    const first = this._first(sources);
    const best = new Map<string, IHit>();
    for (const { hits } of sources) {
      for (const hit of hits) {
        // The first of the nodes knows best: a further one must not tell another
        // name or price of the same asset.
        if (!best.has(hit.asset.did)) {
          best.set(hit.asset.did, hit);
        }
      }
    }
    const isCertain = ({ rank }: IHit): boolean =>
      !first || compareRanks(rank, first, sort) <= 0;
    const all = [...best.values()];
    // What was shown stays, also when a node turns up that has more before it.
    const hits = all
      .filter(hit => isCertain(hit) || this._shown.has(hit.asset.did))
      .sort((a, b) => compareRanks(a.rank, b.rank, sort));
    if (!searching) {
      this._certain = all.filter(isCertain).length;
      this._shown = new Set(hits.map(({ asset }) => asset.did));
    }
    this._set({
      // Until somebody answers, what was there is better than nothing.
      rows: searching ? this._state.rows : hits.map(({ asset }) => asset),
      searching,
      complete:
        !searching &&
        sources.every(one => (one.done || one.failure) && !one.loading),
      nodes,
      unreadable: sources.reduce((sum, one) => sum + one.unreadable, 0)
    });
  }

  private _set(patch: Partial<IDiscoverState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit(this._state);
  }

  private _state: IDiscoverState = {
    search: NO_SEARCH,
    rows: [],
    searching: false,
    complete: false,
    nodes: [],
    unreadable: 0
  };
  private _changed = new Signal<this, IDiscoverState>(this);
  private _sources: readonly SearchSource[] = [];
  private _stop = new AbortController();
  private _typing: ReturnType<typeof setTimeout> | undefined;
  private _answers = new SearchAnswers();
  /** DIDs of the rows of this search, and how many of them nothing can precede. */
  private _shown = new Set<string>();
  private _certain = 0;
  private _wanted = AHEAD;
  private _started = false;
}
