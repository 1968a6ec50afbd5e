/** What the node refuses, and what it must not give away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Datatoken, Nft, ProviderInstance } from '@oceanprotocol/lib';
import { keccak256, toBeArray, toUtf8Bytes } from 'ethers';

import { forward, installForwarder } from './forwarder.mjs';
import {
  download,
  makeDdo,
  mint,
  nextNonce,
  openMarket,
  order,
  publish,
  setMetadata,
  sign,
  waitFor
} from './market.mjs';
import { startNode, startStack } from './stack.mjs';

const CHAIN_ID = 8996;
const TEXT = 'what was paid for\n';
const KEY = '00112233445566778899aabbccddeeff'.repeat(2);
const NOT_AN_ORDER =
  'Tx id used not valid, one of the NFT addresses, Datatoken address or the User address contract address does not match.';
const NOT_ACTIVE =
  'Nft not present in the asset or the state is different than ACTIVE or UNLISTED.';

let stack;
let market;
let node;
let cid;
let asset;
let paid;

before(async () => {
  stack = await startStack();
  market = openMarket(stack);
  node = await startNode(stack, `${stack.folder}/node`);
  cid = stack.add(TEXT);
  asset = await publish(market, node.url, {
    name: 'Refused measurements',
    files: [
      { type: 'ipfs', hash: cid },
      { type: 'url', method: 'get', url: `data:,?k=${KEY}&c=${cid}` }
    ]
  });
  paid = await order(market, node.url, asset);
});
after(async () => {
  market?.close();
  await stack?.stop();
});

const ask = (change, wallet = market.buyer, of = asset, tx = paid.txId) =>
  download(node.url, of, wallet, tx, change);

async function refused(response, status, words) {
  assert.deepEqual([await response.text(), response.status], [words, status]);
}

async function setState(of, state) {
  const nft = new Nft(market.seller, CHAIN_ID, market.config);
  await (
    await nft.setMetadataState(of.nft, market.seller.address, state)
  ).wait();
  await waitFor(
    node.url,
    of.did,
    ddo => ddo.indexedMetadata.nft.state === state,
    `state ${state}`
  );
}

test('the order opens the files to its consumer', async () => {
  const answer = await ask({});
  assert.equal(await answer.text(), TEXT);
  assert.equal(
    answer.headers.get('content-disposition'),
    'attachment;filename='
  );
});

test('a signature of somebody else', async () => {
  const nonce = await nextNonce(node.url, market.buyer);
  const signature = await sign(market.other, nonce, 'download');
  const words = 'consumer address and nonce signature mismatch';
  await refused(await ask({ nonce, signature }), 401, words);
  const other = await sign(market.buyer, nonce, 'encrypt');
  await refused(await ask({ nonce, signature: other }), 401, words);
  await refused(await ask({ nonce, signature: '0x12' }), 401, words);
  assert.equal(
    await nextNonce(node.url, market.buyer),
    nonce,
    'a refusal uses no nonce up'
  );
});

test('a nonce that was used', async () => {
  const nonce = await nextNonce(node.url, market.buyer);
  assert.equal((await ask({ nonce })).status, 200);
  const words = `nonce: ${nonce} is not a valid nonce`;
  await refused(await ask({ nonce }), 401, words);
  await refused(
    await ask({ nonce: 'x' }),
    401,
    'nonce: NaN is not a valid nonce'
  );
});

test('the key of sealed content goes to a valid order only', async () => {
  const info = await fetch(`${node.url}/api/services/fileInfo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ did: asset.did, serviceId: asset.service.id })
  });
  const text = await info.text();
  assert.ok(!text.includes(KEY.slice(0, 8)));
  assert.equal(JSON.parse(text)[1].name, ',');
  await refused(await ask({ fileIndex: '1' }, market.other), 500, NOT_AN_ORDER);
  const answer = await ask({ fileIndex: '1' });
  assert.equal(
    answer.headers.get('content-disposition'),
    'attachment;filename=,'
  );
  assert.equal(await answer.text(), `?k=${KEY}&c=${cid}`);
});

test('an order of another asset', async () => {
  const other = await publish(market, node.url, {
    name: 'Another asset',
    files: [{ type: 'ipfs', hash: cid }]
  });
  await refused(await ask({}, market.buyer, other), 500, 'ERROR checking fees');
});

test('an order inside a batch is paid and refused', async () => {
  const other = await publish(market, node.url, {
    name: 'Bought in a batch',
    files: [{ type: 'ipfs', hash: cid }]
  });
  const { providerFee } = await ProviderInstance.initialize(
    other.did,
    other.service.id,
    0,
    market.buyer.address,
    node.url
  );
  const { data } = await new Datatoken(
    market.buyer,
    CHAIN_ID,
    market.config
  ).buyFromDispenserAndOrderTx(
    other.datatoken,
    { ...paid.params, _providerFee: providerFee },
    market.addresses.Dispenser
  );
  const forwarder = await installForwarder(stack);
  const receipt = await forward(market.buyer, forwarder, other.datatoken, data);
  assert.equal(receipt.status, 1);
  await waitFor(
    node.url,
    other.did,
    ddo => ddo.indexedMetadata.stats[0].orders === 1,
    'the order on the chain'
  );
  await refused(
    await ask({}, market.buyer, other, receipt.hash),
    500,
    NOT_AN_ORDER
  );
});

test('states: only active, and end-of-life by a real node’s mistake', async () => {
  const other = await publish(market, node.url, {
    name: 'Through all states',
    files: [{ type: 'ipfs', hash: cid }]
  });
  const { txId } = await order(market, node.url, other);
  for (const state of [5, 4, 1]) {
    await setState(other, state);
    const answer = await ask({}, market.buyer, other, txId);
    if (state === 1) {
      assert.equal(await answer.text(), TEXT);
    } else {
      await refused(answer, 500, NOT_ACTIVE);
    }
  }
  await setState(other, 0);
  assert.equal((await ask({}, market.buyer, other, txId)).status, 200);
  await setState(other, 3);
  await refused(await ask({}, market.buyer, other, txId), 500, NOT_ACTIVE);
});

test('addresses that the record denies', async () => {
  const token = await mint(market, { name: 'Only for others' });
  const files = await ProviderInstance.encrypt(
    {
      nftAddress: token.nft,
      datatokenAddress: token.datatoken,
      files: [{ type: 'ipfs', hash: cid }]
    },
    CHAIN_ID,
    node.url,
    market.seller
  );
  const ddo = makeDdo({ ...token, files, url: node.url, name: 'For others' });
  ddo.credentials = {
    deny: [{ type: 'address', values: [market.buyer.address.toLowerCase()] }]
  };
  const encrypted = await ProviderInstance.encrypt(
    ddo,
    CHAIN_ID,
    node.url,
    market.seller
  );
  await setMetadata(market, token.nft, node.url, ddo, encrypted);
  await waitFor(node.url, ddo.id, () => true, 'a record with credentials');
  const other = { ...token, did: ddo.id, service: ddo.services[0] };
  await refused(
    await ask({}, market.buyer, other),
    403,
    `Error: Access to asset ${ddo.id} was denied`
  );
});

test('every origin may ask; no header is exposed', async () => {
  const options = await fetch(`${node.url}/api/services/encrypt`, {
    method: 'OPTIONS',
    headers: { 'Access-Control-Request-Headers': 'authorization,content-type' }
  });
  assert.equal(options.status, 204);
  assert.equal(options.headers.get('access-control-allow-origin'), '*');
  assert.equal(
    options.headers.get('access-control-allow-headers'),
    'authorization,content-type'
  );
  const answer = await ask({});
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.equal(answer.headers.get('access-control-expose-headers'), null);
  await answer.text();
});

test('content that the gateway does not have', async () => {
  const hash = 'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq';
  const other = await publish(market, node.url, {
    name: 'Content lost',
    files: [{ type: 'ipfs', hash }]
  });
  const info = await ProviderInstance.getFileInfo(
    { type: 'ipfs', hash },
    node.url
  );
  assert.deepEqual([info[0].valid, info[0].contentLength], [true, '0']);
  const { txId } = await order(market, node.url, other);
  const answer = await ask({}, market.buyer, other, txId);
  assert.equal(answer.status, 501);
  assert.match(await answer.text(), /^Unknown error: .*404/);
});

test('a path for a URL, a body that is no JSON', async () => {
  const post = body =>
    fetch(`${node.url}/api/services/fileInfo`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body
    });
  const path = await post(JSON.stringify({ type: 'url', url: 'data:,a/b' }));
  await refused(
    path,
    500,
    'Error validationg the URL file: URL looks like a file path'
  );
  assert.equal((await post('{')).status, 400);
});

test('a rate limit, when it is asked for', async () => {
  const limited = await startNode(
    stack,
    `${stack.folder}/limited`,
    '--rate-limit',
    '3'
  );
  const statuses = [];
  for (let request = 0; request < 4; request++) {
    statuses.push((await fetch(limited.url)).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429]);
  assert.equal(await limited.stop(), 0);
});

test('an order whose time is over', async () => {
  await stack.rpc('evm_increaseTime', 86_400 + 60);
  await stack.rpc('evm_mine');
  // The fee expires with the order: a real node looks at that first.
  await refused(await ask({}), 500, 'ERROR checking fees');
  // A new order is possible at once, by the chain's clock.
  const again = await order(market, node.url, asset);
  assert.equal((await ask({}, market.buyer, asset, again.txId)).status, 200);
});

test('a digest that begins with zeros is signed as a number, as lib does', async () => {
  const { address } = market.buyer;
  let nonce = (await nextNonce(node.url, market.buyer)) + 1;
  const digest = () => keccak256(toUtf8Bytes(`${address}${nonce}encrypt`));
  while (!digest().startsWith('0x00')) {
    nonce++;
  }
  const query = new URLSearchParams({
    chainId: CHAIN_ID,
    nonce,
    consumerAddress: address,
    signature: await market.buyer.signMessage(toBeArray(digest()))
  });
  const response = await fetch(`${node.url}/api/services/encrypt?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'hello'
  });
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^0x[0-9a-f]+$/);
});
