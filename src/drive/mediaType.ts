/**
 * What bytes are, by how they start; the name of a file may say anything.
 */
import { textOrHex } from '../ipfs/dag';
import { typeOfName } from './formats';

/** Hexadecimal beginnings of the formats that are shown or opened. */
const SIGNATURES: readonly [RegExp, string, string][] = [
  [/^89504e470d0a1a0a/, 'image/png', '.png'],
  [/^ffd8ff/, 'image/jpeg', '.jpg'],
  [/^47494638/, 'image/gif', '.gif'],
  [/^52494646.{8}57454250/, 'image/webp', '.webp'],
  [/^25504446/, 'application/pdf', '.pdf']
];

const OCTETS = 'application/octet-stream';

function signatureOf(head: Uint8Array): readonly [string, string] | null {
  const hex = Array.from(head.subarray(0, 16), byte =>
    byte.toString(16).padStart(2, '0')
  ).join('');
  const found = SIGNATURES.find(([pattern]) => pattern.test(hex));
  return found ? [found[1], found[2]] : null;
}

/** Media type of a file by its first bytes, then by its name. */
export function mediaTypeOf(head: Uint8Array, name: string | null): string {
  const signature = signatureOf(head);
  if (signature) {
    return signature[0];
  }
  const named = name ? typeOfName(name).mimetype : OCTETS;
  // A picture by its name alone is none.
  if (
    named !== OCTETS &&
    (named === 'image/svg+xml' || !/^image\//.test(named))
  ) {
    return named;
  }
  return textOrHex(head).format === 'text' ? 'text/plain' : OCTETS;
}

/**
 * A file name for a file that has none, so that it opens as what it is; null
 * where it can't be opened.
 */
export function nameFor(head: Uint8Array, cid: string): string | null {
  const signature = signatureOf(head);
  if (signature) {
    return cid + signature[1];
  }
  const { text, format } = textOrHex(head);
  if (format !== 'text') {
    return null;
  }
  return (
    cid +
    (/^\s*\{\s*"(cells|metadata|nbformat)"/.test(text) ? '.ipynb' : '.txt')
  );
}
