/** @jest-environment node */
import { createHash } from 'node:crypto';

import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';

import type { IContent } from '../../content';
import { cidBytes } from '../../ipfs/cid';
import { OceanError } from '../../ocean/errors';
import type { IWeb3File } from '../../ocean/ddo';
import {
  commitment,
  keyUrl,
  newSealKey,
  roundedSize,
  sealStream
} from '../../ocean/seal';
import { Downloads, type IDownloadOptions } from '../download';
import type { IPlace } from '../place';
import type { INode } from '../ports';
import { ACCOUNT, asset, DID } from './fakes';

const MIB = 1024 * 1024;

async function bytesOf(content: IContent): Promise<Uint8Array> {
  return new Uint8Array(await (await content.blob()).arrayBuffer());
}
function cidOf(bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest();
  return CID.create(1, 0x55, Digest.create(0x12, digest)).toString();
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
const random = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => (at * 2654435761) >>> 13);

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
    add: async (content: IContent) => {
      const bytes = await bytesOf(content);
      return { cid: cidOf(bytes), size: bytes.length };
    },
    addFolder: async (contents: IContent[]) => ({
      cid: 'folder-' + contents.map(one => one.name).join('+'),
      size: 0
    }),
    cat: (path: string, o: { signal?: AbortSignal } = {}) => this._cat(path, o)
  };

  private async *_cat(path: string, o: { signal?: AbortSignal }) {
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
    yield* pieces(bytes);
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
      if (!bytes) {
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
      patience: 30
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
