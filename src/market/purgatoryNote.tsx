/** The warning on the page of an asset that should not be dealt in. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Problem } from '../ui/errors';
import { useChanges } from '../ui/useChanges';
import {
  purgatory,
  type IPurgatoryEntry,
  type PurgatoryAsset
} from './purgatory';

function title(entry: IPurgatoryEntry, trans: TranslationBundle): string {
  const isSeller = entry.kind === 'account';
  switch (entry.source) {
    case 'index':
      return trans.__(
        'The index of the Ocean Node lists this asset as one to stay away from.'
      );
    case 'settings':
      return isSeller
        ? trans.__('Your settings list its seller as one to stay away from.')
        : trans.__('Your settings list this asset as one to stay away from.');
    case 'list':
      return isSeller
        ? trans.__(
            'The list of %1 names its seller as one to stay away from.',
            entry.host ?? ''
          )
        : trans.__(
            'The list of %1 names this asset as one to stay away from.',
            entry.host ?? ''
          );
  }
}

/** Nothing for assets that nobody warns of. */
export function PurgatoryNote(props: {
  asset: PurgatoryAsset;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { asset, trans } = props;
  useChanges(purgatory.changed);
  const entry = purgatory.entryOf(asset);
  return entry ? (
    <Problem
      title={title(entry, trans)}
      meaning={trans.__(
        'It may be a fraud, or its content may be illegal or somebody else’s. It can’t be bought here. What you bought before stays yours and can be downloaded.'
      )}
    >
      {entry.reason && (
        <span>
          {trans.__('Reason given:')} <bdi>{entry.reason}</bdi>
        </span>
      )}
    </Problem>
  ) : null;
}
