/**
 * Where a publication is kept besides the IPFS node in use: what was chosen,
 * whether it can be, and what that means for who is left to have it.
 */
import type { EngineKind, IPinProvider } from '../tokens';
import type { IPublishDeps } from './context';
import { messageOf, PublishError } from './errors';
import type { IJobRecord, IKeeper } from './record';

/** Id of this browser, where a page is its own IPFS node. */
export const PAGE = 'page';
/** Id of the node in use. */
export const NODE = 'node';

/**
 * Whether a provider could not get the content: what only a page has can be
 * fetched by nobody.
 */
export function isRefused(
  { takes }: Pick<IPinProvider, 'takes'>,
  engine: EngineKind
): boolean {
  return engine === 'browser' && takes === 'fetch';
}

/**
 * What was chosen, as a job writes it down.
 *
 * @param storage - of the draft
 * @throws PublishError unknown-storage, page-only
 */
export async function planStorage(
  { pinning, ipfs }: Pick<IPublishDeps, 'pinning' | 'ipfs'>,
  storage: readonly string[] = []
): Promise<IKeeper[]> {
  const ids = [...new Set(storage)].filter(id => id !== NODE && id !== PAGE);
  if (!ids.length) {
    return [];
  }
  try {
    await pinning?.load();
  } catch (cause) {
    throw new PublishError('unknown-storage', messageOf(cause), { cause });
  }
  return ids.map(id => {
    const found = pinning?.providers.find(provider => provider.id === id);
    if (!found) {
      throw new PublishError('unknown-storage', id);
    }
    const { label, takes } = found;
    if (isRefused(found, ipfs.engine?.kind ?? 'kubo')) {
      throw new PublishError('page-only', label);
    }
    return { provider: id, label, takes };
  });
}

/** Those that are (still) to keep it. */
export function keepersOf({ keepers = [] }: IJobRecord): IKeeper[] {
  return keepers.filter(({ dropped }) => !dropped);
}

/** Told to publish even where only this browser has it. */
export function allowsPage({ draft }: IJobRecord): boolean {
  return draft.storage?.includes(PAGE) ?? false;
}

/** Nobody but this browser has it, and the person said that this is right. */
export function isPageOnly(record: IJobRecord): boolean {
  return (
    !!record.pin?.page &&
    allowsPage(record) &&
    !keepersOf(record).some(({ pinned }) => pinned)
  );
}

/** Whether somebody is left who has it when a keeper is left out. */
export function canGoOnWithout(record: IJobRecord, provider: string): boolean {
  return (
    (!!record.pin?.done && !record.pin.page) ||
    allowsPage(record) ||
    keepersOf(record).some(
      keeper => keeper.pinned && keeper.provider !== provider
    )
  );
}
