/**
 * Bytes to a storage provider, by the PDP upload protocol: a session, the bytes,
 * then their piece CID.
 *
 * Not by the library's own upload: it streams the body of a request, which
 * Chromium does over HTTP/2 only, and of which no browser tells the progress. A
 * Blob has its length, is paged to disk by the browser, and goes over any HTTP.
 */
import {
  calculateFromIterable,
  type PieceCID
} from '@filoz/synapse-core/piece';

import { FilecoinError } from './filecoinErrors';

/** Bytes that are gathered in the page before they become a Blob. */
const GATHER = 8 << 20;

/** An archive that was read once: its bytes, and what they are called. */
export interface IArchive {
  pieceCid: PieceCID;
  blob: Blob;
}

/** Read an archive, hashing. The signal's reason is thrown when it aborts. */
export async function gather(
  car: AsyncIterable<Uint8Array>,
  signal?: AbortSignal
): Promise<IArchive> {
  const blobs: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const flush = (): void => {
    blobs.push(new Blob(parts));
    parts = [];
    size = 0;
  };
  const passing = async function* (): AsyncIterable<Uint8Array> {
    for await (const chunk of car) {
      signal?.throwIfAborted();
      // A copy: sources may use their buffer again.
      parts.push(new Uint8Array(chunk));
      size += chunk.byteLength;
      if (size >= GATHER) {
        flush();
      }
      yield chunk;
    }
  };
  const pieceCid = await calculateFromIterable(passing());
  flush();
  return { pieceCid, blob: new Blob(blobs) };
}

async function refused(response: Response, what: string): Promise<never> {
  const text = (await response.text()).slice(0, 500);
  throw new FilecoinError(
    response.status >= 500 || response.status === 429
      ? 'provider-down'
      : 'provider-refused',
    `${what}: HTTP ${response.status} ${text}`
  );
}

/**
 * Hand an archive over. What the provider then has is not on the chain yet.
 *
 * @param serviceURL - of the storage provider
 * @throws FilecoinError provider-down, provider-refused; TypeError where it
 *   can't be reached; an AbortError
 */
export async function sendPiece(
  serviceURL: string,
  { pieceCid, blob }: IArchive,
  o: { signal?: AbortSignal; onProgress?: (bytes: number) => void } = {}
): Promise<void> {
  const { signal } = o;
  const begun = await fetch(new URL('pdp/piece/uploads', serviceURL), {
    method: 'POST',
    credentials: 'omit',
    signal
  });
  const session = /\/pdp\/piece\/uploads\/([0-9a-f-]+)$/i.exec(
    begun.headers.get('Location') ?? ''
  )?.[1];
  if (begun.status !== 201 || !session) {
    await refused(begun, 'No upload was begun');
  }
  const url = new URL(`pdp/piece/uploads/${session}`, serviceURL);
  const sent = await put(url, blob, o);
  if (sent.status !== 204) {
    await refused(sent, 'The bytes were not taken');
  }
  const ended = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ pieceCid: String(pieceCid) }),
    credentials: 'omit',
    signal
  });
  if (ended.status !== 200) {
    await refused(ended, 'The upload was not ended');
  }
}

/** fetch() tells nothing of an upload before it has ended. */
async function put(
  url: URL,
  blob: Blob,
  o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
): Promise<Response> {
  const { signal, onProgress } = o;
  const headers = { 'Content-Type': 'application/octet-stream' };
  if (typeof XMLHttpRequest === 'undefined') {
    const response = await fetch(url, {
      method: 'PUT',
      headers,
      body: blob,
      signal
    });
    onProgress?.(blob.size);
    return response;
  }
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.open('PUT', url);
    request.setRequestHeader('Content-Type', headers['Content-Type']);
    request.upload.onprogress = ({ loaded }) => onProgress?.(loaded);
    request.onload = () =>
      resolve(
        new Response(request.status === 204 ? null : request.responseText, {
          status: request.status
        })
      );
    request.onerror = () => reject(new TypeError('The connection broke off'));
    request.onabort = () => reject(signal?.reason);
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    request.send(blob);
  });
}
