/**
 * What the commands around the history do; loaded on first use.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  MainAreaWidget,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { historyIcon } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commands';
import { IpfsError } from '../ipfs/errors';
import { CID_DRIVE } from './cidDrive';
import type { ICommandContext } from './commands';
import type { IpfsDrive } from './drive';
import type { IChange } from './history';
import { HistoryModel } from './historyModel';
import { HistoryPanel } from './historyPanel';
import { undoableWords } from './historyWords';
import { DRIVE_NAME, toContentsPath, toLocal, toMfs } from './paths';
import type { IPlaced } from './transfer';
import * as back from './undo';
import type { Undoable } from './undoable';
import { describeError } from './words';

export interface IChangesContext extends ICommandContext {
  app: JupyterFrontEnd;
  drive: IpfsDrive;
  undoable: Undoable;
}

/** How long "Undo" is offered in a notification, in ms. */
const OFFERED_MS = 8000;

/** Show the timeline of what is selected, else of the folder that is shown. */
export async function openHistory(
  context: IChangesContext,
  path?: string
): Promise<{ path: string }> {
  const { app, trans, browser, contents } = context;
  const [first] = path === undefined ? context.selection() : [path];
  const shown = first || browser.model.path;
  const local = onDrive(context, shown);
  const id = `jp-web3-history-${local}`;
  for (const widget of app.shell.widgets('main')) {
    if (widget.id === id) {
      app.shell.activateById(id);
      return { path: shown };
    }
  }
  const model = new HistoryModel(
    context.ipfs,
    context.drive.history,
    toMfs(local),
    {
      open: (cid, name, folder) => open(context, cid, name, folder),
      restore: (state, at, then) =>
        back.restore(backContext(context), state, at, then),
      undo: change => undoOne(context, change),
      forget: () => forget(context)
    }
  );
  const content = new HistoryPanel(model, trans);
  const widget = new MainAreaWidget({ content });
  // It has named it as it names everything.
  content.node.setAttribute('aria-label', trans.__('History'));
  widget.id = id;
  widget.title.label = trans.__(
    'History of %1',
    PathExt.basename(contents.localPath(shown)) || trans.__('the IPFS drive')
  );
  widget.title.icon = historyIcon;
  widget.title.closable = true;
  app.shell.add(widget, 'main');
  app.shell.activateById(id);
  void model.load();
  return { path: shown };
}

/** Restore a path to what it was after a change. */
export async function restore(
  context: IChangesContext,
  path: string,
  state: string
): Promise<IPlaced> {
  const mfs = toMfs(onDrive(context, path));
  return { path, cid: await back.restore(backContext(context), state, mfs) };
}

/** Undo what the person did last; null where that is nothing. */
export async function undoLast(
  context: IChangesContext
): Promise<{ paths: string[] } | null> {
  const { undoable, drive, trans } = context;
  await drive.history.settled();
  const change = undoable.last;
  if (!change) {
    Notification.info(trans.__('There is nothing to undo on the IPFS drive.'), {
      autoClose: 3000
    });
    return null;
  }
  return undoOne(context, change);
}

async function undoOne(
  context: IChangesContext,
  change: IChange
): Promise<{ paths: string[] }> {
  const { undoable, trans } = context;
  // Whether it works or not: the next time the one before it is meant.
  undoable.drop(change);
  dismissOffer();
  await back.undo(backContext(context), change);
  Notification.success(trans.__('Undone.'), { autoClose: 2000 });
  return { paths: change.entries.map(({ path }) => toContentsPath(path)) };
}

let offered: { id: string; change: string } | null = null;

function dismissOffer(): void {
  if (offered) {
    Notification.dismiss(offered.id);
    offered = null;
  }
}

/** Say what happened, with a button that undoes it. */
export function offerUndo(context: IChangesContext, change: IChange): void {
  const { trans } = context;
  const message = undoableWords(change, trans);
  if (!message) {
    return;
  }
  dismissOffer();
  offered = {
    change: change.id,
    id: Notification.info(message, {
      autoClose: OFFERED_MS,
      actions: [
        {
          label: trans.__('Undo'),
          caption: trans.__('Take this change back'),
          callback: () => {
            undoOne(context, change).catch((reason: unknown) => {
              Notification.error(describeError(reason, trans), {
                autoClose: 10_000
              });
            });
          }
        }
      ]
    })
  };
}

async function open(
  { app }: IChangesContext,
  cid: string,
  name: string,
  folder: boolean
): Promise<void> {
  await (folder
    ? app.commands.execute(CommandIDs.ipfsOpenCid, { cid })
    : app.commands.execute('docmanager:open', {
        path: `${CID_DRIVE}:${cid}/${name}`
      }));
}

async function forget({ drive, trans }: IChangesContext): Promise<boolean> {
  const { button } = await showDialog({
    title: trans.__('Forget the history of the whole drive?'),
    body: trans.__(
      'What is on the drive now stays. Earlier states and what was deleted can not be brought back, and your node may free their space.'
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Forget') })
    ],
    defaultButton: 0
  });
  if (button.accept) {
    await drive.history.clear();
  }
  return button.accept;
}

function backContext({ ipfs, drive }: IChangesContext) {
  return {
    ipfs,
    history: drive.history,
    show: (path: string) => drive.show(path),
    rename: (from: string, to: string) =>
      drive.rename(toLocal(from), toLocal(to), 'undo')
  };
}

function onDrive({ contents }: IChangesContext, path: string): string {
  if (contents.driveName(path) !== DRIVE_NAME) {
    throw new IpfsError('refused', `${path} is not on the IPFS drive`);
  }
  return contents.localPath(path);
}
