/**
 * The phone wallet: MetaMask on a phone, over @metamask/sdk, announced by
 * EIP-6963 like any other wallet.
 */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { announce } from './announce';
import { PhoneProvider } from './sdkProvider';

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterlab-web3/metamask-sdk:plugin',
  description: 'Announces a phone wallet (QR code) over the MetaMask SDK.',
  autoStart: true,
  activate: () => {
    announce(new PhoneProvider());
  }
};

export default plugin;
