/**
 * POST a form, as such or as its bytes in a Blob whose type names its boundary.
 * The browser streams a `File` from disk by
 * itself; nothing is read into the page. XMLHttpRequest because fetch() tells
 * no upload progress; fetch() where there is none (Node).
 */
export interface IPostOptions {
  signal?: AbortSignal;
  /** Bytes of the body sent so far (the form's own framing included). */
  onProgress?: (bytes: number) => void;
}

/** Rejects with an `AbortError` when stopped, a `TypeError` when unreachable. */
export function postForm(
  url: string,
  headers: Record<string, string>,
  form: FormData | Blob,
  options: IPostOptions = {}
): Promise<{ status: number; text: string }> {
  return typeof XMLHttpRequest === 'undefined'
    ? postByFetch(url, headers, form, options)
    : postByXhr(url, headers, form, options);
}

async function postByFetch(
  url: string,
  headers: Record<string, string>,
  form: FormData | Blob,
  options: IPostOptions
): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: form,
    signal: options.signal
  });
  return { status: response.status, text: await response.text() };
}

function postByXhr(
  url: string,
  headers: Record<string, string>,
  form: FormData | Blob,
  options: IPostOptions
): Promise<{ status: number; text: string }> {
  const { signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new DOMException('Aborted', 'AbortError'));
      return;
    }
    const xhr = new XMLHttpRequest();
    const abort = () => xhr.abort();
    const settle = (act: () => void) => {
      signal?.removeEventListener('abort', abort);
      act();
    };
    xhr.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      xhr.setRequestHeader(name, value);
    }
    xhr.upload.onprogress = event => onProgress?.(event.loaded);
    xhr.onload = () =>
      settle(() => resolve({ status: xhr.status, text: xhr.responseText }));
    xhr.onerror = () =>
      settle(() => reject(new TypeError('The connection failed')));
    xhr.onabort = () =>
      settle(() => reject(new DOMException('Aborted', 'AbortError')));
    signal?.addEventListener('abort', abort, { once: true });
    xhr.send(form);
  });
}
