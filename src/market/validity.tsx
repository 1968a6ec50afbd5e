/** How long what was bought can be fetched, and what ends it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetState } from './model';

/** Date and time as people of the page's language write them. */
export function dateText(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}

/** The three things that a download takes, each with when it ends. */
export function Validity(props: {
  state: IAssetState;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { state, trans } = props;
  const { asset, order, nodeAnswers } = state;
  if (!asset || !order) {
    return null;
  }
  const { until } = order;
  const lines: [boolean, string][] = [
    [
      asset.active,
      asset.active
        ? trans.__('The publisher keeps it active. Nobody knows until when.')
        : trans.__(
            'The publisher took it off the market: its Ocean Node gives it out no more.'
          )
    ],
    [
      true,
      until === undefined
        ? trans.__('Your purchase is valid now.')
        : until === null
          ? trans.__('Your purchase does not expire.')
          : trans.__('Your purchase is valid until %1.', dateText(until))
    ],
    [
      nodeAnswers !== false,
      nodeAnswers === null
        ? trans.__('Its Ocean Node has to answer; it was not asked yet.')
        : nodeAnswers
          ? trans.__('Its Ocean Node answers now.')
          : trans.__('Its Ocean Node does not answer now. Try again later.')
    ]
  ];
  return (
    <section
      className="jp-web3-validity"
      aria-label={trans.__('Your purchase')}
    >
      <p>{trans.__('Bought with this account.')}</p>
      <ul>
        {lines.map(([good, text]) => (
          <li key={text} className={good ? undefined : 'jp-mod-ended'}>
            {text}
          </li>
        ))}
      </ul>
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'You can download it again as long as all three hold. Keep a copy: what you have saved stays with you.'
        )}
      </p>
    </section>
  );
}
