/** The gateways and routers that the person allows, from the settings of the IPFS room. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

const IPFS_PLUGIN = 'jupyterlab-web3:ipfs';
/** What the address of a router ends with, beside gateways. */
const ROUTING = '/routing/v1';

/** Base URLs, routers last; none where there are no settings. */
export async function gatewaysOf(
  registry: Pick<ISettingRegistry, 'get'> | null
): Promise<string[]> {
  if (!registry) {
    return [];
  }
  const [gateways, routers] = await Promise.all(
    ['gateways', 'routers'].map(async key => {
      const { composite } = await registry.get(IPFS_PLUGIN, key);
      return (Array.isArray(composite) ? composite : []).filter(
        (url): url is string => typeof url === 'string' && url !== ''
      );
    })
  );
  return [
    ...gateways,
    ...routers.map(url => {
      const bare = url.replace(/\/+$/, '');
      return bare.endsWith(ROUTING) ? bare : bare + ROUTING;
    })
  ];
}
