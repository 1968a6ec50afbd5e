import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { type IBrowserEngine, IIpfs, IWeb3Server } from '../tokens';
import { type EngineMode, Engines, LastUsed } from './choice';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- activation needs it
import { DirectConnection, ServerConnection } from './connection';
import { DeferredEngine } from './deferred';
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
    app,
    server: IWeb3Server,
    settingRegistry: ISettingRegistry | null
  ): IIpfs => {
    const kuboAt = (rpc: string, gateway: string): KuboEngine =>
      new KuboEngine(
        rpc
          ? new DirectConnection({ rpc, gateway: gateway || undefined })
          : new ServerConnection(server)
      );
    // Several servers of a hub share an origin, and what it keeps.
    const base = new URL(
      app.serviceManager.serverSettings.baseUrl,
      location.href
    ).pathname;
    let mode: EngineMode = 'auto';
    const engines = new Engines({
      kubo: kuboAt('', ''),
      openBrowser: () => openBrowser(base),
      mode: async () => {
        await read;
        return mode;
      },
      memory: new LastUsed(base)
    });
    const ipfs = new Ipfs(new DeferredEngine(() => engines.choose()), engines);
    engines.ipfs = ipfs;

    const apply = (settings: ISettingRegistry.ISettings): boolean => {
      const { engine, rpc, gateway } = settings.composite;
      const wanted = [engine, rpc, gateway].map(value => String(value).trim());
      if (JSON.stringify(wanted) === used) {
        return false;
      }
      try {
        kubo = kuboAt(wanted[1], wanted[2]);
      } catch (error) {
        console.error(`${PLUGIN_ID}: "${wanted[1]}" is not a URL`, error);
        return false;
      }
      used = JSON.stringify(wanted);
      mode = wanted[0] as EngineMode;
      return true;
    };
    let used = JSON.stringify(['auto', '', '']);
    let kubo = engines.kubo;
    const read = settingRegistry?.load(PLUGIN_ID).then(
      settings => {
        if (apply(settings)) {
          engines.setKubo(kubo);
        }
        settings.changed.connect(() => {
          if (apply(settings)) {
            engines.setKubo(kubo);
            engines.choose().catch((reason: unknown) => {
              console.error(`${PLUGIN_ID}: the engine stays`, reason);
            });
          }
        });
      },
      (reason: unknown) => {
        console.error(`${PLUGIN_ID}: the settings could not be read`, reason);
      }
    );
    return ipfs;
  }
};

export default plugin;

async function openBrowser(base: string): Promise<IBrowserEngine> {
  const [{ BrowserEngine }, { openStores }] = await Promise.all([
    import('./browser'),
    import('./browserStore')
  ]);
  const stores = await openStores(`jupyterlab-web3:ipfs:${base}`);
  const engine = new BrowserEngine({
    stores,
    endpoint: location.host,
    storage: navigator.storage
  });
  await engine.refresh();
  return engine;
}
