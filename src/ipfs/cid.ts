/**
 * CIDs as text. multiformats is loaded on first use.
 */
import { IpfsError } from './errors';

/** Whether a text is a CID (v0 or v1, any base that multiformats knows). */
export async function isCid(text: string): Promise<boolean> {
  const { CID } = await import('multiformats/cid');
  try {
    CID.parse(text);
    return true;
  } catch (error) {
    // parse() says "no" by throwing.
    return error instanceof Error ? false : Promise.reject(error);
  }
}

/**
 * The one text form of a CID: version 1, base32.
 *
 * @throws IpfsError `bad-name` when it is none
 */
export async function normalizeCid(text: string): Promise<string> {
  const { CID } = await import('multiformats/cid');
  try {
    return CID.parse(text).toV1().toString();
  } catch (error) {
    throw new IpfsError('bad-name', `"${text}" is not a CID`, { cause: error });
  }
}

/** Binary form of a CID. */
export async function cidBytes(text: string): Promise<Uint8Array> {
  const { CID } = await import('multiformats/cid');
  try {
    return CID.parse(text).bytes;
  } catch (error) {
    throw new IpfsError('bad-name', `"${text}" is not a CID`, { cause: error });
  }
}

/** `bafybeib…n3ka`: enough to recognise, not to compare. */
export function shortCid(cid: string): string {
  return cid.length > 16 ? `${cid.slice(0, 8)}…${cid.slice(-4)}` : cid;
}
