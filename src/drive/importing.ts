/**
 * Bringing in what others have: by CID, from a list, from an archive. What gets
 * a place on the drive is all there, every block of it.
 */
import { CID } from 'multiformats/cid';

import { BlobContent, type IContent } from '../content';
import { parseAddress } from '../ipfs/address';
import { carHeader, carSection } from '../ipfs/car';
import {
  IpfsCancelledError,
  IpfsError,
  throwIfCancelled
} from '../ipfs/errors';
import { GatewayReader } from '../ipfs/gateway';
import { isMissing, withPatience } from '../ipfs/gatewayFallback';
import { DAG_PB, RAW } from '../ipfs/unixfs';
import { EngineBlocks, walkAll } from '../ipfs/verify';
import { blobOf } from '../publish/bundle';
import type { IIpfs } from '../tokens';
import { keepBothName } from './names';
import { joinMfs, mfsExists, parentOf, toContentsPath } from './paths';
import type { IPlaced } from './transfer';
import type { AskConflict } from './upload';

/** Milliseconds that the engine may look before gateways are asked. */
const PATIENCE = 15_000;

export interface IImportContext {
  ipfs: IIpfs;
  /** Base URLs of gateways that may be asked; none by default. */
  gateways: readonly string[];
  ask: AskConflict;
  announce?: (mfsPath: string) => void;
}

export interface IImportOptions {
  signal?: AbortSignal;
  /** Bytes that came so far, where that is known. */
  onProgress?: (bytes: number) => void;
}

/** The CID behind an address, and the name that it comes with. */
export async function lookUpAddress(
  ipfs: Pick<IIpfs, 'resolve'>,
  text: string,
  options: { signal?: AbortSignal } = {}
): Promise<{ cid: string; name: string | null }> {
  const { path, name } = parseAddress(text);
  const plain = /^\/ipfs\/([^/]+)$/.exec(path);
  return {
    cid: plain ? plain[1] : await ipfs.resolve(path, options),
    name
  };
}

/**
 * Have all blocks of a CID in the engine, from its network or from gateways.
 * They are held until `release` is called: link or pin first.
 *
 * @throws GatewaysFailedError, IpfsNotFoundError, IpfsCancelledError
 */
export async function bringIn(
  { ipfs, gateways }: Pick<IImportContext, 'ipfs' | 'gateways'>,
  cid: string,
  options: IImportOptions = {}
): Promise<{ release: () => Promise<void> }> {
  const { signal, onProgress } = options;
  throwIfCancelled(signal);
  const held = await ipfs.pins.has(cid);
  const fetchAll = async (own?: AbortSignal): Promise<void> => {
    if (ipfs.engine.kind === 'browser') {
      let bytes = 0;
      const walk = walkAll(CID.parse(cid), new EngineBlocks(ipfs), own);
      for await (const block of walk) {
        bytes += block.bytes.length;
        onProgress?.(bytes);
      }
    }
    if (!held) {
      await ipfs.pins.add(cid, { signal: own });
    }
  };
  try {
    await (gateways.length
      ? withPatience(fetchAll, PATIENCE, signal)
      : fetchAll(signal));
  } catch (error) {
    throwIfCancelled(signal);
    if (!gateways.length || !isMissing(error)) {
      throw error;
    }
    await fromGateways(ipfs, cid, gateways, options);
    if (!held) {
      await ipfs.pins.add(cid, { signal });
    }
  }
  return {
    release: async () => {
      if (!held) {
        await ipfs.pins.rm(cid);
      }
    }
  };
}

/** Checked blocks of gateways as an archive for the engine. */
async function fromGateways(
  ipfs: IIpfs,
  cid: string,
  gateways: readonly string[],
  { signal, onProgress }: IImportOptions
): Promise<void> {
  const root = CID.parse(cid);
  const reader = new GatewayReader(gateways);
  async function* archive(): AsyncGenerator<Uint8Array> {
    yield carHeader([root]);
    await reader.stream(root, { signal, once: true });
    for await (const block of walkAll(root, reader, signal)) {
      yield carSection(block.cid, block.bytes);
    }
  }
  try {
    const data = await blobOf(
      archive(),
      'application/vnd.ipld.car',
      onProgress
    );
    await ipfs.car.import(new BlobContent({ name: `${cid}.car`, data }), {
      signal
    });
  } finally {
    await reader.close();
  }
}

/**
 * Give a CID a place on the drive.
 *
 * @param target - MFS path that it should have
 * @param more - how many others wait, for the question where the name is taken
 * @returns null where the person said to skip it
 * @throws IpfsError `wrong-type` for what is no file or folder;
 *   IpfsCancelledError where the person stopped at the question
 */
export async function place(
  context: IImportContext,
  cid: string,
  target: string,
  more = 0
): Promise<IPlaced | null> {
  const { ipfs, ask, announce } = context;
  const { code } = CID.parse(cid);
  if (code !== RAW && code !== DAG_PB) {
    throw new IpfsError(
      'wrong-type',
      `${cid} is neither a file nor a folder: it has no place on a drive`
    );
  }
  const name = target.slice(target.lastIndexOf('/') + 1);
  const folder = parentOf(target);
  let path = target;
  const existing = await mfsExists(ipfs, target);
  if (existing) {
    if (existing.cid === cid) {
      // It is there already, as it should be.
      return { path: toContentsPath(target), cid };
    }
    const reply = await ask(name, more, existing.type === 'directory');
    if (!reply) {
      throw new IpfsCancelledError();
    }
    if (reply.answer === 'skip') {
      return null;
    }
    if (reply.answer === 'keep-both') {
      const entries = await ipfs.files.ls(folder);
      const taken = new Set(entries.map(entry => entry.name));
      const { type } = await ipfs.files.stat(`/ipfs/${cid}`);
      path = joinMfs(folder, keepBothName(name, taken, type === 'directory'));
    }
    await ipfs.files.cp(`/ipfs/${cid}`, path, {
      force: reply.answer === 'overwrite'
    });
  } else {
    if (!(await mfsExists(ipfs, folder))) {
      await ipfs.files.mkdir(folder, { parents: true });
      announce?.(folder);
    }
    await ipfs.files.cp(`/ipfs/${cid}`, path);
  }
  announce?.(path);
  return { path: toContentsPath(path), cid };
}

/** `bringIn` and `place`: what fails leaves nothing behind. */
export async function importCid(
  context: IImportContext,
  cid: string,
  target: string,
  options: IImportOptions & { more?: number } = {}
): Promise<IPlaced | null> {
  const { release } = await bringIn(context, cid, options);
  try {
    return await place(context, cid, target, options.more);
  } finally {
    await release();
  }
}

/**
 * Take an archive in and give its root a place; several roots become the
 * entries of a folder.
 *
 * @param target - MFS path
 */
export async function importCar(
  context: IImportContext,
  car: IContent,
  target: string,
  options: IImportOptions = {}
): Promise<IPlaced | null> {
  const { ipfs } = context;
  const taken = await ipfs.car.import(car, options);
  const roots = taken.roots.map(root => CID.parse(root).toV1().toString());
  if (!roots.length) {
    throw new IpfsError('incomplete', `${car.name} names no root`);
  }
  if (roots.length === 1) {
    // An archive may leave blocks out: all of them must be there.
    return importCid(context, roots[0], target, options);
  }
  let placed: IPlaced | null = null;
  for (const [i, root] of roots.entries()) {
    placed = await importCid(context, root, joinMfs(target, root), {
      ...options,
      more: roots.length - i - 1
    });
  }
  const { cid } = await ipfs.files.stat(target);
  return placed && { path: toContentsPath(target), cid };
}

export interface IListLine {
  /** As it is written. */
  address: string;
  /** What it shall be called, where the line says so. */
  name: string | null;
}

/** A list: an address a line, then a name where wanted; `#` starts a comment. */
export function parseList(text: string): IListLine[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line && !line.startsWith('#'))
    .map(line => {
      const [, address, name] = /^(\S+)(?:\s+(.*))?$/.exec(line)!;
      return { address, name: name?.trim() || null };
    });
}
