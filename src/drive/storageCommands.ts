/**
 * Registers the commands that look at, import and export what is on IPFS; what
 * they do is loaded when one is used.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type ICommandPalette, Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { downloadIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { CommandIDs, describedBy } from '../commands';
import type { IPinning } from '../tokens';
import { BROWSER_ID } from './browser';
import { CidDrive } from './cidDrive';
import type { ICommandContext } from './commands';
import { importIcon, infoIcon } from './icons';
import type { IStorageContext } from './inspect';

type Inspect = typeof import('./inspect');
type Exchange = typeof import('./exchange');
type Args = Partial<Record<'path' | 'cid' | 'to' | 'key', string>>;

interface IWords {
  label: string;
  caption: string;
  icon?: LabIcon;
}

export interface IStorageOptions {
  manager: IDocumentManager;
  pinning: IPinning | null;
  settingRegistry: ISettingRegistry | null;
  palette: ICommandPalette | null;
}

/** The setting of this plugin names the gateways that may be asked. */
const IPFS_PLUGIN = 'jupyterlab-web3:ipfs';

/** Of a router, where somebody wrote it out. */
const ROUTING_PATH = /(\/routing\/v1)?\/*$/;

export function addStorage(
  app: JupyterFrontEnd,
  drive: ICommandContext,
  options: IStorageOptions
): void {
  let gateways: readonly string[] = [];
  options.settingRegistry?.load(IPFS_PLUGIN).then(
    settings => {
      const apply = (): void => {
        const { composite } = settings;
        const routers = (composite.routers as string[]).filter(Boolean);
        gateways = [
          ...(composite.gateways as string[]).filter(Boolean),
          // Last, and told from gateways by their path.
          ...routers.map(url => `${url.replace(ROUTING_PATH, '')}/routing/v1`)
        ];
      };
      settings.changed.connect(apply);
      apply();
    },
    (reason: unknown) => console.error('No setting of gateways', reason)
  );

  options.pinning?.addHolderCheck(async (cid, o) => {
    if (!gateways.length) {
      return [];
    }
    const { askGateways } = await import('./gatewayHolders');
    return askGateways(cid, gateways, drive.trans, o);
  });

  const shown = new Map<string, Widget>();
  const context: IStorageContext = {
    ...drive,
    gateways: () => gateways,
    pinning: options.pinning,
    show: (id, make) => {
      let widget = shown.get(id);
      if (!widget) {
        widget = make();
        widget.id = id;
        shown.set(id, widget);
        widget.disposed.connect(() => shown.delete(id));
        app.shell.add(widget, 'main');
      }
      app.shell.activateById(id);
    },
    open: path => {
      options.manager.openOrReveal(path);
    },
    execute: (command, args) => {
      app.commands.execute(command, args).catch((reason: unknown) => {
        // The command itself has told the person.
        console.debug(`${command} failed`, reason);
      });
    }
  };
  app.serviceManager.contents.addDrive(
    new CidDrive({
      ipfs: drive.ipfs,
      gateways: context.gateways,
      fileTypes: app.docRegistry,
      serverSettings: app.serviceManager.serverSettings
    })
  );
  addCommands(app, context, options.palette);
}

function addCommands(
  app: JupyterFrontEnd,
  context: IStorageContext,
  palette: ICommandPalette | null
): void {
  const { trans } = context;

  const add = <M>(
    id: string,
    words: IWords,
    load: () => Promise<M>,
    run: (module: M, args: Args) => Promise<unknown>
  ): void => {
    app.commands.addCommand(id, {
      ...words,
      describedBy: describedBy(id),
      execute: async args => {
        try {
          return await run(await load(), textsOf(args));
        } catch (error) {
          const { storageError, wasTold } = await import('./storageWords');
          if (!wasTold(error)) {
            Notification.error(storageError(error, trans));
          }
          throw error;
        }
      }
    });
  };
  const inspect = (): Promise<Inspect> => import('./inspect');
  const exchange = (): Promise<Exchange> => import('./exchange');

  add(
    CommandIDs.ipfsInfo,
    {
      label: trans.__('IPFS Info'),
      caption: trans.__('CID, size, preview, who has it, and links'),
      icon: infoIcon
    },
    inspect,
    (module, args) => module.info(context, args)
  );
  add(
    CommandIDs.ipfsDag,
    {
      label: trans.__('Show Blocks'),
      caption: trans.__('Walk the blocks of which it is made')
    },
    inspect,
    (module, args) => module.dag(context, args)
  );
  add(
    CommandIDs.ipfsVerify,
    {
      label: trans.__('Verify'),
      caption: trans.__('Read it again from outside and check every block')
    },
    inspect,
    (module, args) => module.verify(context, args)
  );
  add(
    CommandIDs.ipfsOpenCid,
    {
      label: trans.__('Open by CID…'),
      caption: trans.__('Open read-only, without putting it on the drive')
    },
    inspect,
    (module, args) => module.openCid(context, args)
  );
  add(
    CommandIDs.ipfsPublishName,
    {
      label: trans.__('Publish under a Name…'),
      caption: trans.__('Point a name that stays the same at this version')
    },
    inspect,
    (module, args) => module.publishName(context, args)
  );
  add(
    CommandIDs.ipfsImportCid,
    {
      label: trans.__('Import by CID…'),
      caption: trans.__('Import by CID or address'),
      icon: importIcon
    },
    exchange,
    (module, args) => module.importCid(context, args)
  );
  add(
    CommandIDs.ipfsImportList,
    {
      label: trans.__('Import a List of CIDs…'),
      caption: trans.__('Import what a text file lists, a CID a line')
    },
    exchange,
    (module, args) => module.importList(context, args)
  );
  add(
    CommandIDs.ipfsImportCar,
    {
      label: trans.__('Import a CAR Archive…'),
      caption: trans.__('Put what an archive of blocks holds on the drive')
    },
    exchange,
    (module, args) => module.importCar(context, args)
  );
  add(
    CommandIDs.ipfsExportCar,
    {
      label: trans.__('Export as CAR'),
      caption: trans.__('All blocks as an archive that keeps the CID'),
      icon: downloadIcon
    },
    exchange,
    (module, args) => module.exportCar(context, args)
  );
  add(
    CommandIDs.ipfsExportZip,
    {
      label: trans.__('Export as zip'),
      caption: trans.__('The files of the folder as a zip')
    },
    exchange,
    (module, args) => module.exportZip(context, args)
  );

  addMenu(app);
  for (const command of [
    CommandIDs.ipfsOpenCid,
    CommandIDs.ipfsImportCid,
    CommandIDs.ipfsImportList,
    CommandIDs.ipfsImportCar
  ]) {
    palette?.addItem({ command, category: trans.__('IPFS') });
  }
}

function addMenu(app: JupyterFrontEnd): void {
  const row = `#${BROWSER_ID} .jp-DirListing-item[data-isdir]`;
  const folder = `#${BROWSER_ID} .jp-DirListing-item[data-isdir="true"]`;
  const around = `#${BROWSER_ID} .jp-DirListing-content`;
  const items: [string, string, number][] = [
    [CommandIDs.ipfsInfo, row, 21.1],
    [CommandIDs.ipfsDag, row, 21.2],
    [CommandIDs.ipfsVerify, row, 21.3],
    [CommandIDs.ipfsPublishName, row, 21.4],
    [CommandIDs.ipfsExportCar, row, 24],
    [CommandIDs.ipfsExportZip, folder, 24.1],
    [CommandIDs.ipfsImportCid, around, 56.3],
    [CommandIDs.ipfsImportList, around, 56.4],
    [CommandIDs.ipfsImportCar, around, 56.5],
    [CommandIDs.ipfsOpenCid, around, 56.6]
  ];
  for (const [command, selector, rank] of items) {
    app.contextMenu.addItem({ command, selector, rank });
  }
  for (const rank of [19.9, 21.9]) {
    app.contextMenu.addItem({ type: 'separator', selector: row, rank });
  }
}

/** The arguments that are texts; others are not ours. */
function textsOf(args: ReadonlyPartialJSONObject): Args {
  const texts: Args = {};
  for (const name of ['path', 'cid', 'to', 'key'] as const) {
    const value = args[name];
    if (typeof value === 'string') {
      texts[name] = value;
    }
  }
  return texts;
}
