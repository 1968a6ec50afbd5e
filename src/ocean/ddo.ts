/** Building DDOs (version 4.1.0), and checking a draft before it becomes one. */
import { getAddress, isAddress, sha256, toUtf8Bytes } from 'ethers';

import type { IContentSource } from '../content';
import type { IAssetDraft } from '../tokens';

import { parseAmount } from './pricing';
import { OceanError } from './errors';
import type { SEAL_FORMAT } from './seal';

export {
  readAsset,
  readWeb3,
  type IAccessRules,
  type IAsset,
  type IAssetService,
  type IConsumerParameter
} from './asset';

export type IStorageEntry =
  { type: 'ipfs'; hash: string } | { type: 'url'; method: 'get'; url: string };

/** What a node encrypts; the addresses must be the asset's own. */
export interface IFilesObject {
  nftAddress: string;
  datatokenAddress: string;
  files: IStorageEntry[];
}

/** One file as the public metadata tell it (`additionalInformation.web3`). */
export interface IWeb3File {
  path: string;
  /** Bytes; of sealed files rounded up to the chunk of 1 MiB. */
  size: number;
  mediaType: string;
  /** How the CID was made. */
  profile: string;
  /** Of free files. */
  cid?: string;
  /** Of sealed files, 64 hex digits: see `commitment` in seal.ts. */
  commitment?: string;
}

export interface IWeb3Info {
  v: 1;
  files: IWeb3File[];
  sealed: typeof SEAL_FORMAT | null;
  source: IContentSource | null;
}

export interface IService {
  id: string;
  type: string;
  files: string;
  datatokenAddress: string;
  serviceEndpoint: string;
  timeout: number;
  [key: string]: unknown;
}

export interface IDdo {
  '@context': string[];
  id: string;
  version: string;
  chainId: number;
  nftAddress: string;
  metadata: Record<string, unknown>;
  services: IService[];
}

export interface IBuildDdo {
  draft: IAssetDraft;
  /** Account, for `author` where the draft has none. */
  owner: string;
  chainId: number;
  nftAddress: string;
  datatokenAddress: string;
  /** 0x-hex, from the node's `encrypt`. */
  encryptedFiles: string;
  /** Canonical base URL of the node. */
  nodeUrl: string;
  web3: IWeb3Info;
  /** Kept by the job, so that a rebuilt DDO is the same. */
  created: Date;
}

export interface IDraftProblem {
  field: keyof IAssetDraft | 'price.amount' | 'price.token';
  code:
    | 'required'
    | 'too-short'
    | 'too-long'
    | 'bad-amount'
    | 'zero-amount'
    | 'bad-token'
    | 'bad-timeout'
    | 'bad-sample'
    | 'bad-checksum'
    | 'duplicate';
}

const hashOf = (text: string): string => sha256(toUtf8Bytes(text)).slice(2);

/** did:op: + sha256(checksum address + decimal chain id), as lib's `generateDid`. */
export async function didOf(
  nftAddress: string,
  chainId: number
): Promise<string> {
  return `did:op:${hashOf(getAddress(nftAddress) + String(chainId))}`;
}

/** `0x` + sha256 of the JSON that is encrypted: what goes on chain beside it. */
export async function ddoHash(ddo: IDdo): Promise<string> {
  return `0x${hashOf(JSON.stringify(ddo))}`;
}

/**
 * What the node is asked to encrypt.
 *
 * @param o.cids - one a file, in the order of `web3.files`
 * @param o.key - `keyUrl(…)` of seal.ts for sealed content; always the last entry
 */
export function filesObject(o: {
  nftAddress: string;
  datatokenAddress: string;
  cids: string[];
  key?: string;
}): IFilesObject {
  const files: IStorageEntry[] = o.cids.map(hash => ({ type: 'ipfs', hash }));
  if (o.key) {
    files.push({ type: 'url', method: 'get', url: o.key });
  }
  return {
    nftAddress: getAddress(o.nftAddress),
    datatokenAddress: getAddress(o.datatokenAddress),
    files
  };
}

/** Times of DDOs have no fraction of a second. */
const seconds = (date: Date): string =>
  date.toISOString().replace(/\.\d{3}Z$/, 'Z');

function metadataOf(options: IBuildDdo): Record<string, unknown> {
  const { draft, owner, web3 } = options;
  const created = seconds(options.created);
  const metadata: Record<string, unknown> = {
    created,
    updated: created,
    type: draft.type,
    name: draft.name.trim(),
    // The shape of 4.1.0 knows no carriage return.
    description: draft.description.trim().replace(/\r\n?/g, '\n'),
    author: draft.author?.trim() || owner,
    license: draft.license.trim()
  };
  const tags = (draft.tags ?? []).map(tag => tag.trim()).filter(Boolean);
  if (tags.length) {
    metadata.tags = tags;
  }
  if (draft.sample) {
    metadata.links = [draft.sample.trim()];
  }
  if (draft.type === 'algorithm' && draft.algorithm) {
    metadata.algorithm = {
      language: '',
      version: '0.1',
      container: { ...draft.algorithm.container }
    };
  }
  metadata.additionalInformation = { web3 };
  return metadata;
}

/** The DDO that is validated, encrypted and indexed; the same for the same options. */
export async function buildDdo(options: IBuildDdo): Promise<IDdo> {
  const { draft, chainId, encryptedFiles, nodeUrl } = options;
  const nftAddress = getAddress(options.nftAddress);
  const datatokenAddress = getAddress(options.datatokenAddress);
  return {
    '@context': ['https://w3id.org/did/v1'],
    id: await didOf(nftAddress, chainId),
    version: '4.1.0',
    chainId,
    nftAddress,
    metadata: metadataOf(options),
    services: [
      {
        id: hashOf(datatokenAddress + encryptedFiles),
        type: 'access',
        files: encryptedFiles,
        datatokenAddress,
        serviceEndpoint: nodeUrl,
        timeout: draft.timeout ?? 0
      }
    ]
  };
}

function textProblems(draft: IAssetDraft): IDraftProblem[] {
  const problems: IDraftProblem[] = [];
  const check = (
    field: 'name' | 'description' | 'license',
    least: number,
    most: number
  ): void => {
    const length = (draft[field] ?? '').trim().length;
    if (!length) {
      problems.push({ field, code: 'required' });
    } else if (length < least) {
      problems.push({ field, code: 'too-short' });
    } else if (length > most) {
      problems.push({ field, code: 'too-long' });
    }
  };
  check('name', 4, 256);
  check('description', 10, 50_000);
  check('license', 1, 10_000);
  return problems;
}

function priceProblems(draft: IAssetDraft, decimals: number): IDraftProblem[] {
  if (draft.price.kind === 'free') {
    return [];
  }
  const problems: IDraftProblem[] = [];
  if (!draft.price.token) {
    problems.push({ field: 'price.token', code: 'required' });
  } else if (!isAddress(draft.price.token)) {
    problems.push({ field: 'price.token', code: 'bad-token' });
  }
  if (!draft.price.amount?.trim()) {
    problems.push({ field: 'price.amount', code: 'required' });
    return problems;
  }
  try {
    if (parseAmount(draft.price.amount, decimals) === 0n) {
      problems.push({ field: 'price.amount', code: 'zero-amount' });
    }
  } catch (reason) {
    if (!(reason instanceof OceanError)) {
      throw reason;
    }
    problems.push({ field: 'price.amount', code: 'bad-amount' });
  }
  return problems;
}

/**
 * What is wrong with a draft, as far as can be told without a node: quick
 * enough for each key stroke. An empty list means that nothing is.
 *
 * @param decimals - of the payment token, where it is known
 */
export function checkDraft(draft: IAssetDraft, decimals = 18): IDraftProblem[] {
  const problems = [...textProblems(draft), ...priceProblems(draft, decimals)];
  const { tags = [], timeout = 0, sample } = draft;
  if (new Set(tags.map(tag => tag.trim())).size !== tags.length) {
    problems.push({ field: 'tags', code: 'duplicate' });
  }
  if (!Number.isSafeInteger(timeout) || timeout < 0) {
    problems.push({ field: 'timeout', code: 'bad-timeout' });
  }
  if (sample && !/^(https?|ipfs):\/\/\S+$/.test(sample.trim())) {
    problems.push({ field: 'sample', code: 'bad-sample' });
  }
  if (draft.type === 'algorithm' && draft.algorithm) {
    const { image, tag, entrypoint, checksum } = draft.algorithm.container;
    if (!image || !tag || !entrypoint) {
      problems.push({ field: 'algorithm', code: 'required' });
    } else if (!/^sha256:[0-9a-f]{64}$/.test(checksum)) {
      problems.push({ field: 'algorithm', code: 'bad-checksum' });
    }
  }
  return problems;
}
