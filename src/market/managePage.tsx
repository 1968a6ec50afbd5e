/** The page on which an owner looks after an asset. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import * as React from 'react';

import { Address, CopyButton } from '../ui/address';
import { AccessSection } from './manageAccess';
import { DetailsSection } from './manageDetails';
import { Prompts, Section, type ISectionProps } from './manageParts';
import { SaleSection } from './manageSale';
import { SalesSection } from './manageSales';
import { StateSection, TransferSection } from './manageState';
import { manageProblem, stateLabel } from './manageWords';
import { bytesText } from './measures';
import '../../style/market.css';
import '../../style/manage.css';

function Files(props: ISectionProps): React.JSX.Element {
  const { state, trans, handlers } = props;
  const web3 = state.asset?.web3;
  return (
    <Section title={trans.__('Files')}>
      {web3 ? (
        <ul>
          {web3.files.map(file => (
            <li key={file.path}>
              {file.path} · {file.mediaType} ·{' '}
              {web3.sealed
                ? trans.__('sealed, up to %1', bytesText(file.size))
                : bytesText(file.size)}
            </li>
          ))}
        </ul>
      ) : (
        <p>{trans.__('Its description says nothing of its files.')}</p>
      )}
      <p>
        {web3?.sealed
          ? trans.__(
              'A new version takes the place of these files, sealed with a new key. Price and orders stay: who bought before gets the new version; what was downloaded stays with them.'
            )
          : trans.__(
              'A new version takes the place of these files. The old ones stay public on IPFS for whoever has their CID.'
            )}
      </p>
      <Prompts signatures={2} transactions={1} trans={trans} />
      <button
        type="button"
        className="jp-mod-styled"
        disabled={!state.asset || state.isStale || state.busy !== null}
        onClick={() => handlers.newVersion()}
      >
        {trans.__('New version from a file…')}
      </button>
    </Section>
  );
}

function Head(props: ISectionProps): React.JSX.Element {
  const { model, state, trans, handlers } = props;
  const { nft, asset } = state;
  return (
    <header>
      <div>
        <h1>{asset?.name ?? nft?.name ?? model.did}</h1>
        <p>
          {nft && stateLabel(nft.state, trans)}
          {' · '}
          {model.network.name}
          {nft && (
            <>
              {' · '}
              {trans.__('Owner')} <Address address={nft.owner} trans={trans} />
            </>
          )}
        </p>
        <p className="jp-web3-asset-quiet">
          {model.did}{' '}
          <CopyButton
            text={model.did}
            label={trans.__('Copy DID')}
            trans={trans}
          />
        </p>
      </div>
      <div>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => handlers.open()}
        >
          {trans.__('See it as buyers do')}
        </button>{' '}
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => void model.load()}
        >
          {trans.__('Look again')}
        </button>
      </div>
    </header>
  );
}

function Page(props: Omit<ISectionProps, 'state'>): React.JSX.Element {
  const { model, trans } = props;
  const { state } = model;
  const all = { ...props, state };
  if (state.phase === 'loading') {
    return <p role="status">{trans.__('Reading chain and index…')}</p>;
  }
  if (state.phase === 'unreadable' || !state.nft) {
    return (
      <p role="alert" className="jp-web3-asset-problem">
        {manageProblem(state.problem, trans)}
      </p>
    );
  }
  const { rights } = state;
  return (
    <>
      <Head {...all} />
      {state.nodeProblem !== null && (
        <p role="alert" className="jp-web3-asset-problem">
          {trans.__(
            'The Ocean Node does not answer: the description can’t be shown or changed now. What the chain knows is below.'
          )}
        </p>
      )}
      {state.isStale && (
        <p role="alert" className="jp-web3-asset-problem">
          {trans.__(
            'The Ocean Node’s index has an older description than the chain. Until it has caught up, the description can’t be changed: it would write over the newer one.'
          )}
        </p>
      )}
      {!(rights?.metadata || rights?.sale) && (
        <p role="alert" className="jp-web3-asset-problem">
          {trans.__(
            'This account may not change the asset: it belongs to another one.'
          )}
        </p>
      )}
      <SalesSection {...all} />
      {rights?.metadata && state.asset && <DetailsSection {...all} />}
      {rights?.metadata && state.asset && <Files {...all} />}
      {rights?.sale && <SaleSection {...all} />}
      {rights?.metadata && state.asset && <AccessSection {...all} />}
      {rights?.metadata && <StateSection {...all} />}
      {rights?.owner && <TransferSection {...all} />}
    </>
  );
}

export class ManagePage extends ReactWidget {
  constructor(private _options: Omit<ISectionProps, 'state'>) {
    super();
    this.addClass('jp-web3-asset-page');
  }

  /** Read it again, after it was changed elsewhere. */
  reload(): void {
    void this._options.model.load();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._options.model.dispose();
    }
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { model, trans } = this._options;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <article
            className="jp-web3-asset jp-web3-manage"
            aria-label={trans.__(
              'Manage %1',
              model.state.asset?.name ?? model.state.nft?.name ?? model.did
            )}
          >
            <Page {...this._options} />
          </article>
        )}
      </UseSignal>
    );
  }
}
