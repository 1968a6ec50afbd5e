/**
 * What an account has on the chain that the wallet is on: the chain's currency
 * and the payment tokens. Integers of base units, read through the network's
 * reader and not the wallet, so that looking asks the person nothing.
 */
import { Poll } from '@lumino/polling';
import { Signal, type ISignal } from '@lumino/signaling';

import type { IEip1193Provider, IWallet } from '../tokens';

export interface IBalance {
  symbol: string;
  decimals: number;
  /** Address of the token; null for the chain's currency. */
  token: string | null;
  /** Base units; null when it could not be read. */
  units: bigint | null;
}

/** What the balances need of the wallet; `transactionSent` is the room's own. */
export type BalanceSource = Pick<
  IWallet,
  'state' | 'stateChanged' | 'networksChanged' | 'network' | 'reader'
> & { readonly transactionSent?: ISignal<unknown, void> };

/** Milliseconds between looks: on the local chain blocks come at once. */
const LOCAL_INTERVAL = 5_000;
/** After a transaction was sent, in milliseconds. */
const LOOKS_AFTER_SENDING = [1_000, 4_000, 15_000];

/** `balanceOf(address)` of ERC-20, ABI-encoded. */
export function balanceOfCall(account: string): string {
  return `0x70a08231${account.slice(2).toLowerCase().padStart(64, '0')}`;
}

/** A hex quantity or 32-byte word; null for what is neither (no contract: `0x`). */
function readUnits(answer: unknown): bigint | null {
  return typeof answer === 'string' && /^0x[0-9a-f]+$/i.test(answer)
    ? BigInt(answer)
    : null;
}

/** Native balance (EIP-1474 `eth_getBalance`). Throws what the reader throws. */
async function native(
  reader: IEip1193Provider,
  account: string
): Promise<bigint | null> {
  return readUnits(
    await reader.request({
      method: 'eth_getBalance',
      params: [account, 'latest']
    })
  );
}

async function erc20(
  reader: IEip1193Provider,
  account: string,
  token: string
): Promise<bigint | null> {
  return readUnits(
    await reader.request({
      method: 'eth_call',
      params: [{ to: token, data: balanceOfCall(account) }, 'latest']
    })
  );
}

export class Balances {
  constructor(
    private _wallet: BalanceSource,
    /** Milliseconds between looks on public chains. */
    private _interval: () => number = () => 30_000
  ) {
    this._poll = new Poll({
      auto: false,
      factory: () => this.refresh(),
      frequency: this._frequency(),
      name: 'jupyterlab-web3:balances'
    });
    _wallet.stateChanged.connect(this._onState, this);
    _wallet.networksChanged.connect(this._onNetworks, this);
    _wallet.transactionSent?.connect(this._onSent, this);
  }

  /** Currency first; empty when not connected, or on an unknown chain. */
  get items(): readonly IBalance[] {
    return this._items;
  }

  /** Why something could not be read the last time, else null. */
  get error(): unknown {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether somebody looks; nothing is polled otherwise. */
  set visible(visible: boolean) {
    if (visible === this._visible) {
      return;
    }
    this._visible = visible;
    if (visible) {
      this._poll.frequency = this._frequency();
      void this._poll.start();
      void this._poll.refresh();
    } else {
      void this._poll.stop();
    }
  }

  /** Look now. Never rejects; `error` tells. */
  async refresh(): Promise<void> {
    const { account, chainId } = this._wallet.state;
    const network = chainId === null ? null : this._wallet.network(chainId);
    const look = ++this._look;
    if (!account || !network) {
      this._set([], null);
      return;
    }
    const reader = this._wallet.reader(network.chainId);
    const answers = await Promise.allSettled([
      native(reader, account),
      ...network.paymentTokens.map(({ address }) =>
        erc20(reader, account, address)
      )
    ]);
    if (look !== this._look || this._disposed) {
      return;
    }
    const failed = answers.find(answer => answer.status === 'rejected');
    const units = answers.map(answer =>
      answer.status === 'fulfilled' ? answer.value : null
    );
    this._set(
      [{ ...network.currency, address: null }, ...network.paymentTokens].map(
        ({ symbol, decimals, address }, index) => ({
          symbol,
          decimals,
          token: address,
          units: units[index]
        })
      ),
      failed ? failed.reason : null
    );
  }

  dispose(): void {
    this._disposed = true;
    this._poll.dispose();
    this._later.forEach(clearTimeout);
    this._wallet.stateChanged.disconnect(this._onState, this);
    this._wallet.networksChanged.disconnect(this._onNetworks, this);
    this._wallet.transactionSent?.disconnect(this._onSent, this);
    Signal.clearData(this);
  }

  private _frequency(): Poll['frequency'] {
    const { chainId } = this._wallet.state;
    const local = chainId !== null && this._wallet.network(chainId)?.local;
    const interval = local ? LOCAL_INTERVAL : this._interval();
    return { interval, max: interval, backoff: false };
  }

  private _onState(): void {
    const { account, chainId } = this._wallet.state;
    const key = `${account} ${chainId}`;
    if (key !== this._key) {
      this._key = key;
      // Another account's money must not stand under this one for a moment.
      this._look++;
      this._set([], null);
      this._onNetworks();
    }
  }

  private _onNetworks(): void {
    if (this._visible) {
      this._poll.frequency = this._frequency();
      void this._poll.refresh();
    }
  }

  private _onSent(): void {
    this._later.forEach(clearTimeout);
    this._later = LOOKS_AFTER_SENDING.map(delay =>
      setTimeout(() => void this.refresh(), delay)
    );
  }

  private _set(items: readonly IBalance[], error: unknown): void {
    this._items = items;
    this._error = error;
    this._changed.emit();
  }

  private readonly _poll: Poll;
  private _items: readonly IBalance[] = [];
  private _error: unknown = null;
  private _key = '';
  private _look = 0;
  private _visible = false;
  private _disposed = false;
  private _later: ReturnType<typeof setTimeout>[] = [];
  private _changed = new Signal<this, void>(this);
}
