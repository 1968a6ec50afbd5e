/**
 * What can be dropped on a file browser besides its own rows.
 */
import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { Drag } from '@lumino/dragdrop';

const CONTENTS_MIME = 'application/x-jupyter-icontents';
const TARGET_CLASS = 'jp-web3-mod-dropTarget';

/**
 * Rows of a browser of another drive, dropped on this one: a copy, which the
 * contents manager itself refuses between drives. Listens in the capture phase,
 * and only to drags that come from another drive.
 *
 * @param copy - gets the contents paths, and the folder they go into
 */
export function acceptForeignRows(
  browser: FileBrowser,
  contents: Contents.IManager,
  copy: (paths: string[], folder: string) => void
): IDisposable {
  const { node } = browser;
  const foreign = (event: Drag.Event): string[] => {
    if (!event.mimeData.hasData(CONTENTS_MIME)) {
      return [];
    }
    const paths = event.mimeData.getData(CONTENTS_MIME) as string[];
    const here = contents.driveName(browser.model.path);
    return paths.filter(path => contents.driveName(path) !== here);
  };
  const handle = (raw: Event): void => {
    const event = raw as unknown as Drag.Event;
    const paths = foreign(event);
    if (!paths.length) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (event.type) {
      case 'lm-dragenter':
      case 'lm-dragover':
        node.classList.add(TARGET_CLASS);
        // Rows are only offered as "move"; another action would be no drop.
        event.dropAction = event.supportedActions === 'copy' ? 'copy' : 'move';
        break;
      case 'lm-dragleave':
        node.classList.remove(TARGET_CLASS);
        break;
      case 'lm-drop':
        node.classList.remove(TARGET_CLASS);
        event.dropAction = event.proposedAction;
        copy(paths, folderUnder(browser, event));
        break;
    }
  };
  const types = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];
  for (const type of types) {
    node.addEventListener(type, handle, true);
  }
  let disposed = false;
  return {
    get isDisposed() {
      return disposed;
    },
    dispose: () => {
      disposed = true;
      for (const type of types) {
        node.removeEventListener(type, handle, true);
      }
    }
  };
}

/** The folder row under the pointer, else the folder that is shown. */
function folderUnder(browser: FileBrowser, event: Drag.Event): string {
  const model = browser.modelForClick(event as unknown as MouseEvent);
  return model?.type === 'directory' ? model.path : browser.model.path;
}

/** Files and folders of a drop from the desktop, as paths below the drop. */
export async function droppedFiles(
  transfer: DataTransfer
): Promise<{ files: { file: File; path: string }[]; folders: string[] }> {
  const files: { file: File; path: string }[] = [];
  const folders: string[] = [];
  // Entries must be taken before the first await: the transfer is emptied then.
  const entries = Array.from(transfer.items, item =>
    item.kind === 'file' ? item.webkitGetAsEntry() : null
  );
  if (!entries.some(entry => entry)) {
    return {
      files: Array.from(transfer.files, file => ({ file, path: file.name })),
      folders
    };
  }
  const walk = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject)
      );
      files.push({ file, path });
      return;
    }
    folders.push(path);
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // A reader hands out at most 100 entries a call.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject)
      );
      if (!some.length) {
        return;
      }
      for (const child of some) {
        await walk(child, `${path}/${child.name}`);
      }
    }
  };
  for (const entry of entries) {
    if (entry) {
      await walk(entry, entry.name);
    }
  }
  return { files, folders };
}
