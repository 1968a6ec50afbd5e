/** One payment at a time an account, over all tabs: two deposits can't both be right. */
import type { FilecoinClient } from './filecoinClient';
import { FilecoinError } from './filecoinErrors';
import type { IFilecoinLocks } from './filecoinPerson';

/**
 * Do something while nobody else does anything for this account and chain.
 *
 * @param locks - Web Locks, if not the browser's own
 * @throws FilecoinError journal-blocked without Web Locks; the signal's reason
 */
export async function alone<T>(
  filecoin: Pick<FilecoinClient, 'chain' | 'account'>,
  locks: IFilecoinLocks | undefined = globalThis.navigator?.locks,
  signal: AbortSignal | undefined,
  task: () => Promise<T>
): Promise<T> {
  if (!locks) {
    throw new FilecoinError(
      'journal-blocked',
      'Paying needs Web Locks: open this page by https or from localhost'
    );
  }
  return locks.request(
    `jupyterlab-web3:filecoin:${filecoin.chain.id}:${filecoin.account}`,
    { signal },
    task
  );
}
