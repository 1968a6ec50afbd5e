/**
 * Where the person has a publication kept: the choice in the dialog. Shows no
 * prompt and asks nobody for a pin.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import type {
  EngineKind,
  IIpfs,
  IPinning,
  IPinProvider,
  IPinQuote
} from '../tokens';
import { isRefused, NODE, PAGE } from './storage';

export interface IStorageDeps {
  ipfs: Pick<IIpfs, 'engine' | 'engineChanged'>;
  pinning: Pick<IPinning, 'load' | 'providers' | 'providersChanged'> | null;
}

export type Quote = IPinQuote | 'asking' | { failed: unknown } | null;

/** A provider as it is offered. */
export interface IOffer {
  provider: IPinProvider;
  isChosen: boolean;
  /** It fetches, and nobody can fetch from a page. */
  isRefused: boolean;
  /** Of a chosen one; null where nothing is paid. */
  quote: Quote;
}

export class StorageModel {
  /**
   * @param initial - ids as in a draft's `storage`
   */
  constructor(
    private _deps: IStorageDeps,
    private _contents: readonly IContent[],
    initial: readonly string[]
  ) {
    // That nobody else has it is agreed to anew each time.
    this._wanted = new Set(initial.filter(id => id !== PAGE));
    _deps.ipfs.engineChanged.connect(this._tell, this);
    _deps.pinning?.providersChanged.connect(this._onProviders, this);
    void this.load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get engine(): EngineKind {
    return this._deps.ipfs.engine.kind;
  }

  /** Whether a page is its own node, which nobody can fetch from. */
  get isPage(): boolean {
    return this.engine === 'browser';
  }

  /** Why the providers are not known. */
  get failure(): unknown {
    return this._failure;
  }

  get isLoading(): boolean {
    return this._loading;
  }

  /** All but the node in use, which keeps it anyway. */
  get offers(): IOffer[] {
    return (this._deps.pinning?.providers ?? [])
      .filter(({ id }) => id !== NODE)
      .map(provider => {
        const refused = isRefused(provider, this.engine);
        return {
          provider,
          isRefused: refused,
          isChosen: !refused && this._wanted.has(provider.id),
          quote: this._quotes.get(provider.id) ?? null
        };
      });
  }

  /** Publish even where only this browser has it. */
  get onlyPage(): boolean {
    return this._wanted.has(PAGE) && this.needsSomebody;
  }

  /** Only a page has it, and nobody was chosen who would. */
  get needsSomebody(): boolean {
    return this.isPage && !this.offers.some(({ isChosen }) => isChosen);
  }

  /** For the draft; undefined where only the node keeps it. */
  get chosen(): string[] | undefined {
    const ids = this.offers
      .filter(({ isChosen }) => isChosen)
      .map(({ provider }) => provider.id);
    if (this.onlyPage) {
      ids.push(PAGE);
    }
    return ids.length ? ids : undefined;
  }

  /** Whether nobody would have it, or somebody can't be had. */
  get isHindered(): boolean {
    return (
      (this.needsSomebody && !this.onlyPage) ||
      this.offers.some(({ isChosen, quote }) =>
        isChosen && !!quote && typeof quote === 'object' && 'obstacle' in quote
          ? quote.obstacle !== null
          : false
      )
    );
  }

  choose(id: string, value: boolean): void {
    if (value) {
      this._wanted.delete(PAGE);
      this._wanted.add(id);
    } else {
      this._wanted.delete(id);
    }
    this._ask();
    this._tell();
  }

  /** Learn who there is. */
  async load(): Promise<void> {
    const { pinning } = this._deps;
    if (!pinning) {
      return;
    }
    this._loading = true;
    this._failure = null;
    this._tell();
    try {
      await pinning.load();
    } catch (error) {
      this._failure = error;
    }
    this._loading = false;
    this._onProviders();
  }

  dispose(): void {
    this._stop.abort();
    this._deps.ipfs.engineChanged.disconnect(this._tell, this);
    this._deps.pinning?.providersChanged.disconnect(this._onProviders, this);
    Signal.clearData(this);
  }

  private _onProviders(): void {
    this._ask();
    this._tell();
  }

  /** What the chosen ones cost, each asked once. */
  private _ask(): void {
    for (const { provider, isChosen } of this.offers) {
      if (isChosen && !this._quotes.has(provider.id)) {
        this._quotes.set(provider.id, 'asking');
        void this._quote(provider);
      }
      if (!isChosen) {
        this._quotes.delete(provider.id);
      }
    }
  }

  private async _quote(provider: IPinProvider): Promise<void> {
    let quote: Quote;
    try {
      const sizes = this._contents.map(({ size }) => size);
      quote = await provider.quote(
        {
          // Not added yet: the archive will be a little longer than its files.
          cid: '',
          ...(sizes.includes(null)
            ? {}
            : { bytes: sizes.reduce<number>((sum, size) => sum + size!, 0) }),
          car: () => joined(this._contents, this._stop.signal)
        },
        { signal: this._stop.signal }
      );
    } catch (error) {
      quote = { failed: error };
    }
    if (!this._stop.signal.aborted && this._quotes.has(provider.id)) {
      this._quotes.set(provider.id, quote);
      this._tell();
    }
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _failure: unknown = null;
  private _loading = false;
  private _quotes = new Map<string, Quote>();
  private _stop = new AbortController();
  private _wanted: Set<string>;
}

async function* joined(
  contents: readonly IContent[],
  signal: AbortSignal
): AsyncIterable<Uint8Array> {
  for (const content of contents) {
    yield* content.stream({ signal });
  }
}
