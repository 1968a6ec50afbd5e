/** The chain as the suite is told of it: `INetwork` of src/tokens.ts, in a file. */
import { existsSync, readFileSync } from 'node:fs';

import { Contract, JsonRpcProvider, getAddress } from 'ethers';

import { CHAIN_ID, rpc } from './chain/anvil.mjs';
import { PAYMENT_TOKENS } from './chain/deploy.mjs';
import { StackError } from './errors.mjs';

const ETHER = { name: 'Ether', symbol: 'ETH', decimals: 18 };
/**
 * Chains whose money is worth nothing, by the list of ethereum-lists/chains. On
 * any other one mistakes may cost money: what is not known is no test network.
 */
const TESTNETS = new Map([
  [97, 'BNB testnet'],
  [1287, 'Moonbase Alpha'],
  [1337, 'local'],
  [8996, 'local'],
  [10200, 'Gnosis Chiado'],
  [17000, 'Holesky'],
  [23295, 'Oasis Sapphire testnet'],
  [31337, 'local'],
  [43113, 'Avalanche Fuji'],
  [59141, 'Linea Sepolia'],
  [80002, 'Polygon Amoy'],
  [84532, 'Base Sepolia'],
  [314159, 'Filecoin Calibration'],
  [421614, 'Arbitrum Sepolia'],
  [534351, 'Scroll Sepolia'],
  [560048, 'Hoodi'],
  [11155111, 'Sepolia'],
  [11155420, 'OP Sepolia']
]);
const TOKEN_KEYS = /^(ocean|usdc|mockusdc|eurc|euroe|compy|dai|mockdai)$/i;

/** Whether a chain's money is known to be worth nothing. */
export function isTestnet(chainId) {
  return TESTNETS.has(chainId);
}

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
    testnet: isTestnet(chainId),
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
