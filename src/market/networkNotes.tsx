/**
 * Networks that did not answer, and those that were not asked: what the person
 * uses is said openly, the rest in one quiet line each.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import '../../style/market-buy.css';

export interface INetworkProblem {
  network: string;
  text: string;
  /** The person uses the network, and nothing of it could be read. */
  matters: boolean;
}

export interface INetworkNotesProps {
  problems: readonly INetworkProblem[];
  /** Names of those that were not asked. */
  others: readonly string[];
  busy: boolean;
  /** Ask the same ones again. */
  retry: () => void;
  /** Ask all. */
  everywhere: () => void;
  trans: TranslationBundle;
}

export function NetworkNotes(
  props: INetworkNotesProps
): React.JSX.Element | null {
  const { problems, others, busy, retry, everywhere, trans } = props;
  const open = problems.filter(({ matters }) => matters);
  const quiet = problems.filter(({ matters }) => !matters);
  const again = (
    <button
      type="button"
      className="jp-mod-styled"
      disabled={busy}
      onClick={retry}
    >
      {trans.__('Try again')}
    </button>
  );
  return (
    <div className="jp-web3-networkNotes">
      {open.map(({ network, text }) => (
        <div
          key={`${network} ${text}`}
          role="alert"
          className="jp-web3-purchases-problem"
        >
          {trans.__('%1: %2', network, text)}
        </div>
      ))}
      {open.length > 0 && again}
      {quiet.length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%1 network could not be read in full',
              '%1 networks could not be read in full',
              new Set(quiet.map(({ network }) => network)).size
            )}
          </summary>
          <ul>
            {quiet.map(({ network, text }) => (
              <li key={`${network} ${text}`}>
                {trans.__('%1: %2', network, text)}
              </li>
            ))}
          </ul>
          {open.length === 0 && again}
        </details>
      )}
      {!busy && others.length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%1 more network was not looked at',
              '%1 more networks were not looked at',
              others.length
            )}
          </summary>
          <p className="jp-web3-asset-quiet">
            {trans.__(
              'Their endpoints would learn your address: %1.',
              others.join(', ')
            )}
          </p>
          <button type="button" className="jp-mod-styled" onClick={everywhere}>
            {trans.__('Look at all networks')}
          </button>
        </details>
      )}
    </div>
  );
}
