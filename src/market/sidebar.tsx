/** The market's sidebar: open an asset by what was pasted; what was bought here. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { findDid } from '../ocean/catalogue';
import type { IWallet } from '../tokens';
import type { PurchaseRecords } from './records';
import '../../style/market.css';

export interface ISidebarOptions {
  wallet: IWallet;
  records: PurchaseRecords;
  trans: TranslationBundle;
  open: (did: string) => void;
}

function OpenForm(props: ISidebarOptions): React.JSX.Element {
  const { trans, open } = props;
  const [text, setText] = React.useState('');
  const [wrong, setWrong] = React.useState(false);
  const id = React.useId();
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const did = findDid(text);
    setWrong(did === null);
    if (did) {
      setText('');
      open(did);
    }
  };
  return (
    <form onSubmit={submit} className="jp-web3-market-open">
      <label htmlFor={id}>{trans.__('Open an asset')}</label>
      <input
        id={id}
        className="jp-mod-styled"
        value={text}
        placeholder={trans.__('did:op:… or a link')}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={event => {
          setText(event.target.value);
          setWrong(false);
        }}
      />
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept"
        disabled={text.trim() === ''}
      >
        {trans.__('Open')}
      </button>
      {wrong && (
        <p id={`${id}-wrong`} role="alert">
          {trans.__(
            'There is no DID in this. It starts with did:op: and goes on with 64 digits and letters.'
          )}
        </p>
      )}
    </form>
  );
}

function Bought(props: ISidebarOptions): React.JSX.Element {
  const { wallet, records, trans, open } = props;
  const { account } = wallet.state;
  const bought = account ? records.list(account) : [];
  return (
    <section aria-label={trans.__('Bought in this browser')}>
      <h2>{trans.__('Bought in this browser')}</h2>
      {bought.length === 0 ? (
        <p className="jp-web3-asset-quiet">
          {account
            ? trans.__('Nothing yet with this account.')
            : trans.__('Log in with your wallet to see what you bought.')}
        </p>
      ) : (
        <ul>
          {bought.map(record => (
            <li key={`${record.chainId}:${record.did}`}>
              <button
                type="button"
                className="jp-web3-market-item"
                title={record.did}
                onClick={() => open(record.did)}
              >
                {record.name || record.did}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export class MarketSidebar extends ReactWidget {
  constructor(private _options: ISidebarOptions) {
    super();
    this.addClass('jp-web3-market');
  }

  protected render(): React.JSX.Element {
    const { wallet, records } = this._options;
    return (
      <UseSignal signal={wallet.stateChanged}>
        {() => (
          <UseSignal signal={records.changed}>
            {() => (
              <>
                <OpenForm {...this._options} />
                <Bought {...this._options} />
              </>
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
  }
}
