/**
 * Which wallet the person chose, remembered over a reload: its rdns and name,
 * never an account or a secret. (A wallet's uuid is new on each page, EIP-6963.)
 */
import type { IWalletInfo } from '../tokens';

/** `localStorage` in a page. */
export type WalletStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

type Chosen = Pick<IWalletInfo, 'rdns' | 'name'>;

export class WalletChoice {
  /**
   * @param scope - keeps several Jupyter servers of one origin apart
   */
  constructor(
    private _store: WalletStore | undefined,
    scope = ''
  ) {
    this._key = `jupyterlab-web3:wallet:${scope}`;
  }

  /** Whether any wallet is remembered. */
  get any(): boolean {
    return this._read() !== null;
  }

  /** Whether this is the wallet that was chosen. */
  is(wallet: Chosen): boolean {
    const chosen = this._read();
    return chosen?.rdns === wallet.rdns && chosen.name === wallet.name;
  }

  save({ rdns, name }: Chosen): void {
    try {
      this._store?.setItem(this._key, JSON.stringify({ rdns, name }));
    } catch (reason) {
      // A full store costs the silent restore, not the login.
      console.warn('The choice of wallet could not be kept', reason);
    }
  }

  forget(): void {
    this._store?.removeItem(this._key);
  }

  private _read(): Chosen | null {
    const text = this._store?.getItem(this._key);
    if (!text) {
      return null;
    }
    try {
      const { rdns, name } = JSON.parse(text) as Partial<Chosen>;
      if (typeof rdns === 'string' && typeof name === 'string') {
        return { rdns, name };
      }
    } catch (reason) {
      console.warn('The remembered wallet is unreadable and forgotten', reason);
    }
    this.forget();
    return null;
  }

  private readonly _key: string;
}
