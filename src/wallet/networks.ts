/**
 * The chains that the suite knows: presets, what the settings add or change,
 * and the chain that the server part offers.
 */
import type { INetwork } from '../tokens';
import { PRESETS, STORAGE_PRESETS } from './presets';

/** An entry of the setting `networks`: a whole network, or changes to a known one. */
export type NetworkSetting = Partial<INetwork> & { chainId: number };

const ETHER = { name: 'Ether', symbol: 'ETH', decimals: 18 };

function trimmed(url: string | null | undefined): string | null {
  return url ? url.replace(/\/+$/, '') : null;
}

/**
 * Presets ← settings ← the server's chain, the local chain first.
 *
 * The server wins over the settings: it knows where the chain that it started
 * listens today. An entry of the settings for an unknown chain needs `rpc`,
 * else it is left out.
 */
export function mergeNetworks(
  settings: readonly NetworkSetting[] = [],
  server: INetwork | null = null,
  presets: readonly INetwork[] = [...PRESETS, ...STORAGE_PRESETS]
): INetwork[] {
  const merged = new Map<number, INetwork>();
  for (const preset of presets) {
    merged.set(preset.chainId, preset);
  }
  for (const entry of [...settings, ...(server ? [server] : [])]) {
    const known = merged.get(entry.chainId);
    const rpc = entry.rpc || known?.rpc;
    if (!rpc || !Number.isSafeInteger(entry.chainId) || entry.chainId < 1) {
      continue;
    }
    merged.set(entry.chainId, {
      ...(known ?? {
        name: `Chain ${entry.chainId}`,
        testnet: false,
        currency: ETHER,
        paymentTokens: []
      }),
      ...entry,
      rpc,
      explorer: trimmed(
        entry.explorer === undefined ? known?.explorer : entry.explorer
      ),
      oceanNode: trimmed(
        entry.oceanNode === undefined ? known?.oceanNode : entry.oceanNode
      )
    });
  }
  const all = [...merged.values()];
  return [
    ...all.filter(network => network.local),
    ...all.filter(network => !network.local && !network.testnet),
    ...all.filter(network => !network.local && network.testnet)
  ];
}

/** A chain id as wallets say it: hex quantity, decimal string or number. */
export function parseChainId(value: unknown): number | null {
  const id =
    typeof value === 'string' && /^(0x[0-9a-f]+|[0-9]+)$/i.test(value)
      ? Number(value)
      : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0
    ? id
    : null;
}

/** A number as an Ethereum JSON-RPC quantity (`0x1`). */
export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** The parameter of `wallet_addEthereumChain` (EIP-3085). */
export function addChainParameter(network: INetwork): object {
  return {
    chainId: quantity(network.chainId),
    chainName: network.name,
    nativeCurrency: network.currency,
    rpcUrls: [network.rpc],
    // Wallets refuse an empty list, a missing one is fine.
    ...(network.explorer ? { blockExplorerUrls: [network.explorer] } : {})
  };
}
