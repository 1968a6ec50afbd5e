/**
 * The market room once it is in use: its session with the questions that it asks,
 * and the pages of assets. Loaded by the first command.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  MainAreaWidget,
  Notification,
  showDialog,
  type WidgetTracker
} from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import type {
  IIpfs,
  INotebookContents,
  IPinning,
  IPublisher,
  IWallet,
  IWeb3Server
} from '../tokens';
import { oneLine } from '../ocean/foreignText';
import { confirmMainnet } from '../ui/confirmMainnet';
import { knownAddresses } from '../ui/knownAddresses';
import { AssetPage } from './assetPage';
import { bookmarksIn, recentIn } from './bookmarks';
import { Discovery } from './discover';
import { MarketError } from './errors';
import type { IVersionResult, ManageRoom } from './manageRoom';
import { NotebookError } from '../notebook/errors';
import type { Library } from '../notebook/libraries';
import { nodesOf } from './nodeSettings';
import { gatewaysOf } from './page/gateways';
import { PageServices } from './page/pageServices';
import { marketIcon } from './icons';
import { AddressBook } from './known';
import { askParameters } from './parametersDialog';
import { gasText, sumText } from './payment';
import type { UserData } from './ports';
import { purgatory } from './purgatory';
import { followSettings } from './purgatorySettings';
import type { IPurchase } from './purchase';
import type { PurchasesModel } from './purchasesModel';
import { sumsFromArgs, sumsToArgs } from './purchaseTerms';
import type { PurchaseRecords } from './records';
import { SavedSearches } from './savedSearches';
import { MarketSession } from './session';

export interface IMarketHost {
  app: JupyterFrontEnd;
  ipfs: IIpfs;
  wallet: IWallet;
  server: IWeb3Server;
  rendermime: IRenderMimeRegistry;
  notebooks: INotebookContents | null;
  browsers: IFileBrowserFactory | null;
  registry: ISettingRegistry | null;
  pinning: IPinning | null;
  publisher: IPublisher | null;
  records: PurchaseRecords;
  /** The pages of assets that are open. */
  tracker: WidgetTracker<MainAreaWidget>;
  /** The pages on which assets are looked after. */
  managed: WidgetTracker<MainAreaWidget>;
  /** The market's own settings; null where there are none, or none can be read. */
  settings: ISettingRegistry.ISettings | null;
  trans: TranslationBundle;
}

/** Characters of a tab's title: an asset may be called anything. */
const LONGEST_TITLE = 80;

/** What `market:download` resolves to. */
export interface IDownloadResult {
  /** Contents path. */
  path: string;
  cid: string;
  /** Whether what arrived is what was committed at publishing. */
  verified: boolean | null;
}

export class MarketRoom {
  constructor(private _host: IMarketHost) {
    const { app, ipfs, wallet, server, browsers, records, settings, trans } =
      _host;
    if (settings) {
      followSettings(purgatory, settings);
    }
    const { bookmarks } = this;
    this._book = new AddressBook(knownAddresses, wallet, records, bookmarks);
    this._session = new MarketSession({
      contents: app.serviceManager.contents,
      root: `${app.serviceManager.serverSettings.baseUrl} ${PageConfig.getOption('serverRoot')}`,
      ipfs,
      wallet,
      server,
      records,
      store: window.localStorage,
      locks: navigator.locks ?? null,
      furtherNodes: () => nodesOf(settings),
      confirmForeign: host =>
        this._ask(
          trans.__('Use the Ocean Node %1?', host),
          trans.__(
            'This asset is served by %1, which is not in your settings. It will see your address, and get a signature from you when you download. Go on only if you trust it.',
            host
          )
        ),
      confirmAgain: sent =>
        this._ask(
          sent
            ? trans.__('Your payment was sent, and is not seen yet')
            : trans.__('Is an old request still open in your wallet?'),
          sent
            ? trans.__(
                'You confirmed a payment for this asset, and the network does not know it yet. Look into your wallet: while it is pending there, wait. Go on only if it was cancelled or dropped; you will be asked once more.'
              )
            : trans.__(
                'You were asked before to pay for this asset, and it is not known what became of it. Look into your wallet and close what is open there. Then go on: you will be asked once more.'
              )
        ),
      confirmMainnet: asset => {
        const network = wallet.network(asset.chainId);
        const model = this._session.market.asset(asset.did);
        return network
          ? confirmMainnet(
              network,
              {
                kind: 'buy',
                name: oneLine(asset.name, LONGEST_TITLE),
                seller: asset.owner ?? undefined,
                amount: sumText(model) || undefined,
                gas: gasText({ state: model.state, wallet }) ?? undefined
              },
              trans
            )
          : Promise.resolve(false);
      },
      askParameters: parameters => askParameters(parameters, trans),
      confirmClear: () =>
        this._ask(
          trans.__('Save it on the IPFS drive, in the clear?'),
          trans.__(
            'This asset is sealed: only buyers can open it. On your IPFS drive it would lie unsealed, and whoever learns its CID could read it while your node is online. In the workspace it stays with you.'
          )
        ),
      login: async () =>
        (await app.commands.execute(CommandIDs.walletConnect, {})) !== null &&
        wallet.state.account !== null,
      announce: () => {
        // The drive's browser looks again, if it is there.
        browsers?.tracker
          .find(browser => browser.model.driveName === 'ipfs')
          ?.model.refresh()
          .catch((reason: unknown) => console.warn('No refresh', reason));
      }
    });
    const { ocean } = this._session;
    this.discovery = new Discovery({
      nodes: () => ocean.searchNodes(),
      client: url => ocean.searchClient(url),
      ready: wallet.ready
    });
    let nodes = ocean.searchNodes().join();
    const look = (): void => {
      if (nodes !== ocean.searchNodes().join()) {
        nodes = ocean.searchNodes().join();
        this.discovery.again();
      }
    };
    wallet.networksChanged.connect(look);
    settings?.changed.connect(look);
    purgatory.changed.connect(() => this.discovery.again());
  }

  /** The search over all Ocean Nodes of the settings. */
  readonly discovery: Discovery;
  readonly bookmarks = bookmarksIn(window.localStorage);
  readonly recent = recentIn(window.localStorage);
  readonly searches = new SavedSearches(window.localStorage);

  /** Show where Ocean Nodes are set. */
  openSettings(): void {
    void this._host.app.commands.execute('settingeditor:open', {
      query: 'jupyterlab-web3:market'
    });
  }

  /** Show an asset in a tab; one that is there comes to the front. */
  async open(did: string): Promise<void> {
    const { app, rendermime, tracker, trans, wallet, records } = this._host;
    const { ipfs, pinning, registry } = this._host;
    const { commands, shell } = app;
    const model = await this._session.asset(did);
    const id = `jp-web3-asset-${did.slice(7)}`;
    const shown = tracker.find(widget => widget.id === id);
    if (shown) {
      shell.activateById(id);
      if (model.state.asset) {
        this.recent.add(model.state.asset);
      }
      void model.load();
      return;
    }
    const call = (command: string, args: ReadonlyJSONObject = {}): void =>
      this.run(command, did, args);
    this._pages ??= new PageServices({
      ipfs,
      pinning,
      ocean: this._session.ocean,
      confirmForeign: host => this._session.confirmForeign(host),
      gateways: () => gatewaysOf(registry),
      open: other => this.run(CommandIDs.marketAsset, other),
      lab: URLExt.join(
        app.serviceManager.serverSettings.baseUrl,
        PageConfig.getOption('appUrl') || 'lab'
      )
    });
    const content = new AssetPage({
      model,
      ports: this._pages,
      bookmarks: this.bookmarks,
      wallet,
      rendermime,
      trans,
      handlers: {
        buy: shown =>
          call(CommandIDs.marketBuy, {
            most: sumsToArgs(shown),
            ...(model.allowance === null ? {} : { allowance: model.allowance })
          }),
        download: to => call(CommandIDs.marketDownload, to ? { to } : {}),
        insertCode: library =>
          call(CommandIDs.marketInsertCode, library ? { library } : {}),
        choices: {
          get: name => records.choice(name),
          set: (name, value) => records.setChoice(name, value)
        },
        manage: () => this.run(CommandIDs.marketManage, did),
        open: path => {
          void commands.execute('docmanager:open', { path });
        }
      }
    });
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.icon = marketIcon;
    widget.title.label = trans.__('Asset');
    widget.title.closable = true;
    let noted = false;
    const name = (): void => {
      if (model.state.asset && !noted) {
        noted = true;
        this.recent.add(model.state.asset);
      }
      widget.title.label =
        model.state.asset?.name.slice(0, LONGEST_TITLE) || trans.__('Asset');
      widget.title.caption = did;
    };
    name();
    model.changed.connect(name);
    widget.disposed.connect(() => model.changed.disconnect(name));
    await tracker.add(widget);
    shell.add(widget, 'main');
    shell.activateById(id);
    void model.load().then(async () => {
      const { asset } = model.state;
      await (asset && this._book.addContracts(asset.chainId));
    });
  }

  /** Where one's own assets are looked after; loaded when first asked for. */
  desk(): Promise<ManageRoom> {
    this._desk ??= import('./manageRoom').then(
      ({ ManageRoom }) =>
        new ManageRoom({
          ...this._host,
          ocean: this._session.ocean,
          ask: (title, body, label) => this._ask(title, body, label)
        })
    );
    this._desk.catch(() => {
      // A chunk that did not load may at the next try.
      this._desk = null;
    });
    return this._desk;
  }

  /** Show the page on which an asset is looked after. */
  async manage(did: string): Promise<void> {
    await (await this.desk()).open(did);
  }

  /** Null where the person agreed to nothing. */
  async publishVersion(
    did: string,
    path: string | undefined,
    silent: boolean
  ): Promise<IVersionResult | null> {
    if (silent && PageConfig.getOption('exposeAppInBrowser') !== 'true') {
      throw new MarketError(
        'silent-refused',
        'silent works only when the server was started with --expose-app'
      );
    }
    return (await this.desk()).publishVersion(did, path, silent);
  }

  /** What the account bought. */
  get purchases(): PurchasesModel {
    return this._session.purchases;
  }

  /** Run a command of the market for an asset, as a button does. */
  run(command: string, did: string, args: ReadonlyJSONObject = {}): void {
    this._host.app.commands
      .execute(command, { did, ...args })
      .catch((reason: unknown) => {
        // The command has told the person; the page shows it as well.
        console.warn(command, reason);
      });
  }

  /** Null when the person did not log in or stopped. */
  buy(
    did: string,
    o: { allowance?: string; most?: Readonly<Record<string, unknown>> } = {}
  ): Promise<IPurchase | null> {
    const { allowance, most } = o;
    return this._session.buy(did, {
      allowance,
      shown: most && sumsFromArgs(most)
    });
  }

  /** Null when the person did not log in or stopped. */
  async download(
    did: string,
    to?: string,
    parameters?: UserData
  ): Promise<IDownloadResult | null> {
    const result = await this._session.download(did, to, parameters);
    if (!result) {
      return null;
    }
    const { path, cid, verified } = result;
    Notification.success(this._host.trans.__('Saved as %1', path), {
      autoClose: 5000
    });
    return { path, cid, verified };
  }

  /**
   * Insert a cell that loads a download of the asset; its code.
   *
   * @throws NotebookError: no notebook
   */
  async insertCode(
    did: string,
    notebook: string | undefined,
    library?: Library
  ): Promise<string | null> {
    const { notebooks } = this._host;
    if (!notebooks || notebook === undefined) {
      throw new NotebookError('no-notebook', 'No notebook is open');
    }
    const code = await this._session.code(did, notebook, library);
    return code === null ? null : notebooks.insertCode(code, notebook);
  }

  private async _ask(
    title: string,
    body: string,
    label?: string
  ): Promise<boolean> {
    const { trans } = this._host;
    const { button } = await showDialog({
      title,
      body,
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: label ?? trans.__('Go on') })
      ],
      defaultButton: 0
    });
    return button.accept;
  }

  private _desk: Promise<ManageRoom> | null = null;
  private _session: MarketSession;
  private _book: AddressBook;
  private _pages: PageServices | null = null;
}
