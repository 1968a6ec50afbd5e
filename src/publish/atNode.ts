/**
 * Asking the Ocean Node: its failures as the job's, and no more often than it
 * allows.
 */
import { OceanError } from '../ocean/errors';
import type { IStepContext } from './context';
import { codeOf, messageOf, PublishError } from './errors';

/** First pause after "too many requests", in ms; it doubles … */
const BUSY_MS = 2000;
/** … so often. Nodes count by the minute. */
const DOUBLINGS = 3;
/** How long a node may have no time at all before the job pauses, in ms. */
const BUSY_PATIENCE_MS = 180_000;

/** What the running step says while it waits for a busy node. */
export const NODE_BUSY = 'node-busy';

/** Drives whose node said "too many requests": the rest of them goes slowly. */
const slow = new WeakSet<IStepContext>();

/**
 * Ask the Ocean Node. Where it has answered too many requests (429) the same is
 * asked again after a pause. What it can't answer is `node-unreachable`, unless
 * the error already says more.
 *
 * @throws PublishError node-busy, node-unreachable, node-refused, nonce-jump,
 *   node-not-trusted
 */
export async function atNode<T>(
  ctx: IStepContext,
  task: () => Promise<T>
): Promise<T> {
  const first = ctx.deps.busyMs ?? BUSY_MS;
  const end = Date.now() + (ctx.deps.patienceMs ?? BUSY_PATIENCE_MS);
  if (slow.has(ctx)) {
    await ctx.sleep(first);
  }
  for (let n = 0; ; n++) {
    try {
      const answer = await task();
      if (n) {
        ctx.tell('running', { detail: undefined });
      }
      return answer;
    } catch (cause) {
      if (!isBusy(cause)) {
        throw toPublishError(cause);
      }
      if (Date.now() >= end) {
        throw new PublishError('node-busy', messageOf(cause), { cause });
      }
    }
    slow.add(ctx);
    ctx.tell('running', { detail: NODE_BUSY });
    await ctx.sleep(first * 2 ** Math.min(n, DOUBLINGS));
  }
}

function isBusy(reason: unknown): boolean {
  return reason instanceof OceanError && reason.details.status === 429;
}

function toPublishError(cause: unknown): PublishError {
  // A refusal in the wallet may come wrapped by the client that signed.
  for (
    let error: unknown = cause;
    error instanceof Error;
    error = error.cause
  ) {
    if (error instanceof PublishError) {
      return error;
    }
  }
  const code = codeOf(cause);
  if (code === 'node-not-trusted' || code === 'untrusted-node') {
    return new PublishError('node-not-trusted', messageOf(cause), { cause });
  }
  if (code === 'nonce-jump' || code === 'node-refused') {
    return new PublishError(code, messageOf(cause), { cause });
  }
  return new PublishError('node-unreachable', messageOf(cause), { cause });
}
