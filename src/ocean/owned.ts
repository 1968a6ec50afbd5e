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

export interface IOwned {
  /** Newest first. */
  assets: IOwnedAsset[];
  /**
   * Why what was given to the account is not among them: endpoints may refuse to
   * look through all contracts. null where it is.
   */
  missing: unknown;
}

/**
 * Every asset that the account made or was given on a network.
 *
 * An NFT of another factory is none: anybody can emit a Transfer event.
 *
 * @param also - NFTs that an index calls the account's; believed only as far as
 *   the chain says so
 * @throws OceanError unknown-network, chain-unreachable
 */
export async function ownedAssets(
  reader: Reader,
  network: INetwork,
  account: string,
  also: readonly string[] = []
): Promise<IOwned> {
  const { nftFactoryAddress, startBlock } = await oceanConfig(network);
  const fromBlock = startBlock ?? 0;
  const [created, given] = await Promise.allSettled([
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
  if (created.status === 'rejected') {
    throw created.reason;
  }
  const found = new Map<string, { published: boolean; block: number }>();
  for (const nft of also) {
    found.set(getAddress(nft), { published: false, block: 0 });
  }
  for (const log of given.status === 'fulfilled' ? given.value : []) {
    found.set(getAddress(log.address), {
      published: false,
      block: log.blockNumber
    });
  }
  for (const log of created.value) {
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
      const owned = nft.owner === getAddress(account);
      return block === 0 && !owned
        ? // An index that lags, or lies.
          null
        : {
            did: await didOf(address, network.chainId),
            chainId: network.chainId,
            nft,
            published,
            owned,
            block
          };
    })
  );
  return {
    assets: assets
      .filter(asset => asset !== null)
      .sort((a, b) => b.block - a.block),
    missing: given.status === 'rejected' ? given.reason : null
  };
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
