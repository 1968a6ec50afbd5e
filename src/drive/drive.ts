/**
 * The IPFS drive: Jupyter's contents API over the Mutable File System.
 *
 * Paths that come in and go out are local and not encoded; the contents manager
 * adds `ipfs:`. The hash of a model is its CID.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { BlobContent } from '../content';
import { IpfsError, IpfsNotFoundError } from '../ipfs/errors';
import { assertName } from '../ipfs/mfs';
import type { IIpfs, IMfsStat } from '../tokens';
import { Checkpoints } from './checkpoints';
import { ChunkedSaves } from './chunkedSaves';
import {
  allTrusted,
  decode,
  type IFileTypes,
  markTrust,
  readAll
} from './formats';
import { Models, responseError } from './contentsModels';
import { type ChangeKind, History, type OpenChange } from './history';
import { copyName, untitledName } from './names';
import {
  DRIVE_NAME,
  joinMfs,
  mfsExists,
  PRIVATE_FOLDER,
  toLocal,
  toMfs
} from './paths';

export class IpfsDrive implements Contents.IDrive {
  constructor(options: IpfsDrive.IOptions) {
    this._ipfs = options.ipfs;
    this._models = new Models(options.ipfs, options.fileTypes);
    this.serverSettings =
      options.serverSettings ?? ServerConnection.makeSettings();
    this.history = new History(options.ipfs);
    this._checkpoints = new Checkpoints(options.ipfs, this.history);
  }

  readonly name = DRIVE_NAME;
  /** What was changed through this drive, and how to go back. */
  readonly history: History;
  readonly serverSettings: ServerConnection.ISettings;

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

  /**
   * Say that a path appeared, changed or went without this drive's doing.
   *
   * @param change - what to put on record (default: the difference that is seen)
   */
  announce(mfsPath: string, change?: OpenChange): void {
    this.show(mfsPath);
    const record = change
      ? this.history.commit(change)
      : this.history.observe(mfsPath);
    record.catch((reason: unknown) => {
      console.debug(`The change of ${mfsPath} is not on record`, reason);
    });
  }

  /** Tell who shows the drive that a path appeared, changed or went. */
  show(mfsPath: string): void {
    this._model(mfsPath).then(
      newValue => {
        this._fileChanged.emit({ type: 'save', oldValue: null, newValue });
      },
      (reason: unknown) => {
        if (reason instanceof IpfsNotFoundError) {
          this._gone(mfsPath);
        } else {
          // The node is away: the next listing tells.
          console.debug(`${mfsPath} was changed but can't be seen`, reason);
        }
      }
    );
  }

  async get(
    localPath: string,
    options: Contents.IFetchOptions = {}
  ): Promise<Contents.IModel> {
    return this._wrap(async () => {
      const path = toMfs(localPath);
      const stat = await this._stat(path);
      if (stat.type === 'directory') {
        if (options.type && options.type !== 'directory') {
          throw responseError(400, `${localPath} is a folder`);
        }
        return this._models.folder(path, stat.cid, options.content ?? true);
      }
      if (options.type === 'directory') {
        throw responseError(400, `${localPath} is not a folder`);
      }
      const model = this._models.file(path, stat, options.type);
      if (options.content ?? true) {
        const bytes = await readAll(
          this._ipfs.cat(stat.cid),
          stat.size,
          localPath
        );
        const decoded = decode(bytes, model.type, options.format, localPath);
        if (model.type === 'notebook') {
          markTrust(decoded.content, this._trusted.has(stat.cid));
        }
        Object.assign(model, decoded);
      }
      return model;
    });
  }

  async getDownloadUrl(localPath: string): Promise<string> {
    return this._wrap(async () => {
      const path = toMfs(localPath);
      const { cid, type } = await this._stat(path);
      const { url } = await this._ipfs.download(cid, {
        filename: PathExt.basename(path) || DRIVE_NAME,
        folder: type === 'directory'
      });
      return url;
    });
  }

  async newUntitled(
    options: Contents.ICreateOptions = {}
  ): Promise<Contents.IModel> {
    return this._wrap(async () => {
      const folder = toMfs(options.path ?? '');
      const taken = new Set(
        (await this._ipfs.files.ls(folder)).map(entry => entry.name)
      );
      const type = options.type ?? 'file';
      const ext = options.ext ? `.${options.ext.replace(/^\./, '')}` : '';
      const first =
        type === 'directory'
          ? 'Untitled Folder'
          : type === 'notebook'
            ? 'Untitled.ipynb'
            : `untitled${ext || '.txt'}`;
      const name = untitledName(first, taken, type === 'directory');
      const path = joinMfs(folder, name);
      if (type === 'directory') {
        await this._ipfs.files.mkdir(path);
      } else {
        const data =
          type === 'notebook'
            ? JSON.stringify(
                { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 },
                null,
                1
              ) + '\n'
            : '';
        await this._write(path, new Blob([data]));
      }
      return this._changed('new', path, null);
    });
  }

  delete(localPath: string): Promise<void> {
    return this.deleteAll([localPath]);
  }

  /** Delete entries in one change, which is undone at once. */
  async deleteAll(localPaths: string[]): Promise<void> {
    return this._wrap(async () => {
      const change = this.history.begin('delete');
      try {
        for (const path of localPaths.map(toMfs)) {
          const { cid } = await this._stat(path);
          await change.keep(cid);
          await this._ipfs.files.rm(path, { recursive: true });
          change.add(path, cid, null);
          await this._checkpoints.forget(path);
          this._gone(path);
        }
      } finally {
        await this._record(change);
      }
    });
  }

  async rename(
    oldLocalPath: string,
    newLocalPath: string,
    what: ChangeKind = 'rename'
  ): Promise<Contents.IModel> {
    return this._wrap(async () => {
      const from = toMfs(oldLocalPath);
      const to = toMfs(newLocalPath);
      if (from === to) {
        return this._model(to);
      }
      assertName(PathExt.basename(to));
      const oldModel = await this._model(from);
      await this._ipfs.files.mv(from, to);
      await this._checkpoints.move(from, to);
      const model = await this._model(to);
      const change = this.history.begin(what);
      change.add(from, oldModel.hash ?? null, null);
      change.add(to, null, model.hash ?? null);
      await this._record(change);
      this._fileChanged.emit({
        type: 'rename',
        oldValue: oldModel,
        newValue: model
      });
      return model;
    });
  }

  async save(
    localPath: string,
    options: Partial<Contents.IModel> = {}
  ): Promise<Contents.IModel> {
    return this._wrap(async () => {
      const path = toMfs(localPath);
      const there = await mfsExists(this._ipfs, path);
      const isNew = !there;
      if (options.type === 'directory') {
        if (there?.type === 'file') {
          throw responseError(400, `${localPath} is not a folder`);
        }
        if (isNew) {
          await this._ipfs.files.mkdir(path);
        }
        return this._changed(isNew ? 'new' : 'save', path, there?.cid);
      }
      const { blob, complete } = this._chunks.add(path, options);
      if (!complete) {
        return this._models.partial(path, options.type);
      }
      const cid = await this._write(path, blob);
      if (options.type === 'notebook' && allTrusted(options.content)) {
        this._trusted.add(cid);
      }
      this._models.saved(path, cid);
      return this._changed(isNew ? 'new' : 'save', path, there?.cid);
    });
  }

  async copy(localPath: string, toLocalDir: string): Promise<Contents.IModel> {
    return this._wrap(async () => {
      const from = toMfs(localPath);
      const folder = toMfs(toLocalDir);
      const { cid, type } = await this._stat(from);
      if (`${folder}/`.startsWith(`${from}/`) && type === 'directory') {
        throw new IpfsError('refused', `${from} can't be copied into itself`);
      }
      const taken = new Set(
        (await this._ipfs.files.ls(folder)).map(entry => entry.name)
      );
      const name = PathExt.basename(from);
      const path = joinMfs(
        folder,
        taken.has(name) ? copyName(name, taken, type === 'directory') : name
      );
      await this._ipfs.files.cp(`/ipfs/${cid}`, path);
      return this._changed('new', path, null, 'copy');
    });
  }

  createCheckpoint(localPath: string): Promise<Contents.ICheckpointModel> {
    return this._checkpoints.create(toMfs(localPath));
  }

  listCheckpoints(localPath: string): Promise<Contents.ICheckpointModel[]> {
    return this._checkpoints.list(toMfs(localPath));
  }

  restoreCheckpoint(localPath: string, checkpointID: string): Promise<void> {
    return this._wrap(async () => {
      const path = toMfs(localPath);
      const before = await mfsExists(this._ipfs, path);
      await this._ipfs.files.cp(`/ipfs/${checkpointID}`, path, { force: true });
      await this._changed('save', path, before?.cid, 'restore');
    });
  }

  deleteCheckpoint(localPath: string, checkpointID: string): Promise<void> {
    return this._checkpoints.remove(toMfs(localPath), checkpointID);
  }

  private async _stat(path: string): Promise<IMfsStat> {
    // Not the drive's own folder: it is no part of what people see.
    if (
      path === `/${PRIVATE_FOLDER}` ||
      path.startsWith(`/${PRIVATE_FOLDER}/`)
    ) {
      throw responseError(404, `${toLocal(path)} does not exist`);
    }
    return this._ipfs.files.stat(path);
  }

  /** The model of a path, without content. */
  private async _model(path: string): Promise<Contents.IModel> {
    const stat = await this._stat(path);
    return stat.type === 'directory'
      ? this._models.folder(path, stat.cid, false)
      : this._models.file(path, stat);
  }

  private async _write(path: string, blob: Blob): Promise<string> {
    const { cid } = await this._ipfs.files.write(
      path,
      new BlobContent({ name: PathExt.basename(path), data: blob })
    );
    return cid;
  }

  /** Tell and record a change of this drive. */
  private async _changed(
    type: 'new' | 'save',
    path: string,
    before: string | null = null,
    what: ChangeKind = type
  ): Promise<Contents.IModel> {
    const newValue = await this._model(path);
    const change = this.history.begin(what);
    change.add(path, before, newValue.hash ?? null);
    await this._record(change);
    this._fileChanged.emit({ type, oldValue: null, newValue });
    return newValue;
  }

  /** Waits for no more than the root's CID. */
  private async _record(change: OpenChange): Promise<void> {
    void this.history.commit(change);
    await change.sealed;
  }

  private _gone(path: string): void {
    this._fileChanged.emit({
      type: 'delete',
      oldValue: { path: toLocal(path) },
      newValue: null
    });
  }

  /** What Jupyter understands: 404 and 409 as answers of a server. */
  private async _wrap<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof IpfsError && error.code === 'not-found') {
        throw responseError(404, error.message);
      }
      if (error instanceof IpfsError && error.code === 'exists') {
        throw responseError(409, error.message);
      }
      throw error;
    }
  }

  private _ipfs: IIpfs;
  private _models: Models;
  private _checkpoints: Checkpoints;
  private _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
  private _chunks = new ChunkedSaves();
  /** CIDs of notebooks that this page saved with all their cells trusted. */
  private _trusted = new Set<string>();
}

export namespace IpfsDrive {
  export interface IOptions {
    ipfs: IIpfs;
    /** The document registry; file types by extension when absent. */
    fileTypes?: IFileTypes;
    serverSettings?: ServerConnection.ISettings;
  }
}
