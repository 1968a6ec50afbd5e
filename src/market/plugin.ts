import {
  ILayoutRestorer,
  IRouter,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ICommandPalette,
  type MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import {
  IIpfs,
  INotebookContents,
  IPinning,
  IPublisher,
  IWallet,
  IWeb3Server
} from '../tokens';
import { SidePanel } from '../ui/sidePanel';
import { didWithTail } from '../ocean/did';
import { marketIcon } from './icons';
import type { Library } from '../notebook/libraries';
import type { UserData } from './ports';
import type { PurchaseRecords } from './records';
import type { MarketRoom } from './room';
import type { SidebarModel, SidebarTab } from './sidebarModel';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:market',
  description:
    'Finds, opens, buys, downloads and looks after assets of Ocean Protocol.',
  autoStart: true,
  requires: [IIpfs, IWallet, IWeb3Server, IRenderMimeRegistry],
  optional: [
    INotebookContents,
    INotebookTracker,
    IFileBrowserFactory,
    ICommandPalette,
    ILayoutRestorer,
    ITranslator,
    ISettingRegistry,
    IPinning,
    IRouter,
    IPublisher
  ],
  activate: (
    app: JupyterFrontEnd,
    ipfs: IIpfs,
    wallet: IWallet,
    server: IWeb3Server,
    rendermime: IRenderMimeRegistry,
    notebooks: INotebookContents | null,
    notebookTracker: INotebookTracker | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    pinning: IPinning | null,
    router: IRouter | null,
    publisher: IPublisher | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_web3');
    const { commands, shell } = app;
    const category = trans.__('Ocean Market');

    const tracker = new WidgetTracker<MainAreaWidget>({
      namespace: 'jupyterlab-web3-assets'
    });
    const managed = new WidgetTracker<MainAreaWidget>({
      namespace: 'jupyterlab-web3-managed'
    });
    const start = async (): Promise<MarketRoom> => {
      const [{ MarketRoom }, bought, settings] = await Promise.all([
        import('./room'),
        records(),
        registry?.load(plugin.id).catch((reason: unknown) => {
          console.error('The market’s settings could not be read', reason);
          return null;
        }) ?? null
      ]);
      return new MarketRoom({
        app,
        ipfs,
        wallet,
        server,
        rendermime,
        notebooks,
        browsers,
        registry,
        settings,
        pinning,
        publisher,
        records: bought,
        tracker,
        managed,
        trans
      });
    };
    let starting: Promise<MarketRoom> | null = null;
    const room = (): Promise<MarketRoom> => {
      starting ??= start().catch((reason: unknown) => {
        // What could not be loaded now may be there later.
        starting = null;
        throw reason;
      });
      return starting;
    };
    const records = async (): Promise<PurchaseRecords> => {
      const { PurchaseRecords } = await import('./records');
      recordsOnce ??= new PurchaseRecords(window.localStorage);
      return recordsOnce;
    };
    let recordsOnce: PurchaseRecords | null = null;

    /** Tell failures in words; what the person stopped is no failure. */
    const run = async <T>(task: () => Promise<T>): Promise<T | null> => {
      try {
        return await task();
      } catch (reason) {
        const [{ isCancelled }, { problemWords }] = await Promise.all([
          import('./errors'),
          import('./words')
        ]);
        if (isCancelled(reason)) {
          return null;
        }
        Notification.error(problemWords(reason, trans), { autoClose: false });
        throw reason;
      }
    };

    const didOf = (args: { [key: string]: unknown }): string =>
      String(args.did ?? '');

    const openAsset = (did: string): void => {
      commands
        .execute(CommandIDs.marketAsset, { did })
        .catch((reason: unknown) => {
          // The command has told the person.
          console.warn(CommandIDs.marketAsset, reason);
        });
    };
    wallet.activity.add(async () => {
      const [{ boughtActivity }, bought] = await Promise.all([
        import('./activity'),
        records()
      ]);
      return boughtActivity(bought, openAsset, trans);
    });

    let steering: Promise<SidebarModel> | null = null;
    const steer = (): Promise<SidebarModel> =>
      (steering ??= import('./sidebarModel').then(
        ({ SidebarModel }) => new SidebarModel()
      ));
    const sidebar = new SidePanel(async () => {
      const [{ MarketSidebar }, bought, opened, model] = await Promise.all([
        import('./sidebar'),
        records(),
        room(),
        steer()
      ]);
      return new MarketSidebar({
        model,
        room: opened,
        wallet,
        records: bought,
        trans,
        open: openAsset
      });
    });
    sidebar.id = 'jp-web3-market';
    sidebar.title.icon = marketIcon;
    sidebar.title.caption = trans.__('Ocean Market');
    sidebar.node.setAttribute('role', 'region');
    sidebar.node.setAttribute('aria-label', trans.__('Ocean Market'));
    shell.add(sidebar, 'left', { rank: 210, type: 'Ocean Market' });

    const add = (
      id: string,
      label: string | ((args: { did?: unknown }) => string),
      caption: string,
      execute: (args: { [key: string]: unknown }) => Promise<unknown>
    ): void => {
      commands.addCommand(id, {
        label,
        caption,
        icon: marketIcon,
        describedBy: describedBy(id),
        execute: args => run(() => execute(args))
      });
    };
    add(
      CommandIDs.marketOpen,
      trans.__('Open the Ocean Market'),
      trans.__('Find assets, see what you bought and what you published'),
      async ({ tab }) => {
        const model = await steer();
        if (tab !== undefined) {
          model.show(tab as SidebarTab);
        }
        shell.activateById(sidebar.id);
        return null;
      }
    );
    add(
      CommandIDs.marketSearch,
      trans.__('Search the Ocean Market'),
      trans.__('Find assets of Ocean Protocol by words'),
      async ({ query }) => {
        (await steer()).search(String(query ?? ''));
        shell.activateById(sidebar.id);
        return null;
      }
    );
    add(
      CommandIDs.marketAsset,
      ({ did }) =>
        did ? trans.__('Open Asset') : trans.__('Open Asset by DID…'),
      trans.__('Show an asset of Ocean Protocol'),
      async args => {
        if (args.did) {
          await (await room()).open(didOf(args));
        } else {
          (await steer()).show('discover');
          shell.activateById(sidebar.id);
        }
        return null;
      }
    );
    add(
      CommandIDs.marketBuy,
      trans.__('Buy Asset'),
      trans.__('Buy an asset with the connected wallet'),
      async args =>
        (await room()).buy(didOf(args), {
          allowance:
            typeof args.allowance === 'string' ? args.allowance : undefined,
          most: args.most as Readonly<Record<string, unknown>> | undefined
        })
    );
    add(
      CommandIDs.marketDownload,
      trans.__('Download Asset'),
      trans.__('Download an asset that is free or was bought'),
      async args =>
        (await room()).download(
          didOf(args),
          typeof args.to === 'string' ? args.to : undefined,
          args.parameters as UserData | undefined
        )
    );
    add(
      CommandIDs.marketInsertCode,
      trans.__('Insert Code to Load Asset'),
      trans.__('Insert a cell that loads a downloaded asset into the notebook'),
      async args =>
        (await room()).insertCode(
          didOf(args),
          typeof args.notebook === 'string'
            ? args.notebook
            : notebookTracker?.currentWidget?.context.path,
          args.library as Library | undefined
        )
    );

    add(
      CommandIDs.marketLink,
      trans.__('Open Asset of a Link'),
      trans.__('Show the asset that the address of this page names'),
      async args => {
        const [{ openLink }] = await Promise.all([
          import('./page/links'),
          app.restored
        ]);
        const did = openLink(args, router);
        return did && commands.execute(CommandIDs.marketAsset, { did });
      }
    );
    router?.register({
      command: CommandIDs.marketLink,
      pattern: /[?&]web3-asset=/
    });

    add(
      CommandIDs.marketManage,
      trans.__('Manage Asset'),
      trans.__('Change an asset of yours, and see what it earned'),
      async args => {
        await (await room()).manage(didOf(args));
        return null;
      }
    );
    add(
      CommandIDs.marketPublishVersion,
      trans.__('Publish a New Version of an Asset…'),
      trans.__('Replace the files of an asset of yours by those at a path'),
      async args =>
        (await room()).publishVersion(
          didOf(args),
          typeof args.path === 'string' ? args.path : undefined,
          args.silent === true
        )
    );

    for (const command of [
      CommandIDs.marketOpen,
      CommandIDs.marketSearch,
      CommandIDs.marketAsset
    ]) {
      palette?.addItem({ command, category });
    }
    void restorer?.restore(tracker, {
      command: CommandIDs.marketAsset,
      args: widget => ({
        did: didWithTail(widget.id.replace('jp-web3-asset-', ''))
      }),
      name: widget => widget.id
    });
    void restorer?.restore(managed, {
      command: CommandIDs.marketManage,
      args: widget => ({
        did: didWithTail(widget.id.replace('jp-web3-manage-', ''))
      }),
      name: widget => widget.id
    });
    restorer?.add(sidebar, sidebar.id);
  }
};

export default plugin;
