/** Asking several Ocean Nodes for the same: none of them keeps all waiting. */
import { OceanError } from '../ocean/errors';
import { codeOf } from './errors';

/** Milliseconds until a node is given up. */
const TIMEOUT = 20_000;
/** Milliseconds after which the next one is asked, too. */
const STAGGER = 1500;

type Ask<T> = (url: string, signal: AbortSignal) => Promise<T>;

/**
 * Ask one node, for 20 s at most, also where the question does not heed its
 * signal.
 *
 * @param timeout - other milliseconds
 * @throws what `ask` throws; OceanError node-unreachable when it took too long;
 *   the signal's reason
 */
export async function inTime<T>(
  url: string,
  ask: Ask<T>,
  signal?: AbortSignal,
  timeout = TIMEOUT
): Promise<T> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  const late = setTimeout(
    () =>
      stop.abort(
        new OceanError('node-unreachable', `${url} took too long`, { url })
      ),
    timeout
  );
  try {
    return await Promise.race([
      ask(url, stop.signal),
      new Promise<never>((_, reject) => {
        stop.signal.addEventListener('abort', () =>
          reject(stop.signal.reason as Error)
        );
      })
    ]);
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', onAbort);
  }
}

/**
 * What the first of the nodes has that knows of it. Each is asked when the one
 * before has failed or been silent for 1.5 s.
 *
 * @param o.preferred - the node whose answer is to be taken where it is another
 *   one: it is waited for as long as a next node would be
 * @throws not-found where every node said so, else what went wrong first; the
 *   signal's reason
 */
export function firstAnswer<T>(
  urls: readonly string[],
  ask: Ask<T>,
  o: { signal?: AbortSignal; preferred?: (answer: T) => string | null } = {}
): Promise<T> {
  const { signal, preferred } = o;
  const stop = new AbortController();
  const open = new Set<string>();
  const waiting = [...urls];
  let failure: unknown = null;
  let found: { answer: T } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const running = new Promise<T>((resolve, reject) => {
    const settle = (): void => {
      if (found) {
        resolve(found.answer);
      } else if (!open.size && !waiting.length) {
        reject(failure ?? new OceanError('not-found', 'No node knows of it'));
      }
    };
    const onAnswer = (url: string, answer: T): void => {
      const other = preferred?.(answer) ?? url;
      if (other === url || found) {
        // The preferred one, or the one that came after it was waited for.
        found = other === url ? { answer } : found;
        settle();
        return;
      }
      found = { answer };
      const queued = waiting.indexOf(other);
      if (queued >= 0) {
        waiting.splice(queued, 1);
        start(other);
      }
      waiting.length = 0;
      clearTimeout(timer);
      if (open.has(other)) {
        timer = setTimeout(settle, STAGGER);
      } else {
        settle();
      }
    };
    const start = (url: string): void => {
      open.add(url);
      inTime(url, ask, stop.signal).then(
        answer => {
          open.delete(url);
          onAnswer(url, answer);
        },
        (reason: unknown) => {
          open.delete(url);
          if (codeOf(reason) !== 'not-found') {
            failure ??= reason;
          }
          // Nobody is left whose answer would be preferred.
          if (found && open.size === 0) {
            settle();
          } else if (!found) {
            next();
          }
        }
      );
    };
    const next = (): void => {
      clearTimeout(timer);
      const url = waiting.shift();
      if (url === undefined) {
        settle();
        return;
      }
      start(url);
      timer = setTimeout(next, STAGGER);
    };
    const onAbort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort);
    stop.signal.addEventListener('abort', () =>
      signal?.removeEventListener('abort', onAbort)
    );
    if (signal?.aborted) {
      onAbort();
    } else {
      next();
    }
  });
  return running.finally(() => {
    clearTimeout(timer);
    stop.abort();
  });
}
