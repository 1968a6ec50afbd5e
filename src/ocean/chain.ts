/**
 * Reading a chain over EIP-1193: calls, logs, gas; and the shape of a
 * transaction that a wallet is asked to send.
 */
import { Interface, toQuantity, type Result } from 'ethers';

import type { IEip1193Provider } from '../tokens';

import { OceanError } from './errors';

/** A transaction as `eth_sendTransaction` takes it; quantities are 0x-hex. */
export interface ITxRequest {
  from: string;
  to: string;
  data: string;
  value: string;
  /** Gas limit with a margin; absent where it can't be estimated yet. */
  gas?: string;
}

export interface ILog {
  address: string;
  topics: string[];
  data: string;
  transactionHash: string;
  blockNumber: number;
}

export interface IReceipt {
  hash: string;
  from: string;
  to: string | null;
  blockNumber: number;
  succeeded: boolean;
  gasUsed: bigint;
  logs: ILog[];
}

export type Reader = IEip1193Provider;

export const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';

/** Whether a node says that executing failed, rather than that it can't answer. */
export function isRevert(reason: unknown): boolean {
  return /revert|execution failed|invalid opcode|out of gas|always failing|exceeds allowance/i.test(
    wordsOf(reason)
  );
}

/** The numeric code of a JSON-RPC answer, also one level down; or null. */
function rpcCodeOf(reason: unknown): number | null {
  const { code, info, error } = (reason ?? {}) as {
    code?: unknown;
    info?: { error?: { code?: unknown } };
    error?: { code?: unknown };
  };
  return (
    [code, error?.code, info?.error?.code].find(
      (one): one is number => typeof one === 'number'
    ) ?? null
  );
}

/**
 * What a failed question to a chain was: a refusal of the contract, an error
 * that the endpoint answered with (JSON-RPC 2.0 §5.1, a numeric code), or no
 * answer at all (EIP-1193 4900 and 4901, a broken line).
 */
export function chainFailure(
  reason: unknown
): 'tx-reverted' | 'chain-error' | 'chain-unreachable' {
  if (isRevert(reason)) {
    return 'tx-reverted';
  }
  const code = rpcCodeOf(reason);
  return code === null || code === 4900 || code === 4901
    ? 'chain-unreachable'
    : 'chain-error';
}

/** Whether asking the chain again may help. */
export function isPassing(reason: unknown): boolean {
  return (
    reason instanceof OceanError &&
    (reason.code === 'chain-unreachable' || reason.code === 'chain-error')
  );
}

/** What an EIP-1193 or ethers error says, in its own words. */
export function wordsOf(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) {
    return String(reason);
  }
  const { shortMessage, message, data, info, error } = reason as {
    shortMessage?: unknown;
    message?: unknown;
    data?: { message?: unknown } | unknown;
    info?: { error?: { message?: unknown } };
    error?: { message?: unknown };
  };
  const inner = (data as { message?: unknown } | undefined)?.message;
  for (const words of [
    info?.error?.message,
    error?.message,
    inner,
    message,
    shortMessage
  ]) {
    if (typeof words === 'string' && words) {
      return words;
    }
  }
  return JSON.stringify(reason);
}

/** One request; a failure becomes `tx-reverted`, `chain-error` or `chain-unreachable`. */
export async function request(
  reader: Reader,
  method: string,
  params: readonly unknown[]
): Promise<unknown> {
  try {
    return await reader.request({ method, params });
  } catch (cause) {
    const words = wordsOf(cause);
    throw new OceanError(
      chainFailure(cause),
      `${method}: ${words}`,
      { words },
      { cause }
    );
  }
}

/** `eth_call` of a function of a contract. */
export async function call(
  reader: Reader,
  to: string,
  abi: Interface,
  name: string,
  args: readonly unknown[] = []
): Promise<Result> {
  const data = abi.encodeFunctionData(name, args);
  const answer = String(
    await request(reader, 'eth_call', [{ to, data }, 'latest'])
  );
  if (answer === '0x') {
    throw new OceanError('tx-reverted', `No contract answers at ${to}`, {
      words: `${name}: no contract at ${to}`
    });
  }
  return abi.decodeFunctionResult(name, answer);
}

export async function blockNumber(reader: Reader): Promise<number> {
  return Number(await request(reader, 'eth_blockNumber', []));
}

/** `eth_getTransactionCount` of the latest block. */
export async function nonceOf(
  reader: Reader,
  account: string,
  at: 'latest' | 'pending' = 'latest'
): Promise<number> {
  return Number(
    await request(reader, 'eth_getTransactionCount', [account, at])
  );
}

interface IRawLog {
  address: string;
  topics: string[];
  data: string;
  transactionHash: string;
  blockNumber: string;
}

function readLog(log: IRawLog): ILog {
  return { ...log, blockNumber: Number(log.blockNumber) };
}

export interface ILogFilter {
  /** Of any contract when absent. */
  address?: string | string[];
  topics: (string | string[] | null)[];
  fromBlock: number;
}

/** Logs of a range of blocks, both ends in it, by one request. */
export async function readLogs(
  reader: Reader,
  filter: ILogFilter & { toBlock: number }
): Promise<ILog[]> {
  const { fromBlock, toBlock, ...rest } = filter;
  const found = (await request(reader, 'eth_getLogs', [
    {
      ...rest,
      fromBlock: toQuantity(fromBlock),
      toBlock: toQuantity(toBlock)
    }
  ])) as IRawLog[];
  return found.map(readLog);
}

export { logs, type ILogOptions } from './logs';

/** What `eth_getTransactionReceipt` answered; null while it is not mined. */
export function readReceipt(answer: unknown): IReceipt | null {
  const raw = answer as {
    transactionHash: string;
    from: string;
    to: string | null;
    blockNumber: string | null;
    status: string;
    gasUsed: string;
    logs: IRawLog[];
  } | null;
  if (!raw?.blockNumber) {
    return null;
  }
  return {
    hash: raw.transactionHash,
    from: raw.from,
    to: raw.to,
    blockNumber: Number(raw.blockNumber),
    succeeded: Number(raw.status) === 1,
    gasUsed: BigInt(raw.gasUsed),
    logs: raw.logs.map(readLog)
  };
}

/** null while it is not mined. */
export async function receipt(
  reader: Reader,
  hash: string
): Promise<IReceipt | null> {
  return readReceipt(
    await request(reader, 'eth_getTransactionReceipt', [hash])
  );
}

/** Wei per gas that a wallet would about offer. */
export async function gasPrice(reader: Reader): Promise<bigint> {
  return BigInt(String(await request(reader, 'eth_gasPrice', [])));
}

/** Gas units; throws `tx-reverted` when the transaction would fail. */
export async function estimateGas(
  reader: Reader,
  tx: Omit<ITxRequest, 'to'> & { to?: string }
): Promise<bigint> {
  const { from, to, data, value } = tx;
  const call = { from, ...(to ? { to } : {}), data, value };
  return BigInt(String(await request(reader, 'eth_estimateGas', [call])));
}
