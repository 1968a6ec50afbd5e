/**
 * HTTP to an Ocean Node: what is no success throws, in the node's own words,
 * and only what may be asked twice is asked again.
 */
import { OceanError } from './errors';
import { budgetOf, type NodeBudget, type Waits } from './nodeBudget';
import { pause } from './receipts';

export interface ICallOptions {
  signal?: AbortSignal;
  /**
   * Says that this may wait until the node takes more requests, and is told for
   * how long. What comes without it goes first.
   */
  waits?: Waits;
}

export interface INodeHttpOptions {
  /** Canonical base URL, for errors. */
  url: string;
  /** `path` starts with `/`; through the server route where there is one. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** The one of the node, unless another is given. */
  budget?: NodeBudget;
}

/** How often an idempotent read is tried, and the first pause between (ms). */
const TRIES = 3;
const BACKOFF = 600;
/** Statuses of a relay, or of a node that is busy: the same question may do. */
const PASSING = [502, 503, 504];
/** How nodes say that they were asked too often, with 403, 429 or 500. */
const LIMIT = 429;
const LIMIT_WORDS = /rate limit|too many requests/i;
/** A pause that nobody is told of is no longer than this (ms). */
const UNTOLD = 10_000;
/** Characters of an error's words that are kept. */
const WORDS = 500;

/** The text of a refusal: plain text, JSON, or Express's page. */
async function wordsOfResponse(response: Response): Promise<string> {
  const body = await response.text();
  const pre = /<pre>([^<]*)<\/pre>/.exec(body)?.[1];
  return (pre ?? body).trim().slice(0, WORDS);
}

export class NodeHttp {
  constructor(private _options: INodeHttpOptions) {
    this._budget = _options.budget ?? budgetOf(_options.url);
  }

  /**
   * One request. Throws `node-unreachable`, `node-refused` (with status 429 where
   * the node was asked too often, whatever it calls that), the signal's reason.
   */
  async send(
    path: string,
    init: RequestInit,
    o: ICallOptions
  ): Promise<Response> {
    const { url, fetch } = this._options;
    if (o.waits) {
      await this._budget.turn(o.waits, o.signal);
    } else {
      this._budget.spend();
    }
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
    const limited = this._isLimit(status, words, o);
    if (limited) {
      this._budget.refused(Number(response.headers.get('Retry-After')) || 0);
    }
    throw new OceanError(
      status === 502 || status === 504 ? 'node-unreachable' : 'node-refused',
      `The node answered ${status}: ${words}`,
      { url, status: limited ? LIMIT : status, words }
    );
  }

  /**
   * A node refuses with 403 where it was asked too often; its search may make a
   * bare 500 of that, which then goes by how much was asked.
   */
  private _isLimit(status: number, words: string, o: ICallOptions): boolean {
    return (
      status === LIMIT ||
      ([403, 500, 503].includes(status) && LIMIT_WORDS.test(words)) ||
      (status === 500 && o.waits !== undefined && this._budget.busy)
    );
  }

  /** `send` of what may be asked again, read as JSON. Throws `bad-answer` too. */
  async json(
    path: string,
    init: RequestInit,
    o: ICallOptions
  ): Promise<unknown> {
    for (let n = 1; ; n++) {
      let keepOff = 0;
      try {
        return await this.read(await this.send(path, init, o), path);
      } catch (reason) {
        const status =
          reason instanceof OceanError ? (reason.details.status ?? 0) : 0;
        // What may wait does so in its turn, and tells of it.
        keepOff = status === LIMIT && !o.waits ? this._budget.blocked : 0;
        const passing =
          reason instanceof OceanError &&
          (reason.code === 'node-unreachable' ||
            PASSING.includes(status) ||
            (status === LIMIT && keepOff <= UNTOLD));
        if (!passing || n >= TRIES) {
          throw reason;
        }
      }
      await pause(Math.max(BACKOFF * 2 ** (n - 1), keepOff), o.signal);
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

  private _budget: NodeBudget;
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
