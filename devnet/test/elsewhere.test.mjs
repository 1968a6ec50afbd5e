/** Using what runs elsewhere: `--ipfs-api`, `--chain`, `--ocean-node`. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { externalGateway } from '../external.mjs';
import { startStack } from '../stack.mjs';

const timeout = 90_000;

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'web3-elsewhere-'));
  t.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/** A Kubo that tells one address as its gateway. */
async function kubo(t, status, answer) {
  const server = http.createServer((request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

test('the gateway of a Kubo elsewhere is asked of it', async t => {
  for (const [value, expected] of [
    ['/ip4/127.0.0.1/tcp/8080', 'http://127.0.0.1:8080'],
    [['/ip4/127.0.0.1/tcp/8081'], 'http://127.0.0.1:8081'],
    ['/ip4/0.0.0.0/tcp/80', 'http://127.0.0.1:80'],
    ['/dns4/ipfs.example/tcp/8080', 'http://ipfs.example:8080']
  ]) {
    const api = await kubo(t, 200, { Key: 'Addresses.Gateway', Value: value });
    assert.equal(await externalGateway(api), expected);
  }
});

test('a Kubo elsewhere that is not there, refuses or has no gateway', async t => {
  await assert.rejects(externalGateway('http://127.0.0.1:9'), {
    code: 'ipfs-unreachable'
  });
  const closed = await kubo(t, 403, 'Forbidden');
  await assert.rejects(externalGateway(closed), { code: 'ipfs-unreachable' });
  const without = await kubo(t, 200, { Value: '' });
  await assert.rejects(externalGateway(without), { code: 'ipfs-gateway' });
});

test(
  'a chain and an Ocean Node elsewhere are used, not started',
  { timeout },
  async t => {
    const there = await startStack({ state: folder(t), lab: false });
    t.after(() => there.stop());
    const options = {
      lab: false,
      chain: there.info.chain,
      addressFile: there.info.addressFile,
      oceanNode: there.info.oceanNode
    };
    const here = await startStack({ ...options, state: folder(t) });
    t.after(() => here.stop());
    assert.equal(here.parts.chain, null);
    assert.equal(here.parts.oceanNode, null);
    assert.deepEqual(here.info.accounts, [], 'its keys are not ours to know');
    assert.equal(here.info.web3.development_accounts_file, undefined);
    const network = JSON.parse(readFileSync(here.info.networkFile, 'utf8'));
    assert.equal(network.chainId, 8996);
    assert.equal(network.local, false);
    assert.equal(network.oceanNode, there.info.oceanNode);
    assert.deepEqual(
      network.paymentTokens.map(({ symbol, decimals }) => [symbol, decimals]),
      [
        ['OCEAN', 18],
        ['USDC', 6]
      ]
    );

    const wrong = join(folder(t), 'addresses.json');
    writeFileSync(wrong, JSON.stringify({ other: { chainId: 1 } }));
    await assert.rejects(
      startStack({ ...options, addressFile: wrong, state: folder(t) }),
      { code: 'address-file' }
    );
    await assert.rejects(
      startStack({ ...options, chain: 'http://127.0.0.1:9', state: folder(t) }),
      { code: 'chain-unreachable' }
    );
  }
);
