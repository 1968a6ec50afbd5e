/**
 * An engine before it is known which one it is: what it is asked waits.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { IContent, IReadOptions } from '../content';
import type {
  IAdded,
  IAddFolderOptions,
  IAddOptions,
  ICar,
  IDownload,
  IIpfsEngine,
  IIpfsStatus,
  ILocalPins,
  IMfs
} from '../tokens';

export class DeferredEngine implements IIpfsEngine {
  /** @param find - called at the first use; again when it failed */
  constructor(private _find: () => Promise<IIpfsEngine>) {
    this.files = new DeferredMfs(() => this._engine());
  }

  /** A guess: nobody knows yet. */
  readonly kind = 'kubo' as const;
  readonly names = null;
  readonly files: IMfs;
  readonly status: IIpfsStatus = {
    state: 'unknown',
    endpoint: '',
    managed: false
  };

  get statusChanged(): ISignal<IIpfsEngine, IIpfsStatus> {
    return this._statusChanged;
  }

  readonly pins: ILocalPins = {
    add: async (...args) => (await this._engine()).pins.add(...args),
    rm: async cid => (await this._engine()).pins.rm(cid),
    has: async cid => (await this._engine()).pins.has(cid)
  };

  readonly car: ICar = {
    export: (...args) => later(this._engine(), e => e.car.export(...args)),
    import: async (...args) => (await this._engine()).car.import(...args)
  };

  async refresh(): Promise<IIpfsStatus> {
    return (await this._engine()).refresh();
  }

  async add(content: IContent, options?: IAddOptions): Promise<IAdded> {
    return (await this._engine()).add(content, options);
  }

  async addFolder(
    contents: IContent[],
    options?: IAddFolderOptions
  ): Promise<IAdded> {
    return (await this._engine()).addFolder(contents, options);
  }

  cat(path: string, options?: IReadOptions): AsyncIterable<Uint8Array> {
    return later(this._engine(), engine => engine.cat(path, options));
  }

  async block(
    cid: string,
    options?: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>> {
    return (await this._engine()).block(cid, options);
  }

  async resolve(
    path: string,
    options?: { signal?: AbortSignal }
  ): Promise<string> {
    return (await this._engine()).resolve(path, options);
  }

  gatewayUrl(): null {
    return null;
  }

  async download(
    cid: string,
    options: { filename: string; folder?: boolean; signal?: AbortSignal }
  ): Promise<IDownload> {
    return (await this._engine()).download(cid, options);
  }

  private _engine(): Promise<IIpfsEngine> {
    if (!this._found) {
      this._found = this._find();
      this._found.catch(() => {
        // Whoever asked is told; the next one has another try.
        this._found = null;
      });
    }
    return this._found;
  }

  private _found: Promise<IIpfsEngine> | null = null;
  private _statusChanged = new Signal<IIpfsEngine, IIpfsStatus>(this);
}

class DeferredMfs implements IMfs {
  constructor(private _engine: () => Promise<IIpfsEngine>) {}

  ls: IMfs['ls'] = async (...args) => (await this._files()).ls(...args);
  stat: IMfs['stat'] = async (...args) => (await this._files()).stat(...args);
  mkdir: IMfs['mkdir'] = async (...args) =>
    (await this._files()).mkdir(...args);
  cp: IMfs['cp'] = async (...args) => (await this._files()).cp(...args);
  mv: IMfs['mv'] = async (...args) => (await this._files()).mv(...args);
  rm: IMfs['rm'] = async (...args) => (await this._files()).rm(...args);
  write: IMfs['write'] = async (...args) =>
    (await this._files()).write(...args);
  read: IMfs['read'] = (...args) =>
    later(this._engine(), engine => engine.files.read(...args));

  private async _files(): Promise<IMfs> {
    return (await this._engine()).files;
  }
}

async function* later(
  engine: Promise<IIpfsEngine>,
  read: (engine: IIpfsEngine) => AsyncIterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  yield* read(await engine);
}
