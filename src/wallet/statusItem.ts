import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import type { IWallet } from '../tokens';

/** `0x7099…79C8 · Local chain` in the status bar; a click opens the panel. */
export class WalletStatusItem extends Widget {
  constructor(
    private _wallet: IWallet,
    private _trans: TranslationBundle,
    open: () => void
  ) {
    super();
    this._button.type = 'button';
    this._button.className = 'jp-web3-wallet-status';
    this._button.onclick = open;
    this.node.append(this._button);
    _wallet.stateChanged.connect(this.update, this);
    _wallet.networksChanged.connect(this.update, this);
    this._show();
  }

  dispose(): void {
    this._wallet.stateChanged.disconnect(this.update, this);
    this._wallet.networksChanged.disconnect(this.update, this);
    super.dispose();
  }

  protected onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    this._show();
  }

  private _show(): void {
    const trans = this._trans;
    const { account, chainId } = this._wallet.state;
    if (!account || chainId === null) {
      this._button.textContent = trans.__('Log in');
      this._button.title = trans.__('Open the wallet panel');
      return;
    }
    const network =
      this._wallet.network(chainId)?.name ?? trans.__('Chain %1', chainId);
    this._button.textContent = `${account.slice(0, 6)}…${account.slice(-4)} · ${network}`;
    this._button.title = trans.__(
      '%1 on %2: open the wallet panel',
      account,
      network
    );
  }

  private _button = document.createElement('button');
}
