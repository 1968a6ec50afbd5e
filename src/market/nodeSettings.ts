/** What the market's settings say of Ocean Nodes. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** Ocean Nodes to search besides those of the networks. */
export function nodesOf(settings: ISettingRegistry.ISettings | null): string[] {
  const nodes = settings?.composite.nodes;
  return (Array.isArray(nodes) ? nodes : []).filter(
    (node): node is string =>
      typeof node === 'string' && /^https?:\/\//.test(node)
  );
}
