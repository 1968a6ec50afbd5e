/**
 * The Ocean contracts on a local chain, and tokens to pay with.
 *
 * Contracts of `@oceanprotocol/contracts` in the order that they depend on one
 * another; the result has the shape of that package's `address.json`.
 */
import { createRequire } from 'node:module';

import {
  Contract,
  ContractFactory,
  JsonRpcProvider,
  NonceManager,
  Wallet,
  getAddress,
  parseUnits
} from 'ethers';

import { developmentAccounts, deployerKey } from './accounts.mjs';

const require = createRequire(import.meta.url);
const DEAD = '0x000000000000000000000000000000000000dEaD';

const ARTIFACTS = {
  MockERC20Decimals: 'utils/mock/MockERC20Decimals',
  OPFCommunityFeeCollector: 'communityFee/OPFCommunityFeeCollector',
  FactoryRouter: 'pools/FactoryRouter',
  FixedRateExchange: 'pools/fixedRate/FixedRateExchange',
  ERC20Template: 'templates/ERC20Template',
  ERC20TemplateEnterprise: 'templates/ERC20TemplateEnterprise',
  ERC721Template: 'templates/ERC721Template',
  Dispenser: 'pools/dispenser/Dispenser',
  ERC721Factory: 'ERC721Factory',
  AccessList: 'accesslists/AccessList',
  AccessListFactory: 'accesslists/AccessListFactory',
  Escrow: 'escrow/Escrow'
};

/** Tokens of every account after a deployment, in whole tokens. */
const FUNDS = '10000';

export const PAYMENT_TOKENS = [
  { key: 'Ocean', name: 'Ocean Token', symbol: 'OCEAN', decimals: 18 },
  { key: 'MockUSDC', name: 'USD Coin (test)', symbol: 'USDC', decimals: 6 }
];

function artifact(name) {
  const path = ARTIFACTS[name];
  return require(
    `@oceanprotocol/contracts/artifacts/contracts/${path}.sol/${name}.json`
  );
}

/** Whether the contracts of an address file are on this chain. */
export async function isDeployed(url, addresses) {
  const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true });
  try {
    return (await provider.getCode(addresses.ERC721Factory)) !== '0x';
  } finally {
    provider.destroy();
  }
}

/**
 * Deploy all, connect them, and give every development account its tokens.
 *
 * @param {string} url - JSON-RPC of a chain that funds the development mnemonic
 * @param {number} chainId
 * @returns {Promise<Record<string, unknown>>} one network of an address file
 */
export async function deploy(url, chainId) {
  const provider = new JsonRpcProvider(url, chainId, {
    staticNetwork: true,
    pollingInterval: 50,
    cacheTimeout: -1
  });
  try {
    return await deployWith(provider, chainId);
  } finally {
    provider.destroy();
  }
}

async function deployWith(provider, chainId) {
  const wallet = new Wallet(deployerKey(), provider);
  const owner = wallet.address;
  const signer = new NonceManager(wallet);
  const startBlock = await provider.getBlockNumber();
  const sent = [];

  // Addresses follow from the nonce: nothing has to be waited for in between.
  const create = async (name, ...args) => {
    const { abi, bytecode } = artifact(name);
    const factory = new ContractFactory(abi, bytecode, signer);
    const contract = await factory.deploy(...args, { gasLimit: 12_000_000 });
    sent.push(contract.deploymentTransaction());
    return getAddress(await contract.getAddress());
  };
  const call = async (name, address, method, ...args) => {
    const contract = new Contract(address, artifact(name).abi, signer);
    sent.push(await contract[method](...args, { gasLimit: 1_000_000 }));
  };

  const tokens = {};
  for (const { key, name, symbol, decimals } of PAYMENT_TOKENS) {
    tokens[key] = await create('MockERC20Decimals', name, symbol, decimals);
  }
  const collector = await create('OPFCommunityFeeCollector', owner, owner);
  const router = await create(
    'FactoryRouter',
    owner,
    tokens.Ocean,
    DEAD,
    collector,
    []
  );
  const fixedRate = await create('FixedRateExchange', router);
  const template1 = await create('ERC20Template');
  const template2 = await create('ERC20TemplateEnterprise');
  const nftTemplate = await create('ERC721Template');
  const dispenser = await create('Dispenser', router);
  const factory = await create('ERC721Factory', nftTemplate, template1, router);
  await call('FactoryRouter', router, 'addFactory', factory);
  await call('FactoryRouter', router, 'addFixedRateContract', fixedRate);
  await call('FactoryRouter', router, 'addDispenserContract', dispenser);
  for (const token of Object.values(tokens)) {
    await call('FactoryRouter', router, 'addApprovedToken', token);
  }
  await call('ERC721Factory', factory, 'addTokenTemplate', template2);
  const accessList = await create('AccessList');
  const accessListFactory = await create('AccessListFactory', accessList);
  const escrow = await create('Escrow', router, collector);

  for (const { address } of developmentAccounts()) {
    for (const { key, decimals } of PAYMENT_TOKENS) {
      await call(
        'MockERC20Decimals',
        tokens[key],
        'transfer',
        address,
        parseUnits(FUNDS, decimals)
      );
    }
  }
  for (const transaction of sent) {
    const receipt = await transaction.wait();
    if (receipt.status !== 1) {
      throw new Error(`deployment transaction ${transaction.hash} failed`);
    }
  }
  return {
    chainId,
    startBlock,
    Ocean: tokens.Ocean,
    MockUSDC: tokens.MockUSDC,
    OPFCommunityFeeCollector: collector,
    opfCommunityFeeCollector: collector,
    Router: router,
    FixedPrice: fixedRate,
    ERC20Template: { 1: template1, 2: template2 },
    ERC721Template: { 1: nftTemplate },
    Dispenser: dispenser,
    ERC721Factory: factory,
    AccessListFactory: accessListFactory,
    Escrow: escrow
  };
}

/** What a test account starts with on a chain, for a message. */
export const FUNDS_IN_WORDS = `10,000 ETH, ${PAYMENT_TOKENS.map(
  token => `${Number(FUNDS).toLocaleString('en')} ${token.symbol}`
).join(', ')}`;
