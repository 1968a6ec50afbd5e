import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { freePorts, isFree, keepPorts } from '../ports.mjs';

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'web3-ports-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function take(t, port) {
  const server = net.createServer();
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  t.after(() => server.close());
}

test('ports are free, different, and the same the next time', async t => {
  const file = join(folder(t), 'ports.json');
  const first = await keepPorts(file, ['kubo', 'chain', 'lab']);
  assert.equal(new Set(Object.values(first)).size, 3);
  for (const port of Object.values(first)) {
    assert.ok(await isFree(port));
  }
  assert.deepEqual(await keepPorts(file, ['lab', 'chain']), first);
});

test('a new part gets a port without moving the others', async t => {
  const file = join(folder(t), 'ports.json');
  const first = await keepPorts(file, ['kubo']);
  const second = await keepPorts(file, ['kubo', 'chain']);
  assert.equal(second.kubo, first.kubo);
  assert.notEqual(second.chain, first.kubo);
});

test('a taken port names itself, its part and the way out', async t => {
  const file = join(folder(t), 'ports.json');
  const { chain } = await keepPorts(file, ['chain']);
  await take(t, chain);
  await assert.rejects(keepPorts(file, ['chain']), error => {
    assert.equal(error.code, 'port-taken');
    assert.ok(error.message.includes(String(chain)));
    assert.ok(error.message.includes('(chain)'));
    assert.ok(error.message.includes('--reset'));
    return true;
  });
  // What is not started does not mind.
  await keepPorts(file, ['kubo']);
});

test('a wished port is kept, and refused when taken', async t => {
  const file = join(folder(t), 'ports.json');
  const [wish] = await freePorts(1);
  assert.equal((await keepPorts(file, ['lab'], { lab: wish })).lab, wish);
  assert.equal((await keepPorts(file, ['lab'])).lab, wish);
  await take(t, wish);
  await assert.rejects(keepPorts(file, ['lab'], { lab: wish }), {
    code: 'port-taken'
  });
});
