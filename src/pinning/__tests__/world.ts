/** A queue with a clock of its own and a provider that does as it is told. */
import { IDBFactory } from 'fake-indexeddb';

import type { IPinProvider, IPinReport, IPinRequest } from '../../tokens';
import type { IClock } from '../clock';
import { PinQueue, type IQueueOptions } from '../jobs';
import { Journal } from '../journal';
import type { ILocks } from '../turn';

/** Time that passes only when it is told to. */
export class Clock implements IClock {
  private _now = Date.parse('2026-11-23T12:00:00Z');
  private _tasks: { at: number; task: () => void }[] = [];

  now(): number {
    return this._now;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this._now + ms, task };
    this._tasks.push(entry);
    if (ms <= 0) {
      setTimeout(() => this._run(), 0);
    }
    return () => {
      this._tasks = this._tasks.filter(one => one !== entry);
    };
  }

  pass(ms: number): void {
    this._now += ms;
    this._run();
  }

  private _run(): void {
    const due = this._tasks.filter(({ at }) => at <= this._now);
    this._tasks = this._tasks.filter(({ at }) => at > this._now);
    due.forEach(({ task }) => task());
  }
}

/** Let everything that does not wait for time happen. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await new Promise(resolve => setTimeout(resolve, 0));
  }
}

type Answer = IPinReport | Error | Promise<IPinReport>;

export class FakeProvider implements IPinProvider {
  constructor(readonly id = 'service:fake') {}

  readonly label = 'Fake';
  readonly kind = 'service' as const;
  takes: 'upload' | 'fetch' = 'fetch';
  isNear = true;
  /** What it was asked, in order. */
  asked: string[] = [];
  requests: IPinRequest[] = [];
  signals: (AbortSignal | undefined)[] = [];
  /** Answers to come; the last one stays. */
  answers: Answer[] = [{ state: 'pinned', requestId: 'r' }];
  reports: (IPinReport | null | Error)[] = [];
  unpins: (Error | null)[] = [];

  async quote(): Promise<null> {
    return null;
  }

  async pin(
    request: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport> {
    this.asked.push(`pin ${request.cid}`);
    this.requests.push(request);
    this.signals.push(o.signal);
    const answer =
      this.answers.length > 1 ? this.answers.shift()! : this.answers[0];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  }

  async status({ cid }: { cid: string }): Promise<IPinReport | null> {
    this.asked.push(`status ${cid}`);
    const answer = this.reports.shift() ?? null;
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  }

  async unpin({ cid }: { cid: string }): Promise<void> {
    this.asked.push(`unpin ${cid}`);
    const answer = this.unpins.shift();
    if (answer) {
      throw answer;
    }
  }
}

/** Web Locks among the tabs of one test. */
export class Locks implements ILocks {
  private _last: Promise<void> = Promise.resolve();

  request(
    _name: string,
    { signal }: { signal?: AbortSignal },
    held: () => Promise<void>
  ): Promise<unknown> {
    const mine = this._last.then(() => {
      signal?.throwIfAborted();
      return held();
    });
    this._last = mine.catch(() => undefined);
    return mine;
  }
}

let databases = 0;

/** A fresh browser profile. */
export function profile(): string {
  globalThis.indexedDB = new IDBFactory();
  return `pinning-${databases++}`;
}

export function makeQueue(
  database: string,
  providers: IPinProvider[],
  o: Partial<IQueueOptions> = {}
): { queue: PinQueue; clock: Clock } {
  const clock = (o.clock as Clock | undefined) ?? new Clock();
  const queue = new PinQueue({
    provider: id => providers.find(provider => provider.id === id) ?? null,
    archive: async function* () {
      yield new Uint8Array([1, 2, 3]);
    },
    fetchable: () => true,
    journal: new Journal(database),
    random: () => 1,
    locks: null,
    channel: null,
    ...o,
    clock
  });
  return { queue, clock };
}
