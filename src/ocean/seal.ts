/** The sealed format `web3-seal/1`; see docs/sealed-format.md. */

export const SEAL_FORMAT = 'web3-seal/1';
/** Plaintext bytes of a chunk: 1 MiB. */
export const SEAL_CHUNK = 1024 * 1024;

/** 32 random bytes; one key an asset. */
export declare function newSealKey(): Uint8Array;
/** Bytes of the sealed file for `size` bytes of plaintext. */
export declare function sealedSize(size: number): number;
/** Bytes of plaintext in a sealed file of `size`; throws `not-sealed`. */
export declare function plainSize(size: number): number;
/** What the public metadata tell of a size: rounded up to the chunk, at least one. */
export declare function roundedSize(size: number): number;

export interface ISealOptions {
  key: Uint8Array;
  /** Index of the file in the asset, counted from 0. */
  index: number;
  /**
   * 7 bytes, random by default. Given again only to make the very same
   * ciphertext of the very same plaintext (a resumed job).
   */
  noncePrefix?: Uint8Array;
}
/** Seal a stream in constant memory. */
export declare function sealStream(
  source: AsyncIterable<Uint8Array>,
  options: ISealOptions
): AsyncIterable<Uint8Array>;
/**
 * The reverse. Chunks come out as they are proven; only the end of the stream
 * proves that nothing is missing: keep the bytes aside until then.
 * Throws `wrong-key`, `tampered`, `not-sealed`.
 */
export declare function unsealStream(
  source: AsyncIterable<Uint8Array>,
  options: { key: Uint8Array; index: number }
): AsyncIterable<Uint8Array>;

/** sha256(salt ‖ CID bytes) as 64 hex digits; `cid` are the binary CID's bytes. */
export declare function commitment(
  cid: Uint8Array,
  key: Uint8Array
): Promise<string>;
/** Throws `commitment-mismatch`. */
export declare function checkCommitment(
  cid: Uint8Array,
  key: Uint8Array,
  expected: string
): Promise<void>;

/** The `data:` URL that carries the key (FACTS §7). */
export declare function keyUrl(key: Uint8Array, cid: string): string;
/** Reads the URL, or the body that a node makes of it (`?k=…&c=…`); throws `not-sealed`. */
export declare function parseKeyUrl(text: string): {
  key: Uint8Array;
  cid: string;
};
