/**
 * From the page to a Kubo: all files, as one archive, checked where they arrive.
 */
import { BlobContent, type IContent } from '../content';
import type { IIpfsEngine, IMfsEntry } from '../tokens';
import { IpfsError, IpfsNotFoundError, throwIfCancelled } from './errors';

export interface IMoved {
  /** Of a folder that holds what was moved, and nothing else. */
  cid: string;
  /** Folder that the files were put into, or null: they lie at the top. */
  folder: string | null;
  /** What was moved, at the top. */
  entries: { name: string; cid: string }[];
}

export interface IMoveOptions {
  /** Name of a folder for the case that a name is taken there. */
  folder: string;
  /** Name of the drive's own folder at the top, which stays where it is. */
  own: string;
  signal?: AbortSignal;
  /** 0…1 */
  onProgress?: (part: number) => void;
}

/** Bytes that are put together before the browser gets them. */
const PIECE = 8 * 1024 * 1024;

/**
 * Copy all files of one engine to another. What is there already under the same
 * name and CID stays; is a name taken by something else, all goes into a folder.
 *
 * All or nothing: files appear there when all of their blocks have arrived, and
 * the other engine says that it has every one of them. Nothing is removed here.
 *
 * @throws IpfsError `incomplete` when the CIDs there are other ones
 */
export async function moveFiles(
  from: IIpfsEngine,
  to: IIpfsEngine,
  options: IMoveOptions
): Promise<IMoved> {
  const { signal, onProgress, own } = options;
  const staging = `/${own}/moving-${Date.now()}`;
  await from.files.mkdir(`/${own}`, { parents: true });
  await from.files.cp(`/ipfs/${(await from.files.stat('/')).cid}`, staging);
  try {
    // What the drive remembers of the past is nobody else's.
    await from.files.rm(`${staging}/${own}`, { recursive: true });
    const root = await from.files.stat(staging, { signal });
    const entries = await from.files.ls(staging, { signal });
    const total = root.cumulativeSize || 1;
    const car = await packed(from, root.cid, {
      signal,
      onProgress: bytes => onProgress?.(Math.min(0.4, (0.4 * bytes) / total))
    });
    const { roots } = await to.car.import(car, {
      // Pinning walks all of it: the other side answers for every block.
      pin: true,
      signal,
      onProgress: bytes =>
        onProgress?.(0.4 + Math.min(0.55, (0.55 * bytes) / (car.size || 1)))
    });
    try {
      if (!roots.includes(root.cid)) {
        throw new IpfsError('incomplete', `${root.cid} did not arrive`);
      }
      throwIfCancelled(signal);
      const folder = await placeAll(to, entries, options.folder);
      onProgress?.(1);
      return {
        cid: root.cid,
        folder,
        entries: entries.map(({ name, cid }) => ({ name, cid }))
      };
    } finally {
      // The files hold it from now on; or nobody wants it.
      await to.pins.rm(root.cid);
    }
  } finally {
    await removeQuietly(from, staging);
  }
}

/**
 * Remove what was moved from where it came.
 *
 * @returns false when something of it was changed since: then all of it stays
 */
export async function removeMoved(
  from: IIpfsEngine,
  moved: IMoved
): Promise<boolean> {
  const now = new Map(
    (await from.files.ls('/')).map(entry => [entry.name, entry.cid])
  );
  if (moved.entries.some(({ name, cid }) => now.get(name) !== cid)) {
    return false;
  }
  for (const { name } of moved.entries) {
    await from.files.rm(`/${name}`, { recursive: true });
  }
  return true;
}

async function placeAll(
  to: IIpfsEngine,
  entries: readonly IMfsEntry[],
  name: string
): Promise<string | null> {
  const there = new Map(
    (await to.files.ls('/')).map(entry => [entry.name, entry.cid])
  );
  const clash = entries.some(
    entry => there.has(entry.name) && there.get(entry.name) !== entry.cid
  );
  const missing = clash
    ? entries
    : entries.filter(entry => !there.has(entry.name));
  let folder: string | null = null;
  if (clash) {
    for (let n = 1; folder === null; n++) {
      const one = n === 1 ? name : `${name} ${n}`;
      folder = there.has(one) ? null : one;
    }
    await to.files.mkdir(`/${folder}`);
  }
  const placed: string[] = folder ? [`/${folder}`] : [];
  try {
    for (const entry of missing) {
      const path = `${folder ? `/${folder}` : ''}/${entry.name}`;
      await to.files.cp(`/ipfs/${entry.cid}`, path);
      if (!folder) {
        placed.push(path);
      }
      const { cid } = await to.files.stat(path);
      if (cid !== entry.cid) {
        throw new IpfsError('incomplete', `${path} is ${cid} there`);
      }
    }
  } catch (error) {
    for (const path of placed) {
      await removeQuietly(to, path);
    }
    throw error;
  }
  return folder;
}

async function removeQuietly(to: IIpfsEngine, path: string): Promise<void> {
  try {
    await to.files.rm(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof IpfsNotFoundError)) {
      console.warn(`${path} stays behind`, error);
    }
  }
}

/** The archive as a Blob, which the browser keeps on disk when it is large. */
async function packed(
  from: IIpfsEngine,
  cid: string,
  options: { signal?: AbortSignal; onProgress: (bytes: number) => void }
): Promise<IContent> {
  const pieces: Blob[] = [];
  let parts: BlobPart[] = [];
  let [size, done] = [0, 0];
  for await (const part of from.car.export(cid, options)) {
    parts.push(part as Uint8Array<ArrayBuffer>);
    size += part.length;
    done += part.length;
    if (size >= PIECE) {
      pieces.push(new Blob(parts));
      parts = [];
      size = 0;
      options.onProgress(done);
    }
  }
  return new BlobContent({
    name: `${cid}.car`,
    mediaType: 'application/vnd.ipld.car',
    data: new Blob([...pieces, ...parts])
  });
}
