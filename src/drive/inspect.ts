/**
 * What the commands that look at a content do: info, blocks, verify, open, name.
 */
import {
  Dialog,
  MainAreaWidget,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { Widget } from '@lumino/widgets';
import { CID } from 'multiformats/cid';

import { shortCid } from '../ipfs/cid';
import { IpfsError, IpfsNotFoundError, isCancelled } from '../ipfs/errors';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import { publishName as publish } from '../ipfs/ipns';
import { readFile, unixfsNode } from '../ipfs/unixfs';
import { type IVerified, verify as verifyBlocks } from '../ipfs/verify';
import type { IPinning } from '../tokens';
import { CID_DRIVE } from './cidDrive';
import type { ICommandContext } from './commands';
import { DagModel, type IDagStep } from './dagModel';
import { DagView } from './dagView';
import { lookUpAddress } from './importing';
import { InfoView } from './info';
import { type IInfoSubject, InfoModel } from './infoModel';
import { nameFor } from './mediaType';
import { ProgressNotice } from './notify';
import { DRIVE_NAME, toMfs } from './paths';
import { markTold, storageError, verdict, verdictLines } from './storageWords';
import type { IPlaced } from './transfer';
import { formatBytes } from './words';
import '../../style/ipfs-info.css';

/** What these commands need beyond those of the drive. */
export interface IStorageContext extends ICommandContext {
  /** Base URLs of gateways that may be asked; none by default. */
  gateways(): readonly string[];
  pinning: IPinning | null;
  /** Show a widget in the main area; the one of that id where there is one. */
  show(id: string, make: () => Widget): void;
  /** Open a document. */
  open(path: string): void;
  execute(command: string, args: { cid?: string; path?: string }): void;
}

/** Arguments of most of them: a contents path, or anything that names a CID. */
export interface IWhat {
  path?: string;
  cid?: string;
}

/** The content that is meant: by address, by path, or what is selected. */
export async function subjectOf(
  context: IStorageContext,
  { path, cid }: IWhat,
  options: { signal?: AbortSignal } = {}
): Promise<IInfoSubject> {
  const { contents, ipfs, trans } = context;
  if (cid !== undefined) {
    const found = await lookUpAddress(ipfs, cid, options);
    return { ...found, path: null };
  }
  const one = path ?? context.selection()[0];
  if (one === undefined) {
    throw new IpfsError('not-found', trans.__('Nothing is selected'));
  }
  const drive = contents.driveName(one);
  const local = contents.localPath(one);
  if (drive === CID_DRIVE) {
    const { hash } = await contents.get(one, { content: false, hash: true });
    if (!hash) {
      throw new IpfsNotFoundError(one);
    }
    return { cid: hash, name: PathExt.basename(local), path: one };
  }
  if (drive !== DRIVE_NAME) {
    throw new IpfsError('refused', `${one} is not on the IPFS drive`);
  }
  const stat = await ipfs.files.stat(toMfs(local), options);
  return { cid: stat.cid, name: PathExt.basename(local) || null, path: one };
}

const titleOf = ({ cid, name }: IInfoSubject): string => name ?? shortCid(cid);

/** A tab of the main area; the toolbar that it brings along is empty. */
function tabOf(content: Widget): MainAreaWidget {
  const tab = new MainAreaWidget({ content });
  tab.toolbar.hide();
  return tab;
}

/** Open the info panel. */
export async function info(
  context: IStorageContext,
  what: IWhat
): Promise<{ path: string | null; cid: string; size: number }> {
  const subject = await subjectOf(context, what);
  const model = new InfoModel(context, subject);
  let used = false;
  context.show(`jp-web3-info-${model.forms.base32}`, () => {
    used = true;
    const content = new InfoView(model, context);
    content.title.label = titleOf(subject);
    content.title.caption = context.trans.__('What it is on IPFS');
    return tabOf(content);
  });
  await model.load();
  const { forms, size, cumulativeSize, problem } = model;
  if (!used) {
    // The panel was open already.
    model.dispose();
  }
  if (problem) {
    // The panel says it, too.
    throw markTold(problem);
  }
  return {
    path: subject.path,
    cid: forms.base32,
    size: size ?? cumulativeSize
  };
}

/** Open the view of blocks. */
export async function dag(
  context: IStorageContext,
  what: IWhat
): Promise<{ path: string | null; cid: string }> {
  const subject = await subjectOf(context, what);
  const root: IDagStep = { label: titleOf(subject), cid: subject.cid };
  context.show(`jp-web3-dag-${subject.cid}`, () => {
    const model = new DagModel(context.ipfs, context.gateways, root);
    void model.load();
    const content = new DagView(model, context.trans);
    content.title.label = context.trans.__('Blocks of %1', root.label);
    return tabOf(content);
  });
  return { path: subject.path, cid: subject.cid };
}

export interface IVerifyResult extends Omit<IVerified, 'bytes' | 'faults'> {
  path: string | null;
  from: 'gateways' | 'node';
  faults: { gateway: string; kind: string; detail: string }[];
}

/** Read it again from outside, and say what that showed. */
export async function verify(
  context: IStorageContext,
  what: IWhat
): Promise<IVerifyResult | null> {
  const { ipfs, trans } = context;
  const controller = new AbortController();
  const { signal } = controller;
  const notice = new ProgressNotice(trans, trans.__('Verifying…'), () =>
    controller.abort()
  );
  try {
    const subject = await subjectOf(context, what, { signal });
    const name = titleOf(subject);
    const total = await expectedBytes(context, subject.cid);
    const gateways = context.gateways();
    const report = await verifyBlocks(ipfs, subject.cid, gateways, {
      signal,
      onProgress: bytes =>
        notice.update(
          trans.__('Verifying “%1”: %2', name, formatBytes(bytes)),
          total ? Math.min(bytes / total, 1) : 0
        )
    });
    const words = verdict(report, name, trans);
    const details = report.faults.length
      ? [
          {
            label: trans.__('Details'),
            callback: () => void showReport(context, report, words)
          }
        ]
      : [];
    if (report.verified) {
      notice.done(words, details);
    } else {
      notice.failed(new Error(words), details);
    }
    return {
      path: subject.path,
      cid: report.cid,
      size: report.size,
      blocks: report.blocks,
      verified: report.verified,
      from: gateways.length ? 'gateways' : 'node',
      gateways: report.gateways,
      faults: report.faults.map(({ gateway, kind, detail }) => ({
        gateway,
        kind,
        detail
      }))
    };
  } catch (error) {
    notice.failed(
      isCancelled(error) ? error : new Error(storageError(error, trans))
    );
    if (isCancelled(error)) {
      return null;
    }
    throw markTold(error);
  }
}

/** Each that was asked, and what it did. */
async function showReport(
  { trans }: IStorageContext,
  report: IVerified,
  words: string
): Promise<void> {
  const body = new Widget();
  const paragraph = document.createElement('p');
  paragraph.textContent = words;
  const list = document.createElement('ul');
  list.className = 'jp-web3-info-report';
  for (const line of verdictLines(report, trans)) {
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
  }
  const cid = document.createElement('code');
  cid.textContent = report.cid;
  body.node.append(paragraph, list, cid);
  await showDialog({
    title: trans.__('What the gateways sent'),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
}

/** What progress is measured by; null where the engine can't tell. */
async function expectedBytes(
  { ipfs }: IStorageContext,
  cid: string
): Promise<number | null> {
  try {
    return (await ipfs.files.stat(`/ipfs/${cid}`)).cumulativeSize;
  } catch (error) {
    if (error instanceof IpfsError) {
      // It is not here, or no file: progress is told without an end.
      return null;
    }
    throw error;
  }
}

/** Bytes by which a file without a name is known. */
const HEAD_BYTES = 4096;

/**
 * Open a content read-only, without putting it on the drive; asks for its address
 * when none is given.
 */
export async function openCid(
  context: IStorageContext,
  what: IWhat
): Promise<IPlaced | null> {
  const { ipfs, trans } = context;
  let subject = what;
  if (what.cid === undefined && what.path === undefined) {
    const { askAddress } = await import('./importDialog');
    const address = await askAddress(trans);
    if (address === null) {
      return null;
    }
    subject = { cid: address };
  }
  const { cid, name } = await subjectOf(context, subject);
  const root = CID.parse(cid);
  const source = new AnyBlocks(ipfs, context.gateways());
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const notice = Notification.emit(
    trans.__('Looking for “%1”', name ?? cid),
    'in-progress',
    {
      autoClose: false,
      actions: [
        { label: trans.__('Cancel'), callback: () => controller.abort() }
      ]
    }
  );
  try {
    const bytes = await source.get(root, options);
    let called: string | null = null;
    const isFile = kindOf(root, bytes) === 'file';
    if (isFile) {
      called = name?.includes('.') ? name : nameFor(await head(), cid);
    }
    const path = `${CID_DRIVE}:${cid}${called ? `/${called}` : ''}`;
    if (called) {
      context.open(path);
    } else {
      // A folder, an object, or a file that no editor opens.
      context.execute('ipfs:info', { cid });
    }
    return { path, cid };
  } catch (error) {
    if (isCancelled(error)) {
      return null;
    }
    throw error;
  } finally {
    Notification.dismiss(notice);
  }

  async function head(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const start = readFile(root, source, { ...options, length: HEAD_BYTES });
    for await (const part of start) {
      parts.push(part);
    }
    return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  }
}

function kindOf(cid: CID, bytes: Uint8Array): 'file' | 'other' {
  try {
    return unixfsNode(cid, bytes).kind === 'file' ? 'file' : 'other';
  } catch (error) {
    if (error instanceof IpfsError && error.code === 'wrong-type') {
      return 'other';
    }
    throw error;
  }
}

/** Point an IPNS name at a content; asks for the key when none is given. */
export async function publishName(
  context: IStorageContext,
  what: IWhat & { key?: string }
): Promise<{ name: string; key: string; cid: string } | null> {
  const { ipfs, trans } = context;
  const subject = await subjectOf(context, what);
  let { key } = what;
  if (key === undefined) {
    const { chooseKey } = await import('./nameDialog');
    key = (await chooseKey(ipfs, titleOf(subject), trans)) ?? undefined;
    if (key === undefined) {
      return null;
    }
  }
  const controller = new AbortController();
  const notice = new ProgressNotice(
    trans,
    trans.__('Publishing “%1” under the name “%2”', titleOf(subject), key),
    () => controller.abort()
  );
  try {
    const published = await publish(ipfs, subject.cid, key, {
      signal: controller.signal
    });
    notice.done(
      trans.__(
        '“%1” now points at “%2”. Others see that as soon as your node has told them.',
        key,
        titleOf(subject)
      )
    );
    return published;
  } catch (error) {
    notice.failed(
      isCancelled(error) ? error : new Error(storageError(error, trans))
    );
    if (isCancelled(error)) {
      return null;
    }
    throw markTold(error);
  }
}
