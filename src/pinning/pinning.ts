/** `IPinning`: providers, the queue, folders that are followed, who has what. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type {
  HolderCheck,
  IHolder,
  IIpfs,
  IPinning,
  IPinPolicy,
  IPinProvider,
  IPinRecord,
  IWeb3Server,
  PinBadge
} from '../tokens';
import { badgeOf } from './badges';
import { isAbort, PinningError } from './errors';
import { askOthers, askProvider, type IHolderWords } from './holders';
import { PinQueue, type IQueueOptions } from './jobs';
import { kuboRemotes, type KuboRemoteProvider } from './kuboRemote';
import { NODE_ID, NodeProvider } from './node';
import { Policies } from './policies';
import { KuboOfServer } from './kuboOfServer';
import { Services } from './services';

/** Milliseconds until the server is asked again for services. */
const AGAIN = 10_000;

export interface IPinningOptions {
  ipfs: IIpfs;
  /** Null in JupyterLite. */
  server: IWeb3Server | null;
  labels: { kubo: string; browser: string };
  words: IHolderWords;
  queue?: Partial<IQueueOptions>;
  times?: { quiet: number; round: number };
}

export class Pinning implements IPinning {
  constructor(private _o: IPinningOptions) {
    const { ipfs, server } = _o;
    this._kubo = server && new KuboOfServer(server, ipfs);
    this._node = new NodeProvider(ipfs, _o.labels);
    this.services = new Services(
      server,
      async service => (await this._kubo?.addresses(service.isNear)) ?? []
    );
    this.queue = new PinQueue({
      provider: id => this._find(id),
      archive: (cid, signal) => ipfs.car.export(cid, { signal }),
      // Nobody can fetch from a page; another service that has it will do.
      fetchable: cid =>
        ipfs.engine.kind !== 'browser' ||
        this.records.some(
          record =>
            record.cid === cid &&
            record.state === 'pinned' &&
            record.provider !== NODE_ID
        ),
      doubt: async () =>
        (await this._kubo?.meetsNobody())
          ? new PinningError('node-offline', 'The node has no addresses')
          : null,
      ..._o.queue
    });
    this.followed = new Policies(this.queue, ipfs.files, _o.times);
    this.services.changed.connect(this._onProviders, this);
    this.queue.changed.connect(() => this._recordsChanged.emit());
    this.followed.changed.connect(() => this._recordsChanged.emit());
    ipfs.engineChanged.connect(this._onEngine, this);
  }

  readonly services: Services;
  readonly queue: PinQueue;
  readonly followed: Policies;

  get providers(): readonly IPinProvider[] {
    return [
      this._node,
      ...this.services.providers,
      ...this._remotes,
      ...this._others
    ];
  }

  get providersChanged(): ISignal<IPinning, void> {
    return this._providersChanged;
  }

  addProvider(provider: IPinProvider): IDisposable {
    this._others.push(provider);
    this._onProviders();
    return new DisposableDelegate(() => {
      this._others = this._others.filter(other => other !== provider);
      this._onProviders();
    });
  }

  get records(): readonly IPinRecord[] {
    return this.queue.records;
  }

  get recordsChanged(): ISignal<IPinning, void> {
    return this._recordsChanged;
  }

  load(): Promise<void> {
    return this.start();
  }

  /** Resolves when services are known and the queue was taken in. */
  start(): Promise<void> {
    this._started ??= this._start();
    return this._started;
  }

  /** @throws PinningError `no-provider` */
  async pin(
    request: { cid: string; name?: string; bytes?: number },
    provider: string
  ): Promise<IPinRecord> {
    const found = this.provider(provider);
    await this._agreed(
      found.agree?.({
        ...request,
        car: () => this._o.ipfs.car.export(request.cid)
      })
    );
    return this.queue.pin(request, provider);
  }

  async unpin(cid: string, provider: string): Promise<void> {
    await this._agreed(this._find(provider)?.agreeToEnd?.({ cid }));
    return this.queue.unpin(cid, provider);
  }

  async cancel(id: string): Promise<void> {
    const pin = this.queue.store.get(id);
    if (pin) {
      const { cid, provider } = pin;
      await this._agreed(this._find(provider)?.agreeToEnd?.({ cid }));
    }
    return this.queue.cancel(id);
  }

  retry(id: string): void {
    this._retry(id).catch((reason: unknown) => {
      if (!isAbort(reason)) {
        console.error('Pinning: it could not be tried again', reason);
      }
    });
  }

  settled(id: string, o?: { signal?: AbortSignal }): Promise<IPinRecord> {
    return this.queue.settled(id, o);
  }

  async holders(
    cid: string,
    o: { signal?: AbortSignal } = {}
  ): Promise<IHolder[]> {
    const { words, ipfs } = this._o;
    const asked = this.providers.map(provider => {
      if (provider !== this._node) {
        return askProvider(provider, cid, words, o);
      }
      const kubo = this._kubo?.isEngine ? this._kubo : null;
      return askProvider(provider, cid, words, {
        ...o,
        id: ipfs.engine.kind === 'browser' ? 'page' : NODE_ID,
        look: kubo ? signal => kubo.has(cid, signal) : undefined
      });
    });
    const others = askOthers(this._checks, cid, o.signal);
    return [...(await Promise.all(asked)), ...(await others)];
  }

  addHolderCheck(ask: HolderCheck): IDisposable {
    this._checks.add(ask);
    return new DisposableDelegate(() => {
      this._checks.delete(ask);
    });
  }

  badgeFor(cid: string): PinBadge | null {
    const records = this.records.filter(record => record.cid === cid);
    return badgeOf(records, this._o.ipfs.engine.kind);
  }

  get policies(): readonly IPinPolicy[] {
    return this.followed.list;
  }

  follow(path: string, provider: string): Promise<IPinPolicy> {
    if (this.provider(provider).agree) {
      // Each state of the folder would have to be agreed to.
      throw new PinningError('refused', 'What is paid for is not followed');
    }
    return this.followed.follow(path, provider);
  }

  unfollow(id: string): Promise<void> {
    return this.followed.unfollow(id);
  }

  /** @throws PinningError `no-provider` */
  provider(id: string): IPinProvider {
    const found = this._find(id);
    if (!found) {
      throw new PinningError('no-provider', `There is no provider ${id}`);
    }
    return found;
  }

  dispose(): void {
    this._o.ipfs.engineChanged.disconnect(this._onEngine, this);
    clearTimeout(this._again);
    this.followed.dispose();
    this.queue.dispose();
    Signal.clearData(this);
  }

  /** Tried again by a person, who may have to agree to another price. */
  private async _retry(id: string): Promise<void> {
    const pin = this.queue.store.get(id);
    if (pin) {
      const { cid, name } = pin;
      const provider = this._find(pin.provider);
      await this._agreed(
        pin.goal === 'gone'
          ? provider?.agreeToEnd?.({ cid })
          : provider?.agree?.({
              cid,
              name,
              car: () => this._o.ipfs.car.export(cid)
            })
      );
    }
    await this.queue.retry(id);
  }

  /** @throws PinningError `cancelled` where the person said no */
  private async _agreed(answer: Promise<boolean> | undefined): Promise<void> {
    if ((await answer) === false) {
      throw new PinningError('cancelled', 'The person did not agree');
    }
  }

  private _find(id: string): IPinProvider | null {
    return this.providers.find(provider => provider.id === id) ?? null;
  }

  private async _start(): Promise<void> {
    await this._load();
    await this.queue.start();
    await this.followed.start();
  }

  /** Learn of services; those of an absent server are asked for again. */
  private async _load(): Promise<void> {
    const [services] = await Promise.allSettled([
      this.services.load(),
      this._loadRemotes()
    ]);
    if (services.status === 'rejected') {
      this._again = setTimeout(() => void this._load(), AGAIN);
    }
  }

  private async _loadRemotes(): Promise<void> {
    const kubo = this._kubo;
    try {
      this._remotes = kubo?.isEngine ? await kuboRemotes(kubo.ask) : [];
    } catch (error) {
      // The node is not there now: it is asked again when it comes.
      console.info('Pinning: services of the node are not known', error);
      this._remotes = [];
    }
    this._onProviders();
  }

  private _onEngine(): void {
    void this._loadRemotes();
    this._recordsChanged.emit();
  }

  private _onProviders(): void {
    this._providersChanged.emit();
    this.queue
      .providersChanged(id => this._find(id) !== null)
      .catch((reason: unknown) => {
        console.error('Pinning: the queue could not go on', reason);
      });
  }

  private _kubo: KuboOfServer | null;
  private _node: NodeProvider;
  private _remotes: KuboRemoteProvider[] = [];
  private _others: IPinProvider[] = [];
  private _checks = new Set<HolderCheck>();
  private _started: Promise<void> | null = null;
  private _again: ReturnType<typeof setTimeout> | undefined;
  private _providersChanged = new Signal<IPinning, void>(this);
  private _recordsChanged = new Signal<IPinning, void>(this);
}
