/** Status bar: what is being pinned, while it is. */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IPinning } from '../tokens';
import '../../style/publish.css';

export class PinStatusItem extends ReactWidget {
  constructor(
    private _pinning: IPinning,
    private _show: () => void,
    private _trans: TranslationBundle
  ) {
    super();
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._pinning.recordsChanged}>
        {() => {
          const text = this._text();
          return text ? (
            <button
              type="button"
              className="jp-web3-statusButton"
              onClick={this._show}
            >
              {text}
            </button>
          ) : null;
        }}
      </UseSignal>
    );
  }

  private _text(): string {
    const trans = this._trans;
    const count = (states: string[]): number =>
      this._pinning.records.filter(({ state }) => states.includes(state))
        .length;
    const busy = count(['waiting', 'queued', 'pinning', 'removing']);
    const failed = count(['failed']);
    return busy
      ? trans._n('Pinning', 'Pinning %1', busy)
      : failed
        ? trans._n('1 pin failed', '%1 pins failed', failed)
        : '';
  }
}
