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

/** Of `https://host/path`, which is what the settings name. */
const hostOf = (url: string): string => url.split('/')[2] || url;

/** That lists could not be read: nobody knows whether they warn of it. */
function Unread({
  trans
}: {
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const failed = [...purgatory.failed];
  return failed.length ? (
    <Problem
      kind="warning"
      title={trans.__(
        'A list of assets to stay away from could not be read: %1',
        failed.map(([url]) => hostOf(url)).join(', ')
      )}
      meaning={trans.__('It may name this asset, or its seller.')}
      details={{
        label: trans.__('Details'),
        text: failed.map(([url, why]) => `${url}: ${why}`).join('\n')
      }}
    />
  ) : null;
}

/** Nothing for assets that nobody warns of, where all lists could be read. */
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
  ) : (
    <Unread trans={trans} />
  );
}
