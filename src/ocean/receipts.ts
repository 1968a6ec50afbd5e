/** Waiting for a transaction that may be mined, reverted, or replaced. */
import { toQuantity } from 'ethers';

import {
  blockNumber,
  isPassing,
  nonceOf,
  receipt,
  request,
  type IReceipt,
  type Reader
} from './chain';
import { OceanError } from './errors';

export interface IWaitOptions {
  signal?: AbortSignal;
  /** Lets a replacement be noticed. */
  from?: string;
  /**
   * Of the transaction; learnt from the chain when omitted. Wallets choose their
   * own, and with another one a mined neighbour would look like a replacement.
   */
  nonce?: number;
  /** Block to look for the replacement from. */
  fromBlock?: number;
  /** Milliseconds; default 10 minutes. */
  timeout?: number;
  /** Milliseconds between looks; default 1000. */
  interval?: number;
}

/** How far back a replacement is looked for, in blocks. */
const LOOK_BACK = 128;
/** Looks in a row that may fail before the chain counts as gone. */
const PATIENCE = 5;

/** setTimeout as a promise that an abort ends at once. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** The hash of the mined transaction of an account with a nonce, if it is recent. */
async function minedWith(
  reader: Reader,
  from: string,
  nonce: number,
  fromBlock: number
): Promise<string | null> {
  const latest = await blockNumber(reader);
  const first = Math.max(0, fromBlock, latest - LOOK_BACK);
  for (let number = latest; number >= first; number--) {
    const block = (await request(reader, 'eth_getBlockByNumber', [
      toQuantity(number),
      true
    ])) as {
      transactions: { hash: string; from: string; nonce: string }[];
    } | null;
    const tx = block?.transactions.find(
      one =>
        one.from.toLowerCase() === from.toLowerCase() &&
        Number(one.nonce) === nonce
    );
    if (tx) {
      return tx.hash;
    }
  }
  return null;
}

/** The nonce that a transaction has; undefined while the chain does not know it. */
async function nonceIn(
  reader: Reader,
  hash: string
): Promise<number | undefined> {
  const sent = (await request(reader, 'eth_getTransactionByHash', [hash])) as {
    nonce: string;
  } | null;
  return sent ? Number(sent.nonce) : undefined;
}

async function look(
  reader: Reader,
  hash: string,
  options: IWaitOptions
): Promise<IReceipt | null> {
  const mined = await receipt(reader, hash);
  if (mined || options.from === undefined || options.nonce === undefined) {
    return mined;
  }
  if ((await nonceOf(reader, options.from)) <= options.nonce) {
    return null;
  }
  // The nonce is used up; it may have been by ours, between the two questions.
  const again = await receipt(reader, hash);
  if (again) {
    return again;
  }
  const replacement = await minedWith(
    reader,
    options.from,
    options.nonce,
    options.fromBlock ?? 0
  );
  if (replacement === hash) {
    return null;
  }
  throw new OceanError(
    'tx-replaced',
    `Another transaction took the place of ${hash}`,
    { hash, replacement }
  );
}

/**
 * Wait until a transaction is mined.
 *
 * Throws `tx-reverted`; `tx-replaced` (its effect may be there all the same:
 * look with `findMint`, `findMetadata`, `findOrder`); `tx-pending` after
 * `timeout`; `chain-unreachable` or `chain-error` when that is all that comes
 * several times in a row;
 * the signal's reason when aborted.
 */
export async function waitReceipt(
  reader: Reader,
  hash: string,
  options: IWaitOptions = {}
): Promise<IReceipt> {
  const { signal, timeout = 600_000, interval = 1000 } = options;
  const end = Date.now() + timeout;
  let failures = 0;
  let { nonce } = options;
  for (
    let wait = Math.min(100, interval);
    ;
    wait = Math.min(interval, wait * 2)
  ) {
    signal?.throwIfAborted();
    let mined: IReceipt | null = null;
    try {
      if (options.from !== undefined) {
        nonce ??= await nonceIn(reader, hash);
      }
      mined = await look(reader, hash, { ...options, nonce });
      failures = 0;
    } catch (reason) {
      if (!isPassing(reason) || ++failures >= PATIENCE) {
        throw reason;
      }
    }
    if (mined?.succeeded) {
      return mined;
    }
    if (mined) {
      throw new OceanError('tx-reverted', `${hash} was reverted`, { hash });
    }
    if (Date.now() >= end) {
      throw new OceanError('tx-pending', `${hash} is not mined yet`, { hash });
    }
    await pause(wait, signal);
  }
}
