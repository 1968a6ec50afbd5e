/** @jest-environment node */
/** Downloads that break off and go on: from what the browser kept, or anew. */
import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';

import { openDB } from 'idb';

import { chunkOffset, newSealKey, sealStream } from '../../ocean/seal';
import { type IPartials, Partials, PIECE } from '../partials';
import { join, MIB, pieces, random, World } from './downloadWorld';
import { DID } from './fakes';

const DAY = 24 * 3600 * 1000;

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
    const world = new World(opened());
    const files = await world.offer(bytes, true);
    world.breaks = [5 * MIB, 9 * MIB];
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    const [, , second] = world.read.filter(([from, to]) => to > from + 40);
    expect(second[0]).toBeGreaterThan(13 * MIB);
    expect(await world.partials!.bytes(DID)).toBe(0);
  });

  it.each([
    ['sealed', true],
    ['free', false]
  ])('goes on after a reload: %s', async (_, sealed) => {
    const world = new World(opened());
    const files = await world.offer(bytes, sealed);
    await world.breaksOff(files, sealed);
    world.partials = opened();
    expect(await world.partials!.bytes(DID)).toBe(PIECE);
    expect(await world.download(files, sealed)).toMatchObject({
      verified: true
    });
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
    // Beside the header of 40 bytes, nothing comes that came before.
    const long = world.read.filter(([from, to]) => to > from + 40);
    expect(long).toHaveLength(1);
    expect(long[0][0]).toBe(sealed ? chunkOffset(PIECE / MIB) : PIECE);
    expect(await world.partials!.bytes(DID)).toBe(0);
  });

  it.each([
    ['sealed', true, 'commitment-mismatch'],
    ['free', false, 'not-what-was-promised']
  ])('trusts nothing that lay in the browser: %s', async (_, sealed, code) => {
    const world = new World(opened());
    const files = await world.offer(bytes, sealed);
    await world.breaksOff(files, sealed);
    await damage(name);
    world.partials = opened();
    await world.refuses(code, files, sealed);
    // It is gone: the next one is whole.
    expect(await world.partials!.bytes(DID)).toBe(0);
    expect(await world.download(files, sealed)).toMatchObject({
      verified: true
    });
  });

  it.each([
    ['sealed', true],
    ['free', false]
  ])('goes on from the node, which begins anew: %s', async (_, sealed) => {
    const world = new World(opened());
    const files = await world.offer(bytes, sealed);
    if (!sealed) {
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
    const world = new World(opened());
    const { files, key, root } = await world.seal({ 'x.csv': bytes });
    await world.breaksOff(files, true);
    // The same key, index and bytes, and yet another ciphertext.
    const again = await join(sealStream(pieces(bytes), { key, index: 0 }));
    world.blocks.set(root, again);
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    expect(world.read.at(-1)![0]).toBe(chunkOffset(0));
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    [
      'another page',
      new TextEncoder().encode('<html>not here</html>'.repeat(9))
    ],
    ['a sealing for another key', 'other'],
    ['another file of the asset', 'index']
  ])('%s instead of the rest takes nothing away', async (_, junk) => {
    const world = new World(opened());
    const { files, key, root } = await world.seal({ 'x.csv': bytes });
    await world.breaksOff(files, true);
    const good = world.blocks.get(root)!;
    const bad =
      typeof junk === 'string'
        ? await join(
            sealStream(pieces(bytes), {
              key: junk === 'other' ? newSealKey() : key,
              index: junk === 'index' ? 1 : 0
            })
          )
        : junk;
    world.blocks.set(root, bad);
    world.served[0] = bad;
    await world.refuses('broke-off', files, true);
    expect(await world.partials!.bytes(DID)).toBe(PIECE);
    world.blocks.set(root, good);
    world.read.length = 0;
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    expect(Math.min(...world.read.map(([, to]) => to))).toBe(40);
    expect(world.read.at(-1)![0]).toBe(chunkOffset(PIECE / MIB));
  });

  it('keeps what came before the person stopped it, until discarded', async () => {
    const world = new World(opened());
    const files = await world.offer(bytes, true);
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
    expect(await world.partials!.bytes(DID)).toBe(PIECE);
    await world.partials!.discard(DID);
    expect(await world.partials!.bytes(DID)).toBe(0);
    expect((await opened().open('anything')).blobs).toEqual([]);
  });

  it('drops what nobody came back for in a week', async () => {
    const world = new World(opened());
    await world.breaksOff(await world.offer(bytes, true), true);
    expect(await opened().bytes(DID)).toBe(PIECE);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 8 * DAY);
    expect(await opened().bytes(DID)).toBe(0);
    now.mockRestore();
  });

  it('goes on where the browser can keep nothing', async () => {
    const none: IPartials = {
      open: async () => ({ mark: '', blobs: [] }),
      add: async () => null,
      bytes: async () => 0,
      drop: async () => undefined,
      discard: async () => undefined
    };
    const world = new World(none);
    const files = await world.offer(bytes, true);
    expect(await world.download(files, true)).toMatchObject({ verified: true });
    expect(Buffer.compare([...world.written.values()][0], bytes)).toBe(0);
  });
});
