import { webcrypto } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { create } from 'multiformats/hashes/digest';

import { carHeader, carRoots, carSection } from '../car';

/** Raw CIDs of digests that are all different. */
const cids = (count: number): CID[] =>
  Array.from({ length: count }, (_, i) => {
    const digest = new Uint8Array(32);
    new DataView(digest.buffer).setUint32(0, i);
    return CID.createV1(0x55, create(0x12, digest));
  });

/** https://ipld.io/specs/transport/car/carv2/#format-description */
function wrapped(v1: Uint8Array<ArrayBuffer>, padding: number): Blob {
  const header = new DataView(new ArrayBuffer(40));
  header.setBigUint64(16, BigInt(51 + padding), true);
  header.setBigUint64(24, BigInt(v1.length), true);
  const pragma = [10, 161, 103, 118, 101, 114, 115, 105, 111, 110, 2];
  return new Blob([
    Uint8Array.from(pragma),
    header,
    new Uint8Array(padding),
    v1
  ]);
}

/** More than is read at first. */
const block = carSection(
  cids(1)[0],
  webcrypto.getRandomValues(new Uint8Array(10_000))
);

test.each([0, 1, 3, 500])(
  '%s roots are read of an archive, as it is and in a CARv2',
  async count => {
    const roots = cids(count);
    const header = carHeader(roots);
    expect(header.length > 4096).toBe(count === 500);
    const names = roots.map(String);
    const read = async (archive: Blob): Promise<string[]> =>
      (await carRoots(archive)).map(String);
    expect(await read(new Blob([header, block]))).toEqual(names);
    expect(await read(new Blob([header]))).toEqual(names);
    // The archive within begins before and after what is read at first.
    for (const padding of [0, 100, 4040, 9000]) {
      expect(await read(wrapped(header, padding))).toEqual(names);
    }
  }
);

test('what is none, or broke off, is refused', async () => {
  const header = carHeader(cids(500));
  for (const archive of [
    new Blob([]),
    new Blob(['no archive']),
    new Blob([header.subarray(0, 20)]),
    new Blob([header.subarray(0, 5000)])
  ]) {
    await expect(carRoots(archive)).rejects.toMatchObject({
      code: 'incomplete'
    });
  }
});
