/** @jest-environment node */
import type { IWeb3File } from '../../ocean/ddo';
import { OceanError } from '../../ocean/errors';
import { newSealKey } from '../../ocean/seal';
import { cidOf, free, keyBody, MIB, random, World } from './downloadWorld';
import { DID } from './fakes';

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
    await world.refuses(code, sealed.files, true);
  });

  it('refuses files that were swapped', async () => {
    const world = new World();
    const { files, root } = await world.seal({ a: random(9), b: random(9) });
    const a = world.blocks.get(`${root}/0.sealed`)!;
    world.blocks.set(`${root}/0.sealed`, world.blocks.get(`${root}/1.sealed`)!);
    world.blocks.set(`${root}/1.sealed`, a);
    world.served = [world.served[1], world.served[0], world.served[2]];
    await world.refuses(/^(tampered|wrong-key)$/, files, true);
  });

  it('writes nothing when the last of several files is wrong', async () => {
    const world = new World();
    const { files } = await world.seal({ a: random(9), b: random(9) });
    files[1].commitment = '11'.repeat(32);
    await world.refuses('commitment-mismatch', files, true);
    expect(world.folders.size).toBe(0);
  });

  it('needs an order', async () => {
    const world = new World();
    const { files } = await world.seal({ a: random(9) });
    await world.refuses('not-bought', files, true, { orderTx: null });
    expect(world.signatures).toBe(0);
  });
});

describe('free content', () => {
  const bytes = random(100_000);

  it('by CID needs neither account nor signature', async () => {
    const world = new World();
    const files = await world.offer(bytes, false);
    expect(
      await world.download(files, false, {
        account: null,
        orderTx: null
      })
    ).toMatchObject({ verified: true, cid: cidOf(bytes) });
    expect(world.signatures).toBe(0);
  });

  it('that nobody has asks for an order, and comes from the node with one', async () => {
    const world = new World();
    world.served = [bytes];
    const files = [free('x.csv', bytes)];
    await world.refuses('needs-order', files, false, { orderTx: null });
    expect(await world.download(files, false)).toMatchObject({
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
    await world.refuses(
      /^(not-what-was-promised|too-much)$/,
      [free('x.csv', bytes)],
      false
    );
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
    const files = await world.offer(bytes, false);
    const mine = new Uint8Array([1]);
    world.written.set('downloads/x.csv', mine);
    world.folders.add('downloads');
    expect(await world.download(files, false)).toMatchObject({
      path: 'downloads/x-2.csv'
    });
    expect(world.written.get('downloads/x.csv')).toBe(mine);
  });

  it('two at once: each gets a name of its own', async () => {
    const world = new World();
    const other = random(9);
    world.blocks.set(cidOf(bytes), bytes);
    world.blocks.set(cidOf(other), other);
    const one = world.download([free('x.csv', bytes)], false);
    const two = world.download([free('x.csv', other)], false);
    const paths = await Promise.all(
      [one, two].map(async it => (await it).path)
    );
    expect(paths.sort()).toEqual(['downloads/x-2.csv', 'downloads/x.csv']);
    expect([...world.written.values()].map(cidOf).sort()).toEqual(
      [bytes, other].map(cidOf).sort()
    );
    // Folders appear when they are complete, beside what came meanwhile.
    const files = [free('a.csv', bytes), free('b.csv', other)];
    const folders = await Promise.all(
      [files, files].map(async all => (await world.download(all, false)).path)
    );
    expect(folders.sort()).toEqual([
      'downloads/Iris measurements',
      'downloads/Iris measurements-2'
    ]);
  });

  it.each([
    [404, true],
    [429, false],
    [401, false]
  ])(
    'a node that answers %s to the wish for a token: files signed for one by one: %s',
    async (status, goesOn) => {
      const world = new World();
      world.served = [bytes];
      world.node.authToken = async () => {
        throw new OceanError('node-refused', 'no', { status });
      };
      const download = world.download(null, false);
      await (goesOn
        ? expect(download).resolves.toMatchObject({ verified: null })
        : expect(download).rejects.toMatchObject({ details: { status } }));
    }
  );

  it('stops when told, and writes nothing', async () => {
    const world = new World();
    const files = await world.offer(bytes, false);
    const stop = new AbortController();
    await expect(
      world.download(files, false, {
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
