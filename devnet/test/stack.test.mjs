/** The stack as a whole: what it leaves, keeps, refuses and says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { rpc } from '../chain/anvil.mjs';
import { startStack } from '../stack.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const timeout = 90_000;

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'web3-stack-'));
  t.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    assert.equal(error.code, 'ESRCH');
    return false;
  }
}

async function until(what, condition) {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, what);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** A stack in a process of its own. */
async function starter(t, state, ...args) {
  const child = spawn(
    process.execPath,
    [join(here, 'starter.mjs'), state, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit']
    }
  );
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[
    Symbol.asyncIterator
  ]();
  const next = async () => JSON.parse((await lines.next()).value);
  const { pids, info } = await next();
  const ended = new Promise(resolve => child.once('exit', resolve));
  return { child, pids, info, next, ended };
}

/** The status that Kubo answers with at its Unix socket. */
function socketStatus({ web3, ipfsSecret }, authorized = true) {
  return new Promise((resolve, reject) => {
    http
      .request(
        {
          socketPath: web3.ipfs_socket,
          method: 'POST',
          path: '/api/v0/id',
          headers: authorized ? { Authorization: ipfsSecret } : {}
        },
        response => {
          response.resume();
          resolve(response.statusCode);
        }
      )
      .on('error', reject)
      .end();
  });
}

function kuboCall(info, verb, init = {}) {
  return fetch(`${info.ipfsApi}/api/v0/${verb}`, {
    method: 'POST',
    ...init,
    headers: { Authorization: info.ipfsSecret }
  });
}

async function writeFile(info, path, text) {
  const body = new FormData();
  body.append('file', new Blob([text]));
  const query = `arg=${encodeURIComponent(path)}&create=true&truncate=true`;
  const response = await kuboCall(info, `files/write?${query}`, { body });
  assert.equal(response.status, 200, await response.text());
}

async function readFile(info, path) {
  const response = await kuboCall(
    info,
    `files/read?arg=${encodeURIComponent(path)}`
  );
  return response.text();
}

test('files, blocks and ports survive a restart', { timeout }, async t => {
  const state = folder(t);
  let stack = await startStack({ state, lab: false, ocean: false });
  t.after(() => stack.stop());
  const first = stack.info;
  await writeFile(first, '/kept.txt', 'kept');
  const [from, to] = first.accounts;
  const hash = await rpc(first.chain, 'eth_sendTransaction', [
    { from: from.address, to: to.address, value: '0x1' }
  ]);
  await rpc(first.chain, 'anvil_mine', ['0x3']);
  const block = await rpc(first.chain, 'eth_blockNumber');
  const addresses = readFileSync(first.addressFile, 'utf8');
  const pids = Object.values(stack.parts).map(part => part?.pid);
  await stack.stop();
  for (const pid of pids.filter(Boolean)) {
    assert.equal(alive(pid), false);
  }

  stack = await startStack({ state, lab: false, ocean: false });
  assert.equal(stack.info.chain, first.chain);
  assert.equal(stack.info.ipfsApi, first.ipfsApi);
  assert.equal(stack.info.ipfsSecret, first.ipfsSecret);
  assert.equal(await readFile(stack.info, '/kept.txt'), 'kept');
  assert.equal(await rpc(stack.info.chain, 'eth_blockNumber'), block);
  const receipt = await rpc(stack.info.chain, 'eth_getTransactionReceipt', [
    hash
  ]);
  assert.equal(receipt.status, '0x1');
  assert.equal(
    readFileSync(first.addressFile, 'utf8'),
    addresses,
    'deployed once'
  );

  await stack.parts.chain.kill();
  await stack.parts.chain.start();
  assert.ok(
    Number(await rpc(stack.info.chain, 'eth_blockNumber')) >= Number(block)
  );
});

test(
  'the managed Kubo is closed to others and stays at home',
  { timeout },
  async t => {
    const state = folder(t);
    const stack = await startStack({ state, lab: false, ocean: false });
    t.after(() => stack.stop());
    const { info } = stack;
    const refused = await fetch(`${info.ipfsApi}/api/v0/id`, {
      method: 'POST'
    });
    assert.equal(refused.status, 403);
    const guessed = await fetch(`${info.ipfsApi}/api/v0/id`, {
      method: 'POST',
      headers: { Authorization: 'Bearer guess' }
    });
    assert.equal(guessed.status, 403);
    assert.equal((await kuboCall(info, 'id')).status, 200);
    assert.equal(await socketStatus(info), 200);
    assert.equal(await socketStatus(info, false), 403);
    assert.equal(statSync(dirname(info.web3.ipfs_socket)).mode & 0o777, 0o700);
    for (const file of ['kubo-secret', 'accounts.json', 'kubo/config']) {
      assert.equal(statSync(join(state, file)).mode & 0o777, 0o600, file);
    }
    const config = await (await kuboCall(info, 'config/show')).json();
    assert.deepEqual(config.Addresses.Swarm, []);
    assert.deepEqual(config.Bootstrap, []);
    assert.equal(config.AutoConf.Enabled, false);
    assert.equal(config.Provide.Strategy, 'pinned');
    assert.equal(config.Gateway.NoFetch, true);
    const unknown =
      'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4';
    const response = await fetch(`${info.gateway}/ipfs/${unknown}`);
    assert.equal(response.status, 404, 'nothing is fetched from a network');
  }
);

test('one CID everywhere: the profile of IPIP-499', { timeout }, async t => {
  const stack = await startStack({
    state: folder(t),
    lab: false,
    ocean: false
  });
  t.after(() => stack.stop());
  const body = new FormData();
  body.append('file', new Blob(['hello']));
  const added = await (await kuboCall(stack.info, 'add', { body })).json();
  assert.equal(
    added.Hash,
    'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq'
  );
});

test('a second start on the same state is refused', { timeout }, async t => {
  const state = folder(t);
  const stack = await startStack({ state, lab: false, ocean: false });
  t.after(() => stack.stop());
  await assert.rejects(startStack({ state, lab: false, ocean: false }), {
    code: 'already-running'
  });
  assert.equal(
    (await kuboCall(stack.info, 'id')).status,
    200,
    'the first is unharmed'
  );
});

test(
  'a taken port ends in words, and nothing stays behind',
  { timeout },
  async t => {
    const state = folder(t);
    const first = await startStack({ state, lab: false, ocean: false });
    const { port } = new URL(first.info.chain);
    await first.stop();
    const server = net.createServer();
    await new Promise(resolve =>
      server.listen(Number(port), '127.0.0.1', resolve)
    );
    t.after(() => server.close());
    await assert.rejects(startStack({ state, lab: false, ocean: false }), {
      code: 'port-taken'
    });
    // The way out that the message names: new ports, notebooks kept.
    writeFileSync(join(state, 'examples.json'), '{}');
    const second = await startStack({
      state,
      lab: false,
      ocean: false,
      reset: true
    });
    t.after(() => second.stop());
    assert.notEqual(second.info.chain, first.info.chain);
    assert.equal(readFileSync(join(state, 'examples.json'), 'utf8'), '{}');
  }
);

test(
  'reset deletes nothing in a folder that is no state',
  { timeout },
  async t => {
    const state = folder(t);
    writeFileSync(join(state, 'thesis.txt'), 'years of work');
    await assert.rejects(startStack({ state, reset: true, lab: false }), {
      code: 'reset-refused'
    });
    assert.equal(
      readFileSync(join(state, 'thesis.txt'), 'utf8'),
      'years of work'
    );
  }
);

test('Ctrl-C leaves nothing behind', { timeout }, async t => {
  const { child, pids, ended } = await starter(t, folder(t), 'ocean');
  assert.deepEqual(Object.keys(pids), ['kubo', 'chain', 'oceanNode']);
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  for (const [name, pid] of Object.entries(pids)) {
    assert.equal(alive(pid), false, name);
  }
});

test(
  'the parts end when their starter is killed, and the state can be used again',
  { timeout },
  async t => {
    const state = folder(t);
    const { child, pids, info, ended } = await starter(t, state);
    await rpc(info.chain, 'anvil_mine', ['0x5']);
    const block = await rpc(info.chain, 'eth_blockNumber');
    child.kill('SIGKILL');
    await ended;
    const again = await startStack({ state, lab: false, ocean: false });
    t.after(() => again.stop());
    for (const [name, pid] of Object.entries(pids)) {
      await until(`${name} ends`, () => !alive(pid));
    }
    assert.equal(await rpc(again.info.chain, 'eth_blockNumber'), block);
    await again.stop();
    // What a killed Kubo leaves where it listened.
    const left = net.createServer();
    await new Promise(resolve =>
      left.listen(join(state, 'left.sock'), resolve)
    );
    linkSync(join(state, 'left.sock'), info.web3.ipfs_socket);
    await new Promise(resolve => left.close(resolve));
    const third = await startStack({ state, lab: false, ocean: false });
    t.after(() => third.stop());
    assert.equal(await socketStatus(third.info), 200);
  }
);

test(
  'a folder with too long a path for a socket does without',
  { timeout },
  async t => {
    const state = join(folder(t), 'long'.repeat(30));
    const stack = await startStack({ state, lab: false, ocean: false });
    t.after(() => stack.stop());
    assert.equal(stack.info.web3.ipfs_socket, undefined);
    assert.equal((await kuboCall(stack.info, 'id')).status, 200);
  }
);

test(
  'the crash of one part says which and why, and stops the rest',
  { timeout },
  async t => {
    const { pids, next, ended } = await starter(t, folder(t));
    process.kill(pids.chain, 'SIGKILL');
    const { failed, code } = await next();
    assert.equal(code, 'part-died');
    assert.match(failed, /anvil/);
    assert.match(failed, /SIGKILL/);
    assert.match(failed, /logs\/chain\.log/);
    assert.match(failed, /chain\.log\):\n.*eth_/, 'its last lines');
    await ended;
    assert.equal(alive(pids.kubo), false);
  }
);

test(
  'a part that cannot start is named and takes the rest down',
  { timeout },
  async t => {
    const state = folder(t);
    const first = await startStack({ state, lab: false, ocean: false });
    await first.stop();
    // Nothing whole is left of the chain, neither the file nor its copy.
    writeFileSync(join(state, 'chain', 'state.json'), '{"half');
    writeFileSync(join(state, 'chain', 'state.json.bak'), '{"half');
    await assert.rejects(startStack({ state, lab: false, ocean: false }), {
      code: 'chain-state'
    });
    await until('Kubo ends', () =>
      fetch(first.info.ipfsApi).then(
        () => false,
        () => true
      )
    );
  }
);

test(
  'a chain that was cut off goes back to its last whole copy',
  { timeout },
  async t => {
    const state = folder(t);
    const first = await startStack({ state, lab: false, ocean: false });
    await first.stop();
    const second = await startStack({ state, lab: false, ocean: false });
    const block = await rpc(second.info.chain, 'eth_blockNumber');
    await second.stop();
    writeFileSync(join(state, 'chain', 'state.json'), '{"half');
    const said = [];
    const third = await startStack({
      state,
      lab: false,
      ocean: false,
      say: word => said.push(word)
    });
    t.after(() => third.stop());
    assert.equal(await rpc(third.info.chain, 'eth_blockNumber'), block);
    assert.ok(
      said.some(word => word.includes('last whole copy')),
      said.join()
    );
  }
);
