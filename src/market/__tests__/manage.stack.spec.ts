/** @jest-environment node */
/**
 * Looking after an asset over the real stack: each change, and what a buyer
 * meets after it.
 */
import { randomBytes } from 'crypto';

import { BlobContent, type IContent } from '../../content';
import { didOf } from '../../ocean/ddo';
import { ownedAssets } from '../../ocean/owned';
import { balanceOf } from '../../ocean/pricing';
import { revenueCsv } from '../../ocean/revenue';
import { parseKeyUrl, unsealStream } from '../../ocean/seal';
import { STATES } from '../../ocean/states';
import type { IPrice, IVersionOf } from '../../tokens';
import type { ManageModel } from '../manage';
import { mayManage } from '../manageButton';
import { deskOf, type IShop, shopOf } from './stackMarket';
import {
  accounts,
  engine,
  network,
  publish,
  reader,
  rpc,
  TestWallet
} from './stackWorld';

const [, , , other, , seller, buyer, friend] = accounts;
const token = network.paymentTokens[0];
const priced: IPrice = { kind: 'fixed', amount: '2.5', token: token.address };
const text = (data: string): IContent =>
  new BlobContent({ name: 'iris.csv', data, mediaType: 'text/csv' });
const unique = (): string => `a,b\n1,${randomBytes(8).toString('hex')}\n`;

afterAll(() => rpc.destroy());

function desk(
  did: string,
  nft: string,
  account = seller,
  o: Parameters<typeof deskOf>[3] = {}
): { model: ManageModel; wallet: TestWallet } {
  const wallet = new TestWallet(account);
  return { model: deskOf(wallet, did, nft, o), wallet };
}

const shop = (account = buyer): IShop => shopOf(new TestWallet(account));

/** What the node hands to who ordered: the key, and the CID of what it opens. */
async function handed(
  { market, ocean }: Pick<ReturnType<typeof shop>, 'market' | 'ocean'>,
  did: string
): Promise<{ key: Uint8Array; cid: string }> {
  const bought = market.asset(did);
  const asset = await bought.ready();
  const node = await ocean.node(asset, buyer.address);
  const answer = await node.download({
    did,
    serviceId: asset.service!.id,
    orderTx: bought.state.order!.tx,
    fileIndex: 1
  });
  return parseKeyUrl((await answer.text()).trim());
}

async function opened(cid: string, key: Uint8Array): Promise<string> {
  let all = '';
  for await (const part of unsealStream(engine.cat(cid), { key, index: 0 })) {
    all += new TextDecoder().decode(part);
  }
  return all;
}

/** Published and loaded. */
async function mine(price: IPrice = priced, data = unique()) {
  const result = await publish(new TestWallet(seller), [text(data)], price);
  const { model, wallet } = desk(result.did, result.nftAddress);
  await model.load();
  expect(model.state).toMatchObject({ phase: 'ready', isStale: false });
  return { ...result, model, wallet };
}

it('the record is changed, what is not known stays, with two prompts', async () => {
  const { did, model, wallet } = await mine();
  const before = structuredClone(model.state.record);
  await model.saveRecord({
    name: 'Iris, measured again',
    tags: ['iris'],
    sample: 'https://example.org/sample.csv',
    timeout: 3600,
    parameters: [
      {
        name: 'rows',
        type: 'select',
        label: 'Rows',
        required: true,
        description: 'How many',
        default: 'all',
        options: [
          { value: 'all', label: 'All of them' },
          { value: 'some', label: 'Some' }
        ]
      }
    ]
  });
  expect(wallet.prompts).toEqual(['personal_sign', 'eth_sendTransaction']);
  const { asset, record, isStale } = model.state;
  expect(isStale).toBe(false);
  expect(asset).toMatchObject({
    did,
    name: 'Iris, measured again',
    description: 'Measurements of iris flowers',
    tags: ['iris'],
    sample: 'https://example.org/sample.csv'
  });
  expect(asset?.service).toMatchObject({
    timeout: 3600,
    parameters: [
      {
        name: 'rows',
        type: 'select',
        required: true,
        options: [
          { value: 'all', label: 'All of them' },
          { value: 'some', label: 'Some' }
        ]
      }
    ]
  });
  expect(record?.metadata.additionalInformation).toEqual(
    before?.metadata.additionalInformation
  );
  expect(record?.services[0].files).toBe(before?.services[0].files);
  expect(record?.services[0].id).toBe(before?.services[0].id);
});

it('an index that lags: nothing is written over the newer record', async () => {
  const { did, nftAddress, model } = await mine();
  const { ocean } = shop();
  const old = await (
    await ocean.nodeAt(network.oceanNode!, null, network.chainId)
  ).ddo(did);
  await model.saveRecord({ name: 'The first name' });
  const late = desk(did, nftAddress, seller, { old });
  await late.model.load();
  expect(late.model.state.isStale).toBe(true);
  await expect(
    late.model.saveRecord({ license: 'CC0-1.0' })
  ).rejects.toMatchObject({ code: 'record-stale' });
  expect(late.wallet.prompts).toEqual([]);

  // Once the index has caught up, both changes are in it.
  const second = desk(did, nftAddress).model;
  await second.load();
  await second.saveRecord({ license: 'CC0-1.0' });
  await model.load();
  expect(model.state.asset).toMatchObject({
    name: 'The first name',
    license: 'CC0-1.0'
  });
});

it('what the node refuses is not written', async () => {
  const { model, wallet } = await mine();
  await expect(
    model.saveRecord({ name: 7 as unknown as string })
  ).rejects.toThrow();
  expect(wallet.prompts).toEqual([]);
});

it('a no to the question about real money: nothing is asked of the wallet', async () => {
  const { did, nftAddress } = await mine();
  const { model, wallet } = desk(did, nftAddress, seller, { agrees: false });
  await model.load();
  const [exchange] = model.state.sales[0].exchanges;
  await model.setPrice(exchange, '9');
  await model.setState('revoked');
  expect(wallet.prompts).toEqual([]);
  await model.load();
  expect(model.state.sales[0].exchanges[0].rate).toBe(exchange.rate);
  expect(model.state.nft?.state).toBe(0);
});

it('price, and selling switched off and on', async () => {
  const { did, model, wallet } = await mine();
  const [exchange] = model.state.sales[0].exchanges;
  await model.setPrice(exchange, '7.25');
  expect(wallet.prompts).toEqual(['eth_sendTransaction']);
  const { market } = shop();
  const asset = market.asset(did);
  await asset.load();
  expect(asset.state.price?.base).toBe(
    725n * 10n ** BigInt(token.decimals - 2)
  );

  // The same again asks for nothing.
  await model.setPrice(exchange, '7.25');
  expect(wallet.prompts).toHaveLength(1);

  await model.setExchange(exchange, false);
  await asset.load();
  expect(asset.state.phase).toBe('not-for-sale');
  await expect(asset.buy()).rejects.toMatchObject({ code: 'not-for-sale' });
  await model.setExchange(exchange, true);
  await asset.load();
  expect(asset.state.phase).toBe('for-sale');
});

it('free for a while: nobody pays, then the price is back', async () => {
  const { did, model, wallet } = await mine();
  await model.setFree(model.state.sales[0], true);
  expect(wallet.prompts).toHaveLength(2);
  const { market } = shop();
  const asset = market.asset(did);
  await asset.load();
  expect(asset.state.price).toMatchObject({ kind: 'free', total: 0n });
  await asset.buy();
  await model.setFree(model.state.sales[0], false);
  const later = shop(friend).market.asset(did);
  await later.load();
  expect(later.state.price?.kind).toBe('fixed');
});

it('a denied account is refused by the node, a list on the chain lets in', async () => {
  const { did, model } = await mine();
  await model.saveRecord({
    access: {
      allow: { accounts: [], lists: [] },
      deny: { accounts: [buyer.address], lists: [] }
    }
  });
  // Told before anything is asked; the node says the same to whoever asks it.
  await expect(shop().market.asset(did).buy()).rejects.toMatchObject({
    details: { why: 'denied' }
  });
  await expect(
    shop().ocean.initialize(model.state.asset!, buyer.address)
  ).rejects.toMatchObject({
    details: { status: 403, words: `Error: Access to asset ${did} was denied` }
  });

  const list = await model.newList('My buyers', [friend.address]);
  await model.saveRecord({
    access: {
      allow: { accounts: [], lists: [String(list)] },
      deny: { accounts: [], lists: [] }
    }
  });
  await expect(shop().market.asset(did).buy()).rejects.toMatchObject({
    details: { why: 'not-listed' }
  });
  await expect(
    shop().ocean.initialize(model.state.asset!, buyer.address)
  ).rejects.toMatchObject({ details: { status: 403 } });
  await shop(friend).market.asset(did).buy();
  // A place on a list is an NFT, too, but no asset; nor is what an index claims.
  const { assets, missing } = await ownedAssets(
    reader,
    network,
    friend.address,
    [String(list), model.nftAddress]
  );
  expect(missing).toBeNull();
  expect(assets.map(({ nft }) => nft.address)).not.toContain(list);
  expect(assets.map(one => one.did)).not.toContain(did);

  await model.addToList(String(list), buyer.address);
  await shop().market.asset(did).buy();
  const { members } = model.state.lists.find(one => one.address === list)!;
  const { token: place } = members.find(one => one.account === buyer.address)!;
  await model.removeFromList(String(list), place);
  const { place: to, market } = shop();
  const struck = market.asset(did);
  await struck.load();
  await expect(struck.download(to, '')).rejects.toMatchObject({
    details: { status: 403 }
  });
  await model.saveRecord({
    access: {
      allow: { accounts: [], lists: [] },
      deny: { accounts: [], lists: [] }
    }
  });
  expect(model.state.record).not.toHaveProperty('credentials');
});

it('states: refused while off, and back again', async () => {
  const { did, model, wallet } = await mine();
  await model.setState('ordering-disabled');
  const off = shop().market.asset(did);
  await off.load();
  expect(off.state.phase).toBe('not-for-sale');
  await model.setState('unlisted');
  const { ocean } = shop();
  // A real node refuses what is unlisted, too.
  await expect(
    ocean.initialize(model.state.asset!, buyer.address)
  ).rejects.toMatchObject({ details: { status: 500 } });
  await model.setState('active');
  await shop().market.asset(did).buy();
  expect(wallet.prompts).toHaveLength(3);
});

it('the index forgets the owner, the contract does not', async () => {
  const { did, model, wallet } = await mine();
  await model.setState('end-of-life');
  const { asset } = model.state;
  expect(asset).toMatchObject({ state: 1, owner: null });
  const may = (who: { address: string }, of = asset!): Promise<boolean> =>
    mayManage(wallet, of, who.address);
  expect((await shop().ocean.resolve(did)).owner).toBe(seller.address);
  expect(await may(seller)).toBe(true);
  expect(await may(buyer)).toBe(false);
  // An index can't make an asset of somebody else's contract one's own.
  const own = await mine();
  expect(await may(seller, { ...asset!, did: own.did })).toBe(false);
  expect(await may(seller, { ...asset!, chainId: 1 })).toBe(false);
  const { address: none } = token;
  const noAsset = { did: await didOf(none, network.chainId), nftAddress: none };
  expect(await may(seller, { ...asset!, ...noAsset })).toBe(false);
});

it.each(['deprecated', 'revoked'] as const)(
  '%s: the index forgets the record, and it comes back from the chain, in any browser',
  async state => {
    const { did, nftAddress, model } = await mine();
    const before = model.state.record;
    await model.setState(state);
    expect(model.state).toMatchObject({
      record: null,
      isForgotten: true,
      isIndexed: true,
      nft: { state: STATES[state] }
    });
    await expect(shop().market.asset(did).buy()).rejects.toThrow();

    const elsewhere = desk(did, nftAddress);
    await elsewhere.model.load();
    expect(elsewhere.model.state.isForgotten).toBe(true);
    await elsewhere.model.bringBack();
    // What it says was encrypted once; the node alone has to read it again.
    expect(elsewhere.wallet.prompts).toEqual(['eth_sendTransaction']);
    expect(elsewhere.model.state).toMatchObject({
      record: before,
      isForgotten: false,
      isStale: false,
      asset: { state: 0, owner: seller.address }
    });
    await shop().market.asset(did).buy();
  }
);

it('revoked and made active by another tool: there is still a way back', async () => {
  const { did, nftAddress, model } = await mine();
  const before = model.state.record;
  await model.setState('revoked');
  await model.setState('active');
  // A change of state alone lists a bare name.
  expect(model.state).toMatchObject({ record: null, isForgotten: true });
  const again = desk(did, nftAddress).model;
  await again.load();
  await again.bringBack();
  expect(again.state.record).toEqual(before);
});

it('who has no right to write the record can’t bring it back', async () => {
  const { did, nftAddress, model } = await mine();
  await model.setState('revoked');
  const stranger = desk(did, nftAddress, buyer);
  await stranger.model.load();
  await expect(stranger.model.bringBack()).rejects.toMatchObject({
    code: 'tx-reverted'
  });
  expect(stranger.wallet.prompts).toEqual([]);
});

it('revenue, a split between two, and what was held', async () => {
  const { did, datatokenAddress, model, wallet } = await mine();
  await shop().market.asset(did).buy();
  await model.load();
  const unit = 10n ** BigInt(token.decimals);
  expect(model.state.revenue?.totals).toEqual([
    { token, amount: (25n * unit) / 10n }
  ]);
  expect(model.state.revenue?.sales).toMatchObject([
    { consumer: buyer.address, serviceIndex: 0 }
  ]);
  expect(revenueCsv(model.state.revenue!.sales)).toMatch(
    new RegExp(`,0,2\\.5,[0-9.]+,${token.symbol},${token.address}\\r\n$`)
  );
  // What the exchange holds, or was paid at once: all of it is the seller's.
  const [exchange] = model.state.sales[0].exchanges;
  const before = await balanceOf(reader, token.address, seller.address);
  if (exchange.held > 0n) {
    await model.collect(exchange);
    expect(model.state.sales[0].exchanges[0].held).toBe(0n);
    expect(await balanceOf(reader, token.address, seller.address)).toBe(
      before + exchange.held
    );
  }

  wallet.prompts = [];
  await model.split(datatokenAddress, [
    { account: seller.address, shares: '3' },
    { account: friend.address, shares: '1' }
  ]);
  expect(wallet.prompts).toHaveLength(2);
  const { splitter } = model.state;
  expect(splitter).toMatchObject({ owner: seller.address, total: 4n });
  expect(model.state.sales[0].collector).toBe(splitter?.address);
  await shop(other).market.asset(did).buy();
  await model.load();
  const [paid] = model.state.sales[0].exchanges;
  if (paid.held > 0n) {
    await model.collect(paid);
  }
  const [mineBefore, friendBefore] = await Promise.all(
    [seller, friend].map(one => balanceOf(reader, token.address, one.address))
  );
  const holds = (25n * unit) / 10n - 1n;
  expect(model.state.splitterHolds).toEqual({ [token.address]: holds });
  // Orders are paid to the owner again: what is left in the contract is shown.
  await model.setCollector(datatokenAddress, null);
  expect(model.state.splitter).toBeNull();
  expect(model.state.formerSplitters).toMatchObject([
    { splitter, holds: { [token.address]: holds } }
  ]);
  await model.release(splitter!.address, token.address);
  const [mineAfter, friendAfter] = await Promise.all(
    [seller, friend].map(one => balanceOf(reader, token.address, one.address))
  );
  const first = (holds * 3n) / 4n;
  expect(mineAfter - mineBefore).toBe(first);
  expect(friendAfter - friendBefore).toBe(holds - first);
  expect(model.state.formerSplitters).toEqual([]);
});

it('a split that stops half-way goes on with the contract that was made', async () => {
  const { datatokenAddress, model, wallet } = await mine();
  const shares = [
    { account: seller.address, shares: '3' },
    { account: friend.address, shares: '1' }
  ];
  wallet.refuses = 2;
  await expect(model.split(datatokenAddress, shares)).rejects.toMatchObject({
    code: 'rejected'
  });
  expect(model.state).toMatchObject({ failed: 'split', isPartly: true });
  wallet.refuses = 0;
  wallet.prompts = [];
  await model.split(datatokenAddress, shares);
  expect(wallet.prompts).toEqual(['eth_sendTransaction']);
  expect(model.state.splitter).toMatchObject({ total: 4n });
});

it('handed over: the new owner has it all, the old one nothing', async () => {
  const { did, nftAddress, datatokenAddress, model } = await mine();
  await model.setCollector(datatokenAddress, other.address);
  expect(model.state.sales[0].collector).toBe(other.address);
  await model.transfer(friend.address);
  expect(model.state.rights).toEqual({
    owner: false,
    metadata: false,
    sale: false
  });
  const theirs = desk(did, nftAddress, friend).model;
  await theirs.load();
  expect(theirs.state).toMatchObject({
    rights: { owner: true, metadata: true, sale: true },
    sales: [{ collector: friend.address }]
  });
  expect(theirs.state.revenue?.handedOver).toBeGreaterThan(0);
  // It goes on selling, and the new owner may change the price.
  await theirs.setPrice(theirs.state.sales[0].exchanges[0], '3');
  await shop().market.asset(did).buy();

  const { assets: owned } = await ownedAssets(reader, network, friend.address);
  expect(owned.find(asset => asset.did === did)).toMatchObject({
    owned: true,
    published: false
  });
  const { assets: former } = await ownedAssets(reader, network, seller.address);
  expect(former.find(asset => asset.did === did)).toMatchObject({
    owned: false,
    published: true
  });
});

it('a new version: the same asset, other files, a new key, three prompts', async () => {
  const first = unique();
  const { did, nftAddress, datatokenAddress, model } = await mine(
    priced,
    first
  );
  const early = shop();
  await early.market.asset(did).buy();
  const before = await handed(early, did);
  const { record, tx } = await model.freshRecord();
  const version: IVersionOf = {
    did,
    chainId: network.chainId,
    nftAddress,
    datatokenAddress,
    serviceIndex: 0,
    record: JSON.stringify(record),
    recordTx: tx,
    sealed: true
  };
  // Taken off sale while the job goes on: it stays so.
  await model.setState('ordering-disabled');
  const wallet = new TestWallet(seller);
  const data = unique();
  const result = await publish(wallet, [text(data)], priced, version);
  expect(result).toMatchObject({ did, nftAddress, datatokenAddress });
  expect(wallet.prompts).toEqual([
    'personal_sign',
    'personal_sign',
    'eth_sendTransaction'
  ]);
  await model.load();
  expect(model.state.isStale).toBe(false);
  expect(model.state.nft?.state).toBe(STATES['ordering-disabled']);
  await model.setState('active');
  expect(model.state.record?.services[0].id).toBe(record.services[0].id);
  expect(model.state.record?.services[0].files).not.toBe(
    record.services[0].files
  );
  // Who bought before gets the new files, with the key of these.
  const { market, ocean, place, written } = shop();
  const bought = market.asset(did);
  await bought.load();
  expect(await bought.download(place, '')).toMatchObject({ verified: true });
  expect([...written.values()].map(String)).toEqual([data]);
  const after = await handed({ market, ocean }, did);
  expect(after.cid).toBe(result.cid);
  expect(after.cid).not.toBe(before.cid);
  expect(after.key).not.toEqual(before.key);
  // The old key opens what it opened, and nothing new; the new one likewise.
  expect(await opened(before.cid, before.key)).toBe(first);
  for (const [cid, key] of [
    [after.cid, before.key],
    [before.cid, after.key]
  ] as const) {
    await expect(opened(cid, key)).rejects.toMatchObject({ code: 'wrong-key' });
  }

  // Built on the old record, another one is refused before it is written.
  await expect(
    publish(new TestWallet(seller), [text(unique())], priced, version)
  ).rejects.toThrow(/record-stale/);
});
