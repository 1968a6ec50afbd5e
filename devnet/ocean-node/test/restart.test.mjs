/** What survives: a restart of the node, of the chain, and a chain replaced. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Nft } from '@oceanprotocol/lib';

import {
  download,
  nextNonce,
  openMarket,
  order,
  publish,
  waitFor
} from './market.mjs';
import { startNode, startStack, until } from './stack.mjs';

const TEXT = 'still here\n';
let stack;
let market;
let node;
let state;

before(async () => {
  stack = await startStack();
  market = openMarket(stack);
  state = `${stack.folder}/node`;
  node = await startNode(stack, state);
});
after(async () => {
  market?.close();
  await stack?.stop();
});

async function everything() {
  const answer = await fetch(`${node.url}/api/aquarius/assets/metadata/query`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: { match_all: {} } })
  });
  return answer.json();
}

const identity = async () => {
  const { nodeId, providerAddress } = await (await fetch(node.url)).json();
  return { nodeId, providerAddress };
};

test('index, key, nonces and tokens are the same after a restart', async () => {
  const files = [{ type: 'ipfs', hash: stack.add(TEXT) }];
  const asset = await publish(market, node.url, {
    name: 'Kept',
    price: '1',
    files
  });
  const gone = await publish(market, node.url, { name: 'Gone asset', files });
  const { txId } = await order(market, node.url, asset);
  assert.equal(
    await (await download(node.url, asset, market.buyer, txId)).text(),
    TEXT
  );
  const nft = new Nft(market.seller, 8996, market.config);
  await (await nft.setMetadataState(gone.nft, market.seller.address, 2)).wait();
  await waitFor(
    node.url,
    gone.did,
    ddo => ddo.version === 'deprecated',
    'gone'
  );
  await waitFor(
    node.url,
    asset.did,
    ddo => ddo.indexedMetadata.stats[0].orders === 1,
    'the order counted'
  );

  const before = await everything();
  const who = await identity();
  const nonce = await nextNonce(node.url, market.buyer);
  assert.equal(statSync(`${state}/key.json`).mode & 0o077, 0);
  assert.equal(await node.stop(), 0, 'SIGTERM ends it well');
  market.close();
  await stack.restartChain();
  market = openMarket(stack);

  node = await startNode(stack, state);
  assert.deepEqual(await identity(), who);
  assert.equal(await nextNonce(node.url, market.buyer), nonce);
  assert.deepEqual(await everything(), before);
  assert.equal(
    await (await download(node.url, asset, market.buyer, txId)).text(),
    TEXT
  );
});

test('a chain that goes away and comes back is waited for', async () => {
  const before = await everything();
  await stack.restartChain(700);
  await until(
    () => (/chain answers again/.test(node.log.join('')) ? true : undefined),
    'the chain again'
  );
  assert.match(node.log.join(''), /does not answer, retrying/);
  assert.deepEqual(await everything(), before);
  const files = [{ type: 'ipfs', hash: stack.add(TEXT) }];
  const asset = await publish(market, node.url, { name: 'After it', files });
  assert.equal(asset.resolved.id, asset.did);
});

test('a chain put back is read again', async () => {
  const before = await everything();
  const mark = await stack.rpc('evm_snapshot');
  const files = [{ type: 'ipfs', hash: stack.add(TEXT) }];
  const lost = await publish(market, node.url, { name: 'To be lost', files });
  await stack.rpc('evm_revert', mark);
  await until(async () => {
    const answer = await fetch(
      `${node.url}/api/aquarius/assets/ddo/${lost.did}`
    );
    return answer.status === 404 ? true : undefined;
  }, 'the lost asset gone');
  await until(
    async () =>
      (await everything()).flat().length === before.flat().length
        ? true
        : undefined,
    'the others back'
  );
  assert.deepEqual(await everything(), before);
});

test('started before the chain is known, it says so and waits', async () => {
  const addressFile = `${stack.folder}/later.json`;
  const said = [];
  const starting = startNode(
    { ...stack, addressFile, onLog: text => said.push(text) },
    `${stack.folder}/early`
  );
  await until(
    () =>
      /waiting for the chain: .*later\.json/.test(said.join(''))
        ? true
        : undefined,
    'the words'
  );
  writeFileSync(addressFile, JSON.stringify({ development: stack.addresses }));
  const early = await starting;
  assert.equal((await fetch(early.url)).status, 200);
  assert.equal(await early.stop(), 0);
});
