/** The queue of pins without a network; its state outlives a "reload". */
import { Signal } from '@lumino/signaling';

import { PinningError } from '../../pinning/errors';
import type {
  IHolder,
  IPinning,
  IPinProvider,
  IPinRecord,
  PinState
} from '../../tokens';
import type { IPublishDeps } from '../context';

/** One that keeps content, as the world outside has it. */
export class FakeService {
  constructor(
    readonly label: string,
    readonly takes: 'upload' | 'fetch' = 'upload'
  ) {
    this.id = `service:${label}`;
  }
  readonly id: string;
  has = new Set<string>();
  /** CIDs it was asked to keep, each time. */
  asked: string[] = [];
  down = false;
  refuses = false;
  /** What it says of a pin that it does not have. */
  lies = false;
  /** Stays queued until told otherwise. */
  slow = false;
  agrees: boolean | null = null;
}

export class FakePins {
  constructor(readonly services: FakeService[]) {}
  records = new Map<string, IPinRecord>();
  /** Asked of the engine. */
  here: (cid: string) => boolean = () => true;
  engine: 'kubo' | 'browser' = 'kubo';
  loads = 0;
  /** The world ends: nothing goes on. */
  isOver = false;

  /** A new object over the same state. */
  open(): NonNullable<IPublishDeps['pinning']> {
    return new FakePinning(this);
  }
}

class FakePinning implements NonNullable<IPublishDeps['pinning']> {
  constructor(private _pins: FakePins) {}

  readonly recordsChanged = new Signal<IPinning, void>(
    this as unknown as IPinning
  );
  private _loaded = false;

  async load(): Promise<void> {
    this._pins.loads++;
    this._loaded = true;
    for (const { id, state } of this._pins.records.values()) {
      if (state === 'waiting') {
        void this._work(id);
      }
    }
  }

  get records(): readonly IPinRecord[] {
    return this._loaded ? [...this._pins.records.values()] : [];
  }

  get providers(): readonly IPinProvider[] {
    return this._loaded
      ? this._pins.services.map(
          service =>
            ({
              id: service.id,
              label: service.label,
              kind: 'service',
              takes: service.takes,
              status: async ({ cid }: { cid: string }) => {
                if (service.down) {
                  throw new PinningError('unreachable', 'connection refused');
                }
                return service.has.has(cid)
                  ? { state: 'pinned', requestId: cid }
                  : null;
              }
            }) as unknown as IPinProvider
        )
      : [];
  }

  async pin(
    { cid, name = '' }: { cid: string; name?: string },
    provider: string
  ): Promise<IPinRecord> {
    const service = this._service(provider);
    if (service.agrees === false) {
      throw new PinningError('cancelled', 'The person did not agree');
    }
    const id = `${provider} ${cid}`;
    const old = this._pins.records.get(id);
    if (!old || old.state === 'failed') {
      this._set({
        id,
        cid,
        name,
        provider,
        state: 'waiting',
        created: new Date().toISOString(),
        updated: new Date().toISOString(),
        attempts: 0,
        nextTry: null,
        problem: null,
        progress: null
      });
      void this._work(id);
    }
    return this._pins.records.get(id)!;
  }

  async unpin(cid: string, provider: string): Promise<void> {
    const service = this._service(provider);
    if (service.agrees === false) {
      throw new PinningError('cancelled', 'The person did not agree');
    }
    if (service.down) {
      throw new PinningError('unreachable', 'connection refused');
    }
    service.has.delete(cid);
    this._pins.records.delete(`${provider} ${cid}`);
  }

  retry(id: string): void {
    const old = this._pins.records.get(id)!;
    this._set({ ...old, attempts: 0, problem: null, state: 'waiting' });
    void this._work(id);
  }

  async settled(
    id: string,
    { signal }: { signal?: AbortSignal } = {}
  ): Promise<IPinRecord> {
    for (;;) {
      signal?.throwIfAborted();
      if (this._pins.isOver) {
        return new Promise(() => undefined);
      }
      const record = this._pins.records.get(id);
      if (!record) {
        throw new PinningError('cancelled', 'The pin was taken back');
      }
      if (record.state === 'pinned') {
        return record;
      }
      if (record.state === 'failed') {
        throw new PinningError('refused', record.problem!.message);
      }
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  }

  async holders(cid: string): Promise<IHolder[]> {
    const checked = new Date().toISOString();
    const { engine, here, services } = this._pins;
    return [
      {
        id: engine === 'browser' ? 'page' : 'node',
        label: '',
        has: here(cid),
        checked
      },
      ...services.map(({ id, label, down, has }) => ({
        id,
        label,
        has: down ? null : has.has(cid),
        checked
      }))
    ];
  }

  private _service(provider: string): FakeService {
    return this._pins.services.find(({ id }) => id === provider)!;
  }

  /** Try until it is done; three failures in a row are told in between. */
  private async _work(id: string): Promise<void> {
    const { provider, cid } = this._pins.records.get(id)!;
    const service = this._service(provider);
    for (let attempts = 0; ;) {
      await new Promise(resolve => setTimeout(resolve, 1));
      const record = this._pins.records.get(id);
      if (
        this._pins.isOver ||
        !record ||
        record.state === 'pinned' ||
        record.state === 'failed'
      ) {
        return;
      }
      const to = (state: PinState | 'waiting', more = {}): void =>
        this._set({ ...record, state, problem: null, ...more });
      if (service.down) {
        attempts++;
        to('waiting', {
          attempts,
          problem: { code: 'unreachable', message: 'connection refused' }
        });
      } else if (service.refuses) {
        to('failed', { problem: { code: 'refused', message: 'too large' } });
      } else if (service.slow) {
        to('queued');
      } else {
        if (!service.has.has(cid)) {
          service.asked.push(cid);
        }
        if (!service.lies) {
          service.has.add(cid);
        }
        to('pinned');
      }
    }
  }

  private _set(record: IPinRecord): void {
    this._pins.records.set(record.id, {
      ...record,
      updated: `${Date.now()} ${Math.random()}`
    });
    this.recordsChanged.emit();
  }
}
