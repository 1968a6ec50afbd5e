/**
 * One request to a gateway, with a time limit for each silence, and a name for
 * each way in which it may go wrong.
 */
import { IpfsCancelledError, IpfsError, throwIfCancelled } from './errors';

/** What a gateway did wrong. */
export interface IGatewayFault {
  /** Base URL of the gateway. */
  gateway: string;
  kind:
    /** Bytes that are not those of the CID. */
    | 'other-bytes'
    /** Blocks that belong to something else. */
    | 'other-content'
    /** It ended before all was there. */
    | 'cut-off'
    /** A page or another kind of answer, with status 200. */
    | 'not-a-block'
    | 'too-large'
    /** Silence. */
    | 'timeout'
    /** It had not answered when another one did. */
    | 'slow'
    | 'unreachable'
    /** A status that is no success. */
    | 'refused'
    /** It says that it does not have it. */
    | 'missing';
  /** What was asked for. */
  cid: string;
  /** What happened, in English, for details and logs. */
  detail: string;
}

export class GatewayFaultError extends IpfsError {
  constructor(
    readonly fault: IGatewayFault,
    options?: ErrorOptions
  ) {
    super(
      fault.kind === 'missing' ? 'not-found' : 'incomplete',
      `${fault.gateway}: ${fault.detail}`,
      options
    );
    this.name = 'GatewayFaultError';
  }
}

/** Answers that say "not here": 404, 410, and 412 or 504 of those who looked. */
const MISSING = new Set([404, 410, 412, 504]);

/**
 * GET `<gateway>/ipfs/<path>?<query>` and stream its body; `type` is what it
 * says that it is.
 *
 * @param timeout - milliseconds without a byte
 * @throws GatewayFaultError, IpfsCancelledError
 */
export async function openStream(
  gateway: string,
  path: string,
  wanted: { query: string; accept: string },
  options: { timeout: number; signal?: AbortSignal }
): Promise<{ type: string; body: AsyncGenerator<Uint8Array> }> {
  const { timeout, signal } = options;
  const cid = path.split('/')[0];
  const fault = (
    kind: IGatewayFault['kind'],
    detail: string,
    cause?: unknown
  ): GatewayFaultError =>
    new GatewayFaultError({ gateway, kind, cid, detail }, { cause });
  throwIfCancelled(signal);
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  const end = (): void => {
    signal?.removeEventListener('abort', forward);
    stop.abort();
  };
  /** What an await threw, or a silence that is too long. */
  const within = async <T>(action: Promise<T>): Promise<T> => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, timeout);
    try {
      return await action;
    } catch (error) {
      if (signal?.aborted) {
        throw new IpfsCancelledError({ cause: error });
      }
      throw late
        ? fault('timeout', `nothing came for ${timeout / 1000} s`, error)
        : error;
    } finally {
      clearTimeout(timer);
    }
  };

  let response: Response;
  try {
    response = await within(
      fetch(`${gateway}/ipfs/${path}?${wanted.query}`, {
        headers: { Accept: wanted.accept },
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        // What this browser kept says nothing about the gateway.
        cache: 'no-store',
        signal: stop.signal
      })
    );
  } catch (error) {
    end();
    if (error instanceof IpfsError) {
      throw error;
    }
    throw fault(
      'unreachable',
      `it can't be reached (${error instanceof Error ? error.message : String(error)})`,
      error
    );
  }
  if (response.status !== 200) {
    end();
    throw MISSING.has(response.status)
      ? fault('missing', `it does not have it (HTTP ${response.status})`)
      : fault('refused', `it answered HTTP ${response.status}`);
  }
  const type = response.headers.get('content-type') ?? '';
  if (/^\s*(text\/|application\/(json|xhtml))/i.test(type)) {
    end();
    throw fault('not-a-block', `it answered with ${type.split(';')[0].trim()}`);
  }
  return { type, body: bodyOf() };

  async function* bodyOf(): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      while (reader) {
        let part: ReadableStreamReadResult<Uint8Array>;
        try {
          part = await within(reader.read());
        } catch (error) {
          throw error instanceof IpfsError
            ? error
            : fault('cut-off', 'the answer broke off', error);
        }
        if (part.done) {
          return;
        }
        yield part.value;
      }
    } finally {
      end();
    }
  }
}
