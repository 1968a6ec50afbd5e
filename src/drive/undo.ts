/**
 * Going back: the last change undone, an old state restored. Both are changes
 * themselves, on record, and can be undone.
 */
import { IpfsError } from '../ipfs/errors';
import type { IIpfs } from '../tokens';
import {
  ChangedSinceError,
  type History,
  type IChange,
  type OpenChange,
  stateOf
} from './history';
import { mfsExists, parentOf } from './paths';
import { movedBy } from './timeline';
import { replaceFolder, stagingPath } from './transfer';

interface IUndoContext {
  ipfs: Pick<IIpfs, 'files'>;
  history: History;
  /** Tell who shows the drive that a path changed. */
  show: (mfsPath: string) => void;
  /** Move back, so that open documents follow. */
  rename: (from: string, to: string) => Promise<unknown>;
}

/**
 * Put every entry of a change back to what it was before.
 *
 * @throws ChangedSinceError before anything is done, where an entry is not any
 *   more what the change made of it
 */
export async function undo(
  context: IUndoContext,
  change: Pick<IChange, 'entries'>
): Promise<void> {
  const { ipfs } = context;
  for (const { path, after } of change.entries) {
    const now = await mfsExists(ipfs, path);
    if ((now?.cid ?? null) !== after) {
      throw new ChangedSinceError(path);
    }
  }
  const moved = movedBy(change);
  if (moved) {
    await context.rename(moved.to, moved.from);
    await context.history.settled();
    return;
  }
  const open = context.history.begin('undo');
  // Last first: what came goes, before what went comes back.
  const entries = [...change.entries].reverse();
  try {
    for (const { path, before, after } of entries) {
      await put(ipfs, open, path, after, before);
    }
  } finally {
    await end(context, open);
  }
}

/**
 * Make a path what it was after a change.
 *
 * @param then - where it was at that time, when it was renamed since
 * @returns the CID that is there now
 * @throws IpfsError `not-found` where it was not there then
 */
export async function restore(
  context: IUndoContext,
  id: string,
  path: string,
  then = path
): Promise<string> {
  const { ipfs } = context;
  const state = await stateOf(ipfs, id, then);
  if (!state || path === '/') {
    throw new IpfsError('not-found', `${then} was not there then`);
  }
  const now = await mfsExists(ipfs, path);
  const open = context.history.begin('restore');
  await put(ipfs, open, path, now?.cid ?? null, state.cid);
  await end(context, open);
  return state.cid;
}

/** Replace whatever is at a path, whole. Folders above it are made. */
async function put(
  { files }: Pick<IIpfs, 'files'>,
  change: OpenChange,
  path: string,
  from: string | null,
  to: string | null
): Promise<void> {
  if (from === to) {
    return;
  }
  if (from) {
    await change.keep(from);
  }
  if (!to) {
    await files.rm(path, { recursive: true });
  } else if (!from) {
    const parent = parentOf(path);
    if (parent !== '/' && !(await mfsExists({ files }, parent))) {
      await files.mkdir(parent, { parents: true });
    }
    await files.cp(`/ipfs/${to}`, path);
  } else {
    const staging = stagingPath(path);
    await files.cp(`/ipfs/${to}`, staging);
    const types = [await files.stat(path), await files.stat(staging)];
    if (types.every(({ type }) => type === 'file')) {
      await files.cp(`/ipfs/${to}`, path, { force: true });
      await files.rm(staging);
    } else {
      await replaceFolder({ files }, staging, path, true);
    }
  }
  change.add(path, from, to);
}

/** Put it on record, and tell who shows the drive. */
async function end(
  { history, show }: IUndoContext,
  change: OpenChange
): Promise<void> {
  for (const path of new Set(change.entries.map(entry => entry.path))) {
    show(path);
  }
  await history.commit(change);
}
