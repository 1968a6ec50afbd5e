import {
  ILayoutRestorer,
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
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import { IIpfs, INotebookContents, IWallet, IWeb3Server } from '../tokens';
import { SidePanel } from '../ui/sidePanel';
import { marketIcon } from './icons';
import type { PurchaseRecords } from './records';
import type { MarketRoom } from './room';

const plugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-web3:market',
  description: 'Opens, buys and downloads assets of Ocean Protocol.',
  autoStart: true,
  requires: [IIpfs, IWallet, IWeb3Server, IRenderMimeRegistry],
  optional: [
    INotebookContents,
    INotebookTracker,
    IFileBrowserFactory,
    ICommandPalette,
    ILayoutRestorer,
    ITranslator
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
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_web3');
    const { commands, shell } = app;
    const category = trans.__('Ocean Market');

    const tracker = new WidgetTracker<MainAreaWidget>({
      namespace: 'jupyterlab-web3-assets'
    });
    const start = async (): Promise<MarketRoom> => {
      const [{ MarketRoom }, bought] = await Promise.all([
        import('./room'),
        records()
      ]);
      return new MarketRoom({
        app,
        ipfs,
        wallet,
        server,
        rendermime,
        notebooks,
        browsers,
        records: bought,
        tracker,
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

    const sidebar = new SidePanel(async () => {
      const [{ MarketSidebar }, bought] = await Promise.all([
        import('./sidebar'),
        records()
      ]);
      return new MarketSidebar({
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

    commands.addCommand(CommandIDs.marketAsset, {
      label: args =>
        args.did ? trans.__('Open Asset') : trans.__('Open Asset by DID…'),
      caption: trans.__('Show an asset of Ocean Protocol'),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketAsset),
      execute: async args => {
        if (args.did) {
          await run(async () => (await room()).open(didOf(args)));
        } else {
          shell.activateById(sidebar.id);
        }
        return null;
      }
    });
    commands.addCommand(CommandIDs.marketBuy, {
      label: trans.__('Buy Asset'),
      caption: trans.__('Buy an asset with the connected wallet'),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketBuy),
      execute: args => run(async () => (await room()).buy(didOf(args)))
    });
    commands.addCommand(CommandIDs.marketDownload, {
      label: trans.__('Download Asset'),
      caption: trans.__('Download an asset that is free or was bought'),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketDownload),
      execute: args =>
        run(async () =>
          (await room()).download(
            didOf(args),
            typeof args.to === 'string' ? args.to : undefined
          )
        )
    });
    commands.addCommand(CommandIDs.marketInsertCode, {
      label: trans.__('Insert Code to Load Asset'),
      caption: trans.__(
        'Insert a cell that loads a downloaded asset into the notebook'
      ),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketInsertCode),
      execute: args =>
        run(async () =>
          (await room()).insertCode(
            didOf(args),
            typeof args.notebook === 'string'
              ? args.notebook
              : notebookTracker?.currentWidget?.context.path
          )
        )
    });

    palette?.addItem({ command: CommandIDs.marketAsset, category });
    void restorer?.restore(tracker, {
      command: CommandIDs.marketAsset,
      args: widget => ({
        did: `did:op:${widget.id.replace('jp-web3-asset-', '')}`
      }),
      name: widget => widget.id
    });
    restorer?.add(sidebar, sidebar.id);
  }
};

export default plugin;
