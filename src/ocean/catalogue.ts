/** Finding assets: by DID, by words, by owner. */
import { readAsset, type IAsset } from './asset';
import { OceanError } from './errors';
import type { ICallOptions, OceanNodeClient } from './nodeClient';

export interface ISearch {
  /** Words of name, description, tags, author; all assets when empty. */
  text?: string;
  chainId?: number;
  owner?: string;
  /** Counted from 1. */
  page?: number;
  size?: number;
}

/** Throws `not-found`, `ddo-invalid`. */
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
  return asset;
}

/** The characters that mean something in Lucene's query strings. */
const escaped = (word: string): string =>
  word.replace(/[+\-=&|><!(){}[\]^"~*?:\\/]/g, '\\$&');

/**
 * One page of active assets, newest first. What can't be read (placeholders of
 * revoked assets, other versions) is left out.
 */
export async function searchAssets(
  node: OceanNodeClient,
  what: ISearch,
  o: ICallOptions = {}
): Promise<IAsset[]> {
  const filter: object[] = [];
  if (what.chainId !== undefined) {
    filter.push({ term: { chainId: what.chainId } });
  }
  if (what.owner) {
    filter.push({
      term: { 'indexedMetadata.nft.owner.keyword': what.owner }
    });
  }
  const words = (what.text ?? '').trim().split(/\s+/).filter(Boolean);
  const must = words.map(word => ({
    query_string: {
      query: `${escaped(word)}*`,
      fields: [
        'metadata.name',
        'metadata.description',
        'metadata.tags',
        'metadata.author'
      ]
    }
  }));
  const found = await node.query(
    {
      query: { bool: { must, filter } },
      from: what.page ?? 1,
      size: what.size ?? 20,
      sort: { 'metadata.created': 'desc' }
    },
    o
  );
  const assets: IAsset[] = [];
  for (const ddo of found) {
    try {
      assets.push(readAsset(ddo));
    } catch (reason) {
      // One broken record must not hide the others.
      if (!(reason instanceof OceanError)) {
        throw reason;
      }
    }
  }
  return assets.filter(asset => asset.active);
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
