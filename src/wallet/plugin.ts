import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IWallet, IWeb3Server } from '../tokens';
import { addWalletCommands, WALLET_COMMANDS } from './commands';
import { WalletDiscovery } from './discovery';
import { walletIcon } from './icons';
import type { NetworkSetting } from './networks';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it is what the plugin provides
import { Wallet } from './session';
import { SidePanel } from './sidePanel';
import { WalletStatusItem } from './statusItem';

const id = 'jupyterlab-web3:wallet';

const plugin: JupyterFrontEndPlugin<IWallet> = {
  id,
  description: 'Provides the wallet: login, networks, signing.',
  autoStart: true,
  provides: IWallet,
  optional: [
    IWeb3Server,
    ISettingRegistry,
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    IStatusBar,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    server: IWeb3Server | null,
    registry: ISettingRegistry | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): IWallet => {
    const trans = (translator ?? nullTranslator).load('jupyterlab-web3');
    const wallet = new Wallet({
      discovery: new WalletDiscovery(),
      server,
      store: window.localStorage,
      scope: app.serviceManager.serverSettings.baseUrl
    });

    let interval = 30_000;
    const settings = registry?.load(id).then(loaded => {
      const apply = (): void => {
        interval = (loaded.get('balanceInterval').composite as number) * 1000;
        wallet.setNetworkSettings(
          loaded.get('networks').composite as unknown as NetworkSetting[]
        );
      };
      loaded.changed.connect(apply);
      apply();
    });
    void wallet.start(settings);

    addWalletCommands(app.commands, wallet, trans);
    for (const command of WALLET_COMMANDS) {
      palette?.addItem({ command, category: trans.__('Web3') });
    }

    const panel = new SidePanel(async () => {
      const [{ Balances }, { WalletPanelModel }, { WalletPanel }] =
        await Promise.all([
          import('./balances'),
          import('./panelModel'),
          import('./panel')
        ]);
      const balances = new Balances(wallet, () => interval);
      return new WalletPanel({
        model: new WalletPanelModel(wallet, balances),
        trans,
        commands: app.commands
      });
    });
    panel.id = 'jp-web3-wallet-panel';
    panel.title.icon = walletIcon;
    panel.title.caption = trans.__('Wallet');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Wallet'));
    if (labShell) {
      labShell.add(panel, 'right', { rank: 900, type: 'Web3' });
      restorer?.add(panel, panel.id);
    }

    statusBar?.registerStatusItem(id, {
      item: new WalletStatusItem(wallet, trans, () =>
        labShell?.activateById(panel.id)
      ),
      align: 'right',
      rank: 50
    });
    return wallet;
  }
};

export default plugin;
