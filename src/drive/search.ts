/**
 * Searching by name below a folder: one listing a folder, told as found.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { IpfsNotFoundError, isCancelled } from '../ipfs/errors';
import type { IIpfs } from '../tokens';
import { joinMfs, PRIVATE_FOLDER } from './paths';

/** Listings under way at the same time. */
const AT_ONCE = 4;
/** Names compared before the page gets a turn. */
const SLICE = 5000;
/** Shown at most: whoever finds more searches for something longer. */
export const FOUND_LIMIT = 500;

export interface IFoundEntry {
  /** MFS path. */
  path: string;
  type: 'file' | 'directory';
  size: number;
}

export interface ISearchOptions {
  hidden?: boolean;
  signal?: AbortSignal;
  /** Told after each listing: folders looked into. */
  onFolder?: (folders: number) => void;
}

/** Whether all words of a query are in a name, whatever their case. */
export function matches(query: string): (name: string) => boolean {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return name => {
    const lower = name.toLocaleLowerCase();
    return words.length > 0 && words.every(word => lower.includes(word));
  };
}

/**
 * Entries below a folder whose name has all words of the query, folder by folder,
 * those above first.
 */
export async function* search(
  ipfs: Pick<IIpfs, 'files'>,
  folder: string,
  query: string,
  options: ISearchOptions = {}
): AsyncGenerator<IFoundEntry> {
  const { signal, hidden = false, onFolder } = options;
  const fits = matches(query);
  const list = async (path: string) => {
    try {
      return { path, entries: await ipfs.files.ls(path, { signal }) };
    } catch (error) {
      if (error instanceof IpfsNotFoundError) {
        // Deleted while the search went on.
        return { path, entries: [] };
      }
      throw error;
    }
  };
  let folders = 0;
  let compared = 0;
  for (let level = [folder]; level.length;) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += AT_ONCE) {
      signal?.throwIfAborted();
      const listed = await Promise.all(level.slice(at, at + AT_ONCE).map(list));
      for (const { path, entries } of listed) {
        onFolder?.(++folders);
        for (const { name, type, size } of entries) {
          if (++compared % SLICE === 0) {
            await new Promise(resolve => setTimeout(resolve));
            signal?.throwIfAborted();
          }
          if (name.startsWith('.') && (!hidden || name === PRIVATE_FOLDER)) {
            continue;
          }
          const child = joinMfs(path, name);
          if (type === 'directory') {
            next.push(child);
          }
          if (fits(name)) {
            yield { path: child, type, size };
          }
        }
      }
    }
    level = next;
  }
}

/** A search and what it found, for who shows it. */
export class SearchModel {
  constructor(
    private _ipfs: Pick<IIpfs, 'files'>,
    private _where: () => { folder: string; hidden: boolean }
  ) {}

  get changed(): ISignal<SearchModel, void> {
    return this._changed;
  }

  /** Whether it is there to be seen. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  /** How often it was opened, while it was open too. */
  openings = 0;
  query = '';
  /** The folder that is searched. */
  folder = '/';
  found: IFoundEntry[] = [];
  folders = 0;
  state: 'idle' | 'busy' | 'done' | 'stopped' | 'limit' | 'failed' = 'idle';
  error: unknown = null;

  open(query = ''): void {
    this._isOpen = true;
    this.openings++;
    if (query) {
      void this.start(query);
    }
    this._changed.emit();
  }

  close(): void {
    this._stop.abort();
    this._isOpen = false;
    this.query = '';
    this.found = [];
    this.state = 'idle';
    this._changed.emit();
  }

  stop(): void {
    this._stop.abort();
  }

  /** Search the folder that is shown, instead of what was searched before. */
  async start(query: string): Promise<void> {
    this._stop.abort();
    const { signal } = (this._stop = new AbortController());
    const { folder, hidden } = this._where();
    Object.assign(this, {
      query,
      folder,
      found: [],
      folders: 0,
      error: null,
      state: query.trim() ? 'busy' : 'idle'
    });
    this._changed.emit();
    if (!query.trim()) {
      return;
    }
    let ended: typeof this.state = 'done';
    try {
      for await (const one of search(this._ipfs, folder, query, {
        signal,
        hidden,
        onFolder: folders => {
          this.folders = folders;
          this._tell();
        }
      })) {
        this.found.push(one);
        if (this.found.length === FOUND_LIMIT) {
          ended = 'limit';
          break;
        }
      }
    } catch (error) {
      ended = signal.aborted || isCancelled(error) ? 'stopped' : 'failed';
      this.error = error;
    }
    if (signal === this._stop.signal) {
      this.state = ended;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._stop.abort();
    Signal.clearData(this);
  }

  /** At most ten times a second: each telling is drawn. */
  private _tell(): void {
    const now = Date.now();
    if (now - this._told > 100) {
      this._told = now;
      this._changed.emit();
    }
  }

  private _isOpen = false;
  private _told = 0;
  private _stop = new AbortController();
  private _changed = new Signal<SearchModel, void>(this);
}
