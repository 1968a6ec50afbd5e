/** IPFS, an Ocean Node and a workspace of paper: what a download has to do with. */
import { createHash } from 'node:crypto';

import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';

import type { IContent, IReadOptions } from '../../content';
import { cidBytes } from '../../ipfs/cid';
import type { IWeb3File } from '../../ocean/ddo';
import { IpfsExistsError } from '../../ipfs/errors';
import { OceanError } from '../../ocean/errors';
import {
  commitment,
  keyUrl,
  newSealKey,
  roundedSize,
  sealStream
} from '../../ocean/seal';
import { Downloads, type IDownloadOptions } from '../download';
import { type IPartials, PIECE } from '../partials';
import type { IPlace } from '../place';
import type { INode } from '../ports';
import { ACCOUNT, asset } from './fakes';

export const MIB = 1024 * 1024;

async function bytesOf(content: IContent): Promise<Uint8Array> {
  return new Uint8Array(await (await content.blob()).arrayBuffer());
}
function blockCid(code: number, bytes: Uint8Array): CID {
  const digest = createHash('sha256').update(bytes).digest();
  return CID.create(1, code, Digest.create(0x12, digest));
}
/** As `unixfs-v1-2025` has it, up to a thousand leaves. */
export function cidOf(bytes: Uint8Array): string {
  const leaves = Array.from(
    { length: Math.max(1, Math.ceil(bytes.length / MIB)) },
    (_, i) => bytes.subarray(i * MIB, (i + 1) * MIB)
  );
  const links = leaves.map(leaf => ({
    Name: '',
    Hash: blockCid(0x55, leaf),
    Tsize: leaf.length
  }));
  if (links.length === 1) {
    return links[0].Hash.toString();
  }
  const data = new UnixFS({
    type: 'file',
    blockSizes: links.map(({ Tsize }) => BigInt(Tsize))
  });
  const node = dagPb.encode({ Data: data.marshal(), Links: links });
  return blockCid(0x70, node).toString();
}
export async function* pieces(bytes: Uint8Array, size = 70_000) {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}
export async function join(
  stream: AsyncIterable<Uint8Array>
): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of stream) {
    all.push(piece.slice());
  }
  return new Uint8Array(Buffer.concat(all));
}
export function random(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    bytes[at] = (at * 2654435761) >>> 13;
  }
  return bytes;
}

/** IPFS, an Ocean Node and a workspace of paper. */
export class World {
  /** @param partials - what keeps the parts of a download that breaks off */
  constructor(public partials?: IPartials) {}

  blocks = new Map<string, Uint8Array>();
  /** What the node serves, by index. */
  served: Uint8Array[] = [];
  written = new Map<string, Uint8Array>();
  folders = new Set<string>();
  signatures = 0;
  hangs = false;

  readonly ipfs = {
    addFolder: async (contents: IContent[]) => ({
      cid: 'folder-' + contents.map(one => one.name).join('+'),
      size: 0
    }),
    cat: (path: string, o: IReadOptions = {}) => this._cat(path, o)
  };

  /** Bytes after which the connection breaks, once each; and what was read. */
  breaks: number[] = [];
  read: [number, number][] = [];
  /** Bytes of a file beyond which nobody has any, the node neither. */
  cut = Infinity;

  private async *_cat(path: string, o: IReadOptions) {
    if (this.hangs) {
      await new Promise((_, reject) =>
        o.signal?.addEventListener('abort', () =>
          reject(Object.assign(new Error('x'), { code: 'cancelled' }))
        )
      );
    }
    const bytes = this.blocks.get(path);
    if (!bytes) {
      throw Object.assign(new Error(path), { code: 'not-found' });
    }
    const from = o.offset ?? 0;
    const to = o.length === undefined ? bytes.length : from + o.length;
    const range: [number, number] = [from, from];
    this.read.push(range);
    for await (const piece of pieces(bytes.subarray(from, to))) {
      if (range[1] + piece.length > this.cut) {
        throw Object.assign(new Error('cut'), { code: 'incomplete' });
      }
      if (
        o.length === undefined &&
        range[1] - from > (this.breaks[0] ?? Infinity)
      ) {
        this.breaks.shift();
        throw Object.assign(new Error('cut'), { code: 'incomplete' });
      }
      range[1] += piece.length;
      yield piece;
    }
  }

  readonly node: INode = {
    url: 'http://node',
    authToken: async () => {
      this.signatures += 1;
    },
    fileInfo: async () =>
      this.served.map(bytes => ({
        valid: true,
        length: bytes.length,
        mediaType: 'text/csv',
        type: 'ipfs'
      })),
    download: async ({ fileIndex }) => {
      const bytes = this.served[fileIndex];
      if (!bytes || bytes.length > this.cut) {
        throw new OceanError('node-refused', 'no such file');
      }
      return new Response(bytes as BodyInit);
    }
  };

  readonly place: IPlace = {
    prefix: '',
    kind: async path =>
      this.written.has(path)
        ? 'file'
        : this.folders.has(path)
          ? 'directory'
          : null,
    mkdir: async path => {
      this.folders.add(path);
    },
    write: async (path, content) => {
      this.written.set(path, await bytesOf(content));
    },
    move: async (from, to) => {
      if (this._isTaken(to)) {
        throw new IpfsExistsError(to);
      }
      const moved = (path: string): string =>
        path === from || path.startsWith(from + '/')
          ? to + path.slice(from.length)
          : path;
      this.folders = new Set([...this.folders].map(moved));
      this.written = new Map(
        [...this.written].map(([path, bytes]) => [moved(path), bytes])
      );
    },
    remove: async path => {
      // As a Jupyter server without a trash.
      if ([...this.written.keys()].some(name => name.startsWith(path + '/'))) {
        throw new Error('Directory not empty');
      }
      this.folders.delete(path);
      this.written.delete(path);
    }
  };

  private _isTaken(path: string): boolean {
    return this.written.has(path) || this.folders.has(path);
  }

  download(
    files: IWeb3File[] | null,
    sealed: boolean,
    patch: Partial<IDownloadOptions> = {}
  ) {
    return new Downloads({
      ipfs: this.ipfs,
      ocean: { node: async () => this.node, foreignHost: () => null },
      confirmForeign: async () => false,
      patience: 30,
      partials: this.partials
    }).download(
      asset({
        web3: files && {
          v: 1,
          files,
          sealed: sealed ? 'web3-seal/1' : null,
          source: null
        }
      }),
      {
        account: ACCOUNT,
        orderTx: '0x1',
        place: this.place,
        to: 'downloads/',
        ...patch
      }
    );
  }

  /** One file of these bytes, at IPFS only (a sealed one: and its key at the node). */
  async offer(bytes: Uint8Array, sealed: boolean): Promise<IWeb3File[]> {
    if (sealed) {
      return (await this.seal({ 'x.csv': bytes })).files;
    }
    this.blocks.set(cidOf(bytes), bytes);
    return [free('x.csv', bytes)];
  }

  /** A download that is refused for this, and of which nothing is written. */
  async refuses(
    code: string | RegExp,
    ...what: Parameters<World['download']>
  ): Promise<void> {
    await expect(this.download(...what)).rejects.toMatchObject({
      code: expect.stringMatching(
        typeof code === 'string' ? new RegExp(`^${code}$`) : code
      ) as unknown
    });
    expect(this.written.size).toBe(0);
  }

  /** A download that breaks off when a piece of it is kept; then all is well. */
  async breaksOff(files: IWeb3File[], sealed: boolean): Promise<void> {
    this.cut = PIECE + 2 * MIB;
    await expect(this.download(files, sealed)).rejects.toMatchObject({
      code: 'broke-off',
      details: { kept: PIECE }
    });
    expect(this.written.size).toBe(0);
    this.cut = Infinity;
    this.read = [];
  }

  /** As publishing does it: ciphertexts to IPFS, the key last at the node. */
  async seal(
    plain: Record<string, Uint8Array>
  ): Promise<{ files: IWeb3File[]; key: Uint8Array; root: string }> {
    const key = newSealKey();
    const files: IWeb3File[] = [];
    const ciphers: Uint8Array[] = [];
    for (const [path, bytes] of Object.entries(plain)) {
      const index = files.length;
      ciphers.push(await join(sealStream(pieces(bytes), { key, index })));
      files.push({
        path,
        size: roundedSize(bytes.length),
        mediaType: 'text/csv',
        profile: 'unixfs-v1-2025',
        commitment: await commitment(await cidBytes(cidOf(bytes)), key)
      });
    }
    const root = cidOf(ciphers[0]);
    ciphers.forEach((bytes, at) =>
      this.blocks.set(
        ciphers.length === 1 ? root : `${root}/${at}.sealed`,
        bytes
      )
    );
    this.served = [...ciphers, keyBody(key, root)];
    return { files, key, root };
  }
}

/** What a node makes of the key's URL: the part after `data:,`. */
export const keyBody = (key: Uint8Array, root: string): Uint8Array =>
  new TextEncoder().encode(keyUrl(key, root).replace('data:,', ''));

export const free = (path: string, bytes: Uint8Array): IWeb3File => ({
  path,
  size: bytes.length,
  mediaType: 'text/csv',
  profile: 'unixfs-v1-2025',
  cid: cidOf(bytes)
});
