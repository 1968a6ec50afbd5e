/**
 * A batch of files on their way to the drive: what was picked, dropped or
 * copied at once. Progress of the whole, one cancel, conflicts asked first.
 */
import { PromiseDelegate } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IContent } from '../content';
import {
  IpfsCancelledError,
  isCancelled,
  throwIfCancelled
} from '../ipfs/errors';
import { assertName } from '../ipfs/mfs';
import type { IIpfs } from '../tokens';
import type { IChangedEntry } from './history';
import {
  bytesOf,
  type IBatchProgress,
  measure,
  shareOf
} from './batchProgress';
import { keepBothName } from './names';
import { joinMfs, mfsExists, parentOf, toContentsPath } from './paths';
import {
  type ITask,
  type IWholeFolder,
  Looked,
  splitWhole
} from './wholeFolders';

/** Uploads under way at the same time: hides the round trips of small files. */
const PARALLEL = 3;
/**
 * The same where the page keeps the files, and they are small: those that are
 * linked together need one new folder.
 */
const PARALLEL_HERE = 16;
/** Bytes up to which a file is small. */
const SMALL = 256 * 1024;
/** Least time between two tellings of progress, in milliseconds. */
const TELL_MS = 250;

/** What to do with a name that is taken. */
export type ConflictAnswer = 'overwrite' | 'keep-both' | 'skip';

/**
 * Asked once for each name that is taken; `more` further ones wait. Resolving to
 * null cancels the batch; `all` answers for the rest too.
 */
export type AskConflict = (
  name: string,
  more: number,
  isFolder: boolean
) => Promise<{ answer: ConflictAnswer; all: boolean } | null>;

export interface IUploaded {
  /** Contents path, with drive prefix. */
  path: string;
  cid: string;
  size: number;
}

export interface IBatchOptions {
  ipfs: Pick<IIpfs, 'files' | 'addFolder'> & Partial<Pick<IIpfs, 'engine'>>;
  /** MFS path of the folder to upload into. */
  folder: string;
  /** `name`s may be paths below `folder`. */
  contents: IContent[];
  /** Folders to make, below `folder`, though they may hold nothing. */
  folders?: string[];
  ask: AskConflict;
  /** Keep what is about to be replaced; never rejects. */
  keep?: (cid: string) => Promise<void>;
}

/** What is on the drive now. */
interface IWritten {
  target: string;
  /** CID of what was there. */
  previous: string | null;
  cid: string;
  /** A new folder, with all that is in it. */
  folder?: boolean;
}

export class UploadBatch {
  constructor(private _options: IBatchOptions) {
    this._looked = new Looked(_options.ipfs);
    this._state = {
      files: _options.contents.length,
      filesDone: 0,
      bytes: bytesOf(_options.contents),
      bytesDone: 0,
      current: _options.contents[0]?.name ?? ''
    };
  }

  get progress(): IBatchProgress {
    return this._state;
  }

  /** How much of it is done, from 0 to 1. */
  get share(): number {
    return shareOf(this._state);
  }

  get progressChanged(): ISignal<UploadBatch, IBatchProgress> {
    return this._progressChanged;
  }

  /** As `run()` ends, for those who only watch. */
  get finished(): Promise<IUploaded[]> {
    return this._finished.promise;
  }

  /** What failed although the batch went on. */
  readonly failures: { name: string; error: unknown }[] = [];

  /**
   * What it changed: files, and new folders as one each. To be asked for when
   * the batch has ended, well or not.
   */
  changes(): IChangedEntry[] {
    return this._written.map(({ target, previous, cid }) => ({
      path: target,
      before: previous,
      after: cid
    }));
  }

  /** Stop; what this batch already put on the drive is taken back. */
  cancel(): void {
    this._controller.abort();
  }

  /**
   * Upload it all.
   *
   * @throws IpfsCancelledError after a cancel; IpfsError `bad-name` before
   *   anything was sent
   */
  async run(): Promise<IUploaded[]> {
    try {
      const uploaded = await this._run();
      this._finished.resolve(uploaded);
      return uploaded;
    } catch (error) {
      // Nobody need watch: a rejection that is not looked at is no accident.
      this._finished.promise.catch(() => undefined);
      this._finished.reject(error);
      throw error;
    }
  }

  private async _run(): Promise<IUploaded[]> {
    const { signal } = this._controller;
    const { contents, folders = [] } = this._options;
    for (const path of [...folders, ...contents.map(c => c.name)]) {
      path.split('/').forEach(assertName);
    }
    const ended = new AbortController();
    try {
      const tasks = await this._plan();
      throwIfCancelled(signal);
      if (this._state.bytes === null) {
        void measure(
          tasks.map(({ content }) => content),
          ended.signal,
          bytes => this._update({ bytes })
        );
      }
      const { whole, rest } = await splitWhole(
        tasks,
        folders.map(path => joinMfs(this._options.folder, path)),
        this._looked
      );
      await this._sendAll([
        ...whole.map(one => () => this._sendWhole(one)),
        ...rest.map(one => () => this._send(one))
      ]);
      throwIfCancelled(signal);
      return this._uploaded;
    } catch (error) {
      if (isCancelled(error)) {
        await this._takeBack();
        throw new IpfsCancelledError({ cause: error });
      }
      throw error;
    } finally {
      ended.abort();
      Signal.clearData(this);
    }
  }

  /** Where each file goes. One listing a folder that exists, none a file. */
  private async _plan(): Promise<ITask[]> {
    const { folder, contents, ask } = this._options;
    const targets = contents.map(content => joinMfs(folder, content.name));
    const taken = new Map<string, Map<string, 'file' | 'directory'>>();
    for (const target of targets) {
      const parent = parentOf(target);
      if (!taken.has(parent)) {
        taken.set(parent, await this._names(parent));
      }
    }
    let standing: ConflictAnswer | null = null;
    const tasks: ITask[] = [];
    for (const [i, content] of contents.entries()) {
      const names = taken.get(parentOf(targets[i]))!;
      const name = targets[i].slice(targets[i].lastIndexOf('/') + 1);
      const there = names.get(name);
      let final = name;
      if (there) {
        let answer: ConflictAnswer | null = standing;
        if (!answer || (answer === 'overwrite' && there === 'directory')) {
          const reply = await ask(
            name,
            contents.length - i - 1,
            there === 'directory'
          );
          if (!reply) {
            throw new IpfsCancelledError();
          }
          answer = reply.answer;
          standing = reply.all ? reply.answer : null;
        }
        if (answer === 'skip') {
          this._skip(content);
          continue;
        }
        if (answer === 'keep-both') {
          final = keepBothName(name, names);
        }
      }
      names.set(final, 'file');
      tasks.push({ content, target: joinMfs(parentOf(targets[i]), final) });
    }
    return tasks;
  }

  private async _names(
    folder: string
  ): Promise<Map<string, 'file' | 'directory'>> {
    if ((await this._looked.at(folder)) !== 'directory') {
      return new Map();
    }
    const entries = await this._options.ipfs.files.ls(folder);
    return new Map(entries.map(entry => [entry.name, entry.type]));
  }

  private async _sendAll(jobs: (() => Promise<void>)[]): Promise<void> {
    // One for all workers: each takes the next.
    const rest = jobs.values();
    const worker = async (): Promise<void> => {
      for (const job of rest) {
        throwIfCancelled(this._controller.signal);
        await job();
      }
    };
    const ended = await Promise.allSettled(
      Array.from({ length: this._parallel() }, worker)
    );
    for (const end of ended) {
      if (end.status === 'rejected') {
        throw end.reason;
      }
    }
  }

  private _parallel(): number {
    const { ipfs } = this._options;
    const { bytes, files } = this._state;
    return ipfs.engine?.kind === 'browser' && (bytes ?? 0) <= files * SMALL
      ? PARALLEL_HERE
      : PARALLEL;
  }

  private async _sendWhole(whole: IWholeFolder): Promise<void> {
    const { ipfs } = this._options;
    const { target, contents, folders } = whole;
    const { signal } = this._controller;
    const stored: IUploaded[] = [];
    let sent = 0;
    this._update({ current: contents[0]?.name ?? target });
    try {
      const { cid } = await ipfs.addFolder(contents, {
        signal,
        folders,
        onProgress: bytes => {
          this._update({ bytesDone: this._state.bytesDone + bytes - sent });
          sent = bytes;
        },
        onFile: (name, added) => {
          const path = toContentsPath(`${target}/${name}`);
          stored.push({ path, ...added });
          this._update({
            filesDone: this._state.filesDone + 1,
            current: name
          });
        }
      });
      throwIfCancelled(signal);
      await ipfs.files.cp(`/ipfs/${cid}`, target);
      this._written.push({ target, previous: null, cid, folder: true });
      this._uploaded.push(...stored);
    } catch (error) {
      if (isCancelled(error)) {
        throw error;
      }
      // All or nothing: what was stored of it is not on the drive.
      const names = contents.map(({ name }) => name);
      for (const name of names.length ? names : [target]) {
        this.failures.push({ name, error });
      }
      this._update({
        filesDone: this._state.filesDone + contents.length - stored.length
      });
    }
  }

  private async _send({ content, target }: ITask): Promise<void> {
    const { ipfs } = this._options;
    let sent = 0;
    this._update({ current: content.name });
    try {
      const previous = await mfsExists(ipfs, target);
      if (previous) {
        await this._options.keep?.(previous.cid);
      }
      const { cid, size } = await ipfs.files.write(target, content, {
        signal: this._controller.signal,
        onProgress: bytes => {
          this._update({ bytesDone: this._state.bytesDone + bytes - sent });
          sent = bytes;
        }
      });
      this._written.push({ target, previous: previous?.cid ?? null, cid });
      this._uploaded.push({ path: toContentsPath(target), cid, size });
    } catch (error) {
      if (isCancelled(error)) {
        throw error;
      }
      this.failures.push({ name: content.name, error });
    }
    this._update({ filesDone: this._state.filesDone + 1 });
  }

  private _skip(content: IContent): void {
    const { files, bytes } = this._state;
    this._update({
      files: files - 1,
      bytes: bytes === null ? null : bytes - (content.size ?? 0)
    });
  }

  /** After a cancel: new files go, overwritten ones come back. */
  private async _takeBack(): Promise<void> {
    const { files } = this._options.ipfs;
    for (const { target, previous, folder } of this._written.reverse()) {
      try {
        if (previous) {
          await files.cp(`/ipfs/${previous}`, target, { force: true });
        } else {
          await files.rm(target, { recursive: folder });
        }
      } catch (error) {
        this.failures.push({ name: target, error });
      }
    }
    this._uploaded.length = 0;
    this._written.length = 0;
  }

  private _update(change: Partial<IBatchProgress>): void {
    this._state = { ...this._state, ...change };
    // Browsers tell twenty times a second, and each telling is drawn in three
    // places by a page that shares its processor with the node.
    const now = Date.now();
    if (now - this._told >= TELL_MS) {
      this._told = now;
      this._progressChanged.emit(this._state);
    }
  }

  private _told = 0;
  private _finished = new PromiseDelegate<IUploaded[]>();
  private _controller = new AbortController();
  private _state: IBatchProgress;
  private _progressChanged = new Signal<UploadBatch, IBatchProgress>(this);
  private _uploaded: IUploaded[] = [];
  private _written: IWritten[] = [];
  private _looked: Looked;
}
