/** What the account bought. */
import { UseSignal } from '@jupyterlab/apputils';
import * as React from 'react';

import type { ISidebarOptions } from './sidebar';

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

export function PurchasesTab(props: ISidebarOptions): React.JSX.Element {
  return (
    <UseSignal signal={props.wallet.stateChanged}>
      {() => (
        <UseSignal signal={props.records.changed}>
          {() => <Bought {...props} />}
        </UseSignal>
      )}
    </UseSignal>
  );
}
