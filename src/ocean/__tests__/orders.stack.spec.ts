/** @jest-environment node */
/**
 * Orders from the chain's events alone, on the real contracts; events of
 * contracts that only look like a datatoken are not believed.
 */
import { readFileSync } from 'fs';

import {
  Interface,
  JsonRpcProvider,
  NonceManager,
  Wallet,
  ZeroAddress,
  zeroPadValue
} from 'ethers';

import type { INetwork } from '../../tokens';
import { readAsset } from '../asset';
import type { ITxRequest, Reader } from '../chain';
import { didOf } from '../ddo';
import { buildMintTx, findMint } from '../mint';
import { ORDER_STARTED } from '../findOrders';
import { buildBuyTx } from '../order';
import { findAllOrders, type IOrderScan } from '../orders';
import { assetPrice } from '../pricing';
import { signedFee } from './signedFee';

interface IStack {
  chain: string;
  networkFile: string;
  accounts: { address: string; privateKey: string }[];
}

const stack = JSON.parse(process.env.WEB3_STACK ?? '{}') as IStack;
const network = JSON.parse(readFileSync(stack.networkFile, 'utf8')) as INetwork;
const rpc = new JsonRpcProvider(stack.chain, undefined, {
  staticNetwork: true,
  cacheTimeout: -1,
  pollingInterval: 50
});
afterAll(() => rpc.destroy());
const reader: Reader = {
  request: ({ method, params }) => rpc.send(method, (params ?? []) as unknown[])
};
const seller = new NonceManager(new Wallet(stack.accounts[6].privateKey, rpc));
const payer = new NonceManager(new Wallet(stack.accounts[7].privateKey, rpc));

async function send(
  signer: NonceManager,
  { to, data, gas }: Pick<ITxRequest, 'to' | 'data' | 'gas'>
): Promise<string> {
  const sent = await signer.sendTransaction({ to, data, gasLimit: gas });
  await sent.wait();
  return sent.hash;
}

/** A free asset, minted and ordered once. */
async function ordered(): Promise<{ nft: string; did: string; tx: string }> {
  const owner = await seller.getAddress();
  const tokenURI = `orders-${Math.random()}`;
  const fromBlock = await rpc.getBlockNumber();
  await send(
    seller,
    await buildMintTx({
      network,
      reader,
      owner,
      price: { kind: 'free' },
      name: 'Ordered',
      tokenURI
    })
  );
  const minted = await findMint(reader, network, {
    creator: owner,
    tokenURI,
    fromBlock
  });
  if (!minted) {
    throw new Error('Not minted');
  }
  const { nftAddress, datatokenAddress } = minted;
  const did = await didOf(nftAddress, network.chainId);
  const asset = readAsset({
    id: did,
    nftAddress,
    chainId: network.chainId,
    services: [{ id: 's', type: 'access', datatokenAddress, timeout: 0 }]
  });
  const buyer = await payer.getAddress();
  const tx = await send(
    payer,
    await buildBuyTx({
      reader,
      network,
      asset,
      buyer,
      price: await assetPrice(reader, network, datatokenAddress),
      providerFee: await signedFee()
    })
  );
  return { nft: nftAddress, did, tx };
}

/**
 * Deploy a contract that emits `OrderStarted` for the buyer when it is called
 * with nothing, and answers every question with one word.
 */
async function impostor(word: string): Promise<string> {
  const data = new Interface([
    'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)'
  ]);
  expect(data.getEvent('OrderStarted')?.topicHash).toBe(ORDER_STARTED);
  const topic = (value: string): string => `7f${value.slice(2)}`;
  const answer =
    topic(zeroPadValue(word, 32)) + // PUSH32 word
    '600052' + // PUSH1 0 MSTORE
    '60206000f3'; // PUSH1 32 PUSH1 0 RETURN
  const emit =
    topic(zeroPadValue(ZeroAddress, 32)) +
    topic(zeroPadValue(await payer.getAddress(), 32)) +
    topic(ORDER_STARTED) +
    '60a06000a300'; // PUSH1 160 PUSH1 0 LOG3 STOP
  // CALLDATASIZE PUSH1 JUMPI are four bytes before what is emitted.
  const jump = 4 + emit.length / 2;
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  const runtime = `3660${byte(jump)}57${emit}5b${answer}`;
  const size = byte(runtime.length / 2);
  // CODECOPY and RETURN what follows these twelve bytes.
  const init = `60${size}600c60003960${size}6000f3`;
  const deployed = await seller.sendTransaction({
    data: `0x${init}${runtime}`
  });
  const receipt = await deployed.wait();
  const address = receipt?.contractAddress ?? '';
  await send(seller, { to: address, data: '0x', gas: '0x30d40' });
  return address;
}

const scan = async (from?: IOrderScan): Promise<IOrderScan> =>
  findAllOrders(reader, network, await payer.getAddress(), { from });

it('finds what was ordered, and nothing that only looks like it', async () => {
  const { nft, did, tx } = await ordered();
  const fakes = [
    // Names an NFT of the factory, which never made it.
    await impostor(nft),
    // Names itself nobody's, and answers no address.
    await impostor('0x01')
  ];
  const logs = await rpc.getLogs({
    fromBlock: 0,
    topics: [ORDER_STARTED, zeroPadValue(await payer.getAddress(), 32)]
  });
  const emitters = logs.map(({ address }) => address.toLowerCase());
  for (const fake of fakes) {
    expect(emitters).toContain(fake.toLowerCase());
  }
  const found = await scan();
  expect(found.orders.find(order => order.tx === tx)).toMatchObject({
    did,
    nftAddress: nft,
    serviceIndex: 0
  });
  expect(found.impostors).toEqual(
    expect.arrayContaining(fakes.map(fake => fake.toLowerCase()))
  );
  for (const fake of fakes) {
    expect(
      found.orders.map(({ datatoken }) => datatoken.toLowerCase())
    ).not.toContain(fake.toLowerCase());
  }
});

it('goes on from where it ended, unless the chain is another one', async () => {
  const before = await scan();
  const { tx } = await ordered();
  const asked: number[] = [];
  const counting: Reader = {
    request: args => {
      if (args.method === 'eth_getLogs') {
        const [{ fromBlock }] = args.params as { fromBlock: string }[];
        asked.push(Number(fromBlock));
      }
      return reader.request(args);
    }
  };
  const after = await findAllOrders(
    counting,
    network,
    await payer.getAddress(),
    { from: before }
  );
  expect(asked).toEqual([before.block + 1]);
  expect(after.orders.map(order => order.tx)).toEqual([
    ...before.orders.map(order => order.tx),
    tx
  ]);
  // Started anew with other blocks: what was kept is worth nothing.
  const again = await scan({
    ...before,
    blockHash: '0x' + '0'.repeat(64),
    orders: [{ ...after.orders[0], tx: 'gone' }]
  });
  expect(again.orders).toEqual(after.orders);
});

it('asks in smaller parts where the whole is refused, and tells how far it is', async () => {
  await rpc.send('anvil_mine', ['0x4b0']);
  const whole = await scan();
  const shares: number[] = [];
  const limited: Reader = {
    request: args => {
      if (args.method === 'eth_getLogs') {
        const [{ fromBlock, toBlock }] = args.params as {
          fromBlock: string;
          toBlock: string;
        }[];
        if (Number(toBlock) - Number(fromBlock) >= 600) {
          return Promise.reject(
            Object.assign(new Error('range too large'), { code: -32005 })
          );
        }
      }
      return reader.request(args);
    }
  };
  const account = await payer.getAddress();
  const parts = await findAllOrders(limited, network, account, {
    onProgress: (_, share) => shares.push(share)
  });
  expect(parts).toEqual(whole);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});
