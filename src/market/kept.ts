/**
 * Records of one's own assets, kept in this browser: an index forgets the
 * record of a revoked asset, and without it the asset can't come back.
 */
import type { IDdo } from '../ocean/ddo';
import type { IRecordStore } from './records';

const KEY = 'jupyterlab-web3:record:';

export class KeptRecords {
  constructor(
    private _store: Pick<IRecordStore, 'getItem' | 'setItem' | 'removeItem'>
  ) {}

  get(did: string): IDdo | null {
    const text = this._store.getItem(KEY + did);
    try {
      const ddo = text === null ? null : (JSON.parse(text) as IDdo | null);
      return ddo?.id === did ? ddo : null;
    } catch {
      // Cut off: as if it had not been kept.
      return null;
    }
  }

  keep(ddo: IDdo): void {
    this._store.setItem(KEY + ddo.id, JSON.stringify(ddo));
  }
}
