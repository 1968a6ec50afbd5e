/**
 * The pinning services of the person: kept with their keys by the server part,
 * or, where there is none, by this page for as long as it is open.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IWeb3Server } from '../tokens';
import { PinningError, type PinningCode } from './errors';
import { ServiceProvider } from './service';
import {
  DirectTransport,
  isNear,
  readAnswer,
  RelayTransport,
  unreached,
  type IServiceInfo,
  type IServiceTransport
} from './transport';

/** What a person gives; the key goes one way. */
export interface IServiceDraft extends IServiceInfo {
  /** May be left out for a service that is known, at the same addresses. */
  key?: string;
}

/** Reasons of the route that are the person's to mend. */
const OF_DRAFT = [
  'bad-name',
  'bad-endpoint',
  'insecure-endpoint',
  'bad-key',
  'bad-service',
  'too-many'
];

export class Services {
  /**
   * @param server - null in JupyterLite
   * @param origins - addresses at which our content can be fetched
   */
  constructor(
    private _server: IWeb3Server | null,
    private _origins: (service: ServiceProvider) => Promise<string[]>
  ) {}

  get providers(): readonly ServiceProvider[] {
    return this._providers;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether keys outlive this page. */
  get areKept(): boolean {
    return this._kept;
  }

  /** @throws PinningError `unreachable` */
  async load(): Promise<void> {
    const listed = await this._listed();
    this._kept = listed !== null;
    if (listed) {
      this._set(listed);
    }
  }

  /**
   * Register one, or change it.
   *
   * @throws PinningError `bad-service`, `unreachable`
   */
  async put(draft: IServiceDraft): Promise<ServiceProvider> {
    if (this._kept) {
      const { name, endpoint, upload, auth, key } = draft;
      await this._ask('services', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name, endpoint, upload, auth, key })
      });
      await this.load();
    } else {
      this._keep(draft);
    }
    return this._providers.find(({ label }) => label === draft.name)!;
  }

  /** Forget one and its key; what it pinned stays pinned. */
  async remove(name: string): Promise<void> {
    if (this._kept) {
      await this._ask(`services/${encodeURIComponent(name)}`, {
        method: 'DELETE'
      });
      await this.load();
      return;
    }
    this._keys.delete(name);
    this._set(
      this._providers.map(({ info }) => info).filter(one => one.name !== name)
    );
  }

  /** Without a server part: for this page only. */
  private _keep(draft: IServiceDraft): void {
    const { key, ...info } = draft;
    const old = this._providers.find(({ label }) => label === info.name);
    const same =
      old?.info.endpoint === info.endpoint && old.info.upload === info.upload;
    const used = key || (same ? this._keys.get(info.name) : undefined);
    if (!used || !/^[\x20-\x7e]+$/.test(used)) {
      throw new PinningError('bad-service', 'A key is needed');
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(info.name)) {
      throw new PinningError(
        'bad-service',
        'A name has up to 40 letters, digits, dots, hyphens and underscores'
      );
    }
    for (const url of [info.endpoint, info.upload].filter(Boolean)) {
      if (!/^https:/i.test(url) && !(/^http:/i.test(url) && isNear(url))) {
        throw new PinningError('bad-service', 'Only https is accepted');
      }
    }
    this._keys.set(info.name, used);
    this._set([
      ...this._providers
        .map(provider => provider.info)
        .filter(({ name }) => name !== info.name),
      info
    ]);
  }

  private _set(services: IServiceInfo[]): void {
    this._providers = services.map(info => {
      const provider: ServiceProvider = new ServiceProvider(info, {
        transport: this._transport(info),
        origins: () => this._origins(provider)
      });
      return provider;
    });
    this._changed.emit();
  }

  private _transport(info: IServiceInfo): IServiceTransport {
    return this._kept && this._server
      ? new RelayTransport(this._server, info.name)
      : new DirectTransport(info, this._keys.get(info.name) ?? '');
  }

  /** Null where no server keeps services. */
  private async _listed(): Promise<IServiceInfo[] | null> {
    if (!this._server || !(await this._server.info().catch(rethrow))) {
      return null;
    }
    const response = await this._server
      .fetch('pinning/services')
      .catch(rethrow);
    if (response.status === 404) {
      return null;
    }
    const answer = await readAnswer(response, []);
    return (answer as { services: IServiceInfo[] }).services;
  }

  private async _ask(path: string, init: RequestInit): Promise<void> {
    const response = await this._server!.fetch(`pinning/${path}`, init).catch(
      rethrow
    );
    if (!response.ok) {
      const said = (await response.json()) as {
        code?: string;
        message?: string;
      };
      const code: PinningCode = OF_DRAFT.includes(said.code ?? '')
        ? 'bad-service'
        : 'refused';
      throw new PinningError(code, said.message ?? `status ${response.status}`);
    }
  }

  private _kept = false;
  private _keys = new Map<string, string>();
  private _providers: ServiceProvider[] = [];
  private _changed = new Signal<this, void>(this);
}

function rethrow(error: unknown): never {
  throw unreached(error);
}
