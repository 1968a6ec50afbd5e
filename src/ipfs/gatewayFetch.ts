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

/** A body, to be read in one of two ways. */
export interface IGatewayStream {
  /** What it says that it is. */
  type: string;
  body: AsyncGenerator<Uint8Array>;
  /**
   * Fill a buffer, whose memory is taken; what it returns is shorter only where
   * the body ends.
   */
  fill(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * GET `<gateway>/ipfs/<path>?<query>` and stream its body.
 *
 * @param wanted.anyType - a file may be text; blocks and archives are not
 * @param timeout - milliseconds without a byte
 * @throws GatewayFaultError, IpfsCancelledError
 */
export async function openStream(
  gateway: string,
  path: string,
  wanted: { query: string; accept: string; anyType?: boolean },
  options: { timeout: number; signal?: AbortSignal }
): Promise<IGatewayStream> {
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
      fetch(`${gateway}/ipfs/${path}${wanted.query && `?${wanted.query}`}`, {
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
  if (!wanted.anyType && /^\s*(text\/|application\/(json|xhtml))/i.test(type)) {
    end();
    throw fault('not-a-block', `it answered with ${type.split(';')[0].trim()}`);
  }
  const read = async <T>(action: Promise<T>): Promise<T> => {
    try {
      return await within(action);
    } catch (error) {
      throw error instanceof IpfsError
        ? error
        : fault('cut-off', 'the answer broke off', error);
    }
  };
  return { type, body: bodyOf(), fill: filler(response, read) };

  async function* bodyOf(): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      while (reader) {
        const part = await read(reader.read());
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

/** Reads straight into the buffer where the browser can; copies where not. */
function filler(
  response: Response,
  read: <T>(action: Promise<T>) => Promise<T>
): IGatewayStream['fill'] {
  let direct: ReadableStreamBYOBReader | null = null;
  let copying: ReadableStreamDefaultReader<Uint8Array> | null = null;
  let left: Uint8Array = new Uint8Array(0);
  const open = (): void => {
    if (direct || copying || !response.body) {
      return;
    }
    try {
      direct = response.body.getReader({ mode: 'byob' });
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      // Not in every browser.
      copying = response.body.getReader();
    }
  };
  const fillDirect = async (
    reader: ReadableStreamBYOBReader,
    buffer: Uint8Array<ArrayBuffer>
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const { length, byteOffset } = buffer;
    let memory = buffer.buffer;
    let at = 0;
    while (at < length) {
      const view = new Uint8Array(memory, byteOffset + at, length - at);
      const { done, value } = await read(reader.read(view));
      memory = (value?.buffer as ArrayBuffer | undefined) ?? new ArrayBuffer(0);
      if (done) {
        break;
      }
      at += value.length;
    }
    return memory.byteLength
      ? new Uint8Array(memory, byteOffset, at)
      : new Uint8Array(0);
  };
  return async buffer => {
    open();
    if (direct) {
      return fillDirect(direct, buffer);
    }
    let at = 0;
    while (copying && at < buffer.length) {
      if (!left.length) {
        const { done, value } = await read(copying.read());
        if (done) {
          break;
        }
        left = value;
      }
      const part = left.subarray(0, buffer.length - at);
      buffer.set(part, at);
      at += part.length;
      left = left.subarray(part.length);
    }
    return buffer.subarray(0, at);
  };
}
