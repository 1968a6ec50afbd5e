/**
 * UnixFS (https://specs.ipfs.tech/unixfs/) over blocks of any source: a file's
 * bytes in order, a folder's entries, the CID behind a path.
 */
import * as dagPb from '@ipld/dag-pb';
import { murmur364 } from '@multiformats/murmur3';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';

import type { IReadOptions } from '../content';
import { IpfsError, IpfsNotFoundError } from './errors';
import { type IBlockSource, walkBlocks } from './unixfsWalk';

export const RAW = 0x55;
export const DAG_PB = 0x70;

export interface IUnixfsLink {
  name: string;
  cid: CID;
  /** Bytes of all blocks below, as the link says; untrusted. */
  size: number;
}

/** What one block is in UnixFS. */
export type UnixfsNode =
  | {
      kind: 'file';
      /** Bytes of the file below this block, as it says. */
      size: number;
      data: Uint8Array;
      /** `size` is the bytes of the file in this part, as this block says. */
      parts: { cid: CID; size: number }[];
    }
  | { kind: 'directory'; entries: IUnixfsLink[] }
  | {
      kind: 'shard';
      fanout: number;
      /** Letters of the link names that tell the place in the shard. */
      prefix: number;
      entries: IUnixfsLink[];
    }
  | { kind: 'symlink'; target: string };

/**
 * A block as UnixFS sees it.
 *
 * @throws IpfsError `wrong-type` where it is no UnixFS
 */
export function unixfsNode(cid: CID, bytes: Uint8Array): UnixfsNode {
  if (cid.code === RAW) {
    return { kind: 'file', size: bytes.length, data: bytes, parts: [] };
  }
  if (cid.code !== DAG_PB) {
    throw notUnixfs(cid);
  }
  let links: dagPb.PBLink[];
  let data: UnixFS;
  try {
    const node = dagPb.decode(bytes);
    links = node.Links;
    if (!node.Data) {
      throw new Error('no data');
    }
    data = UnixFS.unmarshal(node.Data);
  } catch (error) {
    throw notUnixfs(cid, error);
  }
  const entries = (): IUnixfsLink[] =>
    links.map(link => ({
      name: link.Name ?? '',
      cid: link.Hash,
      size: link.Tsize ?? 0
    }));
  switch (data.type) {
    case 'raw':
    case 'file':
      if (data.blockSizes.length !== links.length) {
        throw new IpfsError(
          'wrong-type',
          `${cid} has ${links.length} parts and tells the sizes of ${data.blockSizes.length}`
        );
      }
      return {
        kind: 'file',
        size: Number(data.fileSize()),
        data: data.data ?? new Uint8Array(0),
        parts: links.map((link, i) => ({
          cid: link.Hash,
          size: Number(data.blockSizes[i])
        }))
      };
    case 'directory':
      return { kind: 'directory', entries: entries() };
    case 'hamt-sharded-directory': {
      const fanout = Number(data.fanout ?? 0);
      if (fanout < 2 || fanout > 1024 || (fanout & (fanout - 1)) !== 0) {
        throw notUnixfs(cid);
      }
      const prefix = (fanout - 1).toString(16).length;
      return { kind: 'shard', fanout, prefix, entries: entries() };
    }
    case 'symlink':
      return {
        kind: 'symlink',
        target: new TextDecoder().decode(data.data ?? new Uint8Array(0))
      };
    default:
      throw notUnixfs(cid);
  }
}

/** Bytes of the file at a CID, without reading more than its first block. */
export async function fileSize(
  root: CID,
  source: IBlockSource,
  options: { signal?: AbortSignal } = {}
): Promise<number> {
  const node = unixfsNode(root, await source.get(root, options));
  if (node.kind !== 'file') {
    throw new IpfsError('wrong-type', `${root} is not a file`);
  }
  return node.size;
}

interface IPart {
  cid: CID;
  /** Where the part starts in the file, in bytes. */
  start: number;
  /** Bytes that it has to have; null for the root. */
  size: number | null;
}

/**
 * The bytes of a file, in order and in constant memory.
 *
 * @throws IpfsError `wrong-type` for what is no file or contradicts itself,
 *   and what the source throws
 */
export async function* readFile(
  root: CID,
  source: IBlockSource,
  options: IReadOptions = {}
): AsyncGenerator<Uint8Array> {
  const from = options.offset ?? 0;
  const to = options.length === undefined ? Infinity : from + options.length;
  if (to <= from) {
    return;
  }
  const first: IPart = { cid: root, start: 0, size: null };
  let decoded: UnixfsNode | null = null;
  const walk = walkBlocks<IPart>([first], source, {
    signal: options.signal,
    childrenOf: (part, bytes) => {
      decoded = unixfsNode(part.cid, bytes);
      if (decoded.kind !== 'file') {
        throw new IpfsError('wrong-type', `${root} is not a file`);
      }
      const { data, parts, size } = decoded;
      const told = parts.reduce((sum, one) => sum + one.size, data.length);
      if (told !== size || (part.size !== null && part.size !== size)) {
        throw new IpfsError(
          'wrong-type',
          `${root} contradicts itself: a part of it has other than the bytes that it should have`
        );
      }
      let start = part.start + data.length;
      const wanted: IPart[] = [];
      for (const one of parts) {
        if (start < to && start + one.size > from) {
          wanted.push({ cid: one.cid, start, size: one.size });
        }
        start += one.size;
      }
      return wanted;
    }
  });
  for await (const { item } of walk) {
    const { data } = decoded as unknown as { data: Uint8Array };
    const begin = Math.max(from - item.start, 0);
    const end = Math.min(to - item.start, data.length);
    if (end > begin) {
      yield data.subarray(begin, end);
    }
  }
}

/** The entries of a folder, shards included, as they come. */
export async function* listFolder(
  root: CID,
  source: IBlockSource,
  options: { signal?: AbortSignal } = {}
): AsyncGenerator<IUnixfsLink> {
  let found: IUnixfsLink[] = [];
  const walk = walkBlocks<{ cid: CID }>([{ cid: root }], source, {
    signal: options.signal,
    childrenOf: (item, bytes) => {
      const node = unixfsNode(item.cid, bytes);
      if (node.kind === 'directory' && item.cid === root) {
        found = node.entries;
        return [];
      }
      if (node.kind !== 'shard') {
        throw new IpfsError('wrong-type', `${root} is not a folder`);
      }
      const { prefix, entries } = node;
      found = entries
        .filter(entry => entry.name.length > prefix)
        .map(entry => ({ ...entry, name: entry.name.slice(prefix) }));
      return entries.filter(entry => entry.name.length === prefix);
    }
  });
  for await (const step of walk) {
    void step;
    yield* found;
  }
}

/**
 * The CID behind names below a folder; shards are descended by the hash of the
 * name, so that "not there" is proven, too.
 *
 * @throws IpfsNotFoundError, IpfsError `wrong-type` where a file is passed
 */
export async function resolveNames(
  root: CID,
  names: readonly string[],
  source: IBlockSource,
  options: { signal?: AbortSignal } = {}
): Promise<CID> {
  let cid = root;
  for (const name of names) {
    const next = await childOf(cid, name, source, options);
    if (!next) {
      throw new IpfsNotFoundError([root.toString(), ...names].join('/'));
    }
    cid = next;
  }
  return cid;
}

async function childOf(
  folder: CID,
  name: string,
  source: IBlockSource,
  options: { signal?: AbortSignal }
): Promise<CID | null> {
  let cid = folder;
  let bits: HashBits | null = null;
  for (;;) {
    const node = unixfsNode(cid, await source.get(cid, options));
    if (node.kind === 'directory' && cid === folder) {
      return node.entries.find(entry => entry.name === name)?.cid ?? null;
    }
    if (node.kind !== 'shard') {
      throw new IpfsError('wrong-type', `${folder} is not a folder`);
    }
    bits ??= new HashBits(
      await murmur364.encode(new TextEncoder().encode(name))
    );
    const slot = bits
      .next(Math.log2(node.fanout))
      .toString(16)
      .toUpperCase()
      .padStart(node.prefix, '0');
    const entry = node.entries.find(
      one => one.name === slot || one.name === slot + name
    );
    if (!entry) {
      return null;
    }
    if (entry.name.length > node.prefix) {
      return entry.cid;
    }
    cid = entry.cid;
  }
}

/** Bits of a hash, from the first bit of the first byte on. */
class HashBits {
  constructor(private _bytes: Uint8Array) {}

  next(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this._at++) {
      const byte = this._bytes[this._at >> 3];
      if (byte === undefined) {
        throw new IpfsError('wrong-type', 'A folder is deeper than its hash');
      }
      value = value * 2 + ((byte >> (7 - (this._at & 7))) & 1);
    }
    return value;
  }

  private _at = 0;
}

function notUnixfs(cid: CID, cause?: unknown): IpfsError {
  return new IpfsError('wrong-type', `${cid} is not a UnixFS file or folder`, {
    cause
  });
}
