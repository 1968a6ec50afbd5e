/**
 * The exchanges recorded from a real Ocean Node 3.1, said again to this one in
 * the same order, with the addresses, nonces and signatures of this run.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Nft } from '@oceanprotocol/lib';
import { Wallet, getBytes } from 'ethers';

import { developmentAccounts } from '../../chain/accounts.mjs';
import { assertLike } from './likeness.mjs';
import {
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

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/transcripts.json', import.meta.url), 'utf8')
);
const CSV = 'sepal_length,species\n5.1,setosa\n';
const CSV_CID = 'bafkreield76ukl7uxohceqbnaswd6lvlmyqc3vik5y26mhkcbpoztmuf5m';
const MIB = 1024 * 1024;

const wallets = new Map(
  developmentAccounts().map(({ address, privateKey }) => [
    address,
    new Wallet(privateKey)
  ])
);
const COMMANDS = {
  '/api/services/encrypt': 'encrypt',
  '/api/services/encryptFile': 'encryptFile',
  '/api/services/download': 'download',
  '/api/services/auth/token': 'createAuthToken',
  '/api/aquarius/assets/ddo/validate': 'validateDDO'
};

let stack;
let market;
let node;
/** What the recording says → what it is here. */
const names = new Map();
const find = label => recorded.findLast(exchange => exchange.label === label);

function rename(text) {
  let renamed = text;
  for (const [from, to] of names) {
    renamed = renamed.replaceAll(from, to);
  }
  return renamed;
}

/** The assets that were on the recorded node before: two gone, four alive. */
async function seed() {
  const pages = ['search page 1 of size 2', 'search page 2 of size 2'];
  for (const label of pages) {
    for (const old of find(label).response.body[0]) {
      const [stat] = old.indexedMetadata.stats;
      const paid = stat.prices[0].type === 'fixedrate';
      const asset = await publish(market, node.url, {
        name: old.metadata.name,
        price: paid ? '1' : undefined,
        files: [{ type: 'ipfs', hash: CSV_CID }],
        metadata: old.metadata,
        nftName: old.indexedMetadata.nft.name,
        service: old.services[0]
      });
      if (stat.orders) {
        await order(market, node.url, asset);
      }
    }
  }
  for (const name of ['Gone one', 'Gone two']) {
    const asset = await publish(market, node.url, {
      name,
      files: [{ type: 'ipfs', hash: CSV_CID }]
    });
    await setState(asset, 3);
  }
}

async function setState(asset, state) {
  const nft = new Nft(market.seller, 8996, market.config);
  const sent = await nft.setMetadataState(
    asset.nft,
    market.seller.address,
    state
  );
  await sent.wait();
  await waitFor(
    node.url,
    asset.did,
    ddo => ddo.indexedMetadata.nft.state === state,
    `state ${state}`
  );
}

/** Token and NFT for a publication in the recording, before it is replayed. */
async function prepare(label, price, name) {
  const old = find(label).request.body.ddo;
  const token = await mint(market, { price, name });
  const [service] = old.services;
  names.set(old.nftAddress, token.nft);
  names.set(service.datatokenAddress, token.datatoken);
  const { didOf } = await import('../chain.mjs');
  const did = didOf(token.nft, 8996);
  names.set(old.id, did);
  return { ...token, did, service: { ...service }, old };
}

before(async () => {
  stack = await startStack();
  market = openMarket(stack);
  node = await startNode(stack, `${stack.folder}/node`);
  assert.equal(stack.add(CSV), CSV_CID, 'the CID of the recording');
  await seed();
});
after(async () => {
  market?.close();
  await stack?.stop();
});

/** The recorded request with the nonce and signature that are due now. */
async function renew(exchange) {
  const { label } = exchange;
  const url = new URL(rename(exchange.request.path), node.url);
  let body = exchange.request.body;
  if (body !== null && typeof body === 'object') {
    body = JSON.parse(rename(JSON.stringify(body)));
  }
  const command = COMMANDS[url.pathname];
  const signer = label === 'download with a wrong signature' ? 4 : undefined;
  const signFor = async (address, nonce) => {
    const wallet = signer
      ? new Wallet(developmentAccounts()[signer].privateKey)
      : wallets.get(address);
    return sign(wallet, nonce, command);
  };
  const next = address =>
    label === 'download with a used nonce'
      ? 1
      : nextNonce(node.url, { address });

  if (command && url.searchParams.has('signature')) {
    const address = url.searchParams.get('consumerAddress');
    const nonce = await next(address);
    url.searchParams.set('nonce', String(nonce));
    url.searchParams.set('signature', await signFor(address, nonce));
  } else if (command && body?.signature?.length > 2) {
    const address = body.address ?? body.publisherAddress;
    body.nonce = String(await next(address));
    body.signature = await signFor(address, body.nonce);
  }
  return { url, body };
}

async function say(exchange) {
  const { url, body } = await renew(exchange);
  const { method, contentType, authorization } = exchange.request;
  const headers = {
    ...(contentType ? { 'Content-Type': contentType } : {}),
    ...(authorization ? { Authorization: authorization } : {})
  };
  const response = await fetch(url, {
    method,
    headers,
    body:
      body === null || body === undefined || method === 'GET'
        ? undefined
        : typeof body === 'string'
          ? body
          : JSON.stringify(body)
  });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    contentDisposition: response.headers.get('content-disposition'),
    text
  };
}

function check(exchange, answer) {
  const { response, label } = exchange;
  assert.equal(answer.status, response.status, `${label}: status`);
  assertLike(
    answer.contentDisposition,
    response.contentDisposition ?? null,
    `${label}: disposition`
  );
  // What a gateway calls a CSV file is its own business.
  assertLike(
    answer.contentType,
    response.contentType ?? null,
    `${label}: content type`
  );
  const structured = typeof response.body === 'object';
  const body = structured ? JSON.parse(answer.text) : answer.text;
  const wanted = structured
    ? JSON.parse(rename(JSON.stringify(response.body)))
    : rename(response.body);
  if (!label.startsWith('search')) {
    assertLike(body, wanted, label);
    return;
  }
  // The recording was cut after two hits of each index.
  assert.equal(body.length, wanted.length, `${label}: indexes with hits`);
  wanted.forEach((hits, at) => {
    if (/page/.test(label)) {
      assertLike(body[at], hits, label);
      return;
    }
    for (const hit of hits) {
      const same = body[at].filter(
        item =>
          item.metadata?.name === hit.metadata?.name &&
          item.metadata?.created === hit.metadata?.created
      );
      assert.ok(same.length > 0, `${label}: ${hit.metadata?.name}`);
      assertLike(same[0], hit, label);
    }
  });
}

test('every recorded exchange is answered in the same way', async t => {
  const free = await publish(market, node.url, {
    name: 'Free measurements',
    files: [{ type: 'ipfs', hash: CSV_CID }],
    metadata: { created: '2026-11-23T05:05:10Z', tags: ['free'] }
  });
  const old = new URL(find('initialize free').request.path, node.url);
  names.set(old.searchParams.get('documentId'), free.did);
  names.set(
    encodeURIComponent(old.searchParams.get('documentId')),
    encodeURIComponent(free.did)
  );
  names.set(old.searchParams.get('serviceId'), free.service.id);
  names.set(find('initialize free').response.body.datatoken, free.datatoken);

  const iris = await prepare(
    'publish Iris measurements: validate',
    '1',
    'Iris measurements'
  );
  const sealed = await prepare(
    'publish Sealed content: validate',
    undefined,
    'Sealed content'
  );
  for (const asset of [iris, sealed]) {
    names.set(encodeURIComponent(asset.old.id), encodeURIComponent(asset.did));
  }
  const sealedInfo = find('fileInfo sealed').response.body;
  const sealedBytes = randomBytes(Number(sealedInfo[0].contentLength));
  const sealedCid = find('publish Sealed content: encrypt files').request.body
    .files[0].hash;
  names.set(sealedCid, stack.add(sealedBytes));
  const large = find('fileInfo above 10 MiB (30 MiB file)').request.body.hash;
  names.set(large, stack.add(randomBytes(30 * MIB)));

  const answers = new Map();
  const finish = async (asset, title) => {
    const ddo = JSON.parse(rename(JSON.stringify(asset.old)));
    const encrypted = answers.get(`publish ${title}: encrypt ddo`).text;
    const receipt = await setMetadata(
      market,
      asset.nft,
      node.url,
      ddo,
      encrypted
    );
    const state = find('state by tx').request.path.split('txId=')[1];
    if (title === 'Iris measurements') {
      names.set(state, receipt.hash);
    }
    await waitFor(node.url, asset.did, () => true, title);
  };
  const pay = async (asset, label) => {
    const paid = recorded
      .find(x => x.label === label && x.request.path.includes('transferTxId'))
      .request.path.match(/transferTxId=(0x[0-9a-f]+)/)[1];
    const { txId } = await order(market, node.url, asset);
    names.set(paid, txId);
  };
  /** What happened on the chain before an exchange. */
  const deeds = new Map([
    ['order free: download', () => pay(free, 'order free: download')],
    ['order paid: download', () => pay(iris, 'order paid: download')],
    ['sealed content: key', () => pay(sealed, 'sealed content: key')],
    ['resolve a revoked asset', () => setState(free, 3)]
  ]);

  for (const [index, exchange] of recorded.entries()) {
    const { label } = exchange;
    const again = recorded[index - 1]?.label === label;
    await t.test(`${index} ${label}`, async () => {
      if (!again) {
        await deeds.get(label)?.();
      } else if (label.endsWith('wait for the indexer')) {
        const title = label.match(/^publish (.*): wait/)[1];
        await finish(title === 'Sealed content' ? sealed : iris, title);
      }
      const answer = await say(exchange);
      answers.set(label, answer);
      if (answer.status === 200 && label.endsWith('encrypt files') && again) {
        const { ddo } = find(label.replace('encrypt files', 'validate')).request
          .body;
        names.set(ddo.services[0].files, answer.text);
      }
      check(exchange, answer);
    });
  }

  await t.test('the validation is signed by the node', async () => {
    const { hash, publicKey, r, s, v } = JSON.parse(
      answers.get('validate unsigned, valid').text
    );
    const { Signature, keccak256, toUtf8Bytes, verifyMessage } =
      await import('ethers');
    const digest = getBytes(keccak256(toUtf8Bytes(hash)));
    assert.equal(verifyMessage(digest, Signature.from({ r, s, v })), publicKey);
  });

  await t.test('a file above 10 MiB is counted a little further', () => {
    const [info] = JSON.parse(
      answers.get('fileInfo above 10 MiB (30 MiB file)').text
    );
    assert.ok(Number(info.contentLength) > 10 * MIB);
    assert.ok(Number(info.contentLength) < 11 * MIB);
  });
});
