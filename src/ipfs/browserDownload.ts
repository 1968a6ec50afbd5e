/**
 * Downloads without a gateway: a `blob:` URL of the page itself. Browsers move
 * large Blobs to disk, so that the page doesn't hold what it hands out.
 */
import type { IReadOptions } from '../content';
import type { IDownload, IMfs } from '../tokens';

/** Object URLs by what they show, oldest first. */
export type DownloadUrls = Map<string, string>;

/** URLs that stay valid; pictures of a notebook are read when they are shown. */
const KEPT = 64;
/** Bytes that are put together before the browser gets them. */
const PIECE = 8 * 1024 * 1024;

interface IReader {
  cat(path: string, o?: IReadOptions): AsyncIterable<Uint8Array>;
  readonly files: Pick<IMfs, 'ls' | 'stat'>;
}

/** A file as it is, a folder as a zip archive. */
export async function downloadFrom(
  engine: IReader,
  urls: DownloadUrls,
  cid: string,
  options: { filename: string; folder?: boolean; signal?: AbortSignal }
): Promise<IDownload> {
  const { folder, signal } = options;
  const filename = folder ? `${options.filename}.zip` : options.filename;
  const key = `${cid} ${filename}`;
  let url = urls.get(key);
  urls.delete(key);
  if (!url) {
    const blob = folder
      ? await zipOf(engine, cid, signal)
      : await blobOf(engine.cat(cid, { signal }), typeOf(filename));
    url = URL.createObjectURL(blob);
  }
  urls.set(key, url);
  for (const [oldest, old] of urls) {
    if (urls.size <= KEPT) {
      break;
    }
    urls.delete(oldest);
    URL.revokeObjectURL(old);
  }
  return { url, filename };
}

async function blobOf(
  stream: AsyncIterable<Uint8Array>,
  type: string
): Promise<Blob> {
  const pieces: Blob[] = [];
  let parts: BlobPart[] = [];
  let size = 0;
  for await (const part of stream) {
    parts.push(part as Uint8Array<ArrayBuffer>);
    size += part.length;
    if (size >= PIECE) {
      pieces.push(new Blob(parts));
      parts = [];
      size = 0;
    }
  }
  return new Blob([...pieces, ...parts], { type });
}

async function zipOf(
  engine: IReader,
  cid: string,
  signal: AbortSignal | undefined
): Promise<Blob> {
  const { downloadZip } = await import('client-zip');
  const response = downloadZip(filesOf(engine, `/ipfs/${cid}`, '', signal));
  return response.blob();
}

async function* filesOf(
  engine: IReader,
  path: string,
  prefix: string,
  signal: AbortSignal | undefined
): AsyncGenerator<{ name: string; input?: AsyncIterable<Uint8Array> }> {
  for (const entry of await engine.files.ls(path, { signal })) {
    const name = prefix + entry.name;
    if (entry.type === 'directory') {
      yield { name: `${name}/` };
      yield* filesOf(engine, `${path}/${entry.name}`, `${name}/`, signal);
    } else {
      yield { name, input: engine.cat(entry.cid, { signal }) };
    }
  }
}

/** So that pictures show; what could run in the page is only bytes. */
function typeOf(filename: string): string {
  const ext = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return IMAGES[ext] ?? 'application/octet-stream';
}

/** Without SVG: as a document of its own it would run its scripts here. */
const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg'
};
