/**
 * Whether content is public already. Nobody outside is told a CID for that:
 * the list of assets is asked by the size of a file, and its CIDs are compared
 * here; the CID is computed in the page, and the content stays in it.
 */
import type { IContent } from '../content';
import type { IIpfs, INetwork, IPinning } from '../tokens';
import { readAsset, type IAsset } from '../ocean/asset';
import { OceanError } from '../ocean/errors';
import type { INote } from './guardTypes';

/** Bytes up to which a CID is computed only to look whether it is known. */
const HASHED = 64 * 1024 * 1024;
/** Files of a folder for which this is looked at. */
const FILES = 20;

export interface IPublicDeps {
  ipfs: Pick<IIpfs, 'add'>;
  pinning: Pick<IPinning, 'records' | 'load'> | null;
  /** CIDs of these that were published in the clear from this browser. */
  publishedHere: (cids: readonly string[]) => Promise<string[]>;
  /** Records of the node's index in which a file has one of these sizes. */
  assetsOfSizes: (
    network: INetwork,
    sizes: readonly number[],
    signal: AbortSignal
  ) => Promise<unknown[]>;
}

/** What is known of the contents' being public, and their CIDs. */
export interface IPublicLook {
  notes: INote[];
  /** By the name of the content. */
  cids: Map<string, string>;
  /** Whether any was published in the clear from this browser. */
  published: boolean;
}

/** A record of the index as an asset; null for what can't be read. */
function asset(record: unknown): IAsset | null {
  try {
    return readAsset(record);
  } catch (reason) {
    // One broken record must not hide the others.
    if (reason instanceof OceanError) {
      return null;
    }
    throw reason;
  }
}

/**
 * Look whether contents are public: on the drive, kept by a service, published
 * from here, or named by an asset of the network's index.
 *
 * @throws the signal's reason; what the IPFS node or the index answers badly
 */
export async function lookWhetherPublic(
  contents: readonly IContent[],
  network: INetwork | null,
  deps: IPublicDeps,
  signal: AbortSignal
): Promise<IPublicLook> {
  const some = contents.slice(0, FILES);
  const notes: INote[] = [];
  const cids = new Map<string, string>();
  for (const content of some) {
    signal.throwIfAborted();
    if (content.cid) {
      cids.set(content.name, content.cid);
    } else if (content.size !== null && content.size <= HASHED) {
      const { cid } = await deps.ipfs.add(content, { onlyHash: true, signal });
      cids.set(content.name, cid);
    }
  }
  const named = (wanted: (cid: string) => boolean): string[] =>
    [...cids].filter(([, cid]) => wanted(cid)).map(([name]) => name);

  const onDrive = some.filter(({ cid }) => cid).map(({ name }) => name);
  if (onDrive.length) {
    notes.push({ code: 'on-drive', files: onDrive });
  }
  await deps.pinning?.load();
  const kept = named(one =>
    (deps.pinning?.records ?? []).some(
      ({ cid, provider, state }) =>
        cid === one && provider !== 'node' && state === 'pinned'
    )
  );
  if (kept.length) {
    notes.push({ code: 'kept-elsewhere', files: kept });
  }
  const here = new Set(await deps.publishedHere([...cids.values()]));
  if (here.size) {
    notes.push({
      code: 'published-before',
      files: named(one => here.has(one))
    });
  }
  const sizes = some.flatMap(({ name, size }) =>
    size && cids.has(name) ? [size] : []
  );
  if (network?.oceanNode && sizes.length) {
    const records = await deps.assetsOfSizes(network, sizes, signal);
    for (const found of records.map(asset)) {
      const files = named(
        one => found?.web3?.files.some(({ cid }) => cid === one) ?? false
      );
      if (found && files.length) {
        notes.push({
          code: 'in-catalogue',
          files,
          detail: found.name,
          did: found.did
        });
      }
    }
  }
  return { notes, cids, published: here.size > 0 };
}
