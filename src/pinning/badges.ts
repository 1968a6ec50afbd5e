/** Where a content is kept, in one sign. */
import type { IIpfsEngine, IPinRecord, PinBadge } from '../tokens';
import { NODE_ID } from './node';

/** The signs themselves; each has words beside it. */
export const BADGES: Record<PinBadge, string> = {
  here: '●',
  elsewhere: '●●',
  browser: '◌',
  pinning: '⟳',
  failed: '!'
};

/**
 * @param records - those of one content
 * @param engine - a page keeps nothing for others, whether it is pinned or not
 */
export function badgeOf(
  records: readonly IPinRecord[],
  engine: IIpfsEngine['kind']
): PinBadge | null {
  const pinned = records.filter(({ state }) => state === 'pinned');
  if (pinned.some(({ provider }) => provider !== NODE_ID)) {
    return 'elsewhere';
  }
  if (records.some(({ state }) => /^(waiting|queued|pinning)$/.test(state))) {
    return 'pinning';
  }
  if (records.some(({ state }) => state === 'failed')) {
    return 'failed';
  }
  return engine === 'browser' ? 'browser' : pinned.length > 0 ? 'here' : null;
}
