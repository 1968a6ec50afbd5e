/**
 * Whatever has a CID, read-only: contents paths `cid:<cid>/a/b`. Nothing is put
 * on the IPFS drive. A path below a file's CID is a name for that file, so that
 * it opens as what it is (`cid:<cid>/iris.csv`).
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IIpfs } from '../tokens';
import { responseError } from './contentsModels';
import { type IFileTypes, typeOfName } from './formats';

/** Name of the drive. */
export const CID_DRIVE = 'cid';

/** What the drive found at a path; loaded on first use. */
type Reader = typeof import('./cidReading');

const LONG_AGO = new Date(0).toISOString();

export class CidDrive implements Contents.IDrive {
  constructor(private _options: CidDrive.IOptions) {
    this.serverSettings =
      _options.serverSettings ?? ServerConnection.makeSettings();
  }

  readonly name = CID_DRIVE;
  readonly serverSettings: ServerConnection.ISettings;
  /** Never emits: what has a CID does not change. */
  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    const path = localPath.replace(/^\/+|\/+$/g, '');
    if (!path) {
      // There is no list of all that has a CID; a 404 would be asked for again.
      return { ...this._base('', ''), type: 'directory', ...listing(options) };
    }
    const reading = await this._reading();
    const found = await reading.find(this._options, path);
    if (found.kind === 'folder') {
      if (options.type && options.type !== 'directory') {
        throw responseError(400, `${localPath} is a folder`);
      }
      const model = this._base(path, found.cid);
      if (options.content === false) {
        return { ...model, type: 'directory' };
      }
      const entries = await reading.entries(this._options, found.cid);
      return {
        ...model,
        type: 'directory',
        ...listing(
          options,
          entries.map(({ name, cid, kind, size }) => ({
            ...this._base(`${path}/${name}`, cid),
            ...(kind === 'folder'
              ? { type: 'directory' }
              : { ...typeOfName(name), size })
          }))
        )
      };
    }
    if (options.type === 'directory') {
      throw responseError(400, `${localPath} is not a folder`);
    }
    const type = typeOfName(PathExt.basename(path), this._options.fileTypes);
    const model: Contents.IModel = {
      ...this._base(path, found.cid),
      type: options.type ?? type.type,
      mimetype: type.mimetype,
      size: found.size
    };
    if (options.content ?? true) {
      Object.assign(
        model,
        await reading.content(this._options, found, model, options.format)
      );
    }
    return model;
  }

  async getDownloadUrl(localPath: string): Promise<string> {
    const { find } = await this._reading();
    const { cid, kind } = await find(this._options, localPath);
    const { url } = await this._options.ipfs.download(cid, {
      filename: PathExt.basename(localPath),
      folder: kind === 'folder'
    });
    return url;
  }

  newUntitled(): Promise<Contents.IModel> {
    return readOnly();
  }

  delete(): Promise<void> {
    return readOnly();
  }

  rename(): Promise<Contents.IModel> {
    return readOnly();
  }

  save(): Promise<Contents.IModel> {
    return readOnly();
  }

  copy(): Promise<Contents.IModel> {
    return readOnly();
  }

  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return readOnly();
  }

  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  restoreCheckpoint(): Promise<void> {
    return readOnly();
  }

  deleteCheckpoint(): Promise<void> {
    return readOnly();
  }

  private _reading(): Promise<Reader> {
    return import('./cidReading');
  }

  private _base(path: string, cid: string): Contents.IModel {
    return {
      name: PathExt.basename(path),
      path,
      type: 'file',
      created: LONG_AGO,
      last_modified: LONG_AGO,
      writable: false,
      mimetype: '',
      content: null,
      format: null,
      hash: cid,
      hash_algorithm: 'cid'
    };
  }

  private _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

export namespace CidDrive {
  export interface IOptions {
    ipfs: IIpfs;
    /** Base URLs of gateways that may be asked. */
    gateways: () => readonly string[];
    fileTypes?: IFileTypes;
    serverSettings?: ServerConnection.ISettings;
  }
}

function listing(
  options: Contents.IFetchOptions,
  entries: Contents.IModel[] = []
): Pick<Contents.IModel, 'content' | 'format'> {
  return options.content === false
    ? { content: null, format: null }
    : { content: entries, format: 'json' };
}

function readOnly(): Promise<never> {
  return Promise.reject(
    responseError(403, 'What has a CID can not be changed: save a copy')
  );
}
