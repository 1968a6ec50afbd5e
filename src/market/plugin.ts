import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  MainAreaWidget,
  Notification,
  showDialog,
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
import type { MarketSession } from './session';

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

    const ask = async (title: string, body: string): Promise<boolean> => {
      const { button } = await showDialog({
        title,
        body,
        buttons: [
          Dialog.cancelButton(),
          Dialog.okButton({ label: trans.__('Go on') })
        ],
        defaultButton: 0
      });
      return button.accept;
    };

    const start = async (): Promise<MarketSession> => {
      const { MarketSession } = await import('./session');
      return new MarketSession({
        contents: app.serviceManager.contents,
        ipfs,
        wallet,
        server,
        records: await records(),
        locks: navigator.locks ?? null,
        confirmForeign: host =>
          ask(
            trans.__('Use the Ocean Node %1?', host),
            trans.__(
              'This asset is served by %1, which is not in your settings. It will see your address, and get a signature from you when you download. Go on only if you trust it.',
              host
            )
          ),
        confirmAgain: () =>
          ask(
            trans.__('Is an old request still open in your wallet?'),
            trans.__(
              'You were asked before to pay for this asset, and it is not known what became of it. Look into your wallet and close what is open there. Then go on: you will be asked once more.'
            )
          ),
        confirmClear: () =>
          ask(
            trans.__('Save it on the IPFS drive, in the clear?'),
            trans.__(
              'This asset is sealed: only buyers can open it. On your IPFS drive it would lie unsealed, and whoever learns its CID could read it while your node is online. In the workspace it stays with you.'
            )
          ),
        login: async () =>
          (await commands.execute(CommandIDs.walletConnect, {})) !== null &&
          wallet.state.account !== null,
        announce: () => {
          // The drive's browser looks again, if it is there.
          browsers?.tracker
            .find(browser => browser.model.driveName === 'ipfs')
            ?.model.refresh()
            .catch((reason: unknown) => console.warn('No refresh', reason));
        }
      });
    };
    let starting: Promise<MarketSession> | null = null;
    const session = (): Promise<MarketSession> => {
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

    const tracker = new WidgetTracker<MainAreaWidget>({
      namespace: 'jupyterlab-web3-assets'
    });
    const open = async (did: string): Promise<void> => {
      const model = await (await session()).asset(did);
      const id = `jp-web3-asset-${did.slice(7)}`;
      const shown = tracker.find(widget => widget.id === id);
      if (shown) {
        shell.activateById(id);
        void model.load();
        return;
      }
      const { AssetPage } = await import('./assetPage');
      const call = (command: string): void => {
        commands.execute(command, { did }).catch((reason: unknown) => {
          // The command has told the person; the page shows it as well.
          console.warn(command, reason);
        });
      };
      const content = new AssetPage({
        model,
        wallet,
        rendermime,
        trans,
        handlers: {
          buy: () => call(CommandIDs.marketBuy),
          download: () => call(CommandIDs.marketDownload),
          insertCode: () => call(CommandIDs.marketInsertCode),
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
      const name = (): void => {
        widget.title.label = model.state.asset?.name ?? trans.__('Asset');
        widget.title.caption = did;
      };
      name();
      model.changed.connect(name);
      widget.disposed.connect(() => model.changed.disconnect(name));
      await tracker.add(widget);
      shell.add(widget, 'main');
      shell.activateById(id);
      void model.load();
    };

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
          await run(() => open(didOf(args)));
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
      execute: args => run(async () => (await session()).buy(didOf(args)))
    });
    commands.addCommand(CommandIDs.marketDownload, {
      label: trans.__('Download Asset'),
      caption: trans.__('Download an asset that is free or was bought'),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketDownload),
      execute: args =>
        run(async () => {
          const to = typeof args.to === 'string' ? args.to : undefined;
          const result = await (await session()).download(didOf(args), to);
          if (!result) {
            return null;
          }
          Notification.success(trans.__('Saved as %1', result.path), {
            autoClose: 5000
          });
          const { path, cid, verified } = result;
          return { path, cid, verified };
        })
    });
    commands.addCommand(CommandIDs.marketInsertCode, {
      label: trans.__('Insert Code to Load Asset'),
      caption: trans.__(
        'Insert a cell that loads a downloaded asset into the notebook'
      ),
      icon: marketIcon,
      describedBy: describedBy(CommandIDs.marketInsertCode),
      execute: args =>
        run(async () => {
          const path =
            typeof args.notebook === 'string'
              ? args.notebook
              : notebookTracker?.currentWidget?.context.path;
          if (!notebooks || path === undefined) {
            const { NotebookError } = await import('../notebook/errors');
            throw new NotebookError('no-notebook', 'No notebook is open');
          }
          const code = await (await session()).code(didOf(args), path);
          return code === null ? null : notebooks.insertCode(code, path);
        })
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
