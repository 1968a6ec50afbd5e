/** One asset in a list. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IAsset } from '../ocean/asset';
import type { INetwork } from '../tokens';
import { knownAddresses } from '../ui/knownAddresses';
import type { AssetNotes, NotedAsset } from './bookmarks';
import {
  ageWords,
  networkName,
  priceWords,
  sellerWords,
  typeWords
} from './discoverWords';

/** A star that is set or not. */
export function Star(props: {
  asset: NotedAsset;
  bookmarks: AssetNotes;
  current: boolean;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { asset, bookmarks, current, trans } = props;
  const set = bookmarks.has(asset.did);
  return (
    <button
      type="button"
      className="jp-web3-iconButton jp-web3-star"
      aria-pressed={set}
      aria-label={trans.__('Bookmark %1', asset.name)}
      title={set ? trans.__('Remove bookmark') : trans.__('Bookmark')}
      tabIndex={current ? 0 : -1}
      onClick={() => bookmarks.toggle(asset)}
    >
      <span aria-hidden="true">{set ? '★' : '☆'}</span>
    </button>
  );
}

export interface IAssetRowProps {
  /** As much of it as is known. */
  asset: NotedAsset & Partial<IAsset>;
  /** Say on which network it is. */
  withNetwork: boolean;
  networks: readonly INetwork[];
  bookmarks: AssetNotes;
  current: boolean;
  open: (did: string) => void;
  trans: TranslationBundle;
}

/** Two lines, cut where there is no room; all of it on hover. */
export function AssetRow(props: IAssetRowProps): React.JSX.Element {
  const { asset, networks, bookmarks, current, open, trans } = props;
  const { stats, owner, did, chainId } = asset;
  const network = networks.find(one => one.chainId === chainId) ?? null;
  const price = stats ? priceWords({ stats }, network, trans) : '';
  const exact = stats ? priceWords({ stats }, network, trans, true) : '';
  const name = asset.name || trans.__('Without a name');
  const orders = stats?.orders ?? 0;
  const facts = [
    // First: the line is cut at its end.
    owner && knownAddresses.similarTo(owner)
      ? trans.__('Careful: its seller is not who the address looks like')
      : '',
    typeWords(asset.type, trans),
    sellerWords(asset.author, owner ?? null),
    props.withNetwork ? networkName(networks, chainId, trans) : '',
    orders > 0 ? trans._n('%1 order', '%1 orders', orders, orders) : '',
    asset.listed !== undefined
      ? ageWords(
          { listed: asset.listed, created: asset.created ?? null },
          trans
        )
      : ''
  ].filter(Boolean);
  return (
    <div className="jp-web3-assetRow">
      <button
        type="button"
        className="jp-web3-assetRow-open"
        tabIndex={current ? 0 : -1}
        title={[name, exact, ...facts].filter(Boolean).join('\n')}
        onClick={() => open(did)}
      >
        <span className="jp-web3-assetRow-line">
          <bdi className="jp-web3-assetRow-name">{name}</bdi>
          {price && <bdi className="jp-web3-assetRow-price">{price}</bdi>}
        </span>
        <span className="jp-web3-assetRow-facts">
          {facts.map((fact, at) => (
            <React.Fragment key={at}>
              {at > 0 && ' · '}
              <bdi>{fact}</bdi>
            </React.Fragment>
          ))}
        </span>
      </button>
      <Star
        asset={asset}
        bookmarks={bookmarks}
        current={current}
        trans={trans}
      />
    </div>
  );
}
