/** Who sells it, and what else they sell. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Address } from '../../ui/address';
import type { IAsset } from '../ports';
import type { Asked } from './asked';
import { Foreign, Section, WhenSeen } from './pieces';
import type { IOwned } from './ports';

export function Seller(props: {
  asset: IAsset;
  asked: Asked<IOwned> | null;
  open: (did: string) => void;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { asset, asked, open, trans } = props;
  const { owner } = asset;
  if (!owner) {
    return (
      <Section title={trans.__('Seller')} trans={trans}>
        <p>{trans.__('The record does not say who owns it.')}</p>
      </Section>
    );
  }
  return (
    <Section title={trans.__('Seller')} trans={trans}>
      <p>
        <Address address={owner} trans={trans} picture />
      </p>
      {asked && (
        <WhenSeen
          asked={asked}
          waiting={trans.__('Looking for other assets of this seller…')}
          trans={trans}
        >
          {owned => {
            const others = owned.assets.filter(({ did }) => did !== asset.did);
            return (
              <>
                <h3>{trans.__('Other assets')}</h3>
                {others.length === 0 ? (
                  <p>
                    {trans.__(
                      'The Ocean Nodes of your networks list nothing else of this account.'
                    )}
                  </p>
                ) : (
                  <ul
                    className="jp-web3-page-plain"
                    aria-label={trans.__('Other assets of the seller')}
                  >
                    {others.map(other => (
                      <li key={other.did}>
                        <button
                          type="button"
                          className="jp-web3-page-link"
                          onClick={() => open(other.did)}
                        >
                          <Foreign text={other.name || other.did} most={100} />
                        </button>
                      </li>
                    ))}
                    {owned.more && <li>{trans.__('… and more')}</li>}
                  </ul>
                )}
                {owned.silent.length > 0 && (
                  <p className="jp-web3-asset-quiet">
                    {trans.__(
                      'Not all Ocean Nodes answered: %1',
                      owned.silent.join(', ')
                    )}
                  </p>
                )}
              </>
            );
          }}
        </WhenSeen>
      )}
    </Section>
  );
}
