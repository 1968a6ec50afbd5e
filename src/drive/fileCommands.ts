/**
 * Commands, keys and menus around files of the drive: undo and history, cut and
 * paste between drives, folders, search. What they do is loaded on first use.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import {
  copyIcon,
  folderIcon,
  historyIcon,
  type LabIcon,
  pasteIcon,
  searchIcon,
  undoIcon
} from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy } from '../commands';
import { BROWSER_ID } from './browser';
import type { IChangesContext } from './changes';
import { FileClipboard } from './clipboard';
import type { ICommandContext } from './commands';
import type { IpfsDrive } from './drive';
import { DEFAULT_LIMITS } from './history';
import { DRIVE_NAME } from './paths';
import { Undoable } from './undoable';

/** On another browser while something of the IPFS drive can be pasted there. */
const PASTE_HERE = 'jp-web3-mod-pasteHere';

interface IParts {
  drive: IpfsDrive;
  defaultBrowser: FileBrowser | null;
  tracker: IFileBrowserFactory['tracker'];
}

type Args = ReadonlyPartialJSONObject;
const text = (args: Args, name: string): string | undefined =>
  typeof args[name] === 'string' ? args[name] : undefined;

export function addFileCommands(
  app: JupyterFrontEnd,
  commandContext: ICommandContext,
  { drive, defaultBrowser, tracker }: IParts
): { apply: (settings: ISettingRegistry.ISettings) => void } {
  const { commands } = app;
  const { trans, browser, contents } = commandContext;
  const undoable = new Undoable(drive.history);
  const context: IChangesContext = { ...commandContext, app, drive, undoable };

  drive.history.recorded.connect((_, change) => {
    import('./changes').then(
      ({ offerUndo }) => offerUndo(context, change),
      (reason: unknown) => console.error('Undo is not offered', reason)
    );
  });

  const clipboard = new FileClipboard();
  commands.commandExecuted.connect((_, { id }) => {
    const cut = id === 'filebrowser:cut';
    if (cut || id === 'filebrowser:copy') {
      const items = tracker.currentWidget?.selectedItems() ?? [];
      clipboard.set(
        Array.from(items, ({ path }) => path),
        cut
      );
    }
  });
  clipboard.changed.connect(() => {
    defaultBrowser?.toggleClass(
      PASTE_HERE,
      clipboard.paths.some(path => contents.driveName(path) === DRIVE_NAME)
    );
  });
  const paste = async (to: string): Promise<string[] | null> => {
    const { paths, cut } = clipboard;
    if (!paths.length) {
      return [];
    }
    const [{ place }, { conflictDialog }] = await Promise.all([
      import('./placing'),
      import('./dialogs')
    ]);
    const placed = await place(
      { ...context, ask: conflictDialog(trans) },
      paths,
      to,
      { cut }
    );
    if (placed && cut && clipboard.paths === paths) {
      clipboard.set([], false);
    }
    return placed?.map(({ path }) => path) ?? null;
  };

  const tellError = async (error: unknown): Promise<void> => {
    const { describeError } = await import('./words');
    Notification.error(describeError(error, trans), { autoClose: 10_000 });
  };
  const add = (
    id: string,
    words: { label: string; caption: string; icon?: LabIcon },
    execute: (args: Args) => Promise<unknown>
  ): void => {
    commands.addCommand(id, {
      ...words,
      describedBy: describedBy(id),
      execute: async args => {
        try {
          return await execute(args);
        } catch (error) {
          await tellError(error);
          throw error;
        }
      }
    });
  };
  browser.pasteHere = async () => {
    try {
      await paste(browser.model.path);
    } catch (error) {
      await tellError(error);
    }
  };

  add(
    CommandIDs.ipfsPaste,
    {
      label: trans.__('Paste from the IPFS Drive'),
      caption: trans.__('Put here what was cut or copied, of whichever drive'),
      icon: pasteIcon
    },
    args =>
      paste(
        text(args, 'to') ??
          tracker.currentWidget?.model.path ??
          `${DRIVE_NAME}:`
      )
  );
  add(
    CommandIDs.ipfsUndo,
    {
      label: trans.__('Undo on the IPFS Drive'),
      caption: trans.__('Take back what was last done on the IPFS drive'),
      icon: undoIcon
    },
    async () => (await import('./changes')).undoLast(context)
  );
  add(
    CommandIDs.ipfsHistory,
    {
      label: trans.__('History…'),
      caption: trans.__('Earlier states: compare, open, restore'),
      icon: historyIcon
    },
    async args =>
      (await import('./changes')).openHistory(context, text(args, 'path'))
  );
  add(
    CommandIDs.ipfsRestore,
    {
      label: trans.__('Restore an Earlier State'),
      caption: trans.__('Make a file or folder what it was after a change')
    },
    async args =>
      (await import('./changes')).restore(
        context,
        text(args, 'path') ?? '',
        text(args, 'state') ?? ''
      )
  );
  add(
    CommandIDs.ipfsUploadFolder,
    {
      label: trans.__('Upload a Folder to the IPFS Drive…'),
      caption: trans.__('Choose a folder to put on the IPFS drive'),
      icon: folderIcon
    },
    async args =>
      (await import('./commands')).uploadFolder(context, text(args, 'path'))
  );
  add(
    CommandIDs.ipfsSearch,
    {
      label: trans.__('Search the IPFS Drive by Name'),
      caption: trans.__('Search by name, here and in all folders below'),
      icon: searchIcon
    },
    async args => {
      app.shell.activateById(BROWSER_ID);
      await browser.openSearch(text(args, 'query'));
      return null;
    }
  );
  add(
    CommandIDs.ipfsGoUp,
    {
      label: trans.__('Go Up'),
      caption: trans.__('Show the folder above on the IPFS drive')
    },
    async () => {
      await browser.goUp();
      return null;
    }
  );

  let settings: ISettingRegistry.ISettings | null = null;
  commands.addCommand(CommandIDs.ipfsCidColumn, {
    label: trans.__('Show CID Column'),
    caption: trans.__('Show the content identifier of each row'),
    icon: copyIcon,
    describedBy: describedBy(CommandIDs.ipfsCidColumn),
    isToggled: () => browser.showsCid,
    execute: async () => {
      const shown = !browser.showsCid;
      browser.showsCid = shown;
      await settings?.set('cidColumn', shown);
      return { shown };
    }
  });

  const rows = `#${BROWSER_ID} .jp-DirListing-content .jp-DirListing-itemText`;
  const listing = `#${BROWSER_ID} .jp-DirListing:focus`;
  const row = `#${BROWSER_ID} .jp-DirListing-item[data-isdir]`;
  const empty = `#${BROWSER_ID} .jp-DirListing-content`;
  const keys: [string, string, string][] = [
    [CommandIDs.ipfsUndo, 'Accel Z', rows],
    [CommandIDs.ipfsUndo, 'Accel Z', listing],
    [CommandIDs.ipfsPaste, 'Accel V', listing],
    // Core's command moves its own browser, wherever the key was pressed.
    [CommandIDs.ipfsGoUp, 'Backspace', rows],
    [CommandIDs.ipfsGoUp, 'Backspace', listing],
    [CommandIDs.ipfsSearch, 'Accel Shift F', `#${BROWSER_ID}`],
    [CommandIDs.ipfsHistory, 'Accel Shift H', rows],
    [
      CommandIDs.ipfsPaste,
      'Accel V',
      `.${PASTE_HERE} .jp-DirListing-content .jp-DirListing-itemText`
    ]
  ];
  for (const [command, key, selector] of keys) {
    commands.addKeyBinding({ command, keys: [key], selector });
  }
  const menu: [string, string, number][] = [
    [CommandIDs.ipfsHistory, row, 9.5],
    [CommandIDs.ipfsUndo, empty, 9.6],
    [CommandIDs.ipfsUploadFolder, empty, 56.1],
    [CommandIDs.ipfsSearch, empty, 56.2],
    [CommandIDs.ipfsCidColumn, `#${BROWSER_ID} .jp-DirListing-header`, 19],
    [CommandIDs.ipfsPaste, `.${PASTE_HERE} .jp-DirListing-content`, 8.6]
  ];
  for (const [command, selector, rank] of menu) {
    app.contextMenu.addItem({ command, selector, rank });
  }

  return {
    apply: loaded => {
      settings = loaded;
      const number = (name: string, otherwise: number): number => {
        const value = loaded.composite[name];
        return typeof value === 'number' ? value : otherwise;
      };
      drive.history.limits = {
        days: number('historyDays', DEFAULT_LIMITS.days),
        changes: number('historyChanges', DEFAULT_LIMITS.changes)
      };
      browser.showsCid = loaded.composite.cidColumn !== false;
    }
  };
}
