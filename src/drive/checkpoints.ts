/**
 * Checkpoints of the drive: one a file, like Jupyter's own. The id is the CID;
 * the bytes are kept from garbage collection by a hidden tree of the drive that
 * mirrors its paths.
 */
import type { Contents } from '@jupyterlab/services';

import { IpfsNotFoundError } from '../ipfs/errors';
import type { IIpfs } from '../tokens';
import type { History } from './history';
import { parentOf, PRIVATE_FOLDER } from './paths';

const ROOT = `/${PRIVATE_FOLDER}/checkpoints`;
/** Records that are searched for a date: opening a document waits for it. */
const LOOKED_AT = 64;

export class Checkpoints {
  constructor(
    private _ipfs: Pick<IIpfs, 'files'>,
    private _history: History
  ) {}

  /**
   * Never rejects: opening a document waits for it. Where the checkpoint can't
   * be kept it lasts as long as the page.
   */
  async create(path: string): Promise<Contents.ICheckpointModel> {
    const last_modified = new Date().toISOString();
    let id = '';
    try {
      id = (await this._ipfs.files.stat(path)).cid;
      const kept = ROOT + path;
      await this._ipfs.files.mkdir(parentOf(kept), { parents: true });
      await this._ipfs.files.cp(`/ipfs/${id}`, kept, { force: true });
    } catch (error) {
      console.warn(`No lasting checkpoint of ${path}`, error);
    }
    const model = { id, last_modified };
    this._recent.set(path, model);
    return model;
  }

  /** Never rejects, for the same reason. */
  async list(path: string): Promise<Contents.ICheckpointModel[]> {
    const recent = this._recent.get(path);
    if (recent) {
      return [recent];
    }
    try {
      const { cid, type } = await this._ipfs.files.stat(ROOT + path);
      return type === 'file'
        ? [{ id: cid, last_modified: await this._when(path, cid) }]
        : [];
    } catch (error) {
      // None yet, or the node is away: either way there is none to offer.
      warnUnlessMissing(`The checkpoint of ${path} can't be seen`, error);
      return [];
    }
  }

  /** When a file came to be what it was; the epoch where no record tells. */
  private async _when(path: string, cid: string): Promise<string> {
    let left = LOOKED_AT;
    for await (const { entries, when } of this._history.changes()) {
      if (entries.some(one => one.path === path && one.after === cid)) {
        return when.toISOString();
      }
      if (--left === 0) {
        break;
      }
    }
    return new Date(0).toISOString();
  }

  async remove(path: string, id: string): Promise<void> {
    const [found] = await this.list(path);
    if (found?.id === id) {
      await this.forget(path);
    }
  }

  /** Checkpoints of a file or of all in a folder go with it. */
  async forget(path: string): Promise<void> {
    for (const known of [...this._recent.keys()]) {
      if (known === path || known.startsWith(`${path}/`)) {
        this._recent.delete(known);
      }
    }
    await this._quietly(() =>
      this._ipfs.files.rm(ROOT + path, { recursive: true })
    );
  }

  async move(from: string, to: string): Promise<void> {
    for (const [known, model] of [...this._recent]) {
      if (known === from || known.startsWith(`${from}/`)) {
        this._recent.delete(known);
        this._recent.set(to + known.slice(from.length), model);
      }
    }
    await this._quietly(async () => {
      await this._ipfs.files.stat(ROOT + from);
      await this._ipfs.files.mkdir(parentOf(ROOT + to), { parents: true });
      await this._ipfs.files.mv(ROOT + from, ROOT + to);
    });
  }

  /** Mostly there is no checkpoint to move or remove, which is no news. */
  private async _quietly(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      warnUnlessMissing('A checkpoint stayed where it was', error);
    }
  }

  private _recent = new Map<string, Contents.ICheckpointModel>();
}

function warnUnlessMissing(what: string, error: unknown): void {
  if (!(error instanceof IpfsNotFoundError)) {
    console.warn(what, error);
  }
}
