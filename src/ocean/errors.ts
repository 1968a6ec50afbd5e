/** The typed errors of the ocean room; commands and panels turn them into words. */

export type OceanErrorCode =
  /** Nobody answers at the node's address. `details.url` */
  | 'node-unreachable'
  /** The node answered and said no. `details.status`, `details.words` */
  | 'node-refused'
  /** The node does not find content that it would have to serve. `details.cid` */
  | 'node-cannot-see'
  /** A node outside the settings would get a signature. `details.url` */
  | 'node-not-trusted'
  /** The node's nonce went elsewhere than one up. `details.expected`, `details.nonce` */
  | 'nonce-jump'
  /** What the node calls a ciphertext is none. */
  | 'bad-ciphertext'
  /** The node's answer has a shape that can't be read. */
  | 'bad-answer'
  /** The DDO is refused (by the node, or in reading it). `details.words` */
  | 'ddo-invalid'
  /** No asset with this DID at the node. `details.did` */
  | 'not-found'
  /** DID, NFT and datatoken don't belong together. `details.what`, `details.did` */
  | 'not-genuine'
  /** The asset is revoked, retired or switched off. `details.state` */
  | 'asset-inactive'
  /** The index did not take the asset in time, or refused it. `details.words` */
  | 'not-indexed'
  /** `details.words`, `details.hash` when it was mined */
  | 'tx-reverted'
  /** Another transaction with that nonce was mined. `details.replacement` when known */
  | 'tx-replaced'
  /** Not mined in time; it may be later. `details.hash` */
  | 'tx-pending'
  /** A receipt or log without the events that it must have. `details.hash` */
  | 'event-missing'
  /** Nothing answers for the chain. `details.words` */
  | 'chain-unreachable'
  /** The chain's endpoint answered, with an error of its own. `details.words` */
  | 'chain-error'
  /** No Ocean contracts known for this chain. `details.chainId` */
  | 'unknown-network'
  /** Neither a fixed price nor a free dispenser, or one that is switched off. */
  | 'not-for-sale'
  /** A template that can't be bought in one step. `details.template` */
  | 'unknown-template'
  /** The buyer has less than it costs. `details.have`, `details.need` (base units) */
  | 'insufficient-balance'
  /** The price went up between showing and buying. `details.have`, `details.need` */
  | 'price-changed'
  /** An amount that is no decimal, negative, or too fine for the token. */
  | 'bad-amount'
  /** No address of an account, or its checksum does not fit. */
  | 'bad-address'
  /** The index has another record than the chain: nothing may be built on it. */
  | 'record-stale'
  /** A record that can't be changed here. `details.words` */
  | 'record-unknown'
  /** The key does not open this content. */
  | 'wrong-key'
  /** Sealed bytes were altered, cut, extended, reordered or swapped. */
  | 'tampered'
  /** Not `web3-seal/1`, or a header that makes no sense. */
  | 'not-sealed'
  /** Content larger than the format can hold. */
  | 'too-large'
  /** The content is not what was committed to at publishing. */
  | 'commitment-mismatch'
  /** A signature is needed and no signer was given. */
  | 'no-signer'
  /** The page has no WebCrypto (neither HTTPS nor localhost). */
  | 'no-webcrypto';

/** What an error may carry beside its code; all optional. */
export interface IOceanErrorDetails {
  url?: string;
  status?: number;
  /** What the other side said, as it said it: text, never markup. */
  words?: string;
  cid?: string;
  did?: string;
  hash?: string;
  replacement?: string | null;
  chainId?: number;
  expected?: string;
  nonce?: string;
  state?: number;
  template?: number;
  have?: string;
  need?: string;
  [key: string]: unknown;
}

/** Any failure of this room; `code` is stable, `message` is for logs. */
export class OceanError extends Error {
  constructor(
    readonly code: OceanErrorCode,
    message: string,
    readonly details: IOceanErrorDetails = {},
    options?: { cause?: unknown }
  ) {
    super(message, options);
    this.name = 'OceanError';
  }
}

/** A signature was asked for by a node that is not in the settings. */
export class NodeNotTrustedError extends OceanError {
  constructor(url: string) {
    super(
      'node-not-trusted',
      `No signature for ${url}: it is not in the settings`,
      { url }
    );
    this.name = 'NodeNotTrustedError';
  }
}
