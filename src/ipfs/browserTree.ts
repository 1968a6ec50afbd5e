/**
 * Folders that are added at once, from the paths of their files.
 */
import type { CID } from 'multiformats/cid';

import type { IContent } from '../content';
import type { Folders } from './browserFolders';
import { PageBlocks } from './browserStore';
import { IpfsError } from './errors';
import type { IUnixfsLink } from './unixfs';

/** For CIDs alone: what is put there is gone. */
export class NoBlocks extends PageBlocks {
  async put(): Promise<void> {
    // Only the CID was wanted.
  }
}

/** Files under way at a time: hides the round trips of small ones. */
const TOGETHER = 16;

export interface ITree {
  folders: Map<string, ITree>;
  files: Map<string, IContent>;
}

/**
 * @param folders - paths of folders that are there though they may be empty
 * @throws IpfsError `bad-name` for what is no path inside a folder, or where a
 *   file and a folder have one name
 */
export function treeOf(
  contents: readonly IContent[],
  folders: readonly string[] = []
): ITree {
  const tree: ITree = { folders: new Map(), files: new Map() };
  for (const path of folders) {
    folderAt(tree, namesOf(path), path);
  }
  for (const content of contents) {
    const names = namesOf(content.name);
    const last = names.pop()!;
    const folder = folderAt(tree, names, content.name);
    if (folder.folders.has(last)) {
      throw twice(content.name);
    }
    folder.files.set(last, content);
  }
  return tree;
}

function namesOf(path: string): string[] {
  const names = path.split('/');
  if (names.some(name => !name || name === '.' || name === '..')) {
    throw new IpfsError('bad-name', `"${path}" is no path inside a folder`);
  }
  return names;
}

function folderAt(tree: ITree, names: readonly string[], path: string): ITree {
  let at = tree;
  for (const name of names) {
    if (at.files.has(name)) {
      throw twice(path);
    }
    let next = at.folders.get(name);
    if (!next) {
      next = { folders: new Map(), files: new Map() };
      at.folders.set(name, next);
    }
    at = next;
  }
  return at;
}

function twice(path: string): IpfsError {
  return new IpfsError('bad-name', `"${path}" is a file and a folder`);
}

/**
 * What becomes of each, several at a time.
 *
 * @throws what the first that failed throws, when none is under way any more
 */
export async function mapped<T, R>(
  items: readonly T[],
  action: (item: T) => Promise<R>,
  together = TOGETHER
): Promise<Map<T, R>> {
  const results = new Map<T, R>();
  const failures: unknown[] = [];
  // One for all workers: each takes the next.
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (failures.length) {
        return;
      }
      try {
        results.set(item, await action(item));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  if (failures.length) {
    throw failures[0];
  }
  return results;
}

/** Add all files and folders of a tree. */
export async function grow(
  tree: ITree,
  onFile: (content: IContent) => Promise<IUnixfsLink>,
  folders: Folders
): Promise<{ cid: CID; size: number }> {
  const entries: IUnixfsLink[] = [];
  for (const [name, content] of tree.files) {
    entries.push({ ...(await onFile(content)), name });
  }
  for (const [name, below] of tree.folders) {
    entries.push({ name, ...(await grow(below, onFile, folders)) });
  }
  return folders.build(entries);
}
