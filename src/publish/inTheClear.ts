/** What was published in the clear from this browser. */
import type { Journal } from './journal';

/**
 * Those of some CIDs that were published in the clear from this browser.
 *
 * @throws PublishError journal-blocked
 */
export async function cidsInTheClear(
  journal: Pick<Journal, 'list'>,
  cids: readonly string[]
): Promise<string[]> {
  if (!cids.length) {
    return [];
  }
  const clear = new Set(
    (await journal.list())
      .filter(({ sealed }) => !sealed)
      .flatMap(({ files }) => files.map(({ stored }) => stored?.cid))
  );
  return cids.filter(cid => clear.has(cid));
}
