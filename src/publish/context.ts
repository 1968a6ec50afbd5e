/**
 * What a step of the job gets to work with.
 */
import type { IContent } from '../content';
import type { AddStreams } from '../ipfs/addStreams';
import type {
  IEip1193Provider,
  IIpfs,
  IIpfsEngine,
  IPinning,
  IPublishStep,
  IWallet,
  StepState
} from '../tokens';
import { chainFailure } from '../ocean/chain';
import { messageOf, PublishError } from './errors';
import type { Journal } from './journal';
import type { ILocks } from './lock';
import type { IOceanPort } from './ports';
import type { IJobRecord, IRecordFile } from './record';

/** What publishing is made of; fakes in tests. */
export interface IPublishDeps {
  journal: Journal;
  locks: ILocks;
  ipfs: Pick<IIpfs, 'add' | 'addFolder' | 'files' | 'pins'> & {
    engine?: Pick<IIpfsEngine, 'kind'>;
  };
  /** Add what is made as it is read; see src/ipfs/addStreams.ts. */
  addStreams: AddStreams;
  /** Others who may keep the content; null where there is no such room. */
  pinning?: Pick<
    IPinning,
    | 'load'
    | 'providers'
    | 'records'
    | 'recordsChanged'
    | 'pin'
    | 'unpin'
    | 'retry'
    | 'settled'
    | 'holders'
  > | null;
  wallet: Pick<
    IWallet,
    'state' | 'provider' | 'reader' | 'network' | 'switchNetwork'
  >;
  ocean: IOceanPort;
  /** Read a durable content again after a reload. */
  reopen: (file: IRecordFile) => Promise<IContent>;
  /** Move a drive file to the workspace, once it is sealed and published. */
  takeOffDrive?: (path: string) => Promise<void>;
  /** Shortest time between two looks at chain or index, in ms (default 100). */
  pollMs?: number;
  /** Time between looks for the effect of an old prompt, in ms (default 4000). */
  watchMs?: number;
  /** How long a step waits for others before it pauses, in ms (default 60 000). */
  patienceMs?: number;
  /** First pause after a node that answered "too many requests", in ms (default 2000). */
  busyMs?: number;
}

/** How far a step is. */
export type StepNews = Partial<
  Pick<IPublishStep, 'progress' | 'detail' | 'keepers'>
>;

export interface IStepContext {
  readonly deps: IPublishDeps;
  readonly record: IJobRecord;
  readonly signal: AbortSignal;
  /** Change the record; resolves when that is on disk. */
  save(patch: Partial<IJobRecord>): Promise<void>;
  /**
   * Change the record; it goes to disk with the next `save`. For what a crash in
   * between may forget: a count, what is asked again anyway.
   */
  note(patch: Partial<IJobRecord>): void;
  /** Tell how far the running step is. */
  tell(state: StepState, o?: StepNews): void;
  /** The plaintext of a member (of the zip, or file), by its index. */
  content(index: number): Promise<IContent>;
  /** Wait; throws when the job is paused meanwhile. */
  sleep(ms: number): Promise<void>;
  /** Signatures by message, so that a retry at the node asks nothing again. */
  readonly signed: Map<string, string>;
}

/** Resolves to what it found out, to be written down together with its end. */
export type Step = (ctx: IStepContext) => Promise<Partial<IJobRecord> | void>;

/**
 * Things that do not need one another, at once. Unlike with `Promise.all`,
 * nothing of them runs on any more when one has failed.
 *
 * @throws the failure of the first of them, in their order
 */
export async function together<T extends readonly unknown[]>(
  tasks: readonly [...{ [K in keyof T]: Promise<T[K]> }]
): Promise<T> {
  const ends = await Promise.allSettled(tasks);
  return ends.map(end => {
    if (end.status === 'rejected') {
      throw end.reason;
    }
    return end.value as unknown;
  }) as unknown as T;
}

/** The chain of the job, for reading; failures are `chain-unreachable` or `chain-error`. */
export function reader(ctx: IStepContext): IEip1193Provider {
  const provider = ctx.deps.wallet.reader(ctx.record.chainId);
  return {
    request: async args => {
      try {
        return await provider.request(args);
      } catch (cause) {
        throw new PublishError(
          chainFailure(cause) === 'chain-unreachable'
            ? 'chain-unreachable'
            : 'chain-error',
          messageOf(cause),
          { cause }
        );
      }
    }
  };
}

/** Waits that grow: gentle to a public endpoint, quick on a local chain. */
export class Patience {
  constructor(private _ctx: IStepContext) {
    const { local } = _ctx.deps.wallet.network(_ctx.record.chainId) ?? {};
    this._growth = local ? 1.05 : 1.4;
    this._wait = _ctx.deps.pollMs ?? (local ? 50 : 250);
    this._end = Date.now() + (_ctx.deps.patienceMs ?? 60_000);
  }

  /** False when the time is over. */
  async wait(): Promise<boolean> {
    if (Date.now() >= this._end) {
      return false;
    }
    await this._ctx.sleep(this._wait);
    this._wait = Math.min(this._wait * this._growth, 4000);
    return true;
  }

  private _growth: number;
  private _wait: number;
  private _end: number;
}
