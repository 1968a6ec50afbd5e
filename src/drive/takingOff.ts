/**
 * Off the drive for good: what should no longer lie on it in the clear goes to
 * the workspace, and out of the history.
 */
import { PathExt } from '@jupyterlab/coreutils';

import { BlobContent } from '../content';
import { IpfsError } from '../ipfs/errors';
import type { IIpfs } from '../tokens';
import { type ICommandContext, targetOf } from './commands';
import { conflictDialog } from './dialogs';
import { HISTORY, type History } from './history';
import { mfsExists, toMfs } from './paths';
import { isSame, place } from './placing';
import { lookUp } from './save';
import type { IPlaced } from './transfer';

/**
 * Move an entry of the drive to the workspace, and take it out of the history of
 * the drive. Where the workspace has the same already, nothing is copied.
 *
 * @param from - contents path on the drive
 * @param to - the folder to move into, or the path of what will be there
 * @returns null when the person left it out: then it stays
 * @throws IpfsError incomplete where the copy is not the same: then it stays
 */
export async function takeOffDrive(
  context: ICommandContext,
  from: string,
  to: string
): Promise<IPlaced | null> {
  const { contents, ipfs, trans } = context;
  const path = toMfs(contents.localPath(from));
  const { cid } = await ipfs.files.stat(path);
  const name = PathExt.basename(path);
  const target = await targetOf(context, to, name);
  let placed: IPlaced = { path: target, cid };
  if (
    !(await lookUp(contents, target)) ||
    !(await isSame(context, from, target))
  ) {
    const ask = conflictDialog(trans);
    const [done] =
      (await place({ ...context, ask }, [from], target, { exact: true })) ?? [];
    if (!done) {
      return null;
    }
    if (!(await isSame(context, from, done.path))) {
      throw new IpfsError(
        'incomplete',
        trans.__(
          '“%1” was copied, but the copy is not what the original is now. The original was kept.',
          name
        )
      );
    }
    placed = done;
  }
  await contents.delete(from);
  await purge(ipfs, context.history, path);
  return placed;
}

/**
 * Take what was at a path out of all that the history keeps. The changes stay on
 * record, by their CIDs; going back to that file or folder does not work any more.
 *
 * @param path - MFS path
 */
export async function purge(
  ipfs: Pick<IIpfs, 'files' | 'cat'>,
  history: Pick<History, 'settled' | 'changes'>,
  path: string
): Promise<void> {
  const { files } = ipfs;
  const remove = async (at: string): Promise<boolean> => {
    if (!(await mfsExists(ipfs, at))) {
      return false;
    }
    await files.rm(at, { recursive: true });
    return true;
  };
  await history.settled();
  for await (const { id, what, entries } of history.changes()) {
    const folder = `${HISTORY}/${id}`;
    const kept = (await files.ls(folder)).filter(({ name }) =>
      name.startsWith('kept-')
    );
    for (const { path: changed, before } of entries) {
      const isPart = `${changed}/`.startsWith(`${path}/`);
      const isWhole = path.startsWith(`${changed}/`);
      for (const { name, cid } of kept) {
        if (cid === before && (isPart || isWhole)) {
          const rest = isPart ? '' : path.slice(changed.length);
          await remove(`${folder}/${name}${rest}`);
        }
      }
    }
    if (await remove(`${folder}/root${path}`)) {
      const { cid: root } = await files.stat(`${folder}/root`);
      await files.write(
        `${folder}/change.json`,
        new BlobContent({
          name: 'change.json',
          data: JSON.stringify({ v: 1, what, entries, root })
        })
      );
    }
  }
}
