/**
 * Reading DDOs as an index gives them. Whoever published one chose every byte
 * of it: nothing is believed beyond its type, and no text is markup.
 */
import type { IContentSource } from '../content';

import type { IWeb3File, IWeb3Info } from './ddo';
import { OceanError } from './errors';
import { SEAL_FORMAT } from './seal';

/** An asset as the node's index tells it; all text is untrusted. */
export interface IAsset {
  did: string;
  chainId: number;
  nftAddress: string;
  version: string;
  /** 0 active, 1 end-of-life, 2 deprecated, 3 revoked, 4 ordering off, 5 unlisted. */
  state: number;
  /** Whether it may be ordered. */
  active: boolean;
  name: string;
  description: string;
  author: string;
  license: string;
  type: string;
  tags: string[];
  sample: string | null;
  created: string | null;
  owner: string | null;
  service: {
    id: string;
    index: number;
    type: string;
    datatokenAddress: string;
    /** Seconds; 0 = for ever. */
    timeout: number;
    serviceEndpoint: string;
  } | null;
  stats: {
    orders: number | null;
    /** As indexed, for lists; the chain decides when buying. */
    price: { amount: string; token: string | null } | null;
  };
  /** What this suite wrote of the contents; null for assets of others. */
  web3: IWeb3Info | null;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string =>
  typeof value === 'string' ? value : '';
const whole = (value: unknown): number | null => {
  const number = typeof value === 'string' && value ? Number(value) : value;
  return Number.isSafeInteger(number) && (number as number) >= 0
    ? (number as number)
    : null;
};
const address = (value: unknown): string | null =>
  /^0x[0-9a-fA-F]{40}$/.test(text(value)) ? text(value) : null;

function readFile(value: unknown): IWeb3File | null {
  const file = object(value);
  const size = whole(file.size);
  const path = text(file.path);
  if (!path || size === null) {
    return null;
  }
  const commitment = text(file.commitment).toLowerCase();
  return {
    path,
    size,
    mediaType: text(file.mediaType) || 'application/octet-stream',
    profile: text(file.profile),
    ...(text(file.cid) ? { cid: text(file.cid) } : {}),
    ...(/^[0-9a-f]{64}$/.test(commitment) ? { commitment } : {})
  };
}

function readSource(value: unknown): IContentSource | null {
  const { kind, path, cell, cellId, output } = object(value);
  if (!['file', 'notebook', 'output', 'upload', 'asset'].includes(text(kind))) {
    return null;
  }
  const source: IContentSource = { kind: kind as IContentSource['kind'] };
  const [cellIndex, outputIndex] = [whole(cell), whole(output)];
  if (text(path)) {
    source.path = text(path);
  }
  if (cellIndex !== null) {
    source.cell = cellIndex;
  }
  if (text(cellId)) {
    source.cellId = text(cellId);
  }
  if (outputIndex !== null) {
    source.output = outputIndex;
  }
  return source;
}

/**
 * `additionalInformation.web3`; null where there is none that can be read. All
 * files are read or none: half a list would hide files from the buyer.
 */
export function readWeb3(value: unknown): IWeb3Info | null {
  const web3 = object(value);
  const files = list(web3.files).map(readFile);
  const sealed = web3.sealed === SEAL_FORMAT;
  if (
    web3.v !== 1 ||
    !files.length ||
    (!sealed && web3.sealed !== null && web3.sealed !== undefined) ||
    !files.every((file): file is IWeb3File => file !== null)
  ) {
    return null;
  }
  return {
    v: 1,
    files,
    sealed: sealed ? SEAL_FORMAT : null,
    source: readSource(web3.source)
  };
}

function readService(ddo: Json): IAsset['service'] {
  const services = list(ddo.services).map(object);
  const found = services.findIndex(service => service.type === 'access');
  const index = found < 0 ? 0 : found;
  const service = services[index];
  const datatokenAddress = address(service?.datatokenAddress);
  if (!service || !datatokenAddress) {
    return null;
  }
  return {
    id: text(service.id),
    index,
    type: text(service.type),
    datatokenAddress,
    timeout: whole(service.timeout) ?? 0,
    serviceEndpoint: text(service.serviceEndpoint)
  };
}

/** 5.x DDOs say texts by language, and wrap all in `credentialSubject`. */
const words = (value: unknown): string =>
  text(value) || text(object(value)['@value']);

function readStats(indexed: Json, datatoken?: string): IAsset['stats'] {
  const all = list(indexed.stats).map(object);
  const stats =
    all.find(
      one =>
        text(one.datatokenAddress).toLowerCase() === datatoken?.toLowerCase()
    ) ?? {};
  const price = object(list(stats.prices)[0]);
  const amount = price.type === 'dispenser' ? '0' : String(price.price ?? '');
  return {
    orders: whole(stats.orders),
    price: /^[0-9]+(\.[0-9]+)?$/.test(amount)
      ? { amount, token: address(price.token) }
      : null
  };
}

/**
 * A DDO as typed as it gets: what is missing is empty, what identifies the
 * asset must be there. Throws `ddo-invalid`.
 */
export function readAsset(value: unknown): IAsset {
  const outer = object(value);
  const ddo = { ...outer, ...object(outer.credentialSubject) };
  const did = text(ddo.id);
  const nftAddress = address(ddo.nftAddress);
  const chainId = whole(ddo.chainId);
  if (!/^did:(op|ope):[0-9a-f]{64}$/.test(did) || !nftAddress || !chainId) {
    throw new OceanError('ddo-invalid', 'This is no DDO of an Ocean asset', {
      did
    });
  }
  const metadata = object(ddo.metadata);
  const indexed = object(ddo.indexedMetadata ?? outer.indexedMetadata);
  const nft = object(indexed.nft ?? ddo.nft);
  const service = readService(ddo);
  const state = whole(nft.state) ?? 0;
  return {
    did,
    chainId,
    nftAddress,
    version: text(ddo.version),
    state,
    // Nodes accept 1 by mistake; who retired an asset means it.
    active: state === 0 && service !== null,
    name: words(metadata.name) || words(nft.name),
    description: words(metadata.description),
    author: text(metadata.author) || text(metadata.providedBy),
    license: words(metadata.license) || text(object(metadata.license).name),
    type: text(metadata.type),
    tags: list(metadata.tags).map(text).filter(Boolean),
    sample: text(list(metadata.links)[0]) || null,
    created: text(metadata.created) || text(nft.created) || null,
    owner: address(nft.owner),
    service,
    stats: readStats(indexed, service?.datatokenAddress),
    web3: readWeb3(object(metadata.additionalInformation).web3)
  };
}
