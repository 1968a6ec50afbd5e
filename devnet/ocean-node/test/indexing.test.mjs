/** Which records get into the index, and what is said of the others. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Nft, ProviderInstance } from '@oceanprotocol/lib';
import {
  Contract,
  ZeroAddress,
  getAddress,
  hexlify,
  toUtf8Bytes
} from 'ethers';

import { ABI, nftEvents } from '../chain.mjs';
import { forward, installForwarder } from './forwarder.mjs';
import {
  download,
  makeDdo,
  mint,
  openMarket,
  order,
  publish,
  setMetadata,
  sha256,
  waitFor
} from './market.mjs';
import { startNode, startStack, until } from './stack.mjs';

const CHAIN_ID = 8996;
let stack;
let market;
let node;
let cid;
let asset;

before(async () => {
  stack = await startStack();
  market = openMarket(stack);
  node = await startNode(stack, `${stack.folder}/node`);
  cid = stack.add('something to sell');
  asset = await publish(market, node.url, {
    name: 'Indexed measurements',
    files: [{ type: 'ipfs', hash: cid }]
  });
});
after(async () => {
  market?.close();
  await stack?.stop();
});

const stateOf = did =>
  until(async () => {
    const answer = await fetch(`${node.url}/api/aquarius/state/ddo?did=${did}`);
    return answer.ok ? answer.json() : undefined;
  }, 'an index state');

test('encrypted metadata that is not the first log', async () => {
  const forwarder = await installForwarder(stack, { logFirst: true });
  const token = await mint(market, { name: 'Second log' });
  const nft = new Nft(market.seller, CHAIN_ID, market.config);
  await (
    await nft.addMetadataUpdater(token.nft, market.seller.address, forwarder)
  ).wait();
  const files = await ProviderInstance.encrypt(
    { nftAddress: token.nft, datatokenAddress: token.datatoken, files: [] },
    CHAIN_ID,
    node.url,
    market.seller
  );
  const ddo = makeDdo({ ...token, files, url: node.url, name: 'Second log' });
  const encrypted = await ProviderInstance.encrypt(
    ddo,
    CHAIN_ID,
    node.url,
    market.seller
  );
  const data = nftEvents.encodeFunctionData('setMetaData', [
    0,
    node.url,
    '',
    '0x02',
    encrypted,
    `0x${sha256(JSON.stringify(ddo))}`,
    []
  ]);
  await forward(market.seller, forwarder, token.nft, data);
  const state = await stateOf(ddo.id);
  assert.equal(state.valid, false);
  assert.equal(state.error, 'Decrypt DDO: Failed to process transaction id');
  const answer = await fetch(`${node.url}/api/aquarius/assets/ddo/${ddo.id}`);
  assert.equal(answer.status, 404);
});

for (const [what, change, error] of [
  [
    'for another node',
    { encrypted: `0x04${'11'.repeat(200)}` },
    'Failed to decrypt'
  ],
  ['of another NFT', { id: `did:op:${'1'.repeat(64)}` }, 'did does not match'],
  ['with another hash', { hashed: 'x' }, 'checksum does not match']
]) {
  test(`metadata encrypted ${what} is not indexed`, async () => {
    const token = await mint(market, { name: what });
    const ddo = makeDdo({
      ...token,
      files: asset.files,
      url: node.url,
      name: 'Not to be indexed'
    });
    const did = ddo.id;
    Object.assign(ddo, change.id ? { id: change.id } : {});
    const encrypted =
      change.encrypted ??
      (await ProviderInstance.encrypt(ddo, CHAIN_ID, node.url, market.seller));
    const signed = change.hashed ?? ddo;
    await setMetadata(market, token.nft, node.url, signed, encrypted);
    const state = await stateOf(did);
    assert.deepEqual(
      [state.valid, state.error, state.nft],
      [false, `Decrypt DDO: ${error}`, token.nft]
    );
  });
}

test('metadata in the clear is indexed when its hash is right', async () => {
  const token = await mint(market, { name: 'In the clear' });
  const ddo = makeDdo({
    ...token,
    files: asset.files,
    url: node.url,
    name: 'In the clear'
  });
  const data = hexlify(toUtf8Bytes(JSON.stringify(ddo)));
  await setMetadata(market, token.nft, node.url, ddo, data);
  const resolved = await waitFor(
    node.url,
    ddo.id,
    () => true,
    'clear metadata'
  );
  assert.equal(resolved.metadata.name, 'In the clear');

  // Its files were encrypted for another asset: nobody gets them here.
  const clear = { ...token, did: ddo.id, service: ddo.services[0] };
  const { txId } = await order(market, node.url, clear);
  const answer = await download(node.url, clear, market.buyer, txId);
  assert.deepEqual(
    [answer.status, await answer.text()],
    [403, 'Failed to download asset, unauthorized operation!']
  );
});

test('an NFT that the factory did not make', async () => {
  const fake = getAddress('0x00000000000000000000000000000000000fa4e0');
  const code = await stack.rpc(
    'eth_getCode',
    market.addresses.ERC721Template[1],
    'latest'
  );
  await stack.rpc('anvil_setCode', fake, code);
  const nft = new Contract(fake, ABI.nft, market.seller);
  await (
    await nft.initialize(
      market.seller.address,
      'Fake',
      'F',
      market.addresses.ERC721Factory,
      ZeroAddress,
      ZeroAddress,
      '',
      true
    )
  ).wait();
  const ddo = makeDdo({
    nft: fake,
    datatoken: asset.datatoken,
    files: asset.files,
    url: node.url,
    name: 'Not by the factory'
  });
  const data = hexlify(toUtf8Bytes(JSON.stringify(ddo)));
  const receipt = await setMetadata(market, fake, node.url, ddo, data);
  assert.equal(receipt.logs[0].address, fake);

  // Events come in order: when the next one is there, this one was looked at.
  await publish(market, node.url, {
    name: 'After the fake',
    files: [{ type: 'ipfs', hash: cid }]
  });
  for (const path of [`assets/ddo/${ddo.id}`, `state/ddo?did=${ddo.id}`]) {
    const answer = await fetch(`${node.url}/api/aquarius/${path}`);
    assert.equal(answer.status, 404);
  }
});

test('a record that does not fit the shape', async () => {
  const token = await mint(market, { name: 'No licence' });
  const ddo = makeDdo({
    ...token,
    files: asset.files,
    url: node.url,
    name: 'No licence'
  });
  delete ddo.metadata.license;
  const data = hexlify(toUtf8Bytes(JSON.stringify(ddo)));
  await setMetadata(market, token.nft, node.url, ddo, data);
  const state = await stateOf(ddo.id);
  assert.equal(state.valid, false);
  assert.match(state.error, /^Validation of did:op:[0-9a-f]+ failed: /);
  for (const [field, value] of [
    ['nft', token.nft],
    ['txId', state.txId]
  ]) {
    const answer = await fetch(
      `${node.url}/api/aquarius/state/ddo?${field}=${value}`
    );
    assert.deepEqual(await answer.json(), state);
  }
});

test('a record that is changed, and a price that is', async () => {
  const { ddo, nft } = await publish(market, node.url, {
    name: 'Before the change',
    price: '1',
    files: [{ type: 'ipfs', hash: cid }]
  });
  ddo.metadata.name = 'After the change';
  const encrypted = await ProviderInstance.encrypt(
    ddo,
    CHAIN_ID,
    node.url,
    market.seller
  );
  await setMetadata(market, nft, node.url, ddo, encrypted);
  const changed = await waitFor(
    node.url,
    ddo.id,
    found => found.metadata.name === 'After the change',
    'the change'
  );
  const [price] = changed.indexedMetadata.stats[0].prices;
  const exchange = new Contract(price.contract, ABI.fixedRate, market.seller);
  await (await exchange.setRate(price.exchangeId, 2n * 10n ** 18n)).wait();
  await waitFor(
    node.url,
    ddo.id,
    found => found.indexedMetadata.stats[0].prices[0].price === '2.0',
    'the new price'
  );
});
