/**
 * The development wallet: test accounts of the local chain, announced by
 * EIP-6963 like any other wallet. It only appears when the server says that it
 * started that chain.
 */
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { announce } from '../../eip6963';
import { DEVELOPMENT_WALLET } from './announcement';
import { WalletRpcError, type IAccount } from './requests';
import type { Rpc } from './transaction';

const SWITCH_ACCOUNT = 'development-wallet:switch-account';

interface IOffer {
  chainId: number;
  accounts: IAccount[];
}

/** The accounts of the chain that the server started, or null. */
async function offered(
  settings: ServerConnection.ISettings
): Promise<IOffer | null> {
  const response = await ServerConnection.makeRequest(
    URLExt.join(settings.baseUrl, 'web3/development-wallet'),
    {},
    settings
  );
  if (!response.ok) {
    return null;
  }
  const { chainId, accounts } = (await response.json()) as Partial<IOffer>;
  return typeof chainId === 'number' && accounts?.length
    ? { chainId, accounts }
    : null;
}

/** JSON-RPC through the server's `web3/chain`. */
export function serverRpc(settings: ServerConnection.ISettings): Rpc {
  let id = 0;
  return async (method, params) => {
    const response = await ServerConnection.makeRequest(
      URLExt.join(settings.baseUrl, 'web3/chain'),
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })
      },
      settings
    );
    const text = await response.text();
    let answer: {
      result?: unknown;
      error?: { code: number; message: string; data?: unknown };
    };
    try {
      answer = JSON.parse(text);
    } catch (reason) {
      throw new WalletRpcError(
        4900,
        `The chain can't be reached (HTTP ${response.status}): ${String(reason)}`
      );
    }
    if (answer.error) {
      const { code, message, data } = answer.error;
      throw new WalletRpcError(code, message, data);
    }
    if (!response.ok) {
      throw new WalletRpcError(
        4900,
        `The chain answered HTTP ${response.status}`
      );
    }
    return answer.result;
  };
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyterlab-web3/development-wallet:plugin',
  description:
    'Announces a wallet with the test accounts of the local chain (EIP-6963).',
  autoStart: true,
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyterlab-web3');
    const settings = app.serviceManager.serverSettings;
    const start = async (): Promise<void> => {
      const offer = await offered(settings);
      if (!offer) {
        return;
      }
      const [{ ConfirmationQueue }, { DevelopmentWallet }] = await Promise.all([
        import('./dialog'),
        import('./provider')
      ]);
      const wallet = new DevelopmentWallet({
        ...offer,
        rpc: serverRpc(settings),
        confirm: new ConfirmationQueue(trans).confirm,
        origin: window.location.origin,
        store: window.localStorage,
        storeKey: `jupyterlab-web3:development-wallet:${settings.baseUrl}`
      });
      app.commands.addCommand(SWITCH_ACCOUNT, {
        label: trans.__('Development Wallet: Switch Account'),
        caption: trans.__('Use another test account of the local chain'),
        describedBy: {
          args: {
            type: 'object',
            properties: {
              account: {
                oneOf: [
                  { type: 'string', description: 'Address' },
                  { type: 'integer', minimum: 0, description: 'Index' }
                ]
              }
            }
          }
        },
        execute: async ({ account }) =>
          typeof account === 'string' || typeof account === 'number'
            ? wallet.switchAccount(account)
            : wallet.pickAccount()
      });
      palette?.addItem({ command: SWITCH_ACCOUNT, category: trans.__('Web3') });
      announce(DEVELOPMENT_WALLET, wallet);
    };
    start().catch(reason => {
      console.warn('The development wallet is not available', reason);
    });
  }
};

export default plugin;
