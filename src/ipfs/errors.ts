/**
 * What can go wrong on the way to IPFS. `code` is stable; words for people are
 * made by commands and panels.
 */
export type IpfsErrorCode =
  /** Nothing answers where the engine looks. */
  | 'offline'
  /** No such path, or a CID that nobody has. */
  | 'not-found'
  /** The target is there already. */
  | 'exists'
  /** A folder that holds something. */
  | 'not-empty'
  /** A file where a folder is needed, or the other way round. */
  | 'wrong-type'
  /** Stopped by the person. */
  | 'cancelled'
  /** The server part or the node doesn't allow it. */
  | 'refused'
  /** A name that IPFS or the drive can't hold. */
  | 'bad-name'
  /** The answer broke off or doesn't make sense. */
  | 'incomplete'
  /** The disk or the node's quota is full. */
  | 'full'
  | 'failed';

export class IpfsError extends Error {
  constructor(
    readonly code: IpfsErrorCode,
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'IpfsError';
  }
}

export class IpfsNotFoundError extends IpfsError {
  constructor(
    readonly path: string,
    options?: ErrorOptions
  ) {
    super('not-found', `${path} does not exist`, options);
    this.name = 'IpfsNotFoundError';
  }
}

export class IpfsExistsError extends IpfsError {
  constructor(
    readonly path: string,
    options?: ErrorOptions
  ) {
    super('exists', `${path} exists already`, options);
    this.name = 'IpfsExistsError';
  }
}

export class IpfsOfflineError extends IpfsError {
  constructor(
    /** Where the engine looked, as a person would write it. */
    readonly endpoint: string,
    readonly reason: string,
    options?: ErrorOptions
  ) {
    super('offline', `No IPFS node answers at ${endpoint}: ${reason}`, options);
    this.name = 'IpfsOfflineError';
  }
}

/** An `AbortSignal` fired. */
export class IpfsCancelledError extends IpfsError {
  constructor(options?: ErrorOptions) {
    super('cancelled', 'Cancelled', options);
    this.name = 'IpfsCancelledError';
  }
}

/** @throws IpfsCancelledError when the signal has fired */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new IpfsCancelledError({ cause: signal.reason });
  }
}

/** Whether `error` only says that somebody stopped the operation. */
export function isCancelled(error: unknown): boolean {
  return (
    (error instanceof IpfsError && error.code === 'cancelled') ||
    // Not `instanceof`: a DOMException may be of another realm.
    (typeof error === 'object' &&
      error !== null &&
      (error as { name?: unknown }).name === 'AbortError')
  );
}

/**
 * The typed error for a message of Kubo (its RPC answers `{Message, Code, Type}`
 * with HTTP 500 for nearly everything, so the words are all there is).
 */
export function errorFromKubo(
  message: string,
  path: string,
  status: number
): IpfsError {
  if (/already has entry|already exists|file exists/i.test(message)) {
    return new IpfsExistsError(path);
  }
  if (
    /does not exist|no link named|not found|no such file|block was not found/i.test(
      message
    )
  ) {
    return new IpfsNotFoundError(path);
  }
  if (/no space left|quota|maximum storage/i.test(message)) {
    return new IpfsError('full', message);
  }
  if (
    /not a directory|is a directory|was not a file|not a file/i.test(message)
  ) {
    return new IpfsError('wrong-type', message);
  }
  if (
    /invalid path|must not be empty|leading slash|name.*too long/i.test(message)
  ) {
    return new IpfsError('bad-name', message);
  }
  if (status === 401 || status === 403 || status === 405) {
    return new IpfsError('refused', message);
  }
  return new IpfsError('failed', message);
}
