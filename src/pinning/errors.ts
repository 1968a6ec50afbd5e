/**
 * Why a pin can't be had. `code` is stable; words are made by panels.
 */
export type PinningCode =
  /** Nobody answers there, or not in time. */
  | 'unreachable'
  /** Too many questions (429); `retryAfter` says how long to wait. */
  | 'busy'
  /** The service answers, and has trouble of its own. */
  | 'service-failed'
  /** The service tried and gave the pin up. */
  | 'gave-up'
  /** Wrong or expired key. */
  | 'key-refused'
  /** The service doesn't want this pin (its words are the message). */
  | 'refused'
  /** No pinning service answers at this address. */
  | 'not-a-service'
  /** It kept something else than what it was sent. */
  | 'wrong-content'
  /** Only a page has it, and this provider fetches from nodes. */
  | 'page-only'
  /** The service would have to fetch from a node that meets no others. */
  | 'node-offline'
  /** There is no such provider (any more). */
  | 'no-provider'
  /** A name, address or key that is not accepted. */
  | 'bad-service'
  /** There is no such pin. */
  | 'no-pin'
  /** Nothing that could be pinned is meant. */
  | 'nothing-to-pin'
  /** The content can't be read here. */
  | 'content-unreadable'
  /** This browser keeps no data for the page. */
  | 'journal-blocked'
  /** Stopped by the person. */
  | 'cancelled'
  | 'failed';

/** Those that pass by themselves: it is tried again. */
const PASSING = new Set<PinningCode>([
  'unreachable',
  'busy',
  'service-failed',
  'gave-up',
  'content-unreadable'
]);

export class PinningError extends Error {
  constructor(
    readonly code: PinningCode,
    message: string,
    options: {
      cause?: unknown;
      /** Milliseconds that were asked for. */
      retryAfter?: number;
    } = {}
  ) {
    super(message, { cause: options.cause });
    this.name = 'PinningError';
    this.retryAfter = options.retryAfter ?? null;
  }

  readonly retryAfter: number | null;
}

/** Whether it makes sense to try the same again later. */
export function isPassing(error: PinningError): boolean {
  return PASSING.has(error.code);
}

/** Whether somebody stopped it; not `instanceof`: it may be of another realm. */
export function isAbort(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    (('name' in error && error.name === 'AbortError') ||
      ('code' in error && error.code === 'cancelled'))
  );
}

/** Codes of other rooms that mean "nobody answers, or not completely". */
const ABSENT = new Set<unknown>(['offline', 'incomplete']);

/** Whatever was thrown, as an error of this room. */
export function toPinningError(error: unknown): PinningError {
  if (error instanceof PinningError) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  const code =
    typeof error === 'object' && error !== null && 'code' in error
      ? error.code
      : undefined;
  if (isAbort(error)) {
    return new PinningError('cancelled', message, { cause: error });
  }
  if (ABSENT.has(code) || error instanceof TypeError) {
    return new PinningError('unreachable', message, { cause: error });
  }
  if (code === 'not-found') {
    return new PinningError('content-unreadable', message, { cause: error });
  }
  // A provider of another room brings its own codes: they are shown as they are.
  return new PinningError(
    (typeof code === 'string' ? code : 'failed') as PinningCode,
    message,
    { cause: error }
  );
}
