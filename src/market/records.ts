/**
 * What this browser remembers of purchases. Written before a prompt is shown
 * and when its transaction is known, so that a reload never pays twice.
 */

export interface IPurchaseRecord {
  did: string;
  chainId: number;
  /** Checksum address. */
  account: string;
  /** For lists; from the asset, so untrusted text. */
  name: string;
  /** ISO 8601: when the wallet was asked. */
  asked: string;
  /** The account's next nonce before it was asked. */
  nonce: number;
  /** As soon as the wallet gave it. */
  hash?: string;
  /** The order is on the chain. */
  done?: boolean;
}

/** The part of `Storage` that is used. */
export type IRecordStore = Pick<
  Storage,
  'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'
>;

const PREFIX = 'jupyterlab-web3:purchase:';

/** Synchronous on purpose: it is on disk before the wallet is asked. */
export class PurchaseRecords {
  constructor(private _store: IRecordStore) {}

  get(did: string, chainId: number, account: string): IPurchaseRecord | null {
    return this._read(this._key({ did, chainId, account }));
  }

  set(record: IPurchaseRecord): void {
    this._store.setItem(this._key(record), JSON.stringify(record));
  }

  remove(record: IPurchaseRecord): void {
    this._store.removeItem(this._key(record));
  }

  /** Finished purchases, newest first. */
  list(account?: string): IPurchaseRecord[] {
    const found: IPurchaseRecord[] = [];
    for (let at = 0; at < this._store.length; at++) {
      const key = this._store.key(at);
      const record = key?.startsWith(PREFIX) ? this._read(key) : null;
      if (
        record?.done &&
        (!account || record.account.toLowerCase() === account.toLowerCase())
      ) {
        found.push(record);
      }
    }
    return found.sort((a, b) => b.asked.localeCompare(a.asked));
  }

  private _key(of: { did: string; chainId: number; account: string }): string {
    return `${PREFIX}${of.chainId}:${of.account.toLowerCase()}:${of.did}`;
  }

  private _read(key: string): IPurchaseRecord | null {
    const text = this._store.getItem(key);
    if (text === null) {
      return null;
    }
    try {
      const record = JSON.parse(text) as Partial<IPurchaseRecord> | null;
      return record &&
        typeof record.did === 'string' &&
        typeof record.account === 'string' &&
        typeof record.asked === 'string' &&
        typeof record.nonce === 'number'
        ? (record as IPurchaseRecord)
        : null;
    } catch {
      // Not ours, or cut off: the chain still knows what was bought.
      return null;
    }
  }
}
