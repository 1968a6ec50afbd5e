import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { displayAmount, formatUnits } from '../ui/amount';
import type { Balances } from './balances';
import { walletWords } from './words';

/** The balances of the account; exact on hover. */
export function BalanceList(props: {
  balances: Balances;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { balances, trans } = props;
  return (
    <>
      <table
        className="jp-web3-wallet-balances"
        aria-label={trans.__('Balances')}
      >
        <tbody>
          {balances.items.map(({ symbol, token, units, decimals }) => (
            <tr key={token ?? ''}>
              <th scope="row" title={token ?? undefined}>
                {symbol}
              </th>
              <td
                title={
                  units === null
                    ? trans.__('Could not be read')
                    : `${formatUnits(units, decimals)} ${symbol}`
                }
              >
                {units === null
                  ? '–'
                  : displayAmount(units, decimals, { minimum: 2 })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {balances.error !== null && (
        <p className="jp-web3-wallet-quiet" role="status">
          {walletWords(balances.error, trans, trans.__('The network'))}{' '}
          <button
            type="button"
            className="jp-web3-linkButton"
            onClick={() => void balances.refresh()}
          >
            {trans.__('Try again')}
          </button>
        </p>
      )}
    </>
  );
}
