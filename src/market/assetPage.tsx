/** The page of one asset. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../tokens';
import { Address } from '../ui/address';
import { AssetActions, type IAssetHandlers } from './assetActions';
import type { AssetNotes } from './bookmarks';
import type { AssetModel, IAssetState } from './model';
import { Conditions, StateWarning } from './page/conditions';
import { Details } from './page/details';
import { Files } from './page/files';
import { GenuineWarning } from './page/genuinePart';
import { History, Orders } from './page/historyPart';
import { hostName } from './page/hosts';
import { LongMarkdown } from './page/markdown';
import { PageModel } from './page/pageModel';
import { cut, Foreign, Guarded } from './page/pieces';
import type { IPagePorts } from './page/ports';
import { Provenance } from './page/provenance';
import { Sample } from './page/samplePart';
import { Seller } from './page/sellerPart';
import { Services } from './page/servicesPart';
import { Bookmark, Share } from './page/share';
import { Storage } from './page/storagePart';
import { Terms } from './page/terms';
import type { IAsset } from './ports';
import { problemWords } from './words';
import '../../style/market.css';
import '../../style/assetPage.css';

export interface IAssetPageOptions {
  model: AssetModel;
  wallet: IWallet;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  handlers: IAssetHandlers;
  /** What goes beyond the record; without it the page shows the record alone. */
  ports?: IPagePorts;
  bookmarks?: AssetNotes;
}

interface IAssetProps extends IAssetPageOptions {
  state: IAssetState;
  asset: IAsset;
}

/** Tags that are shown, and characters of each. */
const MOST_TAGS = 30;
const LONGEST_TAG = 60;
const LONGEST_NAME = 200;

/** What the sections load, kept while the asset's record is the same. */
function usePage(asset: IAsset, ports?: IPagePorts): PageModel | null {
  const { did, event, state, owner } = asset;
  const record = `${did} ${event?.tx ?? ''} ${state} ${owner ?? ''}`;
  const latest = React.useRef(asset);
  latest.current = asset;
  const page = React.useMemo(
    () => ports && new PageModel(latest.current, ports),
    // A page that is loaded again has the same record in another object.
    [record, ports]
  );
  React.useEffect(() => () => page?.dispose(), [page]);
  return page ?? null;
}

function Header(
  props: IAssetProps & { page: PageModel | null }
): React.JSX.Element {
  const { asset, trans, bookmarks, ports, page } = props;
  return (
    <header>
      <div>
        <h1>
          <Foreign
            text={asset.name || trans.__('Asset without a name')}
            most={LONGEST_NAME}
          />
          {bookmarks && (
            <Bookmark asset={asset} bookmarks={bookmarks} trans={trans} />
          )}
        </h1>
        <p className="jp-web3-asset-quiet">
          {asset.author && asset.author !== asset.owner && (
            <span>{trans.__('by %1', cut(asset.author, LONGEST_NAME))} </span>
          )}
          {asset.owner && (
            <span>
              {trans.__('Seller')}{' '}
              <Address address={asset.owner} trans={trans} picture />
            </span>
          )}
        </p>
        <Share
          asset={asset}
          link={ports?.link(asset.did) ?? null}
          trans={trans}
        />
      </div>
      <div className="jp-web3-page-deal">
        {page && (
          <GenuineWarning asset={asset} asked={page.genuine} trans={trans} />
        )}
        <StateWarning asset={asset} trans={trans} />
        <AssetActions {...props} />
      </div>
    </header>
  );
}

function Description({
  asset,
  trans,
  rendermime
}: IAssetProps): React.JSX.Element {
  return (
    <section aria-label={trans.__('Description')}>
      <Guarded trans={trans}>
        <LongMarkdown
          source={asset.description}
          rendermime={rendermime}
          trans={trans}
        />
      </Guarded>
      {asset.tags.length > 0 && (
        <ul className="jp-web3-asset-tags" aria-label={trans.__('Tags')}>
          {asset.tags.slice(0, MOST_TAGS).map((tag, at) => (
            <li key={at}>
              <Foreign text={tag} most={LONGEST_TAG} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Asset(props: IAssetProps): React.JSX.Element {
  const { asset, state, trans, rendermime, wallet, ports } = props;
  const page = usePage(asset, ports);
  const network = wallet.network(asset.chainId);
  const order = state.order?.tx;
  React.useEffect(() => {
    // One's own purchase is an order, too.
    if (order && page?.orders.state.state === 'told') {
      void page.orders.again();
    }
  }, [order, page]);
  return (
    <article
      className="jp-web3-asset"
      aria-label={cut(asset.name || asset.did, LONGEST_NAME)}
    >
      <Header {...props} page={page} />
      <Description {...props} />
      {page?.sample && (
        <Sample
          model={page.sample}
          rendermime={rendermime}
          engine={page.ports.ipfs.status.endpoint}
          trans={trans}
        />
      )}
      <Terms {...props} />
      <Files asset={asset} trans={trans} />
      <Conditions
        {...props}
        ports={ports ?? null}
        genuine={page?.genuine ?? null}
      />
      <Services asset={asset} trans={trans} />
      <Provenance
        asset={asset}
        network={network}
        open={did => ports?.open(did)}
        trans={trans}
      />
      <Storage
        asset={asset}
        host={hostName(asset.service?.serviceEndpoint ?? '')}
        asked={page?.storage ?? null}
        trans={trans}
      />
      <Seller
        asset={asset}
        asked={page?.owned ?? null}
        open={did => ports?.open(did)}
        trans={trans}
      />
      {page && (
        <>
          <History
            asset={asset}
            asked={page.history}
            network={network}
            trans={trans}
          />
          <Orders
            asset={asset}
            asked={page.orders}
            network={network}
            wallet={wallet}
            trans={trans}
          />
        </>
      )}
      <details className="jp-web3-asset-details">
        <summary>{trans.__('What happens if something fails?')}</summary>
        <p>
          {trans.__(
            'A purchase is a record on the network. If this page, your computer or the network stops in between, come back: what was paid is found and never paid again, and the download can be repeated.'
          )}
        </p>
        <p>
          {trans.__(
            'A payment can not be taken back. If the content is not what was promised, it is refused and not saved; turn to the seller.'
          )}
        </p>
      </details>
      <Details state={state} trans={trans} />
    </article>
  );
}

function AssetView(
  props: IAssetPageOptions & { state: IAssetState }
): React.JSX.Element {
  const { state, trans, model } = props;
  const { asset, phase, problem } = state;
  if (asset) {
    return <Asset {...props} asset={asset} />;
  }
  return (
    <div className="jp-web3-asset-empty">
      <div role="status">
        {phase === 'loading' && trans.__('Looking for the asset…')}
      </div>
      {phase === 'loading' && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => model.stop()}
        >
          {trans.__('Cancel')}
        </button>
      )}
      {phase !== 'loading' && (
        <>
          <p role="alert">{problemWords(problem, trans)}</p>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.load()}
          >
            {trans.__('Try again')}
          </button>
        </>
      )}
      <code>{model.did}</code>
    </div>
  );
}

/** Main-area page of an asset; follows its model. */
export class AssetPage extends ReactWidget {
  constructor(private _options: IAssetPageOptions) {
    super();
    this.addClass('jp-web3-asset-page');
  }

  get did(): string {
    return this._options.model.did;
  }

  protected render(): React.JSX.Element {
    const { model } = this._options;
    return (
      <UseSignal signal={model.changed} initialArgs={model.state}>
        {() => <AssetView {...this._options} state={model.state} />}
      </UseSignal>
    );
  }
}
