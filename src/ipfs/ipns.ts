/**
 * IPNS names of the engine's keys: which of them point at a content.
 */
import type { IIpfs, IIpnsKey } from '../tokens';
import { IpfsError, isCancelled } from './errors';

/** Milliseconds that one name may take: an own record is there or it is not. */
const NAME_TIMEOUT = 8_000;

export interface IName extends IIpnsKey {
  /** CID that it points at; null where it points nowhere, or nobody tells. */
  value: string | null;
}

/** All names of the engine, with what they point at now. */
export async function ownNames(
  ipfs: Pick<IIpfs, 'names' | 'resolve'>,
  options: { signal?: AbortSignal } = {}
): Promise<IName[]> {
  if (!ipfs.names) {
    return [];
  }
  const keys = await ipfs.names.keys();
  return Promise.all(
    keys.map(async key => ({
      ...key,
      value: await valueOf(ipfs, key.id, options.signal)
    }))
  );
}

async function valueOf(
  ipfs: Pick<IIpfs, 'resolve'>,
  id: string,
  signal: AbortSignal | undefined
): Promise<string | null> {
  const patience = AbortSignal.timeout(NAME_TIMEOUT);
  try {
    return await ipfs.resolve(`/ipns/${id}`, {
      signal: signal ? AbortSignal.any([signal, patience]) : patience
    });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    if (error instanceof IpfsError || isCancelled(error)) {
      // A key that was never published says so in many ways.
      return null;
    }
    throw error;
  }
}

/**
 * Point a name at a content.
 *
 * @param key - name of the key; made when there is none of that name
 * @throws IpfsError `refused` where the engine has no names
 */
export async function publishName(
  ipfs: Pick<IIpfs, 'names'>,
  cid: string,
  key: string,
  options: { signal?: AbortSignal } = {}
): Promise<{ name: string; key: string; cid: string }> {
  const { names } = ipfs;
  if (!names) {
    throw new IpfsError('refused', 'This engine can not publish names');
  }
  const keys = await names.keys();
  const known =
    keys.find(one => one.name === key) ?? (await names.createKey(key));
  const { name } = await names.publish(cid, known.name, options);
  return { name, key: known.name, cid };
}
