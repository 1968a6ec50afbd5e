/** JupyterLab as a part: examples, configuration, which labextensions win. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { copyExamples } from '../lab.mjs';
import { startStack } from '../stack.mjs';

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'web3-lab-'));
  t.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

test('examples follow the checkout until the person changes or deletes them', t => {
  const root = folder(t);
  const [examples, state, workspace] = ['examples', 'state', 'workspace'].map(
    name => join(root, name)
  );
  mkdirSync(examples);
  const names = ['a.ipynb', 'changed.ipynb', 'deleted.ipynb'];
  for (const name of names) {
    writeFileSync(join(examples, name), 'one');
  }
  assert.equal(copyExamples(state, workspace, examples), 'a.ipynb');
  writeFileSync(join(workspace, 'changed.ipynb'), 'mine');
  rmSync(join(workspace, 'deleted.ipynb'));
  for (const name of names) {
    writeFileSync(join(examples, name), 'two');
  }
  copyExamples(state, workspace, examples);
  assert.equal(readFileSync(join(workspace, 'a.ipynb'), 'utf8'), 'two');
  assert.equal(readFileSync(join(workspace, 'changed.ipynb'), 'utf8'), 'mine');
  assert.equal(existsSync(join(workspace, 'deleted.ipynb')), false);
});

test('a file that was there before the examples is not overwritten', t => {
  const root = folder(t);
  const examples = join(root, 'examples');
  const workspace = join(root, 'workspace');
  mkdirSync(examples);
  mkdirSync(workspace);
  writeFileSync(join(examples, 'a.ipynb'), 'ours');
  writeFileSync(join(workspace, 'a.ipynb'), 'mine');
  copyExamples(join(root, 'state'), workspace, examples);
  assert.equal(readFileSync(join(workspace, 'a.ipynb'), 'utf8'), 'mine');
});

function pageConfig(html) {
  const text = /id="jupyter-config-data"[^>]*>([\s\S]*?)<\/script>/.exec(
    html
  )[1];
  return JSON.parse(text);
}

test(
  'JupyterLab serves the suite of the checkout, configured for the stack',
  { timeout: 180_000 },
  async t => {
    const state = folder(t);
    // An older copy, as an installation leaves it behind.
    const stale = join(
      state,
      'lab',
      'data',
      'labextensions',
      'jupyterlab-web3'
    );
    mkdirSync(join(stale, 'static'), { recursive: true });
    writeFileSync(
      join(stale, 'package.json'),
      JSON.stringify({
        name: 'jupyterlab-web3',
        version: '0.0.1',
        jupyterlab: {
          extension: true,
          _build: { load: 'static/stale.js', extension: './extension' }
        }
      })
    );
    const stack = await startStack({ state });
    t.after(() => stack.stop());
    const lab = new URL(stack.info.lab);
    const token = lab.searchParams.get('token');
    const anonymous = await fetch(`${lab.origin}/web3/config`);
    assert.equal(anonymous.status, 403);

    const headers = { Authorization: `token ${token}` };
    const config = await (
      await fetch(`${lab.origin}/web3/config`, { headers })
    ).json();
    assert.equal(config.chain.chainId, 8996);
    assert.equal(config.chain.local, true);
    assert.deepEqual(
      config.chain.paymentTokens.map(token => [token.symbol, token.decimals]),
      [
        ['OCEAN', 18],
        ['USDC', 6]
      ]
    );
    assert.equal(config.ipfs.managed, true);
    assert.equal(config.developmentWallet, true);
    assert.deepEqual(config.oceanNodes, [stack.info.oceanNode]);

    const page = pageConfig(await (await fetch(lab, { headers })).text());
    const loaded = page.federated_extensions;
    const suite = loaded.filter(({ name }) => name === 'jupyterlab-web3');
    assert.equal(suite.length, 1);
    assert.notEqual(suite[0].load, 'static/stale.js');
    const script = await fetch(
      `${lab.origin}/lab/extensions/jupyterlab-web3/${suite[0].load}`,
      { headers }
    );
    assert.equal(script.status, 200);
    const names = loaded.map(({ name }) => name);
    assert.ok(names.includes('@jupyterlab-web3/development-wallet'));
    assert.ok(names.includes('@jupyterlab-web3/metamask-sdk'));
    assert.notEqual(page.exposeAppInBrowser, true);

    assert.equal(
      statSync(join(state, 'lab', 'server.json')).mode & 0o777,
      0o600
    );
    const { pid } = stack.parts.lab;
    const commandLine = existsSync(`/proc/${pid}`)
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
          encoding: 'utf8'
        });
    assert.ok(commandLine.includes('jupyter'));
    assert.equal(
      commandLine.includes(token),
      false,
      'ps must not show the token'
    );
  }
);
