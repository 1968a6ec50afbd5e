import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { ServerConnection } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IIpfs, IPinning } from '../tokens';
import { pinBadges } from './badges';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { BROWSER_ID, IpfsFileBrowser } from './browser';
import type { ICommandContext } from './commands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { IpfsDrive } from './drive';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { addDriveCommands } from './driveCommands';
import { acceptForeignRows } from './drop';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { addFileCommands } from './fileCommands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { DEFAULT_ROW_LIMIT, IpfsBrowserModel } from './models';
import { mirrorCoreSettings } from './settings';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { addStorage } from './storageCommands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- as soon as Lab is up
import { addMenus, addToolbar } from './toolbar';

const PLUGIN_ID = 'jupyterlab-web3:drive';

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
  addDriveCommands(app, context);
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
    addToolbar(app, browser, trans);
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
