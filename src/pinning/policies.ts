/**
 * "Pin all of this folder there": when it changes, its new root is pinned, and
 * only when that is done the old one is let go of.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IMfs, IPinPolicy } from '../tokens';
import { pinId, type IStoredPolicy } from './journal';
import type { PinQueue } from './jobs';

/** Milliseconds of quiet after a change: a person saves several times. */
const QUIET = 1_500;
/** Milliseconds between looks without a change told: other programs write, too. */
const ROUND = 60_000;

export class Policies {
  constructor(
    private _queue: PinQueue,
    private _files: Pick<IMfs, 'stat'>,
    private _times: { quiet: number; round: number } = {
      quiet: QUIET,
      round: ROUND
    }
  ) {}

  get list(): readonly IPinPolicy[] {
    return this._policies;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async start(): Promise<void> {
    await this._reload();
    this._queue.changed.connect(this._onQueue, this);
    this._queue.store.heard.connect(this._onHeard, this);
    this._round = setInterval(() => this.look(), this._times.round);
    this.look();
  }

  async follow(path: string, provider: string): Promise<IPinPolicy> {
    const id = `${provider} ${path}`;
    const known = this._policies.find(policy => policy.id === id);
    if (known) {
      return known;
    }
    const policy: IStoredPolicy = { id, path, provider, cid: null, old: [] };
    await this._write(policy);
    await this._look();
    return this._policies.find(one => one.id === id) ?? policy;
  }

  async unfollow(id: string): Promise<void> {
    this._policies = this._policies.filter(policy => policy.id !== id);
    await this._queue.store.journal.removePolicy(id);
    this._tell();
  }

  /** The drive changed: look once it is quiet. */
  look(): void {
    clearTimeout(this._quiet);
    if (this._policies.length === 0) {
      return;
    }
    this._quiet = setTimeout(() => {
      if (!this._queue.store.turn.isMine) {
        // The tab that works looks.
        this._queue.store.turn.tell();
        return;
      }
      this._look().catch((reason: unknown) => {
        // Offline, most often: the next round looks again.
        console.warn('Pinning: folders that are followed', reason);
      });
    }, this._times.quiet);
  }

  dispose(): void {
    clearTimeout(this._quiet);
    clearInterval(this._round);
    this._queue.changed.disconnect(this._onQueue, this);
    this._queue.store.heard.disconnect(this._onHeard, this);
    Signal.clearData(this);
  }

  private _look(): Promise<void> {
    return this._alone(() => this._lookNow());
  }

  /** One task at a time: two would pin twice and let go twice. */
  private _alone(task: () => Promise<void>): Promise<void> {
    this._task = this._task
      .catch(() => undefined) // told to whoever asked for that one
      .then(task);
    return this._task;
  }

  private async _lookNow(): Promise<void> {
    for (const policy of this._policies) {
      let cid: string;
      try {
        ({ cid } = await this._files.stat(policy.path));
      } catch (error) {
        if ((error as { code?: unknown }).code === 'not-found') {
          // What was deleted here may be wanted there: nothing is let go of.
          continue;
        }
        throw error;
      }
      if (cid !== policy.cid) {
        const old = policy.cid ? [...policy.old, policy.cid] : policy.old;
        await this._write({
          ...policy,
          cid,
          old: old.filter(one => one !== cid)
        });
        await this._queue.pin(
          { cid, name: policy.path.split('/').pop() || '/' },
          policy.provider
        );
      }
    }
    await this._letGo();
  }

  private _onQueue(): void {
    const { isMine } = this._queue.store.turn;
    if (isMine && this._policies.some(policy => this._isDone(policy))) {
      this._alone(() => this._letGo()).catch((reason: unknown) => {
        console.warn('Pinning: an old state was not let go of', reason);
      });
    }
  }

  /** Another tab changed something: pins, folders, or the drive. */
  private _onHeard(): void {
    this._reload().then(
      () => this.look(),
      (reason: unknown) => {
        console.warn('Pinning: folders of other tabs are not known', reason);
      }
    );
  }

  private _isDone({ provider, cid, old }: IStoredPolicy): boolean {
    const record = cid
      ? this._queue.store.get(pinId(provider, cid))
      : undefined;
    return old.length > 0 && record?.state === 'pinned';
  }

  private async _letGo(): Promise<void> {
    for (const policy of this._policies.filter(one => this._isDone(one))) {
      await this._write({ ...policy, old: [] });
      const wanted = this._policies
        .filter(({ provider }) => provider === policy.provider)
        .map(({ cid }) => cid);
      for (const cid of policy.old.filter(one => !wanted.includes(one))) {
        // Not waited for: the queue goes on with it for as long as it takes.
        this._queue.unpin(cid, policy.provider).catch((reason: unknown) => {
          console.info('Pinning: tried again later', reason);
        });
      }
    }
  }

  private async _write(policy: IStoredPolicy): Promise<void> {
    await this._queue.store.journal.writePolicy(policy);
    this._policies = [
      ...this._policies.filter(({ id }) => id !== policy.id),
      policy
    ];
    this._tell();
  }

  private async _reload(): Promise<void> {
    this._policies = await this._queue.store.journal.policies();
    this._changed.emit();
  }

  private _tell(): void {
    this._queue.store.turn.tell();
    this._changed.emit();
  }

  private _policies: IStoredPolicy[] = [];
  private _task: Promise<void> = Promise.resolve();
  private _quiet: ReturnType<typeof setTimeout> | undefined;
  private _round: ReturnType<typeof setInterval> | undefined;
  private _changed = new Signal<this, void>(this);
}
