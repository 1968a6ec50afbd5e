/**
 * What the node in the page keeps: pins, and what was just added; and the
 * sweeping away of the rest.
 */
import { CID } from 'multiformats/cid';

import type { ILocalPins } from '../tokens';
import { parseCid } from './browserMfs';
import { type Guard, type PageBlocks, type Records } from './browserStore';
import { linksOf } from './dag';
import { IpfsNotFoundError, throwIfCancelled } from './errors';
import { RAW } from './unixfs';
import { walkBlocks } from './unixfsWalk';

const PINS = '/pins';
const HOLDS = '/holds';
/** How long what was added waits for somebody to link or pin it, in ms. */
const HOLD_MS = 24 * 60 * 60 * 1000;
/** How often blocks were swept away; changed only while nobody holds any. */
const SWEEPS = '/sweeps';
/** CIDs known to be whole, at most. */
const REMEMBERED = 5000;
/** Raw blocks that are looked for together. */
const TOGETHER = 32;

/** CIDs of which all blocks are here. */
export class Whole {
  constructor(
    private _records: Records,
    private _blocks: PageBlocks
  ) {}

  /** Files reach it, so it is whole, until somebody sweeps. */
  reached(cid: CID): void {
    if (this._known.size >= REMEMBERED) {
      this._known.clear();
    }
    this._known.add(cid.toString());
  }

  /**
   * See that all blocks below a CID are here; at once for what files reached
   * since the last sweep, in whatever tab. To be called while blocks are kept.
   *
   * @throws IpfsNotFoundError
   */
  async ensure(
    cid: CID,
    options: { signal?: AbortSignal } = {}
  ): Promise<void> {
    const sweeps = (await this._records.get<number>(SWEEPS)) ?? 0;
    if (sweeps !== this._sweeps) {
      this._sweeps = sweeps;
      this._known.clear();
    }
    if (!this._known.has(cid.toString())) {
      await complete(cid, this._blocks, options);
      this.reached(cid);
    }
  }

  private _known = new Set<string>();
  private _sweeps = 0;
}

/**
 * See that all blocks below a CID are here.
 *
 * @throws IpfsNotFoundError
 */
async function complete(
  root: CID,
  blocks: PageBlocks,
  options: { signal?: AbortSignal } = {}
): Promise<void> {
  const seen = new Set<string>();
  const look = async (cid: CID): Promise<void> => {
    if (!(await blocks.has(cid))) {
      throw new IpfsNotFoundError(cid.toString());
    }
  };
  if (root.code === RAW) {
    return look(root);
  }
  const walk = walkBlocks([{ cid: root }], blocks, {
    signal: options.signal,
    skip: ({ cid }) => seen.has(cid.toString()),
    childrenOf: async ({ cid }, bytes) => {
      seen.add(cid.toString());
      const links = linksOf(cid, bytes);
      // Leaves need not be read, and they are most of what there is.
      const leaves = links.filter(link => link.code === RAW);
      for (let i = 0; i < leaves.length; i += TOGETHER) {
        throwIfCancelled(options.signal);
        await Promise.all(leaves.slice(i, i + TOGETHER).map(look));
      }
      return links
        .filter(link => link.code !== RAW)
        .map(link => ({ cid: link }));
    }
  });
  for await (const step of walk) {
    void step;
  }
}

/** Pins of this page. */
export class PagePins implements ILocalPins {
  constructor(
    private _records: Records,
    private _guard: Guard,
    private _whole: Whole
  ) {}

  async add(
    text: string,
    options: { name?: string; signal?: AbortSignal } = {}
  ): Promise<void> {
    const cid = parseCid(text);
    await this._guard.keep(async () => {
      await this._whole.ensure(cid, options);
      await this._records.set(`${PINS}/${cid.toV1()}`, {
        name: options.name ?? ''
      });
      await this._records.delete(`${HOLDS}/${cid.toV1()}`);
    });
  }

  async rm(cid: string): Promise<void> {
    await this._records.delete(`${PINS}/${parseCid(cid).toV1()}`);
  }

  async has(cid: string): Promise<boolean> {
    const found = await this._records.get(`${PINS}/${parseCid(cid).toV1()}`);
    return found !== null;
  }
}

/** Blocks that something names stay; the others go when asked. */
export class Sweeper {
  constructor(
    private _records: Records,
    private _blocks: PageBlocks,
    private _guard: Guard,
    private _root: () => Promise<CID>
  ) {}

  /** What was just added stays for a day, though nothing names it yet. */
  async hold(cid: string): Promise<void> {
    await this._records.set(`${HOLDS}/${cid}`, Date.now());
  }

  async release(cid: string): Promise<void> {
    await this._records.delete(`${HOLDS}/${cid}`);
  }

  /**
   * Remove the blocks that neither files, pins nor what was just added reach.
   *
   * @returns how many went, or null when blocks are being written just now
   */
  sweep(): Promise<number | null> {
    return this._guard.sweep(async () => {
      const kept = await this._reached(await this._roots());
      const gone: CID[] = [];
      for await (const { cid, bytes } of this._blocks.raw.getAll()) {
        // The bytes are read on demand; nobody wants them.
        void bytes;
        if (!kept.has(keyOf(cid))) {
          gone.push(cid);
        }
      }
      const before = (await this._records.get<number>(SWEEPS)) ?? 0;
      await this._records.set(SWEEPS, before + 1);
      for (const cid of gone) {
        await this._blocks.raw.delete(cid);
      }
      return gone.length;
    });
  }

  private async _roots(): Promise<CID[]> {
    const roots = [await this._root()];
    for (const [cid] of await this._records.under(PINS)) {
      roots.push(CID.parse(cid));
    }
    for (const [cid, since] of await this._records.under<number>(HOLDS)) {
      if (Date.now() - since < HOLD_MS) {
        roots.push(CID.parse(cid));
      } else {
        await this.release(cid);
      }
    }
    return roots;
  }

  private async _reached(roots: CID[]): Promise<Set<string>> {
    const kept = new Set<string>();
    const seen = new Set<string>();
    const waiting = [...roots];
    for (let cid = waiting.pop(); cid; cid = waiting.pop()) {
      const key = keyOf(cid);
      // The same bytes may be there as raw and as a node with links.
      const once = `${cid.code}:${key}`;
      if (seen.has(once)) {
        continue;
      }
      seen.add(once);
      kept.add(key);
      if (cid.code === RAW) {
        continue;
      }
      try {
        waiting.push(...linksOf(cid, await this._blocks.get(cid)));
      } catch (error) {
        // Below a block that isn't here there is nothing here to keep.
        if (!(error instanceof IpfsNotFoundError)) {
          throw error;
        }
      }
    }
    return kept;
  }
}

/** Stores know blocks by their hash alone. */
function keyOf(cid: CID): string {
  return Array.from(cid.multihash.bytes, byte =>
    byte.toString(16).padStart(2, '0')
  ).join('');
}
