/**
 * Which of the gateways that may be asked has a content: its first block is
 * fetched from each, and checked.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { CID } from 'multiformats/cid';

import { throwIfCancelled } from '../ipfs/errors';
import {
  GatewayReader,
  GatewaysFailedError,
  hostOf,
  LIES
} from '../ipfs/gateway';
import { isRouter } from '../ipfs/routing';
import type { IHolder } from '../tokens';
import { faultWords } from './storageWords';

/** @throws IpfsCancelledError; that a gateway fails is an answer */
export function askGateways(
  cid: string,
  gateways: readonly string[],
  trans: TranslationBundle,
  options: { signal?: AbortSignal } = {}
): Promise<IHolder[]> {
  const root = CID.parse(cid);
  return Promise.all(
    gateways.map(async gateway => ({
      id: `gateway:${hostOf(gateway)}`,
      label: isRouter(gateway)
        ? trans.__('Found by router %1', hostOf(gateway))
        : trans.__('Gateway %1', hostOf(gateway)),
      ...(await ask(gateway, root, trans, options)),
      checked: new Date().toISOString()
    }))
  );
}

async function ask(
  gateway: string,
  root: CID,
  trans: TranslationBundle,
  options: { signal?: AbortSignal }
): Promise<{ has: boolean | null; detail?: string }> {
  try {
    await new GatewayReader([gateway]).get(root, options);
    return { has: true };
  } catch (error) {
    throwIfCancelled(options.signal);
    if (!(error instanceof GatewaysFailedError) || !error.faults.length) {
      throw error;
    }
    const [fault] = error.faults;
    return fault.kind === 'missing'
      ? { has: false }
      : {
          has: LIES.has(fault.kind) ? false : null,
          detail: faultWords(fault, trans)
        };
  }
}
