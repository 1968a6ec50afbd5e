/** What one looks up when something is odd. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { CopyButton } from '../../ui/address';
import { oneLine } from '../../ocean/foreignText';
import type { IAssetState } from '../model';
import { safePath } from '../place';
import { cut } from './pieces';

/** Files whose CIDs are listed. */
const MOST = 50;

export function Details(props: {
  state: IAssetState;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { trans } = props;
  const { asset, order } = props.state;
  if (!asset) {
    return null;
  }
  const rows: [string, string][] = [
    [trans.__('DID'), asset.did],
    [trans.__('Version of the record'), cut(asset.version, 20)],
    [trans.__('Network'), String(asset.chainId)],
    [trans.__('NFT'), asset.nftAddress],
    [trans.__('Datatoken'), asset.service?.datatokenAddress ?? ''],
    [trans.__('Ocean Node'), oneLine(asset.service?.serviceEndpoint, 300)],
    [trans.__('Your order'), order?.tx ?? ''],
    ...(asset.web3 && !asset.web3.sealed
      ? asset.web3.files
          .slice(0, MOST)
          .map((file): [string, string] => [
            trans.__('CID of %1', cut(safePath(file.path), 100)),
            cut(file.cid ?? '', 200)
          ])
      : [])
  ];
  return (
    <details className="jp-web3-asset-details">
      <summary>{trans.__('Technical details')}</summary>
      <dl>
        {rows
          .filter(([, value]) => value)
          .map(([name, value], at) => (
            <React.Fragment key={at}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton
                  text={value}
                  label={trans.__('Copy: %1', name)}
                  trans={trans}
                />
              </dd>
            </React.Fragment>
          ))}
      </dl>
    </details>
  );
}
