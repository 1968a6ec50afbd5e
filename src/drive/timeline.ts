/**
 * What the history says of one path: the changes that touched it, followed
 * through its renames, and what differs between two states.
 */
import type { IIpfs, IMfsEntry } from '../tokens';
import type { IChange } from './history';
import { stateOf, statePath } from './history';
import { joinMfs, mfsExists, PRIVATE_FOLDER } from './paths';

export interface IMoment {
  change: IChange;
  /** Where it was after the change. */
  path: string;
}

/** Whether `path` is `folder` or below it. */
export function within(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** What a change moved, if that is all it did. */
export function movedBy({
  entries
}: Pick<IChange, 'entries'>): { from: string; to: string } | null {
  const [gone, came] = entries;
  return entries.length === 2 &&
    gone.after === null &&
    came.before === null &&
    gone.before === came.after
    ? { from: gone.path, to: came.path }
    : null;
}

/**
 * The changes that touched a path, or something in it when it is a folder.
 *
 * @param changes - newest first
 */
export async function* timelineOf(
  changes: AsyncIterable<IChange>,
  path: string
): AsyncGenerator<IMoment> {
  let here = path;
  for await (const change of changes) {
    const { entries } = change;
    if (
      !entries.some(one => within(one.path, here) || within(here, one.path))
    ) {
      continue;
    }
    yield { change, path: here };
    const moved = movedBy(change);
    if (moved && within(here, moved.to) && here !== '/') {
      here = moved.from + here.slice(moved.to.length);
    }
  }
}

export type Difference = 'added' | 'removed' | 'changed';

export interface IDifference {
  /** Relative to what is compared; empty for itself. */
  path: string;
  kind: Difference;
}

/** A state to compare: what a change left, or what is there now. */
export interface IState {
  /** Id of the change; null for now. */
  id: string | null;
  path: string;
}

/**
 * What differs by name, folders that differ looked into. Equal CIDs are equal,
 * so only what changed is read.
 *
 * @param limit - differences told at most
 */
export async function* differences(
  ipfs: Pick<IIpfs, 'files'>,
  from: IState,
  to: IState,
  options: { signal?: AbortSignal; limit?: number } = {}
): AsyncGenerator<IDifference> {
  const { signal, limit = 1000 } = options;
  let told = 0;
  const at = ({ id, path }: IState): string =>
    id ? statePath(id, path) : path;
  const list = async (path: string): Promise<Map<string, IMfsEntry>> =>
    new Map(
      (await ipfs.files.ls(path, { signal })).map(entry => [entry.name, entry])
    );
  async function* compare(
    a: string,
    b: string,
    prefix: string
  ): AsyncGenerator<IDifference> {
    const [old, now] = [await list(a), await list(b)];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [before, after] = [old.get(name), now.get(name)];
      const path = prefix + name;
      if (before?.cid === after?.cid || path === PRIVATE_FOLDER) {
        continue;
      }
      if (before?.type === 'directory' && after?.type === 'directory') {
        yield* compare(joinMfs(a, name), joinMfs(b, name), `${path}/`);
      } else {
        yield {
          path,
          kind: !before ? 'added' : !after ? 'removed' : 'changed'
        };
      }
      if (told >= limit) {
        return;
      }
    }
  }
  const [old, now] = await Promise.all(
    [from, to].map(({ id, path }) =>
      id ? stateOf(ipfs, id, path) : mfsExists(ipfs, path)
    )
  );
  if (old?.cid === now?.cid) {
    return;
  }
  if (old?.type !== 'directory' || now?.type !== 'directory') {
    yield { path: '', kind: !old ? 'added' : !now ? 'removed' : 'changed' };
    return;
  }
  for await (const one of compare(at(from), at(to), '')) {
    if (told++ >= limit) {
      return;
    }
    yield one;
  }
}
