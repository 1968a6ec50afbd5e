/**
 * Saving an output on the IPFS drive, never over something else.
 */
import type { IContent } from '../content';
import type { IMfs } from '../tokens';
import { numberedName } from './text';

/** Whether something is at a path; other failures are thrown. */
async function stat(
  files: Pick<IMfs, 'stat'>,
  path: string
): Promise<'file' | 'directory' | null> {
  try {
    return (await files.stat(path)).type;
  } catch (reason) {
    // A missing target is what we hope for; all else is a failure.
    if ((reason as { code?: unknown } | null)?.code === 'not-found') {
      return null;
    }
    throw reason;
  }
}

/**
 * Write a content on the drive. A name that is taken gets a number.
 *
 * @param to - MFS path: a folder (ends with `/`, or is one), or a file's name
 * @returns absolute MFS path and CID
 */
export async function saveOnDrive(
  files: Pick<IMfs, 'stat' | 'mkdir' | 'write'>,
  content: IContent,
  to: string
): Promise<{ path: string; cid: string }> {
  const parts = to.split('/').filter(part => part && part !== '.');
  if (parts.includes('..')) {
    throw new RangeError('A path on the drive must not climb out of it');
  }
  const target = '/' + parts.join('/');
  const isFolder =
    to.endsWith('/') ||
    parts.length === 0 ||
    (await stat(files, target)) === 'directory';
  const folder = isFolder ? parts : parts.slice(0, -1);
  const name = isFolder ? content.name : parts[parts.length - 1];
  if (folder.length > 0) {
    await files.mkdir('/' + folder.join('/'), { parents: true });
  }
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : numberedName(name, number);
    const path = '/' + [...folder, tried].join('/');
    if ((await stat(files, path)) !== null) {
      continue;
    }
    try {
      const { cid } = await files.write(path, content);
      return { path, cid };
    } catch (reason) {
      // Somebody else took the name meanwhile: look for the next one.
      if ((reason as { code?: unknown } | null)?.code !== 'exists') {
        throw reason;
      }
    }
  }
}
