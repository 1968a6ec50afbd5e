/**
 * Gateways that lie or break, in front of a real one: for the tests of verified
 * reading, here and in the browser.
 */
import { createServer, type Server, type ServerResponse } from 'http';
import type { AddressInfo } from 'net';

export const BAD = ['flip', 'truncate', 'other', 'hang', 'html'] as const;
export type Badness = (typeof BAD)[number] | 'none';

export interface IBadGateway {
  url: string;
  /** Paths that were asked for, with query. */
  readonly asked: string[];
  close(): Promise<void>;
}

/**
 * @param gateway - base URL of the real one
 * @param badness - what it does wrong; `none` for a good one that is watched
 * @param options.other - CID that `other` answers with
 * @param options.only - do it wrong only in answers of this format; `file` is
 *   none, as browsers get it
 */
export async function badGateway(
  gateway: string,
  badness: Badness,
  options: { other?: string; only?: 'raw' | 'car' | 'file' } = {}
): Promise<IBadGateway> {
  const asked: string[] = [];
  const open = new Set<ServerResponse>();
  const server: Server = createServer((request, response) => {
    open.add(response);
    response.setHeader('Access-Control-Allow-Origin', '*');
    const path = request.url ?? '/';
    asked.push(path);
    const bad =
      options.only &&
      options.only !== (/format=(raw|car)/.exec(path)?.[1] ?? 'file')
        ? 'none'
        : badness;
    if (bad === 'html') {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end('<!doctype html><title>Welcome</title>');
      return;
    }
    const wanted =
      bad === 'other' && options.other
        ? path.replace(/\/ipfs\/[^/?]+/, `/ipfs/${options.other}`)
        : path;
    fetch(gateway + wanted, {
      headers: { Accept: request.headers.accept ?? '*/*' }
    })
      .then(async answer => {
        const body = Buffer.from(await answer.arrayBuffer());
        if (bad === 'flip') {
          body[body.length >> 1] ^= 1;
        }
        response.writeHead(answer.status, {
          'Content-Type': answer.headers.get('content-type') ?? '',
          ...(bad === 'hang' ? { 'Content-Length': body.length } : {})
        });
        if (bad === 'hang') {
          // The head and some bytes, and then nothing for ever.
          response.write(body.subarray(0, body.length >> 1));
          return;
        }
        response.end(
          bad === 'truncate' ? body.subarray(0, body.length >> 1) : body
        );
      })
      .catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise(resolve => {
        for (const response of open) {
          response.destroy();
        }
        server.close(() => resolve());
        server.closeAllConnections();
      })
  };
}
