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
import type { IAdded, IIpfs } from '../tokens';
import type { IChangedEntry } from './history';
import {
  bytesOf,
  type IBatchProgress,
  measure,
  shareOf
} from './batchProgress';
import { sortLoose, storeTogether } from './looseFiles';
import { joinMfs, mfsExists, toContentsPath } from './paths';
import { type AskConflict, planUpload } from './uploadPlan';
import {
  type ITask,
  type IWholeFolder,
  Looked,
  splitWhole
} from './wholeFolders';
import { Written } from './written';

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

export type { AskConflict, ConflictAnswer } from './uploadPlan';

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
    return this._written.changes();
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
      const tasks = await planUpload({
        ...this._options,
        looked: this._looked,
        onSkip: content => this._skip(content)
      });
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
      const { groups, single, replacing } = sortLoose(
        rest,
        this._options.ipfs.engine?.kind !== 'browser'
      );
      await this._sendAll([
        ...whole.map(one => () => this._sendWhole(one)),
        ...groups.map(one => () => this._sendGroup(one)),
        ...single.map(one => () => this._send(one))
      ]);
      // Afterwards: what they replace may be of this batch.
      if (replacing.length) {
        await this._sendAll(replacing.map(one => () => this._send(one)));
      }
      throwIfCancelled(signal);
      return this._uploaded;
    } catch (error) {
      if (isCancelled(error)) {
        this.failures.push(
          ...(await this._written.takeBack(this._options.ipfs.files))
        );
        this._uploaded.length = 0;
        throw new IpfsCancelledError({ cause: error });
      }
      throw error;
    } finally {
      ended.abort();
      if (this._later !== undefined) {
        this._tell();
      }
      Signal.clearData(this);
    }
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
      this._written.add({ target, previous: null, cid, folder: true });
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

  /** New files of one folder: stored together, then linked one by one. */
  private async _sendGroup(tasks: ITask[]): Promise<void> {
    const { ipfs } = this._options;
    const { signal } = this._controller;
    let sent = 0;
    this._update({ current: tasks[0].content.name });
    const onProgress = (bytes: number): void => {
      this._update({ bytesDone: this._state.bytesDone + bytes - sent });
      sent = bytes;
    };
    let stored: IAdded[];
    try {
      stored = await storeTogether(ipfs, tasks, { signal, onProgress });
    } catch (error) {
      if (isCancelled(error)) {
        throw error;
      }
      // One that can't be read shall not keep the others back.
      onProgress(0);
      for (const task of tasks) {
        throwIfCancelled(signal);
        await this._send(task);
      }
      return;
    }
    for (const [i, { content, target }] of tasks.entries()) {
      throwIfCancelled(signal);
      const { cid, size } = stored[i];
      try {
        // By no force: what came there since the question was asked stays.
        await ipfs.files.cp(`/ipfs/${cid}`, target);
        this._written.add({ target, previous: null, cid });
        this._uploaded.push({ path: toContentsPath(target), cid, size });
      } catch (error) {
        this.failures.push({ name: content.name, error });
      }
      this._update({
        filesDone: this._state.filesDone + 1,
        current: content.name
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
      this._written.add({ target, previous: previous?.cid ?? null, cid });
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

  private _update(change: Partial<IBatchProgress>): void {
    this._state = { ...this._state, ...change };
    // Browsers tell twenty times a second, and each telling is drawn in three
    // places by a page that shares its processor with the node.
    const wait = this._told + TELL_MS - Date.now();
    if (wait <= 0) {
      this._tell();
    } else {
      // The last of them is told in time: it may be the last for long.
      this._later ??= setTimeout(() => this._tell(), wait);
    }
  }

  private _tell(): void {
    clearTimeout(this._later);
    this._later = undefined;
    this._told = Date.now();
    this._progressChanged.emit(this._state);
  }

  private _told = 0;
  private _later?: ReturnType<typeof setTimeout>;
  private _finished = new PromiseDelegate<IUploaded[]>();
  private _controller = new AbortController();
  private _state: IBatchProgress;
  private _progressChanged = new Signal<UploadBatch, IBatchProgress>(this);
  private _uploaded: IUploaded[] = [];
  private _written = new Written();
  private _looked: Looked;
}
