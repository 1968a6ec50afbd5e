/**
 * The journal of publish jobs: IndexedDB with strict durability. A job writes
 * here before and after each side effect, so that a reload, a crash or a second
 * tab can tell what happened.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import { messageOf, PublishError } from './errors';
import type { IJobRecord } from './record';

interface ISchema extends DBSchema {
  jobs: { key: string; value: IJobRecord };
  /** Bytes that can't be read again elsewhere, by [job, name]. */
  blobs: { key: [string, string]; value: Blob };
  keys: { key: string; value: CryptoKey };
}

const VERSION = 1;
const KEK = 'wrapping-key';

function quota(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    error.name === 'QuotaExceededError'
  );
}

/** IndexedDB's refusals as what they are for a person. */
function explain(error: unknown): unknown {
  if (error instanceof PublishError) {
    return error;
  }
  if (quota(error)) {
    return new PublishError(
      'quota-exceeded',
      'The browser has no room left for this page’s data',
      { cause: error }
    );
  }
  return new PublishError(
    'journal-blocked',
    `The journal of publishing can't be used: ${messageOf(error)}`,
    { cause: error }
  );
}

/**
 * Jobs, their bytes and their wrapped keys.
 *
 * Every method throws `PublishError` (`quota-exceeded`, `journal-blocked`).
 */
export class Journal {
  constructor(private _name = 'jupyterlab-web3:publish') {}

  /** All records, oldest first. */
  async list(): Promise<IJobRecord[]> {
    return this._use(async db =>
      (await db.getAll('jobs')).sort((a, b) =>
        a.created < b.created ? -1 : a.created > b.created ? 1 : 0
      )
    );
  }

  async read(id: string): Promise<IJobRecord | undefined> {
    return this._use(db => db.get('jobs', id));
  }

  /** Resolves when the record is on disk. */
  async write(record: IJobRecord): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction('jobs', 'readwrite', { durability: 'strict' });
      await Promise.all([tx.store.put(record), tx.done]);
    });
  }

  /** Remove a job with everything kept for it. */
  async remove(id: string): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction(['jobs', 'blobs'], 'readwrite', {
        durability: 'strict'
      });
      await Promise.all([
        tx.objectStore('jobs').delete(id),
        tx.objectStore('blobs').delete(IDBKeyRange.bound([id], [id, []])),
        tx.done
      ]);
    });
  }

  /** Keep bytes for a job. A `Blob` of a file stays on disk. */
  async keep(id: string, name: string, blob: Blob): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction('blobs', 'readwrite', { durability: 'strict' });
      await Promise.all([tx.store.put(blob, [id, name]), tx.done]);
    });
  }

  async kept(id: string, name: string): Promise<Blob | undefined> {
    return this._use(db => db.get('blobs', [id, name]));
  }

  /** Let go of a job's bytes whose name starts with `prefix`. */
  async drop(id: string, prefix = ''): Promise<void> {
    await this._use(async db => {
      const tx = db.transaction('blobs', 'readwrite', { durability: 'strict' });
      const range = prefix
        ? IDBKeyRange.bound([id, prefix], [id, prefix + '\uffff'])
        : IDBKeyRange.bound([id], [id, []]);
      await Promise.all([tx.store.delete(range), tx.done]);
    });
  }

  /**
   * Wrap a secret of a job with a key that can't leave this browser: AES-256-GCM
   * with the job's id as additional data, so that it fits no other job.
   */
  async wrap(
    id: string,
    secret: Uint8Array
  ): Promise<{ iv: Uint8Array; data: Uint8Array }> {
    const key = await this._wrappingKey(true);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(id) },
      key,
      secret as Uint8Array<ArrayBuffer>
    );
    return { iv, data: new Uint8Array(data) };
  }

  /** Throws `key-lost` where the browser's data was cleared in between. */
  async unwrap(
    id: string,
    wrapped: { iv: Uint8Array; data: Uint8Array }
  ): Promise<Uint8Array> {
    const key = await this._wrappingKey(false);
    try {
      return new Uint8Array(
        await crypto.subtle.decrypt(
          {
            name: 'AES-GCM',
            iv: wrapped.iv as Uint8Array<ArrayBuffer>,
            additionalData: new TextEncoder().encode(id)
          },
          key,
          wrapped.data as Uint8Array<ArrayBuffer>
        )
      );
    } catch (cause) {
      throw new PublishError('key-lost', 'The sealing key can’t be unwrapped', {
        cause
      });
    }
  }

  async close(): Promise<void> {
    const db = await this._db;
    this._db = null;
    db?.close();
  }

  private async _wrappingKey(create: boolean): Promise<CryptoKey> {
    if (!globalThis.crypto?.subtle) {
      throw new PublishError(
        'insecure-context',
        'Sealing needs a secure page (https, or localhost)'
      );
    }
    const found = await this._use(db => db.get('keys', KEK));
    if (found) {
      return found;
    }
    if (!create) {
      throw new PublishError('key-lost', 'The wrapping key is gone');
    }
    const made = await crypto.subtle.generateKey(
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt']
    );
    return this._use(async db => {
      const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
      // Another tab may have been faster: its key stays.
      const other = await tx.store.get(KEK);
      if (!other) {
        await tx.store.put(made, KEK);
      }
      await tx.done;
      return other ?? made;
    });
  }

  private async _use<T>(
    task: (db: IDBPDatabase<ISchema>) => Promise<T>
  ): Promise<T> {
    try {
      this._db ??= this._open();
      return await task(await this._db);
    } catch (error) {
      throw explain(error);
    }
  }

  private async _open(): Promise<IDBPDatabase<ISchema>> {
    const forget = (): void => {
      this._db = null;
    };
    const options = {
      upgrade: (db: IDBPDatabase<ISchema>) => {
        db.createObjectStore('jobs', { keyPath: 'id' });
        db.createObjectStore('blobs');
        db.createObjectStore('keys');
      },
      // A newer version of the suite in another tab must not hang on us.
      blocking: (_c: number, _b: number | null, event: Event) => {
        forget();
        (event.target as IDBDatabase).close();
      },
      terminated: forget
    };
    try {
      return await openDB<ISchema>(this._name, VERSION, options);
    } catch (error) {
      if (
        error instanceof DOMException
          ? error.name === 'VersionError'
          : (error as { name?: string })?.name === 'VersionError'
      ) {
        // Written by a newer suite, which only ever adds: use what we know.
        return openDB<ISchema>(this._name, undefined, {
          blocking: options.blocking,
          terminated: options.terminated
        });
      }
      forget();
      throw error;
    }
  }

  private _db: Promise<IDBPDatabase<ISchema>> | null = null;
}
