/**
 * Files of an upload that go into folders that are there. New small ones are stored
 * many to a request: one by one, a page asks the node three times for each.
 */
import { IpfsError } from '../ipfs/errors';
import type { IAdded, IIpfs } from '../tokens';
import { parentOf } from './paths';
import { type ITask, named } from './wholeFolders';

/** Bytes up to which a file travels with others. */
const SMALL = 1024 * 1024;
/** Most files of a group: the first ones appear when all of it is stored. */
const MOST_FILES = 64;
/** Most bytes of a group, as far as they are known. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface ILoose {
  /** Each of new files of one folder, at least two. */
  groups: ITask[][];
  /** New ones that travel alone. */
  single: ITask[];
  replacing: ITask[];
}

/**
 * How files are sent.
 *
 * @param together - whether the engine gains from many to a request
 */
export function sortLoose(tasks: readonly ITask[], together: boolean): ILoose {
  const replacing = tasks.filter(({ replaces }) => replaces);
  const single: ITask[] = [];
  const groups: ITask[][] = [];
  const open = new Map<string, { tasks: ITask[]; bytes: number }>();
  for (const task of tasks) {
    if (task.replaces) {
      continue;
    }
    // Of many chosen files no size is known: a browser takes long to tell.
    const bytes = task.content.size ?? (task.content.file ? 0 : Infinity);
    if (!together || bytes > SMALL) {
      single.push(task);
      continue;
    }
    const folder = parentOf(task.target);
    let group = open.get(folder);
    if (
      !group ||
      group.tasks.length === MOST_FILES ||
      group.bytes + bytes > MOST_BYTES
    ) {
      group = { tasks: [], bytes: 0 };
      open.set(folder, group);
      groups.push(group.tasks);
    }
    group.tasks.push(task);
    group.bytes += bytes;
  }
  return {
    groups: groups.filter(({ length }) => length > 1),
    single: [...single, ...groups.filter(({ length }) => length === 1).flat()],
    replacing
  };
}

/**
 * Store the files of a group; nothing is on the drive yet.
 *
 * @returns what each of them is now, in their order
 * @throws IpfsError `failed` for a file that can't be read; IpfsCancelledError
 */
export async function storeTogether(
  ipfs: Pick<IIpfs, 'addFolder'>,
  tasks: readonly ITask[],
  options: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
): Promise<IAdded[]> {
  // Their names there: no two are the same.
  const names = tasks.map(({ target }) =>
    target.slice(target.lastIndexOf('/') + 1)
  );
  const stored = new Map<string, IAdded>();
  await ipfs.addFolder(
    tasks.map(({ content }, i) => named(content, names[i])),
    { ...options, onFile: (name, added) => stored.set(name, added) }
  );
  return names.map(name => {
    const added = stored.get(name);
    if (!added) {
      throw new IpfsError('incomplete', `${name}: it was not stored`);
    }
    return added;
  });
}
