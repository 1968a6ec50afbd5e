/**
 * An asset as its NFT has it: who owns it, in which state it is, which record
 * was written last (ERC721Template of @oceanprotocol/contracts 2.6).
 */
import { getAddress, Interface, isAddress } from 'ethers';

import {
  call,
  logs,
  request,
  ZERO_ADDRESS,
  type ITxRequest,
  type Reader
} from './chain';
import { callTx } from './callTx';
import { OceanError } from './errors';

/** States of an asset; the numbers are the contract's. */
export const STATES = {
  active: 0,
  'end-of-life': 1,
  deprecated: 2,
  revoked: 3,
  'ordering-disabled': 4,
  unlisted: 5
} as const;

export type StateName = keyof typeof STATES;

/** The name of a state; null for a number that nobody knows. */
export function stateName(state: number): StateName | null {
  const found = Object.entries(STATES).find(([, value]) => value === state);
  return (found?.[0] as StateName | undefined) ?? null;
}

/** States at which a node's index throws the record away. */
export const PLACEHOLDER_STATES: readonly number[] = [
  STATES.deprecated,
  STATES.revoked
];

export interface INft {
  address: string;
  name: string;
  owner: string;
  /** Meaningless before the first metadata. */
  state: number;
  hasMetadata: boolean;
  nodeUrl: string;
  datatokens: string[];
  transferable: boolean;
}

/** Who may do what with an NFT (`getPermissions`, `ownerOf`). */
export interface IRights {
  owner: boolean;
  /** Write the record, and its state. */
  metadata: boolean;
  /** Price, payment collector, exchange. */
  sale: boolean;
}

const nftAbi = new Interface([
  'function name() view returns (string)',
  'function ownerOf(uint256) view returns (address)',
  'function getMetaData() view returns (string, string, uint8, bool)',
  'function getTokensList() view returns (address[])',
  'function transferable() view returns (bool)',
  'function getPermissions(address) view returns (tuple(bool manager, bool deployERC20, bool updateMetadata, bool store))',
  'function setMetaDataState(uint8)',
  'function setMetaData(uint8 state, string decryptorUrl, string decryptorAddress, bytes flags, bytes data, bytes32 metaDataHash, tuple(address validatorAddress, uint8 v, bytes32 r, bytes32 s)[] metadataProofs)',
  'function safeTransferFrom(address from, address to, uint256 tokenId)',
  'event MetadataCreated(address indexed createdBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
  'event MetadataUpdated(address indexed updatedBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)'
]);

/** The only token of an Ocean NFT. */
const TOKEN = 1n;

/** @throws OceanError tx-reverted (no such contract), chain-unreachable */
export async function readNft(reader: Reader, address: string): Promise<INft> {
  const [[name], owner, [nodeUrl, , state, has], [tokens], [transferable]] =
    await Promise.all([
      call(reader, address, nftAbi, 'name'),
      ownerOf(reader, address),
      call(reader, address, nftAbi, 'getMetaData'),
      call(reader, address, nftAbi, 'getTokensList'),
      call(reader, address, nftAbi, 'transferable')
    ]);
  return {
    address: getAddress(address),
    name: String(name),
    owner,
    state: Number(state),
    hasMetadata: Boolean(has),
    nodeUrl: String(nodeUrl),
    datatokens: [...tokens].map(token => getAddress(token)),
    transferable: Boolean(transferable)
  };
}

/** In which state an asset is now. @throws OceanError tx-reverted */
export async function stateOf(reader: Reader, nft: string): Promise<number> {
  const [, , state] = await call(reader, nft, nftAbi, 'getMetaData');
  return Number(state);
}

/** Who owns an asset (`ownerOf` of ERC-721). @throws OceanError tx-reverted */
export async function ownerOf(reader: Reader, nft: string): Promise<string> {
  const [owner] = await call(reader, nft, nftAbi, 'ownerOf', [TOKEN]);
  return getAddress(owner);
}

/** What an account may change. */
export async function rightsOf(
  reader: Reader,
  nft: string,
  account: string
): Promise<IRights> {
  const [owner, [rights]] = await Promise.all([
    ownerOf(reader, nft),
    call(reader, nft, nftAbi, 'getPermissions', [account])
  ]);
  const isOwner = owner === getAddress(account);
  return {
    owner: isOwner,
    metadata: Boolean(rights.updateMetadata),
    sale: isOwner || Boolean(rights.deployERC20)
  };
}

/** A record as it was written: its bytes are as its node encrypted them. */
export interface IWritten {
  tx: string;
  block: number;
  /** Of the record in the clear. */
  hash: string;
  /** The node that can decrypt it. */
  nodeUrl: string;
  /** Bit 1: compressed, bit 2: encrypted. */
  flags: string;
  data: string;
}

/** The record that counts, and the transaction that wrote it; null before the first. */
export async function lastRecord(
  reader: Reader,
  nft: string,
  fromBlock: number
): Promise<IWritten | null> {
  const topics = ['MetadataCreated', 'MetadataUpdated'].map(
    name => nftAbi.getEvent(name)?.topicHash ?? ''
  );
  const log = (
    await logs(reader, { address: nft, topics: [topics], fromBlock })
  ).at(-1);
  const event = log && nftAbi.parseLog(log);
  return log && event
    ? {
        tx: log.transactionHash,
        block: log.blockNumber,
        hash: String(event.args.metaDataHash),
        nodeUrl: String(event.args.decryptorUrl),
        flags: String(event.args.flags),
        data: String(event.args.data)
      }
    : null;
}

/**
 * The transaction that writes a record once more as it stands, in another state.
 * An Ocean Node that dropped it reads and decrypts it again as an update
 * (ocean-node, MetadataEventProcessor); nobody else needs to be able to. Its
 * `/api/services/decrypt` would not help: it refuses assets of the states 1, 2, 3.
 *
 * @throws OceanError tx-reverted (no right to write the record)
 */
export async function writeAgainTx(
  reader: Reader,
  from: string,
  nft: string,
  written: IWritten,
  state: StateName
): Promise<ITxRequest> {
  const [, decryptor] = await call(reader, nft, nftAbi, 'getMetaData');
  return callTx(reader, from, nft, nftAbi, 'setMetaData', [
    STATES[state],
    written.nodeUrl,
    String(decryptor),
    written.flags,
    written.data,
    written.hash,
    []
  ]);
}

/** The transaction that changes the state. */
export function stateTx(
  reader: Reader,
  from: string,
  nft: string,
  state: StateName
): Promise<ITxRequest> {
  return callTx(reader, from, nft, nftAbi, 'setMetaDataState', [STATES[state]]);
}

/**
 * The transaction that hands the asset to another account. ERC721Template then
 * clears all roles, pays out what exchanges hold to the collector of before, and
 * makes the new owner the collector; exchanges and dispensers go on selling.
 *
 * @throws OceanError bad-address (none, zero, the NFT itself, or a checksum
 *   that does not fit); tx-reverted
 */
export async function transferTx(
  reader: Reader,
  from: string,
  nft: string,
  to: string
): Promise<ITxRequest> {
  const receiver = checkedAddress(to);
  if ([getAddress(nft), getAddress(from)].includes(receiver)) {
    throw new OceanError('bad-address', `${to} can't be its new owner`);
  }
  return callTx(reader, from, nft, nftAbi, 'safeTransferFrom', [
    from,
    receiver,
    TOKEN
  ]);
}

/**
 * An address as somebody typed it, with its checksum (EIP-55). One with a
 * wrong checksum is a typing mistake, not an address.
 *
 * @throws OceanError bad-address
 */
export function checkedAddress(text: string): string {
  const typed = text.trim();
  if (
    !isAddress(typed) ||
    !/^0x/i.test(typed) ||
    getAddress(typed) === ZERO_ADDRESS
  ) {
    throw new OceanError('bad-address', `${typed} is no address`);
  }
  return getAddress(typed);
}

/** Whether a contract is at the address: it may not know what to do with money or NFTs. */
export async function isContract(
  reader: Reader,
  address: string
): Promise<boolean> {
  return (
    String(await request(reader, 'eth_getCode', [address, 'latest'])) !== '0x'
  );
}
