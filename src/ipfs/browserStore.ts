/**
 * Where the node in the page keeps what it has: blocks and a few small records,
 * in IndexedDB; locks and a channel between the tabs that share them.
 */
import * as dagPb from '@ipld/dag-pb';
import type { Blockstore } from 'interface-blockstore';
import { type Datastore, Key } from 'interface-datastore';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import {
  IpfsCancelledError,
  IpfsError,
  IpfsNotFoundError,
  isCancelled
} from './errors';
import type { IBlockSource } from './unixfsWalk';

/** What this needs of `navigator.locks`. */
export type Locks = Pick<LockManager, 'request'>;

/** What this needs of a `BroadcastChannel`. */
export type Channel = Pick<
  BroadcastChannel,
  'postMessage' | 'addEventListener' | 'close'
>;

export interface IStores {
  /** Names the locks; tabs with the same name share the stores. */
  name: string;
  blocks: Blockstore;
  records: Datastore;
  locks: Locks;
  channel: Channel | null;
  close(): Promise<void>;
}

/** Blocks that may be held back from a walk, in number. */
const AHEAD = 16;
const IDENTITY = 0x00;

/**
 * Open the stores of this page.
 *
 * @param name - name of the two databases
 * @throws IpfsError `failed` where the page may keep nothing (no IndexedDB, or
 *   an address that is neither https nor this computer)
 */
export async function openStores(name: string): Promise<IStores> {
  if (!globalThis.isSecureContext || !navigator.locks) {
    throw new IpfsError(
      'failed',
      'This page is neither on https nor on this computer: the browser gives it no locks and no hashing'
    );
  }
  const [{ IDBBlockstore }, { IDBDatastore }] = await Promise.all([
    import('blockstore-idb'),
    import('datastore-idb')
  ]);
  const blocks = new IDBBlockstore(`${name}:blocks`);
  const records = new IDBDatastore(`${name}:records`);
  try {
    await Promise.all([blocks.open(), records.open()]);
  } catch (error) {
    throw new IpfsError('failed', `The browser keeps nothing: ${error}`, {
      cause: error
    });
  }
  const channel = new BroadcastChannel(name);
  return {
    name,
    blocks,
    records,
    locks: navigator.locks,
    channel,
    close: async () => {
      channel.close();
      await Promise.all([blocks.close(), records.close()]);
    }
  };
}

/**
 * Blocks of this page. What is read was checked when it came in.
 */
export class PageBlocks implements IBlockSource {
  constructor(readonly raw: Blockstore) {}

  readonly ahead = AHEAD;

  /** @throws IpfsNotFoundError */
  async get(
    cid: CID,
    options: { signal?: AbortSignal } = {}
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (cid.multihash.code === IDENTITY) {
      return cid.multihash.digest.slice();
    }
    try {
      const parts: Uint8Array[] = [];
      for await (const part of this.raw.get(cid, options)) {
        parts.push(part);
      }
      return joined(parts);
    } catch (error) {
      throw storeError(error, cid.toString(), options.signal);
    }
  }

  async has(cid: CID): Promise<boolean> {
    return cid.multihash.code === IDENTITY || (await this.raw.has(cid));
  }

  /** @throws IpfsError `full` */
  async put(cid: CID, bytes: Uint8Array): Promise<void> {
    try {
      await this.raw.put(cid, bytes);
    } catch (error) {
      throw storeError(error, cid.toString());
    }
  }

  /** Keep a node of dag-pb; its CID, and its bytes with all that it links. */
  async putNode(node: dagPb.PBNode): Promise<{ cid: CID; size: number }> {
    const bytes = dagPb.encode(node);
    const cid = CID.createV1(dagPb.code, await sha256.digest(bytes));
    await this.put(cid, bytes);
    return { cid, size: bytes.length + linkedSize(node) };
  }
}

/** Bytes of what a node of dag-pb links, as its links say. */
export function linkedSize(node: dagPb.PBNode): number {
  return node.Links.reduce((sum, link) => sum + (link.Tsize ?? 0), 0);
}

/** Small JSON records. */
export class Records {
  constructor(private _store: Datastore) {}

  async get<T>(key: string): Promise<T | null> {
    try {
      const bytes = await this._store.get(new Key(key));
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch (error) {
      const typed = storeError(error, key);
      if (typed instanceof IpfsNotFoundError) {
        return null;
      }
      throw typed;
    }
  }

  async set(key: string, value: unknown): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    try {
      await this._store.put(new Key(key), bytes);
    } catch (error) {
      throw storeError(error, key);
    }
  }

  async delete(key: string): Promise<void> {
    await this._store.delete(new Key(key));
  }

  /** Last parts of the keys below a prefix, with their values. */
  async under<T>(prefix: string): Promise<[string, T][]> {
    const found: [string, T][] = [];
    for await (const { key, value } of this._store.query({ prefix })) {
      found.push([
        key.baseNamespace(),
        JSON.parse(new TextDecoder().decode(value)) as T
      ]);
    }
    return found;
  }
}

/**
 * Who holds blocks that nothing names yet, and who sweeps them away, never at
 * the same time; in any of the tabs.
 */
export class Guard {
  constructor(private _stores: Pick<IStores, 'locks' | 'name'>) {}

  /** While `task` runs nothing is swept away. */
  keep<T>(task: () => Promise<T>): Promise<T> {
    return this._stores.locks.request(
      `${this._stores.name}:blocks`,
      { mode: 'shared' },
      task
    ) as Promise<T>;
  }

  /** One at a time, for changes of the root. */
  alone<T>(task: () => Promise<T>): Promise<T> {
    return this._stores.locks.request(
      `${this._stores.name}:root`,
      { mode: 'exclusive' },
      task
    ) as Promise<T>;
  }

  /** Only if nobody keeps anything now; null otherwise. */
  sweep<T>(task: () => Promise<T>): Promise<T | null> {
    return this._stores.locks.request(
      `${this._stores.name}:blocks`,
      { mode: 'exclusive', ifAvailable: true },
      lock => (lock ? task() : Promise.resolve(null))
    ) as Promise<T | null>;
  }
}

/** The typed error for one of the stores, which mostly hand on text. */
export function storeError(
  error: unknown,
  subject: string,
  signal?: AbortSignal
): unknown {
  if (error instanceof IpfsError) {
    return error;
  }
  if (signal?.aborted || isCancelled(error)) {
    return new IpfsCancelledError({ cause: error });
  }
  const text = String(error);
  if (/quota/i.test(text)) {
    return new IpfsError('full', 'the browser lets this site keep no more', {
      cause: error
    });
  }
  if ((error as { name?: unknown } | null)?.name === 'NotFoundError') {
    return new IpfsNotFoundError(subject, { cause: error });
  }
  return new IpfsError('failed', `${subject}: ${text}`, { cause: error });
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = parts;
  if (parts.length === 1 && first.buffer instanceof ArrayBuffer) {
    return first as Uint8Array<ArrayBuffer>;
  }
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
