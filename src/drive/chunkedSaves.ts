/** Files that the contents manager saves in pieces, until the last one is there. */
import type { Contents } from '@jupyterlab/services';

import { IpfsError } from '../ipfs/errors';
import { bytesOf } from './formats';

export class ChunkedSaves {
  /**
   * Take a save. Its `chunk` numbers the pieces of a file from 1, with -1 for
   * the last; without one it is the whole file.
   *
   * @returns what there is of the file by now, and whether that is all
   * @throws IpfsError incomplete: the first piece never came
   */
  add(
    path: string,
    options: Partial<Contents.IModel>
  ): { blob: Blob; complete: boolean } {
    const part = bytesOf(options) as Uint8Array<ArrayBuffer>;
    const { chunk } = options;
    if (chunk === undefined || chunk === 0) {
      return { blob: new Blob([part]), complete: true };
    }
    const parts = chunk === 1 ? [] : this._parts.get(path);
    if (!parts) {
      throw new IpfsError('incomplete', `${path}: chunk 1 is missing`);
    }
    parts.push(new Blob([part]));
    if (chunk !== -1) {
      this._parts.set(path, parts);
      return { blob: new Blob(parts), complete: false };
    }
    this._parts.delete(path);
    return { blob: new Blob(parts), complete: true };
  }

  private _parts = new Map<string, Blob[]>();
}
