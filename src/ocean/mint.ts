/**
 * Minting: the NFT, its datatoken and its price in one transaction, then the
 * metadata in a second one. Nothing here sends: it builds and finds.
 */
import {
  getAddress,
  getCreateAddress,
  Interface,
  toQuantity,
  zeroPadValue
} from 'ethers';

import type { INetwork, IPrice } from '../tokens';

import {
  call,
  estimateGas,
  gasPrice,
  logs,
  nonceOf,
  receipt as receiptOf,
  ZERO_ADDRESS,
  type ILog,
  type IReceipt,
  type ITxRequest,
  type Reader
} from './chain';
import { oceanConfig } from './config';
import { OceanError } from './errors';
import { builderSigner, built } from './libTx';
import { parseAmount, tokenInfo } from './pricing';

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
  /** Short name of NFT and datatoken. */
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

export interface IMetadataOptions {
  reader: Reader;
  owner: string;
  nftAddress: string;
  nodeUrl: string;
  /** 0x-hex, from the node's `encrypt`. */
  encryptedDdo: string;
  /** `ddoHash(ddo)`. */
  hash: string;
  /** State of the asset from then on; default 0, active. */
  state?: number;
}

const SYMBOL = 'W3A';
/** Buy and order in one call (ERC20TemplateEnterprise). */
const ENTERPRISE = 2;
/** The largest whole number of tokens that 256 bits hold at 18 decimals. */
const CAP = String(2n ** 256n / 10n ** 18n);
/** What one account may take of a free datatoken at once, and hold. */
const DISPENSED = '1000000';

/**
 * Gas of `setMetaData` before there is an NFT to estimate it with. Measured on
 * the 2.6 contracts: 69,000 with a short URL, 24 a byte (16 of calldata, 8 of
 * log); chains with EIP-7623 take 21,000 and 40 a byte where that is more.
 */
function metadataGasOf(bytes: number): bigint {
  const stored = 90_000 + 24 * bytes;
  const floor = 35_000 + 41 * bytes;
  return BigInt(Math.max(stored, floor));
}
/** Bytes of an encrypted DDO of ordinary length. */
const DDO_BYTES = 2500;

const factoryAbi = new Interface([
  'event NFTCreated(address newTokenAddress, address indexed templateAddress, string tokenName, address indexed admin, string symbol, string tokenURI, bool transferable, address indexed creator)',
  'event TokenCreated(address indexed newTokenAddress, address indexed templateAddress, string name, string symbol, uint256 cap, address creator)'
]);

const metadataAbi = new Interface([
  'function getPermissions(address user) view returns (tuple(bool manager, bool deployERC20, bool updateMetadata, bool store))',
  'function setMetaData(uint8 state, string decryptorUrl, string decryptorAddress, bytes flags, bytes data, bytes32 metaDataHash, tuple(address validatorAddress, uint8 v, bytes32 r, bytes32 s)[] metadataProofs)',
  'event MetadataCreated(address indexed createdBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
  'event MetadataUpdated(address indexed updatedBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)'
]);

const topicOf = (abi: Interface, event: string): string =>
  abi.getEvent(event)?.topicHash ?? '';

/**
 * Addresses that the next mint of anybody will give: the factory creates NFT
 * and datatoken with CREATE (EVM: keccak256(rlp([sender, nonce]))).
 */
export async function predictAddresses(
  reader: Reader,
  network: INetwork
): Promise<IPredicted> {
  const from = (await oceanConfig(network)).nftFactoryAddress;
  const nonce = await nonceOf(reader, from);
  return {
    nftAddress: getCreateAddress({ from, nonce }),
    datatokenAddress: getCreateAddress({ from, nonce: nonce + 1 }),
    factoryNonce: nonce
  };
}

/**
 * The transaction that makes NFT, datatoken and price at once; its gas is
 * estimated, so that a mint that would fail is refused here.
 * Throws `bad-amount`, `unknown-network`, `tx-reverted`, `insufficient-balance`.
 */
export async function buildMintTx(options: IMintOptions): Promise<ITxRequest> {
  const { network, reader, owner, price, name, tokenURI } = options;
  const config = await oceanConfig(network);
  const { NftFactory } = await import('@oceanprotocol/lib');
  const factory = new NftFactory(
    config.nftFactoryAddress,
    builderSigner(reader, network.chainId, owner),
    network.chainId,
    config
  );
  const symbol = options.symbol ?? SYMBOL;
  const nft = {
    name,
    symbol,
    templateIndex: 1,
    tokenURI,
    transferable: true,
    owner
  };
  const datatoken = {
    templateIndex: ENTERPRISE,
    minter: owner,
    paymentCollector: ZERO_ADDRESS,
    mpFeeAddress: ZERO_ADDRESS,
    feeToken: ZERO_ADDRESS,
    feeAmount: '0',
    cap: CAP,
    name,
    symbol
  };
  if (price.kind === 'free') {
    return built(owner, () =>
      factory.createNftWithDatatokenWithDispenserTx(nft, datatoken, {
        dispenserAddress: config.dispenserAddress,
        maxTokens: DISPENSED,
        maxBalance: DISPENSED,
        withMint: true,
        allowedSwapper: ZERO_ADDRESS
      })
    );
  }
  const { decimals } = await tokenInfo(reader, price.token, network);
  if (parseAmount(price.amount, decimals) === 0n) {
    throw new OceanError('bad-amount', 'A fixed price of nothing');
  }
  return built(owner, () =>
    factory.createNftWithDatatokenWithFixedRateTx(nft, datatoken, {
      fixedRateAddress: config.fixedRateExchangeAddress,
      baseTokenAddress: price.token,
      owner,
      marketFeeCollector: owner,
      baseTokenDecimals: decimals,
      datatokenDecimals: 18,
      // The exchange counts its rate in 1e18, whatever the token's decimals.
      fixedRate: price.amount,
      marketFee: '0',
      withMint: true,
      allowedConsumer: ZERO_ADDRESS
    })
  );
}

/**
 * What publishing will cost, before anything exists: the mint by the node's
 * estimate, the metadata by their size (within about a fifth).
 *
 * @param options.ddoBytes - bytes of the encrypted DDO, when known
 */
export async function estimatePublish(
  options: IMintOptions & { ddoBytes?: number }
): Promise<IPublishEstimate> {
  const [mint, price] = await Promise.all([
    buildMintTx(options),
    gasPrice(options.reader)
  ]);
  const mintGas = BigInt(mint.gas ?? 0);
  const metadataGas = metadataGasOf(options.ddoBytes ?? DDO_BYTES);
  return {
    mintGas,
    metadataGas,
    gasPrice: price,
    total: (mintGas + metadataGas) * price
  };
}

/**
 * The mint that carries `tokenURI`, wherever its transaction came from (a
 * prompt answered after a reload, a replacement); null when there is none.
 */
export async function findMint(
  reader: Reader,
  network: INetwork,
  what: { creator: string; tokenURI: string; fromBlock: number }
): Promise<IMinted | null> {
  const { nftFactoryAddress } = await oceanConfig(network);
  const found = await logs(reader, {
    address: nftFactoryAddress,
    topics: [
      topicOf(factoryAbi, 'NFTCreated'),
      null,
      null,
      zeroPadValue(what.creator, 32).toLowerCase()
    ],
    fromBlock: what.fromBlock
  });
  for (const log of found) {
    if (factoryAbi.parseLog(log)?.args.tokenURI === what.tokenURI) {
      const mined = await receiptOf(reader, log.transactionHash);
      return mined ? readMint(mined, network) : null;
    }
  }
  return null;
}

/**
 * The same in the receipt of a transaction; null where that is not the mint
 * looked for. What is in it has happened: no search tells more.
 */
export async function mintIn(
  receipt: IReceipt,
  network: INetwork,
  what: { creator: string; tokenURI: string }
): Promise<IMinted | null> {
  const { nftFactoryAddress } = await oceanConfig(network);
  const made = eventOf(
    receipt.logs,
    factoryAbi,
    'NFTCreated',
    nftFactoryAddress
  );
  return receipt.succeeded &&
    made?.tokenURI === what.tokenURI &&
    String(made.creator).toLowerCase() === what.creator.toLowerCase()
    ? readMint(receipt, network)
    : null;
}

function eventOf(
  all: ILog[],
  abi: Interface,
  name: string,
  address: string
): Record<string, unknown> | null {
  const topic = topicOf(abi, name);
  const log = all.find(
    one =>
      one.topics[0] === topic &&
      one.address.toLowerCase() === address.toLowerCase()
  );
  return (log && abi.parseLog(log)?.args.toObject()) ?? null;
}

/** The addresses that a mint's receipt names. Throws `tx-reverted`, `event-missing`. */
export async function readMint(
  receipt: IReceipt,
  network: INetwork
): Promise<IMinted> {
  const { nftFactoryAddress } = await oceanConfig(network);
  if (!receipt.succeeded) {
    throw new OceanError('tx-reverted', 'The mint was reverted', {
      hash: receipt.hash
    });
  }
  const [nft, datatoken] = ['NFTCreated', 'TokenCreated'].map(
    name =>
      eventOf(receipt.logs, factoryAbi, name, nftFactoryAddress)
        ?.newTokenAddress
  );
  if (typeof nft !== 'string' || typeof datatoken !== 'string') {
    throw new OceanError('event-missing', 'The transaction minted nothing', {
      hash: receipt.hash
    });
  }
  return {
    nftAddress: getAddress(nft),
    datatokenAddress: getAddress(datatoken),
    tx: receipt.hash,
    blockNumber: receipt.blockNumber
  };
}

/**
 * The transaction that puts the encrypted DDO on chain, with its state and
 * flags 2 (encrypted). Needs the NFT to exist: its gas is estimated, and an
 * account that may not set metadata is refused there.
 * Throws `tx-reverted`, `chain-unreachable`.
 *
 * The call is encoded here (`ERC721Template.setMetaData`): lib's builder reads
 * the whole contract's ABI twice for it and asks the chain once more.
 */
export async function buildMetadataTx(
  options: IMetadataOptions
): Promise<ITxRequest> {
  const { reader, owner, nftAddress, nodeUrl } = options;
  const tx = {
    from: owner,
    to: nftAddress,
    data: metadataAbi.encodeFunctionData('setMetaData', [
      options.state ?? 0,
      nodeUrl,
      '',
      '0x02',
      options.encryptedDdo,
      options.hash,
      []
    ]),
    value: '0x0'
  };
  const [gas] = await Promise.all([
    estimateGas(reader, tx),
    // Where there is no contract yet (an endpoint behind a balancer may lag by
    // a block) anything goes through, for less gas, and does nothing.
    call(reader, nftAddress, metadataAbi, 'getPermissions', [owner])
  ]);
  const usual = metadataGasOf((options.encryptedDdo.length - 2) / 2);
  const limit = (gas * 12n) / 10n;
  return { ...tx, gas: toQuantity(limit > usual ? limit : usual) };
}

/** The newest transaction that set metadata with this hash; null when there is none. */
export async function findMetadata(
  reader: Reader,
  nftAddress: string,
  hash: string,
  fromBlock: number
): Promise<{ tx: string; blockNumber: number } | null> {
  const found = await logs(reader, {
    address: nftAddress,
    topics: [
      ['MetadataCreated', 'MetadataUpdated'].map(name =>
        topicOf(metadataAbi, name)
      )
    ],
    fromBlock
  });
  const log = found.reverse().find(one => setsMetadata(one, hash));
  return log ? { tx: log.transactionHash, blockNumber: log.blockNumber } : null;
}

/** The same in the receipt of a transaction; null where it did not set them. */
export function metadataIn(
  receipt: IReceipt,
  nftAddress: string,
  hash: string
): { tx: string; blockNumber: number } | null {
  const isSet =
    receipt.succeeded &&
    receipt.logs.some(
      log =>
        log.address.toLowerCase() === nftAddress.toLowerCase() &&
        setsMetadata(log, hash)
    );
  return isSet ? { tx: receipt.hash, blockNumber: receipt.blockNumber } : null;
}

function setsMetadata(log: ILog, hash: string): boolean {
  const event = log.topics.length ? metadataAbi.parseLog(log) : null;
  return String(event?.args.metaDataHash).toLowerCase() === hash.toLowerCase();
}
