/** @jest-environment node */
import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { dirname, join } from 'path';

import { JsonRpcProvider, Wallet } from 'ethers';
import { CID } from 'multiformats/cid';

import type { INetwork, IPrice } from '../../tokens';
import { searchAssets, resolveAsset } from '../catalogue';
import {
  blockNumber,
  nonceOf,
  receipt,
  type IReceipt,
  type ITxRequest,
  type Reader
} from '../chain';
import {
  buildDdo,
  ddoHash,
  filesObject,
  type IAsset,
  type IWeb3Info
} from '../ddo';
import { OceanError } from '../errors';
import {
  buildMetadataTx,
  buildMintTx,
  estimatePublish,
  findMetadata,
  findMint,
  metadataIn,
  mintIn,
  predictAddresses,
  readMint
} from '../mint';
import { findOrder, readOrder } from '../findOrders';
import { OceanNodeClient } from '../nodeClient';
import { buildApproveTxs, buildBuyTx, checkFunds } from '../order';
import { assetPrice, balanceOf } from '../pricing';
import { waitReceipt } from '../receipts';
import {
  checkCommitment,
  commitment,
  keyUrl,
  newSealKey,
  parseKeyUrl,
  roundedSize,
  sealStream,
  unsealStream
} from '../seal';

interface IStack {
  ipfsApi: string;
  gateway: string;
  chain: string;
  chainId: number;
  oceanNode: string;
  accounts: { address: string; privateKey: string }[];
  logs: string;
}

const stack = JSON.parse(process.env.WEB3_STACK ?? 'null') as IStack;
const state = dirname(stack.logs);
const network = JSON.parse(
  readFileSync(join(state, 'network.json'), 'utf8')
) as INetwork;
const secret = readFileSync(join(state, 'kubo-secret'), 'utf8').trim();
const [, alice, bob] = stack.accounts;

const reader: Reader = {
  request: async ({ method, params }) => {
    const response = await fetch(stack.chain, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    });
    const { result, error } = (await response.json()) as {
      result: unknown;
      error?: { message: string };
    };
    if (error) {
      throw error;
    }
    return result;
  }
};

const provider = new JsonRpcProvider(stack.chain, undefined, {
  staticNetwork: true,
  cacheTimeout: -1
});
afterAll(() => provider.destroy());

async function send(
  account: { privateKey: string },
  tx: ITxRequest
): Promise<string> {
  const wallet = new Wallet(account.privateKey, provider);
  const { hash } = await wallet.sendTransaction({
    to: tx.to,
    data: tx.data,
    value: tx.value,
    ...(tx.gas ? { gasLimit: tx.gas } : {})
  });
  return hash;
}

const sendAndWait = async (
  account: { privateKey: string },
  tx: ITxRequest
): Promise<IReceipt> =>
  waitReceipt(reader, await send(account, tx), { interval: 50 });

let prompts = 0;
const nodeFor = (
  account: { address: string; privateKey: string },
  trusted = true
): OceanNodeClient =>
  new OceanNodeClient({
    url: stack.oceanNode,
    fetch: (path, init) => fetch(stack.oceanNode + path, init),
    trusted,
    address: account.address,
    sign: message => {
      prompts++;
      return new Wallet(account.privateKey).signMessage(
        Buffer.from(message.slice(2), 'hex')
      );
    }
  });

async function ipfs(verb: string, body?: FormData): Promise<Response> {
  const response = await fetch(`${stack.ipfsApi}/api/v0/${verb}`, {
    method: 'POST',
    headers: { Authorization: secret },
    body
  });
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return response;
}

async function add(data: Uint8Array, onlyHash = false): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([data as BlobPart]));
  const response = await ipfs(`add?pin=true&only-hash=${onlyHash}`, form);
  return ((await response.json()) as { Hash: string }).Hash;
}

async function* once(data: Uint8Array): AsyncGenerator<Uint8Array> {
  yield data;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) {
    parts.push(part.slice());
  }
  return new Uint8Array(Buffer.concat(parts));
}

const plaintext = new Uint8Array(
  createHash('sha512').update(`content of ${Date.now()}`).digest()
);

const draftOf = (price: IPrice) => ({
  name: 'Iris measurements',
  description: 'Sepals and petals,\r\nmeasured *twice*.',
  tags: ['flowers'],
  license: 'CC-BY-4.0',
  type: 'dataset' as const,
  price,
  timeout: 0
});

async function publish(
  price: IPrice,
  cids: string[],
  web3: IWeb3Info,
  key?: string
): Promise<{ asset: IAsset; hash: string; nft: string; block: number }> {
  const node = nodeFor(alice);
  const before = prompts;
  const draft = draftOf(price);
  const block = await blockNumber(reader);
  for (const cid of cids) {
    const [info] = await node.fileInfo({ type: 'ipfs', hash: cid });
    await node.checkSees(cid, info.length);
  }
  const predicted = await predictAddresses(reader, network);
  const encryptedFiles = await node.encrypt(
    filesObject({ ...predicted, cids, key }),
    network.chainId
  );
  const ddo = await buildDdo({
    draft,
    owner: alice.address,
    chainId: network.chainId,
    ...predicted,
    encryptedFiles,
    nodeUrl: stack.oceanNode,
    web3,
    created: new Date()
  });
  await node.validate(ddo);
  const encryptedDdo = await node.encrypt(ddo, network.chainId);
  expect(prompts - before).toBe(2);

  const options = {
    network,
    reader,
    owner: alice.address,
    price,
    name: draft.name,
    tokenURI: `web3-job:${Math.random()}`
  };
  const estimate = await estimatePublish({
    ...options,
    ddoBytes: encryptedDdo.length / 2
  });
  expect(
    await findMint(reader, network, {
      creator: alice.address,
      tokenURI: options.tokenURI,
      fromBlock: block
    })
  ).toBeNull();
  const mint = await sendAndWait(alice, await buildMintTx(options));
  const minted = await readMint(mint, network);
  expect(minted).toMatchObject({
    nftAddress: predicted.nftAddress,
    datatokenAddress: predicted.datatokenAddress
  });
  expect(
    await findMint(reader, network, {
      creator: alice.address,
      tokenURI: options.tokenURI,
      fromBlock: block
    })
  ).toEqual(minted);
  // The same from its receipt, and nobody else's mint for it.
  const mine = { creator: alice.address, tokenURI: options.tokenURI };
  expect(await mintIn(mint, network, mine)).toEqual(minted);
  for (const other of [
    { ...mine, tokenURI: `${options.tokenURI}0` },
    { ...mine, creator: bob.address }
  ]) {
    expect(await mintIn(mint, network, other)).toBeNull();
  }
  const reverted = { ...mint, succeeded: false };
  expect(await mintIn(reverted, network, mine)).toBeNull();

  const hash = await ddoHash(ddo);
  const metadata = await sendAndWait(
    alice,
    await buildMetadataTx({
      reader,
      owner: alice.address,
      nftAddress: minted.nftAddress,
      nodeUrl: stack.oceanNode,
      encryptedDdo,
      hash
    })
  );
  expect(
    await findMetadata(reader, minted.nftAddress, hash, block)
  ).toMatchObject({ tx: metadata.hash });
  const { nftAddress } = minted;
  expect(metadataIn(metadata, nftAddress, hash)?.tx).toBe(metadata.hash);
  expect(metadataIn(metadata, alice.address, hash)).toBeNull();
  expect(metadataIn(metadata, nftAddress, `0x${'0'.repeat(64)}`)).toBeNull();
  expect(metadataIn(mint, nftAddress, hash)).toBeNull();
  expect(
    await findMetadata(reader, minted.nftAddress, `0x${'0'.repeat(64)}`, block)
  ).toBeNull();
  // The estimates made before anything existed were near what was paid.
  for (const [guess, paid] of [
    [estimate.mintGas, mint.gasUsed],
    [estimate.metadataGas, metadata.gasUsed]
  ]) {
    const ratio = Number(guess) / Number(paid);
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.3);
  }
  await node.waitIndexed(ddo.id, { timeout: 30_000, tx: metadata.hash });
  const asset = await resolveAsset(node, ddo.id);
  expect(asset).toMatchObject({
    did: ddo.id,
    active: true,
    name: draft.name,
    author: alice.address,
    web3
  });
  return { asset, hash, nft: minted.nftAddress, block };
}

async function buy(asset: IAsset): Promise<{ tx: string; sent: number }> {
  const node = nodeFor(bob);
  const service = asset.service;
  if (!service) {
    throw new Error('no service');
  }
  const price = await assetPrice(reader, network, service.datatokenAddress);
  const { providerFee } = await node.initialize({
    did: asset.did,
    serviceId: service.id,
    consumer: bob.address
  });
  const options = {
    reader,
    network,
    asset,
    buyer: bob.address,
    price,
    providerFee
  };
  await checkFunds(options);
  let sent = 0;
  for (const tx of await buildApproveTxs(options)) {
    await sendAndWait(bob, tx);
    sent++;
  }
  expect(await buildApproveTxs(options)).toEqual([]);
  const tx = await buildBuyTx(options);
  expect(tx.to.toLowerCase()).toBe(service.datatokenAddress.toLowerCase());
  const order = readOrder(await sendAndWait(bob, tx), asset, bob.address);
  return { tx: order.tx, sent: sent + 1 };
}

describe('the real stack', () => {
  jest.setTimeout(120_000);

  it.each(['Ocean', 'MockUSDC'])(
    'publishes sealed content for %s, sells it and opens it',
    async name => {
      const token = network.contracts?.[name] ?? '';
      const decimals =
        network.paymentTokens.find(one => one.address === token)?.decimals ?? 0;
      const key = newSealKey();
      const cid = await add(plaintext, true);
      const cidBytes = CID.parse(cid).bytes;
      const sealed = await collect(
        sealStream(once(plaintext), { key, index: 0 })
      );
      const sealedCid = await add(sealed);
      const { asset } = await publish(
        { kind: 'fixed', amount: '2.5', token },
        [sealedCid],
        {
          v: 1,
          files: [
            {
              path: 'iris.csv',
              size: roundedSize(plaintext.length),
              mediaType: 'text/csv',
              profile: 'unixfs-v1-2025',
              commitment: await commitment(cidBytes, key)
            }
          ],
          sealed: 'web3-seal/1',
          source: { kind: 'output', path: 'Example.ipynb', cell: 3, output: 0 }
        },
        keyUrl(key, sealedCid)
      );
      expect(await findOrder(reader, network, asset, bob.address)).toBeNull();
      const service = asset.service as NonNullable<IAsset['service']>;
      const price = await assetPrice(reader, network, service.datatokenAddress);
      expect(price).toMatchObject({ kind: 'fixed', template: 2 });
      expect(price.base).toBe((5n * 10n ** BigInt(decimals)) / 2n);
      expect(price.total).toBe(
        price.base + price.fees.ocean + price.fees.publisher + price.fees.market
      );

      const before = await balanceOf(reader, token, bob.address);
      const order = await buy(asset);
      expect(order.sent).toBe(2);
      expect(before - (await balanceOf(reader, token, bob.address))).toBe(
        price.total
      );
      expect(
        await findOrder(reader, network, asset, bob.address)
      ).toMatchObject({ tx: order.tx });

      const node = nodeFor(bob);
      const body = await node.download({
        did: asset.did,
        serviceId: service.id,
        orderTx: order.tx,
        fileIndex: 1
      });
      const released = parseKeyUrl(await body.text());
      expect(released.cid).toBe(sealedCid);
      const bytes = new Uint8Array(
        await (await ipfs(`cat?arg=${sealedCid}`)).arrayBuffer()
      );
      const opened = await collect(
        unsealStream(once(bytes), { key: released.key, index: 0 })
      );
      expect(Buffer.from(opened).equals(Buffer.from(plaintext))).toBe(true);
      await checkCommitment(
        CID.parse(await add(opened, true)).bytes,
        released.key,
        asset.web3?.files[0].commitment ?? ''
      );
      // A stranger with the order's hash gets nothing.
      await expect(
        nodeFor(stack.accounts[3]).download({
          did: asset.did,
          serviceId: service.id,
          orderTx: order.tx,
          fileIndex: 1
        })
      ).rejects.toMatchObject({ code: 'node-refused' });
    }
  );

  it('publishes free content and hands it out, with a token instead of prompts', async () => {
    const cid = await add(plaintext);
    const { asset } = await publish({ kind: 'free' }, [cid], {
      v: 1,
      files: [
        {
          path: 'iris.csv',
          size: plaintext.length,
          mediaType: 'text/csv',
          profile: 'unixfs-v1-2025',
          cid
        }
      ],
      sealed: null,
      source: null
    });
    const order = await buy(asset);
    expect(order.sent).toBe(1);
    const node = nodeFor(bob);
    const what = {
      did: asset.did,
      serviceId: asset.service?.id ?? '',
      orderTx: order.tx,
      fileIndex: 0
    };
    const before = prompts;
    await node.authToken();
    for (let i = 0; i < 2; i++) {
      const body = await (await node.download(what)).arrayBuffer();
      expect(Buffer.from(body).equals(Buffer.from(plaintext))).toBe(true);
    }
    expect(prompts - before).toBe(1);
    const found = await searchAssets(node, { text: 'iris', chainId: 8996 });
    expect(found.map(one => one.did)).toContain(asset.did);
    expect(await searchAssets(node, { text: 'zzzqqq' })).toEqual([]);
  });

  it('says what the node can not see, and what it refuses', async () => {
    const node = nodeFor(alice);
    const unknown = await add(
      new Uint8Array([1, 2, 3, Math.random() * 256]),
      true
    );
    await expect(node.checkSees(unknown, 4)).rejects.toMatchObject({
      code: 'node-cannot-see'
    });
    const big = new Uint8Array(11 * 1024 * 1024 + 5);
    await node.checkSees(await add(big), big.length);
    await expect(node.checkSees(await add(big), 5)).rejects.toMatchObject({
      code: 'node-cannot-see'
    });
    const ddo = await buildDdo({
      draft: draftOf({ kind: 'free' }),
      owner: alice.address,
      chainId: network.chainId,
      ...(await predictAddresses(reader, network)),
      encryptedFiles: '0x00',
      nodeUrl: stack.oceanNode,
      web3: { v: 1, files: [], sealed: null, source: null },
      created: new Date()
    });
    delete ddo.metadata.license;
    await expect(node.validate(ddo)).rejects.toMatchObject({
      code: 'ddo-invalid'
    });
    await expect(
      resolveAsset(node, `did:op:${'0'.repeat(64)}`)
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      nodeFor(alice, false).encrypt(ddo, network.chainId)
    ).rejects.toMatchObject({ code: 'node-not-trusted' });
  });

  it('tells a reverted, a replaced and a refused transaction', async () => {
    const options = {
      network,
      reader,
      owner: stack.accounts[4].address,
      price: { kind: 'free' } as const,
      name: 'Replaced',
      tokenURI: `web3-job:${Math.random()}`
    };
    const tx = await buildMintTx(options);
    const wallet = new Wallet(stack.accounts[4].privateKey, provider);
    const reverting = await wallet.sendTransaction({
      to: tx.to,
      data: tx.data.slice(0, 10),
      gasLimit: 100_000
    });
    await expect(
      waitReceipt(reader, reverting.hash, { interval: 20 })
    ).rejects.toMatchObject({ code: 'tx-reverted' });

    const nonce = await nonceOf(reader, wallet.address);
    const fromBlock = await blockNumber(reader);
    await provider.send('evm_setAutomine', [false]);
    try {
      const request = { to: tx.to, data: tx.data, gasLimit: tx.gas, nonce };
      const first = await wallet.sendTransaction({
        ...request,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n
      });
      const waiting = waitReceipt(reader, first.hash, {
        from: wallet.address,
        nonce,
        fromBlock,
        interval: 20
      }).catch((reason: unknown) => reason as OceanError);
      const second = await wallet.sendTransaction({
        ...request,
        maxFeePerGas: 3n * 10n ** 11n,
        maxPriorityFeePerGas: 3n * 10n ** 9n
      });
      await provider.send('evm_mine', []);
      expect(await waiting).toMatchObject({
        code: 'tx-replaced',
        details: { replacement: second.hash }
      });
      // The effect is there all the same, and is found by it.
      expect(
        await findMint(reader, network, {
          creator: wallet.address,
          tokenURI: options.tokenURI,
          fromBlock
        })
      ).toMatchObject({ tx: second.hash });
      expect((await receipt(reader, second.hash))?.succeeded).toBe(true);
    } finally {
      await provider.send('evm_setAutomine', [true]);
    }
    await expect(
      buildMetadataTx({
        reader,
        owner: bob.address,
        nftAddress: (await predictAddresses(reader, network)).nftAddress,
        nodeUrl: '',
        encryptedDdo: '0x00',
        hash: `0x${'0'.repeat(64)}`
      })
    ).rejects.toMatchObject({ code: 'tx-reverted' });
  });
});
