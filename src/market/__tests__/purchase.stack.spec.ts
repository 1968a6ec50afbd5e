/** @jest-environment node */
/**
 * The main job over the real stack: one account publishes by the publishing
 * job, another one buys and downloads with the workers of the market.
 */
import { createHash, randomBytes } from 'crypto';

import { BlobContent, type IContent } from '../../content';
import type { IPrice, IPublishResult } from '../../tokens';
import { type IShop, shopOf } from './stackMarket';
import {
  accounts,
  network,
  publish as publishAs,
  rpc,
  TestWallet
} from './stackWorld';

const [, , , , seller, buyer] = accounts;

afterAll(() => rpc.destroy());

const publish = (
  contents: IContent[],
  price: IPrice
): Promise<IPublishResult> =>
  publishAs(new TestWallet(seller), contents, price);

const shop = (): IShop => shopOf(new TestWallet(buyer));

const text = (name: string, data: string): IContent =>
  new BlobContent({ name, data, mediaType: 'text/csv' });
const unique = (): string => `a,b\n1,${randomBytes(8).toString('hex')}\n`;
const priced: IPrice = {
  kind: 'fixed',
  amount: '2.5',
  token: network.paymentTokens[0].address
};

it('a priced asset: bought and got back, checked, with three prompts', async () => {
  const data = unique();
  const { did, cid } = await publish([text('iris.csv', data)], priced);
  const { market, wallet, place, written } = shop();
  const model = market.asset(did);
  await model.load();
  expect(model.state).toMatchObject({ phase: 'for-sale', problem: null });
  const [first, second] = await Promise.all([model.buy(), model.buy()]);
  expect(second).toEqual(first);
  expect(first.reused).toBe(false);
  const result = await model.download(place, 'downloads/');
  expect(result).toMatchObject({
    path: 'downloads/iris.csv',
    verified: true
  });
  expect(result.cid).not.toBe(cid);
  expect(written.get('downloads/iris.csv')?.toString()).toBe(data);
  expect(wallet.prompts).toEqual([
    'eth_sendTransaction',
    'eth_sendTransaction',
    'personal_sign'
  ]);
  // Another browser, which remembers nothing: found again, paid no more.
  const again = shop();
  const other = again.market.asset(did);
  expect(await other.buy()).toMatchObject({
    orderTx: first.orderTx,
    reused: true
  });
  expect(again.wallet.prompts).toEqual([]);
});

it('several sealed files, one of more than a chunk, keep their paths', async () => {
  const big = Buffer.alloc(2 * 1024 * 1024 + 3, randomBytes(64));
  const { did } = await publish(
    [
      text('a/x.csv', unique()),
      new BlobContent({ name: 'b.bin', data: new Uint8Array(big) })
    ],
    priced
  );
  const { market, place, written } = shop();
  const model = market.asset(did);
  await model.buy();
  expect(await model.download(place, 'downloads/')).toMatchObject({
    verified: true,
    folder: true
  });
  const hash = (bytes?: Buffer): string =>
    createHash('sha256')
      .update(bytes ?? '')
      .digest('hex');
  expect(hash(written.get('downloads/Iris measurements/b.bin'))).toBe(
    hash(big)
  );
});

it('a free asset needs no prompt at all', async () => {
  const data = unique();
  const { did, cid } = await publish([text('free.csv', data)], {
    kind: 'free'
  });
  const { market, wallet, place, written } = shop();
  const model = market.asset(did);
  await model.load();
  expect(model.mayDownload).toBe(true);
  expect(await model.download(place, 'free/')).toMatchObject({
    cid,
    verified: true
  });
  expect(written.get('free/free.csv')?.toString()).toBe(data);
  expect(wallet.prompts).toEqual([]);
});

it('an asset that is not there is said to be not there', async () => {
  const { market } = shop();
  const model = market.asset('did:op:' + '0'.repeat(64));
  await model.load();
  expect(model.state.phase).toBe('not-found');
});
