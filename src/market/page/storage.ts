/**
 * Who has the files of an asset: everybody who might have a CID is asked now,
 * and the asset's own node, from which buyers get them.
 */
import { IpfsError } from '../../ipfs/errors';
import { withPatience } from '../../ipfs/gatewayFallback';
import type { IFileInfo } from '../../ocean/nodeClient';
import { FILE_INFO_LIMIT } from '../../ocean/nodeClient';
import type { IHolder } from '../../tokens';
import type { IAsset } from '../ports';
import { isCancelled } from '../errors';
import { safePath } from '../place';
import type { IPagePorts } from './ports';

/** CIDs that are asked about at a time. */
export const MOST_CHECKED = 5;
/** Milliseconds that the engine may look. */
const PATIENCE = 10_000;

export interface ICheckedFile {
  path: string;
  cid: string;
  holders: readonly IHolder[];
}

/** What the asset's node finds. */
export interface INodeReport {
  /** Files that it can serve, and all that it would have to; null: not asked. */
  found: number | null;
  of: number;
  /** Why it was not asked, or gave no answer. */
  problem: unknown;
}

export interface IStorageReport {
  files: ICheckedFile[];
  /** Files with a CID beyond those. */
  more: number;
  node: INodeReport;
}

/** Files of the record with a CID that anybody can look for. */
export function openFiles(asset: IAsset): { path: string; cid: string }[] {
  return (asset.web3?.sealed ? [] : (asset.web3?.files ?? [])).flatMap(
    ({ path, cid }) => (cid ? [{ path: safePath(path), cid }] : [])
  );
}

/** How many files of an asset its node finds, by what it answers. */
export function countFound(
  asset: Pick<IAsset, 'web3'>,
  infos: readonly IFileInfo[]
): { found: number; of: number } {
  const files = asset.web3?.files ?? null;
  const sealed = Boolean(asset.web3?.sealed);
  // The last entry of sealed content is its key.
  const told = sealed ? infos.slice(0, -1) : infos;
  const found = told.filter(({ valid, length }, at) => {
    const size = sealed ? null : (files?.[at]?.size ?? null);
    return (
      valid &&
      // Nodes answer "valid", length 0, for what they can't find, and stop
      // counting at 10 MiB.
      (size === null
        ? length > 0
        : size > FILE_INFO_LIMIT
          ? length > FILE_INFO_LIMIT
          : length === size)
    );
  }).length;
  return { found, of: Math.max(told.length, files?.length ?? 0) };
}

async function holdersOf(
  cid: string,
  ports: IPagePorts,
  signal: AbortSignal
): Promise<readonly IHolder[]> {
  if (ports.holders) {
    return ports.holders(cid, { signal });
  }
  const answer = (has: boolean | null): IHolder[] => [
    {
      id: 'node',
      label: ports.ipfs.status.endpoint,
      has,
      checked: new Date().toISOString()
    }
  ];
  try {
    await withPatience(
      own => ports.ipfs.block(cid, { signal: own }),
      PATIENCE,
      signal
    );
    return answer(true);
  } catch (reason) {
    signal.throwIfAborted();
    if (isCancelled(reason)) {
      return answer(false);
    }
    if (reason instanceof IpfsError) {
      return answer(reason.code === 'not-found' ? false : null);
    }
    throw reason;
  }
}

/** Look now. Throws what an abort throws; a silent node is an answer. */
export async function checkStorage(
  asset: IAsset,
  ports: IPagePorts,
  signal: AbortSignal
): Promise<IStorageReport> {
  const open = openFiles(asset);
  const files: ICheckedFile[] = [];
  for (const file of open.slice(0, MOST_CHECKED)) {
    files.push({ ...file, holders: await holdersOf(file.cid, ports, signal) });
    signal.throwIfAborted();
  }
  const node: INodeReport = {
    found: null,
    of: asset.web3?.files.length ?? 0,
    problem: null
  };
  if (asset.service) {
    try {
      Object.assign(
        node,
        countFound(asset, await ports.fileInfo(asset, { signal }))
      );
    } catch (reason) {
      signal.throwIfAborted();
      node.problem = reason;
    }
  }
  return { files, more: Math.max(0, open.length - MOST_CHECKED), node };
}
