/**
 * Sharing revenue: the Splitter of @oceanprotocol/contracts 2.6 as an asset's
 * payment collector. It pays out whole balances by shares, one base unit kept.
 */
import { getAddress, Interface, toQuantity } from 'ethers';

import {
  call,
  estimateGas,
  logs,
  request,
  type IReceipt,
  type ITxRequest,
  type Reader
} from './chain';
import { callTx } from './callTx';
import { OceanError } from './errors';
import { balanceOf } from './pricing';
import { checkedAddress } from './states';

export interface IShare {
  account: string;
  /** Of the sum of all shares. */
  shares: bigint;
}

export interface ISplitter {
  address: string;
  owner: string;
  payees: IShare[];
  total: bigint;
}

/** A transaction that makes a contract has no receiver. */
export type IDeployRequest = Omit<ITxRequest, 'to'>;

const abi = new Interface([
  'constructor(address[] payees, uint256[] shares_)',
  'function getPayees() view returns (address[])',
  'function shares(address) view returns (uint256)',
  'function totalShares() view returns (uint256)',
  'function owner() view returns (address)',
  'function release(address token)'
]);

/** What stays in it at each payout, base units. */
const KEPT = 1n;

const MAX_PAYEES = 50;
/** Collectors of before that are looked at. */
const MAX_COLLECTORS = 20;

/**
 * Shares as somebody typed them, checked.
 *
 * @throws OceanError bad-address (none, or twice), bad-amount (no whole share)
 */
export function checkShares(
  shares: readonly { account: string; shares: string }[]
): IShare[] {
  const checked = shares.map(one => {
    const account = checkedAddress(one.account);
    if (!/^[1-9][0-9]{0,8}$/.test(one.shares.trim())) {
      throw new OceanError('bad-amount', `${one.shares} is no share`);
    }
    return { account, shares: BigInt(one.shares.trim()) };
  });
  const accounts = new Set(checked.map(({ account }) => account));
  if (checked.length < 2 || accounts.size < checked.length) {
    throw new OceanError('bad-address', 'A split needs different accounts');
  }
  return checked;
}

/** The transaction that makes a splitter. Its code comes with the package. */
export async function splitterTx(
  reader: Reader,
  from: string,
  shares: readonly IShare[]
): Promise<IDeployRequest> {
  const { bytecode } =
    await import('@oceanprotocol/contracts/artifacts/contracts/df/Splitter.sol/Splitter.json');
  const tx = {
    from,
    data:
      bytecode +
      abi
        .encodeDeploy([
          shares.map(({ account }) => account),
          shares.map(one => one.shares)
        ])
        .slice(2),
    value: '0x0'
  };
  const gas = await estimateGas(reader, tx);
  return { ...tx, gas: toQuantity((gas * 12n) / 10n) };
}

/** The contract that a receipt tells of. Throws `event-missing`. */
export async function deployedIn(
  reader: Reader,
  receipt: IReceipt
): Promise<string> {
  const { contractAddress } = (await request(
    reader,
    'eth_getTransactionReceipt',
    [receipt.hash]
  )) as { contractAddress: string | null };
  if (!contractAddress) {
    throw new OceanError('event-missing', 'The transaction made no contract', {
      hash: receipt.hash
    });
  }
  return getAddress(contractAddress);
}

/** The splitter at an address; null where there is none. */
export async function readSplitter(
  reader: Reader,
  address: string
): Promise<ISplitter | null> {
  try {
    const [[payees], [total], [owner]] = await Promise.all([
      call(reader, address, abi, 'getPayees'),
      call(reader, address, abi, 'totalShares'),
      call(reader, address, abi, 'owner')
    ]);
    return {
      address: getAddress(address),
      owner: getAddress(owner),
      total,
      payees: await Promise.all(
        [...payees].slice(0, MAX_PAYEES).map(async account => ({
          account: getAddress(account),
          shares: BigInt(
            (await call(reader, address, abi, 'shares', [account]))[0]
          )
        }))
      )
    };
  } catch (reason) {
    if (reason instanceof OceanError && reason.code === 'chain-unreachable') {
      throw reason;
    }
    // An account, or another contract.
    return null;
  }
}

const datatokenAbi = new Interface([
  'event NewPaymentCollector(address indexed caller, address indexed _newPaymentCollector, uint256 timestamp, uint256 blockNumber)'
]);

/** Accounts and contracts that a datatoken's orders were ever paid to. */
export async function formerCollectors(
  reader: Reader,
  datatoken: string,
  fromBlock: number
): Promise<string[]> {
  const found = await logs(reader, {
    address: datatoken,
    topics: [datatokenAbi.getEvent('NewPaymentCollector')?.topicHash ?? ''],
    fromBlock
  });
  const all = found.map(log =>
    getAddress(datatokenAbi.parseLog(log)?.args._newPaymentCollector)
  );
  // The last ones, where somebody changed it without end.
  return [...new Set(all)].slice(-MAX_COLLECTORS);
}

/** What a payout would hand out now, base units of a token. */
export async function releasable(
  reader: Reader,
  splitter: string,
  token: string
): Promise<bigint> {
  const balance = await balanceOf(reader, token, splitter);
  return balance > KEPT ? balance - KEPT : 0n;
}

/** The transaction that pays all payees; anybody may send it. */
export function releaseTx(
  reader: Reader,
  from: string,
  splitter: string,
  token: string
): Promise<ITxRequest> {
  return callTx(reader, from, splitter, abi, 'release', [token]);
}
