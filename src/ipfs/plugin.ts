import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { IIpfs, type IIpfsEngine, IWeb3Server } from '../tokens';
import { DirectConnection, ServerConnection } from './connection';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { KuboEngine } from './kubo';
import { Ipfs } from './service';

const PLUGIN_ID = 'jupyterlab-web3:ipfs';

const plugin: JupyterFrontEndPlugin<IIpfs> = {
  id: PLUGIN_ID,
  description:
    'Provides IPFS: adding, reading, the mutable file system and pins.',
  autoStart: true,
  requires: [IWeb3Server],
  optional: [ISettingRegistry],
  provides: IIpfs,
  activate: (
    _app,
    server: IWeb3Server,
    settingRegistry: ISettingRegistry | null
  ): IIpfs => {
    const engineFor = (rpc: string, gateway: string): IIpfsEngine =>
      new KuboEngine(
        rpc
          ? new DirectConnection({ rpc, gateway: gateway || undefined })
          : new ServerConnection(server)
      );
    const ipfs = new Ipfs(engineFor('', ''));

    settingRegistry?.load(PLUGIN_ID).then(
      settings => {
        let used = JSON.stringify(['', '']);
        const apply = () => {
          const rpc = (settings.composite.rpc as string).trim();
          const gateway = (settings.composite.gateway as string).trim();
          const wanted = JSON.stringify([rpc, gateway]);
          if (wanted === used) {
            return;
          }
          try {
            ipfs.setEngine(engineFor(rpc, gateway));
            used = wanted;
          } catch (error) {
            console.error(`${PLUGIN_ID}: "${rpc}" is not a URL`, error);
          }
        };
        settings.changed.connect(apply);
        apply();
      },
      (reason: unknown) => {
        console.error(`${PLUGIN_ID}: the settings could not be read`, reason);
      }
    );
    return ipfs;
  }
};

export default plugin;
