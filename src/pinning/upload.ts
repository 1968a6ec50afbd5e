/** Sending an archive as multipart/form-data, with progress where there is any. */
import { PinningError } from './errors';

/**
 * POST a form with one file.
 *
 * @throws PinningError `unreachable`, or an AbortError
 */
export async function sendForm(
  url: string,
  headers: Record<string, string>,
  car: Blob,
  o: { signal?: AbortSignal; onProgress?: (bytes: number) => void }
): Promise<Response> {
  const form = new FormData();
  form.append('file', car, 'archive.car');
  if (typeof XMLHttpRequest === 'undefined') {
    return fetch(url, {
      method: 'POST',
      headers,
      body: form,
      signal: o.signal
    });
  }
  // fetch() tells nothing of an upload before it has ended.
  return new Promise((resolve, reject) => {
    const { signal, onProgress } = o;
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const aborted = (): void =>
      reject(new DOMException('The upload was stopped', 'AbortError'));
    if (signal?.aborted) {
      aborted();
      return;
    }
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) =>
      onProgress?.(Math.min(loaded, car.size));
    request.onload = () => {
      const retry = request.getResponseHeader('Retry-After');
      resolve(
        new Response(request.status === 204 ? null : request.responseText, {
          status: request.status,
          headers: retry ? { 'Retry-After': retry } : {}
        })
      );
    };
    request.onerror = () =>
      reject(new PinningError('unreachable', 'The connection broke off'));
    request.onabort = aborted;
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    request.send(form);
  });
}
