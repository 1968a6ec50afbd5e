/**
 * Logs of a long time. Public endpoints limit the blocks of a question (many to
 * 10,000) or the number of answers, each in its way: what is refused is asked
 * in smaller parts, the newest first.
 */
import { toQuantity } from 'ethers';

import {
  blockNumber,
  readLogs,
  request,
  wordsOf,
  type ILog,
  type ILogFilter,
  type Reader
} from './chain';
import { OceanError } from './errors';

export interface ILogOptions {
  /** Stops it between two requests; its reason is thrown. */
  signal?: AbortSignal;
  /**
   * Whether what was found so far, oldest first, is enough: older blocks are
   * not asked for then.
   */
  enough?: (found: readonly ILog[]) => boolean;
}

/** Requests before giving up: of some contracts, and of any. */
const MOST = 10_000;
const MOST_OF_ANY = 256;
/** Parts that are asked for at a time, once their size is known to be allowed. */
const AT_ONCE = 4;
/** What a refused part is cut into. */
const CUT = 4;
/** How often, and how long (ms), an endpoint is given time that counts requests. */
const PAUSES = 20;
const PAUSE = 1000;
/** How often an endpoint that answered before may not answer. */
const SILENCES = 3;

/** The block of each contract's creation, or one before it. */
const births = new WeakMap<Reader, Map<string, Promise<number>>>();

/**
 * The first block at which there is code at an address, found by halves (about
 * 26 requests); `from` where the endpoint knows no state of before.
 *
 * @throws the signal's reason
 */
async function birthOf(
  reader: Reader,
  address: string,
  from: number,
  latest: number,
  signal?: AbortSignal
): Promise<number> {
  const has = async (block: number): Promise<boolean> => {
    signal?.throwIfAborted();
    const code = await request(reader, 'eth_getCode', [
      address,
      toQuantity(block)
    ]);
    return code !== '0x';
  };
  let [low, high] = [from, latest];
  try {
    if (!(await has(latest))) {
      return from;
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (await has(middle)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    // A node without old states may say "no code" of them: what a contract
    // emits at its creation proves that it was then.
    const emitted = await readLogs(reader, {
      address,
      topics: [],
      fromBlock: low,
      toBlock: low
    });
    return emitted.length ? low : from;
  } catch {
    signal?.throwIfAborted();
    // No archive: nothing is known of then.
    return from;
  }
}

function rememberedBirth(
  reader: Reader,
  address: string,
  from: number,
  latest: number,
  signal?: AbortSignal
): Promise<number> {
  const known = births.get(reader) ?? new Map<string, Promise<number>>();
  births.set(reader, known);
  const key = address.toLowerCase();
  const birth =
    known.get(key) ?? birthOf(reader, address, from, latest, signal);
  known.set(key, birth);
  // What was stopped is looked for anew.
  birth.catch(() => known.delete(key));
  return birth;
}

/**
 * Logs from `fromBlock` to the latest block, in their order. One request where
 * the endpoint allows it; else in parts, not further back than the first
 * contract of the filter is old.
 *
 * @throws OceanError chain-unreachable, chain-error; the signal's reason
 */
export async function logs(
  reader: Reader,
  filter: ILogFilter,
  o: ILogOptions = {}
): Promise<ILog[]> {
  const { signal, enough } = o;
  signal?.throwIfAborted();
  const latest = await blockNumber(reader);
  if (filter.fromBlock > latest) {
    return [];
  }
  try {
    return await readLogs(reader, { ...filter, toBlock: latest });
  } catch (reason) {
    signal?.throwIfAborted();
    if (filter.fromBlock === latest) {
      throw reason;
    }
  }
  const [address] = [filter.address ?? []].flat();
  const first = address
    ? Math.max(
        filter.fromBlock,
        await rememberedBirth(reader, address, filter.fromBlock, latest, signal)
      )
    : filter.fromBlock;
  return inParts(reader, filter, { first, latest, signal, enough });
}

/** How large parts may be, as the endpoint's answers tell. */
class PartSize {
  constructor(public size: number) {}

  /** Whether no other size has to be tried. */
  get steady(): boolean {
    return this._allowed === this.size && this.size * 2 >= this._refused;
  }

  /** Whether anything was answered. */
  get answered(): boolean {
    return this._allowed > 0;
  }

  allow(): void {
    this._allowed = this.size;
    if (this.size * 2 < this._refused) {
      this.size *= 2;
    }
  }

  refuse(): void {
    this._refused = Math.min(this._refused, this.size);
    this.size =
      this._allowed > 0 && this._allowed < this.size
        ? this._allowed
        : Math.max(1, Math.floor(this.size / CUT));
  }

  private _allowed = 0;
  private _refused = Infinity;
}

async function inParts(
  reader: Reader,
  filter: ILogFilter,
  o: ILogOptions & { first: number; latest: number }
): Promise<ILog[]> {
  const { first, latest, signal, enough } = o;
  const part = new PartSize(Math.max(1, Math.ceil((latest - first + 1) / CUT)));
  let left = filter.address ? MOST : MOST_OF_ANY;
  let pauses = PAUSES;
  let silences = SILENCES;
  let found: ILog[] = [];
  let to = latest;
  /** A part by its newest block; null where it was refused. */
  const ask = async (toBlock: number, size: number): Promise<ILog[] | null> => {
    const fromBlock = Math.max(first, toBlock - size + 1);
    left--;
    try {
      return await readLogs(reader, { ...filter, fromBlock, toBlock });
    } catch (reason) {
      signal?.throwIfAborted();
      if (/rate.?limit|too many requests|\b429\b/i.test(wordsOf(reason))) {
        if (pauses-- > 0) {
          await pause(signal);
          return ask(toBlock, size);
        }
        throw reason;
      }
      if (
        size === 1 ||
        left <= 0 ||
        // Nobody is there any more: less would not help.
        (part.answered && isSilence(reason) && silences-- === 0)
      ) {
        throw reason;
      }
      return null;
    }
  };
  while (to >= first) {
    signal?.throwIfAborted();
    const { size } = part;
    const count: number = part.steady
      ? Math.min(AT_ONCE, Math.ceil((to - first + 1) / size))
      : 1;
    const parts: (ILog[] | null)[] = await Promise.all(
      Array.from({ length: count }, (_, at) => ask(to - at * size, size))
    );
    // Newest first; what is older than a refused part is asked for again.
    const gap = parts.indexOf(null);
    for (const logs of gap < 0 ? parts : parts.slice(0, gap)) {
      found = [...(logs ?? []), ...found];
      to -= size;
    }
    if (gap < 0) {
      part.allow();
    } else {
      part.refuse();
    }
    if (enough?.(found)) {
      break;
    }
  }
  return found;
}

const isSilence = (reason: unknown): boolean =>
  reason instanceof OceanError && reason.code === 'chain-unreachable';

/** Wait until an endpoint that counts requests may answer again. */
async function pause(signal?: AbortSignal): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, PAUSE));
  signal?.throwIfAborted();
}
