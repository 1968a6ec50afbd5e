/**
 * What is to be pinned, and how far it is: in IndexedDB, so that a reload, a
 * crash or another tab goes on where it was.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { IPinPolicy, IPinRecord } from '../tokens';
import { PinningError } from './errors';

export const DATABASE = 'jupyterlab-web3:pinning';
const VERSION = 1;

/** A record with what only the queue needs. */
export interface IStoredPin extends Omit<IPinRecord, 'progress'> {
  /** What is wanted in the end. */
  readonly goal: 'pinned' | 'gone';
  /** What the provider calls it; null before it was asked. */
  readonly requestId: string | null;
  /** When it was last asked without an answer so far (ISO 8601). */
  readonly unanswered?: string | null;
  readonly bytes: number | null;
  /** New with each wish of a person: what is learnt about an older one is dropped. */
  readonly wish: string;
  /** How often the service itself gave up. */
  readonly givenUp: number;
}

export interface IStoredPolicy extends IPinPolicy {
  /** Roots that are let go of once `cid` is pinned. */
  readonly old: string[];
}

interface ISchema extends DBSchema {
  pins: { key: string; value: IStoredPin };
  policies: { key: string; value: IStoredPolicy };
}

/** One pin of a CID a provider: asking twice is one wish. */
export function pinId(provider: string, cid: string): string {
  return `${provider} ${cid}`;
}

/** Every method throws `PinningError` `journal-blocked`. */
export class Journal {
  constructor(private _name = DATABASE) {}

  pins(): Promise<IStoredPin[]> {
    return this._use(db => db.getAll('pins'));
  }

  policies(): Promise<IStoredPolicy[]> {
    return this._use(db => db.getAll('policies'));
  }

  /**
   * Read, change and write one pin as one step: two tabs may do so at a time.
   *
   * @param change - gives the new record, undefined to leave it, null to remove it
   * @returns what is there afterwards
   */
  change(
    id: string,
    change: (old: IStoredPin | undefined) => IStoredPin | null | undefined
  ): Promise<IStoredPin | undefined> {
    return this._use(async db => {
      const tx = db.transaction('pins', 'readwrite', { durability: 'strict' });
      const old = await tx.store.get(id);
      const made = change(old);
      if (made) {
        await tx.store.put(made);
      } else if (made === null) {
        await tx.store.delete(id);
      }
      await tx.done;
      return made === undefined ? old : (made ?? undefined);
    });
  }

  async writePolicy(policy: IStoredPolicy): Promise<void> {
    await this._use(db => db.put('policies', policy));
  }

  async removePolicy(id: string): Promise<void> {
    await this._use(db => db.delete('policies', id));
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
      this._db ??= this._open();
      return await task(await this._db);
    } catch (error) {
      this._db = null;
      throw new PinningError(
        'journal-blocked',
        `This browser keeps no data for this page: ${
          error instanceof Error ? error.message : String(error)
        }`,
        { cause: error }
      );
    }
  }

  private _open(): Promise<IDBPDatabase<ISchema>> {
    return openDB<ISchema>(this._name, VERSION, {
      upgrade: db => {
        db.createObjectStore('pins', { keyPath: 'id' });
        db.createObjectStore('policies', { keyPath: 'id' });
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
  }

  private _db: Promise<IDBPDatabase<ISchema>> | null = null;
}
