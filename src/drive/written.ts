/**
 * What an upload has put on the drive so far, and how it is taken back.
 */
import type { IIpfs } from '../tokens';
import type { IChangedEntry } from './history';

export interface IWritten {
  /** MFS path. */
  target: string;
  /** CID of what was there. */
  previous: string | null;
  cid: string;
  /** A new folder, with all that is in it. */
  folder?: boolean;
}

export class Written {
  add(one: IWritten): void {
    this._all.push(one);
  }

  changes(): IChangedEntry[] {
    return this._all.map(({ target, previous, cid }) => ({
      path: target,
      before: previous,
      after: cid
    }));
  }

  /**
   * After a cancel: new files go, overwritten ones come back.
   *
   * @returns what could not be taken back
   */
  async takeBack(
    files: Pick<IIpfs['files'], 'cp' | 'rm'>
  ): Promise<{ name: string; error: unknown }[]> {
    const failures: { name: string; error: unknown }[] = [];
    for (const { target, previous, folder } of this._all.reverse()) {
      try {
        if (previous) {
          await files.cp(`/ipfs/${previous}`, target, { force: true });
        } else {
          await files.rm(target, { recursive: folder });
        }
      } catch (error) {
        failures.push({ name: target, error });
      }
    }
    this._all.length = 0;
    return failures;
  }

  private _all: IWritten[] = [];
}
