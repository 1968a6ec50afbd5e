/**
 * What the chain tells of an asset: who wrote and changed its record, and who
 * ordered it. An index may forget or make up; the chain's logs do neither.
 */
import { Interface, toQuantity } from 'ethers';

import {
  logs,
  request,
  ZERO_ADDRESS,
  type ILog,
  type Reader
} from '../../ocean/chain';
import type { IAsset } from '../ports';
import type { IAssetChain } from './ports';

/** ERC721Template.sol of @oceanprotocol/contracts 2.6. */
const nftAbi = new Interface([
  'event MetadataCreated(address indexed createdBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
  'event MetadataUpdated(address indexed updatedBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
  'event MetadataState(address indexed updatedBy, uint8 state, uint256 timestamp, uint256 blockNumber)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)'
]);
/** ERC20Template.sol and ERC20TemplateEnterprise.sol. */
const datatokenAbi = new Interface([
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)'
]);

const topicsOf = (abi: Interface): string[] =>
  abi.fragments.flatMap(fragment =>
    fragment.type === 'event'
      ? [
          abi.getEvent((fragment as { name?: string }).name ?? '')?.topicHash ??
            ''
        ]
      : []
  );

const CREATED = nftAbi.getEvent('MetadataCreated')?.topicHash ?? '';
const hasFirst = (found: readonly ILog[]): boolean =>
  found.some(({ topics }) => topics[0] === CREATED);

/** Entries that are listed; the newest. */
export const SHOWN = 20;
/** Blocks that are asked for at a time. */
const AT_ONCE = 5;
/** Datatokens of one asset that are asked about. */
const MOST_TOKENS = 5;

export interface IVersion {
  kind: 'created' | 'updated' | 'state' | 'transferred';
  /** Account that did it; of a transfer, who had it before. */
  who: string;
  /** New owner, of a transfer. */
  to?: string;
  /** State that it set; null for a transfer. */
  state: number | null;
  tx: string;
  block: number;
  /** Of the record that was written; of `created` and `updated`. */
  hash?: string;
  /** Time of the block; null where the chain would not tell. */
  time: Date | null;
}

export interface IOrderEntry {
  consumer: string;
  /** Place of the service in the DDO. */
  service: number;
  tx: string;
  block: number;
  time: Date | null;
}

export interface IHistory<T> {
  /** Newest first. */
  entries: T[];
  /** All that there are. */
  count: number;
}

export interface IVersions extends IHistory<IVersion> {
  /** Of the record that was written last. */
  hash: string | null;
}

/** Times of blocks, each asked for once. */
async function blockTimes(
  reader: Reader,
  blocks: Iterable<number>,
  signal?: AbortSignal
): Promise<Map<number, Date | null>> {
  const times = new Map<number, Date | null>();
  const all = [...new Set(blocks)];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(
      all.slice(at, at + AT_ONCE).map(async block => {
        const found = (await request(reader, 'eth_getBlockByNumber', [
          toQuantity(block),
          false
        ])) as { timestamp?: unknown } | null;
        const seconds = Number(found?.timestamp);
        times.set(
          block,
          Number.isSafeInteger(seconds) ? new Date(seconds * 1000) : null
        );
      })
    );
  }
  return times;
}

async function withTimes<T extends { block: number }>(
  reader: Reader,
  all: T[],
  signal?: AbortSignal
): Promise<IHistory<T & { time: Date | null }>> {
  const newest = all.slice(-SHOWN).reverse();
  const times = await blockTimes(
    reader,
    newest.map(({ block }) => block),
    signal
  );
  return {
    count: all.length,
    entries: newest.map(entry => ({
      ...entry,
      time: times.get(entry.block) ?? null
    }))
  };
}

const NAMES = {
  MetadataCreated: 'created',
  MetadataUpdated: 'updated',
  MetadataState: 'state'
} as const;

function readVersion(log: ILog): Omit<IVersion, 'time'>[] {
  const found = nftAbi.parseLog(log);
  const place = { tx: log.transactionHash, block: log.blockNumber };
  if (!found) {
    return [];
  }
  const { name, args } = found;
  if (name === 'Transfer') {
    // The first one is the mint, which comes with "created".
    return args.from === ZERO_ADDRESS
      ? []
      : [
          {
            ...place,
            kind: 'transferred',
            who: String(args.from),
            to: String(args.to),
            state: null
          }
        ];
  }
  return [
    {
      ...place,
      kind: NAMES[name as keyof typeof NAMES],
      who: String(args[0]),
      state: Number(args.state),
      ...(name === 'MetadataState' ? {} : { hash: String(args.metaDataHash) })
    }
  ];
}

/**
 * The versions of an asset's record, and its owners, newest first.
 *
 * @throws OceanError `chain-unreachable`, `tx-reverted`, `unknown-network`
 */
export async function versionHistory(
  chain: IAssetChain,
  nft: string,
  o: { signal?: AbortSignal } = {}
): Promise<IVersions> {
  const { reader } = chain;
  const found = await logs(
    reader,
    {
      address: nft,
      topics: [topicsOf(nftAbi)],
      fromBlock: await chain.startBlock()
    },
    // Nothing is older than the first record.
    { signal: o.signal, enough: hasFirst }
  );
  o.signal?.throwIfAborted();
  const versions = found.flatMap(readVersion);
  const written = versions.filter(({ hash }) => hash !== undefined).at(-1);
  return {
    ...(await withTimes(reader, versions, o.signal)),
    hash: written?.hash ?? null
  };
}

/**
 * The orders of all services of an asset, newest first.
 *
 * @throws as `versionHistory`
 */
export async function orderHistory(
  chain: IAssetChain,
  asset: Pick<IAsset, 'nftAddress' | 'services'>,
  o: { signal?: AbortSignal } = {}
): Promise<IHistory<IOrderEntry>> {
  const { reader } = chain;
  const tokens = new Set(
    asset.services.map(({ datatokenAddress }) => datatokenAddress.toLowerCase())
  );
  if (tokens.size === 0) {
    return { entries: [], count: 0 };
  }
  const nft = asset.nftAddress.toLowerCase();
  const found = await logs(
    reader,
    {
      address: [nft, ...[...tokens].slice(0, MOST_TOKENS)],
      topics: [[...topicsOf(datatokenAbi), CREATED]],
      fromBlock: await chain.startBlock()
    },
    {
      signal: o.signal,
      // Nobody could order before there was a record.
      enough: all =>
        hasFirst(all.filter(({ address }) => address.toLowerCase() === nft))
    }
  );
  const all: Omit<IOrderEntry, 'time'>[] = found.flatMap(log => {
    const args = datatokenAbi.parseLog(log)?.args;
    return args
      ? [
          {
            consumer: String(args.consumer),
            service: Number(args.serviceIndex),
            tx: log.transactionHash,
            block: log.blockNumber
          }
        ]
      : [];
  });
  all.sort((a, b) => a.block - b.block);
  return withTimes(reader, all, o.signal);
}
