/**
 * The files behind an asset: where they are, what they look like, their bytes.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { Refusal } from './refusal.mjs';

/** Bytes after which a real node stops counting (and hashing). */
const COUNT_LIMIT = 10 * 1024 * 1024;

/** Milliseconds to wait for the first byte of an answer. */
const FETCH_TIMEOUT = 30_000;

/** `dir/name` without a scheme that we fetch is taken for a path on disk. */
const FILE_PATH = /^(.+)\/([^/]*)$/;

/** @throws Error in the words of a real node when it is no file object. */
function checkFile(file) {
  if (file?.type === 'ipfs') {
    if (!file.hash) {
      throw new Error('Error validationg the IPFS file: Missing CID');
    }
    return;
  }
  if (file?.type !== 'url') {
    throw new Error(`Invalid storage type: ${file?.type}`);
  }
  const fail = reason => {
    throw new Error(`Error validationg the URL file: ${reason}`);
  };
  if (!file.url || !file.method) {
    fail('URL or method are missing');
  }
  if (!['get', 'post'].includes(String(file.method).toLowerCase())) {
    fail('Invalid method for URL');
  }
  if (!/^https?:\/\//.test(file.url) && FILE_PATH.test(file.url)) {
    fail('URL looks like a file path');
  }
}

/** The whole URL: a `data:` URL keeps its query in its content. */
function dataBytes(url) {
  const comma = url.indexOf(',');
  const body = decodeURIComponent(url.slice(comma + 1));
  return /;base64$/i.test(url.slice(0, comma))
    ? Buffer.from(body, 'base64')
    : Buffer.from(body);
}

/** Never the query: the key of sealed content travels there. */
function nameOf(file) {
  return file.type === 'url'
    ? (new URL(file.url).pathname.split('/').pop() ?? '')
    : '';
}

export function createFiles(gateway) {
  const base = gateway.replace(/\/+$/, '');

  /** `{contentType, contentLength?, stream}`; throws when it can't be read. */
  async function open(file, signal) {
    checkFile(file);
    if (file.type === 'url' && file.url.startsWith('data:')) {
      const bytes = dataBytes(file.url);
      return { contentLength: bytes.length, stream: Readable.from([bytes]) };
    }
    const url =
      file.type === 'ipfs'
        ? `${base}/ipfs/${encodeURIComponent(file.hash)}`
        : file.url;
    const timer = new AbortController();
    const clock = setTimeout(() => timer.abort(), FETCH_TIMEOUT);
    try {
      const response = await fetch(url, {
        method: file.type === 'url' ? file.method.toUpperCase() : 'GET',
        headers: {
          // Bytes as they are: a compressed answer would have a wrong length.
          'Accept-Encoding': 'identity',
          ...(Array.isArray(file.headers) ? file.headers[0] : file.headers)
        },
        signal: signal ? AbortSignal.any([signal, timer.signal]) : timer.signal
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`Request failed with status code ${response.status}`);
      }
      const length = response.headers.get('content-length');
      return {
        contentType: response.headers.get('content-type') ?? undefined,
        contentLength: length === null ? undefined : Number(length),
        stream: response.body
          ? Readable.fromWeb(response.body)
          : Readable.from([])
      };
    } finally {
      clearTimeout(clock);
    }
  }

  return {
    /**
     * What a real node tells of a file. It can't tell "not found" from
     * "empty", and stops a little after 10 MiB unless `all` is true.
     */
    async info(file, all = false) {
      checkFile(file);
      const hash = createHash('sha256');
      let contentLength = 0;
      let contentType = '';
      try {
        const { contentType: type, stream } = await open(file);
        contentType = type;
        for await (const chunk of stream) {
          contentLength += chunk.length;
          hash.update(chunk);
          if (contentLength > COUNT_LIMIT && !all) {
            stream.destroy();
            break;
          }
        }
      } catch (error) {
        // As recorded: an unknown CID reads as valid, with length 0.
        console.error(`ocean-node: file not readable: ${error.message}`);
      }
      return {
        valid: true,
        contentLength: String(contentLength),
        contentType,
        checksum: hash.digest('hex'),
        name: nameOf(file),
        type: file.type
      };
    },

    /**
     * Headers and bytes for a download.
     *
     * @throws Refusal 501 with the reason
     */
    async download(file, signal) {
      try {
        const { contentType, contentLength, stream } = await open(file, signal);
        const headers = {
          'Content-Disposition': `attachment;filename=${nameOf(file)}`
        };
        if (contentType) {
          headers['Content-Type'] = contentType;
        }
        if (contentLength !== undefined) {
          headers['Content-Length'] = String(contentLength);
        }
        return { headers, stream };
      } catch (error) {
        throw new Refusal(501, `Unknown error: ${error.message}`);
      }
    }
  };
}
