/** Waiting until an Ocean Node's index has what is on the chain. */
import { OceanError } from './errors';
import type { OceanNodeClient } from './nodeClient';
import type { ICallOptions } from './nodeHttp';
import { pause } from './receipts';

export interface IWaitOptions extends ICallOptions {
  /** Milliseconds; default 2 minutes. */
  timeout?: number;
  /** Wait for the metadata of this transaction, not older ones. */
  tx?: string;
}

/**
 * Wait until the asset is in the index; polls gently (nodes allow about 30
 * requests a minute). Resolves to the DDO.
 *
 * @throws OceanError not-indexed with what the indexer says, or when time is up
 */
export async function waitIndexed(
  node: Pick<OceanNodeClient, 'url' | 'ddo' | 'state'>,
  did: string,
  o: IWaitOptions = {}
): Promise<unknown> {
  const end = Date.now() + (o.timeout ?? 120_000);
  for (let wait = 500, n = 1; ; wait = Math.min(wait * 1.5, 6000), n++) {
    const found = await node.ddo(did, o);
    if (found !== null && (!o.tx || eventTx(found) === o.tx.toLowerCase())) {
      return found;
    }
    const late = Date.now() >= end;
    const state = n % 3 === 0 || late ? await node.state(did, o) : null;
    if (late || (state && !state.valid)) {
      throw new OceanError(
        'not-indexed',
        `The node has not indexed ${did}: ${state?.error ?? 'no word yet'}`,
        { did, url: node.url, words: state?.error ?? undefined }
      );
    }
    await pause(wait, o.signal);
  }
}

function eventTx(ddo: unknown): string | undefined {
  const { indexedMetadata, event } = ddo as {
    indexedMetadata?: { event?: { txid?: unknown } };
    event?: { txid?: unknown; tx?: unknown };
  };
  const tx = indexedMetadata?.event?.txid ?? event?.txid ?? event?.tx;
  return typeof tx === 'string' ? tx.toLowerCase() : undefined;
}
