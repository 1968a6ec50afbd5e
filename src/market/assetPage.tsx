/** The page of one asset. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import { MimeModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../tokens';
import { Address, CopyButton } from '../ui/address';
import { AssetActions, type IAssetHandlers } from './assetActions';
import { foreignSanitizer } from './foreignMarkup';
import { bytesText } from './measures';
import type { AssetModel, IAssetState } from './model';
import { problemWords } from './words';
import '../../style/market.css';

export interface IAssetPageOptions {
  model: AssetModel;
  wallet: IWallet;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  handlers: IAssetHandlers;
}

/** Description of a stranger: sanitised, tamed, without command buttons. */
function Markdown(props: {
  source: string;
  rendermime: IRenderMimeRegistry;
}): React.JSX.Element {
  const { source, rendermime } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const registry = rendermime.clone({
      sanitizer: foreignSanitizer(rendermime.sanitizer)
    });
    const renderer = registry.createRenderer('text/markdown');
    const node = host.current;
    const model = new MimeModel({
      data: { 'text/markdown': source },
      trusted: false
    });
    renderer.renderModel(model).then(
      () => node?.replaceChildren(renderer.node),
      (reason: unknown) => {
        console.warn('A description could not be rendered', reason);
        node?.replaceChildren(source);
      }
    );
    return () => renderer.dispose();
  }, [source, rendermime]);
  return <div ref={host} className="jp-web3-asset-description" />;
}

function Files(props: {
  state: IAssetState;
  trans: TranslationBundle;
}): React.JSX.Element {
  const { trans } = props;
  const web3 = props.state.asset?.web3;
  if (!web3 || web3.files.length === 0) {
    return (
      <p>
        {trans.__(
          'The publisher says nothing about the files. What you get can not be checked.'
        )}
      </p>
    );
  }
  return (
    <>
      <table className="jp-web3-asset-files">
        <thead>
          <tr>
            <th scope="col">{trans.__('File')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Kind')}</th>
          </tr>
        </thead>
        <tbody>
          {web3.files.map((file, at) => (
            <tr key={at}>
              <td>{file.path}</td>
              <td>
                {web3.sealed
                  ? trans.__('up to %1', bytesText(file.size))
                  : bytesText(file.size)}
              </td>
              <td>{file.mediaType}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="jp-web3-asset-quiet">
        {web3.sealed
          ? trans.__(
              'Sealed: only buyers can open it. The publisher committed to the content; it is checked against that before anything is saved.'
            )
          : trans.__(
              'Open: anybody can read it. The publisher named its fingerprint (CID); it is checked against that before anything is saved.'
            )}
      </p>
    </>
  );
}

function Details(props: {
  state: IAssetState;
  trans: TranslationBundle;
}): React.JSX.Element | null {
  const { trans } = props;
  const { asset, order, foreignHost } = props.state;
  if (!asset) {
    return null;
  }
  const rows: [string, string][] = [
    [trans.__('DID'), asset.did],
    [trans.__('Network'), String(asset.chainId)],
    [trans.__('NFT'), asset.nftAddress],
    [trans.__('Datatoken'), asset.service?.datatokenAddress ?? ''],
    [trans.__('Ocean Node'), asset.service?.serviceEndpoint ?? ''],
    [trans.__('Your order'), order?.tx ?? ''],
    ...(asset.web3 && !asset.web3.sealed
      ? asset.web3.files.map((file): [string, string] => [
          trans.__('CID of %1', file.path),
          file.cid ?? ''
        ])
      : [])
  ];
  return (
    <details className="jp-web3-asset-details">
      <summary>{trans.__('Technical details')}</summary>
      {foreignHost && (
        <p>
          {trans.__(
            'Its Ocean Node (%1) is not in your settings: you are asked before anything is sent to it.',
            foreignHost
          )}
        </p>
      )}
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

function AssetView(
  props: IAssetPageOptions & { state: IAssetState }
): React.JSX.Element {
  const { state, trans, rendermime, model } = props;
  const { asset, phase, problem } = state;
  if (!asset) {
    return (
      <div className="jp-web3-asset-empty">
        <div role="status">
          {phase === 'loading' && trans.__('Looking for the asset…')}
        </div>
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
  return (
    <article className="jp-web3-asset" aria-label={asset.name}>
      <header>
        <div>
          <h1>{asset.name}</h1>
          <p className="jp-web3-asset-quiet">
            {asset.author && asset.author !== asset.owner && (
              <span>{trans.__('by %1', asset.author)} </span>
            )}
            {asset.owner && (
              <span>
                {trans.__('Seller')}{' '}
                <Address address={asset.owner} trans={trans} picture />
              </span>
            )}
          </p>
        </div>
        <AssetActions {...props} />
      </header>
      <section aria-label={trans.__('Description')}>
        <Markdown source={asset.description} rendermime={rendermime} />
        {asset.tags.length > 0 && (
          <ul className="jp-web3-asset-tags" aria-label={trans.__('Tags')}>
            {asset.tags.map((tag, at) => (
              <li key={at}>{tag}</li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>{trans.__('What you get')}</h2>
        <Files state={state} trans={trans} />
        <p>
          {trans.__('Licence: %1', asset.license || trans.__('none named'))}
        </p>
        <p>
          {asset.service?.timeout
            ? trans.__(
                'Access lasts %1 hours from the purchase.',
                Math.round((asset.service.timeout / 3600) * 10) / 10
              )
            : trans.__('Access does not expire.')}
        </p>
      </section>
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
