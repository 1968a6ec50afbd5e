/** What the sections of an asset's page ask, answered without a network. */
import { AbiCoder, id, toQuantity, type InterfaceAbi, Interface } from 'ethers';

import type { Reader } from '../../ocean/chain';
import type { INetwork } from '../../tokens';
import type { IPagePorts } from '../page/ports';
import type { IAsset } from '../ports';
import { ACCOUNT, TOKEN } from './fakes';

const EVENTS: InterfaceAbi = [
  'event MetadataCreated(address indexed createdBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
  'event MetadataState(address indexed updatedBy, uint8 state, uint256 timestamp, uint256 blockNumber)',
  'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)'
];
const events = new Interface(EVENTS);
const FACTORY = `0x${'f'.repeat(40)}`;

export interface IFakePorts {
  /** The NFT that every datatoken names; the asset's own by default. */
  nft?: string;
  owner?: string;
  /** Of the record that was written. */
  hash?: string;
  /** Services that were ordered, by their index. */
  ordered?: number[];
  /** What others the seller has. */
  others?: IAsset[];
}

function readerOf(asset: IAsset, o: IFakePorts): Reader {
  const { nft = asset.nftAddress, owner = ACCOUNT } = o;
  const word = (type: string, value: unknown): string =>
    AbiCoder.defaultAbiCoder().encode([type], [value]);
  const log = (address: string, name: string, args: unknown[], at: number) => ({
    ...events.encodeEventLog(name, args),
    address,
    transactionHash: `0x${String(at).padStart(64, '0')}`,
    blockNumber: toQuantity(at)
  });
  const logs = [
    log(
      asset.nftAddress,
      'MetadataCreated',
      [ACCOUNT, 0, '', '0x', '0x', o.hash ?? `0x${'1'.repeat(64)}`, 1, 1],
      1
    ),
    log(asset.nftAddress, 'MetadataState', [ACCOUNT, 9, 1, 2], 2),
    ...(o.ordered ?? [0, 1, 77]).map((service, at) =>
      log(
        TOKEN,
        'OrderStarted',
        [ACCOUNT, ACCOUNT, 1, service, 1, ACCOUNT, 1],
        at + 3
      )
    )
  ];
  return {
    request: async ({ method, params }) => {
      const [first] = (params ?? []) as [Record<string, unknown>];
      switch (method) {
        case 'eth_blockNumber':
          return '0xff';
        case 'eth_getBlockByNumber':
          return { timestamp: '0x65000000' };
        case 'eth_getLogs': {
          const [topics] = first.topics as string[][];
          return logs.filter(({ topics: [topic] }) => topics.includes(topic));
        }
        default: {
          const data = String(first.data);
          switch (data.slice(0, 10)) {
            case id('erc721List(address)').slice(0, 10):
              return word('address', `0x${data.slice(-40)}`);
            case id('getERC721Address()').slice(0, 10):
              return word('address', nft);
            case id('isDeployed(address)').slice(0, 10):
              return word('bool', true);
            case id('ownerOf(uint256)').slice(0, 10):
              return word('address', owner);
            default:
              return '0x';
          }
        }
      }
    }
  };
}

/** @param asset - whose page it is */
export function fakePorts(asset: IAsset, o: IFakePorts = {}): IPagePorts {
  const network = {
    chainId: asset.chainId,
    rpc: 'http://chain',
    currency: { name: 'E', symbol: 'E', decimals: 18 },
    paymentTokens: [],
    contracts: {
      ERC721Factory: FACTORY,
      FixedPrice: FACTORY,
      Dispenser: FACTORY,
      Router: FACTORY,
      Ocean: FACTORY
    }
  } as unknown as INetwork;
  const checked = '2026-01-01T00:00:00Z';
  return {
    ipfs: {
      status: { endpoint: 'http://127.0.0.1:5001' },
      block: async () => new Uint8Array(0)
    } as unknown as IPagePorts['ipfs'],
    gateways: async () => [],
    holders: async () => [
      { id: 'own', label: 'Own node', has: true, checked },
      { id: 'gateway:g', label: 'g', has: null, detail: 'silent', checked }
    ],
    chain: () => ({
      reader: readerOf(asset, o),
      network,
      startBlock: async () => 0
    }),
    fileInfo: async () => [],
    byOwner: async () => ({
      assets: o.others ?? [],
      silent: ['n.example'],
      more: true
    }),
    open: () => undefined,
    link: did => `http://lab/?web3-asset=${did}`
  };
}
