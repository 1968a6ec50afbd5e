/** Waiting for a transaction that may be mined, reverted, or replaced. */
import type { IReceipt, Reader } from './chain';

export interface IWaitOptions {
  signal?: AbortSignal;
  /** With `nonce`: lets a replacement be noticed. */
  from?: string;
  nonce?: number;
  /** Block to look for the replacement from. */
  fromBlock?: number;
  /** Milliseconds; default 10 minutes. */
  timeout?: number;
  /** Milliseconds between looks; default 1000. */
  interval?: number;
}

/**
 * Throws `tx-reverted`, `tx-replaced` (look for its effect with `findMint`,
 * `findMetadata`, `findOrder`), `tx-pending` after `timeout`.
 */
export declare function waitReceipt(
  reader: Reader,
  hash: string,
  options?: IWaitOptions
): Promise<IReceipt>;
