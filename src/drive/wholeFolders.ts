/**
 * Folders of an upload that are new. Each is added as one and linked once, so
 * that it appears whole or not at all, however many files it has.
 */
import type { IContent } from '../content';
import type { IIpfs } from '../tokens';
import { mfsExists, parentOf } from './paths';

/** A content and the MFS path at which it will be. */
export interface ITask {
  content: IContent;
  target: string;
  /** The person said that what is there may go. */
  replaces?: boolean;
}

export interface IWholeFolder {
  /** MFS path of the topmost folder that is not there. */
  target: string;
  /** Named by their paths below it. */
  contents: IContent[];
  /** Paths below it of folders, which may hold nothing. */
  folders: string[];
}

/** What is on the drive, each path asked for once, none below a missing one. */
export class Looked {
  constructor(private _ipfs: Pick<IIpfs, 'files'>) {}

  /** What is at an MFS path. */
  at(path: string): Promise<'file' | 'directory' | null> {
    let found = this._known.get(path);
    if (!found) {
      found = this._look(path);
      this._known.set(path, found);
    }
    return found;
  }

  /** The topmost of a path and the folders above it that is not there. */
  async missing(path: string): Promise<string | null> {
    let top: string | null = null;
    for (let at = path; at !== '/' && !(await this.at(at)); at = parentOf(at)) {
      top = at;
    }
    return top;
  }

  private async _look(path: string): Promise<'file' | 'directory' | null> {
    if (path === '/') {
      return 'directory';
    }
    if (!(await this.at(parentOf(path)))) {
      return null;
    }
    return (await mfsExists(this._ipfs, path))?.type ?? null;
  }

  private _known = new Map<string, Promise<'file' | 'directory' | null>>();
}

/**
 * Which tasks go into new folders, and which into those that are there.
 *
 * @param folders - MFS paths of folders to make, though they may hold nothing
 */
export async function splitWhole(
  tasks: readonly ITask[],
  folders: readonly string[],
  looked: Looked
): Promise<{ whole: IWholeFolder[]; rest: ITask[] }> {
  const whole = new Map<string, IWholeFolder>();
  const wholeAt = (target: string): IWholeFolder => {
    let one = whole.get(target);
    if (!one) {
      one = { target, contents: [], folders: [] };
      whole.set(target, one);
    }
    return one;
  };
  const rest: ITask[] = [];
  for (const path of folders) {
    const top = await looked.missing(path);
    if (top) {
      const { folders: below } = wholeAt(top);
      if (path !== top) {
        below.push(path.slice(top.length + 1));
      }
    }
  }
  for (const task of tasks) {
    const top = await looked.missing(parentOf(task.target));
    if (top) {
      const name = task.target.slice(top.length + 1);
      wholeAt(top).contents.push(named(task.content, name));
    } else {
      rest.push(task);
    }
  }
  return { whole: [...whole.values()], rest };
}

/** The same content by another name. */
export function named(content: IContent, name: string): IContent {
  const { mediaType, size, source, cid, file, durable } = content;
  return {
    name,
    mediaType,
    size,
    source,
    cid,
    file,
    durable,
    stream: options => content.stream(options),
    blob: options => content.blob(options)
  };
}
