/**
 * HTTP to an Ocean Node: what is no success throws, in the node's own words,
 * and only what may be asked twice is asked again.
 */
import { OceanError } from './errors';
import { pause } from './receipts';

export interface ICallOptions {
  signal?: AbortSignal;
}

export interface INodeHttpOptions {
  /** Canonical base URL, for errors. */
  url: string;
  /** `path` starts with `/`; through the server route where there is one. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

/** How often an idempotent read is tried, and the first pause between (ms). */
const TRIES = 3;
const BACKOFF = 600;
/** Statuses of a relay, or of a node that is busy: the same question may do. */
const PASSING = [429, 502, 503, 504];
/** Characters of an error's words that are kept. */
const WORDS = 500;

/** The text of a refusal: plain text, JSON, or Express's page. */
async function wordsOfResponse(response: Response): Promise<string> {
  const body = await response.text();
  const pre = /<pre>([^<]*)<\/pre>/.exec(body)?.[1];
  return (pre ?? body).trim().slice(0, WORDS);
}

export class NodeHttp {
  constructor(private _options: INodeHttpOptions) {}

  /** One request. Throws `node-unreachable`, `node-refused`, the signal's reason. */
  async send(
    path: string,
    init: RequestInit,
    o: ICallOptions
  ): Promise<Response> {
    const { url, fetch } = this._options;
    let response: Response;
    try {
      response = await fetch(path, { ...init, signal: o.signal });
    } catch (cause) {
      o.signal?.throwIfAborted();
      throw new OceanError(
        'node-unreachable',
        `Nobody answers at ${url}`,
        { url },
        { cause }
      );
    }
    if (response.ok) {
      return response;
    }
    const words = await wordsOfResponse(response);
    const { status } = response;
    throw new OceanError(
      status === 502 || status === 504 ? 'node-unreachable' : 'node-refused',
      `The node answered ${status}: ${words}`,
      { url, status, words }
    );
  }

  /** `send` of what may be asked again, read as JSON. Throws `bad-answer` too. */
  async json(
    path: string,
    init: RequestInit,
    o: ICallOptions
  ): Promise<unknown> {
    for (let n = 1; ; n++) {
      try {
        return await this.read(await this.send(path, init, o), path);
      } catch (reason) {
        const passing =
          reason instanceof OceanError &&
          (reason.code === 'node-unreachable' ||
            PASSING.includes(reason.details.status ?? 0));
        if (!passing || n >= TRIES) {
          throw reason;
        }
      }
      await pause(BACKOFF * 2 ** (n - 1), o.signal);
    }
  }

  /** null where the node says 404. */
  async jsonOrNull(path: string, o: ICallOptions): Promise<unknown | null> {
    try {
      return await this.json(path, {}, o);
    } catch (reason) {
      if (reason instanceof OceanError && reason.details.status === 404) {
        return null;
      }
      throw reason;
    }
  }

  async read(response: Response, what: string): Promise<unknown> {
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.bad(what, cause);
    }
  }

  bad(what: string, cause?: unknown): OceanError {
    return new OceanError(
      'bad-answer',
      `The answer to ${what} can't be read`,
      { url: this._options.url },
      { cause }
    );
  }

  fail(what: string): never {
    throw this.bad(what);
  }
}

/** Colons stay as they are: DIDs read better in logs, and lib does the same. */
export function query(parameters: Record<string, string | number>): string {
  return Object.entries(parameters)
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value).replace(/%3A/g, ':')}`
    )
    .join('&');
}

export function post(body: object): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  };
}
