/** Where it comes from: what the publisher says, and what the chain has of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork } from '../../tokens';
import type { IAsset } from '../ports';
import { cut, Facts, Foreign, Section, Transaction, When } from './pieces';

/** Where the content was made, in words; null where the publisher is silent. */
export function sourceWords(
  asset: IAsset,
  trans: TranslationBundle
): string | null {
  const source = asset.web3?.source;
  if (!source) {
    return null;
  }
  const path = source.path ? cut(source.path, 200) : null;
  switch (source.kind) {
    case 'output':
      return source.cell !== undefined
        ? trans.__(
            'Output %1 of cell %2 of the notebook %3',
            (source.output ?? 0) + 1,
            source.cell + 1,
            path ?? '?'
          )
        : trans.__('An output of the notebook %1', path ?? '?');
    case 'notebook':
      return trans.__('The notebook %1', path ?? '?');
    case 'asset':
      return path
        ? trans.__('Made from another asset: %1', path)
        : trans.__('Made from another asset');
    case 'upload':
      return trans.__('A file from the publisher’s computer');
    default:
      return path ? trans.__('The file %1', path) : trans.__('A file');
  }
}

function dateOf(text: string | null): Date | null {
  const date = text ? new Date(text) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

export function Provenance(props: {
  asset: IAsset;
  network: INetwork | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, network, trans } = props;
  const source = sourceWords(asset, trans);
  const created = dateOf(asset.created);
  const updated = dateOf(asset.updated);
  return (
    <Section title={trans.__('Provenance')} trans={trans}>
      <Facts
        rows={[
          [
            trans.__('Made from'),
            source ? (
              <Foreign key="source" text={source} most={400} />
            ) : (
              trans.__('The publisher does not say.')
            )
          ],
          ...(asset.author
            ? [
                [
                  trans.__('Author'),
                  <Foreign key="author" text={asset.author} />
                ] as const
              ]
            : []),
          ...(created
            ? [
                [
                  trans.__('Published'),
                  <When key="created" at={created} />
                ] as const
              ]
            : []),
          ...(updated && updated.getTime() !== created?.getTime()
            ? [
                [
                  trans.__('Changed'),
                  <When key="updated" at={updated} />
                ] as const
              ]
            : []),
          ...(asset.event
            ? [
                [
                  trans.__('Record'),
                  <React.Fragment key="record">
                    {trans.__('block %1,', asset.event.block)}{' '}
                    <Transaction
                      tx={asset.event.tx}
                      network={network}
                      trans={trans}
                    />
                  </React.Fragment>
                ] as const
              ]
            : [])
        ]}
      />
      <p className="jp-web3-asset-quiet">
        {trans.__(
          'What it is made from, the author and the dates are the publisher’s own words; the history below is the network’s.'
        )}
      </p>
    </Section>
  );
}
