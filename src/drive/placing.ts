/**
 * Entries on their way into a folder, of the same drive or of another: what is
 * pasted, dropped, or copied by a command. Conflicts are asked first; one
 * notification tells of all; what is cut goes when its copy was seen to be right.
 */
import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { IpfsError, isCancelled, throwIfCancelled } from '../ipfs/errors';
import type { IMfsEntry } from '../tokens';
import { keepBothName } from './names';
import { ProgressNotice } from './notify';
import { DRIVE_NAME, mfsContent, toMfs } from './paths';
import { lookUp } from './save';
import {
  copyToDrive,
  copyToWorkspace,
  type IPlaced,
  type ITransferContext,
  workspaceContent
} from './transfer';
import type { AskConflict, ConflictAnswer } from './upload';

export interface IPlaceContext extends ITransferContext {
  trans: TranslationBundle;
  ask: AskConflict;
}

export interface IPlaceOptions {
  /** Move instead of copy. */
  cut?: boolean;
  /** `to` is the path of what will be there, not the folder it goes into. */
  exact?: boolean;
}

interface ITask {
  from: string;
  to: string;
  name: string;
  /** Bytes, where they are known. */
  size: number;
  overwrite: boolean;
  across: boolean;
}

/**
 * Put entries into a folder. Several are done one after the other.
 *
 * @param to - contents path of the folder
 * @returns what is there now, without what was skipped; null when the person
 *   cancelled: what was done until then stays, whole entries only
 * @throws what the copy of an entry throws, after it was told
 */
export async function place(
  context: IPlaceContext,
  paths: readonly string[],
  to: string,
  options: IPlaceOptions = {}
): Promise<IPlaced[] | null> {
  const tasks = await plan(context, paths, to, options);
  if (!tasks) {
    return null;
  }
  const { trans } = context;
  const { cut = false } = options;
  const controller = new AbortController();
  const total = tasks.length;
  let notice: ProgressNotice | null = null;
  const placed: IPlaced[] = [];
  const unverified: string[] = [];
  try {
    for (const [i, task] of tasks.entries()) {
      throwIfCancelled(controller.signal);
      if (!task.across) {
        placed.push(await placeWithin(context, task, cut));
        continue;
      }
      const words =
        total === 1
          ? trans.__('Copying “%1”', task.name)
          : trans.__('Copying “%1”, %2 of %3', task.name, i + 1, total);
      notice ??= new ProgressNotice(trans, words, () => controller.abort());
      const shown = notice;
      shown.update(words, i / total);
      const copied = await copy(context, task, controller.signal, bytes =>
        shown.update(
          words,
          (i + (task.size ? Math.min(bytes / task.size, 1) : 0)) / total
        )
      );
      placed.push(copied);
      if (cut) {
        shown.update(trans.__('Checking the copy of “%1”', task.name), 0.99);
        if (await isSame(context, task.from, task.to, controller.signal)) {
          await removeSource(context, task.from);
        } else {
          unverified.push(task.name);
        }
      }
    }
  } catch (error) {
    notice?.failed(error);
    if (isCancelled(error)) {
      return null;
    }
    throw error;
  }
  if (unverified.length) {
    notice?.failed(
      new IpfsError(
        'incomplete',
        trans.__(
          '“%1” was copied, but the copy is not what the original is now. The original was kept.',
          unverified[0]
        )
      )
    );
  } else {
    notice?.done(doneWords(context, tasks));
  }
  return placed;
}

function doneWords({ contents, trans }: IPlaceContext, tasks: ITask[]): string {
  const [{ to, name }] = tasks;
  const onDrive = contents.driveName(to) === DRIVE_NAME;
  if (tasks.length === 1) {
    return onDrive
      ? trans.__('“%1” is on the IPFS drive.', name)
      : trans.__('“%1” is in the workspace.', name);
  }
  return onDrive
    ? trans.__('%1 items are on the IPFS drive.', tasks.length)
    : trans.__('%1 items are in the workspace.', tasks.length);
}

/** Where each goes; null when the person cancelled. */
async function plan(
  context: IPlaceContext,
  paths: readonly string[],
  to: string,
  { cut, exact }: IPlaceOptions
): Promise<ITask[] | null> {
  const { contents, ask } = context;
  const tasks: ITask[] = [];
  const taken = new Set<string>();
  let standing: ConflictAnswer | null = null;
  for (const [i, from] of paths.entries()) {
    const name = PathExt.basename(contents.localPath(from));
    const target = exact ? to : join(to, name);
    const across = contents.driveName(from) !== contents.driveName(target);
    const source = await contents.get(from, { content: false });
    const task: ITask = {
      from,
      to: target,
      name,
      size: source.size ?? 0,
      overwrite: false,
      across
    };
    if (!across && target === from) {
      if (!cut) {
        // Beside itself, under the name that Jupyter gives to copies.
        tasks.push(task);
      }
      continue;
    }
    const existing = taken.has(target)
      ? source
      : await lookUp(contents, target);
    if (existing) {
      const isFolder =
        existing.type === 'directory' || source.type === 'directory';
      let answer: ConflictAnswer | null = standing;
      if (!answer || (answer === 'overwrite' && isFolder)) {
        const reply = await ask(
          PathExt.basename(contents.localPath(target)),
          paths.length - i - 1,
          isFolder
        );
        if (!reply) {
          return null;
        }
        answer = reply.answer;
        standing = reply.all ? reply.answer : null;
      }
      if (answer === 'skip') {
        continue;
      }
      if (answer === 'keep-both') {
        task.to = await freeTarget(
          context,
          target,
          source.type === 'directory',
          taken
        );
      }
      task.overwrite = answer === 'overwrite';
    }
    taken.add(task.to);
    tasks.push(task);
  }
  return tasks;
}

/** A path beside `target` that nobody has. */
export async function freeTarget(
  { contents }: Pick<ITransferContext, 'contents'>,
  target: string,
  directory: boolean,
  promised: ReadonlySet<string> = new Set()
): Promise<string> {
  const slash = target.lastIndexOf('/');
  const cut = slash === -1 ? target.indexOf(':') + 1 : slash + 1;
  const folder = target.slice(0, cut);
  const listing = await contents.get(folder.replace(/\/$/, ''), {
    content: true,
    type: 'directory'
  });
  const names = new Set(
    (listing.content as { name: string }[]).map(child => child.name)
  );
  const name = keepBothName(
    target.slice(cut),
    { has: one => names.has(one) || promised.has(folder + one) },
    directory
  );
  return folder + name;
}

async function placeWithin(
  { contents, history, announce, ipfs }: IPlaceContext,
  { from, to, overwrite }: ITask,
  cut: boolean
): Promise<IPlaced> {
  const parts = (path: string): string => toMfs(contents.localPath(path));
  if (cut) {
    if (overwrite) {
      await contents.delete(to);
    }
    const { hash } = await contents.rename(from, to);
    return { path: to, cid: hash ?? '' };
  }
  if (from === to) {
    const { path, hash } = await contents.copy(from, folderOf(to));
    return { path, cid: hash ?? '' };
  }
  // Only files are replaced.
  const { cid } = await ipfs.files.stat(parts(from));
  const change = history?.begin('copy');
  const before = overwrite ? (await ipfs.files.stat(parts(to))).cid : null;
  if (before) {
    await change?.keep(before);
  }
  if (`${to}/`.startsWith(`${from}/`)) {
    throw new IpfsError('refused', `${from} can't be copied into itself`);
  }
  await ipfs.files.cp(`/ipfs/${cid}`, parts(to), { force: overwrite });
  change?.add(parts(to), before, cid);
  announce?.(parts(to), change);
  return { path: to, cid };
}

function copy(
  context: IPlaceContext,
  { from, to, overwrite }: ITask,
  signal: AbortSignal,
  onProgress: (bytes: number) => void
): Promise<IPlaced> {
  const options = { overwrite, signal, onProgress };
  return context.contents.driveName(to) === DRIVE_NAME
    ? copyToDrive(context, from, to, options)
    : copyToWorkspace(context, from, to, options);
}

/**
 * Whether what is on the drive has the bytes of what is on another one, by CID,
 * both read now.
 */
export async function isSame(
  context: ITransferContext,
  from: string,
  to: string,
  signal?: AbortSignal
): Promise<boolean> {
  const { contents, ipfs } = context;
  const [ours, theirs] =
    contents.driveName(from) === DRIVE_NAME ? [from, to] : [to, from];
  const cidOf = async (
    content: ReturnType<typeof mfsContent>
  ): Promise<string> =>
    (await ipfs.add(content, { onlyHash: true, signal })).cid;
  const sameFile = async (
    path: string,
    entry: Pick<IMfsEntry, 'cid' | 'size'>,
    other: Contents.IModel
  ): Promise<boolean> => {
    if (typeof other.size === 'number' && other.size !== entry.size) {
      return false;
    }
    const cid = await cidOf(workspaceContent(context, other));
    // What was imported may be split into blocks in another way.
    return (
      cid === entry.cid || cid === (await cidOf(mfsContent(ipfs, path, entry)))
    );
  };
  const sameFolder = async (path: string, other: string): Promise<boolean> => {
    const entries = await ipfs.files.ls(path, { signal });
    const { content } = await contents.get(other, {
      content: true,
      type: 'directory'
    });
    const models = new Map(
      (content as Contents.IModel[]).map(model => [model.name, model])
    );
    if (models.size !== entries.length) {
      return false;
    }
    for (const entry of entries) {
      throwIfCancelled(signal);
      const model = models.get(entry.name);
      const child = `${path}/${entry.name}`;
      const same =
        model !== undefined &&
        (model.type === 'directory') === (entry.type === 'directory') &&
        (entry.type === 'directory'
          ? await sameFolder(child, model.path)
          : await sameFile(child, entry, model));
      if (!same) {
        return false;
      }
    }
    return true;
  };
  const path = toMfs(contents.localPath(ours));
  const stat = await ipfs.files.stat(path, { signal });
  const other = await contents.get(theirs, { content: false });
  if ((other.type === 'directory') !== (stat.type === 'directory')) {
    return false;
  }
  return stat.type === 'directory'
    ? sameFolder(path, theirs)
    : sameFile(path, stat, other);
}

/**
 * What Jupyter does not list was not copied. A folder without a trash is emptied
 * of what was, and the server refuses to delete it when something is left.
 */
async function removeSource(
  { contents }: IPlaceContext,
  path: string
): Promise<void> {
  const hasTrash = PageConfig.getOption('delete_to_trash') === 'true';
  const empty = async (folder: string): Promise<void> => {
    const { content } = await contents.get(folder, {
      content: true,
      type: 'directory'
    });
    for (const child of content as Contents.IModel[]) {
      if (child.type === 'directory') {
        await empty(child.path);
      }
      await contents.delete(child.path);
    }
  };
  if (contents.driveName(path) !== DRIVE_NAME && !hasTrash) {
    const { type } = await contents.get(path, { content: false });
    if (type === 'directory') {
      await empty(path);
    }
  }
  await contents.delete(path);
}

function join(folder: string, name: string): string {
  return folder === '' || folder.endsWith(':') || folder.endsWith('/')
    ? folder + name
    : `${folder}/${name}`;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1
    ? path.slice(0, path.indexOf(':') + 1)
    : path.slice(0, slash);
}
