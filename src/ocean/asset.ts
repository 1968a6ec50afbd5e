/**
 * Reading DDOs as an index gives them. Whoever published one chose every byte
 * of it: nothing is believed beyond its type, and no text is markup.
 */
import type { IContentSource } from '../content';

import type { IWeb3File, IWeb3Info } from './ddo';
import { isDid } from './did';
import { OceanError } from './errors';
import { oneLine } from './foreignText';
import { SEAL_FORMAT } from './seal';

/** A parameter that the consumer of a service or algorithm is asked for. */
export interface IConsumerParameter {
  name: string;
  type: 'text' | 'number' | 'boolean' | 'select';
  label: string;
  required: boolean;
  description: string;
  default: string;
  /** Value and label; of `select` only. */
  options: { value: string; label: string }[];
}

/** One rule of who may (not) buy: addresses, or access lists on the chain. */
export interface IAccessRule {
  type: 'address' | 'accessList' | 'other';
  /** Accounts, or contracts of access lists; lower case. */
  values: string[];
}

/** `credentials` of a DDO or a service; empty lists restrict nobody. */
export interface IAccessRules {
  allow: IAccessRule[];
  deny: IAccessRule[];
  /** How many rules of `allow` must fit; absent: all (`match_allow`). */
  matchAllow?: 'any' | 'all';
  /** How many rules of `deny` must fit; absent: any (`match_deny`). */
  matchDeny?: 'any' | 'all';
}

export interface IAssetService {
  id: string;
  /** In `services` of the DDO: orders name it by this. */
  index: number;
  /** `access` | `compute`, or what somebody made up. */
  type: string;
  name: string;
  description: string;
  datatokenAddress: string;
  /** Seconds; 0 = for ever. */
  timeout: number;
  serviceEndpoint: string;
  parameters: IConsumerParameter[];
  access: IAccessRules;
}

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
  /** All that `metadata.links` names; `sample` is the first. */
  links: string[];
  /** As the publisher says. */
  created: string | null;
  updated: string | null;
  /** When the NFT was made, as the chain says. */
  listed: string | null;
  owner: string | null;
  /** Every service that can be read; `service` is the one that gives access. */
  services: IAssetService[];
  service: IAssetService | null;
  /** Of the whole asset; services have rules of their own besides. */
  access: IAccessRules;
  /** Of an algorithm: what it asks whoever runs it. */
  parameters: IConsumerParameter[];
  /** On the index's list of assets that should not be dealt in. */
  purgatory: boolean;
  /** The transaction that wrote the record which the index has. */
  event: { tx: string; block: number; time: string | null } | null;
  /** What the chain would name the record by, where it was read whole. */
  recordHash?: string | null;
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
/** As many of a list as anybody looks at: the rest only costs time. */
const some = (value: unknown): unknown[] => list(value).slice(0, MANY);
const MANY = 200;
/** Characters of a description that is shown in one line. */
const LONG = 2000;
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
    mediaType: oneLine(file.mediaType) || 'application/octet-stream',
    profile: text(file.profile),
    // No CID has anything else.
    ...(/^[!-~]{1,200}$/.test(text(file.cid)) ? { cid: text(file.cid) } : {}),
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
    source.path = oneLine(path);
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

const PARAMETERS = ['text', 'number', 'boolean', 'select'] as const;

/** Options come as `[{value: label}]`, in 4.1.0 also as a JSON text of it. */
function readOptions(value: unknown): IConsumerParameter['options'] {
  let options = value;
  if (typeof value === 'string') {
    try {
      options = JSON.parse(value) as unknown;
    } catch {
      // A stranger's text that is no list: nothing to choose from.
      return [];
    }
  }
  return some(options).flatMap(option =>
    Object.entries(object(option)).map(([key, label]) => ({
      value: key,
      label: oneLine(label) || oneLine(key)
    }))
  );
}

/** Questions to a consumer, as a stranger's record has them. */
export function readParameters(value: unknown): IConsumerParameter[] {
  return some(value).flatMap(one => {
    const parameter = object(one);
    const name = text(parameter.name);
    const type = PARAMETERS.find(known => known === parameter.type);
    return name && type
      ? [
          {
            name,
            type,
            label: line(parameter.label) || oneLine(name),
            required: parameter.required === true,
            description: oneLine(words(parameter.description), LONG),
            default: ['string', 'number', 'boolean'].includes(
              typeof parameter.default
            )
              ? String(parameter.default)
              : '',
            options: readOptions(parameter.options)
          }
        ]
      : [];
  });
}

const RULES: ReadonlyMap<string, IAccessRule['type']> = new Map([
  ['address', 'address'],
  ['accesslist', 'accessList']
]);

function readRules(value: unknown): IAccessRule[] {
  return list(value).map(one => {
    const rule = object(one);
    const type = RULES.get(text(rule.type).toLowerCase()) ?? 'other';
    const values = [...list(rule.values), rule.accessList].map(
      // 5.x wraps each in an object.
      item => text(item) || text(object(item).address)
    );
    return {
      type,
      values: values.filter(Boolean).map(item => item.toLowerCase())
    };
  });
}

function readAccess(value: unknown): IAccessRules {
  const {
    allow,
    deny,
    match_allow: matchAllow,
    match_deny: matchDeny
  } = object(value);
  return {
    allow: readRules(allow),
    deny: readRules(deny),
    ...(matchAllow === 'any' || matchAllow === 'all' ? { matchAllow } : {}),
    ...(matchDeny === 'any' || matchDeny === 'all' ? { matchDeny } : {})
  };
}

function readServices(ddo: Json): IAssetService[] {
  return some(ddo.services).flatMap((value, index) => {
    const service = object(value);
    const datatokenAddress = address(service.datatokenAddress);
    return datatokenAddress
      ? [
          {
            id: text(service.id),
            index,
            type: oneLine(service.type),
            name: line(service.name),
            description: oneLine(words(service.description), LONG),
            datatokenAddress,
            timeout: whole(service.timeout) ?? 0,
            serviceEndpoint: text(service.serviceEndpoint),
            parameters: readParameters(service.consumerParameters),
            access: readAccess(service.credentials)
          }
        ]
      : [];
  });
}

function readEvent(indexed: Json, ddo: Json): IAsset['event'] {
  const event = object(indexed.event ?? ddo.event);
  const tx = text(event.txid) || text(event.tx);
  const block = whole(event.block);
  return /^0x[0-9a-fA-F]{64}$/.test(tx) && block !== null
    ? { tx, block, time: text(event.datetime) || null }
    : null;
}

/** 5.x DDOs say texts by language, and wrap all in `credentialSubject`. */
const words = (value: unknown): string =>
  text(value) || text(object(value)['@value']);
const line = (value: unknown): string => oneLine(words(value));

/** A list, up to 4.x; from 5.0 on what is linked to, by its topic. */
const linksOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : Object.values(object(value)))
    .slice(0, MANY)
    .map(text)
    .filter(Boolean);

/** As indexes write amounts; what is longer is no price that anybody pays. */
const PRICE = /^[0-9]{1,40}(\.[0-9]{1,18})?$/;

function readStats(
  indexed: Json,
  ddo: Json,
  datatoken?: string
): IAsset['stats'] {
  const all = some(indexed.stats).map(object);
  // Indexes of before had one for the whole asset.
  const stats =
    all.find(
      one =>
        text(one.datatokenAddress).toLowerCase() === datatoken?.toLowerCase()
    ) ?? object(ddo.stats);
  const price = object(list(stats.prices)[0] ?? stats.price);
  const said = price.type === 'dispenser' ? '0' : (price.price ?? price.value);
  const amount = typeof said === 'number' ? String(said) : text(said);
  return {
    orders: whole(stats.orders),
    price: PRICE.test(amount)
      ? { amount, token: address(price.token) ?? address(price.tokenAddress) }
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
  if (!isDid(did) || !nftAddress || !chainId) {
    throw new OceanError('ddo-invalid', 'This is no DDO of an Ocean asset', {
      did
    });
  }
  const metadata = object(ddo.metadata);
  const indexed = object(ddo.indexedMetadata ?? outer.indexedMetadata);
  const nft = object(indexed.nft ?? ddo.nft);
  const services = readServices(ddo);
  const service =
    services.find(({ type }) => type === 'access') ?? services[0] ?? null;
  const links = linksOf(metadata.links);
  const state = whole(nft.state) ?? 0;
  return {
    did,
    chainId,
    nftAddress,
    version: oneLine(ddo.version),
    state,
    // Nodes accept 1 by mistake; who retired an asset means it.
    active: state === 0 && service !== null,
    name: line(metadata.name) || line(nft.name),
    description: words(metadata.description),
    author: line(metadata.author) || line(metadata.providedBy),
    license: line(metadata.license) || line(object(metadata.license).name),
    type: oneLine(metadata.type),
    tags: some(metadata.tags)
      .map(tag => oneLine(tag))
      .filter(Boolean),
    sample: links[0] ?? null,
    links,
    created: text(metadata.created) || text(nft.created) || null,
    updated: text(metadata.updated) || null,
    listed: text(nft.created) || null,
    owner: address(nft.owner),
    services,
    service,
    access: readAccess(ddo.credentials),
    parameters: readParameters(object(metadata.algorithm).consumerParameters),
    purgatory: object(indexed.purgatory).state === true,
    event: readEvent(indexed, ddo),
    stats: readStats(indexed, ddo, service?.datatokenAddress),
    web3: readWeb3(object(metadata.additionalInformation).web3)
  };
}
