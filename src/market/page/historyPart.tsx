/** Versions and orders as the chain has them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { INetwork, IWallet } from '../../tokens';
import { Address } from '../../ui/address';
import { useChanges } from '../../ui/useChanges';
import type { IAsset } from '../ports';
import type { Asked } from './asked';
import type {
  IHistory,
  IOrderEntry,
  IVersion,
  IVersions
} from './chainHistory';
import { Foreign, Section, Transaction, When, WhenSeen } from './pieces';
import { kindWords } from './servicesPart';
import { stateWords } from './stateWords';

function versionWords(version: IVersion, trans: TranslationBundle): string {
  const state =
    version.state === null ? '' : stateWords(version.state, trans).name;
  switch (version.kind) {
    case 'created':
      return version.state === 0
        ? trans.__('Published')
        : trans.__('Published as “%1”', state);
    case 'updated':
      return version.state === 0
        ? trans.__('Record changed')
        : trans.__('Record changed, state “%1”', state);
    case 'state':
      return trans.__('State set to “%1”', state);
    default:
      return trans.__('Handed over to another account');
  }
}

/** Whether the record that is shown is the one that was written last. */
function Record(props: {
  asset: IAsset;
  hash: string | null;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { asset, hash, trans } = props;
  if (!hash || !asset.recordHash) {
    return null;
  }
  return asset.recordHash === hash.toLowerCase() ? (
    <p>{trans.__('This record is the one on the network, byte for byte.')}</p>
  ) : (
    <p role="alert" className="jp-web3-asset-problem">
      {trans.__(
        'This record is not, byte for byte, the one that was written to the network last: the Ocean Node may have an older one, or changed it. Ask the seller before you pay.'
      )}
    </p>
  );
}

export function History(props: {
  asset: IAsset;
  asked: Asked<IVersions>;
  network: INetwork | null;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, asked, network, trans } = props;
  return (
    <Section title={trans.__('History')} trans={trans}>
      <WhenSeen
        asked={asked}
        waiting={trans.__('Reading the history from the network…')}
        trans={trans}
      >
        {({ entries, count, hash }) => (
          <>
            <Record asset={asset} hash={hash} trans={trans} />
            {count === 0 && (
              <p>{trans.__('The network has no record of it.')}</p>
            )}
            {count > entries.length && (
              <p className="jp-web3-asset-quiet">
                {trans.__('The newest %1 of %2.', entries.length, count)}
              </p>
            )}
            <ol
              className="jp-web3-page-entries"
              reversed
              aria-label={trans.__('Versions')}
            >
              {entries.map((entry, at) => (
                <li key={at}>
                  <strong>{versionWords(entry, trans)}</strong>{' '}
                  <When at={entry.time} />{' '}
                  <span>
                    {trans.__('by')}{' '}
                    <Address address={entry.who} trans={trans} copy={false} />
                    {entry.to && (
                      <>
                        {' → '}
                        <Address
                          address={entry.to}
                          trans={trans}
                          copy={false}
                        />
                      </>
                    )}
                  </span>{' '}
                  <Transaction tx={entry.tx} network={network} trans={trans} />
                </li>
              ))}
            </ol>
          </>
        )}
      </WhenSeen>
    </Section>
  );
}

export function Orders(props: {
  asset: IAsset;
  asked: Asked<IHistory<IOrderEntry>>;
  network: INetwork | null;
  wallet: IWallet;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, asked, network, wallet, trans } = props;
  useChanges(wallet.stateChanged);
  const own = wallet.state.account?.toLowerCase();
  return (
    <Section title={trans.__('Orders')} trans={trans}>
      <WhenSeen
        asked={asked}
        waiting={trans.__('Reading the orders from the network…')}
        trans={trans}
      >
        {({ entries, count }) => (
          <>
            <p>
              {count === 0
                ? trans.__('Nobody has ordered it yet.')
                : trans._n('Ordered once.', 'Ordered %1 times.', count)}
              {count > entries.length &&
                ` ${trans.__('The newest %1:', entries.length)}`}
            </p>
            <ul
              className="jp-web3-page-entries"
              aria-label={trans.__('Latest orders')}
            >
              {entries.map((entry, at) => (
                <li key={at}>
                  <When at={entry.time} />{' '}
                  <Address
                    address={entry.consumer}
                    trans={trans}
                    copy={false}
                  />{' '}
                  {entry.consumer.toLowerCase() === own && (
                    <span className="jp-web3-page-badge">
                      {trans.__('you')}
                    </span>
                  )}{' '}
                  {asset.services.length > 1 && (
                    <span>
                      <Foreign
                        text={kindWords(
                          asset.services.find(
                            ({ index }) => index === entry.service
                          )?.type ?? '',
                          trans
                        )}
                      />{' '}
                    </span>
                  )}
                  <Transaction tx={entry.tx} network={network} trans={trans} />
                </li>
              ))}
            </ul>
          </>
        )}
      </WhenSeen>
    </Section>
  );
}
