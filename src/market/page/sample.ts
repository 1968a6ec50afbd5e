/**
 * The sample of an asset: somebody else's link. Nothing is asked of anybody
 * before the person wants to see it, and no more is read than can be shown.
 */
import { CID } from 'multiformats/cid';

import { mediaTypeOf } from '../../drive/mediaType';
import { parseAddress } from '../../ipfs/address';
import { AnyBlocks } from '../../ipfs/gatewayFallback';
import { readFile, resolveNames, unixfsNode } from '../../ipfs/unixfs';
import { safePath } from '../place';
import { urlOf } from './hosts';
import type { IPagePorts } from './ports';

export type SampleErrorCode =
  /** No link that a page can read. */
  | 'bad-link'
  /** Not read: the host is silent, or does not let other pages read (CORS). */
  | 'not-readable'
  /** Plain http from a page that came by https: browsers refuse. */
  | 'mixed'
  /** The host answered with an error. `status` */
  | 'refused'
  /** A folder, or something else than one file. */
  | 'no-file';

export class SampleError extends Error {
  constructor(
    readonly code: SampleErrorCode,
    message: string,
    readonly status: number | null = null,
    options?: ErrorOptions
  ) {
    super(message, options);
    this.name = 'SampleError';
  }
}

/** Where a sample is, as far as its link tells. */
export type SampleSource =
  | { kind: 'ipfs'; path: string; name: string | null; link: string }
  | { kind: 'web'; host: string; name: string | null; link: string }
  | { kind: 'unknown'; link: string };

export interface ISample {
  bytes: Uint8Array<ArrayBuffer>;
  /** There is more than `bytes`. */
  cut: boolean;
  /** Bytes of all of it; null where nobody said. */
  size: number | null;
  mediaType: string;
  name: string | null;
  /** Each block was checked against the CID of the link. */
  verified: boolean;
  /** Host that it came from in the end; null from IPFS. */
  host: string | null;
}

/** Bytes of a sample that are read. */
export const SAMPLE_LIMIT = 5 * 1024 * 1024;

const OCTETS = 'application/octet-stream';

/** A name as it is saved; null where there is none. */
const saved = (name: string | null): string | null =>
  name ? (safePath(name).split('/').pop() ?? null) : null;

/** The last part of a URL's path, where it looks like a file's name. */
function nameOf(url: URL): string | null {
  const last = url.pathname.split('/').pop() ?? '';
  try {
    return saved(decodeURIComponent(last));
  } catch {
    // Not UTF-8: as it is written.
    return saved(last);
  }
}

/** Understand a link; asks nobody. */
export function sampleSource(link: string): SampleSource {
  const text = link.trim();
  if (/^ipfs:\/\//i.test(text)) {
    try {
      const { path, name } = parseAddress(text);
      return path.startsWith('/ipfs/')
        ? { kind: 'ipfs', path, name: saved(name), link: text }
        : { kind: 'unknown', link };
    } catch {
      // A publisher may write anything there.
      return { kind: 'unknown', link };
    }
  }
  const url = /^https?:\/\//i.test(text) ? urlOf(text) : null;
  if (url) {
    // A name and password of somebody else's are never sent.
    url.username = url.password = '';
    return { kind: 'web', host: url.host, name: nameOf(url), link: url.href };
  }
  return { kind: 'unknown', link };
}

interface IReading {
  signal?: AbortSignal;
  /** Bytes so far. */
  onProgress?: (bytes: number) => void;
}

/** All of a stream up to the limit. */
async function take(
  pieces: AsyncIterable<Uint8Array>,
  onProgress: IReading['onProgress']
): Promise<{ bytes: Uint8Array<ArrayBuffer>; cut: boolean }> {
  const kept: Uint8Array[] = [];
  let size = 0;
  let cut = false;
  for await (const piece of pieces) {
    const room = SAMPLE_LIMIT - size;
    kept.push(piece.subarray(0, room));
    size += Math.min(piece.length, room);
    onProgress?.(size);
    if (piece.length > room) {
      cut = true;
      break;
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of kept) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, cut };
}

async function* piecesOf(
  body: ReadableStream<Uint8Array>
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    // Lets go of the rest where somebody stopped early.
    await reader.cancel();
  }
}

async function fromWeb(
  source: SampleSource & { kind: 'web' },
  o: IReading
): Promise<ISample> {
  let response: Response;
  try {
    response = await fetch(source.link, {
      mode: 'cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: o.signal
    });
  } catch (cause) {
    o.signal?.throwIfAborted();
    const mixed =
      globalThis.location?.protocol === 'https:' &&
      source.link.startsWith('http:');
    throw new SampleError(
      mixed ? 'mixed' : 'not-readable',
      `${source.host}: ${String(cause)}`,
      null,
      { cause }
    );
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new SampleError(
      'refused',
      `${source.host} answered ${response.status}`,
      response.status
    );
  }
  let taken: Awaited<ReturnType<typeof take>>;
  try {
    taken = await take(piecesOf(response.body), o.onProgress);
  } catch (cause) {
    o.signal?.throwIfAborted();
    throw new SampleError('not-readable', `${source.host} broke off`, null, {
      cause
    });
  }
  const length = response.headers.get('content-length');
  const encoded = response.headers.get('content-encoding');
  const [told = ''] = (response.headers.get('content-type') ?? '').split(';');
  const { bytes, cut } = taken;
  const found = mediaTypeOf(bytes.subarray(0, 4096), source.name);
  return {
    bytes,
    cut,
    size: cut
      ? length && !encoded && /^\d+$/.test(length)
        ? Number(length)
        : null
      : bytes.length,
    // What it is by its bytes and name counts; hosts say "text/plain" to all.
    mediaType:
      found === OCTETS || found === 'text/plain'
        ? told.trim().toLowerCase() || found
        : found,
    name: source.name,
    verified: false,
    host: response.url ? new URL(response.url).host : source.host
  };
}

async function fromIpfs(
  source: SampleSource & { kind: 'ipfs' },
  ports: Pick<IPagePorts, 'ipfs' | 'gateways'>,
  o: IReading
): Promise<ISample> {
  const { signal } = o;
  const blocks = new AnyBlocks(ports.ipfs, await ports.gateways());
  const [, , root, ...names] = source.path.split('/');
  const cid = await resolveNames(CID.parse(root), names, blocks, { signal });
  const node = unixfsNode(cid, await blocks.get(cid, { signal }));
  if (node.kind !== 'file') {
    throw new SampleError('no-file', `${source.path} is a ${node.kind}`);
  }
  const { bytes, cut } = await take(
    readFile(cid, blocks, { signal, length: SAMPLE_LIMIT + 1 }),
    o.onProgress
  );
  return {
    bytes,
    cut,
    size: node.size,
    mediaType: mediaTypeOf(bytes.subarray(0, 4096), source.name),
    name: source.name,
    verified: true,
    host: null
  };
}

/**
 * Fetch a sample, at most its first 5 MiB. From IPFS every block is checked
 * against the CID.
 *
 * @throws SampleError, IpfsError, and what an abort throws
 */
export async function fetchSample(
  source: SampleSource,
  ports: Pick<IPagePorts, 'ipfs' | 'gateways'>,
  o: IReading = {}
): Promise<ISample> {
  switch (source.kind) {
    case 'ipfs':
      return fromIpfs(source, ports, o);
    case 'web':
      return fromWeb(source, o);
    default:
      throw new SampleError('bad-link', source.link);
  }
}
