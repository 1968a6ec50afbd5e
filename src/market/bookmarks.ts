/**
 * Assets that the person keeps in mind: bookmarked, or opened lately. In this
 * browser only; nobody else learns of them.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IAsset } from '../ocean/asset';
import { isDid } from '../ocean/did';
import { oneLine } from '../ocean/foreignText';
import type { IRecordStore } from './records';

/** Enough of an asset to tell it in a list; the text is a stranger's. */
export interface IAssetNote {
  did: string;
  chainId: number;
  name: string;
  type: string;
  author: string;
  /** Address of the account that holds the NFT; null where nobody said. */
  owner: string | null;
  /** ISO 8601: when it was bookmarked or opened. */
  at: string;
}

export type NotedAsset = Pick<
  IAsset,
  'did' | 'chainId' | 'name' | 'type' | 'author' | 'owner'
>;

/** One list of assets in the browser's store, the last one first. */
export class AssetNotes {
  /**
   * @param _limit - how many are kept; the oldest go
   */
  constructor(
    private _store: Pick<IRecordStore, 'getItem' | 'setItem'>,
    private _key: string,
    private _limit: number
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Read anew each time: another tab may have changed it. */
  list(): readonly IAssetNote[] {
    const text = this._store.getItem(this._key) ?? '[]';
    if (text !== this._text) {
      this._text = text;
      this._notes = parse(text);
    }
    return this._notes;
  }

  has(did: string): boolean {
    return this.list().some(note => note.did === did);
  }

  /** Put an asset at the top of the list. */
  add(asset: NotedAsset): void {
    const { did, chainId, name, type, author, owner } = asset;
    const at = new Date().toISOString();
    this._write([
      { did, chainId, name, type, author, owner, at },
      ...this.list().filter(note => note.did !== did)
    ]);
  }

  remove(did: string): void {
    this._write(this.list().filter(note => note.did !== did));
  }

  toggle(asset: NotedAsset): void {
    if (this.has(asset.did)) {
      this.remove(asset.did);
    } else {
      this.add(asset);
    }
  }

  private _write(notes: IAssetNote[]): void {
    this._store.setItem(this._key, JSON.stringify(notes.slice(0, this._limit)));
    this._changed.emit();
  }

  private _text = '';
  private _notes: readonly IAssetNote[] = [];
  private _changed = new Signal<this, void>(this);
}

function parse(text: string): IAssetNote[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    // Not ours, or cut off: as if nothing had been kept.
    return [];
  }
  return (Array.isArray(found) ? (found as Partial<IAssetNote>[]) : []).flatMap(
    note =>
      note && isDid(note.did) && Number.isSafeInteger(note.chainId)
        ? [
            {
              did: String(note.did),
              chainId: Number(note.chainId),
              name: oneLine(note.name),
              type: oneLine(note.type),
              author: oneLine(note.author),
              owner: /^0x[0-9a-fA-F]{40}$/.test(String(note.owner))
                ? String(note.owner)
                : null,
              at: oneLine(note.at)
            }
          ]
        : []
  );
}

const BOOKMARKS = 'jupyterlab-web3:bookmarks';
const RECENT = 'jupyterlab-web3:recent-assets';

/** Assets with a star; a thousand at most. */
export const bookmarksIn = (store: IRecordStore): AssetNotes =>
  new AssetNotes(store, BOOKMARKS, 1000);

/** The last 50 assets that were opened. */
export const recentIn = (store: IRecordStore): AssetNotes =>
  new AssetNotes(store, RECENT, 50);
