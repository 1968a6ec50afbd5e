/**
 * The history of the drive: each change with the root that it led to.
 *
 * It is kept on the drive itself, in its hidden folder: a record a change, which
 * holds the root after it and what it replaced or removed. So it survives the
 * browser, every tab sees it, each engine has its own, and what it links is not
 * collected as garbage, without a pin that would have to walk through it all.
 * The roots are without the hidden folder: otherwise each would hold all the
 * earlier ones, and whoever got the CID of one all that was ever deleted.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { BlobContent } from '../content';
import { IpfsError, IpfsNotFoundError } from '../ipfs/errors';
import type { IIpfs, IMfsStat } from '../tokens';
import { mfsExists, PRIVATE_FOLDER } from './paths';

export type ChangeKind =
  'new' | 'upload' | 'save' | 'copy' | 'rename' | 'delete' | 'restore' | 'undo';

/** One entry before and after a change; null where there was or is none. */
export interface IChangedEntry {
  /** MFS path. */
  path: string;
  before: string | null;
  after: string | null;
}

export interface IChange {
  /** Sorts by time. */
  id: string;
  what: ChangeKind;
  when: Date;
  /** A rename is two: what went, then what came. */
  entries: IChangedEntry[];
  /** CID of the whole drive after it. */
  root: string;
}

export interface IHistoryLimits {
  /** Days that a change is kept; 0 keeps no history. */
  days: number;
  /** Changes kept. */
  changes: number;
}

export const HISTORY = `/${PRIVATE_FOLDER}/history`;

export const DEFAULT_LIMITS: IHistoryLimits = { days: 30, changes: 500 };

const RECORD = 'change.json';
const DAY = 86_400_000;
/** Time between two looks for what is too old, in ms. */
const PRUNE_EVERY = 600_000;
/** A record that was begun is never ended after this time, in ms. */
const ABANDONED = 3_600_000;
/** Records read at the same time. */
const AT_ONCE = 8;

/** Something else was changed since: going back would take that away. */
export class ChangedSinceError extends Error {
  constructor(readonly path: string) {
    super(`${path} was changed since`);
    this.name = 'ChangedSinceError';
  }

  readonly code = 'changed-since';
}

/** A change that is under way. */
export class OpenChange {
  constructor(
    private _ipfs: Pick<IIpfs, 'files'>,
    readonly what: ChangeKind,
    readonly id: string,
    private _off: boolean
  ) {}

  readonly entries: IChangedEntry[] = [];

  /** The root right after the change, hidden folder included; see `commit`. */
  sealed: Promise<string | null> = Promise.resolve(null);

  get folder(): string {
    return `${HISTORY}/${this.id}`;
  }

  /**
   * Keep from garbage collection what is about to be replaced or removed. Never
   * rejects: a full disk must not keep anyone from deleting.
   */
  async keep(cid: string): Promise<void> {
    if (this._off || this._kept.has(cid)) {
      return;
    }
    this._kept.add(cid);
    try {
      await this.open();
      await this._ipfs.files.cp(
        `/ipfs/${cid}`,
        `${this.folder}/kept-${this._kept.size}`
      );
    } catch (error) {
      console.warn('An old state could not be kept', error);
    }
  }

  /** Say what happened to an entry. */
  add(path: string, before: string | null, after: string | null): void {
    this.entries.push({ path, before, after });
  }

  /** The folder of the record. */
  open(): Promise<void> {
    this._opened ??= this._ipfs.files.mkdir(this.folder, { parents: true });
    return this._opened;
  }

  private _kept = new Set<string>();
  private _opened: Promise<void> | null = null;
}

export class History {
  constructor(private _ipfs: Pick<IIpfs, 'files' | 'cat'>) {}

  limits: IHistoryLimits = DEFAULT_LIMITS;

  /** A change was recorded. */
  get recorded(): ISignal<History, IChange> {
    return this._recorded;
  }

  get enabled(): boolean {
    return this.limits.days > 0 && this.limits.changes > 0;
  }

  begin(what: ChangeKind): OpenChange {
    const now = Math.max(Date.now(), this._last + 1);
    this._last = now;
    return new OpenChange(this._ipfs, what, idOf(now), !this.enabled);
  }

  /**
   * Record a change that has happened, after those before it. Never rejects: the
   * change itself is done, and not undone by a record that can't be written. Who
   * makes changes one after the other waits for `change.sealed` in between.
   *
   * @returns null where nothing changed, or nothing could be recorded
   */
  commit(change: OpenChange): Promise<IChange | null> {
    const entries = change.entries.filter(
      ({ before, after }) => before !== after
    );
    if (!entries.length || !this.enabled) {
      return Promise.resolve(null);
    }
    // Now, not when its turn comes: later changes are not of this state.
    change.sealed = this._ipfs.files.stat('/').then(
      ({ cid }) => cid,
      (reason: unknown) => {
        console.warn('A change of the drive was not recorded', reason);
        return null;
      }
    );
    const run = async (): Promise<IChange | null> => {
      try {
        const sealed = await change.sealed;
        if (!sealed) {
          return null;
        }
        const recorded = await this._write(change, entries, sealed);
        this._recorded.emit(recorded);
        await this._pruneNowAndThen();
        return recorded;
      } catch (error) {
        console.warn('A change of the drive was not recorded', error);
        return null;
      }
    };
    const ended = this._queue.then(run);
    this._queue = ended;
    return ended;
  }

  /** Record one entry as it is now, where who changed it did not. */
  async observe(path: string): Promise<void> {
    await this.settled();
    const stat = await mfsExists(this._ipfs, path);
    const before = this._latest
      ? await stateOf(this._ipfs, this._latest, path)
      : null;
    const change = this.begin('save');
    change.add(path, before?.cid ?? null, stat?.cid ?? null);
    await this.commit(change);
  }

  /** When all that was committed is recorded. */
  async settled(): Promise<void> {
    await this._queue;
  }

  /** The changes on record, newest first, as they are read. */
  async *changes(
    options: { signal?: AbortSignal } = {}
  ): AsyncGenerator<IChange> {
    const { signal } = options;
    const found = await this._records(signal);
    for (let at = 0; at < found.length; at += AT_ONCE) {
      signal?.throwIfAborted();
      const some = found.slice(at, at + AT_ONCE);
      for (const change of await Promise.all(
        some.map(({ name, cid }) => this._read(name, cid))
      )) {
        if (change) {
          yield change;
        }
      }
    }
  }

  /** Forget all changes: what only they hold can be collected as garbage. */
  async clear(): Promise<void> {
    await this.settled();
    if (await mfsExists(this._ipfs, HISTORY)) {
      await this._ipfs.files.rm(HISTORY, { recursive: true });
    }
    this._known.clear();
    this._latest = null;
  }

  private async _write(
    change: OpenChange,
    entries: IChangedEntry[],
    sealed: string
  ): Promise<IChange> {
    const { files } = this._ipfs;
    const { id, what, folder } = change;
    for (const { before } of entries) {
      if (before) {
        await change.keep(before);
      }
    }
    await change.open();
    const kept = `${folder}/root`;
    await files.cp(`/ipfs/${sealed}`, kept);
    const hidden = `${kept}/${PRIVATE_FOLDER}`;
    if (await mfsExists(this._ipfs, hidden)) {
      await files.rm(hidden, { recursive: true });
    }
    const { cid: root } = await files.stat(kept);
    // Last: a record that has it is whole.
    await files.write(
      `${folder}/${RECORD}`,
      new BlobContent({
        name: RECORD,
        data: JSON.stringify({ v: 1, what, entries, root })
      })
    );
    this._latest = id;
    return { id, what, when: timeOf(id), entries, root };
  }

  /** Newest first. */
  private async _records(
    signal?: AbortSignal
  ): Promise<{ name: string; cid: string }[]> {
    try {
      const listed = await this._ipfs.files.ls(HISTORY, { signal });
      return listed.sort((a, b) => (a.name < b.name ? 1 : -1));
    } catch (error) {
      if (error instanceof IpfsNotFoundError) {
        return [];
      }
      throw error;
    }
  }

  /** Null for one that was never ended. */
  private async _read(id: string, cid: string): Promise<IChange | null> {
    const known = this._known.get(cid);
    if (known) {
      return known;
    }
    let text = '';
    try {
      const decoder = new TextDecoder();
      for await (const part of this._ipfs.cat(`/ipfs/${cid}/${RECORD}`)) {
        text += decoder.decode(part, { stream: true });
      }
    } catch (error) {
      console.debug(`The record ${id} is not whole`, error);
      return null;
    }
    const change = parse(id, text);
    if (change) {
      this._known.set(cid, change);
    }
    return change;
  }

  private async _pruneNowAndThen(): Promise<void> {
    const now = Date.now();
    if (now - this._pruned < PRUNE_EVERY) {
      return;
    }
    this._pruned = now;
    await this.prune(now);
  }

  /** Remove what is beyond the limits. */
  async prune(now = Date.now()): Promise<void> {
    const { days, changes } = this.limits;
    const found = await this._records();
    const old = found.filter(
      ({ name }, i) => i >= changes || +timeOf(name) < now - days * DAY
    );
    const kept = found.slice(0, found.length - old.length);
    for (const { name, cid } of kept) {
      if (+timeOf(name) < now - ABANDONED && !(await this._read(name, cid))) {
        old.push({ name, cid });
      }
    }
    for (const { name, cid } of old) {
      await this._ipfs.files.rm(`${HISTORY}/${name}`, { recursive: true });
      this._known.delete(cid);
    }
  }

  private _recorded = new Signal<History, IChange>(this);
  private _queue: Promise<unknown> = Promise.resolve();
  private _known = new Map<string, IChange>();
  private _last = 0;
  private _latest: string | null = null;
  private _pruned = 0;
}

/** Where a state of the drive can be read, in MFS. */
export function statePath(id: string, path: string): string {
  return `${HISTORY}/${id}/root${path === '/' ? '' : path}`;
}

/** What was at a path after a change; null where nothing was. */
export async function stateOf(
  ipfs: Pick<IIpfs, 'files'>,
  id: string,
  path: string
): Promise<IMfsStat | null> {
  try {
    return await mfsExists(ipfs, statePath(id, path));
  } catch (error) {
    if (error instanceof IpfsError && error.code === 'wrong-type') {
      // What is a folder now was a file then: nothing was below it.
      return null;
    }
    throw error;
  }
}

/** Sorts by time, and differs for two tabs at the same time. */
function idOf(now: number): string {
  const salt = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
  return `${now.toString(36).padStart(9, '0')}-${salt.padStart(7, '0')}`;
}

function timeOf(id: string): Date {
  return new Date(parseInt(id.split('-')[0], 36) || 0);
}

/** What another program wrote there is no record. */
function parse(id: string, text: string): IChange | null {
  try {
    const { v, what, entries, root } = JSON.parse(text) as {
      v: unknown;
      what: ChangeKind;
      entries: IChangedEntry[];
      root: string;
    };
    return v === 1 && Array.isArray(entries) && typeof root === 'string'
      ? { id, what, when: timeOf(id), entries, root }
      : null;
  } catch (error) {
    console.warn(`The record ${id} can't be read`, error);
    return null;
  }
}
