/**
 * Which networks an account's assets and purchases are looked for on at first.
 * Each endpoint that is asked learns the account: those that it never used, and
 * that may not even answer, are asked only when the person wants it.
 */
import { oceanConfig } from '../ocean/config';
import type { INetwork } from '../tokens';
import { codeOf } from './errors';
import type { IRecordStore } from './records';

/** The networks that have Ocean contracts. Never rejects. */
export async function withContracts(
  networks: readonly INetwork[]
): Promise<INetwork[]> {
  const found: INetwork[] = [];
  for (const network of networks) {
    try {
      await oceanConfig(network);
    } catch (reason) {
      if (codeOf(reason) === 'unknown-network') {
        continue;
      }
      // The addresses did not load: whoever looks there says so.
    }
    found.push(network);
  }
  return found;
}

/**
 * Whether a network is in use: the local one, the wallet's, one for which an
 * Ocean Node is set, one on which something of the account is known.
 */
export function isInUse(
  network: INetwork,
  o: { chainId: number | null; known: ReadonlySet<number> }
): boolean {
  return (
    network.local ||
    network.chainId === o.chainId ||
    network.oceanNode !== null ||
    o.known.has(network.chainId)
  );
}

const KEY = 'jupyterlab-web3:mine:';

/** On which chains assets of an account were found, as this browser knows. */
export class FoundOn {
  constructor(private _store: Pick<IRecordStore, 'getItem' | 'setItem'>) {}

  get(account: string): ReadonlySet<number> {
    try {
      const kept: unknown = JSON.parse(
        this._store.getItem(KEY + account.toLowerCase()) ?? '[]'
      );
      return new Set(
        Array.isArray(kept) ? kept.filter(Number.isSafeInteger) : []
      );
    } catch {
      // Not ours, or cut off: found again where it is looked for.
      return new Set();
    }
  }

  add(account: string, chainId: number): void {
    const known = this.get(account);
    if (!known.has(chainId)) {
      this._store.setItem(
        KEY + account.toLowerCase(),
        JSON.stringify([...known, chainId])
      );
    }
  }
}
