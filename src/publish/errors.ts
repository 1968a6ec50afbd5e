/**
 * Why publishing can stop. Workers throw these; panels turn `code` into words.
 */
export type PublishCode =
  // before a job exists
  | 'bad-draft'
  | 'nothing-to-publish'
  | 'nothing-selected'
  | 'not-connected'
  | 'no-node'
  | 'silent-refused'
  /** Silent, and credentials were found; `allowFindings` was not said. */
  | 'findings'
  /** Silent, and not all could be looked through. */
  | 'unchecked'
  /** Silent on a network whose money is real; `allowMainnet` was not said. */
  | 'mainnet-unconfirmed'
  | 'already-public'
  | 'insecure-context'
  | 'quota-exceeded'
  | 'journal-blocked'
  | 'no-such-job'
  | 'unknown-storage'
  | 'page-only'
  | 'no-other-holder'
  | 'not-now'
  // while it runs
  | 'reloaded'
  | 'newer-version'
  | 'other-tab'
  | 'paused-by-person'
  | 'content-unreadable'
  | 'content-changed'
  | 'key-lost'
  | 'ipfs-offline'
  | 'only-here'
  | 'pin-failed'
  | 'storage-failed'
  | 'not-kept'
  | 'node-unreachable'
  | 'node-busy'
  | 'node-cannot-see'
  | 'node-refused'
  | 'node-refused-ddo'
  | 'nonce-jump'
  | 'node-not-trusted'
  | 'prompt-rejected'
  | 'prompt-unknown'
  /** A new version: the asset was changed since; nothing is written over it. */
  | 'record-stale'
  | 'account-changed'
  | 'chain-changed'
  | 'wallet-disconnected'
  | 'wallet-failed'
  | 'would-revert'
  | 'tx-reverted'
  | 'tx-replaced'
  | 'tx-in-flight'
  | 'chain-unreachable'
  /** The chain's endpoint answered with an error of its own. */
  | 'chain-error'
  | 'index-late'
  | 'index-failed'
  | 'too-late-to-cancel'
  | 'failed';

/** Any refusal or failure of publishing, with a code that never changes. */
export class PublishError extends Error {
  constructor(
    readonly code: PublishCode,
    message: string,
    options: { cause?: unknown } = {}
  ) {
    super(message, options);
    this.name = 'PublishError';
  }
}

/** The `code` of an error of any room, where it has one. */
export function codeOf(error: unknown): string | number | null {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const { code } = error;
    if (typeof code === 'string' || typeof code === 'number') {
      return code;
    }
  }
  return null;
}

/** What an error says, whatever was thrown (wallets throw plain objects). */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    return error.message;
  }
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return String(error.message);
  }
  return String(error);
}
