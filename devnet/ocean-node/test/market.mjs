/** What a seller and a buyer do, with `@oceanprotocol/lib` itself. */
import { createHash, randomUUID } from 'node:crypto';

import {
  Aquarius,
  ConfigHelper,
  Datatoken,
  Nft,
  NftFactory,
  ProviderInstance,
  ZERO_ADDRESS,
  approveWei,
  getEventFromTx
} from '@oceanprotocol/lib';
import {
  JsonRpcProvider,
  Wallet,
  getAddress,
  parseEther,
  solidityPackedKeccak256,
  hexlify,
  toBeArray,
  toUtf8Bytes
} from 'ethers';

import { developmentAccounts } from '../../chain/accounts.mjs';
import { CHAIN_ID, until } from './stack.mjs';

export const sha256 = text => createHash('sha256').update(text).digest('hex');

/** The wallet of a development account; close its provider in the end. */
export function openMarket(stack) {
  const provider = new JsonRpcProvider(stack.chainUrl, CHAIN_ID, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50
  });
  const wallet = index =>
    new Wallet(developmentAccounts()[index].privateKey, provider);
  const helper = new ConfigHelper();
  const config = {
    ...helper.getConfig(CHAIN_ID),
    ...helper.getAddressesFromEnv('development', {
      development: stack.addresses
    })
  };
  return {
    provider,
    seller: wallet(1),
    buyer: wallet(2),
    other: wallet(3),
    config,
    addresses: stack.addresses,
    close: () => provider.destroy()
  };
}

/** `address + nonce + command`, hashed, signed as bytes. */
export async function sign(wallet, nonce, command) {
  const message = hexlify(toUtf8Bytes(`${wallet.address}${nonce}${command}`));
  return wallet.signMessage(
    toBeArray(solidityPackedKeccak256(['bytes'], [message]))
  );
}

export async function nextNonce(url, wallet) {
  const answer = await fetch(
    `${url}/api/services/nonce?userAddress=${wallet.address}`
  );
  return Number((await answer.json()).nonce) + 1;
}

/** @param more - `token` overrides what the datatoken is made of, as lib takes it */
export async function mint(market, { price, name, token = {} }) {
  const { seller, config, addresses } = market;
  const factory = new NftFactory(
    addresses.ERC721Factory,
    seller,
    CHAIN_ID,
    config
  );
  const nftData = {
    name,
    symbol: 'S',
    templateIndex: 1,
    tokenURI: '',
    transferable: true,
    owner: seller.address
  };
  const tokenData = {
    templateIndex: 2,
    cap: '100000',
    feeAmount: '0',
    paymentCollector: seller.address,
    feeToken: addresses.Ocean,
    minter: seller.address,
    mpFeeAddress: ZERO_ADDRESS,
    name: 'dt',
    symbol: 'DT',
    ...token
  };
  const sent = price
    ? await factory.createNftWithDatatokenWithFixedRate(nftData, tokenData, {
        fixedRateAddress: addresses.FixedPrice,
        baseTokenAddress: addresses.Ocean,
        owner: seller.address,
        marketFeeCollector: seller.address,
        baseTokenDecimals: 18,
        datatokenDecimals: 18,
        fixedRate: price,
        marketFee: '0',
        withMint: true,
        allowedConsumer: ZERO_ADDRESS
      })
    : await factory.createNftWithDatatokenWithDispenser(nftData, tokenData, {
        dispenserAddress: addresses.Dispenser,
        maxTokens: parseEther('1').toString(),
        maxBalance: parseEther('1').toString(),
        withMint: true,
        allowedSwapper: ZERO_ADDRESS
      });
  const receipt = await sent.wait();
  return {
    nft: getAddress(getEventFromTx(receipt, 'NFTCreated').args[0]),
    datatoken: getAddress(getEventFromTx(receipt, 'TokenCreated').args[0]),
    exchangeId: price && getEventFromTx(receipt, 'NewFixedRate')?.args[0]
  };
}

export function makeDdo({ nft, datatoken, files, url, name, ...more }) {
  const created = new Date().toISOString().replace(/\.\d+/, '');
  return {
    '@context': ['https://w3id.org/did/v1'],
    id: `did:op:${sha256(nft + CHAIN_ID)}`,
    version: '4.1.0',
    chainId: CHAIN_ID,
    nftAddress: nft,
    metadata: {
      created,
      updated: created,
      type: 'dataset',
      name,
      description: 'A dataset published for a test',
      author: 'me',
      license: 'CC-BY-4.0',
      tags: ['ipfs', 'recording'],
      ...more.metadata
    },
    services: [
      {
        id: sha256(randomUUID()),
        type: 'access',
        timeout: 86400,
        ...more.service,
        files,
        datatokenAddress: datatoken,
        serviceEndpoint: url
      }
    ]
  };
}

export async function setMetadata(market, nft, url, ddo, encrypted, state = 0) {
  const sent = await new Nft(
    market.seller,
    CHAIN_ID,
    market.config
  ).setMetadata(
    nft,
    market.seller.address,
    state,
    url,
    '',
    encrypted.startsWith('0x04') ? '0x02' : '0x00',
    encrypted,
    `0x${sha256(JSON.stringify(ddo))}`
  );
  return sent.wait();
}

/**
 * Mint, encrypt, validate, encrypt the record, set it, wait for the index.
 *
 * @returns `{ddo, did, nft, datatoken, exchangeId, service, txId, …}`
 */
export async function publish(market, url, options) {
  const { seller } = market;
  const token = await mint(market, {
    price: options.price,
    name: options.nftName ?? options.name,
    token: options.token
  });
  const files = await ProviderInstance.encrypt(
    {
      nftAddress: token.nft,
      datatokenAddress: token.datatoken,
      files: options.files,
      ...options.hidden
    },
    CHAIN_ID,
    url,
    seller
  );
  const ddo = makeDdo({ ...options, ...token, files, url });
  const aquarius = new Aquarius(url);
  const validation = await aquarius.validate(ddo, seller, url);
  const encrypted = await ProviderInstance.encrypt(ddo, CHAIN_ID, url, seller);
  const receipt = await setMetadata(market, token.nft, url, ddo, encrypted);
  const resolved = await aquarius.waitForIndexer(
    ddo.id,
    undefined,
    undefined,
    200,
    50
  );
  return {
    ...token,
    did: ddo.id,
    ddo,
    files,
    encrypted,
    validation,
    resolved,
    service: ddo.services[0],
    txId: receipt.hash
  };
}

export async function waitFor(url, did, test, what) {
  return until(async () => {
    const answer = await fetch(`${url}/api/aquarius/assets/ddo/${did}`);
    const ddo = answer.ok ? await answer.json() : undefined;
    return ddo && test(ddo) ? ddo : undefined;
  }, what);
}

/** Pay for an asset; the transaction goes to the datatoken itself. */
export async function order(market, url, asset, buyer = market.buyer) {
  const { addresses, config } = market;
  const { providerFee } = await ProviderInstance.initialize(
    asset.did,
    asset.service.id,
    0,
    buyer.address,
    url
  );
  const params = {
    consumer: buyer.address,
    serviceIndex: 0,
    _providerFee: providerFee,
    _consumeMarketFee: {
      consumeMarketFeeAddress: ZERO_ADDRESS,
      consumeMarketFeeToken: ZERO_ADDRESS,
      consumeMarketFeeAmount: '0'
    }
  };
  const datatoken = new Datatoken(buyer, CHAIN_ID, config);
  let sent;
  if (asset.exchangeId) {
    const approved = await approveWei(
      buyer,
      config,
      buyer.address,
      addresses.Ocean,
      asset.datatoken,
      parseEther('2').toString()
    );
    await approved?.wait?.();
    sent = await datatoken.buyFromFreAndOrder(asset.datatoken, params, {
      exchangeContract: addresses.FixedPrice,
      exchangeId: asset.exchangeId,
      maxBaseTokenAmount: '2',
      baseTokenAddress: addresses.Ocean,
      baseTokenDecimals: 18,
      swapMarketFee: '0',
      marketFeeAddress: ZERO_ADDRESS
    });
  } else {
    sent = await datatoken.buyFromDispenserAndOrder(
      asset.datatoken,
      params,
      addresses.Dispenser
    );
  }
  const receipt = await sent.wait();
  return { txId: receipt.hash, params };
}

/** The download request itself, with every part replaceable. */
export async function download(url, asset, wallet, txId, change = {}) {
  const nonce = change.nonce ?? (await nextNonce(url, wallet));
  const query = new URLSearchParams({
    fileIndex: '0',
    documentId: asset.did,
    transferTxId: txId,
    serviceId: asset.service.id,
    consumerAddress: wallet.address,
    nonce: String(nonce),
    signature: await sign(wallet, nonce, 'download'),
    ...change
  });
  return fetch(`${url}/api/services/download?${query}`);
}
