/**
 * The Mutable File System of a Kubo node.
 */
import type { IContent, IReadOptions } from '../content';
import type {
  IAdded,
  IAddOptions,
  IMfs,
  IMfsEntry,
  IMfsStat,
  IMfsWriteOptions
} from '../tokens';
import {
  IpfsError,
  IpfsExistsError,
  IpfsNotFoundError,
  throwIfCancelled
} from './errors';
import type { KuboRpc } from './rpc';

/** UnixFS keeps a name in one block's link; Linux file systems end at 255 bytes. */
export const MAX_NAME_BYTES = 255;

/**
 * Refuse a name that MFS can't hold, or that would leave its folder.
 *
 * @throws IpfsError `bad-name`
 */
export function assertName(name: string): void {
  const bytes = new TextEncoder().encode(name).length;
  if (
    !name ||
    name === '.' ||
    name === '..' ||
    name.includes('/') ||
    name.includes('\0') ||
    bytes > MAX_NAME_BYTES
  ) {
    throw new IpfsError('bad-name', `"${name.slice(0, 80)}" can't be a name`);
  }
}

/** @throws IpfsError `bad-name` for what is no absolute path of good names */
export function assertPath(path: string): void {
  if (!path.startsWith('/')) {
    throw new IpfsError('bad-name', `"${path}" is not an absolute path`);
  }
  if (path !== '/') {
    path.slice(1).split('/').forEach(assertName);
  }
}

interface ILsAnswer {
  Objects: {
    Links: { Name: string; Type: number; Size: number; Hash: string }[] | null;
  }[];
}

interface IStatAnswer {
  Hash: string;
  Size: number;
  CumulativeSize: number;
  Blocks: number;
  Type: string;
}

export class KuboMfs implements IMfs {
  constructor(
    private _rpc: KuboRpc,
    private _add: (content: IContent, o?: IAddOptions) => Promise<IAdded>
  ) {}

  async ls(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<IMfsEntry[]> {
    const { type, cid } = await this.stat(path, options);
    if (type !== 'directory') {
      throw new IpfsError('wrong-type', `${path} is not a folder`);
    }
    // Not `files/ls`: after it listed 10,000 entries, later calls to the MFS were
    // seen to wait for half a minute and more. That it keeps what it listed and
    // writes it again is a guess; listing by CID leaves the MFS out of it.
    const { Objects } = await this._rpc.json<ILsAnswer>('ls', [cid], {
      // Blocks that are nowhere to be found must not hold the browser for good.
      query: { size: true, timeout: '120s' },
      signal: options.signal,
      subject: path
    });
    return (Objects[0]?.Links ?? []).map(link => ({
      name: link.Name,
      type: link.Type === 1 ? 'directory' : 'file',
      size: link.Type === 1 ? 0 : link.Size,
      cid: link.Hash
    }));
  }

  async stat(
    path: string,
    options: { signal?: AbortSignal } = {}
  ): Promise<IMfsStat> {
    assertPath(path);
    const answer = await this._rpc.json<IStatAnswer>('files/stat', [path], {
      signal: options.signal
    });
    return {
      type: answer.Type === 'directory' ? 'directory' : 'file',
      cid: answer.Hash,
      size: answer.Size,
      cumulativeSize: answer.CumulativeSize,
      blocks: answer.Blocks
    };
  }

  async mkdir(
    path: string,
    options: { parents?: boolean } = {}
  ): Promise<void> {
    assertPath(path);
    await this._alone(async () => {
      await this._rpc.run('files/mkdir', [path], {
        query: { parents: options.parents || undefined, 'cid-version': 1 }
      });
      await this._settle(path);
    });
  }

  async cp(
    from: string,
    to: string,
    options: { force?: boolean } = {}
  ): Promise<void> {
    assertPath(from);
    assertPath(to);
    await this._alone(() =>
      this._rpc.run('files/cp', [from, to], {
        query: { force: options.force || undefined },
        subject: to
      })
    );
  }

  async mv(from: string, to: string): Promise<void> {
    assertPath(from);
    assertPath(to);
    if (from === to) {
      return;
    }
    if (to.startsWith(`${from}/`)) {
      throw new IpfsError('refused', `${from} can't be moved into itself`);
    }
    await this._alone(async () => {
      // `files/mv` replaces a file and moves *into* a folder without asking.
      if (await this._exists(to)) {
        throw new IpfsExistsError(to);
      }
      await this._rpc.run('files/mv', [from, to], { subject: from });
      const [gone, come] = [from, to].map(path => path.split('/').slice(-2));
      if (gone.join('/') === come.join('/') && (await this._exists(from))) {
        // Kubo takes `/x/f` and `/y/x/f` for one place, and leaves the source.
        await this._rpc.run('files/rm', [from], { query: { recursive: true } });
        await this._settle(from.slice(0, from.lastIndexOf('/')) || '/');
      }
    });
  }

  async rm(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    assertPath(path);
    if (path === '/') {
      throw new IpfsError('refused', 'The root of the drive stays');
    }
    // Kubo answers 200 for a missing path and says so in a trailer.
    const { type } = await this.stat(path);
    if (
      !options.recursive &&
      type === 'directory' &&
      (await this.ls(path)).length > 0
    ) {
      throw new IpfsError('not-empty', `${path} is not empty`);
    }
    await this._alone(async () => {
      await this._rpc.run('files/rm', [path], { query: { recursive: true } });
      await this._settle(path.slice(0, path.lastIndexOf('/')) || '/');
    });
  }

  /** Reads the file as it is when reading starts: later writes don't mix in. */
  async *read(
    path: string,
    options: IReadOptions = {}
  ): AsyncGenerator<Uint8Array> {
    const { cid, size, type } = await this.stat(path, options);
    if (type === 'directory') {
      throw new IpfsError('wrong-type', `${path} is a folder`);
    }
    const offset = options.offset ?? 0;
    const length = Math.max(
      0,
      Math.min(options.length ?? Infinity, size - offset)
    );
    if (length === 0) {
      return;
    }
    yield* this._rpc.bytes('cat', [`/ipfs/${cid}`], length, {
      query: { offset: offset || undefined, length: options.length },
      signal: options.signal,
      subject: path
    });
  }

  async write(
    path: string,
    content: IContent,
    options: IMfsWriteOptions = {}
  ): Promise<IAdded> {
    assertPath(path);
    const added = await this._add(content, options);
    throwIfCancelled(options.signal);
    await this.cp(`/ipfs/${added.cid}`, path, { force: options.force ?? true });
    return added;
  }

  /**
   * Wait until Kubo has written down which root the MFS has. `files/cp` and
   * `files/mv` do so by themselves; after `files/mkdir` and `files/rm` it takes
   * up to three seconds, and a node that ends meanwhile forgets the change.
   */
  private async _settle(path: string): Promise<void> {
    await this._rpc.json('files/flush', [path]);
  }

  /**
   * One change after the other. Kubo writes folders anew from the top (`files/mv`,
   * `files/flush`) and from below (all others); when both happened at a time,
   * calls were seen to wait for minutes, and a folder just made to be gone.
   */
  private _alone<T>(change: () => Promise<T>): Promise<T> {
    const mine = this._last.then(change, change);
    this._last = mine.then(
      () => undefined,
      () => undefined
    );
    return mine;
  }

  private async _exists(path: string): Promise<boolean> {
    try {
      await this.stat(path);
      return true;
    } catch (error) {
      if (error instanceof IpfsNotFoundError) {
        return false;
      }
      throw error;
    }
  }

  private _last: Promise<unknown> = Promise.resolve();
}
