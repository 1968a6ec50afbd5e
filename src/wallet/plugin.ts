import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { IWallet, IWeb3Server } from '../tokens';
import { WalletDiscovery } from './discovery';
import type { NetworkSetting } from './networks';
import { Wallet } from './session';

const id = 'jupyterlab-web3:wallet';

const plugin: JupyterFrontEndPlugin<IWallet> = {
  id,
  description: 'Provides the wallet: login, networks, signing.',
  autoStart: true,
  provides: IWallet,
  optional: [IWeb3Server, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    server: IWeb3Server | null,
    registry: ISettingRegistry | null
  ): IWallet => {
    const wallet = new Wallet({
      discovery: new WalletDiscovery(),
      server,
      store: window.localStorage,
      scope: PageConfig.getBaseUrl()
    });
    const settings = registry?.load(id).then(loaded => {
      const apply = (): void =>
        wallet.setNetworkSettings(
          loaded.get('networks').composite as unknown as NetworkSetting[]
        );
      loaded.changed.connect(apply);
      apply();
    });
    void wallet.start(settings);
    return wallet;
  }
};

export default plugin;
