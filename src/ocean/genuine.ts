/**
 * Whether an asset is what its record says. An index, and whoever wrote the
 * record, may put any address beside any other; the chain knows what belongs
 * together.
 */
import { getAddress, Interface } from 'ethers';

import type { INetwork } from '../tokens';

import type { IAsset } from './asset';
import { call, isPassing, type Reader } from './chain';
import { oceanConfig } from './config';
import { didOf } from './ddo';
import { OceanError } from './errors';
import { ownerOf } from './states';

/** ERC721Template, ERC20Template and ERC721Factory of @oceanprotocol/contracts 2.6. */
const abi = new Interface([
  'function isDeployed(address) view returns (bool)',
  'function getERC721Address() view returns (address)',
  'function erc721List(address) view returns (address)'
]);

/** The part of a DID that NFT and chain give it; its method tells the version. */
const hashIn = (did: string): string => did.slice(did.lastIndexOf(':') + 1);

/** Whether a DID is the one of an NFT on a chain. */
export async function isDidOf(
  did: string,
  nftAddress: string,
  chainId: number
): Promise<boolean> {
  return hashIn(did) === hashIn(await didOf(nftAddress, chainId));
}

/** Whether the factory made the NFT. */
async function isListed(
  reader: Reader,
  factory: string,
  nft: string
): Promise<boolean> {
  const [listed] = await call(reader, factory, abi, 'erc721List', [nft]);
  return getAddress(listed) === getAddress(nft);
}

/**
 * The NFT that a datatoken belongs to, where both are of the network's factory;
 * null for contracts that only look like it: anybody can emit any event.
 *
 * @throws OceanError chain-unreachable, chain-error
 */
export async function nftOf(
  reader: Reader,
  factory: string,
  datatoken: string
): Promise<string | null> {
  try {
    const [nft] = await call(reader, datatoken, abi, 'getERC721Address');
    if (!(await isListed(reader, factory, nft))) {
      return null;
    }
    // The NFT is the factory's, so that it can be believed.
    const [deployed] = await call(reader, nft, abi, 'isDeployed', [datatoken]);
    return deployed ? getAddress(nft) : null;
  } catch (reason) {
    if (isPassing(reason)) {
      throw reason;
    }
    // No such function, or what it answers is no address: not of the factory.
    return null;
  }
}

/**
 * Check that DID, NFT and the datatoken of the service that is sold belong to
 * one another, and that the network's own factory made them: else money would
 * go to somebody else's contract.
 *
 * @returns its owner, as the NFT has it
 * @throws OceanError not-genuine (`details.what`: did | nft | datatoken);
 *   chain-unreachable, chain-error where the chain does not tell;
 *   unknown-network
 */
export async function assertGenuine(
  reader: Reader,
  network: INetwork,
  asset: Pick<IAsset, 'did' | 'chainId' | 'nftAddress' | 'service'>
): Promise<{ owner: string }> {
  const { did, chainId, nftAddress, service } = asset;
  const refuse = (what: 'did' | 'nft' | 'datatoken'): OceanError =>
    new OceanError('not-genuine', `The ${what} of ${did} is another's`, {
      did,
      what
    });
  if (
    chainId !== network.chainId ||
    !(await isDidOf(did, nftAddress, chainId))
  ) {
    throw refuse('did');
  }
  const { nftFactoryAddress: factory } = await oceanConfig(network);
  if (service) {
    const nft = await nftOf(reader, factory, service.datatokenAddress);
    if (nft !== getAddress(nftAddress)) {
      throw refuse('datatoken');
    }
  }
  try {
    if (service || (await isListed(reader, factory, nftAddress))) {
      return { owner: await ownerOf(reader, nftAddress) };
    }
  } catch (reason) {
    if (isPassing(reason)) {
      throw reason;
    }
    // It answers not as an NFT does.
  }
  throw refuse('nft');
}
