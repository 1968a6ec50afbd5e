/**
 * How many requests an Ocean Node still takes from here. Nodes allow so many a
 * minute and address (30 unless they are set up otherwise), whoever in this page
 * asks; searching must leave enough of them for opening and buying.
 */
import { pause } from './receipts';

/**
 * Searches in any minute, of the 30 requests that there are. Others do not count:
 * whoever has just published should not wait for a list, and a node of one's own
 * may have no limit at all. One that has tells, and is left alone then.
 */
export const SEARCHES = 22;
/** What a node counts over (ms). */
const WINDOW = 60_000;
/** The shortest time to keep off a node that said no (ms). */
const SHORTEST = 5_000;
/** So many requests in a minute, and a refusal without a reason is for that. */
const MANY = 20;

/** Told how many milliseconds a question has to wait; 0 when it goes on. */
export type Waits = (ms: number) => void;

export class NodeBudget {
  constructor(private _now: () => number = () => Date.now()) {}

  /** A request is sent now, whatever it is for. */
  spend(): void {
    this._sent.push(this._now());
  }

  /** Milliseconds until the node takes requests again, as far as it said. */
  get blocked(): number {
    return Math.max(0, this._blockedUntil - this._now());
  }

  /** Whether so much was asked that a refusal is likely to be for that. */
  get busy(): boolean {
    return this._recent().length >= MANY;
  }

  /**
   * The node said that it was asked too often.
   *
   * @param after - seconds that it wants to be left alone, where it says
   */
  refused(after?: number): void {
    const now = this._now();
    // Others may ask from the same address: then our own count says nothing.
    const since = this.busy ? this._recent()[0] : now - WINDOW / 2;
    const wait = after ? after * 1000 : since + WINDOW - now;
    this._blockedUntil = Math.max(
      this._blockedUntil,
      now + Math.min(WINDOW, Math.max(SHORTEST, wait))
    );
  }

  /**
   * Resolves when a search may be sent, and counts it. Rejects with the
   * signal's reason.
   */
  async turn(waits: Waits, signal?: AbortSignal): Promise<void> {
    let waited = false;
    for (let ms = this._delay(); ms > 0; ms = this._delay()) {
      waited = true;
      waits(ms);
      await pause(ms, signal);
    }
    this.spend();
    this._searched.push(this._now());
    if (waited) {
      waits(0);
    }
  }

  /** Milliseconds until there is room for a search. */
  private _delay(): number {
    this._searched = this._searched.slice(-SEARCHES);
    const full =
      this._searched.length < SEARCHES
        ? 0
        : this._searched[0] + WINDOW - this._now();
    return Math.max(full, this.blocked);
  }

  private _recent(): number[] {
    const from = this._now() - WINDOW;
    this._sent = this._sent.filter(at => at > from);
    return this._sent;
  }

  private _sent: number[] = [];
  private _searched: number[] = [];
  private _blockedUntil = 0;
}

const budgets = new Map<string, NodeBudget>();

/** The one of a node, for all who ask it from this page. */
export function budgetOf(url: string): NodeBudget {
  let budget = budgets.get(url);
  if (!budget) {
    budgets.set(url, (budget = new NodeBudget()));
  }
  return budget;
}
