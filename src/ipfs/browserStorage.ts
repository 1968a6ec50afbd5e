/**
 * What the browser lets this page keep.
 */
import { IpfsError } from './errors';

export interface IStorageRoom {
  /** Bytes that pages of this address use, by the browser's estimate. */
  usage: number;
  /** Bytes that they may use. */
  quota: number;
  /** Whether the browser promised not to clear them when space is short. */
  persisted: boolean;
}

/** What this needs of `navigator.storage`. */
export type Storage = Pick<
  StorageManager,
  'estimate' | 'persist' | 'persisted'
>;

/** Part of the quota from which on what nothing names is swept away. */
const NEAR = 0.8;
/** How long a look at the room is good for, in ms. */
const LOOK_MS = 2000;

export class Room {
  constructor(private _storage: Storage | null) {}

  /** Null where the browser tells nothing. */
  async look(): Promise<IStorageRoom | null> {
    if (!this._storage) {
      return null;
    }
    const [{ usage, quota }, persisted] = await Promise.all([
      this._storage.estimate(),
      this._storage.persisted()
    ]);
    return usage === undefined || quota === undefined
      ? null
      : { usage, quota, persisted };
  }

  /**
   * Ask the browser to keep what is stored. Some browsers ask the person, so
   * this follows an action of theirs.
   *
   * @returns whether it promised
   */
  async ask(): Promise<boolean> {
    if (!this._storage) {
      return false;
    }
    return (await this._storage.persisted()) || (await this._storage.persist());
  }

  /** The same, once a page: before the first bytes are kept. */
  async askOnce(): Promise<void> {
    if (!this._asked) {
      this._asked = true;
      await this.ask();
    }
  }

  /**
   * Make room for so many bytes before the first of them is written.
   *
   * @param free - sweeps away what nothing names
   * @throws IpfsError `full`
   */
  async need(bytes: number, free: () => Promise<unknown>): Promise<void> {
    const fits = (room: IStorageRoom | null, part: number): boolean =>
      !room || room.usage + bytes <= room.quota * part;
    // The estimate takes longer than a small file: one look serves many.
    if (Date.now() - this._looked > LOOK_MS || this._left < bytes) {
      const room = await this.look();
      this._looked = Date.now();
      this._left = room ? room.quota * NEAR - room.usage : Infinity;
    }
    if (this._left >= bytes) {
      this._left -= bytes;
      return;
    }
    await free();
    const room = await this.look();
    if (!fits(room, 1)) {
      throw new IpfsError(
        'full',
        `the browser lets this site keep ${megabytes(room!.quota)}, of which ${megabytes(room!.usage)} are used; ${megabytes(bytes)} more do not fit`
      );
    }
  }

  private _asked = false;
  private _looked = 0;
  /** Bytes that may be written before it is near full, by the last look. */
  private _left = 0;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}
