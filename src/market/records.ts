/**
 * What this browser remembers of purchases. Written before a prompt is shown
 * and when its transaction is known, so that a reload never pays twice.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IDownloaded } from './download';

export interface IPurchaseRecord {
  did: string;
  chainId: number;
  /** Checksum address. */
  account: string;
  /** For lists; from the asset, so untrusted text. */
  name: string;
  /** Who owned the asset then; older records do not say. */
  seller?: string;
  /** ISO 8601: when the wallet was asked. */
  asked: string;
  /** The account's next nonce before it was asked. */
  nonce: number;
  /**
   * What the wallet was asked for: a datatoken to order with, or the order (so
   * it was in records that do not say).
   */
  stage?: 'token' | 'order';
  /** As soon as the wallet gave it. */
  hash?: string;
  /** The order is on the chain. */
  done?: boolean;
}

/** A download, and what it is known by again. */
export interface IKeptDownload extends IDownloaded {
  /** The server that it was saved at. */
  root: string;
  /** Size and time of the file as it was saved; null: a folder, or not known. */
  stamp: string | null;
}

/** The part of `Storage` that is used. */
export type IRecordStore = Pick<
  Storage,
  'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'
>;

const PREFIX = 'jupyterlab-web3:purchase:';
const CHOICE = 'jupyterlab-web3:choice:';
const DOWNLOAD = 'jupyterlab-web3:download:';

/** Synchronous on purpose: it is on disk before the wallet is asked. */
export class PurchaseRecords {
  constructor(private _store: IRecordStore) {}

  get(did: string, chainId: number, account: string): IPurchaseRecord | null {
    return this._read(this._key({ did, chainId, account }));
  }

  /** A purchase was written down or forgotten. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  set(record: IPurchaseRecord): void {
    this._store.setItem(this._key(record), JSON.stringify(record));
    this._changed.emit();
  }

  remove(record: IPurchaseRecord): void {
    this._store.removeItem(this._key(record));
    this._changed.emit();
  }

  /**
   * Where the last download of an asset went, if this browser knows.
   *
   * @param root - of the server: another one has something else at that path
   */
  downloaded(did: string, root: string): IKeptDownload | null {
    const found = parse<IKeptDownload>(this._store.getItem(DOWNLOAD + did));
    return found && typeof found.path === 'string' && found.root === root
      ? found
      : null;
  }

  setDownloaded(result: IKeptDownload): void {
    this._store.setItem(DOWNLOAD + result.did, JSON.stringify(result));
  }

  /** What the person chose last, by name. */
  choice(name: string): string | null {
    return this._store.getItem(CHOICE + name);
  }

  setChoice(name: string, value: string): void {
    this._store.setItem(CHOICE + name, value);
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
    const record = parse<IPurchaseRecord>(this._store.getItem(key));
    return record &&
      typeof record.did === 'string' &&
      typeof record.account === 'string' &&
      typeof record.asked === 'string' &&
      typeof record.nonce === 'number'
      ? record
      : null;
  }

  private _changed = new Signal<this, void>(this);
}

function parse<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T | null);
  } catch {
    // Not ours, or cut off: the chain still knows what was bought.
    return null;
  }
}
