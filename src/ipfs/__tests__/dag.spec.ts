/** @jest-environment node */
/** Blocks of all codecs as people see them, hostile ones among them. */
import * as dagCbor from '@ipld/dag-cbor';
import * as dagJson from '@ipld/dag-json';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import { sha256 } from 'multiformats/hashes/sha2';

import {
  codecName,
  DAG_CBOR,
  DAG_JSON,
  dagNode,
  linksOf,
  TEXT_LIMIT
} from '../dag';
import { DAG_PB, RAW, readFile } from '../unixfs';
import { walkAll } from '../verify';

const cidOf = async (code: number, bytes: Uint8Array): Promise<CID> =>
  CID.createV1(code, await sha256.digest(bytes));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

let leaf: CID;
beforeAll(async () => {
  leaf = await cidOf(RAW, text('leaf'));
});

test('dag-cbor and dag-json: links with their paths, in order; bytes and large numbers', async () => {
  const value = {
    list: [1, { in: leaf }],
    big: 2n ** 60n,
    bytes: Uint8Array.of(1, 2, 3),
    z: leaf
  };
  for (const [code, bytes] of [
    [DAG_CBOR, dagCbor.encode(value)],
    [DAG_JSON, dagJson.encode(value)]
  ] as const) {
    const cid = await cidOf(code, bytes);
    const node = dagNode(cid, bytes);
    expect(node).toMatchObject({
      codec: codecName(cid),
      kind: 'node',
      blockSize: bytes.length,
      problem: null
    });
    expect(node.links.map(link => link.label).sort()).toEqual([
      'list/1/in',
      'z'
    ]);
    expect(node.content?.text).toContain('1152921504606846976');
    expect(node.content?.text).toContain(`{"/": "${leaf.toString()}"}`);
    expect(node.content?.text).toContain('{"/": {"bytes": "AQID"}}');
    expect(linksOf(cid, bytes)).toHaveLength(2);
  }
});

test('a file, a folder, and dag-pb that is neither', async () => {
  const file = new UnixFS({ type: 'file' });
  file.addBlockSize(4n);
  const pb = dagPb.encode(
    dagPb.prepare({
      Data: file.marshal(),
      Links: [{ Hash: leaf, Name: '', Tsize: 4 }]
    })
  );
  expect(dagNode(await cidOf(DAG_PB, pb), pb)).toMatchObject({
    kind: 'file',
    fileSize: 4,
    links: [{ label: '0', cid: leaf.toString(), size: 4 }]
  });
  const folder = dagPb.encode(
    dagPb.prepare({
      Data: new UnixFS({ type: 'directory' }).marshal(),
      Links: [{ Hash: leaf, Name: '<b>x</b>', Tsize: 4 }]
    })
  );
  expect(dagNode(await cidOf(DAG_PB, folder), folder)).toMatchObject({
    kind: 'directory',
    links: [{ label: '<b>x</b>', size: 4 }]
  });
  const other = dagPb.encode(
    dagPb.prepare({ Data: text('not UnixFS'), Links: [] })
  );
  expect(dagNode(await cidOf(DAG_PB, other), other)).toMatchObject({
    kind: 'node',
    content: { text: 'not UnixFS', format: 'text' }
  });
});

test('rubbish under any codec is shown as bytes, with the reason', async () => {
  const rubbish = Uint8Array.of(255, 0, 1, 2);
  for (const code of [DAG_PB, DAG_CBOR, DAG_JSON]) {
    const cid = await cidOf(code, rubbish);
    const node = dagNode(cid, rubbish);
    expect(node.kind).toBe('unknown');
    expect(node.problem).toBeTruthy();
    expect(node.content?.format).toBe('hex');
    expect(() => linksOf(cid, rubbish)).toThrow(
      expect.objectContaining({ code: 'wrong-type' })
    );
  }
  const unknown = await cidOf(0x7b, rubbish);
  expect(dagNode(unknown, rubbish)).toMatchObject({
    codec: '0x7b',
    links: [],
    problem: null
  });
});

test('what is shown has a bound, however large or deep the block is', async () => {
  const long = text('é'.repeat(400_000));
  const raw = dagNode(await cidOf(RAW, long), long);
  expect(raw.content).toMatchObject({ format: 'text', cut: true });
  expect(raw.content!.text.length).toBeLessThanOrEqual(TEXT_LIMIT);

  const wide = dagCbor.encode(Array.from({ length: 200_000 }, (_, i) => i));
  const node = dagNode(await cidOf(DAG_CBOR, wide), wide);
  expect(node.content).toMatchObject({ cut: true });
  expect(node.content!.text.length).toBeLessThanOrEqual(TEXT_LIMIT);

  // 100,000 arrays in one another: decoders recurse.
  const deep = new Uint8Array(100_001).fill(0x81);
  deep[100_000] = 0x80;
  const cid = await cidOf(DAG_CBOR, deep);
  expect(() => dagNode(cid, deep)).not.toThrow();
});

/** Blocks in memory. */
function memory(): {
  put(code: number, bytes: Uint8Array): Promise<CID>;
  source: Parameters<typeof readFile>[1];
  gets: string[];
} {
  const blocks = new Map<string, Uint8Array<ArrayBuffer>>();
  const gets: string[] = [];
  return {
    gets,
    put: async (code, bytes) => {
      const cid = await cidOf(code, bytes);
      blocks.set(cid.toString(), Uint8Array.from(bytes));
      return cid;
    },
    source: {
      ahead: 4,
      get: async cid => {
        gets.push(cid.toString());
        return blocks.get(cid.toString())!;
      }
    }
  };
}

test('a DAG of 40 blocks with 2^40 paths is verified at once', async () => {
  const { put, source } = memory();
  let cid = await put(RAW, text('bottom'));
  for (let i = 0; i < 40; i++) {
    cid = await put(DAG_CBOR, dagCbor.encode([cid, cid]));
  }
  let count = 0;
  for await (const { bytes } of walkAll(cid, source)) {
    count += bytes.length ? 1 : 0;
  }
  expect(count).toBe(41);
});

test('a file whose parts have other sizes than it says is refused', async () => {
  const { put, source } = memory();
  const part = await put(RAW, text('12345'));
  const liar = new UnixFS({ type: 'file' });
  liar.addBlockSize(4n);
  const cid = await put(
    DAG_PB,
    dagPb.encode(
      dagPb.prepare({
        Data: liar.marshal(),
        Links: [{ Hash: part, Name: '', Tsize: 5 }]
      })
    )
  );
  const reading = (async () => {
    for await (const bytes of readFile(cid, source)) {
      expect(bytes.length).toBe(0);
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'wrong-type' });
});
