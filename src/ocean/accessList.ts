/**
 * Access lists on the chain: contracts that say who is on them by who holds a
 * token of theirs (AccessListFactory and AccessList of
 * @oceanprotocol/contracts 2.6; soul-bound: nobody can pass a place on).
 */
import { getAddress, Interface, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import {
  call,
  logs,
  type IReceipt,
  type ITxRequest,
  type Reader
} from './chain';
import { callTx } from './callTx';
import { oceanConfig } from './config';
import { OceanError } from './errors';
import { checkedAddress } from './states';

export interface IAccessList {
  address: string;
  name: string;
  owner: string;
  /** `token` is what is taken away to strike the account off. */
  members: { account: string; token: bigint }[];
}

const factoryAbi = new Interface([
  'event NewAccessList(address indexed contractAddress, address indexed owner)',
  'function deployAccessListContract(string name, string symbol, bool transferable, address owner, address[] user, string[] tokenURI) returns (address)',
  'function isDeployed(address) view returns (bool)'
]);

const listAbi = new Interface([
  'function name() view returns (string)',
  'function owner() view returns (address)',
  'function totalSupply() view returns (uint256)',
  'function tokenByIndex(uint256) view returns (uint256)',
  'function ownerOf(uint256) view returns (address)',
  'function batchMint(address[] user, string[] tokenURI)',
  'function burn(uint256 tokenId)'
]);

/** Members that are read of one list: a stranger's may be endless. */
const MAX_MEMBERS = 500;

/** @throws OceanError unknown-network where no factory of lists is known */
async function factoryOf(network: INetwork): Promise<string> {
  const { accessListFactory } = (await oceanConfig(network)) as {
    accessListFactory?: string;
  };
  const address = network.contracts?.AccessListFactory ?? accessListFactory;
  if (!address) {
    throw new OceanError(
      'unknown-network',
      `No factory of access lists is known for chain ${network.chainId}`,
      { chainId: network.chainId }
    );
  }
  return address;
}

/** The transaction that makes a list with some accounts on it. */
export async function newListTx(
  reader: Reader,
  network: INetwork,
  from: string,
  name: string,
  accounts: readonly string[]
): Promise<ITxRequest> {
  const users = accounts.map(checkedAddress);
  return callTx(
    reader,
    from,
    await factoryOf(network),
    factoryAbi,
    'deployAccessListContract',
    [name.trim(), 'ACL', false, from, users, users.map(() => '')]
  );
}

/** The list that a transaction made. Throws `event-missing`. */
export async function listIn(
  receipt: IReceipt,
  network: INetwork
): Promise<string> {
  const factory = await factoryOf(network);
  const topic = factoryAbi.getEvent('NewAccessList')?.topicHash;
  const log = receipt.logs.find(
    one =>
      one.topics[0] === topic &&
      one.address.toLowerCase() === factory.toLowerCase()
  );
  if (!log) {
    throw new OceanError('event-missing', 'The transaction made no list', {
      hash: receipt.hash
    });
  }
  return getAddress(factoryAbi.parseLog(log)?.args.contractAddress);
}

/** The lists that an account made on a network, newest first. */
export async function listsOf(
  reader: Reader,
  network: INetwork,
  account: string
): Promise<string[]> {
  const { startBlock } = await oceanConfig(network);
  const found = await logs(reader, {
    address: await factoryOf(network),
    topics: [
      factoryAbi.getEvent('NewAccessList')?.topicHash ?? '',
      null,
      zeroPadValue(account, 32).toLowerCase()
    ],
    fromBlock: startBlock ?? 0
  });
  return found
    .map(log => getAddress(factoryAbi.parseLog(log)?.args.contractAddress))
    .reverse();
}

/** @throws OceanError tx-reverted where no list is at the address */
export async function readList(
  reader: Reader,
  address: string
): Promise<IAccessList> {
  const [[name], [owner], [total]] = await Promise.all([
    call(reader, address, listAbi, 'name'),
    call(reader, address, listAbi, 'owner'),
    call(reader, address, listAbi, 'totalSupply')
  ]);
  const count = total > BigInt(MAX_MEMBERS) ? MAX_MEMBERS : Number(total);
  const members = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [token] = await call(reader, address, listAbi, 'tokenByIndex', [
        index
      ]);
      const [account] = await call(reader, address, listAbi, 'ownerOf', [
        token
      ]);
      return { account: getAddress(account), token: BigInt(token) };
    })
  );
  return {
    address: getAddress(address),
    name: String(name).slice(0, 100),
    owner: getAddress(owner),
    members
  };
}

/** Put accounts on a list: its owner only. Throws `bad-address`, `tx-reverted`. */
export function addToListTx(
  reader: Reader,
  from: string,
  list: string,
  accounts: readonly string[]
): Promise<ITxRequest> {
  const users = accounts.map(checkedAddress);
  return callTx(reader, from, list, listAbi, 'batchMint', [
    users,
    users.map(() => '')
  ]);
}

/**
 * Strike the holder of a token off: the list's owner may, and the holder (`burn`
 * of AccessList). So nobody can be kept on a list: one of those who may not buy
 * keeps nobody out.
 */
export function removeFromListTx(
  reader: Reader,
  from: string,
  list: string,
  token: bigint
): Promise<ITxRequest> {
  return callTx(reader, from, list, listAbi, 'burn', [token]);
}
