/** Where Kubo is looked for, and what is said when there is none. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { KUBO_VERSION, findKubo } from '../findKubo.mjs';

const NAMES = ['KUBO_PATH', 'PATH', 'XDG_CACHE_HOME'];

/** An environment with nothing in it but two empty folders. */
function environment(t) {
  const root = mkdtempSync(join(tmpdir(), 'web3-kubo-'));
  const before = NAMES.map(name => [name, process.env[name]]);
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
    rmSync(root, { recursive: true, force: true });
  });
  delete process.env.KUBO_PATH;
  process.env.PATH = join(root, 'bin');
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  mkdirSync(join(root, 'bin'));
  return root;
}

function program(path, says) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const cached = root =>
  join(root, 'cache', 'jupyterlab-web3', `kubo-${KUBO_VERSION}`, 'ipfs');

test('KUBO_PATH goes before all; a wrong one is no reason to look on', async t => {
  const root = environment(t);
  program(join(root, 'bin', 'ipfs'), '0.43.0');
  process.env.KUBO_PATH = program(join(root, 'mine'), '0.43.0');
  assert.equal(await findKubo(), process.env.KUBO_PATH);
  process.env.KUBO_PATH = join(root, 'gone');
  await assert.rejects(findKubo(), { code: 'kubo-path' });
});

test('one on PATH is taken when it is new enough', async t => {
  const root = environment(t);
  const ipfs = program(join(root, 'bin', 'ipfs'), '0.42.0');
  assert.equal(await findKubo(), ipfs);
});

test('an old one on PATH is passed over, with a word', async t => {
  const root = environment(t);
  const kept = program(cached(root), KUBO_VERSION);
  for (const version of ['0.41.2', '0.9.1', 'not a version']) {
    const ipfs = program(join(root, 'bin', 'ipfs'), version);
    const said = [];
    assert.equal(await findKubo(word => said.push(word)), kept);
    assert.ok(said.join().includes(ipfs), version);
    assert.ok(said.join().includes(version));
  }
});

test('without Go there is a way on in the message', async t => {
  environment(t);
  await assert.rejects(findKubo(), error => {
    assert.equal(error.code, 'go-missing');
    assert.match(error.message, /1\.24/);
    assert.match(error.message, /KUBO_PATH/);
    return true;
  });
});

test('an old Go is named', async t => {
  const root = environment(t);
  program(join(root, 'bin', 'go'), 'go version go1.21.3 linux/amd64');
  await assert.rejects(findKubo(), error => {
    assert.equal(error.code, 'go-old');
    assert.match(error.message, /is 1\.21/);
    return true;
  });
});
