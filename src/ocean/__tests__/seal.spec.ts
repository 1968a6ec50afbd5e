/** @jest-environment node */
import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { join } from 'path';

import {
  checkCommitment,
  commitment,
  keyUrl,
  newSealKey,
  parseKeyUrl,
  plainSize,
  roundedSize,
  SEAL_CHUNK,
  SEAL_HEADER,
  sealedSize,
  sealStream,
  unsealStream
} from '../seal';

interface IVector {
  name: string;
  key: string;
  index: number;
  noncePrefix: string;
  plaintextSize: number;
  plaintextSha256: string;
  header: string;
  ciphertextSize: number;
  ciphertextSha256: string;
  ciphertextFirst64: string;
  ciphertextLast16: string;
}
interface INegative {
  name: string;
  of: string;
  change: string[];
  key?: string;
  index?: number;
  error: string;
}
const vectors = JSON.parse(
  readFileSync(
    join(__dirname, '../../../docs/sealed-format.vectors.json'),
    'utf8'
  )
) as {
  vectors: IVector[];
  negative: INegative[];
  forged: {
    name: string;
    key: string;
    index: number;
    noncePrefix: string;
    appended: string;
    sha256: string;
    error: string;
  }[];
  commitments: { key: string; cidBytes: string; commitment: string }[];
  keyUrl: { key: string; cid: string; url: string; body: string };
};

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex, 'hex'));
const sha256 = (data: Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/** Byte i of a test plaintext is (i · 31 + ⌊i / 256⌋ · 7) mod 256. */
function plaintext(size: number): Uint8Array {
  const data = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    data[i] = (i * 31 + (i >> 8) * 7) & 255;
  }
  return data;
}

async function* stream(
  data: Uint8Array,
  step = 65537
): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < data.length; i += step) {
    yield data.subarray(i, i + step);
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) {
    parts.push(part.slice());
  }
  return new Uint8Array(Buffer.concat(parts));
}

const sealVector = (v: IVector): Promise<Uint8Array> =>
  collect(
    sealStream(stream(plaintext(v.plaintextSize)), {
      key: bytes(v.key),
      index: v.index,
      noncePrefix: bytes(v.noncePrefix)
    })
  );

describe('web3-seal/1', () => {
  it.each(vectors.vectors.map(v => [v.name, v] as const))(
    'seals the vector "%s" to the byte and opens it',
    async (_, v) => {
      const sealed = await sealVector(v);
      expect(sealed.length).toBe(v.ciphertextSize);
      expect(sealedSize(v.plaintextSize)).toBe(v.ciphertextSize);
      expect(plainSize(v.ciphertextSize)).toBe(v.plaintextSize);
      expect(Buffer.from(sealed.subarray(0, SEAL_HEADER)).toString('hex')).toBe(
        v.header
      );
      expect(Buffer.from(sealed.subarray(0, 64)).toString('hex')).toBe(
        v.ciphertextFirst64
      );
      expect(Buffer.from(sealed.subarray(-16)).toString('hex')).toBe(
        v.ciphertextLast16
      );
      expect(sha256(sealed)).toBe(v.ciphertextSha256);
      const opened = await collect(
        unsealStream(stream(sealed, 1000003), {
          key: bytes(v.key),
          index: v.index
        })
      );
      expect(sha256(opened)).toBe(v.plaintextSha256);
    }
  );

  it.each(vectors.negative.map(n => [n.name, n] as const))(
    'refuses: %s',
    async (_, n) => {
      const v = vectors.vectors.find(one => one.name === n.of) as IVector;
      const other = vectors.vectors.filter(
        one => one.name === n.of.replace('0', '1')
      );
      let sealed = await sealVector(v);
      for (const change of n.change) {
        const [what, ...numbers] = change.split(' ');
        const [a, b, c] = numbers.map(Number);
        switch (what) {
          case 'cut': // keep the first a bytes
            sealed = sealed.slice(0, a);
            break;
          case 'append': // a zero bytes
            sealed = new Uint8Array(Buffer.concat([sealed, Buffer.alloc(a)]));
            break;
          case 'xor': // byte at a with b
            sealed[a < 0 ? sealed.length + a : a] ^= b;
            break;
          case 'swap': // c bytes at a with c bytes at b
            {
              const copy = sealed.slice();
              sealed.set(copy.subarray(b, b + c), a);
              sealed.set(copy.subarray(a, a + c), b);
            }
            break;
          case 'replace': // the whole by the vector "two files, 1"
            sealed = await sealVector(other[0]);
            break;
          default:
            throw new Error(`Unknown change ${change}`);
        }
      }
      await expect(
        collect(
          unsealStream(stream(sealed), {
            key: bytes(n.key ?? v.key),
            index: n.index ?? v.index
          })
        )
      ).rejects.toMatchObject({ code: n.error });
    }
  );

  it.each(vectors.forged.map(f => [f.name, f] as const))(
    'refuses what has good tags: %s',
    async (_, f) => {
      // The first chunk of a longer file is sealed as one that others follow.
      const longer = await collect(
        sealStream(stream(new Uint8Array(SEAL_CHUNK + 1)), {
          key: bytes(f.key),
          index: f.index,
          noncePrefix: bytes(f.noncePrefix)
        })
      );
      const forged = new Uint8Array(
        Buffer.concat([
          longer.subarray(0, SEAL_HEADER + SEAL_CHUNK + 16),
          bytes(f.appended)
        ])
      );
      expect(sha256(forged)).toBe(f.sha256);
      await expect(
        collect(
          unsealStream(stream(forged), { key: bytes(f.key), index: f.index })
        )
      ).rejects.toMatchObject({ code: f.error });
    }
  );

  it('commits to a CID with a salt that only the key gives', async () => {
    for (const c of vectors.commitments) {
      expect(await commitment(bytes(c.cidBytes), bytes(c.key))).toBe(
        c.commitment
      );
      await checkCommitment(bytes(c.cidBytes), bytes(c.key), c.commitment);
      await expect(
        checkCommitment(bytes(c.cidBytes), newSealKey(), c.commitment)
      ).rejects.toMatchObject({ code: 'commitment-mismatch' });
    }
  });

  it('carries the key in the one form that nodes keep private', () => {
    const { key, cid, url, body } = vectors.keyUrl;
    expect(keyUrl(bytes(key), cid)).toBe(url);
    for (const text of [url, body]) {
      const parsed = parseKeyUrl(text);
      expect(Buffer.from(parsed.key).toString('hex')).toBe(key);
      expect(parsed.cid).toBe(cid);
    }
    for (const bad of [
      '',
      'k=00&c=x',
      `${body}&x=1`,
      'data:,' + key,
      body.replace('c=', 'c=../')
    ]) {
      expect(() => parseKeyUrl(bad)).toThrow(
        expect.objectContaining({ code: 'not-sealed' })
      );
    }
  });

  it('takes a new nonce prefix each time', async () => {
    const key = newSealKey();
    const seal = () =>
      collect(sealStream(stream(plaintext(10)), { key, index: 0 }));
    expect(sha256(await seal())).not.toBe(sha256(await seal()));
  });

  it.each([1, 15, 16, 39, 1000])(
    'does not depend on how the source is cut (%i)',
    async step => {
      const key = newSealKey();
      const data = plaintext(3000);
      const sealed = await collect(
        sealStream(stream(data, step), { key, index: 3 })
      );
      const opened = await collect(
        unsealStream(stream(sealed, step), { key, index: 3 })
      );
      expect(Buffer.from(opened).equals(Buffer.from(data))).toBe(true);
    }
  );

  it('rounds sizes and refuses sizes that no sealed file has', () => {
    expect([0, 1, SEAL_CHUNK, SEAL_CHUNK + 1].map(roundedSize)).toEqual([
      SEAL_CHUNK,
      SEAL_CHUNK,
      SEAL_CHUNK,
      2 * SEAL_CHUNK
    ]);
    for (const size of [
      0,
      39,
      55,
      SEAL_HEADER + SEAL_CHUNK + 17,
      SEAL_HEADER + SEAL_CHUNK + 32
    ]) {
      expect(() => plainSize(size)).toThrow(
        expect.objectContaining({ code: 'not-sealed' })
      );
    }
  });

  it('closes the source when the reader stops early', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield plaintext(10);
      } finally {
        closed = true;
      }
    }
    await expect(
      collect(unsealStream(source(), { key: newSealKey(), index: 0 }))
    ).rejects.toMatchObject({ code: 'not-sealed' });
    expect(closed).toBe(true);
  });
});
