/** Stores of the node in the page as tests in Node have them. */
import { MemoryBlockstore } from 'blockstore-core';
import { MemoryDatastore } from 'datastore-core';
import type { Blockstore } from 'interface-blockstore';

import { BrowserEngine } from '../browser';
import type { Channel, IStores, Locks } from '../browserStore';

interface IHolder {
  shared: boolean;
  go: () => void;
}

/** `navigator.locks`, which Node 20 lacks: fair, shared and exclusive. */
export class MemoryLocks {
  request = (async (
    name: string,
    options: LockOptions,
    task: (lock: Lock | null) => Promise<unknown>
  ): Promise<unknown> => {
    const state = (this._locks[name] ??= { held: [], queue: [] });
    const shared = options.mode === 'shared';
    const free = (): boolean =>
      shared ? state.held.every(one => one.shared) : state.held.length === 0;
    if (options.ifAvailable && (!free() || state.queue.length)) {
      return task(null);
    }
    const holder: IHolder = { shared, go: () => undefined };
    if (!free() || state.queue.length) {
      await new Promise<void>(resolve => {
        holder.go = resolve;
        state.queue.push(holder);
      });
    } else {
      state.held.push(holder);
    }
    try {
      return await task({ name, mode: options.mode ?? 'exclusive' });
    } finally {
      state.held.splice(state.held.indexOf(holder), 1);
      for (let next = state.queue[0]; next; next = state.queue[0]) {
        const fits = next.shared
          ? state.held.every(one => one.shared)
          : state.held.length === 0;
        if (!fits) {
          break;
        }
        state.queue.shift();
        state.held.push(next);
        next.go();
      }
    }
  }) as Locks['request'];

  private _locks: Record<string, { held: IHolder[]; queue: IHolder[] }> = {};
}

/** Hands what one tab says to the others, at once. */
export class MemoryHub {
  tab(): Channel {
    const listeners: ((event: MessageEvent) => void)[] = [];
    this._tabs.push(listeners);
    return {
      postMessage: data => {
        for (const other of this._tabs) {
          if (other !== listeners) {
            other.forEach(listener => listener({ data } as MessageEvent));
          }
        }
      },
      addEventListener: (_type: string, listener: unknown) => {
        listeners.push(listener as (event: MessageEvent) => void);
      },
      close: () => undefined
    };
  }

  private _tabs: ((event: MessageEvent) => void)[][] = [];
}

/** What several tabs share. */
export class Profile {
  constructor(readonly blocks: Blockstore = new MemoryBlockstore()) {}

  readonly records = new MemoryDatastore();
  readonly locks = new MemoryLocks();
  readonly hub = new MemoryHub();

  stores(): IStores {
    return {
      name: 'spec',
      blocks: this.blocks,
      records: this.records,
      locks: this.locks,
      channel: this.hub.tab(),
      close: async () => undefined
    };
  }

  tab(
    options: Partial<ConstructorParameters<typeof BrowserEngine>[0]> = {}
  ): BrowserEngine {
    return new BrowserEngine({
      stores: this.stores(),
      endpoint: 'spec',
      storage: null,
      ...options
    });
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const { cid, bytes } of this.blocks.getAll()) {
      void cid;
      void bytes;
      count++;
    }
    return count;
  }
}

/** Bytes of which no MiB is like another. */
export function noise(size: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i++) {
    words[i] = Math.imul(i ^ seed, 2654435761);
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** A generator of numbers that is the same in every run. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export async function collect(
  stream: AsyncIterable<Uint8Array>
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}
