/**
 * How a pinning service is reached: through the server part, which adds the key
 * that only it knows; or, where there is none (JupyterLite), straight from the
 * page with a key that lives as long as the page.
 */
import type { IWeb3Server } from '../tokens';
import { retryAfterOf } from './backoff';
import { PinningError, isAbort, type PinningCode } from './errors';
import { sendForm } from './upload';

/** A service as it may be shown: without its key. */
export interface IServiceInfo {
  name: string;
  /** Of the IPFS Pinning Service API; `/pins` follows. */
  endpoint: string;
  /** Where `/add?format=car` takes archives; empty for nowhere. */
  upload: string;
  /** `basic`: the key is `user:password`. */
  auth: 'bearer' | 'basic';
}

/** Whether an address is of this machine, where asking often costs nothing. */
export function isNear(url: string): boolean {
  return (
    URL.canParse(url) &&
    /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname)
  );
}

export interface IServiceTransport {
  /**
   * `path` is `pins…`, with its query. Answers JSON, or null where there is no
   * such thing.
   */
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    o?: { body?: unknown; signal?: AbortSignal }
  ): Promise<unknown>;
  /** Hand an archive over; the answer of `/add`. */
  upload(
    car: Blob,
    name: string,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<unknown>;
}

/** What the relay says, as codes of this room. */
const OF_RELAY: Record<string, PinningCode> = {
  'upstream-unreachable': 'unreachable',
  'upstream-idle': 'unreachable',
  'upstream-broken': 'unreachable',
  'service-failed': 'service-failed',
  'key-refused': 'key-refused',
  'key-echoed': 'not-a-service',
  'not-a-service': 'not-a-service',
  'upstream-redirect': 'not-a-service',
  'upstream-answer': 'not-a-service',
  'no-service': 'no-provider',
  'not-configured': 'no-provider'
};

function codeOf(status: number, relayCode: unknown): PinningCode {
  if (typeof relayCode === 'string' && relayCode in OF_RELAY) {
    return OF_RELAY[relayCode];
  }
  if (status === 429) {
    return 'busy';
  }
  if (status === 401 || status === 403) {
    return 'key-refused';
  }
  return status >= 500 ? 'service-failed' : 'refused';
}

/** Why, in the words of the relay or (specification) `{error: {reason, details}}`. */
function reasonOf(body: unknown, status: number): string {
  const { message, error } = (
    typeof body === 'object' && body !== null ? body : {}
  ) as { message?: unknown; error?: unknown };
  const { reason, details } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as { reason?: unknown; details?: unknown };
  const words = [message, reason, details, error].filter(
    (word): word is string => typeof word === 'string' && word !== ''
  );
  return words.length ? words.join(': ').slice(0, 500) : `status ${status}`;
}

/**
 * The JSON of an answer.
 *
 * @throws PinningError
 */
export async function readAnswer(
  response: Response,
  missing: number[]
): Promise<unknown> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch (cause) {
    if (response.ok) {
      throw new PinningError(
        'not-a-service',
        'What answers is no pinning service',
        { cause }
      );
    }
  }
  if (response.ok) {
    return body;
  }
  if (missing.includes(response.status)) {
    return null;
  }
  const relayCode =
    typeof body === 'object' && body !== null && 'code' in body
      ? body.code
      : null;
  throw new PinningError(
    codeOf(response.status, relayCode),
    reasonOf(body, response.status),
    {
      retryAfter: retryAfterOf(response.headers.get('Retry-After')) ?? undefined
    }
  );
}

/** A failure of fetch() itself: nobody was reached. */
export function unreached(error: unknown): unknown {
  return isAbort(error) || error instanceof PinningError
    ? error
    : new PinningError(
        'unreachable',
        error instanceof Error ? error.message : String(error),
        { cause: error }
      );
}

/** Through `web3/pinning/<name>/…`. */
export class RelayTransport implements IServiceTransport {
  constructor(
    private _server: IWeb3Server,
    private _name: string
  ) {}

  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    o: { body?: unknown; signal?: AbortSignal } = {}
  ): Promise<unknown> {
    const response = await this._server
      .fetch(`pinning/${encodeURIComponent(this._name)}/${path}`, {
        method,
        signal: o.signal,
        headers: {
          // 204 for what is not there: browsers log every 404 as an error.
          'X-Web3-Missing': 'empty',
          ...(o.body === undefined
            ? {}
            : { 'Content-Type': 'application/json' })
        },
        body: o.body === undefined ? undefined : JSON.stringify(o.body)
      })
      .catch(error => {
        throw unreached(error);
      });
    return readAnswer(response, []);
  }

  async upload(
    car: Blob,
    name: string,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<unknown> {
    const path = `pinning/${encodeURIComponent(this._name)}/add`;
    const url = `${this._server.url(path)}?name=${encodeURIComponent(name)}`;
    return readAnswer(await sendForm(url, this._server.headers(), car, o), []);
  }
}

/** Straight to the service, which has to allow this page (CORS). */
export class DirectTransport implements IServiceTransport {
  constructor(
    private _service: IServiceInfo,
    private _key: string
  ) {}

  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    o: { body?: unknown; signal?: AbortSignal } = {}
  ): Promise<unknown> {
    const response = await fetch(`${this._service.endpoint}/${path}`, {
      method,
      signal: o.signal,
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: {
        ...this._headers(),
        ...(o.body === undefined ? {} : { 'Content-Type': 'application/json' })
      },
      body: o.body === undefined ? undefined : JSON.stringify(o.body)
    }).catch(error => {
      throw unreached(error);
    });
    return readAnswer(response, [404]);
  }

  async upload(
    car: Blob,
    name: string,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
  ): Promise<unknown> {
    const query = new URLSearchParams({
      format: 'car',
      // One answer at the end, not 200 before it is known whether it goes well.
      'stream-channels': 'false',
      name
    });
    const url = `${this._service.upload}/add?${query.toString()}`;
    return readAnswer(await sendForm(url, this._headers(), car, o), []);
  }

  private _headers(): Record<string, string> {
    const { auth } = this._service;
    return {
      Authorization:
        auth === 'basic' ? `Basic ${btoa(this._key)}` : `Bearer ${this._key}`
    };
  }
}
