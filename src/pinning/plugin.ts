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
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import { IIpfs, IPinning, IWallet, IWeb3Server } from '../tokens';
import { isAbort } from './errors';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it: a provider that loads later
import { addFilecoin } from './filecoinLazy';
import { pinIcon } from './icons';
import { LazyPinning } from './lazy';
import type { PinPanel } from './panel';
import type { IPinArgs, IPinResult, PinningRoom } from './room';

/** Of the journal; the room is opened at a start only where it exists. */
const DATABASE = 'jupyterlab-web3:pinning';
const ROW = '#jp-web3-drive .jp-DirListing-item[data-isdir]';

const plugin: JupyterFrontEndPlugin<IPinning> = {
  id: 'jupyterlab-web3:pinning',
  description: 'Keeps content pinned: on the node, and at pinning services.',
  autoStart: true,
  provides: IPinning,
  requires: [IIpfs, IWeb3Server],
  optional: [
    IFileBrowserFactory,
    ILayoutRestorer,
    ICommandPalette,
    IStatusBar,
    ITranslator,
    IWallet,
    ISettingRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    ipfs: IIpfs,
    server: IWeb3Server,
    browsers: IFileBrowserFactory | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null,
    wallet: IWallet | null,
    registry: ISettingRegistry | null
  ): IPinning => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_web3');
    const { commands } = app;
    const tracker = new WidgetTracker<MainAreaWidget<PinPanel>>({
      namespace: 'jupyterlab-web3-pins'
    });

    let opened: Promise<PinningRoom> | null = null;
    const open = (): Promise<PinningRoom> => {
      opened ??= import('./room').then(async ({ PinningRoom }) => {
        const room = new PinningRoom({
          app,
          ipfs,
          server,
          statusBar,
          tracker,
          trans
        });
        pinning.adopt(room.pinning);
        await room.pinning.start();
        return room;
      });
      opened.catch(() => {
        // A chunk that did not load may at the next try.
        opened = null;
      });
      return opened;
    };
    const pinning = new LazyPinning(ipfs, async () => (await open()).pinning);

    const selected = (args: IPinArgs): IPinArgs[] => {
      if (args.path !== undefined || args.cid !== undefined) {
        return [args];
      }
      const items = browsers?.tracker.currentWidget?.selectedItems() ?? [];
      const chosen = Array.from(items, ({ path }) => ({ ...args, path }));
      return chosen.length ? chosen : [args];
    };
    const add = (
      id: string,
      label: string,
      caption: string,
      run: (
        room: PinningRoom,
        args: IPinArgs
      ) => Promise<IPinResult | null | void>
    ): void => {
      commands.addCommand(id, {
        label,
        caption,
        icon: pinIcon,
        describedBy: describedBy(id),
        execute: async args => {
          try {
            const result = await run(await open(), args as IPinArgs);
            return result ?? null;
          } catch (error) {
            if (isAbort(error)) {
              return null;
            }
            const { errorWords } = await import('./words');
            Notification.error(errorWords(trans, error), { autoClose: 10_000 });
            throw error;
          }
        }
      });
      palette?.addItem({ command: id, category: trans.__('IPFS') });
    };
    /** One after the other; the last one is the answer. */
    const each =
      (
        task: (room: PinningRoom, args: IPinArgs) => Promise<IPinResult | null>
      ) =>
      async (room: PinningRoom, args: IPinArgs): Promise<IPinResult | null> => {
        let result: IPinResult | null = null;
        for (const one of selected(args)) {
          result = await task(room, one);
        }
        return result;
      };
    add(
      CommandIDs.pinningPin,
      trans.__('Pin…'),
      trans.__('Have this content kept, here or by a pinning service'),
      each((room, args) => room.pin(args))
    );
    add(
      CommandIDs.pinningUnpin,
      trans.__('Unpin…'),
      trans.__('Stop having this content kept'),
      each((room, args) => room.unpin(args))
    );
    add(
      CommandIDs.pinningOpen,
      trans.__('Pins and Pinning Services'),
      trans.__('Show what is pinned, and who keeps it'),
      room => room.show()
    );
    for (const [command, rank] of [
      [CommandIDs.pinningPin, 24],
      [CommandIDs.pinningUnpin, 24.1]
    ] as const) {
      app.contextMenu.addItem({ command, selector: ROW, rank });
    }
    void restorer?.restore(tracker, {
      command: CommandIDs.pinningOpen,
      name: () => 'pins'
    });

    void app.restored.then(async () => {
      // Nothing is loaded for those who never pinned here.
      const known = (await globalThis.indexedDB?.databases?.()) ?? [];
      if (known.some(({ name }) => name === DATABASE)) {
        await open();
      }
    });
    if (wallet) {
      addFilecoin({ app, pinning, wallet, trans, palette, registry });
    }
    return pinning;
  }
};

export default plugin;
