/**
 * The journal of what was stored on Filecoin: IndexedDB with strict durability,
 * written before and after each side effect, so that a reload, a crash or a
 * second tab never pays or uploads twice.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import { FilecoinError, messageOf } from './filecoinErrors';

/**
 * A deposit under way. The ERC-2612 permit is what makes it happen once: the
 * token takes each permit's nonce a single time, so that two transactions with
 * one permit can't both go through.
 */
export interface IDepositIntent {
  /** USDFC base units, decimal. */
  amount: string;
  /** Whether the storage contract is approved as operator by the same call. */
  approve: boolean;
  permit?: {
    nonce: string;
    /** Unix seconds. */
    deadline: string;
    signature: string;
  };
  /** ISO 8601; set before the wallet is asked for the transaction. */
  asked?: string;
  hash?: string;
}

/** Where the archive lies; known once the storage provider has it. */
export interface IUploaded {
  pieceCid: string;
  /** Bytes of the archive. */
  size: number;
}

/**
 * The request that puts the piece on the chain, as signed. Contracts take the
 * nonces in it once, so that it may be sent again whatever became of the answer.
 */
export interface ICommitIntent {
  /** Of the client's own numbering; how a new data set is found again. */
  clientDataSetId: string;
  /** Null: a new data set. */
  dataSetId: string | null;
  extraData: string;
  /** ISO 8601; set before the storage provider is asked. */
  posted?: string;
  /** Of the storage provider's transaction. */
  hash?: string;
}

export interface IStored {
  dataSetId: string;
  pieceId: string;
  /** ISO 8601. */
  confirmed: string;
}

/** Ending what was stored. */
export interface IEnding {
  /** The whole data set, when the piece is its last one. */
  kind: 'data-set' | 'piece';
  /** When the person confirmed it; ISO 8601. */
  agreed: string;
  /** ISO 8601; set before the wallet is asked. */
  asked?: string;
  hash?: string;
}

/** All that is known of one content, one account, one chain. */
export interface IFilecoinRecord {
  /** `<chain id>/<account>/<cid>` */
  id: string;
  cid: string;
  name: string;
  chainId: number;
  /** Checksum address. */
  account: string;
  /** What the person agreed to: USDFC base units, decimal. */
  agreed: { deposit: string; perMonth: string; when: string };
  /** Of the page that last spoke with the person. */
  session: string;
  deposit?: IDepositIntent;
  /** The deposit and approval are on the chain. */
  funded?: boolean;
  /** Registry id of the storage provider. */
  provider?: string;
  uploaded?: IUploaded;
  commit?: ICommitIntent;
  stored?: IStored;
  ending?: IEnding;
  /** ISO 8601. */
  ended?: string;
}

interface ISchema extends DBSchema {
  contents: { key: string; value: IFilecoinRecord };
}

const VERSION = 1;

/** Key of a record. */
export function recordId(
  chainId: number,
  account: string,
  cid: string
): string {
  return `${chainId}/${account.toLowerCase()}/${cid}`;
}

/** Every method throws `FilecoinError` journal-blocked. */
export class FilecoinJournal {
  constructor(private _name = 'jupyterlab-web3:filecoin') {}

  async list(): Promise<IFilecoinRecord[]> {
    return this._use(db => db.getAll('contents'));
  }

  async read(id: string): Promise<IFilecoinRecord | undefined> {
    return this._use(db => db.get('contents', id));
  }

  /** Resolves when the record is on disk. */
  async write(record: IFilecoinRecord): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction('contents', 'readwrite', {
        durability: 'strict'
      });
      await Promise.all([tx.store.put(record), tx.done]);
    });
  }

  async remove(id: string): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction('contents', 'readwrite', {
        durability: 'strict'
      });
      await Promise.all([tx.store.delete(id), tx.done]);
    });
  }

  async close(): Promise<void> {
    const db = await this._db;
    this._db = null;
    db?.close();
  }

  private async _use<T>(
    task: (db: IDBPDatabase<ISchema>) => Promise<T>
  ): Promise<T> {
    try {
      this._db ??= openDB<ISchema>(this._name, VERSION, {
        upgrade: db => {
          db.createObjectStore('contents', { keyPath: 'id' });
        },
        // A newer version of the suite in another tab must not hang on us.
        blocking: (_current, _blocked, event) => {
          this._db = null;
          (event.target as IDBDatabase).close();
        },
        terminated: () => {
          this._db = null;
        }
      });
      return await task(await this._db);
    } catch (error) {
      this._db = null;
      throw new FilecoinError(
        'journal-blocked',
        `The journal of Filecoin storage can't be used: ${messageOf(error)}`,
        { cause: error }
      );
    }
  }

  private _db: Promise<IDBPDatabase<ISchema>> | null = null;
}
