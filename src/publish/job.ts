/**
 * One publish job: drives the steps, one after the other, and stops with a
 * problem and a way on wherever one can't be done.
 */
import { PromiseDelegate } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import {
  PUBLISH_STEPS,
  type IAssetDraft,
  type IJobProblem,
  type IKeeperState,
  type IPublishJob,
  type IPublishResult,
  type IPublishStep,
  type JobStatus,
  type PublishStep
} from '../tokens';
import { cancelJob } from './cancel';
import * as chain from './chainSteps';
import type { IPublishDeps, IStepContext } from './context';
import { messageOf, PublishError } from './errors';
import { makeContext } from './jobContext';
import { takeLock } from './lock';
import { promptsInAll } from './prompts';
import { RECORD_VERSION, type IJobRecord } from './record';
import { isLeftOut, STEPS } from './stepTable';
import { isPageOnly } from './storage';
import { leaveOut } from './storageSteps';
import { takeOff } from './takeOff';
import { giveUp } from './transaction';

/** Milliseconds between looks for the effect of a prompt that may be open. */
const WATCH = 4000;

export class PublishJob implements IPublishJob {
  constructor(
    private _deps: IPublishDeps,
    private _record: IJobRecord,
    private _contents: readonly IContent[] = []
  ) {
    this._settle();
  }

  get id(): string {
    return this._record.id;
  }
  get name(): string {
    return this._record.draft.name;
  }
  get draft(): IAssetDraft {
    return this._record.draft;
  }
  get created(): string {
    return this._record.created;
  }
  get status(): JobStatus {
    return this._driving
      ? 'running'
      : this._record.status === 'running'
        ? 'paused'
        : this._record.status;
  }
  get problem(): IJobProblem | null {
    return this._local ?? this._record.problem;
  }
  get result(): IPublishResult | null {
    return this.status === 'done' ? (this._record.result ?? null) : null;
  }
  get finished(): Promise<IPublishResult | null> {
    return this._settled.promise;
  }
  get changed(): ISignal<IPublishJob, void> {
    return this._changed;
  }
  /** The journal's record, for panels to show; not to be changed. */
  get record(): Readonly<IJobRecord> {
    return this._record;
  }
  /** Wallet prompts: answered so far, and in all. */
  get prompts(): { done: number; total: number } {
    return { done: this._record.prompts, total: promptsInAll(this._record) };
  }

  get steps(): readonly IPublishStep[] {
    const { done } = this._record;
    return PUBLISH_STEPS.map(id => {
      if (
        isLeftOut(this._record, id) ||
        (id === 'reachable' && isPageOnly(this._record))
      ) {
        return { id, state: 'skipped' };
      }
      if (done.includes(id)) {
        return {
          id,
          state: 'done',
          detail: this._detail(id),
          ...(id === 'pin' ? { keepers: this._keepers() } : {})
        };
      }
      return this._driving && this._now?.id === id
        ? this._now
        : { id, state: 'waiting' };
    });
  }

  resume(): void {
    void this.drive();
  }

  pause(): void {
    this._abort.abort(
      new PublishError('paused-by-person', 'Paused by the person')
    );
  }

  /**
   * Give up: take back the job's pins, forget its key and bytes.
   *
   * @throws PublishError too-late-to-cancel, tx-in-flight, not-now (a prompt is
   *   open), ipfs-offline
   */
  async cancel(): Promise<void> {
    if (this._driving) {
      this.pause();
      const late = new Promise<'late'>(resolve =>
        setTimeout(() => resolve('late'), 3000)
      );
      if ((await Promise.race([this._driving, late])) === 'late') {
        throw new PublishError(
          'not-now',
          'Answer the prompt in the wallet first, then cancel'
        );
      }
    }
    await this._locked(async ctx => {
      await cancelJob(ctx, chain.openTask(ctx));
    });
    this._settle();
  }

  /**
   * The person says that the wallet has no prompt of this job open (any more).
   * Only then, and only with nothing of the account under way, it is asked anew.
   */
  async promptClosed(): Promise<void> {
    if (this._driving) {
      return;
    }
    await this._locked(async ctx => {
      await giveUp(ctx, chain.openTask(ctx));
    });
    await this.drive();
  }

  /**
   * Go on without one that was to keep it.
   *
   * @throws PublishError no-other-holder
   */
  async goOnWithout(provider: string): Promise<void> {
    if (this._driving) {
      return;
    }
    await this._locked(ctx => leaveOut(ctx, provider));
    await this.drive();
  }

  /** Go on until it is done or paused. Never rejects: see `problem`. */
  drive(): Promise<void> {
    if (!this._driving && !this._disposed) {
      this._driving = this._drive().finally(() => {
        this._driving = null;
        this._now = null;
        this._settle();
        this._tell();
        this._watch();
      });
    }
    return this._driving ?? Promise.resolve();
  }

  /** Stop without a trace, as a reload does; the journal keeps the job. */
  dispose(): void {
    this._disposed = true;
    clearTimeout(this._watching);
    this._abort.abort(new PublishError('reloaded', 'Disposed'));
    this._release?.();
    Signal.clearData(this);
  }

  /** A problem of this tab only, not of the job. */
  setLocalProblem(problem: IJobProblem | null): void {
    this._local = problem;
    this._tell();
  }

  private _settle(): void {
    const { status, result } = this._record;
    if (status === 'done' || status === 'cancelled') {
      this._settled.resolve(status === 'done' ? (result ?? null) : null);
    }
  }

  private async _drive(): Promise<void> {
    clearTimeout(this._watching);
    this._local = null;
    this._abort = new AbortController();
    try {
      await this._locked(ctx => this._steps(ctx));
    } catch (error) {
      if (!this._disposed) {
        this._local = this._problem(error);
      }
    }
  }

  private async _steps(ctx: IStepContext): Promise<void> {
    const { record } = this;
    if (record.status === 'done') {
      await takeOff(ctx);
    }
    if (record.status === 'done' || record.status === 'cancelled') {
      return;
    }
    try {
      if (record.status !== 'running' || record.problem) {
        await ctx.save({ status: 'running', problem: null });
      }
      for (;;) {
        const id = PUBLISH_STEPS.find(
          step => !record.done.includes(step) && !isLeftOut(record, step)
        );
        if (!id) {
          break;
        }
        ctx.signal.throwIfAborted();
        this._now = { id, state: 'running' };
        this._tell();
        const found = await STEPS[id](ctx);
        await ctx.save({
          ...found,
          done: [...(found?.done ?? record.done), id]
        });
      }
      await ctx.save({ status: 'done' });
    } catch (error) {
      if (this._disposed) {
        return;
      }
      await ctx.save({ status: 'paused', problem: this._problem(error) });
      return;
    }
    await takeOff(ctx);
  }

  private _problem(error: unknown): IJobProblem {
    const reason =
      this._abort.signal.aborted && this._abort.signal.reason
        ? (this._abort.signal.reason as unknown)
        : error;
    const code = reason instanceof PublishError ? reason.code : 'failed';
    const { minted, mintIntent, version, metadataIntent } = this._record;
    return {
      code,
      message: messageOf(reason),
      paid:
        !!minted ||
        !!mintIntent?.hash ||
        (!!version && !!metadataIntent?.hash) ||
        code === 'tx-reverted'
    };
  }

  /** With the job's lock held and the record as the journal has it now. */
  private async _locked(
    task: (ctx: IStepContext) => Promise<void>
  ): Promise<void> {
    const release = await takeLock(this._deps.locks, this.id);
    if (!release) {
      throw new PublishError('other-tab', 'Another tab drives this job');
    }
    this._release = release;
    try {
      const record = await this._deps.journal.read(this.id);
      if (!record) {
        throw new PublishError('no-such-job', `No job ${this.id}`);
      }
      if (record.v > RECORD_VERSION) {
        throw new PublishError('newer-version', `Record version ${record.v}`);
      }
      this._record = record;
      await task(this._context());
    } finally {
      this._release = null;
      release();
      this._tell();
    }
  }

  private _context(): IStepContext {
    return makeContext({
      deps: this._deps,
      record: this._record,
      contents: this._contents,
      signal: this._abort.signal,
      signed: this._signed,
      gone: () => this._disposed,
      told: (state, o) => {
        if (state && this._now) {
          this._now = { ...this._now, state, ...o };
        }
        this._tell();
      }
    });
  }

  /** A prompt answered after a reload is found without anybody asking. */
  private _watch(): void {
    const code = this.problem?.code;
    if (
      this._disposed ||
      this.status !== 'paused' ||
      (code !== 'prompt-unknown' && code !== 'tx-in-flight')
    ) {
      return;
    }
    this._watching = setTimeout(async () => {
      const ctx = this._context();
      const task = chain.openTask(ctx);
      const block = task.intent()?.block;
      try {
        if (block !== undefined && (await task.effect(block))) {
          this.resume();
          return;
        }
      } catch (error) {
        // Nobody waits for this look; the next one may see the chain again.
        console.debug('publish: could not look at the chain', error);
      }
      this._watch();
    }, this._deps.watchMs ?? WATCH);
  }

  private _detail(id: PublishStep): string | undefined {
    const { root, minted, metadata, ddo } = this._record;
    switch (id) {
      case 'add':
        return root?.cid;
      case 'mint':
        return minted?.hash;
      case 'metadata':
        return metadata?.hash;
      case 'ddo':
        return ddo?.did;
      default:
        return undefined;
    }
  }

  /** Those who had it when they were asked last. */
  private _keepers(): IKeeperState[] {
    return (this._record.holders ?? [])
      .filter(({ has }) => has)
      .map(({ id, label }) => ({ id, label, state: 'has' }));
  }

  private _tell(): void {
    if (!this._disposed) {
      this._changed.emit();
    }
  }

  private _abort = new AbortController();
  private _changed = new Signal<IPublishJob, void>(this);
  private _disposed = false;
  private _driving: Promise<void> | null = null;
  private _local: IJobProblem | null = null;
  private _now: IPublishStep | null = null;
  private _release: (() => void) | null = null;
  private _settled = new PromiseDelegate<IPublishResult | null>();
  private _signed = new Map<string, string>();
  private _watching: ReturnType<typeof setTimeout> | undefined;
}
