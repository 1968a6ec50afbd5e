/** @jest-environment node */
/**
 * What was bought, from the real chain's events: contracts that only look like
 * datatokens, a search that goes on where it ended, a chain that does not answer.
 */
import { concat, toBeHex, Wallet, zeroPadValue } from 'ethers';

import { BlobContent } from '../../content';
import { ORDER_STARTED } from '../../ocean/findOrders';
import { findAllOrders } from '../../ocean/orders';
import type { IEip1193Provider } from '../../tokens';
import { PurchasesModel } from '../purchasesModel';
import { PurchaseRecords } from '../records';
import { memoryStore } from './fakes';
import { shopOf } from './stackMarket';
import {
  accounts,
  network,
  publish,
  reader,
  rpc,
  TestWallet
} from './stackWorld';

const [, , seller, buyer] = accounts;
afterAll(() => rpc.destroy());

const wallet = new TestWallet(buyer);
const { market, ocean } = shopOf(wallet);
const bought: string[] = [];

async function buy(name: string): Promise<string> {
  const { did } = await publish(
    new TestWallet(seller),
    [
      new BlobContent({
        name,
        data: new Blob([`a,b\n1,${name}\n`]),
        mediaType: 'text/csv'
      })
    ],
    { kind: 'free' }
  );
  await market.asset(did).buy();
  bought.push(did);
  return did;
}

/** Emits an order of the buyer when deployed; its code answers every call with `answer`. */
async function impostor(answer: string): Promise<string> {
  const code = concat([
    // LOG3(0, 160, OrderStarted, consumer, market)
    ...['0x7f', toBeHex(0, 32)],
    ...['0x7f', zeroPadValue(buyer.address, 32)],
    ...['0x7f', ORDER_STARTED],
    '0x60a06000a3',
    // Return what follows, 41 bytes from 116 on.
    '0x60296074600039',
    '0x60296000f3',
    // Return the answer.
    ...['0x7f', zeroPadValue(answer, 32)],
    '0x60005260206000f3'
  ]);
  const sent = await new Wallet(seller.privateKey, rpc).sendTransaction({
    data: code
  });
  const receipt = await sent.wait();
  return receipt?.contractAddress ?? '';
}

function model(
  store = memoryStore(),
  from: IEip1193Provider = reader
): PurchasesModel {
  const room = Object.assign(Object.create(wallet.room as object), {
    reader: () => from
  }) as typeof wallet.room;
  return new PurchasesModel({
    wallet: room,
    ocean,
    records: new PurchaseRecords(memoryStore()),
    store
  });
}

it('lists what was bought of the network’s own datatokens, and nothing else', async () => {
  const did = await buy('first.csv');
  const [order] = (await findAllOrders(reader, network, buyer.address)).orders;
  // One names itself, one the NFT of a real asset, one nothing.
  const liars = [
    await impostor(buyer.address),
    await impostor(order.nftAddress),
    await impostor('0x00')
  ];
  const purchases = model();
  await purchases.refresh();
  expect(purchases.items.map(item => item.did)).toContain(did);
  expect(new Set(purchases.items.map(item => item.did)).size).toBe(
    purchases.items.length
  );
  expect(purchases.items.find(item => item.did === did)).toMatchObject({
    name: 'Iris measurements',
    until: null,
    active: true,
    orders: 1
  });
  expect(purchases.searches).toEqual([
    expect.objectContaining({ state: 'done', problem: null })
  ]);
  const { impostors, orders } = await findAllOrders(
    reader,
    network,
    buyer.address
  );
  expect(impostors).toEqual(
    expect.arrayContaining(liars.map(address => address.toLowerCase()))
  );
  expect(orders).toHaveLength(purchases.items.length);
}, 120_000);

it('goes on where it ended', async () => {
  const store = memoryStore();
  await model(store).refresh();
  const later = await buy('later.csv');
  const asked: { from: number; to: number }[] = [];
  const watched: IEip1193Provider = {
    request: async args => {
      if (args.method === 'eth_getLogs') {
        const [filter] = args.params as {
          fromBlock: string;
          toBlock: string;
        }[];
        asked.push({
          from: Number(filter.fromBlock),
          to: Number(filter.toBlock)
        });
      }
      return reader.request(args);
    }
  };
  const before = (await rpc.send('eth_blockNumber', [])) as string;
  const purchases = model(store, watched);
  await purchases.refresh();
  expect(purchases.items[0].did).toBe(later);
  expect(asked).toHaveLength(1);
  expect(asked[0].from).toBeGreaterThan(1);
  expect(asked[0].to).toBe(Number(before));
  expect(purchases.items.map(({ did }) => did)).toEqual(
    expect.arrayContaining(bought)
  );
}, 120_000);

it('tells of a network that does not answer, and still shows what was found', async () => {
  const store = memoryStore();
  await model(store).refresh();
  const down: IEip1193Provider = {
    request: async () => {
      throw new TypeError('Failed to fetch');
    }
  };
  const purchases = model(store, down);
  await purchases.refresh();
  expect(purchases.busy).toBe(false);
  expect(purchases.searches).toEqual([
    expect.objectContaining({ state: 'failed' })
  ]);
  expect(purchases.items.map(({ did }) => did)).toEqual(
    expect.arrayContaining(bought)
  );
}, 120_000);
