/**
 * `IIpfs`: the engine in use, whichever that is.
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
  IIpfs,
  IIpfsEngine,
  IIpfsEngines,
  IIpfsStatus,
  IIpns,
  ILocalPins,
  IMfs
} from '../tokens';

export class Ipfs implements IIpfs {
  constructor(
    engine: IIpfsEngine,
    readonly engines:
      (IIpfsEngines & { lookAround(): Promise<void> }) | null = null
  ) {
    this._engine = engine;
    engine.statusChanged.connect(this._onStatus, this);
  }

  get engine(): IIpfsEngine {
    return this._engine;
  }

  /** Speak through another engine from now on. */
  setEngine(engine: IIpfsEngine): void {
    if (engine === this._engine) {
      return;
    }
    this._engine.statusChanged.disconnect(this._onStatus, this);
    this._engine = engine;
    engine.statusChanged.connect(this._onStatus, this);
    this._engineChanged.emit(engine);
    this._statusChanged.emit(engine.status);
  }

  /** What there is beside the engine has changed. */
  tell(): void {
    this._statusChanged.emit(this.status);
  }

  get engineChanged(): ISignal<IIpfs, IIpfsEngine> {
    return this._engineChanged;
  }

  get statusChanged(): ISignal<IIpfs, IIpfsStatus> {
    return this._statusChanged;
  }

  get status(): IIpfsStatus {
    return this._engine.status;
  }

  get files(): IMfs {
    return this._engine.files;
  }

  get pins(): ILocalPins {
    return this._engine.pins;
  }

  get car(): ICar {
    return this._engine.car;
  }

  get names(): IIpns | null {
    return this._engine.names;
  }

  async refresh(): Promise<IIpfsStatus> {
    const status = await this._engine.refresh();
    // For itself: nobody waits for a Kubo that may not be there.
    this.engines?.lookAround().catch((reason: unknown) => {
      console.warn('Nobody knows whether a Kubo is there', reason);
    });
    return status;
  }

  add(content: IContent, options?: IAddOptions): Promise<IAdded> {
    return this._engine.add(content, options);
  }

  addFolder(
    contents: IContent[],
    options?: IAddFolderOptions
  ): Promise<IAdded> {
    return this._engine.addFolder(contents, options);
  }

  cat(path: string, options?: IReadOptions): AsyncIterable<Uint8Array> {
    return this._engine.cat(path, options);
  }

  block(
    cid: string,
    options?: { signal?: AbortSignal }
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this._engine.block(cid, options);
  }

  resolve(path: string, options?: { signal?: AbortSignal }): Promise<string> {
    return this._engine.resolve(path, options);
  }

  gatewayUrl(cid: string, filename?: string): string | null {
    return this._engine.gatewayUrl(cid, filename);
  }

  download(
    cid: string,
    options: { filename: string; folder?: boolean; signal?: AbortSignal }
  ): Promise<IDownload> {
    return this._engine.download(cid, options);
  }

  private _onStatus(_: IIpfsEngine, status: IIpfsStatus): void {
    this._statusChanged.emit(status);
  }

  private _engine: IIpfsEngine;
  private _engineChanged = new Signal<IIpfs, IIpfsEngine>(this);
  private _statusChanged = new Signal<IIpfs, IIpfsStatus>(this);
}
