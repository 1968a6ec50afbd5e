/**
 * Why Filecoin stops. Workers throw these; dialogs turn `code` into words.
 */
export type FilecoinCode =
  // nothing was asked of the wallet
  | 'not-connected'
  | 'not-agreed'
  | 'no-archive'
  | 'too-small'
  | 'too-big'
  | 'no-token'
  | 'no-gas'
  | 'costs-more'
  | 'reloaded'
  | 'other-tab'
  | 'journal-blocked'
  | 'not-stored'
  // the wallet
  | 'prompt-rejected'
  | 'prompt-unknown'
  | 'account-changed'
  | 'wrong-chain'
  | 'wallet-failed'
  // the chain and the storage provider
  | 'chain-unreachable'
  | 'would-revert'
  | 'tx-reverted'
  | 'tx-in-flight'
  | 'no-provider'
  | 'provider-down'
  | 'provider-refused'
  | 'content-changed';

/** What may be tried again without anybody: nothing is asked, nothing is paid twice. */
const PASSING: ReadonlySet<FilecoinCode> = new Set<FilecoinCode>([
  'chain-unreachable',
  'tx-in-flight',
  'no-provider',
  'provider-down',
  'other-tab'
]);

/** Any refusal or failure of the Filecoin provider, with a code that never changes. */
export class FilecoinError extends Error {
  constructor(
    readonly code: FilecoinCode,
    message: string,
    options: { cause?: unknown } = {}
  ) {
    super(message, options);
    this.name = 'FilecoinError';
  }

  /** Whether a later try may succeed without the person. */
  get retriable(): boolean {
    return PASSING.has(this.code);
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Every error of a chain of causes, outermost first. */
function* causes(error: unknown): Generator<object> {
  let at: unknown = error;
  for (let depth = 0; depth < 10 && typeof at === 'object' && at; depth++) {
    yield at;
    at = 'cause' in at ? at.cause : null;
  }
}

/**
 * The wallet's or the chain's own code of an error that viem wrapped.
 *
 * @returns the first numeric `code` of the chain of causes, or null
 */
export function rpcCode(error: unknown): number | null {
  for (const cause of causes(error)) {
    if ('code' in cause && typeof cause.code === 'number') {
      return cause.code;
    }
  }
  return null;
}

/** EIP-1193: 4001, the person refused. */
export function isRejection(error: unknown): boolean {
  return rpcCode(error) === 4001;
}

/** Errors after which a wallet can't have sent or signed anything (EIP-1193, EIP-1474). */
export function surelyNotSent(error: unknown): boolean {
  const code = rpcCode(error);
  return (
    code !== null &&
    [4100, 4200, 4900, 4901, 4902, -32600, -32601, -32602, -32002].includes(
      code
    )
  );
}
