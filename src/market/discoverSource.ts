/** One Ocean Node of a search: its pages, in its order, as far as it gave them. */
import type { IAsset } from '../ocean/asset';
import { askIndexes, type IIndexAnswer } from '../ocean/indexDialect';
import type { OceanNodeClient } from '../ocean/nodeClient';
import {
  compareRanks,
  effectiveSort,
  filtersHere,
  hasWords,
  isListed,
  needsAll,
  rankOf,
  type IRank,
  type ISearch
} from '../ocean/search';
import { searchBody } from '../ocean/searchBody';
import { purgatory } from './purgatory';
import { genuine, type SearchAnswers } from './searchAnswers';

export type SearchNode = Pick<OceanNodeClient, 'queryIndexes'>;

/** An asset where it belongs among others. */
export interface IHit {
  asset: IAsset;
  rank: IRank;
}

/** Records of an index in the first page, and at most in a later one. */
const FIRST = 50;
const MOST = 800;
/** The same where many must be had: nodes count requests, not bytes. */
const ALL = 1000;
/** Where it ends: more is not looked at. */
const END = 20_000;
/** After this long (ms), a node keeps nobody waiting; after that, it is given up. */
const SLOW = 1500;
const TIMEOUT = 20_000;

/** A node that took too long. */
export class NodeTimeoutError extends Error {
  constructor(readonly url: string) {
    super(`${url} did not answer in ${TIMEOUT / 1000} s`);
    this.name = 'NodeTimeoutError';
  }
}

/** Offsets are whole pages: 50, 50, 100 … 800, 800 each, with none left out. */
function pageAt(offset: number, all: boolean): { page: number; size: number } {
  const size = all ? ALL : Math.max(FIRST, Math.min(offset, MOST));
  return { page: offset / size + 1, size };
}

export class SearchSource {
  constructor(
    readonly url: string,
    private _node: Promise<SearchNode>,
    private _search: ISearch,
    private _answers: SearchAnswers,
    private _signal: AbortSignal,
    /** Something is to be seen differently. */
    private _changed: () => void
  ) {}

  readonly hits: IHit[] = [];
  /** Records that could not be read. */
  unreadable = 0;
  /** Nothing more will come. */
  done = false;
  failure: unknown = null;
  loading = false;
  /** Takes so long that others don't wait for it. */
  slow = false;
  /** Whether a first page came. */
  answered = false;
  /** When it may be asked again (ms since 1970), where it was asked too often. */
  until: number | null = null;
  /** It has records that it does not let anybody search. */
  partial = false;

  /** Whether nobody waits for it. */
  get late(): boolean {
    return this.slow || this.until !== null;
  }

  /**
   * Where the next page goes on: nothing after it is certain yet. Null where
   * nothing is held back by this node.
   */
  get frontier(): IRank | null {
    const ordered =
      !needsAll(this._search) && effectiveSort(this._search) !== 'relevance';
    return ordered && this.answered && !this.done && !this.failure && !this.late
      ? this._frontier
      : null;
  }

  /** Get the next page. Never rejects: `failure` says why there is none. */
  async next(): Promise<void> {
    if (this.loading || this.done) {
      return;
    }
    this.loading = true;
    this.failure = null;
    const stop = new AbortController();
    const abort = (): void => stop.abort(this._signal.reason);
    this._signal.addEventListener('abort', abort);
    let slow: ReturnType<typeof setTimeout> | undefined;
    let late: ReturnType<typeof setTimeout> | undefined;
    const disarm = (): void => {
      clearTimeout(slow);
      clearTimeout(late);
    };
    const arm = (): void => {
      slow = setTimeout(() => {
        if (!this._signal.aborted) {
          this.slow = true;
          this._changed();
        }
      }, SLOW);
      late = setTimeout(
        () => stop.abort(new NodeTimeoutError(this.url)),
        TIMEOUT
      );
    };
    // The time in which we must not ask is none that the node takes.
    const waits = (ms: number): void => {
      disarm();
      this.until = ms > 0 ? Date.now() + ms : null;
      if (ms === 0) {
        arm();
      }
      if (!this._signal.aborted) {
        this._changed();
      }
    };
    arm();
    try {
      await this._load(stop.signal, waits);
    } catch (reason) {
      if (!this._signal.aborted) {
        this.failure = stop.signal.aborted ? stop.signal.reason : reason;
      }
    } finally {
      disarm();
      this.until = null;
      this._signal.removeEventListener('abort', abort);
      this.loading = false;
      this.slow = false;
      if (!this._signal.aborted) {
        this._changed();
      }
    }
  }

  private async _load(
    signal: AbortSignal,
    waits: (ms: number) => void
  ): Promise<void> {
    const { page, size } = pageAt(
      this._offset,
      needsAll(this._search) || filtersHere(this._search)
    );
    const { pages: indexes, partial } = await this._page(page, size, {
      signal,
      waits
    });
    signal.throwIfAborted();
    this.partial = partial;
    const sort = effectiveSort(this._search);
    let fresh = false;
    let frontier: IRank | null = null;
    for (const { assets, unreadable, full } of indexes) {
      this.unreadable += unreadable;
      for (const asset of assets) {
        if (this._seen.has(asset.did)) {
          continue;
        }
        this._seen.add(asset.did);
        fresh = true;
        if (
          isListed(asset, this._search.filters) &&
          hasWords(asset, this._search.text) &&
          !purgatory.has(asset)
        ) {
          this.hits.push({
            asset,
            rank: rankOf(asset, this._search, this._pages)
          });
        }
      }
      const last = assets.at(-1);
      if (full && last) {
        const rank = rankOf(last, this._search, this._pages);
        if (!frontier || compareRanks(rank, frontier, sort) < 0) {
          frontier = rank;
        }
      }
    }
    // An index that sorts by other dates than ours takes nothing back: rows that
    // were shown would go, and with them what the person is at.
    if (
      !frontier ||
      !this._frontier ||
      compareRanks(frontier, this._frontier, sort) > 0
    ) {
      this._frontier = frontier;
    }
    this._pages += 1;
    this._offset += size;
    this.answered = true;
    // A node that says the same again whatever is asked has nothing more.
    this.done =
      !indexes.some(index => index.full) ||
      (!fresh && indexes.every(index => index.unreadable === 0)) ||
      this._offset >= END;
  }

  /** A page as it was kept, or as the node gives it. */
  private async _page(
    page: number,
    size: number,
    o: { signal: AbortSignal; waits: (ms: number) => void }
  ): Promise<IIndexAnswer> {
    const key = JSON.stringify([
      this.url,
      page,
      size,
      searchBody(this._search)
    ]);
    const kept = this._answers.get(key);
    if (kept) {
      return kept;
    }
    const answer = await genuine(
      await askIndexes(await this._node, this._search, page, size, o)
    );
    this._answers.set(key, answer);
    return answer;
  }

  private _seen = new Set<string>();
  private _frontier: IRank | null = null;
  private _offset = 0;
  private _pages = 0;
}
