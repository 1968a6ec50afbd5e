/**
 * Blocks against their CIDs. multiformats is loaded on first use.
 */
import type { CID } from 'multiformats/cid';

import { IpfsError } from './errors';

/**
 * Largest block that is taken from somebody else, in bytes: twice the 1 MiB
 * that a chunk of profile `unixfs-v1-2025` has, and the most that bitswap
 * carries.
 */
export const MAX_BLOCK = 2 * 1024 * 1024;

/** Multihash codes (https://github.com/multiformats/multicodec) checked here. */
const IDENTITY = 0x00;
const SHA2: Readonly<Record<number, string>> = {
  0x12: 'SHA-256',
  0x13: 'SHA-512'
};

/** Bytes that are not what their CID says. */
export class BlockMismatchError extends IpfsError {
  constructor(readonly cid: string) {
    super('incomplete', `The bytes that came for ${cid} are others`);
    this.name = 'BlockMismatchError';
  }
}

/**
 * Whether bytes are what a CID says.
 *
 * @throws IpfsError `failed` for a hash function that can't be checked here
 *   (only sha2-256, sha2-512 and identity can)
 */
export async function blockMatches(
  cid: CID,
  bytes: Uint8Array<ArrayBuffer>
): Promise<boolean> {
  const { code, digest } = cid.multihash;
  if (code === IDENTITY) {
    return sameBytes(digest, bytes);
  }
  const algorithm = SHA2[code];
  if (!algorithm) {
    throw new IpfsError(
      'failed',
      `${cid} uses the hash function 0x${code.toString(16)}, which can't be checked here`
    );
  }
  const made = new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
  return sameBytes(digest, made);
}

/**
 * @throws BlockMismatchError when the bytes are others; IpfsError `bad-name`
 *   for what is no CID
 */
export async function assertBlock(
  text: string,
  bytes: Uint8Array<ArrayBuffer>
): Promise<void> {
  const { CID } = await import('multiformats/cid');
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (error) {
    throw new IpfsError('bad-name', `"${text}" is not a CID`, { cause: error });
  }
  if (!(await blockMatches(cid, bytes))) {
    throw new BlockMismatchError(text);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
