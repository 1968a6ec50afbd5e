/**
 * The networks as they are now, and how each is read.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IEip1193Provider, INetwork, IWeb3Server } from '../tokens';
import { mergeNetworks, type NetworkSetting } from './networks';
import { ChainReader } from './reader';

export class Chains {
  constructor(private _server: IWeb3Server | null) {}

  /** Local first. */
  get all(): readonly INetwork[] {
    return this._all;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  find(chainId: number): INetwork | null {
    return this._all.find(network => network.chainId === chainId) ?? null;
  }

  /** A reader of a chain; the same one each time. */
  reader(chainId: number): IEip1193Provider {
    let reader = this._readers.get(chainId);
    if (!reader) {
      reader = new ChainReader(chainId, {
        server: this._server,
        network: id => this.find(id)
      });
      this._readers.set(chainId, reader);
    }
    return reader;
  }

  /** Replace what the settings say. */
  setSettings(settings: readonly NetworkSetting[]): void {
    this._settings = settings;
    this._merge();
  }

  /** Ask the server part for its chain. Never rejects. */
  async loadServer(): Promise<void> {
    try {
      const info = await this._server?.info();
      this._serverChain = info?.chain ?? null;
      this._merge();
    } catch (reason) {
      // Presets and settings stand without it.
      console.warn('The server part could not be asked', reason);
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _merge(): void {
    this._all = mergeNetworks(this._settings, this._serverChain);
    this._changed.emit();
  }

  private _all: readonly INetwork[] = mergeNetworks();
  private _settings: readonly NetworkSetting[] = [];
  private _serverChain: INetwork | null = null;
  private _readers = new Map<number, ChainReader>();
  private _changed = new Signal<this, void>(this);
}
