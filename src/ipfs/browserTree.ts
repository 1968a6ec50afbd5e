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

export interface ITree {
  folders: Map<string, ITree>;
  files: Map<string, IContent>;
}

/** @throws IpfsError `bad-name` for what is no path inside a folder */
export function treeOf(contents: readonly IContent[]): ITree {
  const tree: ITree = { folders: new Map(), files: new Map() };
  for (const content of contents) {
    plant(tree, content);
  }
  return tree;
}

function plant(tree: ITree, content: IContent): void {
  const names = content.name.split('/');
  if (names.some(name => !name || name === '.' || name === '..')) {
    throw new IpfsError(
      'bad-name',
      `"${content.name}" is no path inside a folder`
    );
  }
  const last = names.pop()!;
  let at = tree;
  for (const name of names) {
    let next = at.folders.get(name);
    if (!next) {
      next = { folders: new Map(), files: new Map() };
      at.folders.set(name, next);
    }
    at = next;
  }
  at.files.set(last, content);
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
