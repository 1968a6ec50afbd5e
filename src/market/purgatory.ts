/**
 * Assets that should not be dealt in: by the index of an Ocean Node
 * (`indexedMetadata.purgatory`), by the person's settings, or by lists that the
 * settings name. One for the page: lists, pages and purchases ask the same.
 *
 * What was bought stays downloadable; only finding and buying stop.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import { isDid } from '../ocean/did';
import type { IAsset } from '../ocean/asset';
import { MarketError } from './errors';

/** Who says so: the Ocean Node's index, the settings, or a list that they name. */
export type PurgatorySource = 'index' | 'settings' | 'list';

export interface IPurgatoryEntry {
  /** What it names: an asset, its NFT, or the account that sells it. */
  kind: 'did' | 'nft' | 'account';
  source: PurgatorySource;
  /** Why, where the list tells; foreign text. */
  reason?: string;
  /** Host of the list. */
  host?: string;
}

export type PurgatoryAsset = Pick<
  IAsset,
  'did' | 'nftAddress' | 'owner' | 'purgatory'
>;

/** Bytes of a list, at most. */
const LONGEST = 4 * 1024 * 1024;
const ADDRESS = /^0x[0-9a-f]{40}$/;

interface INamed {
  reason?: string;
  host?: string;
}

const key = (text: unknown): string | null => {
  const lower = typeof text === 'string' ? text.trim().toLowerCase() : '';
  return isDid(lower) || ADDRESS.test(lower) ? lower : null;
};

/**
 * The entries of a list: texts, or objects as Ocean's own lists have them
 * (`{did, reason}` of assets, `{address, reason}` of accounts). What is neither
 * a DID nor an address is left out.
 */
export function readList(value: unknown): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  for (const one of Array.isArray(value) ? (value as unknown[]) : []) {
    const entry = (
      typeof one === 'object' && one !== null ? one : { did: one }
    ) as Record<string, unknown>;
    const named = key(entry.did) ?? key(entry.address);
    if (named) {
      found.set(
        named,
        typeof entry.reason === 'string'
          ? entry.reason.slice(0, 200)
          : undefined
      );
    }
  }
  return found;
}

export class Purgatory {
  /** The lists have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Lists of the settings that could not be read, by URL. */
  readonly failed = new Map<string, string>();

  /**
   * When the lists of the settings were read, or could not be (see `failed`).
   * Never rejects; who buys waits for it.
   */
  async ready(): Promise<void> {
    let reading: Promise<void> | null = null;
    // Other settings meanwhile: then it is these that count.
    while (reading !== this._reading) {
      reading = this._reading;
      await reading;
    }
  }

  /** Why an asset should not be dealt in; null for all others. */
  entryOf(asset: PurgatoryAsset): IPurgatoryEntry | null {
    if (asset.purgatory) {
      return { kind: 'did', source: 'index' };
    }
    const names: [IPurgatoryEntry['kind'], string | null][] = [
      ['did', asset.did],
      ['nft', asset.nftAddress],
      ['account', asset.owner]
    ];
    for (const [kind, name] of names) {
      const named = name?.toLowerCase() ?? '';
      if (this._own.has(named)) {
        return { kind, source: 'settings' };
      }
      const listed = this._listed.get(named);
      if (listed) {
        return { kind, source: 'list', ...listed };
      }
    }
    return null;
  }

  /** Whether lists should leave it out, and nobody buy it. */
  has(asset: PurgatoryAsset): boolean {
    return this.entryOf(asset) !== null;
  }

  /** @throws MarketError in-purgatory */
  assertNot(asset: PurgatoryAsset): void {
    const entry = this.entryOf(asset);
    if (entry) {
      throw new MarketError('in-purgatory', `${asset.did} is in purgatory`, {
        ...entry
      });
    }
  }

  /** What the settings name: DIDs, NFTs, accounts, in any case of letters. */
  setOwn(names: readonly string[]): void {
    this._own = new Set(names.flatMap(name => key(name) ?? []));
    this._changed.emit();
  }

  /**
   * Read the lists that the settings name; only these are ever asked. One that
   * can't be read is told in `failed`, and what was read of it before stays.
   */
  setLists(
    urls: readonly string[],
    fetcher: (url: string) => Promise<Response>
  ): Promise<void> {
    return (this._reading = this._read(urls, fetcher));
  }

  private async _read(
    urls: readonly string[],
    fetcher: (url: string) => Promise<Response>
  ): Promise<void> {
    const turn = ++this._turn;
    const read = await Promise.all(
      urls.map(async (url): Promise<[string, Map<string, INamed> | Error]> => {
        try {
          const { host } = new URL(url);
          const response = await fetcher(url);
          if (!response.ok) {
            throw new Error(`HTTP ${response.status}`);
          }
          const text = await response.text();
          if (text.length > LONGEST) {
            throw new Error('The list is too long');
          }
          const entries = readList(JSON.parse(text));
          return [
            url,
            new Map(
              [...entries].map(([name, reason]) => [name, { reason, host }])
            )
          ];
        } catch (error) {
          return [
            url,
            error instanceof Error ? error : new Error(String(error))
          ];
        }
      })
    );
    if (turn !== this._turn) {
      return;
    }
    this.failed.clear();
    const kept = new Map<string, Map<string, INamed>>();
    for (const [url, entries] of read) {
      if (entries instanceof Error) {
        this.failed.set(url, entries.message);
        kept.set(url, this._lists.get(url) ?? new Map());
      } else {
        kept.set(url, entries);
      }
    }
    this._lists = kept;
    this._listed = new Map([...kept.values()].flatMap(one => [...one]));
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _lists = new Map<string, Map<string, INamed>>();
  private _listed = new Map<string, INamed>();
  private _own = new Set<string>();
  private _reading: Promise<void> = Promise.resolve();
  private _turn = 0;
}

/** That of this page. */
export const purgatory = new Purgatory();
