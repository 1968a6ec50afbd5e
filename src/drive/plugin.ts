import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  CommandToolbarButton,
  ICommandPalette,
  Notification,
  ToolbarButton
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { ServerConnection } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  downloadIcon,
  fileUploadIcon,
  filterIcon,
  linkIcon,
  newFolderIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy } from '../commands';
import { IIpfs, IPinning } from '../tokens';
import { pinBadges } from './badges';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { BROWSER_ID, IpfsFileBrowser } from './browser';
import type { ICommandContext } from './commands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { IpfsDrive } from './drive';
import { acceptForeignRows } from './drop';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { addFileCommands } from './fileCommands';
import { cubeIcon } from './icons';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { DEFAULT_ROW_LIMIT, IpfsBrowserModel } from './models';
import { mirrorCoreSettings } from './settings';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { addStorage } from './storageCommands';

const PLUGIN_ID = 'jupyterlab-web3:drive';
const ROW = '.jp-DirListing-item[data-isdir]';

const plugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Adds a file browser over IPFS.',
  autoStart: true,
  requires: [IIpfs, IDocumentManager, IFileBrowserFactory],
  optional: [
    IDefaultFileBrowser,
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    ISettingRegistry,
    IStateDB,
    ITranslator,
    IPinning
  ],
  activate
};

export default plugin;

function activate(
  app: JupyterFrontEnd,
  ipfs: IIpfs,
  manager: IDocumentManager,
  factory: IFileBrowserFactory,
  defaultBrowser: IDefaultFileBrowser | null,
  labShell: ILabShell | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  settingRegistry: ISettingRegistry | null,
  state: IStateDB | null,
  translator: ITranslator | null,
  pinning: IPinning | null
): void {
  const trans = (translator ?? nullTranslator).load('jupyterlab_web3');
  const { contents, serverSettings } = app.serviceManager;
  const drive = new IpfsDrive({
    ipfs,
    fileTypes: app.docRegistry,
    serverSettings
  });
  contents.addDrive(drive);

  const model = new IpfsBrowserModel({
    manager,
    ipfs,
    drive,
    ask: async (name, more, isFolder) =>
      (await import('./dialogs')).conflictDialog(trans)(name, more, isFolder),
    auto: true,
    state: state ?? undefined,
    translator: translator ?? undefined,
    refreshStandby: 'when-hidden'
  });
  const browser = new IpfsFileBrowser({
    model,
    ipfs,
    trans,
    state: state ?? undefined,
    translator: translator ?? undefined
  });
  // Core's commands (open, rename, new folder, …) act on the tracker's browser.
  void factory.tracker.add(browser);
  app.shell.add(browser, 'left', { rank: 101, type: 'File Browser' });
  restorer?.add(browser, BROWSER_ID);
  if (pinning) {
    const again = browser.setBadges(pinBadges(pinning, trans));
    pinning.recordsChanged.connect(again);
    ipfs.engineChanged.connect(again);
  }

  model.batchStarted.connect((_, batch) => {
    import('./notify').then(
      ({ showBatch }) => showBatch(batch, trans),
      (reason: unknown) => console.error('No notification', reason)
    );
  });

  let linkGateway = '';
  const context: ICommandContext = {
    contents,
    ipfs,
    trans,
    browser,
    announce: (path, change) => drive.announce(path, change),
    history: drive.history,
    fetch: (url, init) =>
      ServerConnection.makeRequest(url, init, serverSettings),
    selection: () =>
      Array.from(
        factory.tracker.currentWidget?.selectedItems() ?? [],
        item => item.path
      ),
    workspaceFolder: () => defaultBrowser?.model.path ?? '',
    linkGateway: () => linkGateway
  };
  addCommands(app, context);
  const files = addFileCommands(app, context, {
    drive,
    defaultBrowser,
    tracker: factory.tracker
  });
  addStorage(app, context, { manager, pinning, settingRegistry, palette });

  for (const one of [browser, defaultBrowser]) {
    if (one) {
      acceptForeignRows(one, contents, (paths, to) => {
        const toDrive = contents.driveName(to) === drive.name;
        import('./commands')
          .then(({ copyAcross }) =>
            copyAcross(context, toDrive ? 'drive' : 'workspace', paths, to)
          )
          .catch((reason: unknown) => {
            // Its own notification has told it.
            console.warn('The dropped files were not copied', reason);
          });
      });
    }
  }

  void app.started.then(() => {
    // Lab comes first: nobody can click on these before it is up.
    addToolbar(app, browser, context);
    addMenus(app);
  });
  for (const command of [
    CommandIDs.ipfsUpload,
    CommandIDs.ipfsUploadFolder,
    CommandIDs.ipfsCopyToDrive,
    CommandIDs.ipfsSearch,
    CommandIDs.ipfsUndo,
    CommandIDs.ipfsHistory
  ]) {
    palette?.addItem({ command, category: trans.__('IPFS') });
  }

  if (settingRegistry) {
    const problem = (reason: unknown) =>
      console.error(`${PLUGIN_ID}: settings could not be read`, reason);
    settingRegistry.load(PLUGIN_ID).then(settings => {
      const apply = () => {
        model.rowLimit =
          Number(settings.composite.rowLimit) || DEFAULT_ROW_LIMIT;
        linkGateway = String(settings.composite.linkGateway ?? '').replace(
          /\/+$/,
          ''
        );
        files.apply(settings);
      };
      settings.changed.connect(apply);
      apply();
    }, problem);
    mirrorCoreSettings(settingRegistry, browser).catch(problem);
  }
}

function addCommands(app: JupyterFrontEnd, context: ICommandContext): void {
  const { commands } = app;
  const { trans } = context;
  type Module = typeof import('./commands');
  type Args = ReadonlyPartialJSONObject;

  const add = (
    id: string,
    words: { label: string; caption: string; icon?: typeof cubeIcon },
    run: (module: Module, args: Args) => Promise<unknown>,
    tell = true
  ): void => {
    commands.addCommand(id, {
      ...words,
      describedBy: describedBy(id),
      execute: async args => {
        try {
          return await run(await import('./commands'), args);
        } catch (error) {
          if (tell) {
            const { describeError } = await import('./words');
            Notification.error(describeError(error, trans), {
              autoClose: 10_000
            });
          }
          throw error;
        }
      }
    });
  };
  const path = (args: Args, name = 'path'): string | undefined =>
    typeof args[name] === 'string' ? args[name] : undefined;
  const sources = (args: Args): string[] => {
    const from = path(args, 'from');
    return from === undefined ? [] : [from];
  };

  add(
    CommandIDs.ipfsUpload,
    {
      label: trans.__('Upload to the IPFS drive…'),
      caption: trans.__('Choose files to put on the IPFS drive'),
      icon: fileUploadIcon
    },
    (module, args) => module.upload(context, path(args)),
    false
  );
  add(
    CommandIDs.ipfsCopyCid,
    {
      label: trans.__('Copy CID'),
      caption: trans.__('Copy the content identifier to the clipboard')
    },
    (module, args) => module.copyCid(context, path(args))
  );
  add(
    CommandIDs.ipfsCopyLink,
    {
      label: trans.__('Copy Link'),
      caption: trans.__('Copy a link that works where the content is shared'),
      icon: linkIcon
    },
    (module, args) => module.copyLink(context, path(args))
  );
  add(
    CommandIDs.ipfsDownload,
    {
      label: trans.__('Download'),
      caption: trans.__('Download to this computer'),
      icon: downloadIcon
    },
    (module, args) => module.download(context, path(args))
  );
  add(
    CommandIDs.ipfsCopyToDrive,
    {
      label: trans.__('Copy to the IPFS Drive'),
      caption: trans.__('Copy files and folders of the workspace to IPFS'),
      icon: cubeIcon
    },
    (module, args) =>
      module.copyAcross(context, 'drive', sources(args), path(args, 'to')),
    false
  );
  add(
    CommandIDs.ipfsCopyToWorkspace,
    {
      label: trans.__('Copy to the Workspace'),
      caption: trans.__('Copy files and folders of the IPFS drive to Jupyter')
    },
    (module, args) =>
      module.copyAcross(context, 'workspace', sources(args), path(args, 'to')),
    false
  );
  add(
    CommandIDs.ipfsMoveToKubo,
    {
      label: trans.__('Move the Files of This Browser to Kubo'),
      caption: trans.__(
        'Copy all files that this browser keeps to the Kubo node, checked, and use that'
      )
    },
    async () => {
      const { moveToKubo } = await import('./embedded');
      return moveToKubo(context.ipfs, trans);
    },
    false
  );
}

function addToolbar(
  app: JupyterFrontEnd,
  browser: IpfsFileBrowser,
  { trans }: ICommandContext
): void {
  const { toolbar } = browser;
  toolbar.addItem(
    'new-folder',
    new ToolbarButton({
      icon: newFolderIcon,
      tooltip: trans.__('New Folder'),
      onClick: () => {
        browser.createNewDirectory().catch((reason: unknown) => {
          // createNewDirectory() has shown its own dialog.
          console.warn('The folder was not made', reason);
        });
      }
    })
  );
  toolbar.addItem(
    'upload',
    new CommandToolbarButton({
      commands: app.commands,
      id: CommandIDs.ipfsUpload,
      label: ''
    })
  );
  toolbar.addItem(
    'import-cid',
    new CommandToolbarButton({
      commands: app.commands,
      id: CommandIDs.ipfsImportCid,
      label: ''
    })
  );
  toolbar.addItem(
    'upload-folder',
    new CommandToolbarButton({
      commands: app.commands,
      id: CommandIDs.ipfsUploadFolder,
      label: ''
    })
  );
  toolbar.addItem(
    'search',
    new CommandToolbarButton({
      commands: app.commands,
      id: CommandIDs.ipfsSearch,
      label: ''
    })
  );
  toolbar.addItem(
    'history',
    new CommandToolbarButton({
      commands: app.commands,
      id: CommandIDs.ipfsHistory,
      label: '',
      args: { path: '' }
    })
  );
  toolbar.addItem(
    'refresh',
    new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Refresh the IPFS drive'),
      onClick: () => void browser.retry()
    })
  );
  toolbar.addItem(
    'filter',
    new ToolbarButton({
      icon: filterIcon,
      tooltip: trans.__('Filter by name'),
      onClick: () => {
        browser.showFileFilter = !browser.showFileFilter;
      }
    })
  );
}

function addMenus(app: JupyterFrontEnd): void {
  const ours = `#${BROWSER_ID} ${ROW}`;
  const items: [string, string, number][] = [
    [CommandIDs.ipfsCopyCid, ours, 20],
    [CommandIDs.ipfsCopyLink, ours, 21],
    [CommandIDs.ipfsCopyToWorkspace, ours, 22],
    [CommandIDs.ipfsDownload, ours, 23],
    [CommandIDs.ipfsUpload, `#${BROWSER_ID} .jp-DirListing-content`, 56],
    [CommandIDs.ipfsCopyToDrive, `#filebrowser ${ROW}`, 20]
  ];
  for (const [command, selector, rank] of items) {
    app.contextMenu.addItem({ command, selector, rank });
  }
  app.commands.addKeyBinding({
    command: CommandIDs.ipfsCopyCid,
    keys: ['Accel Shift C'],
    selector: `#${BROWSER_ID} .jp-DirListing-content .jp-DirListing-itemText`
  });
}
