/**
 * Calls of Kubo's RPC (https://docs.ipfs.tech/reference/kubo/rpc/) over fetch.
 *
 * An own thin client rather than kubo-rpc-client: XSRF headers and the route of
 * the server part, abort everywhere, upload progress by XMLHttpRequest, and no
 * 90 kB. It only speaks the verbs that the suite uses.
 */
import { largePieces, pieces } from '../content';
import type { IKuboConnection } from './connection';
import {
  errorFromKubo,
  IpfsCancelledError,
  IpfsError,
  IpfsNotFoundError,
  IpfsOfflineError,
  isCancelled
} from './errors';
import { postForm } from './upload';

export type RpcQuery = Record<string, string | number | boolean | undefined>;

export interface IRpcOptions {
  query?: RpcQuery;
  signal?: AbortSignal;
  /** What the call is about, for errors; the first argument by default. */
  subject?: string;
  /** See `IReadOptions`. */
  passing?: boolean;
}

function queryString(args: string[], query: RpcQuery = {}): string {
  const parts = args.map(arg => `arg=${encodeURIComponent(arg)}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      parts.push(`${name}=${encodeURIComponent(String(value))}`);
    }
  }
  return parts.length ? `?${parts.join('&')}` : '';
}

/** The words in an error's body: Kubo's, the route's, or plain text. */
function messageOf(body: string, fallback: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) {
      const { Message, message, reason } = parsed as Record<string, unknown>;
      for (const text of [Message, reason, message]) {
        if (typeof text === 'string' && text) {
          return text;
        }
      }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    // Not JSON: the body itself is the message.
  }
  const text = body.trim();
  return text && !text.startsWith('<') ? text.slice(0, 500) : fallback;
}

export class KuboRpc {
  constructor(readonly connection: IKuboConnection) {}

  /** POST a verb; what is not a success throws a typed error. */
  async post(
    verb: string,
    args: string[],
    options: IRpcOptions = {}
  ): Promise<Response> {
    let response: Response;
    try {
      response = await this.connection.fetch(
        verb,
        queryString(args, options.query),
        { method: 'POST', signal: options.signal }
      );
    } catch (error) {
      throw this.failure(error, options.signal);
    }
    if (!response.ok) {
      const body = await response.text();
      throw this.refusal(
        response.status,
        body,
        options.subject ?? args[0] ?? verb
      );
    }
    if (response.status === 204) {
      // How the route says that it is not there (see connection.ts).
      throw new IpfsNotFoundError(options.subject ?? args[0] ?? verb);
    }
    return response;
  }

  /** POST a verb that answers one JSON object. */
  async json<T>(
    verb: string,
    args: string[],
    options: IRpcOptions = {}
  ): Promise<T> {
    const response = await this.post(verb, args, options);
    const text = await this._text(response, options.signal);
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new IpfsError('incomplete', `${verb}: the answer broke off`, {
        cause: error
      });
    }
  }

  /**
   * POST a verb that answers nothing. Kubo sends some errors after a status 200
   * (`files/rm`: as text in the body, with a trailer that browsers can't see):
   * a body is therefore an error.
   */
  async run(
    verb: string,
    args: string[],
    options: IRpcOptions = {}
  ): Promise<void> {
    const response = await this.post(verb, args, options);
    const text = (await this._text(response, options.signal)).trim();
    if (text) {
      const lines = text.split('\n').map(line => messageOf(line, line));
      throw errorFromKubo(
        lines.join('; '),
        options.subject ?? args[0] ?? verb,
        response.status
      );
    }
  }

  /**
   * POST a verb that answers bytes, `length` of them. Fewer are an error: Kubo
   * reports a failure under way in a trailer that browsers can't see.
   */
  async *bytes(
    verb: string,
    args: string[],
    length: number | null,
    options: IRpcOptions = {}
  ): AsyncGenerator<Uint8Array> {
    const response = await this.post(verb, args, options);
    const subject = options.subject ?? args[0];
    let expected = length;
    if (expected === null) {
      const told = response.headers.get('X-Content-Length');
      expected = told === null ? null : Number(told);
    }
    let seen = 0;
    try {
      if (response.body) {
        const read = options.passing ? largePieces : pieces;
        for await (const value of read(response.body)) {
          seen += value.length;
          yield value;
        }
      }
    } catch (error) {
      const failure = this.failure(error, options.signal);
      throw failure.code === 'offline'
        ? new IpfsError('incomplete', `${subject}: the stream broke off`, {
            cause: error
          })
        : failure;
    }
    if (expected !== null && seen !== expected) {
      throw new IpfsError(
        'incomplete',
        `${subject}: ${seen} of ${expected} bytes came`
      );
    }
  }

  /** POST a form; resolves to the lines of the answer (newline-delimited JSON). */
  async upload(
    verb: string,
    form: FormData | Blob,
    options: IRpcOptions & { onProgress?: (bytes: number) => void } = {}
  ): Promise<Record<string, unknown>[]> {
    const subject = options.subject ?? verb;
    const url = this.connection.url(verb) + queryString([], options.query);
    let answer: { status: number; text: string };
    try {
      answer = await postForm(url, this.connection.headers(), form, options);
    } catch (error) {
      throw this.failure(error, options.signal);
    }
    if (answer.status < 200 || answer.status > 299) {
      throw this.refusal(answer.status, answer.text, subject);
    }
    const lines: Record<string, unknown>[] = [];
    for (const line of answer.text.split('\n')) {
      if (!line.trim()) {
        continue;
      }
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        throw new IpfsError('incomplete', `${subject}: the answer broke off`, {
          cause: error
        });
      }
      if (typeof value !== 'object' || value === null) {
        throw new IpfsError('incomplete', `${subject}: unexpected answer`);
      }
      const event = value as Record<string, unknown>;
      if (event.Type === 'error' || typeof event.Message === 'string') {
        throw errorFromKubo(String(event.Message), subject, answer.status);
      }
      lines.push(event);
    }
    return lines;
  }

  /** The typed error for something that fetch() or XMLHttpRequest threw. */
  failure(error: unknown, signal?: AbortSignal): IpfsError {
    if (error instanceof IpfsError) {
      return error;
    }
    if (signal?.aborted || isCancelled(error)) {
      return new IpfsCancelledError({ cause: error });
    }
    return new IpfsOfflineError(
      this.connection.endpoint,
      error instanceof Error ? error.message : String(error),
      { cause: error }
    );
  }

  /** The typed error for an answer that is not a success. */
  refusal(status: number, body: string, subject: string): IpfsError {
    const message = messageOf(body, `HTTP ${status}`);
    if (/"code":\s*"(upstream-error|not-found|not-pinned)"/.test(body)) {
      // Kubo's own refusal, or its trailer, which the route read for us.
      return errorFromKubo(message, subject, status);
    }
    if (status === 502 || status === 503 || status === 504) {
      return new IpfsOfflineError(this.connection.endpoint, message);
    }
    if (status === 400 || status === 500) {
      return errorFromKubo(message, subject, status);
    }
    return new IpfsError(
      [401, 403, 404, 405].includes(status) ? 'refused' : 'failed',
      message
    );
  }

  private async _text(
    response: Response,
    signal?: AbortSignal
  ): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      throw this.failure(error, signal);
    }
  }
}
