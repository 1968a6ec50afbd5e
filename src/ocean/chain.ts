/**
 * Reading a chain over EIP-1193: calls, logs, gas; and the shape of a
 * transaction that a wallet is asked to send.
 */
import type { IEip1193Provider } from '../tokens';

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
