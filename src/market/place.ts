/**
 * Putting what was downloaded into the workspace or on the drive: under names
 * that any system takes, never over something else, whole or not at all.
 */
import type { Contents } from '@jupyterlab/services';

import type { IContent } from '../content';
import { randomSuffix } from '../drive/save';
import { IpfsExistsError } from '../ipfs/errors';
import { numberedName } from '../notebook/text';
import { seenName } from '../ocean/foreignText';
import type { IMfs } from '../tokens';
import { codeOf, MarketError } from './errors';

/** What differs between the workspace and the drive. Paths without drive. */
export interface IPlace {
  /** Prefix of its contents paths: empty, or `ipfs:`. */
  prefix: string;
  kind(path: string): Promise<'file' | 'directory' | null>;
  mkdir(path: string): Promise<void>;
  /** Throws an error with code `exists` where the name is taken. */
  write(path: string, content: IContent, o: IWriteOptions): Promise<void>;
  /** Give it another name; throws an error with code `exists` where that is taken. */
  move(from: string, to: string): Promise<void>;
  /** Remove a file, or a folder that is empty. */
  remove(path: string): Promise<void>;
}

export interface IWriteOptions {
  signal?: AbortSignal;
  onProgress?: (bytes: number) => void;
}

// Names that Windows keeps for devices, with any extension.
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const LONGEST = 150;

/** One segment of a path. */
function safeName(name: string): string {
  const clean = seenName(name.normalize('NFC'))
    // What is left of controls, lone surrogates, and what no font has.
    .replace(/(?!\u200c|\u200d)[\p{C}\p{Zl}\p{Zp}]/gu, '')
    // A colon would name a drive; the others no Windows takes.
    .replace(/[:*?"<>|]/g, '_')
    .replace(/^\s+|[\s.]+$/g, '')
    // Jupyter neither shows nor writes hidden files.
    .replace(/^\./, '_');
  const named = DEVICES.test(clean) ? `_${clean}` : clean;
  const letters = [...named];
  if (letters.length <= LONGEST) {
    return named;
  }
  const extension = /\.[^.]{1,12}$/.exec(named)?.[0] ?? '';
  return letters.slice(0, LONGEST - extension.length).join('') + extension;
}

/**
 * A stranger's path as a relative one that stays where it is put: no `..`, no
 * root, no drive, nothing hidden. Never empty.
 */
export function safePath(path: string): string {
  const segments = path
    .split(/[/\\]/)
    .filter(segment => !['', '.', '..'].includes(segment.trim()))
    .map(safeName)
    .filter(Boolean)
    .slice(-16);
  return segments.join('/') || 'file';
}

/** Safe paths for several files, each its own (also where case is ignored). */
export function safePaths(paths: readonly string[]): string[] {
  const files = new Set<string>();
  const folders = new Set<string>();
  const key = (parts: readonly string[]): string =>
    parts.join('/').toLowerCase();
  return paths.map(path => {
    const parts = safePath(path).split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      // A folder must not be where a file is, a file nowhere where anything is.
      const isTaken = (): boolean =>
        files.has(key(parts.slice(0, depth))) ||
        (depth === parts.length && folders.has(key(parts)));
      const segment = parts[depth - 1];
      for (let number = 2; isTaken(); number++) {
        parts[depth - 1] = numberedName(segment, number);
      }
      (depth === parts.length ? files : folders).add(
        key(parts.slice(0, depth))
      );
    }
    return parts.join('/');
  });
}

/** The workspace: the default drive of Jupyter's contents manager. */
export function workspacePlace(
  contents: Pick<Contents.IManager, 'get' | 'save' | 'delete' | 'rename'>,
  write: (path: string, content: IContent, o: IWriteOptions) => Promise<unknown>
): IPlace {
  return {
    prefix: '',
    kind: async path => {
      try {
        const { type } = await contents.get(path, { content: false });
        return type === 'directory' ? 'directory' : 'file';
      } catch (reason) {
        const { response } = reason as { response?: { status?: number } };
        // A missing target is what we hope for; all else is a failure.
        if (response?.status === 404) {
          return null;
        }
        throw reason;
      }
    },
    mkdir: async path => {
      await contents.save(path, {
        type: 'directory',
        format: 'json',
        content: null
      });
    },
    write: async (path, content, o) => {
      await write(path, content, o);
    },
    move: async (from, to) => {
      try {
        await contents.rename(from, to);
      } catch (reason) {
        const { response } = reason as { response?: { status?: number } };
        throw response?.status === 409 ? new IpfsExistsError(to) : reason;
      }
    },
    remove: path => contents.delete(path)
  };
}

/** The IPFS drive. */
export function drivePlace(
  files: Pick<IMfs, 'stat' | 'mkdir' | 'write' | 'mv' | 'rm'>,
  announce: (path: string) => void
): IPlace {
  return {
    prefix: 'ipfs:',
    kind: async path => {
      try {
        return (await files.stat('/' + path)).type;
      } catch (reason) {
        if (codeOf(reason) === 'not-found') {
          return null;
        }
        throw reason;
      }
    },
    mkdir: path => files.mkdir('/' + path, { parents: true }),
    write: async (path, content, o) => {
      // Without force: what is there meanwhile stays.
      await files.write('/' + path, content, { ...o, force: false });
      announce('/' + path);
    },
    move: async (from, to) => {
      await files.mv('/' + from, '/' + to);
      announce('/' + to);
    },
    remove: path => files.rm('/' + path, { recursive: true })
  };
}

/** Names that downloads of this page are being written to. */
const claimed = new Set<string>();

/**
 * Put something under the first name that is free: what is there already, or
 * comes there meanwhile, stays.
 */
async function placeAt(
  place: IPlace,
  wanted: string,
  put: (path: string) => Promise<void>
): Promise<string> {
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : numberedName(wanted, number);
    const claim = place.prefix + path;
    if (claimed.has(claim)) {
      continue;
    }
    claimed.add(claim);
    try {
      if ((await place.kind(path)) === null) {
        await put(path);
        return claim;
      }
    } catch (reason) {
      // Somebody else took the name meanwhile: look for the next one.
      if (codeOf(reason) !== 'exists') {
        throw reason;
      }
    } finally {
      claimed.delete(claim);
    }
  }
}

/** @param made - called with each folder that was not there */
async function mkdirs(
  place: IPlace,
  folder: string,
  made: (path: string) => void = () => undefined
): Promise<void> {
  const parts = folder.split('/').filter(Boolean);
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = parts.slice(0, depth).join('/');
    const kind = await place.kind(path);
    if (kind === 'file') {
      throw new MarketError('no-target', `${path} is a file`);
    }
    if (kind === null) {
      await place.mkdir(path);
      made(path);
    }
  }
}

/**
 * Write verified contents. One file goes to `to` (or into it, where it is a
 * folder); several into a new folder. What is there already stays: the new one
 * gets a number.
 *
 * @param to - path without drive; a folder where it ends with `/` or is one
 * @param title - for the name of the folder of several files
 * @returns contents path of the file or folder, with the drive's prefix
 */
export async function placeContents(
  place: IPlace,
  contents: readonly IContent[],
  to: string,
  title: string,
  options: IWriteOptions = {}
): Promise<string> {
  const parts = to.split('/').filter(part => part && part !== '.');
  if (parts.includes('..')) {
    throw new MarketError(
      'no-target',
      'A target must not climb out of its drive'
    );
  }
  const target = parts.join('/');
  const isFolder =
    target === '' ||
    to.endsWith('/') ||
    (await place.kind(target)) === 'directory';
  const into = isFolder ? target : parts.slice(0, -1).join('/');
  await mkdirs(place, into);
  const under = (name: string): string => (into ? `${into}/${name}` : name);

  if (contents.length === 1) {
    const [content] = contents;
    const wanted = isFolder
      ? under(content.name.split('/').pop() ?? content.name)
      : target;
    return placeAt(place, wanted, path => place.write(path, content, options));
  }

  const wanted = isFolder
    ? under(safePath(title).split('/').pop() ?? 'asset')
    : target;
  // A folder is filled under another name, and gets its own when it is complete.
  const staging = `${wanted}.part-${randomSuffix()}`;
  const made: string[] = [];
  try {
    let before = 0;
    for (const content of contents) {
      const path = `${staging}/${content.name}`;
      const above = path.split('/').slice(0, -1).join('/');
      await mkdirs(place, above, folder => made.push(folder));
      await place.write(path, content, {
        signal: options.signal,
        onProgress: bytes => options.onProgress?.(before + bytes)
      });
      made.push(path);
      before += content.size ?? 0;
      options.signal?.throwIfAborted();
    }
    return await placeAt(place, wanted, path => place.move(staging, path));
  } catch (reason) {
    // Leaves first: a server without a trash refuses folders that hold something.
    for (const path of made.sort((a, b) => b.length - a.length)) {
      await place.remove(path).catch((left: unknown) => {
        console.warn(`${place.prefix}${path} could not be removed`, left);
      });
    }
    throw reason;
  }
}
