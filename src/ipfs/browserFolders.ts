/**
 * Folders of UnixFS (https://specs.ipfs.tech/unixfs/) as profile
 * `unixfs-v1-2025` of IPIP-499 has them: one block up to 256 KiB, a HAMT of
 * fan-out 256 above. The CID depends on the entries alone, not on the way there.
 *
 * Not those of @helia/unixfs 8: a shard that shrinks stays one there, since it
 * counts sub-shards twice, and so gets another CID than `ipfs add` gives.
 */
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';

import {
  hashed,
  hashName,
  type IHashed,
  inSlot,
  linkBytes,
  SLOT,
  slotOf,
  toLink,
  withLink
} from './browserLinks';
import type { PageBlocks } from './browserStore';
import { IpfsError, IpfsNotFoundError } from './errors';
import {
  type IUnixfsLink,
  listFolder,
  resolveNames,
  unixfsNode
} from './unixfs';

/** Largest block of a folder, in bytes. */
const THRESHOLD = 256 * 1024;
const FANOUT = 256;
/** Code of murmur3-x64-64 in https://github.com/multiformats/multicodec. */
const MURMUR3 = 0x22n;

const PLAIN = new UnixFS({ type: 'directory' }).marshal();

/** Folders and shards that stay decoded; those of a few open paths. */
const DECODED = 64;

interface INode {
  kind: 'plain' | 'shard' | 'foreign';
  data: Uint8Array;
  /** Sorted as dag-pb wants them. */
  links: readonly dagPb.PBLink[];
  byName: Map<string, dagPb.PBLink> | null;
}

export interface IKept {
  cid: CID;
  /** Bytes of the block and all below. */
  size: number;
}

export class Folders {
  constructor(private _blocks: PageBlocks) {}

  /**
   * The CID of an entry, or null.
   *
   * @throws IpfsError `wrong-type` where the folder is none; IpfsNotFoundError
   *   where its blocks are not here
   */
  async child(folder: CID, name: string): Promise<CID | null> {
    const node = await this._read(folder);
    if (node.kind === 'plain') {
      node.byName ??= new Map(node.links.map(link => [link.Name!, link]));
      return node.byName.get(name)?.Hash ?? null;
    }
    if (node.kind === 'foreign') {
      try {
        return await resolveNames(folder, [name], this._blocks);
      } catch (error) {
        if (error instanceof IpfsNotFoundError && error.path.endsWith(name)) {
          return null;
        }
        throw error;
      }
    }
    const hash = await hashName(name);
    let { links } = node;
    for (let depth = 0; ; depth++) {
      const slot = slotOf(hash, depth);
      const found = inSlot(links, slot);
      if (found?.Name !== slot) {
        return found?.Name === slot + name ? found.Hash : null;
      }
      ({ links } = await this._read(found.Hash));
    }
  }

  /** A folder with these entries; their names differ. */
  async build(entries: readonly IUnixfsLink[]): Promise<IKept> {
    let size = PLAIN.length + 2;
    for (const entry of entries) {
      size += linkBytes(entry);
    }
    if (size <= THRESHOLD) {
      return this._putPlain(PLAIN, entries.map(toLink));
    }
    return this._putShard(
      await this._buildShard(await Promise.all(entries.map(hashed)), 0)
    );
  }

  /** The folder with an entry set or replaced. */
  async set(folder: CID, entry: IUnixfsLink): Promise<CID> {
    const { data, links, kind } = await this._read(folder);
    if (kind === 'foreign') {
      return this._rebuild(folder, entry.name, entry);
    }
    if (kind === 'plain') {
      return this._plainOrShard(data, withLink(links, toLink(entry)));
    }
    const change = { shrank: false };
    const next = await this._insert(links, 0, await hashed(entry), change);
    const { cid } = await this._putShard(next);
    return change.shrank ? this._plainIfSmall(cid) : cid;
  }

  /**
   * The folder without an entry.
   *
   * @throws IpfsNotFoundError
   */
  async remove(folder: CID, name: string): Promise<CID> {
    const { data, links, kind } = await this._read(folder);
    if (kind === 'foreign') {
      return this._rebuild(folder, name, null);
    }
    if (kind === 'plain') {
      const left = links.filter(link => link.Name !== name);
      if (left.length === links.length) {
        throw new IpfsNotFoundError(name);
      }
      return (await this._putPlain(data, left, true)).cid;
    }
    const left = await this._without(links, 0, await hashName(name), name);
    if (!left) {
      throw new IpfsNotFoundError(name);
    }
    return this._plainIfSmall((await this._putShard(left)).cid);
  }

  private async _read(folder: CID): Promise<INode> {
    const key = folder.toString();
    const known = this._decoded.get(key);
    if (known) {
      return known;
    }
    const bytes = await this._blocks.get(folder);
    const unixfs = unixfsNode(folder, bytes);
    if (unixfs.kind !== 'directory' && unixfs.kind !== 'shard') {
      throw new IpfsError('wrong-type', `${folder} is not a folder`);
    }
    const { Data, Links } = dagPb.decode(bytes);
    const kind =
      folder.version !== 1
        ? 'foreign'
        : unixfs.kind === 'directory'
          ? 'plain'
          : unixfs.fanout === FANOUT
            ? 'shard'
            : 'foreign';
    const node = { kind, data: Data!, links: Links, byName: null } as const;
    this._remember(key, node);
    return node;
  }

  private _remember(key: string, node: INode): void {
    this._decoded.set(key, node);
    if (this._decoded.size > DECODED) {
      const [oldest] = this._decoded.keys();
      this._decoded.delete(oldest);
    }
  }

  private async _rebuild(
    folder: CID,
    name: string,
    entry: IUnixfsLink | null
  ): Promise<CID> {
    const entries: IUnixfsLink[] = entry ? [entry] : [];
    let found = false;
    for await (const one of listFolder(folder, this._blocks)) {
      if (one.name === name) {
        found = true;
      } else {
        entries.push(one);
      }
    }
    if (!entry && !found) {
      throw new IpfsNotFoundError(name);
    }
    return (await this.build(entries)).cid;
  }

  private async _plainOrShard(
    data: Uint8Array,
    links: dagPb.PBLink[]
  ): Promise<CID> {
    const entries = links.map(link => ({
      name: link.Name ?? '',
      cid: link.Hash,
      size: link.Tsize ?? 0
    }));
    let size = data.length + 2;
    for (const entry of entries) {
      size += linkBytes(entry);
    }
    return size > THRESHOLD
      ? (await this.build(entries)).cid
      : (await this._putPlain(data, links, true)).cid;
  }

  private async _plainIfSmall(shard: CID): Promise<CID> {
    const entries: IUnixfsLink[] = [];
    let size = PLAIN.length + 2;
    for await (const entry of listFolder(shard, this._blocks)) {
      entries.push(entry);
      size += linkBytes(entry);
      if (size > THRESHOLD) {
        return shard;
      }
    }
    return (await this._putPlain(PLAIN, entries.map(toLink))).cid;
  }

  private async _putPlain(
    data: Uint8Array,
    links: dagPb.PBLink[],
    sorted = false
  ): Promise<IKept> {
    const node = sorted
      ? { Data: data, Links: links }
      : dagPb.prepare({ Data: data, Links: links });
    const kept = await this._blocks.putNode(node);
    this._remember(kept.cid.toString(), {
      kind: 'plain',
      data,
      links: node.Links,
      byName: null
    });
    return kept;
  }

  private _putShard(links: dagPb.PBLink[]): Promise<IKept> {
    const bits = new Uint8Array(FANOUT / 8);
    for (const link of links) {
      const slot = parseInt(link.Name!.slice(0, SLOT), 16);
      bits[bits.length - 1 - (slot >> 3)] |= 1 << (slot & 7);
    }
    const first = bits.findIndex(byte => byte !== 0);
    const data = new UnixFS({
      type: 'hamt-sharded-directory',
      data: first === -1 ? new Uint8Array(0) : bits.slice(first),
      fanout: BigInt(FANOUT),
      hashType: MURMUR3
    });
    return this._blocks.putNode(
      dagPb.prepare({ Data: data.marshal(), Links: links })
    );
  }

  private async _buildShard(
    entries: IHashed[],
    depth: number
  ): Promise<dagPb.PBLink[]> {
    const slots = new Map<string, IHashed[]>();
    for (const entry of entries) {
      const slot = slotOf(entry.hash, depth);
      const there = slots.get(slot);
      if (there) {
        there.push(entry);
      } else {
        slots.set(slot, [entry]);
      }
    }
    const links: dagPb.PBLink[] = [];
    for (const [slot, there] of slots) {
      links.push(
        there.length === 1
          ? toLink({ ...there[0], name: slot + there[0].name })
          : toLink({
              name: slot,
              ...(await this._putShard(
                await this._buildShard(there, depth + 1)
              ))
            })
      );
    }
    return links;
  }

  private async _insert(
    links: readonly dagPb.PBLink[],
    depth: number,
    entry: IHashed,
    change: { shrank: boolean }
  ): Promise<dagPb.PBLink[]> {
    const slot = slotOf(entry.hash, depth);
    const mine = toLink({ ...entry, name: slot + entry.name });
    const found = inSlot(links, slot);
    if (!found) {
      return [...links, mine];
    }
    const others = links.filter(link => link !== found);
    if (found.Name === mine.Name) {
      change.shrank =
        linkBytes({ ...entry, size: mine.Tsize! }) <
        linkBytes({
          name: entry.name,
          cid: found.Hash,
          size: found.Tsize ?? 0
        });
      return [...others, mine];
    }
    let below: dagPb.PBLink[];
    if (found.Name === slot) {
      const { links: child } = await this._read(found.Hash);
      below = await this._insert(child, depth + 1, entry, change);
    } else {
      const name = found.Name!.slice(SLOT);
      const other = { name, cid: found.Hash, size: found.Tsize ?? 0 };
      below = await this._buildShard([await hashed(other), entry], depth + 1);
    }
    return [
      ...others,
      toLink({ name: slot, ...(await this._putShard(below)) })
    ];
  }

  /** Null when there is no such entry. */
  private async _without(
    links: readonly dagPb.PBLink[],
    depth: number,
    hash: Uint8Array,
    name: string
  ): Promise<dagPb.PBLink[] | null> {
    const slot = slotOf(hash, depth);
    const found = inSlot(links, slot);
    const others = links.filter(link => link !== found);
    if (found?.Name === slot + name) {
      return others;
    }
    if (found?.Name !== slot) {
      return null;
    }
    const { links: child } = await this._read(found.Hash);
    const left = await this._without(child, depth + 1, hash, name);
    if (!left) {
      return null;
    }
    const [last] = left;
    // A single entry moves up, so that the shard is the one built from scratch.
    return left.length === 1 && last.Name!.length > SLOT
      ? [...others, { ...last, Name: slot + last.Name!.slice(SLOT) }]
      : [...others, toLink({ name: slot, ...(await this._putShard(left)) })];
  }

  private _decoded = new Map<string, INode>();
}
