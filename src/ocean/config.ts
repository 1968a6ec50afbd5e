/** The Ocean contracts of a network. */
import type { Config } from '@oceanprotocol/lib';

import type { INetwork } from '../tokens';

import { OceanError } from './errors';

export interface IOceanConfig extends Config {
  nftFactoryAddress: string;
  fixedRateExchangeAddress: string;
  dispenserAddress: string;
  routerFactoryAddress: string;
}

const NEEDED = [
  'nftFactoryAddress',
  'fixedRateExchangeAddress',
  'dispenserAddress',
  'routerFactoryAddress'
] as const;

/** What `getConfig` has for a chain that lib does not list. */
function blank(network: INetwork): Config {
  return {
    chainId: network.chainId,
    network: `chain-${network.chainId}`,
    nodeUri: network.rpc,
    explorerUri: network.explorer ?? '',
    oceanTokenSymbol: 'OCEAN',
    transactionBlockTimeout: 50,
    transactionConfirmationBlocks: 1,
    transactionPollingTimeout: 750,
    gasFeeMultiplier: 1,
    sdk: 'evm'
  };
}

function complete(config: Partial<Config>): config is IOceanConfig {
  return NEEDED.every(name => /^0x[0-9a-fA-F]{40}$/.test(config[name] ?? ''));
}

/**
 * lib's Config of a network: the addresses of the settings, else of lib's
 * bundled list. Throws `unknown-network`.
 */
export async function oceanConfig(network: INetwork): Promise<IOceanConfig> {
  const { ConfigHelper, configHelperNetworks } =
    await import('@oceanprotocol/lib');
  const helper = new ConfigHelper();
  // getConfig() complains on the console and returns null for others.
  const listed = configHelperNetworks.some(
    one => one.chainId === network.chainId
  );
  const base = listed ? helper.getConfig(network.chainId) : blank(network);
  const own = network.contracts
    ? helper.getAddressesFromEnv(base.network, {
        [base.network]: { ...network.contracts, chainId: network.chainId }
      })
    : {};
  const config = {
    ...base,
    ...Object.fromEntries(
      Object.entries(own).filter(([, value]) => value !== undefined)
    )
  };
  if (!complete(config)) {
    throw new OceanError(
      'unknown-network',
      `No Ocean contracts are known for chain ${network.chainId}`,
      { chainId: network.chainId }
    );
  }
  return config;
}
