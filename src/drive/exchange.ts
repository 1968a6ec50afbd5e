/**
 * What the commands that import and export do.
 */
import { PathExt } from '@jupyterlab/coreutils';
import { CID } from 'multiformats/cid';

import { BlobContent, type IContent } from '../content';
import { shortCid } from '../ipfs/cid';
import { IpfsError, isCancelled } from '../ipfs/errors';
import { DAG_PB, unixfsNode } from '../ipfs/unixfs';
import { freeTarget, targetOf } from './commands';
import { conflictDialog } from './dialogs';
import { carContent, clickDownload, zipContent } from './exporting';
import { withNotice } from './exchangeNotice';
import { askAddresses, chooseFile } from './importDialog';
import {
  type IListLine,
  importCar as takeCar,
  importCid as takeCid,
  lookUpAddress,
  parseList
} from './importing';
import { type IStorageContext, type IWhat, subjectOf } from './inspect';
import { DRIVE_NAME, joinMfs, toContentsPath, toMfs } from './paths';
import { lookUp } from './save';
import { storageError } from './storageWords';
import { type IPlaced, saveContent, workspaceContent } from './transfer';

/** Characters that a list may have. */
const LIST_LIMIT = 5_000_000;

/** What came of one line of a list. */
export interface IListed {
  address: string;
  path: string | null;
  cid: string | null;
  error: string | null;
}

/** Import by CID or address; asks for it when none is given. */
export async function importCid(
  context: IStorageContext,
  { cid, to }: { cid?: string; to?: string }
): Promise<IPlaced | null> {
  const { trans } = context;
  if (cid === undefined) {
    const folder = to ?? context.browser.model.path;
    const text = await askAddresses(
      `/${context.contents.localPath(folder)}`,
      trans
    );
    if (text === null) {
      return null;
    }
    const lines = parseList(text);
    if (lines.length !== 1) {
      const done = await importLines(context, lines, to);
      const last = done?.filter(({ path }) => path).pop();
      return last ? { path: last.path!, cid: last.cid! } : null;
    }
    return importOne(context, lines[0], to);
  }
  return importOne(context, { address: cid, name: null }, to);
}

async function importOne(
  context: IStorageContext,
  line: IListLine,
  to: string | undefined
): Promise<IPlaced | null> {
  const { trans } = context;
  const what = shorter(line.name ?? line.address);
  return withNotice(
    context,
    trans.__('Importing “%1”', what),
    async (options, importing) => {
      const { cid, name } = await lookUpAddress(
        context.ipfs,
        line.address,
        options
      );
      const target = await targetOnDrive(context, to, line.name ?? name ?? cid);
      return takeCid(importing, cid, target, options);
    },
    placed =>
      placed
        ? trans.__('“%1” is on the IPFS drive.', placed.path)
        : trans.__('“%1” was left out.', what)
  );
}

/** Import what a text file lists; asks for the file when none is given. */
export async function importList(
  context: IStorageContext,
  { path, to }: { path?: string; to?: string }
): Promise<IListed[] | null> {
  let text: string;
  if (path === undefined) {
    const file = await chooseFile('.txt,.csv,.lst,text/plain');
    if (!file) {
      return null;
    }
    text = await file.slice(0, LIST_LIMIT).text();
  } else {
    const blob = await (await contentOf(context, path)).blob();
    text = await blob.slice(0, LIST_LIMIT).text();
  }
  return importLines(context, parseList(text), to);
}

async function importLines(
  context: IStorageContext,
  lines: IListLine[],
  to: string | undefined
): Promise<IListed[] | null> {
  const { trans } = context;
  if (!lines.length) {
    throw new IpfsError('bad-name', trans.__('There is no address in it'));
  }
  const done: IListed[] = [];
  return withNotice(
    context,
    trans._n('Importing %1 entry', 'Importing %1 entries', lines.length),
    async (options, importing) => {
      for (const [i, line] of lines.entries()) {
        options.step(i / lines.length);
        const entry: IListed = {
          address: line.address,
          path: null,
          cid: null,
          error: null
        };
        done.push(entry);
        try {
          const found = await lookUpAddress(
            context.ipfs,
            line.address,
            options
          );
          entry.cid = found.cid;
          const target = await targetOnDrive(
            context,
            to ?? context.browser.model.path,
            line.name ?? found.name ?? found.cid,
            true
          );
          const placed = await takeCid(importing, found.cid, target, {
            ...options,
            more: lines.length - i - 1
          });
          entry.path = placed?.path ?? null;
        } catch (error) {
          if (isCancelled(error)) {
            throw error;
          }
          // The others don't depend on this one.
          entry.error = storageError(error, trans);
        }
      }
      return done;
    },
    all => {
      const failed = all.filter(({ error }) => error);
      return failed.length
        ? trans.__(
            '%1 of %2 were imported. “%3”: %4',
            all.length - failed.length,
            all.length,
            shorter(failed[0].address),
            failed[0].error
          )
        : trans._n(
            '%1 entry was imported.',
            '%1 entries were imported.',
            all.length
          );
    },
    all => all.some(({ error }) => error)
  );
}

/** Import an archive; asks for the file when none is given. */
export async function importCar(
  context: IStorageContext,
  { path, to }: { path?: string; to?: string }
): Promise<IPlaced | null> {
  const { trans } = context;
  let car: IContent;
  if (path === undefined) {
    const file = await chooseFile('.car,application/vnd.ipld.car');
    if (!file) {
      return null;
    }
    car = new BlobContent({ name: file.name, data: file });
  } else {
    car = await contentOf(context, path);
  }
  const name = PathExt.basename(car.name);
  return withNotice(
    context,
    trans.__('Importing “%1”', name),
    async (options, importing) => {
      const target = await targetOnDrive(
        context,
        to,
        name.replace(/\.car$/i, '') || name
      );
      return takeCar(importing, car, target, options);
    },
    placed =>
      placed
        ? trans.__('“%1” is on the IPFS drive.', placed.path)
        : trans.__('“%1” was left out.', name),
    undefined,
    car.size
  );
}

/** Export all blocks as an archive: a download, or to a contents path. */
export async function exportCar(
  context: IStorageContext,
  what: IWhat & { to?: string }
): Promise<IPlaced | null> {
  const { ipfs } = context;
  const { cid, name } = await subjectOf(context, what);
  const called = name ?? cid;
  if (what.to === undefined) {
    const url = ipfs.gatewayUrl(cid, `${called}.car`);
    if (url) {
      // Straight to disk, past the page.
      clickDownload(`${url}&format=car`, `${called}.car`);
      return { path: `${called}.car`, cid };
    }
  }
  return hand(context, carContent(ipfs, cid, called), cid, what.to);
}

/** Export a folder as a zip: a download, or to a contents path. */
export async function exportZip(
  context: IStorageContext,
  what: IWhat & { to?: string }
): Promise<IPlaced | null> {
  const { ipfs, trans } = context;
  const { cid, name } = await subjectOf(context, what);
  const root = CID.parse(cid);
  const isFolder =
    root.code === DAG_PB &&
    ['directory', 'shard'].includes(
      unixfsNode(root, await ipfs.block(cid)).kind
    );
  if (!isFolder) {
    throw new IpfsError(
      'wrong-type',
      trans.__(
        '“%1” is not a folder: export it as CAR, or download it.',
        name ?? cid
      )
    );
  }
  const zip = zipContent(ipfs, cid, name ?? cid, context.gateways());
  return hand(context, zip, cid, what.to);
}

/** Save a content at a contents path, or as a download where there is none. */
async function hand(
  context: IStorageContext,
  content: IContent,
  cid: string,
  to: string | undefined
): Promise<IPlaced | null> {
  const { contents, trans } = context;
  return withNotice(
    context,
    trans.__('Exporting “%1”', content.name),
    async options => {
      if (to === undefined) {
        const url = URL.createObjectURL(await content.blob(options));
        clickDownload(url, content.name);
        // The download has begun when the click returns; the bytes are kept
        // until then by the browser.
        setTimeout(() => URL.revokeObjectURL(url), 60_000);
        return { path: content.name, cid };
      }
      let target = await targetOf(context, to, content.name);
      let overwrite = false;
      const existing = await lookUp(contents, target);
      if (existing) {
        const isFolder = existing.type === 'directory';
        const reply = await conflictDialog(trans)(
          PathExt.basename(contents.localPath(target)),
          0,
          isFolder
        );
        if (!reply || reply.answer === 'skip') {
          return null;
        }
        if (reply.answer === 'keep-both') {
          target = await freeTarget(context, target, false);
        }
        overwrite = reply.answer === 'overwrite';
      }
      await saveContent(context, target, content, { ...options, overwrite });
      return { path: target, cid };
    },
    placed =>
      placed
        ? trans.__('“%1” was exported.', placed.path)
        : trans.__('“%1” was left out.', content.name)
  );
}

/**
 * The MFS path that something of a name gets.
 *
 * @param to - contents path on the drive: a folder to put it in, or the path
 *   that it shall have; the folder that is shown by default
 * @param inFolder - `to` is the folder, there or not
 */
async function targetOnDrive(
  context: IStorageContext,
  to: string | undefined,
  name: string,
  inFolder = false
): Promise<string> {
  const { contents, browser } = context;
  const folder = to ?? browser.model.path;
  if (contents.driveName(folder) !== DRIVE_NAME) {
    throw new IpfsError('refused', `${folder} is not on the IPFS drive`);
  }
  const target = inFolder
    ? toContentsPath(joinMfs(toMfs(contents.localPath(folder)), name))
    : await targetOf(context, folder, name);
  return toMfs(contents.localPath(target));
}

/** A file of any drive as a content. */
async function contentOf(
  context: IStorageContext,
  path: string
): Promise<IContent> {
  const model = await context.contents.get(path, { content: false });
  if (model.type === 'directory') {
    throw new IpfsError('wrong-type', `${path} is a folder`);
  }
  return workspaceContent(context, model);
}

/** Enough of a name or a long CID to recognise it. */
function shorter(text: string): string {
  return /^[A-Za-z0-9]{40,}$/.test(text) ? shortCid(text) : text.slice(0, 80);
}
