/**
 * The assets of an account as the chain tells them, whatever an index knows:
 * what it published, and what was given to it.
 */
import { getAddress, Interface, zeroPadValue } from 'ethers';

import type { INetwork } from '../tokens';

import { call, logs, ZERO_ADDRESS, type Reader } from './chain';
import { oceanConfig } from './config';
import { didOf } from './ddo';
import { readNft, type INft } from './states';

export interface IOwnedAsset {
  did: string;
  chainId: number;
  nft: INft;
  /** Published by this account; false: it was given to it. */
  published: boolean;
  /** Still its own. */
  owned: boolean;
  /** Block of the publication or of the transfer. */
  block: number;
}

const abi = new Interface([
  'event NFTCreated(address newTokenAddress, address indexed templateAddress, string tokenName, address indexed admin, string symbol, string tokenURI, bool transferable, address indexed creator)',
  'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
  'function erc721List(address) view returns (address)'
]);
const topic = (name: string): string => abi.getEvent(name)?.topicHash ?? '';

const word = (value: string): string => zeroPadValue(value, 32).toLowerCase();

/**
 * Every asset that the account made or was given on a network, newest first.
 * An NFT of another factory is none: anybody can emit a Transfer event.
 *
 * @throws OceanError unknown-network, chain-unreachable
 */
export async function ownedAssets(
  reader: Reader,
  network: INetwork,
  account: string
): Promise<IOwnedAsset[]> {
  const { nftFactoryAddress, startBlock } = await oceanConfig(network);
  const fromBlock = startBlock ?? 0;
  const [created, given] = await Promise.all([
    logs(reader, {
      address: nftFactoryAddress,
      topics: [topic('NFTCreated'), null, null, word(account)],
      fromBlock
    }),
    logs(reader, {
      // Of any contract; token 1, which keeps most other collections out.
      topics: [topic('Transfer'), null, word(account), word('0x01')],
      fromBlock
    })
  ]);
  const found = new Map<string, { published: boolean; block: number }>();
  for (const log of given) {
    found.set(getAddress(log.address), {
      published: false,
      block: log.blockNumber
    });
  }
  for (const log of created) {
    const address = getAddress(abi.parseLog(log)?.args.newTokenAddress);
    found.set(address, { published: true, block: log.blockNumber });
  }
  const assets = await Promise.all(
    [...found].map(async ([address, { published, block }]) => {
      if (
        !published &&
        !(await isOfFactory(reader, nftFactoryAddress, address))
      ) {
        return null;
      }
      const nft = await readNft(reader, address);
      return {
        did: await didOf(address, network.chainId),
        chainId: network.chainId,
        nft,
        published,
        owned: nft.owner === getAddress(account),
        block
      };
    })
  );
  return assets
    .filter(asset => asset !== null)
    .sort((a, b) => b.block - a.block);
}

/** Whether the network's factory made an NFT. */
export async function isOfFactory(
  reader: Reader,
  factory: string,
  nft: string
): Promise<boolean> {
  const [listed] = await call(reader, factory, abi, 'erc721List', [nft]);
  return listed !== ZERO_ADDRESS && getAddress(listed) === getAddress(nft);
}
