/**
 * Jupyter's contents models of what the drive holds.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import type { IIpfs, IMfsEntry } from '../tokens';
import { type IFileTypes, typeOfName } from './formats';
import { joinMfs, PRIVATE_FOLDER, toLocal } from './paths';

/**
 * MFS keeps no dates. What was not written in this session has the epoch as its
 * date, because formatting an empty one throws in JupyterLab.
 */
const UNKNOWN_TIME = new Date(0).toISOString();

export class Models {
  constructor(
    private _ipfs: Pick<IIpfs, 'files'>,
    private _fileTypes: IFileTypes | undefined
  ) {}

  async folder(
    path: string,
    cid: string,
    content: boolean
  ): Promise<Contents.IModel> {
    return {
      ...this._base(path, cid),
      type: 'directory',
      format: content ? 'json' : null,
      content: content ? await this._listing(path, cid) : null
    };
  }

  file(
    path: string,
    file: { cid: string; size: number },
    type?: Contents.ContentType
  ): Contents.IModel {
    const found = typeOfName(PathExt.basename(path), this._fileTypes);
    return {
      ...this._base(path, file.cid),
      type: type ?? found.type,
      mimetype: found.mimetype,
      size: file.size
    };
  }

  /** A file whose chunks are still coming: it has no CID yet. */
  partial(path: string, type?: Contents.ContentType): Contents.IModel {
    return {
      ...this.file(path, { cid: '', size: 0 }, type),
      hash: undefined,
      hash_algorithm: undefined
    };
  }

  /** Remember when a path was written. */
  saved(path: string, cid: string): void {
    this._savedAt.set(path, { cid, time: new Date().toISOString() });
  }

  /** One listing a folder, and none while its CID stays the same. */
  private async _listing(
    path: string,
    cid: string
  ): Promise<Contents.IModel[]> {
    if (this._listed?.path !== path || this._listed.cid !== cid) {
      this._listed = { path, cid, entries: await this._ipfs.files.ls(path) };
    }
    return this._listed.entries
      .filter(entry => path !== '/' || entry.name !== PRIVATE_FOLDER)
      .map(entry => {
        const child = joinMfs(path, entry.name);
        const model: Contents.IModel =
          entry.type === 'directory'
            ? { ...this._base(child, entry.cid), type: 'directory' }
            : this._row(child, entry);
        return model.last_modified === UNKNOWN_TIME
          ? // In listings an empty date is allowed, and shows as none.
            { ...model, created: '', last_modified: '' }
          : model;
      });
  }

  /**
   * A file in a listing. Asking the document registry takes 0.2 ms a name, which
   * is seconds for a large folder, and rows need no media type.
   */
  private _row(
    path: string,
    file: { cid: string; size: number }
  ): Contents.IModel {
    const { type, mimetype } = typeOfName(PathExt.basename(path));
    return { ...this._base(path, file.cid), type, mimetype, size: file.size };
  }

  private _base(path: string, cid: string): Contents.IModel {
    const saved = this._savedAt.get(path);
    const time = saved?.cid === cid ? saved.time : UNKNOWN_TIME;
    return {
      name: PathExt.basename(path),
      path: toLocal(path),
      type: 'file',
      created: time,
      last_modified: time,
      writable: true,
      mimetype: '',
      content: null,
      format: null,
      hash: cid,
      hash_algorithm: 'cid'
    };
  }

  private _listed: {
    path: string;
    cid: string;
    entries: IMfsEntry[];
  } | null = null;
  private _savedAt = new Map<string, { cid: string; time: string }>();
}

/** An answer as of a Jupyter server, which is all that core code looks at. */
export function responseError(
  status: number,
  message: string
): ServerConnection.ResponseError {
  return new ServerConnection.ResponseError(
    new Response(null, { status }),
    message
  );
}
