/** Publish jobs as the wallet's panel lists them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IActivity, IActivitySource, IPublishJob } from '../tokens';
import type { PublishJob } from './job';
import type { Publisher } from './publisher';

export class PublishActivity implements IActivitySource {
  constructor(
    private _publisher: Publisher,
    private _open: () => void,
    private _trans: TranslationBundle
  ) {
    _publisher.jobsChanged.connect(this._follow, this);
    this._follow();
  }

  readonly changed = new Signal<this, void>(this);

  list(account: string): IActivity[] {
    return this._jobs(account)
      .map(job => ({
        id: job.id,
        title: job.name,
        state: this._state(job),
        when: job.created,
        open: this._open
      }))
      .reverse();
  }

  summary(account: string): string {
    const trans = this._trans;
    const jobs = this._jobs(account);
    const done = jobs.filter(job => job.status === 'done').length;
    const open = jobs.length - done;
    return [
      done ? trans._n('%1 published', '%1 published', done) : '',
      open ? trans._n('%1 in progress', '%1 in progress', open) : ''
    ]
      .filter(Boolean)
      .join(' · ');
  }

  private _state({ status }: PublishJob): string {
    switch (status) {
      case 'done':
        return this._trans.__('Published');
      case 'running':
        return this._trans.__('Publishing');
      default:
        return this._trans.__('Waits for you');
    }
  }

  /** Of an account, oldest first; what was given up is no news. */
  private _jobs(account: string): PublishJob[] {
    return this._publisher.jobs
      .filter(
        ({ record, status }) =>
          status !== 'cancelled' &&
          record.account.toLowerCase() === account.toLowerCase()
      )
      .sort((a, b) => a.created.localeCompare(b.created));
  }

  private _follow(): void {
    for (const job of this._publisher.jobs) {
      // Connecting twice is connecting once.
      job.changed.connect(this._onJob, this);
    }
    this.changed.emit();
  }

  /** Jobs tell every byte; only what the list shows of them is news here. */
  private _onJob(job: IPublishJob): void {
    if (this._told.get(job) !== job.status) {
      this._told.set(job, job.status);
      this.changed.emit();
    }
  }

  private _told = new WeakMap<IPublishJob, string>();
}
