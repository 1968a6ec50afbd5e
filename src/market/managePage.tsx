/** The page on which an owner looks after an asset. */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import * as React from 'react';

import { Address, CopyButton } from '../ui/address';
import { NotConnectedError } from '../wallet/errors';
import type { ManageModel } from './manage';
import { AccessSection } from './manageAccess';
import { DetailsSection } from './manageDetails';
import {
  press,
  Prompts,
  Section,
  type IManageHandlers,
  type ISectionProps
} from './manageParts';
import { FormerSplitters } from './manageSplit';
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
          {nft &&
            (nft.hasMetadata
              ? stateLabel(nft.state, trans)
              : trans.__('Never finished'))}
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
  const unread = state.phase === 'unreadable' && (
    <p role="alert" className="jp-web3-asset-problem">
      {manageProblem(state.unread, trans)}{' '}
      {state.nft &&
        trans.__('Below is what was read last. What you typed is kept.')}
    </p>
  );
  if (!state.nft) {
    return (
      <>
        <Head {...all} />
        {unread}
      </>
    );
  }
  const { rights } = state;
  return (
    <>
      <Head {...all} />
      {unread}
      {state.nodeProblem !== null && (
        <p role="alert" className="jp-web3-asset-problem">
          {trans.__(
            'The Ocean Node does not answer: the description can’t be changed now. What the chain knows is below; what you typed is kept.'
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
          {rights
            ? trans.__(
                'This account may not change the asset: it belongs to another one.'
              )
            : trans.__('Log in with your wallet to change it.')}
        </p>
      )}
      <SalesSection {...all} />
      {rights?.metadata && state.asset && <DetailsSection {...all} />}
      {rights?.metadata && state.asset && <Files {...all} />}
      {rights?.sale ? <SaleSection {...all} /> : <FormerSplitters {...all} />}
      {rights?.metadata && state.asset && <AccessSection {...all} />}
      {rights?.metadata && <StateSection {...all} />}
      {rights?.owner && <TransferSection {...all} />}
    </>
  );
}

export interface IManagePageOptions {
  did: string;
  trans: TranslationBundle;
  handlers: IManageHandlers;
  /** Find the asset on its chain; throws NotConnectedError while nobody is logged in. */
  start: () => Promise<ManageModel>;
  login: () => Promise<unknown>;
}

export class ManagePage extends ReactWidget {
  constructor(private _options: IManagePageOptions) {
    super();
    this.addClass('jp-web3-asset-page');
  }

  /** What is looked after; null until it is found. */
  get model(): ManageModel | null {
    return this._model;
  }

  /** Emits when it is found, and at each change of it. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What the asset is called, as far as that is known. */
  get name(): string {
    const { asset, nft } = this._model?.state ?? {};
    return asset?.name ?? nft?.name ?? this._options.did;
  }

  /** Read it (again), after it was changed elsewhere. Never rejects. */
  async load(): Promise<void> {
    this._starting ??= this._start().finally(() => {
      this._starting = null;
    });
    await this._starting;
    await this._model?.load();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model?.dispose();
      Signal.clearData(this);
    }
    super.dispose();
  }

  protected render(): React.JSX.Element {
    const { trans, handlers } = this._options;
    const model = this._model;
    return model ? (
      <UseSignal signal={model.changed}>
        {() => (
          <article
            className="jp-web3-asset jp-web3-manage"
            aria-label={trans.__('Manage %1', this.name)}
          >
            <Page model={model} trans={trans} handlers={handlers} />
          </article>
        )}
      </UseSignal>
    ) : (
      this._before()
    );
  }

  /** While the asset is looked for, and where it can't be found. */
  private _before(): React.JSX.Element {
    const { did, trans, login } = this._options;
    const isOut = this._problem instanceof NotConnectedError;
    return (
      <div className="jp-web3-asset-empty">
        {this._problem === null ? (
          <p role="status">{trans.__('Looking for the asset…')}</p>
        ) : (
          <>
            <p role="alert">
              {isOut
                ? trans.__('Log in with your wallet to look after your asset.')
                : manageProblem(this._problem, trans)}
            </p>
            <button
              type="button"
              className="jp-mod-styled jp-mod-accept"
              onClick={() =>
                press(async () => {
                  await (isOut && login());
                  await this.load();
                })
              }
            >
              {isOut ? trans.__('Log in') : trans.__('Try again')}
            </button>
          </>
        )}
        <code>{did}</code>
      </div>
    );
  }

  private async _start(): Promise<void> {
    if (this._model || this.isDisposed) {
      return;
    }
    this._problem = null;
    this.update();
    try {
      const model = await this._options.start();
      if (this.isDisposed) {
        model.dispose();
        return;
      }
      this._model = model;
      model.changed.connect(() => this._changed.emit());
    } catch (reason) {
      this._problem = reason;
    }
    this._changed.emit();
    this.update();
  }

  private _changed = new Signal<this, void>(this);
  private _model: ManageModel | null = null;
  private _problem: unknown = null;
  private _starting: Promise<void> | null = null;
}
