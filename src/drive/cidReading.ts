/**
 * Reading of the read-only drive: blocks of the engine or of gateways, each
 * checked here.
 */
import type { Contents } from '@jupyterlab/services';
import { CID } from 'multiformats/cid';

import { IpfsError } from '../ipfs/errors';
import { AnyBlocks } from '../ipfs/gatewayFallback';
import {
  type IUnixfsLink,
  listFolder,
  RAW,
  readFile,
  resolveNames,
  unixfsNode
} from '../ipfs/unixfs';
import type { IBlockSource } from '../ipfs/unixfsWalk';
import type { IIpfs } from '../tokens';
import { responseError } from './contentsModels';
import { decode, markTrust, readAll } from './formats';

/** Entries that a listing of a folder has at most. */
const ENTRY_LIMIT = 10_000;
/** Entries that are looked into at the same time. */
const AT_ONCE = 16;

interface IReadingOptions {
  ipfs: IIpfs;
  gateways: () => readonly string[];
}

export interface IFound {
  cid: string;
  kind: 'file' | 'folder';
  /** Bytes; 0 for folders. */
  size: number;
}

/** @throws ServerConnection.ResponseError 404, and what the source throws */
export async function find(
  options: IReadingOptions,
  path: string
): Promise<IFound> {
  const source = new AnyBlocks(options.ipfs, options.gateways());
  const [root, ...names] = path.split('/').filter(Boolean);
  try {
    const cid = CID.parse(root);
    const top = unixfsNode(cid, await source.get(cid));
    // Below a file there is nothing: what follows is what it is called.
    const target =
      top.kind === 'file' ? cid : await resolveNames(cid, names, source);
    const node =
      target === cid ? top : unixfsNode(target, await source.get(target));
    if (node.kind === 'symlink') {
      throw new IpfsError('wrong-type', `${path} is a link to ${node.target}`);
    }
    return node.kind === 'file'
      ? { cid: target.toString(), kind: 'file', size: node.size }
      : { cid: target.toString(), kind: 'folder', size: 0 };
  } catch (error) {
    if (error instanceof IpfsError && error.code === 'not-found') {
      throw responseError(404, error.message);
    }
    throw error;
  }
}

export interface IListed {
  name: string;
  cid: string;
  kind: 'file' | 'folder';
  /** Bytes; 0 for folders. */
  size: number;
}

/** The entries of a folder; each that may be one is looked into. */
export async function entries(
  options: IReadingOptions,
  cid: string
): Promise<IListed[]> {
  const source = new AnyBlocks(options.ipfs, options.gateways());
  const links: IUnixfsLink[] = [];
  for await (const link of listFolder(CID.parse(cid), source)) {
    links.push(link);
    if (links.length >= ENTRY_LIMIT) {
      break;
    }
  }
  const listed: IListed[] = [];
  for (let at = 0; at < links.length; at += AT_ONCE) {
    const some = links.slice(at, at + AT_ONCE);
    listed.push(...(await Promise.all(some.map(link => entry(link, source)))));
  }
  return listed;
}

async function entry(
  { name, cid, size }: IUnixfsLink,
  source: IBlockSource
): Promise<IListed> {
  if (cid.code === RAW) {
    return { name, cid: cid.toString(), kind: 'file', size };
  }
  const node = unixfsNode(cid, await source.get(cid));
  return node.kind === 'file'
    ? { name, cid: cid.toString(), kind: 'file', size: node.size }
    : {
        name,
        cid: cid.toString(),
        kind: node.kind === 'symlink' ? 'file' : 'folder',
        size: 0
      };
}

export async function content(
  options: IReadingOptions,
  found: IFound,
  model: Contents.IModel,
  format: Contents.FileFormat | undefined
): Promise<Pick<Contents.IModel, 'content' | 'format'>> {
  const source = new AnyBlocks(options.ipfs, options.gateways());
  const bytes = await readAll(
    readFile(CID.parse(found.cid), source),
    found.size,
    model.path
  );
  const decoded = decode(bytes, model.type, format, model.path);
  if (model.type === 'notebook') {
    // The flag in the file proves nothing.
    markTrust(decoded.content, false);
  }
  return decoded as Pick<Contents.IModel, 'content' | 'format'>;
}
