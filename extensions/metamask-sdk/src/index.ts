/**
 * The phone wallet: MetaMask on a phone, over @metamask/sdk, announced by
 * EIP-6963 like any other wallet.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { announce } from '../../eip6963';
import { PHONE_WALLET } from './announcement';
import { PhoneProvider } from './sdkProvider';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterlab-web3/metamask-sdk:plugin',
  description: 'Announces a phone wallet (QR code) over the MetaMask SDK.',
  autoStart: true,
  activate: () => {
    announce(PHONE_WALLET, new PhoneProvider());
  }
};

export default plugin;
