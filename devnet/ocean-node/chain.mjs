/** The chain and the Ocean contracts on it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Contract, Interface, JsonRpcProvider, getAddress } from 'ethers';

const require = createRequire(import.meta.url);
const abi = path =>
  require(`@oceanprotocol/contracts/artifacts/contracts/${path}.json`).abi;

export const ABI = {
  factory: abi('ERC721Factory.sol/ERC721Factory'),
  nft: abi('templates/ERC721Template.sol/ERC721Template'),
  datatoken: abi(
    'templates/ERC20TemplateEnterprise.sol/ERC20TemplateEnterprise'
  ),
  fixedRate: abi('pools/fixedRate/FixedRateExchange.sol/FixedRateExchange'),
  dispenser: abi('pools/dispenser/Dispenser.sol/Dispenser')
};

/** Read once: each takes milliseconds, and every record needs several. */
const INTERFACES = Object.fromEntries(
  Object.entries(ABI).map(([kind, json]) => [kind, new Interface(json)])
);
export const nftEvents = INTERFACES.nft;
export const datatokenEvents = INTERFACES.datatoken;
export const fixedRateEvents = INTERFACES.fixedRate;
export const dispenserEvents = INTERFACES.dispenser;

export const sha256 = text => createHash('sha256').update(text).digest('hex');

/** `did:op:` + sha256(checksum address + chain id), as in Ocean's DDO spec. */
export function didOf(nftAddress, chainId) {
  return `did:op:${sha256(getAddress(nftAddress) + String(chainId))}`;
}

/** The contracts of a chain in a file of the form `{network: {chainId, …}}`. */
function readAddresses(file, chainId) {
  const found = Object.values(JSON.parse(readFileSync(file, 'utf8'))).find(
    entry => Number(entry.chainId) === chainId
  );
  if (!found?.ERC721Factory) {
    throw new Error(`${file} has no ERC721Factory for chain ${chainId}`);
  }
  return found;
}

const wait = (ms, signal) =>
  new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });

/**
 * Connect; while the chain or its address file is missing, say so and retry.
 *
 * @returns undefined when `signal` is aborted first
 */
export async function connect({ rpc, chainId, addressFile, signal, log }) {
  const provider = new JsonRpcProvider(rpc, chainId, {
    staticNetwork: true,
    // Milliseconds that every call would wait for others to go along with.
    batchStallTime: 0,
    // Cached answers would hide a block that was just mined.
    cacheTimeout: -1
  });
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const actual = Number(await provider.send('eth_chainId', []));
      if (actual !== chainId) {
        throw new Error(`${rpc} is chain ${actual}, not ${chainId}`);
      }
      return createChain(
        provider,
        chainId,
        readAddresses(addressFile, chainId)
      );
    } catch (error) {
      if (attempt % 10 === 0) {
        log(`waiting for the chain: ${error.message}`);
      }
      await wait(500, signal);
    }
  }
  provider.destroy();
  return undefined;
}

function createChain(provider, chainId, addresses) {
  const factory = new Contract(addresses.ERC721Factory, ABI.factory, provider);
  const members = new Set();
  return {
    provider,
    chainId,
    addresses,
    wait,
    contract: (address, kind) =>
      new Contract(address, INTERFACES[kind], provider),

    /** Whether our factory made this NFT. */
    async isMember(nftAddress) {
      if (!members.has(nftAddress)) {
        const listed = await factory.erc721List(nftAddress);
        if (getAddress(listed) === getAddress(nftAddress)) {
          members.add(nftAddress);
        }
      }
      return members.has(nftAddress);
    },

    /**
     * Seconds since 1970: the wall clock, or the chain's when that was moved
     * ahead (`evm_increaseTime`), so that what expires can be tested.
     */
    async now() {
      const latest = await provider.getBlock('latest');
      return Math.max(Math.floor(Date.now() / 1000), latest?.timestamp ?? 0);
    },

    async receipt(txId) {
      return /^0x[0-9a-f]{64}$/i.test(txId)
        ? provider.getTransactionReceipt(txId)
        : null;
    }
  };
}
