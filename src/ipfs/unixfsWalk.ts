/**
 * Blocks of a DAG depth first, with the next few already asked for.
 */
import type { CID } from 'multiformats/cid';

/** Where blocks come from; every block that it gives was checked. */
export interface IBlockSource {
  get(cid: CID, o?: { signal?: AbortSignal }): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * How many blocks may be asked for at once. A stream that has them in order
   * says 1.
   */
  readonly ahead: number;
}

export interface IWalkOptions<T> {
  /** What comes below a block, in order. Called once a block, in order. */
  childrenOf: (item: T, bytes: Uint8Array<ArrayBuffer>) => T[] | Promise<T[]>;
  /** Whether to leave a block and all below it out; asked when its turn comes. */
  skip?: (item: T) => boolean;
  signal?: AbortSignal;
}

/** Walk it. Memory: the blocks ahead, and the links of the path down. */
export async function* walkBlocks<T extends { cid: CID }>(
  roots: readonly T[],
  source: IBlockSource,
  options: IWalkOptions<T>
): AsyncGenerator<{ item: T; bytes: Uint8Array<ArrayBuffer> }> {
  const { childrenOf, skip } = options;
  const stop = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, stop.signal])
    : stop.signal;
  interface IEntry {
    item: T;
    asked?: Promise<Uint8Array<ArrayBuffer>>;
  }
  // The next one is the last.
  const waiting: IEntry[] = [...roots].reverse().map(item => ({ item }));
  try {
    while (waiting.length) {
      const { ahead } = source;
      for (let i = 1; i <= ahead && i <= waiting.length; i++) {
        const entry = waiting[waiting.length - i];
        if (!entry.asked && !skip?.(entry.item)) {
          entry.asked = source.get(entry.item.cid, { signal });
          // It is looked at when its turn comes; until then it is no accident.
          entry.asked.catch(() => undefined);
        }
      }
      const { item, asked } = waiting.pop()!;
      if (!asked || skip?.(item)) {
        continue;
      }
      const bytes = await asked;
      const children = await childrenOf(item, bytes);
      for (let i = children.length - 1; i >= 0; i--) {
        waiting.push({ item: children[i] });
      }
      yield { item, bytes };
    }
  } finally {
    stop.abort();
  }
}
