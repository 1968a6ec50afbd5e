/**
 * Public chains on which Ocean's contracts are deployed, by the address list
 * that `@oceanprotocol/lib` bundles (a test compares the two).
 *
 * Left out of that list: chains that were shut down (Goerli, Mumbai, Alfajores,
 * Polygon Edge, Gaia-X test networks, Filecoin Hyperspace), and Gen-X, whose
 * chain id 100 is that of Gnosis.
 *
 * RPC endpoints are public ones that need no key; the settings replace them.
 */
import type { INetwork, IPaymentToken } from '../tokens';

const ETHER = { name: 'Ether', symbol: 'ETH', decimals: 18 };

const ocean = (address: string, symbol = 'OCEAN'): IPaymentToken => ({
  address,
  symbol,
  decimals: 18
});

// https://developers.circle.com/stablecoins/usdc-contract-addresses
const usdc = (address: string): IPaymentToken => ({
  address,
  symbol: 'USDC',
  decimals: 6
});

export const PRESETS: readonly INetwork[] = [
  {
    chainId: 1,
    name: 'Ethereum',
    testnet: false,
    rpc: 'https://ethereum-rpc.publicnode.com',
    explorer: 'https://etherscan.io',
    currency: ETHER,
    oceanNode: null,
    paymentTokens: [
      ocean('0x967da4048cD07aB37855c090aAF366e4ce1b9F48'),
      usdc('0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48')
    ]
  },
  {
    chainId: 137,
    name: 'Polygon',
    testnet: false,
    rpc: 'https://polygon-bor-rpc.publicnode.com',
    explorer: 'https://polygonscan.com',
    currency: { name: 'POL', symbol: 'POL', decimals: 18 },
    oceanNode: null,
    paymentTokens: [
      ocean('0x282d8efCe846A88B159800bd4130ad77443Fa1A1', 'mOCEAN'),
      usdc('0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359')
    ]
  },
  {
    chainId: 8453,
    name: 'Base',
    testnet: false,
    rpc: 'https://mainnet.base.org',
    explorer: 'https://basescan.org',
    currency: ETHER,
    oceanNode: null,
    paymentTokens: [usdc('0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913')]
  },
  {
    chainId: 10,
    name: 'OP Mainnet',
    testnet: false,
    rpc: 'https://mainnet.optimism.io',
    explorer: 'https://optimistic.etherscan.io',
    currency: ETHER,
    oceanNode: null,
    paymentTokens: [
      ocean('0x2561aa2bB1d2Eb6629EDd7b0938d7679B8b49f9E'),
      usdc('0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85')
    ]
  },
  {
    chainId: 56,
    name: 'BNB Smart Chain',
    testnet: false,
    rpc: 'https://bsc-dataseed.binance.org',
    explorer: 'https://bscscan.com',
    currency: { name: 'BNB', symbol: 'BNB', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0xDCe07662CA8EbC241316a15B611c89711414Dd1a')]
  },
  {
    chainId: 246,
    name: 'Energy Web Chain',
    testnet: false,
    rpc: 'https://rpc.energyweb.org',
    explorer: 'https://explorer.energyweb.org',
    currency: { name: 'Energy Web Token', symbol: 'EWT', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0x593122AAE80A6Fc3183b2AC0c4ab3336dEbeE528')]
  },
  {
    chainId: 1285,
    name: 'Moonriver',
    testnet: false,
    rpc: 'https://rpc.api.moonriver.moonbeam.network',
    explorer: 'https://moonriver.moonscan.io',
    currency: { name: 'Moonriver', symbol: 'MOVR', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0x99C409E5f62E4bd2AC142f17caFb6810B8F0BAAE')]
  },
  {
    chainId: 23294,
    name: 'Oasis Sapphire',
    testnet: false,
    rpc: 'https://sapphire.oasis.io',
    explorer: 'https://explorer.oasis.io/mainnet/sapphire',
    currency: { name: 'ROSE', symbol: 'ROSE', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0x39d22B78A7651A76Ffbde2aaAB5FD92666Aca520')]
  },
  {
    chainId: 11155111,
    name: 'Sepolia',
    testnet: true,
    rpc: 'https://ethereum-sepolia-rpc.publicnode.com',
    explorer: 'https://sepolia.etherscan.io',
    currency: { name: 'Sepolia Ether', symbol: 'ETH', decimals: 18 },
    oceanNode: null,
    paymentTokens: [
      ocean('0x1B083D8584dd3e6Ff37d04a6e7e82b5F622f3985'),
      usdc('0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238')
    ]
  },
  {
    chainId: 11155420,
    name: 'OP Sepolia',
    testnet: true,
    rpc: 'https://sepolia.optimism.io',
    explorer: 'https://sepolia-optimism.etherscan.io',
    currency: { name: 'Sepolia Ether', symbol: 'ETH', decimals: 18 },
    oceanNode: null,
    paymentTokens: [
      ocean('0xf26c6C93f9f1d725e149d95f8E7B2334a406aD10'),
      usdc('0x5fd84259d66Cd46123540766Be93DFE6D43130D7')
    ]
  },
  {
    chainId: 23295,
    name: 'Oasis Sapphire Testnet',
    testnet: true,
    rpc: 'https://testnet.sapphire.oasis.io',
    explorer: 'https://explorer.oasis.io/testnet/sapphire',
    currency: { name: 'TEST', symbol: 'TEST', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0x973e69303259B0c2543a38665122b773D28405fB')]
  },
  {
    chainId: 32456,
    name: 'Pontus-X Devnet',
    testnet: true,
    rpc: 'https://rpc.dev.pontus-x.eu',
    explorer: 'https://explorer.dev.pontus-x.eu/testnet/pontusx',
    currency: { name: 'Pontus-X Gas', symbol: 'GX', decimals: 18 },
    oceanNode: null,
    paymentTokens: [ocean('0xdF171F74a8d3f4e2A789A566Dce9Fa4945196112')]
  }
];

/**
 * Chains that storage is paid on (Filecoin Onchain Cloud); no Ocean contracts
 * are there. A test compares the addresses with those of Filecoin's library.
 */
export const STORAGE_PRESETS: readonly INetwork[] = [
  {
    chainId: 314,
    name: 'Filecoin',
    testnet: false,
    rpc: 'https://api.node.glif.io/rpc/v1',
    explorer: 'https://filecoin.blockscout.com',
    currency: { name: 'Filecoin', symbol: 'FIL', decimals: 18 },
    oceanNode: null,
    paymentTokens: [
      {
        address: '0x80B98d3aa09ffff255c3ba4A241111Ff1262F045',
        symbol: 'USDFC',
        decimals: 18
      }
    ]
  },
  {
    chainId: 314159,
    name: 'Filecoin Calibration',
    testnet: true,
    rpc: 'https://api.calibration.node.glif.io/rpc/v1',
    explorer: 'https://filecoin-testnet.blockscout.com',
    currency: { name: 'Test Filecoin', symbol: 'tFIL', decimals: 18 },
    oceanNode: null,
    paymentTokens: [
      {
        address: '0xb3042734b608a1B16e9e86B374A3f3e389B4cDf0',
        symbol: 'USDFC',
        decimals: 18
      }
    ]
  }
];
