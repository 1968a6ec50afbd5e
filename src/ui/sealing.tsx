/**
 * What sealing protects, and what not: the short form of docs/sealed-format.md,
 * for who sets a price and for who pays it.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export function SealingWords(props: {
  trans: TranslationBundle;
}): React.JSX.Element {
  const { trans } = props;
  return (
    <details>
      <summary>{trans.__('What sealing protects, and what not')}</summary>
      <ul>
        <li>
          {trans.__(
            'Nobody reads it from IPFS: nodes, gateways and pinning services hold what only the key opens.'
          )}
        </li>
        <li>
          {trans.__(
            'What arrives is what the publisher promised, or it is refused.'
          )}
        </li>
        <li>
          {trans.__(
            'The Ocean Node knows the key: whoever runs it could read the content.'
          )}
        </li>
        <li>
          {trans.__(
            'Who got it can pass it on, and nobody can take it back from them.'
          )}
        </li>
        <li>
          {trans.__(
            'Names, kinds and sizes of the files are public, and so is who published them and when.'
          )}
        </li>
      </ul>
    </details>
  );
}
