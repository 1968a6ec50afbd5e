/**
 * What the drive's commands do; `plugin.ts` registers them and loads this on
 * first use.
 */
import { Clipboard } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { IpfsError, isCancelled } from '../ipfs/errors';
import type { IMfsStat } from '../tokens';
import { chooseFiles, conflictDialog } from './dialogs';
import type { IpfsFileBrowser } from './browser';
import type { History } from './history';
import type { IpfsBrowserModel } from './models';
import { DRIVE_NAME, toMfs } from './paths';
import { place } from './placing';
import { lookUp } from './save';
import type { IPlaced, ITransferContext } from './transfer';
import type { IUploaded } from './upload';

export { freeTarget } from './placing';

/** What the commands need of the application. */
export interface ICommandContext extends ITransferContext {
  trans: TranslationBundle;
  browser: IpfsFileBrowser;
  history: History;
  /** Contents paths selected in the file browser in use. */
  selection(): string[];
  /** Folder of the workspace that is shown. */
  workspaceFolder(): string;
  /** Gateway for links that are handed to others, without trailing slash. */
  linkGateway(): string;
}

/** Upload into a folder; null when no file was chosen, or it was cancelled. */
export async function upload(
  context: ICommandContext,
  path?: string
): Promise<IUploaded[] | null> {
  const model = context.browser.model as IpfsBrowserModel;
  const files = await chooseFiles();
  if (!files) {
    return null;
  }
  try {
    return await model.uploadBatch(
      files.map(file => ({ file, path: file.name })),
      path === undefined
        ? {}
        : { folder: toMfs(context.contents.localPath(onDrive(context, path))) }
    );
  } catch (error) {
    return nullIfCancelled(error);
  }
}

/** Upload a folder with all that is in it; the folders are made. */
export async function uploadFolder(
  context: ICommandContext,
  path?: string
): Promise<IUploaded[] | null> {
  const model = context.browser.model as IpfsBrowserModel;
  const files = await chooseFiles(true);
  if (!files) {
    return null;
  }
  try {
    return await model.uploadBatch(
      files.map(file => ({
        file,
        path: file.webkitRelativePath || file.name
      })),
      path === undefined
        ? {}
        : { folder: toMfs(context.contents.localPath(onDrive(context, path))) }
    );
  } catch (error) {
    return nullIfCancelled(error);
  }
}

/** Copies the CIDs of the selection, one a line, to the clipboard. */
export async function copyCid(
  context: ICommandContext,
  path?: string
): Promise<string> {
  const found = await selected(context, path);
  return toClipboard(found.map(({ stat }) => stat.cid));
}

/** Copies links that others can open, one a line, to the clipboard. */
export async function copyLink(
  context: ICommandContext,
  path?: string
): Promise<string> {
  const gateway = context.linkGateway();
  const found = await selected(context, path);
  return toClipboard(
    found.map(({ stat, name }) => {
      const query =
        stat.type === 'file' && name
          ? `?filename=${encodeURIComponent(name)}`
          : '';
      return gateway
        ? `${gateway}/ipfs/${stat.cid}${query}`
        : `ipfs://${stat.cid}`;
    })
  );
}

/** Have the browser download what is selected. */
export async function download(
  context: ICommandContext,
  path?: string
): Promise<{ path: string; cid: string; size: number }> {
  const found = await selected(context, path);
  for (const { name, stat } of found) {
    const { url, filename } = await context.ipfs.download(stat.cid, {
      filename: name || DRIVE_NAME,
      folder: stat.type === 'directory'
    });
    const link = document.createElement('a');
    link.href = url;
    link.download = filename;
    document.body.append(link);
    link.click();
    link.remove();
  }
  const [first] = found;
  return {
    path: first.path,
    cid: first.stat.cid,
    size:
      first.stat.type === 'file' ? first.stat.size : first.stat.cumulativeSize
  };
}

/**
 * Copy between the workspace and the drive. Several paths are copied one after
 * the other; the last one is the answer.
 */
export async function copyAcross(
  context: ICommandContext,
  direction: 'drive' | 'workspace',
  from: string[],
  to?: string
): Promise<IPlaced | null> {
  const { contents } = context;
  const sources = from.length ? from : context.selection();
  if (!sources.length) {
    throw new IpfsError('not-found', context.trans.__('Nothing is selected'));
  }
  for (const path of sources) {
    const onIpfs = contents.driveName(path) === DRIVE_NAME;
    if (onIpfs !== (direction === 'workspace')) {
      throw new IpfsError('refused', `${path} is on that drive already`);
    }
  }
  const folder =
    direction === 'drive'
      ? context.browser.model.path
      : context.workspaceFolder();
  const withAsk = { ...context, ask: conflictDialog(context.trans) };
  const [source] = sources;
  const placed =
    to !== undefined && sources.length === 1
      ? await place(
          withAsk,
          sources,
          await targetOf(
            context,
            to,
            PathExt.basename(contents.localPath(source))
          ),
          { exact: true }
        )
      : await place(withAsk, sources, to ?? folder);
  return placed?.[placed.length - 1] ?? null;
}

/** `to` is the folder to copy into, or the path of what will be there. */
export async function targetOf(
  context: ICommandContext,
  to: string,
  name: string
): Promise<string> {
  const { contents } = context;
  const isFolder = contents.localPath(to) === '' || to.endsWith('/');
  const existing = isFolder ? null : await lookUp(contents, to);
  return isFolder || existing?.type === 'directory'
    ? contents.resolvePath(to, `./${name}`).replace(/^([^/:]+:)?\/+/, '$1')
    : to;
}

function onDrive(context: ICommandContext, path: string): string {
  if (context.contents.driveName(path) !== DRIVE_NAME) {
    throw new IpfsError('refused', `${path} is not on the IPFS drive`);
  }
  return path;
}

async function selected(
  context: ICommandContext,
  path?: string
): Promise<{ path: string; name: string; stat: IMfsStat }[]> {
  const paths = path === undefined ? context.selection() : [path];
  if (!paths.length) {
    throw new IpfsError('not-found', context.trans.__('Nothing is selected'));
  }
  return Promise.all(
    paths.map(async one => {
      const local = context.contents.localPath(onDrive(context, one));
      return {
        path: one,
        name: PathExt.basename(local),
        stat: await context.ipfs.files.stat(toMfs(local))
      };
    })
  );
}

function toClipboard(lines: string[]): string {
  const text = lines.join('\n');
  Clipboard.copyToSystem(text);
  return text;
}

function nullIfCancelled(error: unknown): null {
  if (isCancelled(error)) {
    return null;
  }
  throw error;
}
