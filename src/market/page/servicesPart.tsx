/** All that the asset offers: downloads, computing, and what others made up. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAssetService } from '../../ocean/asset';
import { Address } from '../../ui/address';
import type { IAsset } from '../ports';
import { Parameters } from './conditions';
import { durationWords } from './durations';
import { hostName } from './hosts';
import { cut, Facts, Foreign, Section } from './pieces';

/** Services that are listed. */
const MOST = 10;

export function kindWords(type: string, trans: TranslationBundle): string {
  switch (type) {
    case 'access':
      return trans.__('Download');
    case 'compute':
      return trans.__('Compute: your code runs where the data is');
    default:
      return type
        ? trans.__('Another kind: %1', cut(type, 50))
        : trans.__('Of no kind that is named');
  }
}

function Service(props: {
  service: IAssetService;
  sold: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { service, sold, trans } = props;
  const restricted = service.access.allow.length + service.access.deny.length;
  return (
    <li>
      <h3>
        {kindWords(service.type, trans)}
        {sold && (
          <span className="jp-web3-page-badge">
            {trans.__('what the button above gets')}
          </span>
        )}
      </h3>
      {(service.name || service.description) && (
        <p>
          {service.name && (
            <strong>
              <Foreign text={service.name} />{' '}
            </strong>
          )}
          <Foreign text={service.description} most={500} />
        </p>
      )}
      <Facts
        rows={[
          [
            trans.__('Access'),
            service.timeout === 0
              ? trans.__('without end')
              : trans.__(
                  '%1 from the purchase',
                  durationWords(service.timeout, trans)
                )
          ],
          [
            trans.__('Ocean Node'),
            <Foreign
              key="node"
              text={hostName(service.serviceEndpoint) || trans.__('none named')}
            />
          ],
          [
            trans.__('Datatoken'),
            <Address
              key="token"
              address={service.datatokenAddress}
              trans={trans}
            />
          ],
          ...(restricted
            ? [
                [
                  trans.__('Accounts'),
                  trans.__('only certain ones, see “Before you pay”')
                ] as const
              ]
            : []),
          ...(service.parameters.length
            ? [
                [
                  trans.__('Asks for'),
                  <Parameters
                    key="parameters"
                    parameters={service.parameters}
                    trans={trans}
                  />
                ] as const
              ]
            : [])
        ]}
      />
    </li>
  );
}

export function Services(props: {
  asset: IAsset;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, trans } = props;
  return (
    <Section title={trans.__('Services')} trans={trans}>
      {asset.services.length === 0 ? (
        <p>{trans.__('It offers nothing that can be ordered.')}</p>
      ) : (
        <ul className="jp-web3-page-cards">
          {asset.services.slice(0, MOST).map((service, at) => (
            <Service
              key={at}
              service={service}
              sold={service === asset.service && asset.services.length > 1}
              trans={trans}
            />
          ))}
        </ul>
      )}
      {asset.services.length > MOST && (
        <p className="jp-web3-asset-quiet">
          {trans.__('and %1 more', asset.services.length - MOST)}
        </p>
      )}
    </Section>
  );
}
