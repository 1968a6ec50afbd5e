/** Finding assets: by DID, by words and filters. */
import { readAsset, type IAsset } from './asset';
import { ddoHash } from './ddo';
import { OceanError } from './errors';
import { isDidOf } from './genuine';
import type { ICallOptions, OceanNodeClient } from './nodeClient';
import { plainRecord } from './record';
import { isListed, type ISearch } from './search';
import { searchBody } from './searchBody';

/**
 * The record of a DID. An index that answers with the record of something else
 * is not believed: a DID is made of the NFT and its chain.
 *
 * @throws OceanError not-found, ddo-invalid, not-genuine
 */
export async function resolveAsset(
  node: OceanNodeClient,
  did: string,
  o: ICallOptions = {}
): Promise<IAsset> {
  const ddo = await node.ddo(did, o);
  if (ddo === null) {
    throw new OceanError('not-found', `${node.url} has no ${did}`, {
      did,
      url: node.url
    });
  }
  const asset = readAsset(ddo);
  if (asset.did !== did) {
    throw new OceanError('ddo-invalid', `Asked for ${did}, got ${asset.did}`, {
      did
    });
  }
  if (!(await isDidOf(did, asset.nftAddress, asset.chainId))) {
    throw new OceanError('not-genuine', `${did} is of another NFT`, {
      did,
      what: 'did'
    });
  }
  return { ...asset, recordHash: await recordHash(ddo) };
}

/** What would be on the chain beside this record; null where that is not known. */
async function recordHash(ddo: unknown): Promise<string | null> {
  try {
    return await ddoHash(plainRecord(ddo));
  } catch (reason) {
    if (reason instanceof OceanError && reason.code === 'record-unknown') {
      return null;
    }
    throw reason;
  }
}

/** One page of one index: what can be read of it, in the index's order. */
export interface IIndexPage {
  assets: IAsset[];
  /** Records that are no DDO that can be read. */
  unreadable: number;
  /** Whether another page may follow. */
  full: boolean;
}

/**
 * One page of a search, one list an index of the node: each index has pages of
 * its own. Nothing is filtered here.
 *
 * @param page - counted from 1
 * @param size - records of each index
 */
export async function searchPage(
  node: Pick<OceanNodeClient, 'queryIndexes'>,
  search: ISearch,
  page: number,
  size: number,
  o: ICallOptions = {}
): Promise<IIndexPage[]> {
  const found = await node.queryIndexes(
    { ...searchBody(search), from: page, size },
    o
  );
  return found.map(records => readIndexPage(records, size));
}

/** What can be read of an index's page of at most `size` records. */
export function readIndexPage(
  records: readonly unknown[],
  size: number
): IIndexPage {
  const assets: IAsset[] = [];
  for (const ddo of records) {
    try {
      assets.push(readAsset(ddo));
    } catch (reason) {
      // One broken record must not hide the others.
      if (!(reason instanceof OceanError)) {
        throw reason;
      }
    }
  }
  return {
    assets,
    unreadable: records.length - assets.length,
    full: records.length >= size
  };
}

/**
 * One page of active assets, newest first. What can't be read (placeholders of
 * revoked assets, other versions) is left out.
 */
export async function searchAssets(
  node: OceanNodeClient,
  what: {
    text?: string;
    chainId?: number;
    owner?: string;
    page?: number;
    size?: number;
  },
  o: ICallOptions = {}
): Promise<IAsset[]> {
  const search: ISearch = {
    text: what.text ?? '',
    filters: { chainId: what.chainId, owner: what.owner },
    sort: 'newest'
  };
  const { page = 1, size = 20 } = what;
  const pages = await searchPage(node, search, page, size, o);
  return pages
    .flatMap(({ assets }) => assets)
    .filter(asset => isListed(asset, search.filters));
}

/** How many DIDs one query names. */
const AT_ONCE = 40;

/**
 * The assets of these DIDs that the node's index has, also those that can't be
 * ordered any more; what it does not know, or can't be read, is left out.
 */
export async function assetsOf(
  node: OceanNodeClient,
  dids: readonly string[],
  o: ICallOptions = {}
): Promise<IAsset[]> {
  const assets: IAsset[] = [];
  for (let at = 0; at < dids.length; at += AT_ONCE) {
    const part = dids.slice(at, at + AT_ONCE);
    // Mapped as text with a keyword beside it, or as a keyword.
    const should = part.flatMap(did => [
      { term: { 'id.keyword': did } },
      { term: { id: did } }
    ]);
    const found = await node.query(
      { query: { bool: { should } }, from: 1, size: AT_ONCE },
      o
    );
    for (const ddo of found) {
      try {
        const asset = readAsset(ddo);
        if (part.includes(asset.did)) {
          assets.push(asset);
        }
      } catch (reason) {
        // One broken record must not hide the others.
        if (!(reason instanceof OceanError)) {
          throw reason;
        }
      }
    }
  }
  return assets;
}

/** A DID anywhere in pasted text (a link, with spaces), or null. */
export function findDid(text: string): string | null {
  return (
    /did(?::|%3a)ope?(?::|%3a)[0-9a-f]{64}(?![0-9a-f])/i
      .exec(text)?.[0]
      .toLowerCase()
      .replace(/%3a/g, ':') ?? null
  );
}
