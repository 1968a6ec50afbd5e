/** `@oceanprotocol/lib` itself, from publishing to the bytes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { Aquarius, ProviderInstance } from '@oceanprotocol/lib';

import { openMarket, order, publish, waitFor } from './market.mjs';
import { startNode, startStack } from './stack.mjs';

const CSV = 'sepal_length,species\n5.1,setosa\n';
let stack;
let market;
let node;
let cid;

before(async () => {
  stack = await startStack();
  market = openMarket(stack);
  node = await startNode(stack, `${stack.folder}/node`);
  cid = stack.add(CSV);
});
after(async () => {
  market?.close();
  await stack?.stop();
});

async function fetched(asset, txId, index = 0) {
  const url = await ProviderInstance.getDownloadUrl(
    asset.did,
    asset.service.id,
    index,
    txId,
    node.url,
    market.buyer
  );
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
}

test('lib finds its way around the node', async () => {
  assert.equal(await ProviderInstance.isValidProvider(node.url), true);
  const nonce = await ProviderInstance.getNonce(node.url, market.other.address);
  assert.equal(Number(nonce), 0);
  assert.deepEqual(await ProviderInstance.getComputeEnvironments(node.url), []);
});

for (const price of ['1', undefined]) {
  const kind = price ? 'a fixed price' : 'the dispenser';
  test(`publish, resolve, order from ${kind} and download`, async () => {
    const asset = await publish(market, node.url, {
      name: `Iris with ${kind}`,
      price,
      files: [{ type: 'ipfs', hash: cid }]
    });
    assert.equal(asset.validation.valid, true);
    assert.equal(asset.resolved.id, asset.did);
    const [{ prices, orders }] = asset.resolved.indexedMetadata.stats;
    assert.equal(orders, 0);
    assert.equal(prices[0].type, price ? 'fixedrate' : 'dispenser');
    assert.equal(prices[0].price, price ? '1.0' : '0');

    const info = await ProviderInstance.checkDidFiles(
      asset.did,
      asset.service.id,
      node.url
    );
    assert.equal(info[0].contentLength, String(CSV.length));

    const { txId } = await order(market, node.url, asset);
    assert.deepEqual(await fetched(asset, txId), { status: 200, text: CSV });
    await waitFor(
      node.url,
      asset.did,
      ddo => ddo.indexedMetadata.stats[0].orders === 1,
      'the order counted'
    );
    const metadata = await new Aquarius(node.url).getAssetMetadata(asset.did);
    assert.equal(metadata.id, asset.did);
  });
}

test('what a consumer says goes into the query of a URL', async () => {
  const asked = [];
  const source = createServer((request, response) => {
    asked.push(request.url);
    response.end('rows');
  });
  source.listen(0, '127.0.0.1');
  await once(source, 'listening');
  const { port } = source.address();
  const asset = await publish(market, node.url, {
    name: 'Rows of a server',
    files: [
      {
        type: 'url',
        method: 'get',
        url: `http://127.0.0.1:${port}/rows?all=0`
      }
    ]
  });
  const { txId } = await order(market, node.url, asset);
  const url = await ProviderInstance.getDownloadUrl(
    asset.did,
    asset.service.id,
    0,
    txId,
    node.url,
    market.buyer,
    undefined,
    { rows: 3, kind: 'a b' }
  );
  asked.length = 0;
  assert.equal(await (await fetch(url)).text(), 'rows');
  assert.deepEqual(asked, ['/rows?all=0&rows=3&kind=a+b']);
  source.close();
});

test('a token stands for signatures until it is invalidated', async () => {
  const asset = await publish(market, node.url, {
    name: 'Read with a token',
    files: [{ type: 'ipfs', hash: cid }]
  });
  const { txId } = await order(market, node.url, asset);
  const token = await ProviderInstance.generateAuthToken(
    market.buyer,
    node.url
  );
  const query = new URLSearchParams({
    fileIndex: '0',
    documentId: asset.did,
    transferTxId: txId,
    serviceId: asset.service.id,
    consumerAddress: market.buyer.address
  });
  const ask = authorization =>
    fetch(`${node.url}/api/services/download?${query}`, {
      headers: { Authorization: authorization }
    });
  const good = await ask(token);
  assert.equal(good.status, 200);
  assert.equal(await good.text(), CSV);
  const none = await ask('undefined');
  assert.equal(none.status, 401);
  assert.match(await none.text(), /^Invalid authentication, you need/);
  const forged = await ask(
    token.replace(/.$/, last => (last === 'A' ? 'E' : 'A'))
  );
  assert.deepEqual(
    [forged.status, await forged.text()],
    [401, 'Invalid token']
  );
});
