/**
 * Links of folders and shards: their order, their places, their bytes.
 */
import type { PBLink } from '@ipld/dag-pb';
import { murmur364 } from '@multiformats/murmur3';

import { IpfsError } from './errors';
import type { IUnixfsLink } from './unixfs';

/** Letters before a name in a shard. */
export const SLOT = 2;

export interface IHashed extends IUnixfsLink {
  hash: Uint8Array;
}

export async function hashName(name: string): Promise<Uint8Array> {
  return murmur364.encode(new TextEncoder().encode(name));
}

export async function hashed(entry: IUnixfsLink): Promise<IHashed> {
  return { ...entry, hash: await hashName(entry.name) };
}

/** The place of a hash in the shard at a depth. */
export function slotOf(hash: Uint8Array, depth: number): string {
  if (depth >= hash.length) {
    throw new IpfsError('failed', 'Too many names of a folder hash alike');
  }
  return hash[depth].toString(16).toUpperCase().padStart(SLOT, '0');
}

export function inSlot(
  links: readonly PBLink[],
  slot: string
): PBLink | undefined {
  return links.find(link => link.Name!.startsWith(slot));
}

/** Sorted links with one set or replaced, sorted. */
export function withLink(links: readonly PBLink[], one: PBLink): PBLink[] {
  let [from, to] = [0, links.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareNames(links[middle].Name!, one.Name!) < 0) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  const next = links.slice();
  next.splice(from, links[from]?.Name === one.Name ? 1 : 0, one);
  return next;
}

/** By the bytes of UTF-8, as dag-pb sorts; UTF-16 differs above U+FFFF. */
function compareNames(a: string, b: string): number {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) {
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const [one, other] = [a, b].map(name => new TextEncoder().encode(name));
  for (let i = 0; i < one.length && i < other.length; i++) {
    if (one[i] !== other[i]) {
      return one[i] - other[i];
    }
  }
  return one.length - other.length;
}

const SURROGATE = /[\uD800-\uDFFF]/;

export function toLink(entry: IUnixfsLink): PBLink {
  return { Name: entry.name, Hash: entry.cid, Tsize: entry.size };
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value; left >= 0x80; left /= 0x80) {
    bytes++;
  }
  return bytes;
}

/** Bytes that a link takes in the block of a folder. */
export function linkBytes(entry: IUnixfsLink): number {
  const name = new TextEncoder().encode(entry.name).length;
  const cid = entry.cid.byteLength;
  const inner =
    1 +
    varintBytes(cid) +
    cid +
    (1 + varintBytes(name) + name) +
    (1 + varintBytes(entry.size));
  return 1 + varintBytes(inner) + inner;
}
