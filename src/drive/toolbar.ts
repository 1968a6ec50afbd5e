/**
 * What can be clicked on around the drive: toolbar, context menu and keys.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandToolbarButton, ToolbarButton } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  filterIcon,
  newFolderIcon,
  refreshIcon
} from '@jupyterlab/ui-components';

import { CommandIDs } from '../commands';
import { BROWSER_ID, type IpfsFileBrowser } from './browser';

const ROW = '.jp-DirListing-item[data-isdir]';

export function addToolbar(
  app: JupyterFrontEnd,
  browser: IpfsFileBrowser,
  trans: TranslationBundle
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

export function addMenus(app: JupyterFrontEnd): void {
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
