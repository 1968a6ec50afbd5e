/** Purchases as the wallet's panel lists them. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IActivitySource } from '../tokens';
import type { PurchaseRecords } from './records';

export function boughtActivity(
  records: PurchaseRecords,
  open: (did: string) => void,
  trans: TranslationBundle
): IActivitySource {
  return {
    changed: records.changed,
    list: account =>
      records.list(account).map(({ did, chainId, name, asked }) => ({
        id: `${chainId}:${did}`,
        title: name || did,
        state: trans.__('Bought'),
        when: asked,
        open: () => open(did)
      })),
    summary: account => {
      const { length } = records.list(account);
      return length ? trans._n('%1 bought', '%1 bought', length) : '';
    }
  };
}
