import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { INetwork } from '../tokens';
import { Address } from '../ui/address';
import type { Activities } from './activity';
import { ActivityList } from './activityList';
import { BalanceList } from './balanceList';
import { LogIn } from './logIn';
import type { WalletPanelModel } from './panelModel';
import { momentWords, walletWords } from './words';

/** Offered by the development wallet's own labextension, where it is loaded. */
const SWITCH_ACCOUNT = 'development-wallet:switch-account';
const DEVELOPMENT_WALLET = 'dev.jupyterlab-web3.wallet';

interface IProps {
  model: WalletPanelModel;
  activities: Activities;
  trans: TranslationBundle;
  commands: CommandRegistry;
}

/** The wallet sidebar. */
export class WalletPanel extends ReactWidget {
  constructor(private _props: IProps) {
    super();
    this.addClass('jp-web3-wallet');
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._props.model.dispose();
      super.dispose();
    }
  }

  protected render(): React.JSX.Element {
    return (
      <UseSignal signal={this._props.model.changed}>
        {() => <WalletView {...this._props} />}
      </UseSignal>
    );
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._props.model.balances.visible = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._props.model.balances.visible = false;
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._props.model.balances.visible = this.isVisible;
  }

  protected onBeforeDetach(msg: Message): void {
    this._props.model.balances.visible = false;
    super.onBeforeDetach(msg);
  }
}

/** All states of the panel. */
export function WalletView(props: IProps): React.JSX.Element {
  const { model, trans } = props;
  const { state } = model.wallet;
  return (
    <div className="jp-web3-wallet-content">
      {state.account ? (
        <>
          <WrongNetwork {...props} />
          <Connected {...props} />
        </>
      ) : state.status === 'restoring' ? (
        <p role="status">{trans.__('Looking for your wallet…')}</p>
      ) : (
        <LogIn model={model} trans={trans} />
      )}
      <Progress {...props} />
    </div>
  );
}

/** What waits, or what came of it. Refusals are quiet; the rest is told. */
function Progress({ model, trans }: IProps): React.JSX.Element {
  const { busy, problem } = model;
  const name = model.asked ?? trans.__('your wallet');
  return (
    <div className="jp-web3-wallet-progress" role="status" aria-live="polite">
      {busy && busy !== 'sign-out' && (
        <p>
          {trans.__('Waiting for %1. Open it if no window came up.', name)}{' '}
          {busy === 'connect' && (
            <button
              type="button"
              className="jp-web3-linkButton"
              onClick={() => void model.disconnect()}
            >
              {trans.__('Stop waiting')}
            </button>
          )}
        </p>
      )}
      {problem && (
        <p
          className={
            problem.code === 'rejected' || problem.code === 'pending'
              ? 'jp-web3-wallet-quiet'
              : 'jp-web3-wallet-problem'
          }
        >
          {walletWords(problem, trans, model.asked)}
        </p>
      )}
    </div>
  );
}

function networkLabel(network: INetwork, trans: TranslationBundle): string {
  return network.testnet && !network.local
    ? trans.__('%1 (test network)', network.name)
    : network.name;
}

function WrongNetwork({ model, trans }: IProps): React.JSX.Element | null {
  const { wanted, network, wallet } = model;
  const { state } = wallet;
  if (!wanted && network) {
    return null;
  }
  const name = state.wallet?.name ?? trans.__('Your wallet');
  return (
    <section
      className="jp-web3-card jp-web3-card-warning"
      aria-label={trans.__('Wrong network')}
    >
      <p>
        {network
          ? trans.__('%1 is on %2.', name, network.name)
          : trans.__(
              '%1 is on chain %2, which is not among your networks.',
              name,
              state.chainId ?? '?'
            )}
      </p>
      {wanted ? (
        <>
          <p>{trans.__('What was started here runs on %1.', wanted.name)}</p>
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={model.busy !== null}
            onClick={() => void model.switchNetwork(wanted.chainId)}
          >
            {trans.__('Switch to %1', wanted.name)}
          </button>
        </>
      ) : (
        <p>{trans.__('Choose another network below.')}</p>
      )}
    </section>
  );
}

function Connected(props: IProps): React.JSX.Element {
  const { model, trans, commands } = props;
  const { state } = model.wallet;
  const { network } = model;
  const account = state.account ?? '';
  return (
    <section className="jp-web3-card" aria-label={trans.__('Account')}>
      <div className="jp-web3-wallet-account">
        <Address address={account} trans={trans} picture />
      </div>
      <div className="jp-web3-wallet-network">
        <span>{state.wallet?.name}</span>
        <NetworkMenu {...props} />
      </div>
      <BalanceList balances={model.balances} trans={trans} />
      <SignInLine {...props} />
      <ActivityList
        activities={props.activities}
        account={account}
        trans={trans}
      />
      <div className="jp-web3-wallet-actions">
        {state.wallet?.rdns === DEVELOPMENT_WALLET &&
          commands.hasCommand(SWITCH_ACCOUNT) && (
            <button
              type="button"
              className="jp-web3-linkButton"
              onClick={() => void commands.execute(SWITCH_ACCOUNT)}
            >
              {trans.__('Switch account…')}
            </button>
          )}
        {network?.explorer && (
          <a
            className="jp-web3-linkButton"
            href={`${network.explorer}/address/${account}`}
            target="_blank"
            rel="noopener noreferrer"
          >
            {trans.__('View in explorer')}
          </a>
        )}
        <button
          type="button"
          className="jp-web3-linkButton"
          onClick={() => void model.disconnect()}
        >
          {trans.__('Disconnect')}
        </button>
      </div>
    </section>
  );
}

function NetworkMenu({ model, trans }: IProps): React.JSX.Element {
  const { state, networks } = model.wallet;
  return (
    <select
      className="jp-mod-styled"
      aria-label={trans.__('Network')}
      title={trans.__('Switch the wallet to another network')}
      value={state.chainId ?? ''}
      disabled={model.busy !== null}
      onChange={event => void model.switchNetwork(Number(event.target.value))}
    >
      {!model.network && (
        <option value={state.chainId ?? ''}>
          {trans.__('Chain %1 (unknown)', state.chainId ?? '?')}
        </option>
      )}
      {networks.map(network => (
        <option key={network.chainId} value={network.chainId}>
          {networkLabel(network, trans)}
        </option>
      ))}
    </select>
  );
}

function SignInLine({ model, trans }: IProps): React.JSX.Element {
  const { session } = model.wallet.state;
  if (!session) {
    return (
      <div className="jp-web3-wallet-session">
        <button
          type="button"
          className="jp-mod-styled"
          disabled={model.busy !== null}
          title={trans.__(
            'Prove that the account is yours by a signature. It costs nothing.'
          )}
          onClick={() => void model.signIn()}
        >
          {trans.__('Sign in')}
        </button>
      </div>
    );
  }
  const expires = new Date(session.expires);
  return (
    <div className="jp-web3-wallet-session">
      <span title={expires.toLocaleString()}>
        {trans.__(
          'Signed in until %1',
          momentWords(expires, new Date(), trans)
        )}
      </span>
      {session.verifiedBy === 'browser' && (
        <span className="jp-web3-wallet-quiet">
          {trans.__('verified in this browser only')}
        </span>
      )}
      <button
        type="button"
        className="jp-web3-linkButton"
        disabled={model.busy !== null}
        onClick={() => void model.signOut()}
      >
        {trans.__('Sign out')}
      </button>
    </div>
  );
}
