import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import { IWallet, IWeb3Server } from '../tokens';
import { SidePanel } from '../ui/sidePanel';
import { addWalletCommands, WALLET_COMMANDS } from './commands';
import { WalletDiscovery } from './discovery';
import { walletIcon } from './icons';
import type { NetworkSetting } from './networks';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it is what the plugin provides
import { Wallet } from './session';
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
    ILayoutRestorer,
    ICommandPalette,
    IStatusBar,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    server: IWeb3Server | null,
    registry: ISettingRegistry | null,
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
    const readSettings = async (from: ISettingRegistry): Promise<void> => {
      const loaded = await from.load(id);
      const apply = (): void => {
        interval = (loaded.get('balanceInterval').composite as number) * 1000;
        wallet.setNetworkSettings(
          loaded.get('networks').composite as unknown as NetworkSetting[]
        );
      };
      loaded.changed.connect(apply);
      apply();
    };
    // Lab comes first: nothing of this is seen before it is up.
    void app.started.then(() =>
      wallet.start(registry ? readSettings(registry) : undefined)
    );

    addWalletCommands(app.commands, wallet, trans);
    for (const command of [CommandIDs.walletOpen, ...WALLET_COMMANDS]) {
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
        activities: wallet.activity,
        trans,
        commands: app.commands
      });
    });
    panel.id = 'jp-web3-wallet-panel';
    panel.title.icon = walletIcon;
    panel.title.caption = trans.__('Wallet');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Wallet'));
    app.shell.add(panel, 'right', { rank: 900, type: 'Web3' });
    restorer?.add(panel, panel.id);

    // Notebook 7 has neither a bar of icons nor a status bar.
    const open = (): void => app.shell.activateById(panel.id);
    app.commands.addCommand(CommandIDs.walletOpen, {
      label: trans.__('Show Wallet'),
      caption: trans.__('Log in, and see account, network and balances'),
      icon: walletIcon,
      describedBy: describedBy(CommandIDs.walletOpen),
      execute: () => {
        open();
        return null;
      }
    });

    statusBar?.registerStatusItem(id, {
      item: new WalletStatusItem(wallet, trans, open),
      align: 'right',
      rank: 50
    });
    return wallet;
  }
};

export default plugin;
