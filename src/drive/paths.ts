/**
 * Paths of the drive: Jupyter's local ones (`a/b`), MFS ones (`/a/b`), and
 * contents paths (`ipfs:a/b`).
 */
import { PathExt } from '@jupyterlab/coreutils';

import { FetchContent, type IContent, type IReadOptions } from '../content';
import { IpfsError, IpfsNotFoundError } from '../ipfs/errors';
import type { IIpfs, IMfsStat } from '../tokens';

/** Name of the drive: the part before the colon of its contents paths. */
export const DRIVE_NAME = 'ipfs';

/** Where the drive keeps what is not the person's: hidden, never listed. */
export const PRIVATE_FOLDER = '.jupyterlab-web3';

/** `a/b` (or `/a/b/`) → `/a/b`; refuses `..` that would leave the drive. */
export function toMfs(localPath: string): string {
  const parts = localPath.split('/').filter(part => part && part !== '.');
  if (parts.includes('..')) {
    throw new IpfsError('bad-name', `"${localPath}" leaves the drive`);
  }
  return `/${parts.join('/')}`;
}

/** `/a/b` → `a/b`. */
export function toLocal(mfsPath: string): string {
  return mfsPath.replace(/^\/+/, '');
}

/** `/a/b` → `ipfs:a/b`. */
export function toContentsPath(mfsPath: string): string {
  return `${DRIVE_NAME}:${toLocal(mfsPath)}`;
}

/** `/a/b` → `/a`. */
export function parentOf(mfsPath: string): string {
  return `/${PathExt.dirname(toLocal(mfsPath))}`;
}

export function joinMfs(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** Status of a path, or null when nothing is there. */
export async function mfsExists(
  ipfs: Pick<IIpfs, 'files'>,
  path: string
): Promise<IMfsStat | null> {
  try {
    return await ipfs.files.stat(path);
  } catch (error) {
    if (error instanceof IpfsNotFoundError) {
      return null;
    }
    throw error;
  }
}

/** A file of the drive as a content: the version that `cid` names. */
export function mfsContent(
  ipfs: Pick<IIpfs, 'cat'>,
  path: string,
  file: { cid: string; size: number }
): IContent {
  return new CidContent(ipfs, path, file);
}

class CidContent extends FetchContent {
  constructor(
    private _ipfs: Pick<IIpfs, 'cat'>,
    path: string,
    file: { cid: string; size: number }
  ) {
    super({
      name: PathExt.basename(path),
      size: file.size,
      cid: file.cid,
      source: { kind: 'file', path: toContentsPath(path) },
      fetch: init =>
        Promise.resolve(new Response(toStream(_ipfs.cat(file.cid, init))))
    });
  }

  async *stream(options: IReadOptions = {}): AsyncGenerator<Uint8Array> {
    // The node skips by itself: nothing before `offset` has to travel.
    yield* this._ipfs.cat(this.cid!, options);
  }
}

function toStream(
  bytes: AsyncIterable<Uint8Array>
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) {
        controller.close();
      } else {
        controller.enqueue(value as Uint8Array<ArrayBuffer>);
      }
    },
    async cancel() {
      await iterator.return?.();
    }
  });
}
