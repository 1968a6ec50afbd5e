/** Price and the one button that fits, progress, and what came of it. */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { LIBRARIES } from '../notebook/libraries';
import type { IWallet } from '../tokens';
import { AllowanceNote } from './allowanceNote';
import { ChoiceButton } from './choiceButton';
import { isIntegrity } from './errors';
import { ManageButton } from './manageButton';
import type { AssetModel, IAssetState } from './model';
import { bytesText } from './measures';
import { Payment, sumText } from './payment';
import { purgatory } from './purgatory';
import type { Sums } from './purchaseTerms';
import { Validity } from './validity';
import { problemWords } from './words';
import '../../style/market.css';

/** What the page asks the commands to do; they show their own dialogs. */
export interface IAssetHandlers {
  /** @param shown - what the button says that it takes, by token */
  buy(shown: Sums): void;
  /** @param to - contents path; the default folder when omitted */
  download(to?: string): void;
  open(path: string): void;
  insertCode(library?: string): void;
  /** What was chosen last, by name; kept from page to page. */
  choices?: {
    get(name: 'place' | 'library'): string | null;
    set(name: 'place' | 'library', value: string): void;
  };
  /** Look after it; offered to who may change it. */
  manage?(): void;
}

/** Where the drive keeps what was downloaded. */
const DRIVE_DOWNLOADS = 'ipfs:downloads/';

export interface IAssetActionsProps {
  model: AssetModel;
  state: IAssetState;
  wallet: IWallet;
  trans: TranslationBundle;
  handlers: IAssetHandlers;
}

/** What is going on, for eyes and screen readers. */
function statusText(
  state: IAssetState,
  trans: TranslationBundle
): string | null {
  const { phase, purchase, progress } = state;
  if (phase === 'buying') {
    if (purchase?.step === 'wallet') {
      return trans.__(
        'Waiting for your wallet: request %1 of %2 (%3)',
        purchase.prompt,
        purchase.prompts,
        purchase.what === 'approval'
          ? trans.__('allow the payment')
          : purchase.what === 'datatoken'
            ? trans.__('buy the right to order')
            : trans.__('order')
      );
    }
    return purchase?.step === 'mining'
      ? trans.__('Waiting for the network to confirm…')
      : trans.__('Checking price, fees and earlier purchases…');
  }
  if (phase === 'downloading') {
    switch (progress?.step) {
      case 'wallet':
        return trans.__(
          'Waiting for your wallet: a signature that proves who you are (free)'
        );
      case 'writing':
        return progress.total
          ? trans.__(
              'Checked. Saving: %1 of %2',
              bytesText(progress.bytes),
              bytesText(progress.total)
            )
          : trans.__('Checked. Saving…');
      case 'fetching':
        return progress.total
          ? trans.__(
              'Fetching: %1 of %2',
              bytesText(progress.bytes),
              bytesText(progress.total)
            )
          : trans.__('Fetching: %1', bytesText(progress.bytes));
      default:
        return trans.__('Starting the download…');
    }
  }
  return phase === 'loading'
    ? trans.__('Asking the network for the price and earlier purchases…')
    : null;
}

function buttonText(
  props: IAssetActionsProps,
  trans: TranslationBundle
): string | null {
  const { state, model } = props;
  const { phase, result } = state;
  if (phase === 'not-for-sale' || phase === 'loading') {
    return null;
  }
  if (phase === 'unreadable' && !model.mayDownload) {
    // What was bought, or what it costs, is not known.
    return null;
  }
  if (state.order) {
    return result ? trans.__('Download again') : trans.__('Download');
  }
  if (state.asset && purgatory.has(state.asset)) {
    return null;
  }
  if (!model.mayDownload && !state.price) {
    // What it costs could not be read: `problem` says why.
    return null;
  }
  if (state.holdings.reuse && !model.mayDownload) {
    return trans.__('Renew access');
  }
  const sum = model.mayDownload ? '' : sumText(model);
  if (sum) {
    return trans.__('Buy for %1', sum);
  }
  return result ? trans.__('Download again') : trans.__('Get for free');
}

function Result(props: IAssetActionsProps): React.JSX.Element | null {
  const { state, trans, handlers } = props;
  const { result } = state;
  if (!result) {
    return null;
  }
  return (
    <div
      className="jp-web3-asset-result"
      role="group"
      aria-label={trans.__('Downloaded')}
    >
      <p>
        {trans.__('Saved as')} <code>{result.path}</code>
      </p>
      <p>
        {result.verified
          ? trans.__('✓ Checked: it is exactly what the publisher promised.')
          : trans.__(
              'Not checked: the publisher left nothing to check it against.'
            )}
      </p>
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => handlers.open(result.path)}
      >
        {trans.__('Open')}
      </button>
      <InsertCode {...props} />
    </div>
  );
}

/** The choice made last, while this page is open and after. */
function useChoice(
  handlers: IAssetHandlers,
  name: 'place' | 'library',
  values: readonly string[]
): [string, (value: string) => void] {
  const [chosen, choose] = React.useState(
    () => handlers.choices?.get(name) ?? values[0]
  );
  return [
    values.includes(chosen) ? chosen : values[0],
    value => {
      handlers.choices?.set(name, value);
      choose(value);
    }
  ];
}

function InsertCode(props: IAssetActionsProps): React.JSX.Element {
  const { trans, handlers } = props;
  const [library, choose] = useChoice(handlers, 'library', [...LIBRARIES]);
  const labels: Record<(typeof LIBRARIES)[number], string> = {
    pandas: trans.__('pandas'),
    polars: trans.__('Polars'),
    datasets: trans.__('Hugging Face datasets'),
    python: trans.__('plain Python')
  };
  return (
    <ChoiceButton
      label={trans.__('Insert code')}
      choiceLabel={trans.__('Load with')}
      choices={LIBRARIES.map(value => ({ value, label: labels[value] }))}
      value={library}
      onChoose={choose}
      onClick={() => handlers.insertCode(library)}
    />
  );
}

function Download(
  props: IAssetActionsProps & { label: string }
): React.JSX.Element {
  const { trans, handlers, label } = props;
  const [place, choose] = useChoice(handlers, 'place', ['workspace', 'drive']);
  return (
    <ChoiceButton
      accent
      label={label}
      choiceLabel={trans.__('Download to')}
      choices={[
        { value: 'workspace', label: trans.__('Workspace folder') },
        { value: 'drive', label: trans.__('IPFS drive') }
      ]}
      value={place}
      onChoose={choose}
      onClick={() =>
        handlers.download(place === 'drive' ? DRIVE_DOWNLOADS : undefined)
      }
    />
  );
}

function Actions(props: IAssetActionsProps): React.JSX.Element {
  const { state, model, wallet, trans, handlers } = props;
  const busy = ['buying', 'downloading'].includes(state.phase);
  const text = buttonText(props, trans);
  const shown = model.sums;
  const connected = wallet.state.account !== null;
  const needsLogin = !connected && !model.mayDownload;
  const status = statusText(state, trans);
  const { progress } = state;
  return (
    <div className="jp-web3-asset-actions">
      {state.phase === 'not-for-sale' && (
        <p>{trans.__('Not for sale at present.')}</p>
      )}
      {text && !busy && model.mayDownload && (
        <Download {...props} label={text} />
      )}
      {text && shown && !busy && !model.mayDownload && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          disabled={!model.mayBuy}
          onClick={() => handlers.buy(shown)}
        >
          {text}
        </button>
      )}
      {!state.order && !busy && state.access?.allowed === false && (
        <p className="jp-web3-asset-problem">
          {trans.__(
            'The publisher does not let this account have it. Nothing is asked of your wallet.'
          )}
        </p>
      )}
      {!state.order && !busy && <Payment {...props} />}
      {text && needsLogin && !busy && (
        <p className="jp-web3-asset-quiet">
          {trans.__('Your wallet is asked to log in first.')}
        </p>
      )}
      {state.order && !busy && <Validity state={state} trans={trans} />}
      {!busy && <AllowanceNote model={model} wallet={wallet} trans={trans} />}
      <div role="status" aria-live="polite">
        {status}
      </div>
      {state.phase === 'downloading' && (
        <>
          <progress
            aria-label={trans.__('Download')}
            max={progress?.total ?? undefined}
            value={
              progress?.total && progress.step !== 'wallet'
                ? progress.bytes
                : undefined
            }
          />
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => model.cancel()}
          >
            {trans.__('Cancel')}
          </button>
        </>
      )}
      {state.problem !== null && !busy && (
        <div
          role="alert"
          className={
            isIntegrity(state.problem)
              ? 'jp-web3-asset-problem jp-mod-refused'
              : 'jp-web3-asset-problem'
          }
        >
          {problemWords(state.problem, trans)}
          {state.phase === 'unreadable' && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => void model.load()}
            >
              {trans.__('Try again')}
            </button>
          )}
        </div>
      )}
      {state.kept > 0 && !busy && (
        <div
          className="jp-web3-asset-quiet"
          role="group"
          aria-label={trans.__('Partial download')}
        >
          <p>
            {trans.__(
              '%1 of it are in this browser from a download that did not end. The next one goes on from there.',
              bytesText(state.kept)
            )}
          </p>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => void model.discard()}
          >
            {trans.__('Discard partial download')}
          </button>
        </div>
      )}
      <Result {...props} />
      {handlers.manage && state.asset && (
        <ManageButton
          asset={state.asset}
          wallet={wallet}
          trans={trans}
          onClick={handlers.manage}
        />
      )}
    </div>
  );
}

/** Follows the wallet too: who is logged in changes what the button does. */
export function AssetActions(props: IAssetActionsProps): React.JSX.Element {
  return (
    <UseSignal signal={props.wallet.stateChanged}>
      {() => <Actions {...props} />}
    </UseSignal>
  );
}
