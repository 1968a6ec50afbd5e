/**
 * All publish jobs of this browser: those of the journal, and new ones.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import type { IAssetDraft, IPublisher, IVersionOf } from '../tokens';
import { MAX_ENTRIES } from './bundle';
import type { IPublishDeps } from './context';
import { PublishError } from './errors';
import { isToBeSealed } from './form';
import { seenOf } from './guardSeen';
import { cidsInTheClear } from './inTheClear';
import { PublishJob } from './job';
import { takeLock } from './lock';
import { RECORD_VERSION, type IJobRecord, type IRecordFile } from './record';
import { planStorage } from './storage';

export interface IPublishExtras {
  /** Contents paths on the drive to move to the workspace when all is done. */
  takeOffDrive?: string[];
  /** Name of the zip, should one be needed. */
  folder?: string;
  /** A new version of this asset: same addresses, same price. */
  version?: IVersionOf;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');

export class Publisher implements IPublisher {
  constructor(private _deps: IPublishDeps) {}

  get jobs(): readonly PublishJob[] {
    return this._jobs;
  }

  get jobsChanged(): ISignal<IPublisher, void> {
    return this._jobsChanged;
  }

  /**
   * Take the jobs of the journal in: unfinished ones are paused, nothing is
   * driven and no wallet asked.
   */
  async load(): Promise<void> {
    const known = new Set(this._jobs.map(job => job.id));
    for (const record of await this._deps.journal.list()) {
      if (known.has(record.id)) {
        continue;
      }
      const job = new PublishJob(this._deps, record);
      if (record.v > RECORD_VERSION) {
        job.setLocalProblem({
          code: 'newer-version',
          message: `Record version ${record.v}`,
          paid: !!record.minted
        });
      } else if (record.status === 'running') {
        const release = await takeLock(this._deps.locks, record.id);
        release?.();
        job.setLocalProblem({
          code: release ? 'reloaded' : 'other-tab',
          message: release ? 'The page was reloaded' : 'In another tab',
          paid: !!record.minted || !!record.mintIntent?.hash
        });
      }
      this._jobs.push(job);
    }
    this._jobsChanged.emit();
  }

  /**
   * Why a price can't be put on contents, or null: what was published in the
   * clear before can't be sold.
   */
  async publishedInTheClear(contents: readonly IContent[]): Promise<boolean> {
    const cids = contents.flatMap(({ cid }) => (cid ? [cid] : []));
    return (await this.cidsPublishedInTheClear(cids)).length > 0;
  }

  /** Those of some CIDs that were published in the clear from this browser. */
  async cidsPublishedInTheClear(cids: readonly string[]): Promise<string[]> {
    return cidsInTheClear(this._deps.journal, cids);
  }

  /**
   * @throws PublishError nothing-to-publish, bad-draft, not-connected, no-node,
   *   already-public, unknown-storage, page-only, quota-exceeded, journal-blocked
   */
  async publish(
    contents: IContent[],
    draft: IAssetDraft,
    extras: IPublishExtras = {}
  ): Promise<PublishJob> {
    const record = await this._record(contents, draft, extras);
    const { journal } = this._deps;
    await journal.write(record);
    try {
      for (const [i, content] of contents.entries()) {
        if (!record.members[i].durable) {
          await journal.keep(record.id, `content/${i}`, await content.blob());
        }
      }
    } catch (error) {
      await journal.remove(record.id);
      throw error;
    }
    const job = new PublishJob(this._deps, record, contents);
    this._jobs.push(job);
    this._jobsChanged.emit();
    job.resume();
    return job;
  }

  async resume(id?: string): Promise<PublishJob | null> {
    await this.load();
    const open = this._jobs.filter(
      job => job.status !== 'done' && job.status !== 'cancelled'
    );
    const job = id ? this._jobs.find(one => one.id === id) : open.at(-1);
    if (id && !job) {
      throw new PublishError('no-such-job', `No job ${id}`);
    }
    job?.resume();
    return job ?? null;
  }

  async forget(id: string): Promise<void> {
    const job = this._jobs.find(one => one.id === id);
    if (job && job.status !== 'done' && job.status !== 'cancelled') {
      throw new PublishError('not-now', 'Cancel it first');
    }
    await this._deps.journal.remove(id);
    job?.dispose();
    this._jobs = this._jobs.filter(one => one.id !== id);
    this._jobsChanged.emit();
  }

  /** As a reload does: everything stops, the journal stays. */
  dispose(): void {
    this._jobs.forEach(job => job.dispose());
    Signal.clearData(this);
  }

  private async _record(
    contents: IContent[],
    draft: IAssetDraft,
    extras: IPublishExtras
  ): Promise<IJobRecord> {
    const { wallet, ocean } = this._deps;
    if (!contents.length) {
      throw new PublishError('nothing-to-publish', 'There is nothing in it');
    }
    const reasons = extras.version ? [] : await ocean.check(draft);
    if (reasons.length) {
      throw new PublishError('bad-draft', reasons.join('; '));
    }
    const { account } = wallet.state;
    const { version } = extras;
    const chainId = version?.chainId ?? draft.chainId ?? wallet.state.chainId;
    if (!account || !chainId) {
      throw new PublishError('not-connected', 'Log in to a wallet first');
    }
    const node = wallet.network(chainId)?.oceanNode;
    if (!node) {
      throw new PublishError('no-node', `No Ocean Node for chain ${chainId}`);
    }
    const keepers = await planStorage(this._deps, draft.storage);
    const sealed = version ? version.sealed : isToBeSealed(draft);
    if (sealed && (await this.publishedInTheClear(contents))) {
      throw new PublishError(
        'already-public',
        'This was published in the clear before: it can’t be sold, and sealing hides nothing'
      );
    }
    const members = contents.map((content): IRecordFile => ({
      path: content.name,
      mediaType: content.mediaType,
      size: content.size,
      source: content.source,
      durable: content.durable && !!content.source?.path,
      ...(content.cid ? { knownCid: content.cid } : {}),
      ...(seenOf(content) ? { checked: seenOf(content) } : {})
    }));
    return {
      v: RECORD_VERSION,
      id: hex(crypto.getRandomValues(new Uint8Array(16))),
      created: new Date().toISOString(),
      draft: { ...draft, author: draft.author || account, chainId },
      account,
      chainId,
      node,
      sealed,
      ...(version ? { version } : {}),
      ...(contents.length > MAX_ENTRIES
        ? { zipped: `${extras.folder ?? 'files'}.zip` }
        : {}),
      members,
      files: [],
      status: 'running',
      problem: null,
      done: [],
      ...(keepers.length ? { keepers } : {}),
      takeOffDrive: extras.takeOffDrive ?? [],
      prompts: 0
    };
  }

  private _jobs: PublishJob[] = [];
  private _jobsChanged = new Signal<IPublisher, void>(this);
}
