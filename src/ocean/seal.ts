/**
 * The sealed format `web3-seal/1`: what leaves Lab of content that has a price.
 * Specification and test vectors: docs/sealed-format.md. The format can't
 * change once assets exist: a change here is a new version there.
 *
 * The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over
 * AES-256-GCM (NIST SP 800-38D), keyed a file by HKDF-SHA256 (RFC 5869).
 */
import { OceanError } from './errors';
import { type Bytes, inOrder, lent, pieces, split } from './sealPieces';

export const SEAL_FORMAT = 'web3-seal/1';
/** Plaintext bytes of a chunk: 1 MiB. */
export const SEAL_CHUNK = 1024 * 1024;
/** Bytes before the first chunk. */
export const SEAL_HEADER = 40;
/** Bytes that each chunk grows by: the tag of GCM. */
export const SEAL_TAG = 16;
/** Bytes of the random part of the nonces. */
export const SEAL_PREFIX = 7;

/** `web3seal` */
const MAGIC = Uint8Array.of(0x77, 0x65, 0x62, 0x33, 0x73, 0x65, 0x61, 0x6c);
const VERSION = 1;
const LOG2_CHUNK = 20;
/** The part of the header that is no function of the key. */
const OPEN_HEADER = 24;
const CHECK = 16;
const KEY = 32;
const MAX_CHUNKS = 2 ** 32;
/** Chunks under way: WebCrypto works on several at once, off the page's thread. */
const AHEAD = 4;

/** 32 random bytes; one key an asset. */
export function newSealKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY));
}

const chunksOf = (size: number): number =>
  Math.max(1, Math.ceil(size / SEAL_CHUNK));

/** Bytes of the sealed file for `size` bytes of plaintext. */
export function sealedSize(size: number): number {
  return SEAL_HEADER + size + SEAL_TAG * chunksOf(size);
}

/** Bytes of plaintext in a sealed file of `size`; throws `not-sealed`. */
export function plainSize(size: number): number {
  const body = size - SEAL_HEADER;
  const chunks = Math.max(1, Math.ceil(body / (SEAL_CHUNK + SEAL_TAG)));
  const plain = body - chunks * SEAL_TAG;
  if (!Number.isSafeInteger(size) || plain < 0 || sealedSize(plain) !== size) {
    throw new OceanError(
      'not-sealed',
      `No ${SEAL_FORMAT} file has ${size} bytes`
    );
  }
  return plain;
}

/** What the public metadata tell of a size: rounded up to the chunk, at least one. */
export function roundedSize(size: number): number {
  return chunksOf(size) * SEAL_CHUNK;
}

export interface ISealOptions {
  key: Uint8Array;
  /** Index of the file in the asset, counted from 0. */
  index: number;
  /**
   * 7 bytes, random by default, and random it must be: giving it is for test
   * vectors. With the prefix of another plaintext under the same key and index
   * both plaintexts leak, so whoever seals again takes a new one.
   */
  noncePrefix?: Uint8Array;
}

function subtle(): SubtleCrypto {
  if (!globalThis.crypto?.subtle) {
    throw new OceanError(
      'no-webcrypto',
      'WebCrypto is missing: the page is served neither over HTTPS nor from localhost'
    );
  }
  return globalThis.crypto.subtle;
}

/** HKDF-SHA256 (RFC 5869): extract with `salt`, expand with `info`. */
async function hkdf(
  key: Uint8Array,
  salt: Uint8Array,
  info: string,
  length: number
): Promise<Bytes> {
  if (key.length !== KEY) {
    throw new OceanError('wrong-key', `A key has 32 bytes, not ${key.length}`);
  }
  const base = await subtle().importKey(
    'raw',
    new Uint8Array(key),
    'HKDF',
    false,
    ['deriveBits']
  );
  return new Uint8Array(
    await subtle().deriveBits(
      {
        name: 'HKDF',
        hash: 'SHA-256',
        salt: new Uint8Array(salt),
        info: new TextEncoder().encode(`${SEAL_FORMAT} ${info}`)
      },
      base,
      length * 8
    )
  );
}

/** Names the key without telling it: refuses a wrong key before any byte is out. */
const keyCheck = (key: Uint8Array, open: Uint8Array): Promise<Bytes> =>
  hkdf(key, open, 'check', CHECK);

async function fileKey(
  key: Uint8Array,
  open: Uint8Array,
  usage: 'encrypt' | 'decrypt'
): Promise<CryptoKey> {
  const bytes = await hkdf(key, open, 'file', KEY);
  return subtle().importKey('raw', bytes, 'AES-GCM', false, [usage]);
}

async function makeHeader(options: ISealOptions): Promise<Bytes> {
  const { key, index } = options;
  if (!Number.isInteger(index) || index < 0 || index >= 2 ** 32) {
    throw new RangeError(`No file index: ${index}`);
  }
  const prefix =
    options.noncePrefix ?? crypto.getRandomValues(new Uint8Array(SEAL_PREFIX));
  if (prefix.length !== SEAL_PREFIX) {
    throw new RangeError(`A nonce prefix has ${SEAL_PREFIX} bytes`);
  }
  const header = new Uint8Array(SEAL_HEADER);
  header.set(MAGIC, 0);
  header[8] = VERSION;
  header[9] = LOG2_CHUNK;
  new DataView(header.buffer).setUint32(12, index);
  header.set(prefix, 16);
  header.set(await keyCheck(key, header.subarray(0, OPEN_HEADER)), OPEN_HEADER);
  return header;
}

/** prefix ‖ counter (32 bit, big-endian) ‖ 1 for the last chunk, else 0. */
function nonceOf(header: Bytes, counter: number, last: boolean): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(header.subarray(16, 16 + SEAL_PREFIX), 0);
  new DataView(nonce.buffer).setUint32(SEAL_PREFIX, counter);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Seal a stream; holds about `AHEAD` chunks, whatever the size: while the first
 * is handed on, the next ones are encrypted. A piece is good until the next one
 * is asked for.
 * Throws `too-large` beyond 2³² chunks.
 */
export async function* sealStream(
  source: AsyncIterable<Uint8Array>,
  options: ISealOptions
): AsyncGenerator<Uint8Array> {
  const header = await makeHeader(options);
  const key = await fileKey(
    options.key,
    header.subarray(0, OPEN_HEADER),
    'encrypt'
  );
  yield header.slice();
  let counter = 0;
  async function* chunks(): AsyncGenerator<() => Promise<ArrayBuffer>> {
    for await (const { bytes, last } of pieces(source, SEAL_CHUNK)) {
      if (counter >= MAX_CHUNKS) {
        throw new OceanError('too-large', 'More chunks than the format counts');
      }
      const iv = nonceOf(header, counter++, last);
      const sealed = subtle().encrypt(
        { name: 'AES-GCM', iv, additionalData: header },
        key,
        bytes
      );
      yield () => sealed;
    }
  }
  for await (const sealed of inOrder(chunks(), AHEAD)) {
    yield* lent(sealed);
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Whether a file begins as one of this key and index; says nothing of the rest.
 *
 * @param header - its first 40 bytes
 * Throws `not-sealed`, `wrong-key`, `tampered`.
 */
export async function checkHeader(
  header: Uint8Array,
  options: { key: Uint8Array; index: number }
): Promise<void> {
  if (
    header.length < SEAL_HEADER ||
    !same(header.subarray(0, 8), MAGIC) ||
    header[8] !== VERSION ||
    header[9] !== LOG2_CHUNK ||
    header[10] !== 0 ||
    header[11] !== 0 ||
    header[23] !== 0
  ) {
    throw new OceanError('not-sealed', `This is not a ${SEAL_FORMAT} file`);
  }
  const index = new DataView(header.buffer, header.byteOffset).getUint32(12);
  if (index !== options.index) {
    throw new OceanError(
      'tampered',
      `File ${options.index} was asked for, this is file ${index}`
    );
  }
  const check = await keyCheck(options.key, header.subarray(0, OPEN_HEADER));
  if (!same(check, header.subarray(OPEN_HEADER, SEAL_HEADER))) {
    throw new OceanError('wrong-key', 'The key is not the one of this file');
  }
}

export interface IUnsealOptions {
  key: Uint8Array;
  /** Index that the file must have in its asset. */
  index: number;
}

/**
 * Open a sealed stream; holds about `AHEAD` chunks.
 *
 * Chunks come out as they are proven. Only the end of the stream proves that
 * nothing is missing: keep the bytes aside until it is reached. A piece is good
 * until the next one is asked for.
 * Throws `not-sealed`, `wrong-key`, `tampered`.
 */
export async function* unsealStream(
  source: AsyncIterable<Uint8Array>,
  options: IUnsealOptions
): AsyncGenerator<Uint8Array> {
  const { head, rest } = await split(source, SEAL_HEADER);
  try {
    yield* unsealRest(head, rest, 0, options);
  } finally {
    await rest.return(undefined);
  }
}

/** Where the chunk starts in the sealed file, in bytes. */
export function chunkOffset(chunk: number): number {
  return SEAL_HEADER + chunk * (SEAL_CHUNK + SEAL_TAG);
}

/**
 * Go on with a sealed file of which the first chunks were opened before.
 *
 * @param header - the first 40 bytes of the file
 * @param source - the file from `chunkOffset(first)` on
 * @param first - chunks that were opened before
 * Throws as `unsealStream`.
 */
export async function* unsealRest(
  header: Uint8Array,
  source: AsyncIterable<Uint8Array>,
  first: number,
  options: IUnsealOptions
): AsyncGenerator<Uint8Array> {
  const head = new Uint8Array(header);
  await checkHeader(head, options);
  const open = head.subarray(0, OPEN_HEADER);
  const key = await fileKey(options.key, open, 'decrypt');
  let counter = first;
  async function* chunks(): AsyncGenerator<() => Promise<ArrayBuffer>> {
    for await (const { bytes, last } of pieces(source, SEAL_CHUNK + SEAL_TAG)) {
      const chunk = counter++;
      const opened = openChunk(key, head, chunk, last, bytes);
      yield () => opened;
    }
  }
  for await (const plain of inOrder(chunks(), AHEAD)) {
    yield* lent(plain);
  }
}

async function openChunk(
  key: CryptoKey,
  header: Bytes,
  chunk: number,
  last: boolean,
  bytes: Bytes
): Promise<ArrayBuffer> {
  let plain: ArrayBuffer;
  try {
    plain = await subtle().decrypt(
      {
        name: 'AES-GCM',
        iv: nonceOf(header, chunk, last),
        additionalData: header
      },
      key,
      bytes
    );
  } catch (cause) {
    throw new OceanError(
      'tampered',
      `Chunk ${chunk} is not what was sealed`,
      {},
      { cause }
    );
  }
  // One plaintext has one form: an empty chunk is all of an empty file.
  if (last && chunk > 0 && plain.byteLength === 0) {
    throw new OceanError('tampered', 'An empty chunk follows a full one');
  }
  return plain;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

function unhex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}

/**
 * What publishing promises of a sealed file without naming it:
 * sha256(salt ‖ CID bytes) as 64 hex digits, the salt being HKDF of the key.
 *
 * @param cid - the bytes of the binary CID (no multibase prefix)
 */
export async function commitment(
  cid: Uint8Array,
  key: Uint8Array
): Promise<string> {
  const salt = await hkdf(key, new Uint8Array(0), 'commitment', KEY);
  const message = new Uint8Array(salt.length + cid.length);
  message.set(salt, 0);
  message.set(cid, salt.length);
  return hex(new Uint8Array(await subtle().digest('SHA-256', message)));
}

/** Throws `commitment-mismatch`. */
export async function checkCommitment(
  cid: Uint8Array,
  key: Uint8Array,
  expected: string
): Promise<void> {
  if ((await commitment(cid, key)) !== expected.toLowerCase()) {
    throw new OceanError(
      'commitment-mismatch',
      'This is not the content that was committed to at publishing'
    );
  }
}

/**
 * The URL that carries the key as the last file of an asset. Exactly this form:
 * others show the key in a node's public `fileInfo`.
 */
export function keyUrl(key: Uint8Array, cid: string): string {
  return `data:,?k=${hex(key)}&c=${cid}`;
}

/** Reads the URL, or the body that a node makes of it (`?k=…&c=…`); throws `not-sealed`. */
export function parseKeyUrl(text: string): { key: Bytes; cid: string } {
  const match =
    /^(?:data:,)?\?k=([0-9a-fA-F]{64})&c=([0-9A-Za-z]{46,128})\s*$/.exec(text);
  if (!match) {
    throw new OceanError('not-sealed', 'No key where the key should be');
  }
  return { key: unhex(match[1]), cid: match[2] };
}
