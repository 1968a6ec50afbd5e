/** The chain as the suite is told of it: `INetwork` of src/tokens.ts, in a file. */
import { existsSync, readFileSync } from 'node:fs';

import { Contract, JsonRpcProvider, getAddress } from 'ethers';

import { CHAIN_ID, rpc } from './chain/anvil.mjs';
import { PAYMENT_TOKENS } from './chain/deploy.mjs';
import { StackError } from './errors.mjs';

const ETHER = { name: 'Ether', symbol: 'ETH', decimals: 18 };
/** Chains on which mistakes cost money: anything else is called a test network. */
const MAINNETS = [1, 10, 56, 137, 246, 1285, 8453, 23294];
const TOKEN_KEYS = /^(ocean|usdc|mockusdc|eurc|euroe|compy|dai|mockdai)$/i;

/** The addresses of a chain in an address file, with the network's name in it. */
export function readAddresses(file, chainId) {
  let networks;
  try {
    networks = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackError(
      'address-file',
      `${file} is not an address file: ${error.message}`,
      { cause: error }
    );
  }
  const found = Object.entries(networks).find(
    ([, addresses]) => addresses?.chainId === chainId
  );
  if (!found) {
    throw new StackError(
      'address-file',
      `${file} has no contracts for chain ${chainId}.`
    );
  }
  return { name: found[0], addresses: found[1] };
}

const contractsOf = addresses =>
  Object.fromEntries(
    Object.entries(addresses).filter(([, value]) => typeof value === 'string')
  );

export function localNetwork({ url, addresses, oceanNode }) {
  return {
    chainId: CHAIN_ID,
    name: 'Local chain',
    testnet: true,
    local: true,
    rpc: url,
    explorer: null,
    currency: ETHER,
    oceanNode,
    paymentTokens: PAYMENT_TOKENS.map(({ key, symbol, decimals }) => ({
      address: addresses[key],
      symbol,
      decimals
    })),
    contracts: contractsOf(addresses)
  };
}

/** The id of a chain that runs elsewhere. */
export async function chainIdOf(url) {
  try {
    return Number(await rpc(url, 'eth_chainId'));
  } catch (error) {
    throw new StackError(
      'chain-unreachable',
      `No chain answers at ${url}: ${error.message}`,
      { cause: error }
    );
  }
}

/** A chain that runs elsewhere; its tokens are asked for symbol and decimals. */
export async function remoteNetwork({ url, chainId, file, oceanNode }) {
  const { name, addresses } = readAddresses(file, chainId);
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true });
  const abi = [
    'function symbol() view returns (string)',
    'function decimals() view returns (uint8)'
  ];
  const paymentTokens = [];
  try {
    for (const [key, value] of Object.entries(contractsOf(addresses))) {
      if (TOKEN_KEYS.test(key)) {
        const token = new Contract(value, abi, provider);
        paymentTokens.push({
          address: getAddress(value),
          symbol: await token.symbol(),
          decimals: Number(await token.decimals())
        });
      }
    }
  } finally {
    provider.destroy();
  }
  return {
    chainId,
    name,
    testnet: !MAINNETS.includes(chainId),
    local: false,
    rpc: url,
    explorer: null,
    currency: ETHER,
    oceanNode,
    paymentTokens,
    contracts: contractsOf(addresses)
  };
}

/** Saved addresses of the local chain, or null. */
export function savedAddresses(file) {
  return existsSync(file) ? readAddresses(file, CHAIN_ID).addresses : null;
}
