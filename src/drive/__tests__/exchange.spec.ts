/** @jest-environment node */
/**
 * Import, export and read-only opening over blocks in memory, hostile ones among
 * them; the whole way on a real Kubo is tested in the browser.
 */
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import { carHeader, CarReader, carSection } from '../../ipfs/car';
import { IpfsNotFoundError } from '../../ipfs/errors';
import { DAG_PB, RAW } from '../../ipfs/unixfs';
import type { IIpfs } from '../../tokens';
import { CidDrive } from '../cidDrive';
import { zipContent } from '../exporting';
import { parseList } from '../importing';
import { formsOf } from '../infoModel';
import { mediaTypeOf, nameFor } from '../mediaType';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** An engine that is nothing but blocks. */
class Blocks {
  readonly map = new Map<string, Uint8Array<ArrayBuffer>>();
  asked = 0;

  async put(code: number, bytes: Uint8Array): Promise<CID> {
    const cid = CID.createV1(code, await sha256.digest(bytes));
    this.map.set(cid.toString(), Uint8Array.from(bytes));
    return cid;
  }

  folder(entries: [string, CID][]): Promise<CID> {
    return this.put(
      DAG_PB,
      dagPb.encode(
        dagPb.prepare({
          Data: new UnixFS({ type: 'directory' }).marshal(),
          Links: entries.map(([Name, Hash]) => ({ Name, Hash, Tsize: 1 }))
        })
      )
    );
  }

  async block(cid: string): Promise<Uint8Array<ArrayBuffer>> {
    this.asked++;
    const bytes = this.map.get(cid);
    if (!bytes) {
      throw new IpfsNotFoundError(cid);
    }
    return bytes;
  }

  /** An archive in the order in which blocks were put: rarely that of the DAG. */
  readonly car = {
    export: async function* (this: void): AsyncGenerator<Uint8Array> {
      throw new Error('set by the test');
    }
  };

  get ipfs(): IIpfs {
    return this as unknown as IIpfs;
  }
}

async function* archive(
  blocks: Blocks,
  root: CID,
  order: CID[]
): AsyncGenerator<Uint8Array> {
  yield carHeader([root]);
  for (const cid of order) {
    yield carSection(cid, blocks.map.get(cid.toString())!);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

test('an archive is read back block by block, in pieces of any size', async () => {
  const blocks = new Blocks();
  const a = await blocks.put(RAW, text('a'));
  const b = await blocks.put(RAW, text('b'.repeat(1000)));
  const whole = await collect(archive(blocks, a, [a, b]));
  for (const size of [1, 7, 64, whole.length]) {
    const reader = new CarReader(
      (async function* () {
        for (let at = 0; at < whole.length; at += size) {
          yield whole.subarray(at, at + size);
        }
      })()
    );
    expect((await reader.roots()).map(String)).toEqual([a.toString()]);
    expect((await reader.next())?.cid.equals(a)).toBe(true);
    expect((await reader.next())?.bytes.length).toBe(1000);
    expect(await reader.next()).toBeNull();
  }
  // Cut anywhere but between two blocks it is broken, never shorter.
  const ends = new Set<number>();
  let at = 0;
  for await (const part of archive(blocks, a, [a, b])) {
    at += part.length;
    ends.add(at);
  }
  for (let length = 0; length < whole.length; length++) {
    const reader = new CarReader(
      (async function* () {
        yield whole.subarray(0, length);
      })()
    );
    const reading = (async () => {
      while (await reader.next()) {
        // Only whether it comes to an end.
      }
    })();
    await (ends.has(length)
      ? expect(reading).resolves.toBeUndefined()
      : expect(reading).rejects.toMatchObject({ code: 'incomplete' }));
  }
});

test('a zip of a folder: blocks out of order, twice, or missing from the archive', async () => {
  const blocks = new Blocks();
  const one = await blocks.put(RAW, text('one'));
  const two = await blocks.put(RAW, text('two'));
  const empty = await blocks.folder([]);
  const deep = await blocks.folder([
    ['again.txt', one],
    ['empty', empty]
  ]);
  const root = await blocks.folder([
    ['deep', deep],
    ['one.txt', one],
    ['two.txt', two]
  ]);
  Object.assign(blocks.car, {
    export: () => archive(blocks, root, [one, root, deep, empty])
  });
  const zip = await collect(
    zipContent(blocks.ipfs, root.toString(), 'data').stream()
  );
  const names = [
    'deep/',
    'deep/again.txt',
    'deep/empty/',
    'one.txt',
    'two.txt'
  ];
  const found = zip.toString('latin1');
  for (const name of names) {
    expect(found).toContain(name);
  }
  expect(found.split('one').length).toBeGreaterThan(3);
  // What the archive gave before, and what it lacks.
  expect(blocks.asked).toBe(2);
});

test.each(['../out.txt', 'a/b.txt', '..', ''])(
  'a folder with an entry named %j does not become a zip',
  async name => {
    const blocks = new Blocks();
    const file = await blocks.put(RAW, text('x'));
    const root = await blocks.folder([[name, file]]);
    Object.assign(blocks.car, {
      export: () => archive(blocks, root, [root, file])
    });
    await expect(
      collect(zipContent(blocks.ipfs, root.toString(), 'data').stream())
    ).rejects.toMatchObject({ code: 'bad-name' });
  }
);

test('a block of the archive that is another one is refused', async () => {
  const blocks = new Blocks();
  const file = await blocks.put(RAW, text('right'));
  const root = await blocks.folder([['a.txt', file]]);
  Object.assign(blocks.car, {
    export: async function* () {
      yield* archive(blocks, root, [root]);
      yield carSection(file, text('wrong'));
    }
  });
  await expect(
    collect(zipContent(blocks.ipfs, root.toString(), 'data').stream())
  ).rejects.toMatchObject({ name: 'BlockMismatchError' });
});

describe('the read-only drive', () => {
  const blocks = new Blocks();
  const drive = new CidDrive({ ipfs: blocks.ipfs, gateways: () => [] });

  test('files by their path, or by a name of choice; folders with their entries', async () => {
    const file = await blocks.put(RAW, text('a,b\n1,2\n'));
    const inner = await blocks.folder([['x.csv', file]]);
    const root = await blocks.folder([
      ['inner', inner],
      ['iris.csv', file]
    ]);
    for (const path of [
      `${root}/iris.csv`,
      `${root}/inner/x.csv`,
      `${file}/any name.csv`
    ]) {
      expect(await drive.get(path)).toMatchObject({
        content: 'a,b\n1,2\n',
        mimetype: 'text/csv',
        hash: file.toString(),
        writable: false
      });
    }
    const listed = await drive.get(String(root));
    expect(
      (listed.content as { name: string; type: string }[]).map(
        ({ name, type }) => [name, type]
      )
    ).toEqual([
      ['inner', 'directory'],
      ['iris.csv', 'file']
    ]);
    await expect(drive.get(`${root}/not there`)).rejects.toMatchObject({
      response: { status: 404 }
    });
    // The root is there and empty: a 404 would be asked for for ever.
    expect(await drive.get('')).toMatchObject({
      type: 'directory',
      content: []
    });
  });

  test('nothing can be changed', async () => {
    for (const change of [
      drive.save(),
      drive.delete(),
      drive.rename(),
      drive.newUntitled(),
      drive.copy()
    ]) {
      await expect(change).rejects.toMatchObject({ response: { status: 403 } });
    }
    expect(await drive.listCheckpoints()).toEqual([]);
  });
});

test('lists: comments, blank lines, names', () => {
  expect(
    parseList(
      '# all\r\n\r\nbafy1\n  bafy2   two words.txt \nipfs://x/a,b.csv\tnamed\n'
    )
  ).toEqual([
    { address: 'bafy1', name: null },
    { address: 'bafy2', name: 'two words.txt' },
    { address: 'ipfs://x/a,b.csv', name: 'named' }
  ]);
});

test('version 0 is only said of what it can name', async () => {
  const blocks = new Blocks();
  expect(formsOf(await blocks.folder([])).v0).toMatch(/^Qm/);
  expect(formsOf(await blocks.put(RAW, text('x'))).v0).toBeNull();
});

test('what bytes are is told by the bytes', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa);
  expect(mediaTypeOf(png, 'page.html')).toBe('image/png');
  expect(mediaTypeOf(text('<script>'), 'picture.png')).toBe('text/plain');
  expect(mediaTypeOf(Uint8Array.of(0, 1), null)).toBe(
    'application/octet-stream'
  );
  expect(nameFor(png, 'cid')).toBe('cid.png');
  expect(nameFor(text('hello'), 'cid')).toBe('cid.txt');
  expect(nameFor(Uint8Array.of(0, 1), 'cid')).toBeNull();
});
