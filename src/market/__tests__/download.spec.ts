/** @jest-environment node */
import 'fake-indexeddb/auto';
import { createHash, randomUUID } from 'node:crypto';

import * as dagPb from '@ipld/dag-pb';
import { openDB } from 'idb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';

import type { IContent, IReadOptions } from '../../content';
import { cidBytes } from '../../ipfs/cid';
import { OceanError } from '../../ocean/errors';
import type { IWeb3File } from '../../ocean/ddo';
import {
  chunkOffset,
  commitment,
  keyUrl,
  newSealKey,
  roundedSize,
  sealStream
} from '../../ocean/seal';
import { Downloads, type IDownloadOptions } from '../download';
import { type IPartials, Partials, PIECE } from '../partials';
import type { IPlace } from '../place';
import type { INode } from '../ports';
import { ACCOUNT, asset, DID } from './fakes';

const MIB = 1024 * 1024;
const DAY = 24 * 3600 * 1000;

async function bytesOf(content: IContent): Promise<Uint8Array> {
  return new Uint8Array(await (await content.blob()).arrayBuffer());
}
function blockCid(code: number, bytes: Uint8Array): CID {
  const digest = createHash('sha256').update(bytes).digest();
  return CID.create(1, code, Digest.create(0x12, digest));
}
/** As `unixfs-v1-2025` has it, up to a thousand leaves. */
function cidOf(bytes: Uint8Array): string {
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
async function* pieces(bytes: Uint8Array, size = 70_000) {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}
async function join(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of stream) {
    all.push(piece.slice());
  }
  return new Uint8Array(Buffer.concat(all));
}
function random(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    bytes[at] = (at * 2654435761) >>> 13;
  }
  return bytes;
}

/** IPFS, an Ocean Node and a workspace of paper. */
class World {
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
  partials: IPartials | undefined;

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
    remove: async path => {
      this.folders.delete(path);
      for (const name of [...this.written.keys()]) {
        if (name.startsWith(path + '/')) {
          this.written.delete(name);
        }
      }
    }
  };

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
const keyBody = (key: Uint8Array, root: string): Uint8Array =>
  new TextEncoder().encode(keyUrl(key, root).replace('data:,', ''));

const free = (path: string, bytes: Uint8Array): IWeb3File => ({
  path,
  size: bytes.length,
  mediaType: 'text/csv',
  profile: 'unixfs-v1-2025',
  cid: cidOf(bytes)
});

describe('sealed content', () => {
  it.each([0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 5])(
    'of %d bytes comes back, checked, by one signature',
    async size => {
      const world = new World();
      const bytes = random(size);
      const { files } = await world.seal({ 'iris.csv': bytes });
      const result = await world.download(files, true);
      expect(result).toEqual({
        did: DID,
        path: 'downloads/iris.csv',
        cid: cidOf(bytes),
        verified: true,
        folder: false,
        mediaType: 'text/csv',
        size
      });
      expect(
        Buffer.from(world.written.get('downloads/iris.csv')!).equals(bytes)
      ).toBe(true);
      expect(world.signatures).toBe(1);
    }
  );

  it('in several files keeps their paths', async () => {
    const world = new World();
    const { files } = await world.seal({
      'a/x.csv': random(10),
      '../../a/X.csv': random(20),
      'b.csv': random(30)
    });
    const result = await world.download(files, true);
    expect(result).toMatchObject({
      path: 'downloads/Iris measurements',
      verified: true,
      folder: true
    });
    expect(
      [...world.written].map(([path, { length }]) => [path, length])
    ).toEqual([
      ['downloads/Iris measurements/a/x.csv', 10],
      ['downloads/Iris measurements/a/X-2.csv', 20],
      ['downloads/Iris measurements/b.csv', 30]
    ]);
  });

  it('comes from the node where IPFS does not have it, or hangs', async () => {
    for (const how of ['gone', 'hangs'] as const) {
      const world = new World();
      const { files } = await world.seal({ 'x.csv': random(MIB + 1) });
      if (how === 'gone') {
        world.blocks.clear();
      } else {
        world.hangs = true;
      }
      expect(await world.download(files, true)).toMatchObject({
        verified: true
      });
      expect(world.signatures).toBe(1);
    }
  });

  // Whatever is wrong: refused, and nothing written.
  it.each<
    [
      string,
      (
        w: World,
        s: { key: Uint8Array; root: string; files: IWeb3File[] }
      ) => void,
      string
    ]
  >([
    [
      'another key',
      (w, s) => (w.served[1] = keyBody(newSealKey(), s.root)),
      'wrong-key'
    ],
    [
      'no key at all',
      w => (w.served[1] = new TextEncoder().encode('<html>')),
      'not-sealed'
    ],
    [
      'an endless key',
      w => (w.served[1] = new Uint8Array(10_000).fill(65)),
      'too-much'
    ],
    [
      'cut off everywhere',
      (w, s) => {
        const cut = w.blocks.get(s.root)!.slice(0, -1);
        w.blocks.set(s.root, cut);
        w.served[0] = cut;
      },
      'tampered'
    ],
    [
      'cut at a chunk',
      (w, s) => {
        const all = w.blocks.get(s.root)!;
        const cut = all.slice(0, all.length - (all.length % (MIB + 16)) || 1);
        w.blocks.set(s.root, cut);
        w.served[0] = cut;
      },
      'tampered'
    ],
    [
      'a flipped bit',
      (w, s) => {
        const all = w.blocks.get(s.root)!.slice();
        all[all.length - 30] ^= 1;
        w.blocks.set(s.root, all);
        w.served[0] = all;
      },
      'tampered'
    ],
    [
      'more behind it',
      (w, s) => {
        const more = new Uint8Array([...w.blocks.get(s.root)!, 0]);
        w.blocks.set(s.root, more);
        w.served[0] = more;
      },
      'tampered'
    ],
    [
      'something else than promised',
      (w, s) => (s.files[0].commitment = '00'.repeat(32)),
      'commitment-mismatch'
    ],
    ['more than promised', (w, s) => (s.files[0].size = MIB), 'too-much'],
    ['the node refuses the key', w => (w.served = []), 'node-refused']
  ])('is refused: %s', async (_, spoil, code) => {
    const world = new World();
    const sealed = await world.seal({ 'x.csv': random(2 * MIB + 7) });
    spoil(world, sealed);
    await expect(world.download(sealed.files, true)).rejects.toMatchObject({
      code
    });
    expect(world.written.size).toBe(0);
  });

  it('refuses files that were swapped', async () => {
    const world = new World();
    const { files, root } = await world.seal({ a: random(9), b: random(9) });
    const a = world.blocks.get(`${root}/0.sealed`)!;
    world.blocks.set(`${root}/0.sealed`, world.blocks.get(`${root}/1.sealed`)!);
    world.blocks.set(`${root}/1.sealed`, a);
    world.served = [world.served[1], world.served[0], world.served[2]];
    await expect(world.download(files, true)).rejects.toMatchObject({
      code: expect.stringMatching(/tampered|wrong-key/)
    });
    expect(world.written.size).toBe(0);
  });

  it('writes nothing when the last of several files is wrong', async () => {
    const world = new World();
    const { files } = await world.seal({ a: random(9), b: random(9) });
    files[1].commitment = '11'.repeat(32);
    await expect(world.download(files, true)).rejects.toMatchObject({
      code: 'commitment-mismatch'
    });
    expect([world.written.size, world.folders.size]).toEqual([0, 0]);
  });

  it('needs an order', async () => {
    const world = new World();
    const { files } = await world.seal({ a: random(9) });
    await expect(
      world.download(files, true, { orderTx: null })
    ).rejects.toMatchObject({ code: 'not-bought' });
    expect(world.signatures).toBe(0);
  });
});

describe('free content', () => {
  const bytes = random(100_000);

  it('by CID needs neither account nor signature', async () => {
    const world = new World();
    world.blocks.set(cidOf(bytes), bytes);
    expect(
      await world.download([free('x.csv', bytes)], false, {
        account: null,
        orderTx: null
      })
    ).toMatchObject({ verified: true, cid: cidOf(bytes) });
    expect(world.signatures).toBe(0);
  });

  it('that nobody has asks for an order, and comes from the node with one', async () => {
    const world = new World();
    world.served = [bytes];
    await expect(
      world.download([free('x.csv', bytes)], false, { orderTx: null })
    ).rejects.toMatchObject({ code: 'needs-order' });
    expect(await world.download([free('x.csv', bytes)], false)).toMatchObject({
      verified: true
    });
  });

  it.each<[string, (w: World) => void]>([
    ['IPFS lies', w => w.blocks.set(cidOf(bytes), bytes.slice().reverse())],
    ['IPFS sends more', w => w.blocks.set(cidOf(bytes), random(200_000))],
    ['the node lies', w => (w.served = [bytes.slice(1)])],
    ['the node sends an error page', w => (w.served = [random(10)])]
  ])('is refused where %s', async (_, spoil) => {
    const world = new World();
    spoil(world);
    await expect(
      world.download([free('x.csv', bytes)], false)
    ).rejects.toMatchObject({
      code: expect.stringMatching(/not-what-was-promised|too-much/)
    });
    expect(world.written.size).toBe(0);
  });

  it('that was cut another way is what its CID says', async () => {
    const world = new World();
    const cid = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
    world.blocks.set(cid, bytes);
    const file = { ...free('x.csv', bytes), cid, profile: 'kubo-default' };
    expect(await world.download([file], false)).toMatchObject({
      verified: true,
      cid
    });
  });

  it('of strangers is saved with nothing said about it', async () => {
    const world = new World();
    world.served = [bytes];
    expect(await world.download(null, false)).toMatchObject({
      path: 'downloads/Iris measurements.csv',
      verified: null
    });
  });

  it('never takes the place of what is there', async () => {
    const world = new World();
    world.blocks.set(cidOf(bytes), bytes);
    const mine = new Uint8Array([1]);
    world.written.set('downloads/x.csv', mine);
    world.folders.add('downloads');
    expect(await world.download([free('x.csv', bytes)], false)).toMatchObject({
      path: 'downloads/x-2.csv'
    });
    expect(world.written.get('downloads/x.csv')).toBe(mine);
  });

  it('stops when told, and writes nothing', async () => {
    const world = new World();
    world.blocks.set(cidOf(bytes), bytes);
    const stop = new AbortController();
    await expect(
      world.download([free('x.csv', bytes)], false, {
        signal: stop.signal,
        onProgress: () => stop.abort()
      })
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.written.size).toBe(0);
  });

  it('removes the half of a folder that could not be written', async () => {
    const world = new World();
    const other = random(5);
    world.blocks.set(cidOf(bytes), bytes);
    world.blocks.set(cidOf(other), other);
    const { write } = world.place;
    world.place.write = async (path, content, o) => {
      if (path.endsWith('b.csv')) {
        throw new Error('disk full');
      }
      await write(path, content, o);
    };
    await expect(
      world.download([free('a.csv', bytes), free('b.csv', other)], false)
    ).rejects.toThrow('disk full');
    expect(world.written.size).toBe(0);
  });
});

/** Another byte in what the browser has kept. */
async function damage(database: string): Promise<void> {
  const db = await openDB(database);
  const [key] = await db.getAllKeys('pieces');
  const piece = (await db.get('pieces', key)) as Blob;
  const bytes = new Uint8Array(await piece.arrayBuffer());
  bytes[MIB + 1] ^= 1;
  await db.put('pieces', new Blob([bytes]), key);
  db.close();
}

describe('a download that broke off', () => {
  const bytes = random(2 * PIECE + MIB + 7);
  let name: string;
  /** As a page that was just opened has it. */
  const opened = (): Partials => new Partials(name);
  beforeEach(() => {
    name = randomUUID();
  });

  it('goes on by itself while more of it comes', async () => {
    const world = new World();
    world.partials = opened();
    const { files } = await world.seal({ 'x.csv': bytes });
    world.breaks = [5 * MIB, 9 * MIB];
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    const [, , second] = world.read.filter(([from, to]) => to > from + 40);
    expect(second[0]).toBeGreaterThan(13 * MIB);
    expect(await world.partials.bytes(DID)).toBe(0);
  });

  it.each([
    ['sealed', true],
    ['free', false]
  ])('goes on after a reload: %s', async (_, sealed) => {
    const world = new World();
    world.partials = opened();
    const files = sealed
      ? (await world.seal({ 'x.csv': bytes })).files
      : [free('x.csv', bytes)];
    if (!sealed) {
      world.blocks.set(cidOf(bytes), bytes);
    }
    world.cut = PIECE + 2 * MIB;
    await expect(world.download(files, sealed)).rejects.toMatchObject({
      code: 'broke-off',
      details: { kept: PIECE }
    });
    expect(world.written.size).toBe(0);
    world.cut = Infinity;
    world.read = [];
    world.partials = opened();
    expect(await world.partials.bytes(DID)).toBe(PIECE);
    expect(await world.download(files, sealed)).toMatchObject({
      verified: true
    });
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
    // Beside the header of 40 bytes, nothing comes that came before.
    const long = world.read.filter(([from, to]) => to > from + 40);
    expect(long).toHaveLength(1);
    expect(long[0][0]).toBe(sealed ? chunkOffset(PIECE / MIB) : PIECE);
    expect(await world.partials.bytes(DID)).toBe(0);
  });

  it.each([
    ['sealed', true, 'commitment-mismatch'],
    ['free', false, 'not-what-was-promised']
  ])('trusts nothing that lay in the browser: %s', async (_, sealed, code) => {
    const world = new World();
    world.partials = opened();
    const files = sealed
      ? (await world.seal({ 'x.csv': bytes })).files
      : [free('x.csv', bytes)];
    if (!sealed) {
      world.blocks.set(cidOf(bytes), bytes);
    }
    world.cut = PIECE + 2 * MIB;
    await expect(world.download(files, sealed)).rejects.toMatchObject({
      code: 'broke-off'
    });
    world.cut = Infinity;
    await damage(name);
    world.partials = opened();
    await expect(world.download(files, sealed)).rejects.toMatchObject({
      code
    });
    expect(world.written.size).toBe(0);
    // It is gone: the next one is whole.
    expect(await world.partials.bytes(DID)).toBe(0);
    expect(await world.download(files, sealed)).toMatchObject({
      verified: true
    });
  });

  it.each([
    ['sealed', true],
    ['free', false]
  ])('goes on from the node, which begins anew: %s', async (_, sealed) => {
    const world = new World();
    world.partials = opened();
    const files = sealed
      ? (await world.seal({ 'x.csv': bytes })).files
      : [free('x.csv', bytes)];
    if (!sealed) {
      world.blocks.set(cidOf(bytes), bytes);
      world.served = [bytes];
    }
    // IPFS gives a part, and then nothing more.
    world.breaks = [PIECE + 6 * MIB, -1, -1];
    expect(await world.download(files, sealed)).toMatchObject({
      verified: true
    });
    expect(world.breaks).toEqual([-1]);
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
  });

  it('never joins two sealings of one file', async () => {
    const world = new World();
    world.partials = opened();
    const { files, key, root } = await world.seal({ 'x.csv': bytes });
    world.cut = PIECE + 2 * MIB;
    await expect(world.download(files, true)).rejects.toMatchObject({
      code: 'broke-off'
    });
    world.cut = Infinity;
    world.read = [];
    // The same key, index and bytes, and yet another ciphertext.
    const again = await join(sealStream(pieces(bytes), { key, index: 0 }));
    world.blocks.set(root, again);
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    expect(world.read.at(-1)![0]).toBe(chunkOffset(0));
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
  });

  it('keeps what came before the person stopped it, until discarded', async () => {
    const world = new World();
    world.partials = opened();
    const { files } = await world.seal({ 'x.csv': bytes });
    const stop = new AbortController();
    await expect(
      world.download(files, true, {
        signal: stop.signal,
        onProgress: ({ bytes: here }) => {
          if (here > PIECE + MIB) {
            stop.abort();
          }
        }
      })
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await world.partials.bytes(DID)).toBe(PIECE);
    await world.partials.discard(DID);
    expect(await world.partials.bytes(DID)).toBe(0);
    expect((await opened().open('anything')).blobs).toEqual([]);
  });

  it('drops what nobody came back for in a week', async () => {
    const world = new World();
    const old = opened();
    world.partials = old;
    const { files } = await world.seal({ 'x.csv': bytes });
    world.cut = PIECE + 2 * MIB;
    await expect(world.download(files, true)).rejects.toMatchObject({
      code: 'broke-off'
    });
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 8 * DAY);
    expect(await opened().bytes(DID)).toBe(0);
    now.mockRestore();
  });

  it('goes on where the browser can keep nothing', async () => {
    const world = new World();
    const none: IPartials = {
      open: async () => ({ mark: '', blobs: [] }),
      add: async () => null,
      bytes: async () => 0,
      drop: async () => undefined,
      discard: async () => undefined
    };
    world.partials = none;
    const { files } = await world.seal({ 'x.csv': bytes });
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
  });
});
