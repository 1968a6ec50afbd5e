/**
 * What came of downloads that have not ended: kept in the browser's storage, so
 * that a broken connection, a reload or a cancel loses nothing. Dropped when the
 * download is complete, by the person, or after a week.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/** Bytes of a piece; only whole ones are kept. */
export const PIECE = 16 * 1024 * 1024;
const WEEK = 7 * 24 * 3600 * 1000;

interface IFileRecord {
  /** What the bytes are: see `IPartials.open`. */
  file: string;
  did: string;
  mark: string;
  pieces: number;
  /** Milliseconds since 1970. */
  touched: number;
}

interface ISchema extends DBSchema {
  files: { key: string; value: IFileRecord; indexes: { did: string } };
  /** By [file, number]. */
  pieces: { key: [string, number]; value: Blob };
}

export interface IKept {
  /** Of which form of the file the pieces are (a sealed one's header); '' at first. */
  mark: string;
  /** `PIECE` bytes each, from the start of the file. */
  blobs: Blob[];
}

export interface IPartials {
  /** @param file - names the bytes: the CID that they come by, and which file of it */
  open(file: string): Promise<IKept>;
  /**
   * Keep one more piece.
   *
   * @returns the same bytes, on disk; null where they can't be kept: the browser
   *   has no room, or its storage is closed to this page
   */
  add(
    where: { did: string; file: string; mark: string; number: number },
    piece: Blob
  ): Promise<Blob | null>;
  /** Bytes that are kept of an asset. */
  bytes(did: string): Promise<number>;
  /** Let go of a file. */
  drop(file: string): Promise<void>;
  /** Let go of all of an asset. */
  discard(did: string): Promise<void>;
}

/** In IndexedDB, where a Blob is a file of the browser. */
export class Partials implements IPartials {
  constructor(private _name = 'jupyterlab-web3:downloads') {}

  async open(file: string): Promise<IKept> {
    const db = await this._use();
    const record = await db?.get('files', file);
    const blobs: Blob[] = [];
    for (let number = 0; db && number < (record?.pieces ?? 0); number++) {
      const blob = await db.get('pieces', [file, number]);
      if (!blob || blob.size !== PIECE) {
        break;
      }
      blobs.push(blob);
    }
    return { mark: blobs.length ? record!.mark : '', blobs };
  }

  async add(
    where: { did: string; file: string; mark: string; number: number },
    piece: Blob
  ): Promise<Blob | null> {
    const db = await this._use();
    const { did, file, mark, number } = where;
    if (!db) {
      return null;
    }
    try {
      const tx = db.transaction(['files', 'pieces'], 'readwrite');
      await Promise.all([
        tx.objectStore('pieces').put(piece, [file, number]),
        tx.objectStore('files').put({
          file,
          did,
          mark,
          pieces: number + 1,
          touched: Date.now()
        }),
        tx.done
      ]);
    } catch (error) {
      // A download needs no copy of its parts: it goes on without.
      console.warn('A part of the download can not be kept', error);
      return null;
    }
    return (await db.get('pieces', [file, number])) ?? null;
  }

  async bytes(did: string): Promise<number> {
    const db = await this._use();
    const records = (await db?.getAllFromIndex('files', 'did', did)) ?? [];
    return records.reduce((sum, { pieces }) => sum + pieces * PIECE, 0);
  }

  async drop(file: string): Promise<void> {
    const db = await this._use();
    const tx = db?.transaction(['files', 'pieces'], 'readwrite');
    await Promise.all([
      tx?.objectStore('files').delete(file),
      tx
        ?.objectStore('pieces')
        .delete(IDBKeyRange.bound([file], [file, Infinity])),
      tx?.done
    ]);
  }

  async discard(did: string): Promise<void> {
    const db = await this._use();
    for (const { file } of (await db?.getAllFromIndex('files', 'did', did)) ??
      []) {
      await this.drop(file);
    }
  }

  /** Null where the browser has no such storage for this page. */
  private _use(): Promise<IDBPDatabase<ISchema> | null> {
    this._db ??= this._open();
    return this._db;
  }

  private async _open(): Promise<IDBPDatabase<ISchema> | null> {
    let db: IDBPDatabase<ISchema>;
    try {
      db = await openDB<ISchema>(this._name, 1, {
        upgrade: made => {
          made
            .createObjectStore('files', { keyPath: 'file' })
            .createIndex('did', 'did');
          made.createObjectStore('pieces');
        },
        blocking: (_c, _b, event) => {
          this._db = null;
          (event.target as IDBDatabase).close();
        },
        terminated: () => {
          this._db = null;
        }
      });
    } catch (error) {
      console.warn('Downloads that break off are not kept here', error);
      return null;
    }
    // Of somebody who never came back.
    for (const { file, touched } of await db.getAll('files')) {
      if (Date.now() - touched > WEEK) {
        const tx = db.transaction(['files', 'pieces'], 'readwrite');
        await Promise.all([
          tx.objectStore('files').delete(file),
          tx
            .objectStore('pieces')
            .delete(IDBKeyRange.bound([file], [file, Infinity])),
          tx.done
        ]);
      }
    }
    return db;
  }

  private _db: Promise<IDBPDatabase<ISchema> | null> | null = null;
}
