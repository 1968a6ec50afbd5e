/** Price and the one button that fits, progress, and what came of it. */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWallet } from '../tokens';
import { displayAmount } from '../ui/amount';
import { isIntegrity } from './errors';
import type { AssetModel, IAssetState } from './model';
import { bytesText } from './measures';
import { problemWords } from './words';
import '../../style/market.css';

/** What the page asks the commands to do; they show their own dialogs. */
export interface IAssetHandlers {
  buy(): void;
  download(): void;
  open(path: string): void;
  insertCode(): void;
}

export interface IAssetActionsProps {
  model: AssetModel;
  state: IAssetState;
  wallet: IWallet;
  trans: TranslationBundle;
  handlers: IAssetHandlers;
}

function Sum(props: IAssetActionsProps): React.JSX.Element | null {
  const { state, model, trans, wallet } = props;
  const { price, asset, gas } = state;
  if (!price || !asset) {
    return null;
  }
  const network = wallet.network(asset.chainId);
  const gasText =
    gas !== null && network
      ? trans.__(
          'about %1 %2 for the network',
          displayAmount(gas, network.currency.decimals, { places: 6 }),
          network.currency.symbol
        )
      : trans.__('the network’s fee, shown by your wallet');
  if (price.kind === 'free' || !price.token) {
    return (
      <p className="jp-web3-asset-quiet">
        {model.mayDownload
          ? trans.__('Free. No transaction, no fee.')
          : trans.__('Free; only %1.', gasText)}
      </p>
    );
  }
  const { decimals, symbol } = price.token;
  const cost = model.cost ?? price.total;
  const fees = cost - price.base;
  const total = displayAmount(cost, decimals, { places: 6 });
  return (
    <p className="jp-web3-asset-quiet">
      {fees > 0n
        ? trans.__(
            'You pay %1 %2 in all (%3 and fees of %4), and %5.',
            total,
            symbol,
            displayAmount(price.base, decimals, { places: 6 }),
            displayAmount(fees, decimals, { places: 6 }),
            gasText
          )
        : trans.__('You pay %1 %2 in all, and %3.', total, symbol, gasText)}
    </p>
  );
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
        'Waiting for your wallet: request %1 of %2',
        purchase.prompt,
        purchase.prompts
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
      case 'checking':
        return trans.__('Checking it against what was promised…');
      case 'writing':
        return trans.__('Saving…');
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
  return phase === 'loading' ? trans.__('Looking for the asset…') : null;
}

function buttonText(
  props: IAssetActionsProps,
  trans: TranslationBundle
): string | null {
  const { state, model } = props;
  const { phase, price, result } = state;
  if (phase === 'not-for-sale' || phase === 'loading') {
    return null;
  }
  if (state.order) {
    return result ? trans.__('Download again') : trans.__('Download');
  }
  if (price?.kind === 'fixed' && price.token) {
    return trans.__(
      'Buy for %1 %2',
      displayAmount(model.cost ?? price.total, price.token.decimals, {
        places: 6
      }),
      price.token.symbol
    );
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
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => handlers.insertCode()}
      >
        {trans.__('Insert code')}
      </button>
    </div>
  );
}

function Actions(props: IAssetActionsProps): React.JSX.Element {
  const { state, model, wallet, trans, handlers } = props;
  const busy = ['buying', 'downloading'].includes(state.phase);
  const text = buttonText(props, trans);
  const connected = wallet.state.account !== null;
  const needsLogin = !connected && !model.mayDownload;
  const status = statusText(state, trans);
  const { progress } = state;
  return (
    <div className="jp-web3-asset-actions">
      {state.phase === 'not-for-sale' && (
        <p>{trans.__('Not for sale at present.')}</p>
      )}
      {text && !busy && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() =>
            model.mayDownload ? handlers.download() : handlers.buy()
          }
        >
          {text}
        </button>
      )}
      {!state.order && !busy && <Sum {...props} />}
      {text && needsLogin && !busy && (
        <p className="jp-web3-asset-quiet">
          {trans.__('Your wallet is asked to log in first.')}
        </p>
      )}
      {state.order && !busy && !state.result && (
        <p className="jp-web3-asset-quiet">
          {trans.__('Bought with this account.')}
        </p>
      )}
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
      <Result {...props} />
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
