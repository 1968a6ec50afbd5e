/**
 * The model behind our file browser.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { FilterFileBrowserModel } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IIpfs } from '../tokens';
import type { IpfsDrive } from './drive';
import type { History } from './history';
import { DRIVE_NAME, toLocal, toMfs } from './paths';
import type { AskConflict, IUploaded, UploadBatch } from './upload';

/**
 * Rows of a folder shown at first, and those that "Show more" adds, unless the
 * settings say otherwise. Most of them are empty nodes; see listingRows.ts.
 */
export const DEFAULT_ROW_LIMIT = 10_000;

export class IpfsBrowserModel extends FilterFileBrowserModel {
  constructor(options: IpfsBrowserModel.IOptions) {
    super({ ...options, driveName: DRIVE_NAME });
    this._ipfs = options.ipfs;
    this._drive = options.drive;
    this._ask = options.ask;
    this._refresher = new Throttler(() => this.refresh(), {
      limit: 200,
      edge: 'trailing'
    });
    // First in line, before core's listing.
    this.refreshed.connect(() => this._listed.emit(), this);
    // FileBrowserModel prefixes what the manager has prefixed already, so that
    // folders below the root would never refresh: listen to the drive itself.
    this._drive.fileChanged.connect(this._onDriveChanged, this);
  }

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._changedHere;
  }

  /** A batch starts: who shows progress connects here. */
  get batchStarted(): ISignal<this, UploadBatch> {
    return this._batchStarted;
  }

  /** Emitted before all else that is connected to `refreshed`. */
  get listed(): ISignal<this, void> {
    return this._listed;
  }

  /** How many rows are shown, or of how many, may have changed. */
  get shownChanged(): ISignal<this, void> {
    return this._shownChanged;
  }

  /** All entries of the folder that the filter leaves. */
  get entries(): Contents.IModel[] {
    this._entries ??= Array.from(super.items());
    return this._entries;
  }

  /** How many rows of the folder are shown, and how many there are. */
  get shown(): { rows: number; total: number } {
    const total = this.entries.length;
    return { rows: Math.min(total, this._window), total };
  }

  get rowLimit(): number {
    return this._rowLimit;
  }
  set rowLimit(value: number) {
    if (value !== this._rowLimit) {
      this._rowLimit = value;
      this._window = value;
      void this.refresh();
    }
  }

  /** MFS path of the folder that is shown. */
  get folder(): string {
    return toMfs(this.manager.services.contents.localPath(this.path));
  }

  /** The filter sees all entries; only what is left of them is limited. */
  *items(): IterableIterator<Contents.IModel> {
    if (!this._sorted) {
      yield* this.entries;
      return;
    }
    yield* this._sorted.slice(0, this._window);
    yield* this._sorted
      .slice(this._window)
      .filter(item => this._wanted.has(item.name));
  }

  /** Limit `items()` to the first of these entries. */
  showFirst(sorted: Contents.IModel[]): void {
    if (this._windowPath !== this.path) {
      this._windowPath = this.path;
      this._window = this._rowLimit;
      this._wanted.clear();
    }
    this._sorted = sorted;
    this._shownChanged.emit();
  }

  /** Let more of the folder be among the rows when they are sorted next. */
  showMore(): void {
    this._window += this._rowLimit;
  }

  /** Do something while `items()` is empty. */
  withNone(action: () => void): void {
    const sorted = this._sorted;
    this._sorted = [];
    action();
    this._sorted = sorted;
  }

  /** Keep an entry among the rows, however many are left out. */
  want(name: string): void {
    this._wanted.add(name);
  }

  get history(): History {
    return this._drive.history;
  }

  /** Delete entries in one change; contents paths. */
  async deleteAll(paths: string[]): Promise<void> {
    const { contents, sessions } = this.manager.services;
    await Promise.all(paths.map(path => sessions.stopIfNeeded(path)));
    await this._drive.deleteAll(paths.map(path => contents.localPath(path)));
  }

  /** Under its name, also where there is no server to tell it. */
  async download(path: string): Promise<void> {
    const { contents } = this.manager.services;
    const mfsPath = toMfs(contents.localPath(path));
    const { cid, type } = await this._ipfs.files.stat(mfsPath);
    const { url, filename } = await this._ipfs.download(cid, {
      filename: PathExt.basename(mfsPath) || DRIVE_NAME,
      folder: type === 'directory'
    });
    const link = document.createElement('a');
    link.href = url;
    link.download = filename;
    document.body.append(link);
    link.click();
    link.remove();
  }

  /** Stream a file to the node; the model of what was made. */
  async upload(file: File, path?: string): Promise<Contents.IModel> {
    const { contents } = this.manager.services;
    const folder =
      path === undefined ? this.folder : toMfs(contents.localPath(path));
    const [uploaded] = await this.uploadBatch([{ file, path: file.name }], {
      folder
    });
    if (!uploaded) {
      throw new Error(`"${file.name}" was skipped`);
    }
    return contents.get(uploaded.path, { content: false });
  }

  /**
   * Upload files into a folder.
   *
   * @throws IpfsCancelledError; the first failure when no file got through
   */
  async uploadBatch(
    files: { file: File; path: string }[],
    options: { folder?: string; folders?: string[] } = {}
  ): Promise<IUploaded[]> {
    const folder = options.folder ?? this.folder;
    const [{ UploadBatch }, { chosenContents }] = await Promise.all([
      import('./upload'),
      import('./chosen')
    ]);
    const { history } = this._drive;
    const change = history.begin('upload');
    const batch = new UploadBatch({
      ipfs: this._ipfs,
      folder,
      keep: cid => change.keep(cid),
      folders: options.folders,
      ask: this._ask,
      // A page that keeps files itself has to know whether there is room.
      contents: chosenContents(files, this._ipfs.engine.kind === 'browser')
    });
    // Core's status bar is not told: its bar is drawn anew sixty times a second,
    // on the CPU that reads and hashes the files, and a notification tells more.
    this._batches++;
    this._batchStarted.emit(batch);
    window.addEventListener('beforeunload', warnBeforeUnload);
    try {
      const uploaded = await batch.run();
      if (folder === this.folder) {
        // However large the folder is, what was just put there is to be seen.
        for (const { path } of uploaded) {
          this.want(PathExt.basename(path));
        }
      }
      if (!uploaded.length && batch.failures.length) {
        throw batch.failures[0].error;
      }
      return uploaded;
    } finally {
      if (!--this._batches) {
        window.removeEventListener('beforeunload', warnBeforeUnload);
      }
      change.entries.push(...batch.changes());
      this._drive.announce(folder, change);
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._drive.fileChanged.disconnect(this._onDriveChanged, this);
    this._refresher.dispose();
    super.dispose();
  }

  protected handleContents(contents: Contents.IModel): void {
    // One CID, one listing: the entries stay, and so does their order, which is
    // a second's work for a large folder.
    const listing = contents.hash ? `${contents.hash} ${contents.path}` : '';
    if (!listing || listing !== this._listing) {
      super.handleContents(contents);
      this._listing = listing;
    }
    // The order of what was there is no order of what is.
    this._entries = null;
    this._sorted = null;
  }

  /** The manager's signal; see the constructor. */
  protected onFileChanged(): void {
    // Deliberately nothing: `_onDriveChanged` does it with right paths.
  }

  private _onDriveChanged(
    _: Contents.IDrive,
    change: Contents.IChangedArgs
  ): void {
    const here = toLocal(this.folder);
    const touches = (value: Partial<Contents.IModel> | null): boolean =>
      value?.path !== undefined &&
      (PathExt.dirname(value.path) === here || value.path === here);
    if (touches(change.oldValue) || touches(change.newValue)) {
      this._changedHere.emit(change);
      void this._refresher.invoke();
    }
  }

  private _ipfs: IIpfs;
  private _drive: IpfsDrive;
  private _ask: AskConflict;
  private _refresher: Throttler;
  private _rowLimit = DEFAULT_ROW_LIMIT;
  private _entries: Contents.IModel[] | null = null;
  private _sorted: Contents.IModel[] | null = null;
  private _window = DEFAULT_ROW_LIMIT;
  private _windowPath = '';
  private _listing = '';
  private _wanted = new Set<string>();
  private _batches = 0;
  private _changedHere = new Signal<this, Contents.IChangedArgs>(this);
  private _listed = new Signal<this, void>(this);
  private _shownChanged = new Signal<this, void>(this);
  private _batchStarted = new Signal<this, UploadBatch>(this);
}

export namespace IpfsBrowserModel {
  export interface IOptions extends Omit<
    FilterFileBrowserModel.IOptions,
    'driveName'
  > {
    ipfs: IIpfs;
    drive: IpfsDrive;
    ask: AskConflict;
  }
}

function warnBeforeUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
