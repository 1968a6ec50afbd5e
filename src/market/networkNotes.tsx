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

/** Offline all of them fail alike: said once. */
function byReason(problems: readonly INetworkProblem[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { network, text } of problems) {
    names.set(text, [...(names.get(text) ?? []), network]);
  }
  return names;
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
            {[...byReason(quiet)].map(([text, names]) => (
              <li key={text}>{trans.__('%1: %2', names.join(', '), text)}</li>
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
