/**
 * An allowance that a purchase left with a contract (kept by choice, or because
 * the order was never made), and how it is taken back: `approve` of 0 (ERC-20).
 */
import { Signal, type ISignal } from '@lumino/signaling';

import { approvalTx } from '../ocean/dues';
import type { IWallet } from '../tokens';
import { NotConnectedError } from '../wallet/errors';
import { codeOf } from './errors';
import type {
  IAllowanceLeft,
  IAsset,
  IAssetPrice,
  IMarketOcean
} from './ports';
import { sendTransaction } from './prompt';

export interface IAllowanceState {
  /** Null: nothing is left, or it is not known. */
  left: IAllowanceLeft | null;
  step: 'rest' | 'wallet' | 'mining';
  /** It was taken back here. */
  taken: boolean;
  problem: unknown;
}

export interface IAllowanceDeps {
  wallet: Pick<IWallet, 'state' | 'provider' | 'switchNetwork'>;
  ocean: Pick<IMarketOcean, 'allowanceLeft' | 'waitReceipt'>;
}

const NOTHING: IAllowanceState = {
  left: null,
  step: 'rest',
  taken: false,
  problem: null
};

export class AllowanceLeft {
  constructor(private _deps: IAllowanceDeps) {}

  get state(): IAllowanceState {
    return this._state;
  }

  get changed(): ISignal<this, IAllowanceState> {
    return this._changed;
  }

  /** Whether it is being taken back: a purchase now would count on it. */
  get busy(): boolean {
    return this._state.step !== 'rest';
  }

  /** Of another account, or not looked at yet. */
  forget(): void {
    this._set(NOTHING);
  }

  /** Ask the chain. Never rejects: it is a note beside what is shown. */
  async look(
    asset: IAsset,
    price: IAssetPrice | null,
    account: string | null,
    current: () => boolean = () => true
  ): Promise<void> {
    if (this.busy) {
      return;
    }
    try {
      const left =
        price && account
          ? await this._deps.ocean.allowanceLeft(asset, price, account)
          : null;
      if (current() && !this.busy) {
        this._set({ left, taken: this._state.taken && left === null });
      }
    } catch (reason) {
      console.warn('What is still allowed could not be read', reason);
    }
  }

  /**
   * Take it back, by one request of the wallet; on its way already, nothing new
   * is asked. Never rejects: `problem` says what is wrong.
   *
   * @returns whether nothing is allowed any more
   */
  async takeBack(asset: IAsset, price: IAssetPrice): Promise<boolean> {
    const { left } = this._state;
    if (!left || this.busy) {
      return false;
    }
    const { wallet, ocean } = this._deps;
    const { account } = wallet.state;
    this._set({ step: 'wallet', problem: null });
    try {
      if (!account) {
        throw new NotConnectedError();
      }
      const { chainId } = asset;
      if (wallet.state.chainId !== chainId) {
        await wallet.switchNetwork(chainId);
      }
      const tx = approvalTx(account, left.token.address, left.spender, 0n);
      const hash = await sendTransaction(wallet, tx, account, chainId);
      this._set({ step: 'mining' });
      try {
        await ocean.waitReceipt(chainId, hash, { from: account });
      } catch (reason) {
        // Sped up in the wallet: what counts is the allowance.
        if (codeOf(reason) !== 'tx-replaced') {
          throw reason;
        }
      }
      const rest = await ocean.allowanceLeft(asset, price, account);
      this._set({ left: rest, taken: rest === null });
      return rest === null;
    } catch (reason) {
      this._set({ problem: reason });
      return false;
    } finally {
      this._set({ step: 'rest' });
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _set(patch: Partial<IAllowanceState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit(this._state);
  }

  private _state = NOTHING;
  private _changed = new Signal<this, IAllowanceState>(this);
}
