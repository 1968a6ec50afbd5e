/** What can go wrong between an asset and a file; words are made by panels. */
export type MarketErrorCode =
  /** Not something that names an asset. */
  | 'bad-did'
  /** Another chain than any that the settings know. `details.chainId` */
  | 'unknown-chain'
  /** On a list of what should not be dealt in. `details.source` */
  | 'in-purgatory'
  /** The asset has no service that gives access to files. */
  | 'no-access'
  /** What came is not what the publisher promised; it was dropped. */
  | 'not-what-was-promised'
  /** The chain did not tell what was bought before: it might be paid twice. */
  | 'orders-unknown'
  /** More bytes came than the publisher promised; they were dropped. */
  | 'too-much'
  /** The download broke off; `details.kept` bytes wait for the next try. */
  | 'broke-off'
  /** Free content that is on no IPFS node: the Ocean Node has to be asked. */
  | 'needs-order'
  /** Nothing valid was bought by this account. */
  | 'not-bought'
  /** A prompt of before may still be open in the wallet, or was answered unseen. */
  | 'prompt-unknown'
  /** A payment was sent, and the chain has not seen it yet. `details.hash` */
  | 'tx-unseen'
  /** The datatoken was bought, the order with it failed. */
  | 'not-ordered'
  /** The record is another one than was shown. `details.asset` */
  | 'terms-changed'
  /** A transaction of this account is on its way. `details.hash` where known */
  | 'tx-in-flight'
  /** It costs more than was shown. `details.price`, `details.providerFee` */
  | 'price-changed'
  /** The publisher's rules keep the account out. `details.why`, `details.of` */
  | 'not-allowed'
  /** A value does not fit the publisher's parameter. `details.name`, `details.why` */
  | 'bad-parameter'
  /** The asset's node is not in the settings, and the person said no to it. */
  | 'node-refused-by-person'
  /** The page may not use locks (neither https nor localhost). */
  | 'insecure-context'
  /** There is nothing by that path any more. */
  | 'no-target'
  /** The asset's files are served by another node than the network's. */
  | 'other-node'
  /** A new version that has the files that are sold already. */
  | 'same-version'
  /** `silent` where scripts may not publish. */
  | 'silent-refused'
  /** Stopped by the person. */
  | 'cancelled';

export class MarketError extends Error {
  constructor(
    readonly code: MarketErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'MarketError';
  }
}

/** The stable code of any typed error of the suite, or null. */
export function codeOf(reason: unknown): string | null {
  const code = (reason as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : null;
}

/** Whether the person stopped it: no failure. */
export function isCancelled(reason: unknown): boolean {
  return (
    codeOf(reason) === 'cancelled' ||
    (reason as { name?: unknown } | null)?.name === 'AbortError'
  );
}

/** Whether the bytes are wrong, which is not that they could not be had. */
export function isIntegrity(reason: unknown): boolean {
  return [
    'wrong-key',
    'tampered',
    'not-sealed',
    'commitment-mismatch',
    'not-what-was-promised',
    'too-much'
  ].includes(codeOf(reason) ?? '');
}
