/** HTTP around the routes: bodies, CORS, errors, limits, shutting down. */
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { Refusal } from './refusal.mjs';

/** Bytes of a request's body. */
const BODY_LIMIT = 25 * 1024 * 1024;

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };

const escapeHtml = text =>
  text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);

/** Express's page for what it has no route for. */
const notFound = (method, path) => ({
  status: 404,
  headers: HTML,
  body: `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
</head>
<body>
<pre>Cannot ${method} ${escapeHtml(path)}</pre>
</body>
</html>
`
});

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > BODY_LIMIT) {
      throw new Refusal(413, 'Payload Too Large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws Refusal 400 when it should be an object and is not */
function parseBody(raw) {
  try {
    const body = JSON.parse(raw.toString());
    if (body !== null && typeof body === 'object') {
      return body;
    }
  } catch (error) {
    throw new Refusal(400, 'Bad Request', { cause: error });
  }
  throw new Refusal(400, 'Bad Request');
}

/** As Express: text without a charset gets one. */
function withCharset(headers) {
  const type = headers['Content-Type'];
  return type && /^text\//.test(type) && !/charset/i.test(type)
    ? { ...headers, 'Content-Type': `${type}; charset=utf-8` }
    : headers;
}

/**
 * Requests per minute and address; 0 is no limit.
 *
 * A real node allows 30 by default. Here everything comes from one machine, so
 * the default is off: switch it on to see what a client does about it.
 */
function createLimit(perMinute) {
  const seen = new Map();
  return address => {
    if (!perMinute) {
      return;
    }
    const now = Date.now();
    const entry = seen.get(address);
    if (!entry || now - entry.since >= 60_000) {
      seen.set(address, { since: now, count: 1 });
    } else if (++entry.count > perMinute) {
      throw new Refusal(429, 'Rate limit exceeded');
    }
  };
}

/**
 * @param find `(method, path) => {handle, params} | undefined`
 * @returns a server that is not listening yet
 */
export function createHttpServer({ find, rateLimit, log }) {
  const checkLimit = createLimit(rateLimit);

  async function answer(request, signal) {
    const url = new URL(request.url, 'http://node');
    checkLimit(request.socket.remoteAddress);
    const route = find(request.method, decodeURIComponent(url.pathname));
    if (!route) {
      return notFound(request.method, url.pathname);
    }
    const raw = await readBody(request);
    const isJson = /\bjson\b/.test(request.headers['content-type'] ?? '');
    let body;
    return route.handle({
      params: route.params,
      query: Object.fromEntries(url.searchParams),
      authorization: request.headers.authorization,
      raw,
      isJson,
      get body() {
        return (body ??= parseBody(raw));
      },
      signal
    });
  }

  async function serve(request, response) {
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method === 'OPTIONS') {
      response.writeHead(204, {
        'Access-Control-Allow-Methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
        'Access-Control-Allow-Headers':
          request.headers['access-control-request-headers'] ?? '',
        Vary: 'Access-Control-Request-Headers',
        'Content-Length': '0'
      });
      response.end();
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    let result;
    try {
      result = await answer(request, gone.signal);
    } catch (error) {
      if (error instanceof Refusal) {
        result = { status: error.status, headers: HTML, body: error.message };
      } else {
        log(`${request.method} ${request.url.split('?')[0]}: ${error.stack}`);
        result = { status: 500, headers: HTML, body: 'Internal Server Error' };
      }
    }
    response.writeHead(result.status, withCharset(result.headers));
    if (result.stream) {
      await pipeline(result.stream, response);
    } else {
      response.end(result.body);
    }
  }

  return createServer((request, response) => {
    serve(request, response).catch(error => {
      // Cut the connection: a half-sent file must not look like a whole one.
      log(`answer cut off: ${error.message}`);
      response.destroy();
    });
  });
}
