/**
 * Minting: the NFT, its datatoken and its price in one transaction, then the
 * metadata in a second one. Nothing here sends: it builds and finds.
 */
import type { INetwork, IPrice } from '../tokens';
import type { IReceipt, ITxRequest, Reader } from './chain';

export interface IPredicted {
  nftAddress: string;
  datatokenAddress: string;
  /** The factory's nonce that the prediction holds for. */
  factoryNonce: number;
}

export interface IMinted {
  nftAddress: string;
  datatokenAddress: string;
  tx: string;
  blockNumber: number;
}

export interface IMintOptions {
  network: INetwork;
  reader: Reader;
  /** Account that mints, owns the NFT and is paid. */
  owner: string;
  price: IPrice;
  name: string;
  /** Short name of NFT and datatoken; `OCEAN-NFT`-like default. */
  symbol?: string;
  /** Goes into `NFTCreated`: the job's own id, so that its mint is found again. */
  tokenURI: string;
}

/** Rough costs before anything exists; gas units, and wei per gas. */
export interface IPublishEstimate {
  mintGas: bigint;
  metadataGas: bigint;
  gasPrice: bigint;
  /** Wei: (mintGas + metadataGas) × gasPrice. */
  total: bigint;
}

export declare function predictAddresses(
  reader: Reader,
  network: INetwork
): Promise<IPredicted>;
export declare function buildMintTx(options: IMintOptions): Promise<ITxRequest>;
export declare function estimatePublish(
  options: IMintOptions & { ddoBytes?: number }
): Promise<IPublishEstimate>;
export declare function findMint(
  reader: Reader,
  network: INetwork,
  what: { creator: string; tokenURI: string; fromBlock: number }
): Promise<IMinted | null>;
export declare function readMint(
  receipt: IReceipt,
  network: INetwork
): Promise<IMinted>;
export interface IMetadataOptions {
  network: INetwork;
  reader: Reader;
  owner: string;
  nftAddress: string;
  nodeUrl: string;
  /** 0x-hex, from the node's `encrypt`. */
  encryptedDdo: string;
  /** `ddoHash(ddo)`. */
  hash: string;
}
export declare function buildMetadataTx(
  options: IMetadataOptions
): Promise<ITxRequest>;
export declare function findMetadata(
  reader: Reader,
  nftAddress: string,
  hash: string,
  fromBlock: number
): Promise<{ tx: string; blockNumber: number } | null>;
