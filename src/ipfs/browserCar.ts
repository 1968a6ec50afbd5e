/**
 * Archives out of and into the node in the page
 * (https://ipld.io/specs/transport/car/carv1/).
 */
import { encode } from '@ipld/dag-cbor';
import type { CID } from 'multiformats/cid';

import type { IContent } from '../content';
import type { ICar, ICarImported } from '../tokens';
import { BlockMismatchError, blockMatches } from './block';
import { parseCid } from './browserMfs';
import type { Guard, PageBlocks } from './browserStore';
import { CarReader } from './car';
import { linksOf } from './dag';
import { IpfsCancelledError, IpfsError, throwIfCancelled } from './errors';
import { walkBlocks } from './unixfsWalk';

/** Blocks on their way to the store at a time. */
const TOGETHER = 8;

export interface ICarParts {
  blocks: PageBlocks;
  guard: Guard;
  /** Keep a root that came in, by a pin or for a while. */
  keep: (root: CID, pin: boolean) => Promise<void>;
  /** An import came to nothing. */
  wasted: () => void;
}

export class PageCar implements ICar {
  constructor(private _parts: ICarParts) {}

  async *export(
    root: string,
    options: { signal?: AbortSignal } = {}
  ): AsyncGenerator<Uint8Array> {
    const { blocks } = this._parts;
    const first = parseCid(root);
    yield* section(encode({ version: 1, roots: [first] }));
    const seen = new Set<string>();
    const walk = walkBlocks([{ cid: first }], blocks, {
      signal: options.signal,
      skip: ({ cid }) => seen.has(cid.toString()),
      childrenOf: ({ cid }, bytes) => {
        seen.add(cid.toString());
        return linksOf(cid, bytes).map(link => ({ cid: link }));
      }
    });
    for await (const { item, bytes } of walk) {
      throwIfCancelled(options.signal);
      yield* section(item.cid.bytes, bytes);
    }
  }

  async import(
    car: IContent,
    options: {
      pin?: boolean;
      signal?: AbortSignal;
      onProgress?: (bytes: number) => void;
    } = {}
  ): Promise<ICarImported> {
    const { guard, keep, wasted } = this._parts;
    try {
      return await guard.keep(async () => {
        const imported = await this._take(car, options);
        for (const root of imported.roots) {
          await keep(root, options.pin ?? false);
        }
        return {
          roots: imported.roots.map(root => root.toString()),
          blocks: imported.blocks
        };
      });
    } catch (error) {
      wasted();
      throw error;
    }
  }

  private async _take(
    car: IContent,
    options: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<{ roots: CID[]; blocks: number }> {
    const { signal, onProgress } = options;
    const { blocks } = this._parts;
    let read = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const part of car.stream({ signal })) {
        throwIfCancelled(signal);
        read += part.length;
        onProgress?.(read);
        yield part;
      }
    };
    const reader = new CarReader(counted());
    let count = 0;
    try {
      const roots = await reader.roots();
      const writing = new Set<Promise<void>>();
      let failed: { error: unknown } | null = null;
      for (;;) {
        const next = await reader.next();
        if (failed || !next) {
          break;
        }
        if (!(await blockMatches(next.cid, next.bytes))) {
          throw new BlockMismatchError(next.cid.toString());
        }
        count++;
        const one = blocks.put(next.cid, next.bytes).catch(error => {
          failed ??= { error };
        });
        writing.add(one);
        void one.then(() => writing.delete(one));
        if (writing.size >= TOGETHER) {
          await Promise.race(writing);
        }
      }
      await Promise.all(writing);
      if (failed) {
        throw (failed as { error: unknown }).error;
      }
      for (const root of roots) {
        if (!(await blocks.has(root))) {
          throw new IpfsError(
            'incomplete',
            `${car.name} names ${root} as its root and does not hold it`
          );
        }
      }
      return { roots, blocks: count };
    } catch (error) {
      throw signal?.aborted ? new IpfsCancelledError({ cause: error }) : error;
    } finally {
      await reader.close();
    }
  }
}

/** Parts of a section: its length as a varint, then the parts themselves. */
function* section(...parts: Uint8Array[]): Generator<Uint8Array> {
  let length = parts.reduce((sum, part) => sum + part.length, 0);
  const head: number[] = [];
  while (length >= 0x80) {
    head.push((length % 0x80) | 0x80);
    length = Math.floor(length / 0x80);
  }
  head.push(length);
  yield Uint8Array.from(head);
  yield* parts;
}
