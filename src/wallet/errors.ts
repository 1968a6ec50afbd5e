/**
 * The typed errors of the wallet room. `code` is stable; `message` is for logs,
 * words for a person are made by panels and commands.
 */

export type WalletErrorCode =
  /** The person said no (EIP-1193 4001). A normal answer, not a failure. */
  | 'rejected'
  /** A prompt is open in the wallet already (-32002). */
  | 'pending'
  /** The account or method is not authorized (EIP-1193 4100). */
  | 'unauthorized'
  /** The wallet does not have this method (EIP-1193 4200, -32601). */
  | 'unsupported'
  /** The wallet does not know the chain (EIP-3326 4902). */
  | 'unknown-chain'
  /** The wallet is on another chain than the one that is needed. */
  | 'wrong-chain'
  /** The wallet or RPC endpoint can't reach the chain (EIP-1193 4900, 4901). */
  | 'offline'
  | 'no-wallet'
  /** Several wallets are there and none was named. */
  | 'choose-wallet'
  | 'not-connected'
  /** The account changed while something was under way. */
  | 'account-changed'
  /** A signature that does not prove what it should. */
  | 'sign-in-failed'
  /** The wallet or node answered with another error. */
  | 'rpc';

export class WalletError extends Error {
  constructor(
    readonly code: WalletErrorCode,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'WalletError';
  }
}

/** The person refused in the wallet. */
export class WalletRejectedError extends WalletError {
  declare readonly code: 'rejected';
  constructor(
    message = 'The request was refused in the wallet',
    o?: ErrorOptions
  ) {
    super('rejected', message, o);
    this.name = 'WalletRejectedError';
  }
}

/** The wallet waits for an answer to an earlier prompt. */
export class WalletPendingError extends WalletError {
  declare readonly code: 'pending';
  constructor(message = 'The wallet has a prompt open', o?: ErrorOptions) {
    super('pending', message, o);
    this.name = 'WalletPendingError';
  }
}

/** The wallet gives no access to this account or method. */
export class WalletUnauthorizedError extends WalletError {
  declare readonly code: 'unauthorized';
  constructor(message = 'The wallet did not authorize this', o?: ErrorOptions) {
    super('unauthorized', message, o);
    this.name = 'WalletUnauthorizedError';
  }
}

/** The wallet does not offer a method. */
export class WalletUnsupportedError extends WalletError {
  declare readonly code: 'unsupported';
  constructor(message = 'The wallet does not offer this', o?: ErrorOptions) {
    super('unsupported', message, o);
    this.name = 'WalletUnsupportedError';
  }
}

/** Neither the wallet nor the suite's networks know the chain. */
export class UnknownChainError extends WalletError {
  declare readonly code: 'unknown-chain';
  constructor(
    readonly chainId: number | null,
    message = `Chain ${chainId ?? '?'} is unknown`,
    o?: ErrorOptions
  ) {
    super('unknown-chain', message, o);
    this.name = 'UnknownChainError';
  }
}

/** The wallet is on another chain than `expected`. */
export class WrongChainError extends WalletError {
  declare readonly code: 'wrong-chain';
  constructor(
    readonly expected: number,
    readonly actual: number | null
  ) {
    super(
      'wrong-chain',
      `The wallet is on chain ${actual ?? '?'}, chain ${expected} is needed`
    );
    this.name = 'WrongChainError';
  }
}

/** The account is not the one that something was started with. */
export class AccountChangedError extends WalletError {
  declare readonly code: 'account-changed';
  constructor(
    readonly expected: string,
    readonly actual: string | null
  ) {
    super(
      'account-changed',
      `The wallet is on account ${actual ?? 'none'}, ${expected} is needed`
    );
    this.name = 'AccountChangedError';
  }
}

/** No wallet announced itself, or none by that name. */
export class NoWalletError extends WalletError {
  declare readonly code: 'no-wallet';
  constructor(message = 'No wallet was found in this browser') {
    super('no-wallet', message);
    this.name = 'NoWalletError';
  }
}

/** Needs a connected wallet. */
export class NotConnectedError extends WalletError {
  declare readonly code: 'not-connected';
  constructor(message = 'No wallet is connected') {
    super('not-connected', message);
    this.name = 'NotConnectedError';
  }
}

/** The signature of a sign-in was not accepted. */
export class SignInError extends WalletError {
  declare readonly code: 'sign-in-failed';
  constructor(message: string, o?: ErrorOptions) {
    super('sign-in-failed', message, o);
    this.name = 'SignInError';
  }
}

/** What else a wallet or node answered; `rpcCode` and `data` as they came. */
export class RpcError extends WalletError {
  declare readonly code: 'rpc';
  constructor(
    message: string,
    readonly rpcCode: number | null,
    readonly data?: unknown,
    o?: ErrorOptions
  ) {
    super('rpc', message, o);
    this.name = 'RpcError';
  }
}

/**
 * EIP-1193's ProviderRpcError as our own readers throw it: numeric `code`, and
 * `data` (of a revert, for instance) as it came.
 */
export class ProviderRpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'ProviderRpcError';
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/**
 * The numeric code of an EIP-1193 / JSON-RPC error, also where a wallet hides
 * it one level down (MetaMask mobile: `data.originalError.code`; ethers:
 * `info.error.code`, `error.code`).
 */
export function rpcErrorCode(reason: unknown): number | null {
  const direct = field(reason, 'code');
  const nested = [
    field(field(field(reason, 'data'), 'originalError'), 'code'),
    field(field(field(reason, 'info'), 'error'), 'code'),
    field(field(reason, 'error'), 'code')
  ];
  // -32603 (internal error) is the wrapping, what is inside says more.
  const codes = [direct, ...nested].filter(
    (code): code is number => typeof code === 'number'
  );
  return codes.find(code => code !== -32603) ?? codes[0] ?? null;
}

/**
 * Map whatever a wallet threw to a typed error. Errors of this room pass
 * unchanged. Sources: EIP-1193 (4001…4901), EIP-3326 (4902), EIP-1474 (-32002,
 * -32601).
 */
export function toWalletError(reason: unknown): WalletError {
  if (reason instanceof WalletError) {
    return reason;
  }
  const code = rpcErrorCode(reason);
  const text = field(reason, 'message');
  const message = typeof text === 'string' && text ? text : String(reason);
  const options = { cause: reason };
  switch (code) {
    case 4001:
      return new WalletRejectedError(message, options);
    case -32002:
      return new WalletPendingError(message, options);
    case 4100:
      return new WalletUnauthorizedError(message, options);
    case 4200:
    case -32601:
      return new WalletUnsupportedError(message, options);
    case 4902:
      return new UnknownChainError(null, message, options);
    case 4900:
    case 4901:
      return new WalletError('offline', message, options);
  }
  // ethers turns 4001 into this string code.
  if (field(reason, 'code') === 'ACTION_REJECTED') {
    return new WalletRejectedError(message, options);
  }
  return new RpcError(message, code, field(reason, 'data'), options);
}
