/** What the account published. */
import { UseSignal } from '@jupyterlab/apputils';
import * as React from 'react';

import type { ISidebarOptions } from './sidebar';

export function MineTab(props: ISidebarOptions): React.JSX.Element {
  const { wallet, trans } = props;
  return (
    <UseSignal signal={wallet.stateChanged}>
      {() => (
        <p className="jp-web3-asset-quiet">
          {wallet.state.account
            ? trans.__('Nothing yet with this account.')
            : trans.__('Log in with your wallet to see what you published.')}
        </p>
      )}
    </UseSignal>
  );
}
