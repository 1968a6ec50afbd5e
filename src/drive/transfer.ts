/**
 * Bytes between drives: the workspace (any drive of Jupyter's contents manager)
 * and the IPFS drive. Whole files and whole folders, or nothing.
 */
import type { Contents } from '@jupyterlab/services';

import { FetchContent, type IContent } from '../content';
import { IpfsError, IpfsExistsError, throwIfCancelled } from '../ipfs/errors';
import type { IIpfs, IMfsEntry } from '../tokens';
import type { History, OpenChange } from './history';
import {
  DRIVE_NAME,
  mfsContent,
  mfsExists,
  parentOf,
  toContentsPath,
  toMfs
} from './paths';
import {
  type ISaveOptions,
  lookUp,
  randomSuffix,
  saveToWorkspace
} from './save';

export { type ISaveOptions, saveToWorkspace } from './save';

/** What the copies need of the application. */
export interface ITransferContext {
  contents: Contents.IManager;
  ipfs: IIpfs;
  /** fetch() with Jupyter's credentials, for `/files/…` of the workspace. */
  fetch: (url: string, init: { signal?: AbortSignal }) => Promise<Response>;
  /** Tell who shows the drive that an MFS path appeared or changed. */
  announce?: (mfsPath: string, change?: OpenChange) => void;
  /** Where changes are put on record. */
  history?: Pick<History, 'begin'>;
}

export interface IPlaced {
  /** Contents path, with drive prefix. */
  path: string;
  cid: string;
}

/**
 * Copy a file or folder of any other drive to the IPFS drive.
 *
 * @param from - contents path
 * @param to - contents path on the drive of what will be there; folders that
 *   lead to it are made
 * @throws IpfsExistsError unless `overwrite`, or where a file is in the way
 */
export async function copyToDrive(
  context: ITransferContext,
  from: string,
  to: string,
  options: ISaveOptions = {}
): Promise<IPlaced> {
  const { contents, ipfs } = context;
  const { signal, onProgress } = options;
  const target = toMfs(contents.localPath(to));
  const source = await contents.get(from, { content: false });
  const exists = await mfsExists(ipfs, target);
  if (exists && (!options.overwrite || exists.type !== typeOf(source))) {
    throw new IpfsExistsError(to);
  }
  const change = context.history?.begin('copy');
  const done = (cid: string): IPlaced => {
    change?.add(target, exists?.cid ?? null, cid);
    context.announce?.(target, change);
    return { path: to, cid };
  };
  if (exists) {
    await change?.keep(exists.cid);
  } else {
    await makeParents(context, target);
  }
  if (source.type !== 'directory') {
    const { cid } = await ipfs.files.write(
      target,
      workspaceContent(context, source),
      { signal, onProgress }
    );
    return done(cid);
  }

  // A folder is filled under a hidden name and appears when it is complete.
  const staging = stagingPath(target);
  let sent = 0;
  const walk = async (path: string, into: string): Promise<void> => {
    const folder = await contents.get(path, {
      content: true,
      type: 'directory'
    });
    for (const child of folder.content as Contents.IModel[]) {
      throwIfCancelled(signal);
      const childTarget = `${into}/${child.name}`;
      if (child.type === 'directory') {
        await ipfs.files.mkdir(childTarget);
        await walk(child.path, childTarget);
        continue;
      }
      const before = sent;
      const { size } = await ipfs.files.write(
        childTarget,
        workspaceContent(context, child),
        { signal, onProgress: bytes => onProgress?.(before + bytes) }
      );
      sent = before + size;
    }
  };
  await ipfs.files.mkdir(staging);
  try {
    await walk(from, staging);
    throwIfCancelled(signal);
    await replaceFolder(ipfs, staging, target, exists !== null);
  } catch (error) {
    await removeQuietly(ipfs, staging);
    throw error;
  }
  const { cid } = await ipfs.files.stat(target);
  return done(cid);
}

/**
 * Copy a file or folder of the IPFS drive to another drive.
 *
 * @param from - contents path on the drive
 * @param to - contents path of what will be there
 * @throws IpfsExistsError unless `overwrite`
 */
export async function copyToWorkspace(
  context: ITransferContext,
  from: string,
  to: string,
  options: ISaveOptions = {}
): Promise<IPlaced> {
  const { contents, ipfs } = context;
  const { signal, onProgress } = options;
  const source = toMfs(contents.localPath(from));
  const { cid, type, size } = await ipfs.files.stat(source, { signal });
  if (type !== 'directory') {
    await saveToWorkspace(
      contents,
      to,
      mfsContent(ipfs, source, { cid, size }),
      options
    );
    return { path: to, cid };
  }
  if (await lookUp(contents, to)) {
    // Folders are never merged: who wants that deletes or renames first.
    throw new IpfsExistsError(to);
  }
  const staging = `${to}.part-${randomSuffix()}`;
  const made: string[] = [];
  let done = 0;
  const walk = async (
    entries: IMfsEntry[],
    path: string,
    into: string
  ): Promise<void> => {
    for (const entry of entries) {
      throwIfCancelled(signal);
      const childPath = `${path}/${entry.name}`;
      const childTarget = `${into}/${entry.name}`;
      if (entry.type === 'directory') {
        await contents.save(childTarget, { type: 'directory' });
        made.push(childTarget);
        await walk(
          await ipfs.files.ls(childPath, { signal }),
          childPath,
          childTarget
        );
        continue;
      }
      const before = done;
      await saveToWorkspace(
        contents,
        childTarget,
        mfsContent(ipfs, childPath, entry),
        { signal, onProgress: bytes => onProgress?.(before + bytes) }
      );
      made.push(childTarget);
      done = before + entry.size;
    }
  };
  await contents.save(staging, { type: 'directory' });
  made.push(staging);
  try {
    await walk(await ipfs.files.ls(source, { signal }), source, staging);
    throwIfCancelled(signal);
    await contents.rename(staging, to);
  } catch (error) {
    // Leaves first: a server without a trash refuses folders that hold something.
    made.sort((a, b) => b.length - a.length);
    for (const path of made) {
      try {
        await contents.delete(path);
      } catch (reason) {
        console.warn(`"${path}" could not be removed`, reason);
      }
    }
    throw error;
  }
  return { path: to, cid };
}

/**
 * Save a content at a contents path of any drive, the IPFS drive included.
 *
 * @throws IpfsExistsError unless `overwrite`
 */
export async function saveContent(
  context: Pick<ITransferContext, 'contents' | 'ipfs' | 'announce' | 'history'>,
  path: string,
  content: IContent,
  options: ISaveOptions = {}
): Promise<{ path: string; cid: string | null }> {
  const { contents, ipfs } = context;
  if (contents.driveName(path) !== DRIVE_NAME) {
    await saveToWorkspace(contents, path, content, options);
    return { path, cid: content.cid ?? null };
  }
  const target = toMfs(contents.localPath(path));
  const existing = await mfsExists(ipfs, target);
  if (existing && (!options.overwrite || existing.type === 'directory')) {
    throw new IpfsExistsError(path);
  }
  const change = context.history?.begin('save');
  const { cid } = await ipfs.files.write(target, content, options);
  change?.add(target, existing?.cid ?? null, cid);
  context.announce?.(target, change);
  return { path, cid };
}

/** A workspace file as a content. */
export function workspaceContent(
  context: Pick<ITransferContext, 'contents' | 'fetch'>,
  model: Contents.IModel
): IContent {
  return new FetchContent({
    name: model.name,
    mediaType: model.mimetype || undefined,
    size: model.size ?? null,
    source: { kind: 'file', path: model.path },
    fetch: async init =>
      context.fetch(await context.contents.getDownloadUrl(model.path), init)
  });
}

/** Hidden name beside the target, for what is not complete yet. */
export function stagingPath(target: string): string {
  const slash = target.lastIndexOf('/');
  return `${target.slice(0, slash)}/.web3-part-${randomSuffix()}`;
}

/** Make the folders above a path, and announce the first that was missing. */
async function makeParents(
  { ipfs, announce }: ITransferContext,
  target: string
): Promise<void> {
  const folder = parentOf(target);
  let first: string | null = null;
  for (let path = folder; path !== '/'; path = parentOf(path)) {
    const found = await mfsExists(ipfs, path);
    if (found?.type === 'file') {
      throw new IpfsExistsError(toContentsPath(path));
    }
    if (found) {
      break;
    }
    first = path;
  }
  if (first) {
    await ipfs.files.mkdir(folder, { parents: true });
    announce?.(first);
  }
}

/** Put a folder in the place of another, or of none. */
export async function replaceFolder(
  ipfs: Pick<IIpfs, 'files'>,
  from: string,
  to: string,
  replace: boolean
): Promise<void> {
  if (!replace) {
    return ipfs.files.mv(from, to);
  }
  const aside = stagingPath(to);
  await ipfs.files.mv(to, aside);
  try {
    await ipfs.files.mv(from, to);
  } catch (error) {
    await ipfs.files.mv(aside, to);
    throw error;
  }
  await ipfs.files.rm(aside, { recursive: true });
}

async function removeQuietly(ipfs: IIpfs, path: string): Promise<void> {
  try {
    await ipfs.files.rm(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof IpfsError)) {
      throw error;
    }
    // The first error is the one to tell; this one leaves a hidden folder.
    console.warn(`"${path}" could not be removed`, error);
  }
}

function typeOf(model: Contents.IModel): 'file' | 'directory' {
  return model.type === 'directory' ? 'directory' : 'file';
}
