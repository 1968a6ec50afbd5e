/** Reading what belongs to an asset that is looked after: lists, splitters, record. */
import { listsOf, readList, type IAccessList } from '../ocean/accessList';
import { readAsset, type IAsset } from '../ocean/asset';
import type { Reader } from '../ocean/chain';
import { OceanError } from '../ocean/errors';
import { plainRecord } from '../ocean/record';
import type { INetwork } from '../tokens';
import { codeOf } from './errors';
import type { IFormerSplitter, IManageState } from './manageTypes';
import * as selling from '../ocean/sale';
import * as splitting from '../ocean/splitter';

/** Lists of strangers that are read: somebody else may have written the rules. */
const MAX_LISTS = 20;

/** The lists that an account made; none where the chain has no factory of lists. */
export async function listsAt(
  reader: Reader,
  network: INetwork,
  account: string
): Promise<IAccessList[]> {
  let addresses: string[];
  try {
    addresses = await listsOf(reader, network, account);
  } catch (reason) {
    if (codeOf(reason) === 'unknown-network') {
      return [];
    }
    throw reason;
  }
  return Promise.all(addresses.map(one => readList(reader, one)));
}

/** Lists that the rules name and that are not among `own`. */
export async function foreignLists(
  reader: Reader,
  asset: IAsset | null,
  own: readonly IAccessList[]
): Promise<IAccessList[]> {
  const { allow = [], deny = [] } = asset?.access ?? {};
  const named = new Set(
    [...allow, ...deny]
      .filter(({ type }) => type === 'accessList')
      .flatMap(({ values }) => values.map(value => value.toLowerCase()))
  );
  own.forEach(({ address }) => named.delete(address.toLowerCase()));
  const found = await Promise.all(
    [...named]
      .filter(address => /^0x[0-9a-f]{40}$/.test(address))
      .slice(0, MAX_LISTS)
      .map(async address => {
        try {
          return await readList(reader, address);
        } catch (reason) {
          if (codeOf(reason) === 'chain-unreachable') {
            throw reason;
          }
          // No list; the page shows the address alone.
          return null;
        }
      })
  );
  return found.filter(list => list !== null);
}

/** What a splitter would pay out now of each token that the asset is sold for. */
export async function holdsOf(
  reader: Reader,
  splitter: string,
  sales: readonly selling.ISale[]
): Promise<Record<string, bigint>> {
  const tokens = new Set(
    sales.flatMap(({ exchanges }) =>
      exchanges.map(({ token }) => token.address)
    )
  );
  return Object.fromEntries(
    await Promise.all(
      [...tokens].map(
        async token =>
          [token, await splitting.releasable(reader, splitter, token)] as const
      )
    )
  );
}

/** Contracts that shared revenue before, where money is left in them. */
export async function formerSplitters(
  reader: Reader,
  sales: readonly selling.ISale[],
  fromBlock: number
): Promise<IFormerSplitter[]> {
  const paid = await Promise.all(
    sales.map(({ datatoken }) =>
      splitting.formerCollectors(reader, datatoken, fromBlock)
    )
  );
  // That of the first is shown as the one in use.
  const found = await Promise.all(
    [...new Set(paid.flat())]
      .filter(address => address !== sales[0]?.collector)
      .map(async address => {
        const splitter = await splitting.readSplitter(reader, address);
        const all = splitter ? await holdsOf(reader, address, sales) : {};
        const holds = Object.fromEntries(
          Object.entries(all).filter(([, amount]) => amount > 0n)
        );
        return splitter && Object.keys(holds).length
          ? { splitter, holds }
          : null;
      })
  );
  return found.filter(one => one !== null);
}

/** What an index has in the place of a record that it dropped. */
export const isPlaceholder = (indexed: unknown): boolean =>
  (indexed as { version?: unknown } | null)?.version === 'deprecated';

/** A record as far as the index has one. */
export function read(indexed: unknown): Pick<IManageState, 'record' | 'asset'> {
  try {
    const record = plainRecord(indexed ?? {});
    return { record, asset: readAsset(indexed) };
  } catch (reason) {
    if (reason instanceof OceanError) {
      // Nothing yet, the placeholder of a revoked asset, another version.
      return { record: null, asset: null };
    }
    throw reason;
  }
}
