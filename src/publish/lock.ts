/**
 * One driver a job: a Web Lock, so that two tabs can't push the same job on.
 */
import { PublishError } from './errors';

/** The part of `navigator.locks` that is used; injected by tests. */
export interface ILocks {
  request(
    name: string,
    options: { ifAvailable: true },
    held: (lock: unknown) => Promise<void>
  ): Promise<unknown>;
}

/** The browser's locks; throws `insecure-context` where there are none. */
export function browserLocks(): ILocks {
  const locks = globalThis.navigator?.locks;
  if (!locks) {
    throw new PublishError(
      'insecure-context',
      'Publishing needs Web Locks: open this page by https or from localhost'
    );
  }
  return locks as ILocks;
}

/**
 * Take a job's lock, or another one by its name.
 *
 * @returns what gives it back, or null where somebody else holds it
 */
export async function takeLock(
  locks: ILocks,
  id: string,
  name = `jupyterlab-web3:publish:${id}`
): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    locks
      .request(
        name,
        { ifAvailable: true },
        lock =>
          new Promise<void>(release => {
            if (lock) {
              resolve(() => release());
            } else {
              release();
              resolve(null);
            }
          })
      )
      .catch(reject);
  });
}
