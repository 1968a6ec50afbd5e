/**
 * One tab at a time works on the queue (a Web Lock, which the browser hands on
 * when a tab closes); the tabs tell one another of changes.
 */

/** The part of `navigator.locks` that is used. */
export interface ILocks {
  request(
    name: string,
    options: { signal?: AbortSignal },
    held: () => Promise<void>
  ): Promise<unknown>;
}

/** The part of a BroadcastChannel that is used. */
export interface IChannel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

const NAME = 'jupyterlab-web3:pinning';

export class Turn {
  /**
   * @param changed - another tab changed something
   * @param mine - from now on, this tab works
   */
  constructor(
    private _o: {
      changed: () => void;
      mine: () => void;
      locks?: ILocks | null;
      channel?: IChannel | null;
    }
  ) {
    this._channel =
      _o.channel !== undefined
        ? _o.channel
        : typeof BroadcastChannel === 'undefined'
          ? null
          : new BroadcastChannel(NAME);
    if (this._channel) {
      this._channel.onmessage = () => _o.changed();
    }
  }

  get isMine(): boolean {
    return this._mine;
  }

  /** Queue for it; `mine` is called once it has come. */
  wait(): void {
    const locks =
      this._o.locks !== undefined
        ? this._o.locks
        : ((globalThis.navigator?.locks as ILocks | undefined) ?? null);
    if (!locks) {
      // A page without https has no locks. Two of its tabs may ask for the same
      // pin twice, which is one pin.
      this._begin();
      return;
    }
    locks
      .request(NAME, { signal: this._end.signal }, () => {
        this._begin();
        return new Promise<void>(resolve => {
          this._release = resolve;
        });
      })
      .catch((reason: unknown) => {
        if (!this._end.signal.aborted) {
          console.error('Pinning: no turn among the tabs', reason);
        }
      });
  }

  /** Tell the other tabs that something changed. */
  tell(): void {
    this._channel?.postMessage('changed');
  }

  dispose(): void {
    this._mine = false;
    this._end.abort();
    this._release?.();
    this._channel?.close();
  }

  private _begin(): void {
    this._mine = true;
    this._o.mine();
  }

  private _mine = false;
  private _release: (() => void) | null = null;
  private _end = new AbortController();
  private _channel: IChannel | null;
}
