import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IWalletInfo } from '../tokens';
import { walletIcon } from './icons';
import type { WalletPanelModel } from './panelModel';

interface IProps {
  model: WalletPanelModel;
  trans: TranslationBundle;
}

/** One button a wallet, and help for those who have none. */
export function LogIn({ model, trans }: IProps): React.JSX.Element {
  const { wallets } = model.wallet;
  return (
    <section aria-label={trans.__('Log in')}>
      <h2 className="jp-web3-wallet-title">{trans.__('Log in')}</h2>
      {wallets.length === 0 && (
        <p>{trans.__('No wallet was found in this browser.')}</p>
      )}
      <ul
        className="jp-web3-wallet-list"
        aria-label={trans.__('Wallets found in this browser')}
      >
        {wallets.map(wallet => (
          <li key={wallet.uuid}>
            <WalletButton
              wallet={wallet}
              ambiguous={
                wallets.filter(other => other.name === wallet.name).length > 1
              }
              disabled={model.busy !== null}
              onClick={() => void model.connect(wallet.uuid)}
            />
          </li>
        ))}
      </ul>
      <details open={wallets.length === 0 || undefined}>
        <summary>{trans.__('No wallet yet?')}</summary>
        <NoWallet model={model} trans={trans} />
      </details>
    </section>
  );
}

function WalletButton(props: {
  wallet: IWalletInfo;
  /** Another wallet has the same name: say where each comes from. */
  ambiguous: boolean;
  disabled: boolean;
  onClick: () => void;
}): React.JSX.Element {
  const { wallet, ambiguous } = props;
  return (
    <button
      type="button"
      className="jp-web3-wallet-button"
      title={wallet.rdns}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {wallet.icon ? (
        <img src={wallet.icon} alt="" />
      ) : (
        <walletIcon.react tag="span" elementSize="xlarge" />
      )}
      <span>
        {wallet.name}
        {ambiguous && <small>{wallet.rdns}</small>}
      </span>
    </button>
  );
}

function NoWallet({ model, trans }: IProps): React.JSX.Element {
  const local = model.wallet.networks.find(network => network.local);
  return (
    <div className="jp-web3-wallet-help">
      <p>
        {trans.__(
          'A wallet keeps the keys of your account and asks you before anything is signed or paid. JupyterLab never sees the keys.'
        )}
      </p>
      <ol>
        <li>
          {trans.__(
            'Install a wallet as an extension of this browser, from the wallet’s own site. Any that is listed under “EIP-6963” works; MetaMask is one.'
          )}
        </li>
        <li>
          {trans.__(
            'Create an account in it. Write the recovery phrase down on paper; nobody can restore it for you.'
          )}
        </li>
        <li>{trans.__('Reload this page. The wallet appears above.')}</li>
      </ol>
      {local && (
        <p>
          {trans.__(
            'Just trying things out? On %1 choose “Development wallet” above: its accounts hold test money, and nothing needs to be installed.',
            local.name
          )}
        </p>
      )}
    </div>
  );
}
