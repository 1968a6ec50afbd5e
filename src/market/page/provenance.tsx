/** Where it comes from: what the publisher says, and what the chain has of it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { findDid } from '../../ocean/catalogue';
import type { INetwork } from '../../tokens';
import type { IAsset } from '../ports';
import { urlOf } from './hosts';
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

/** Links beside the sample that are shown. */
const MOST_LINKS = 10;

/** The asset that this one was made from, where its record names it. */
function originOf(asset: IAsset): string | null {
  const source = asset.web3?.source;
  return source?.kind === 'asset' && source.path ? findDid(source.path) : null;
}

/** What the publisher links to: opened by a click, in a tab that learns nothing. */
function Link({ link }: { link: string }): React.JSX.Element {
  const url = /^https?:\/\//i.test(link.trim()) ? urlOf(link.trim()) : null;
  return url ? (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      <Foreign text={link} />
    </a>
  ) : (
    <Foreign text={link} />
  );
}

function dateOf(text: string | null): Date | null {
  const date = text ? new Date(text) : null;
  return date && !Number.isNaN(date.getTime()) ? date : null;
}

export function Provenance(props: {
  asset: IAsset;
  network: INetwork | null;
  open: (did: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, network, open, trans } = props;
  const origin = originOf(asset);
  const links = asset.links.slice(1, 1 + MOST_LINKS);
  const source = sourceWords(asset, trans);
  const created = dateOf(asset.created);
  const updated = dateOf(asset.updated);
  return (
    <Section title={trans.__('Provenance')} trans={trans}>
      <Facts
        rows={[
          [
            trans.__('Made from'),
            origin ? (
              <button
                key="source"
                type="button"
                className="jp-web3-page-link"
                onClick={() => open(origin)}
              >
                <Foreign text={source ?? origin} most={400} />
              </button>
            ) : source ? (
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
          ...(links.length
            ? [
                [
                  trans.__('Links'),
                  <ul key="links" className="jp-web3-page-plain">
                    {links.map((link, at) => (
                      <li key={at}>
                        <Link link={link} />
                      </li>
                    ))}
                    {asset.links.length > 1 + MOST_LINKS && (
                      <li>
                        {trans.__(
                          'and %1 more',
                          asset.links.length - 1 - MOST_LINKS
                        )}
                      </li>
                    )}
                  </ul>
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
