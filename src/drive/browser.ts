/**
 * The second file browser: IPFS.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { type DirListing, FileBrowser } from '@jupyterlab/filebrowser';
import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Throttler } from '@lumino/polling';

import type { IIpfs, IIpfsEngine } from '../tokens';
import type { BadgeFor } from './cells';
import { cubeIcon } from './icons';
import { IpfsListing } from './listing';
import type { IpfsBrowserModel } from './models';
import { parentOf } from './paths';
import type { SearchModel } from './searchPanel';
import { DriveStatus, RowsLeftOut } from './status';

export const BROWSER_ID = 'jp-web3-drive';

/** How often the size of the repository is looked at while all is well, in ms. */
const STATUS_INTERVAL = 30_000;

/** Least time between two listings because of other tabs, in ms. */
const REFRESH_INTERVAL = 200;

export class IpfsFileBrowser extends FileBrowser {
  constructor(options: IpfsFileBrowser.IOptions) {
    super({ ...options, id: BROWSER_ID });
    const { ipfs, trans, model } = options;
    this._ipfs = ipfs;
    this._words = trans;
    this.addClass('jp-web3-drive');
    this.title.icon = cubeIcon;
    this.title.caption = trans.__('IPFS drive');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('IPFS drive'));
    this.toolbar.node.setAttribute('aria-label', trans.__('IPFS drive'));

    MessageLoop.installMessageHook(this.crumbs, (_, { type }) => {
      if (type === 'update-request') {
        // Core names it by the folder of the server; it is there after an update.
        queueMicrotask(() => {
          this.crumbs.node
            .querySelector('.jp-BreadCrumbs-home')
            ?.setAttribute('title', trans.__('IPFS drive'));
        });
      }
      return true;
    });
    this.mainPanel.insertWidget(
      0,
      new DriveStatus(ipfs, () => this.retry(), trans)
    );
    this.mainPanel.addWidget(
      new RowsLeftOut(model, () => this.showMore(), trans)
    );

    this._refresher = new Throttler(() => model.refresh(), {
      limit: REFRESH_INTERVAL,
      edge: 'trailing'
    });
    this._asker = new Throttler(() => ipfs.refresh(), STATUS_INTERVAL);
    model.refreshed.connect(this._onRefreshed, this);
    model.connectionFailure.connect(this._onFailure, this);
    ipfs.statusChanged.connect(this._onStatus, this);
    ipfs.engineChanged.connect(this._onEngine, this);
    this._watch(ipfs.engine);
    this._onStatus();
  }

  /** Look for the node again, and at the folder. */
  async retry(): Promise<void> {
    const { state } = await this._ipfs.refresh();
    if (state === 'online') {
      await this.model.refresh();
    }
  }

  /** Search by name, in the folder that is shown and below. */
  async openSearch(query = ''): Promise<void> {
    const { SearchModel, SearchPanel } = await import('./searchPanel');
    if (!this._search) {
      const model = new SearchModel(this._ipfs, () => ({
        folder: (this.model as IpfsBrowserModel).folder,
        hidden: this.showHiddenFiles
      }));
      const panel = new SearchPanel({
        model,
        trans: this._words,
        reveal: path => void this.reveal(path),
        leave: () => this.listing.activate()
      });
      this.mainPanel.insertWidget(1, panel);
      this._search = model;
    }
    this._search.open(query);
  }

  /** Show an entry of the drive: its folder, with it selected. */
  async reveal(mfsPath: string): Promise<void> {
    await this.model.cd(parentOf(mfsPath));
    await this.model.refresh();
    await this.listing.selectItemByName(PathExt.basename(mfsPath), true);
  }

  get showsCid(): boolean {
    return this._rows.showsCid;
  }
  set showsCid(value: boolean) {
    this._rows.showsCid = value;
  }

  /**
   * Put a badge into each row.
   *
   * @returns to be called when badges changed
   */
  setBadges(badgeFor: BadgeFor | null): () => void {
    this._rows.badgeFor = badgeFor;
    return () => this.listing.update();
  }

  /** What "Paste" does: files may come from another drive. */
  pasteHere: (() => Promise<void>) | null = null;

  async paste(): Promise<void> {
    if (!this.pasteHere) {
      return super.paste();
    }
    this._rows.forgetClipboard();
    await this.pasteHere();
    this.listing.activate();
  }

  /** Show more rows of a large folder. */
  showMore(): void {
    const model = this.model as IpfsBrowserModel;
    model.showMore();
    this.listing.sort(this.listing.sortState);
    if (model.shown.rows === model.shown.total) {
      // The button goes, and the keyboard must not go with it.
      this.listing.activate();
    }
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._ipfs.statusChanged.disconnect(this._onStatus, this);
    this._ipfs.engineChanged.disconnect(this._onEngine, this);
    this._watch(null);
    this._asker.dispose();
    this._search?.dispose();
    this._refresher.dispose();
    super.dispose();
    this.model.dispose();
  }

  protected createDirListing(options: DirListing.IOptions): DirListing {
    // FileBrowser's constructor calls this before ours has set `_words`.
    return new IpfsListing(
      options,
      (options.translator ?? nullTranslator).load('jupyterlab_web3')
    );
  }

  /** A listing came: the node is there. */
  private _onRefreshed(): void {
    const { state } = this._ipfs.status;
    // Several callers share one request, so asking at once is cheap.
    void (state === 'online' ? this._asker.invoke() : this._ipfs.refresh());
    this._showHint();
  }

  private _showHint(): void {
    const { total } = (this.model as IpfsBrowserModel).shown;
    const empty = total === 0 && this._ipfs.status.state === 'online';
    this.listing.node
      .querySelector('.jp-DirListing-content')
      ?.setAttribute(
        'data-hint',
        empty ? this._words.__('Nothing here: drop files, or use Upload.') : ''
      );
  }

  private _onFailure(): void {
    void this._ipfs.refresh();
  }

  private _onStatus(): void {
    const offline = this._ipfs.status.state === 'offline';
    this.toggleClass('jp-web3-mod-offline', offline);
    if (this._wasOffline && !offline) {
      void this.model.refresh();
    }
    this._wasOffline = offline;
    this._showHint();
  }

  private _onEngine(): void {
    this._watch(this._ipfs.engine);
    void this.retry();
  }

  /** Other tabs may change the files of this one. */
  private _watch(engine: IIpfsEngine | null): void {
    this._watched?.filesChanged?.disconnect(this._onFiles, this);
    this._watched = engine;
    engine?.filesChanged?.connect(this._onFiles, this);
  }

  private _onFiles(): void {
    void this._refresher.invoke();
  }

  private get _rows(): IpfsListing {
    return this.listing as IpfsListing;
  }

  private _search: SearchModel | null = null;
  private _ipfs: IIpfs;
  private _words: TranslationBundle;
  private _asker: Throttler;
  private _refresher: Throttler;
  private _watched: IIpfsEngine | null = null;
  private _wasOffline = false;
}

export namespace IpfsFileBrowser {
  export interface IOptions extends Omit<FileBrowser.IOptions, 'id' | 'model'> {
    model: IpfsBrowserModel;
    ipfs: IIpfs;
    trans: TranslationBundle;
  }
}
