/**
 * The figures of the first release: upload, publish, start-up.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { chromium } from '@playwright/test';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, execute, openLab } from '../ui-tests/lab.mjs';
import { scriptedWallet } from '../ui-tests/wallet.mjs';
import { median } from './page.mjs';
import { noteChoice, upload1Gib } from './uploads.mjs';

const JS_BUDGET = 60 * 1024;
const ACTIVATION_BUDGET = 20;

async function rpc(url, method, params) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  });
  const { result, error } = await response.json();
  if (error) {
    throw new Error(`${method}: ${error.message}`);
  }
  return result;
}

async function mined(url, hash) {
  for (;;) {
    const receipt = await rpc(url, 'eth_getTransactionReceipt', [hash]);
    if (receipt) {
      return receipt;
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** The floor: add + two transactions like ours + one interval of the index. */
async function publishFloor({ info, like, data }) {
  const start = performance.now();
  const form = new FormData();
  form.append('file', new Blob([data]), 'floor.bin');
  const response = await fetch(`${info.ipfsApi}/api/v0/add?pin=true`, {
    method: 'POST',
    headers: { Authorization: info.ipfsSecret },
    body: form
  });
  if (!response.ok) {
    throw new Error(`add: ${response.status}`);
  }
  await response.text();
  for (const transaction of like) {
    await mined(
      info.chain,
      await rpc(info.chain, 'eth_sendTransaction', [transaction])
    );
  }
  return performance.now() - start + info.indexInterval;
}

async function publish({ report, runs, say, info, page }) {
  await execute(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  const ours = [];
  const peer = [];
  // The first one loads the code that every later one uses.
  for (let i = -1; i < runs; i++) {
    say(i < 0 ? 'publish: warming up' : `publish: run ${i + 1} of ${runs}`);
    const name = `bench-${i}-${Date.now()}.bin`;
    await page.evaluate(async file => {
      const { contents } = globalThis.jupyterapp.serviceManager;
      const bytes = crypto.getRandomValues(new Uint8Array(48 * 1024));
      await contents.save(file, {
        type: 'file',
        format: 'base64',
        content: btoa(String.fromCharCode(...bytes.subarray(0, 32768)))
      });
    }, name);
    // The node has indexed what the floor sent before. A publish ends with a look
    // of the index: the next ones start spread over its interval, as people do.
    await new Promise(resolve =>
      setTimeout(resolve, info.indexInterval * (2 + Math.max(0, i) / runs))
    );
    const before = await page.evaluate(
      () => globalThis.scriptedWallet.walletTime
    );
    const sent = await page.evaluate(
      () => globalThis.scriptedWallet.prompts.length
    );
    const start = performance.now();
    await execute(page, 'ocean:publish', {
      path: name,
      silent: true,
      draft: {
        name: `Bench ${i}`,
        description: 'What a publish takes beside its floor.',
        license: 'CC0-1.0',
        type: 'dataset',
        price: { kind: 'free' },
        chainId: info.chainId
      }
    });
    const all = performance.now() - start;
    const after = await page.evaluate(
      () => globalThis.scriptedWallet.walletTime
    );
    if (i < 0) {
      continue;
    }
    ours.push(all - (after - before));
    const transactions = await page.evaluate(
      first =>
        globalThis.scriptedWallet.prompts
          .slice(first)
          .filter(prompt => prompt.method === 'eth_sendTransaction')
          .map(prompt => prompt.params[0]),
      sent
    );
    // The metadata of the floor goes to the same NFT; minting again makes another.
    peer.push(
      await publishFloor({ info, like: transactions, data: randomBytes(32768) })
    );
    say(`  ${ours.at(-1).toFixed(0)} beside ${peer.at(-1).toFixed(0)} ms`);
  }
  report({
    name: 'publish',
    ours: median(ours) / 1000,
    peer: median(peer) / 1000,
    unit: 's',
    goal: 0.66,
    note: `without wallet time, after one to warm up, beside add + the same two transactions + the index interval (${info.indexInterval} ms)`
  });
}

/** What the browser loads and runs of ours before the first click. */
async function startUp({ report, runs, say, info, browser }) {
  const sizes = [];
  const times = [];
  for (let i = 0; i < runs; i++) {
    say(`startup: run ${i + 1} of ${runs}`);
    const context = await browser.newContext();
    try {
      await context.addInitScript(timeActivation);
      const bodies = [];
      context.on('response', response => {
        if (
          /\/extensions\/jupyterlab-web3\/static\/.*\.js/.test(response.url())
        ) {
          bodies.push(response.body());
        }
      });
      const page = await openLab(context, info.lab);
      await page.waitForLoadState('networkidle');
      let size = 0;
      for (const body of await Promise.all(bodies)) {
        size += gzipSync(body, { level: 9 }).length;
      }
      if (!bodies.length) {
        throw new Error('Lab loaded no JavaScript of ours');
      }
      sizes.push(size);
      const activation = await page.evaluate(() => globalThis.web3Activation);
      if (!Object.keys(activation).length) {
        throw new Error('no plugin of ours was activated');
      }
      say(
        `  ${Object.entries(activation)
          .map(([id, ms]) => `${id.split(':')[1]} ${ms.toFixed(1)}`)
          .join(', ')} ms`
      );
      times.push(Object.values(activation).reduce((sum, ms) => sum + ms, 0));
    } finally {
      await context.close();
    }
  }
  report({
    name: 'startup-js',
    ours: median(sizes) / 1024,
    peer: JS_BUDGET / 1024,
    unit: 'kB gz',
    goal: 1,
    note: 'loaded before the first click, beside the budget'
  });
  report({
    name: 'startup-activation',
    ours: median(times),
    peer: ACTIVATION_BUDGET,
    unit: 'ms',
    goal: 1,
    note: 'time in activate() of all our plugins, beside the budget'
  });
}

/** In the page: time each activate() of the plugins of our labextension. */
function timeActivation() {
  const activation = {};
  globalThis.web3Activation = activation;
  const wrap = container => ({
    ...container,
    init: scope => container.init(scope),
    get: async name => {
      const factory = await container.get(name);
      return () => {
        const exported = factory();
        if (name !== './index' && name !== './extension') {
          return exported;
        }
        const plugins =
          (exported.__esModule ? exported.default : exported) ?? [];
        for (const plugin of Array.isArray(plugins) ? plugins : [plugins]) {
          const { activate } = plugin;
          plugin.activate = (...args) => {
            const start = performance.now();
            try {
              return activate(...args);
            } finally {
              activation[plugin.id] = performance.now() - start;
            }
          };
        }
        return exported;
      };
    }
  });
  const containers = {};
  globalThis._JUPYTERLAB = new Proxy(containers, {
    set(target, name, value) {
      target[name] = name === 'jupyterlab-web3' ? wrap(value) : value;
      return true;
    }
  });
}

export async function run({ report, runs, only, say }) {
  const folder = mkdtempSync(join(tmpdir(), 'web3-bench-'));
  const stack = await startStack({
    state: join(folder, 'state'),
    exposeApp: true
  });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS
  });
  try {
    const { info } = stack;
    const wants = name => !only || name.startsWith(only);
    if (wants('startup')) {
      await startUp({ report, runs, say, info, browser });
    }
    const context = await browser.newContext();
    await context.addInitScript(scriptedWallet, {
      rpc: info.chain,
      chainId: `0x${info.chainId.toString(16)}`,
      accounts: info.accounts.map(account => account.address)
    });
    await context.addInitScript(noteChoice);
    const page = await openLab(context, info.lab);
    if (wants('publish')) {
      await publish({ report, runs, say, info, page });
    }
    if (wants('upload')) {
      await upload1Gib(
        { report, runs, say, page, folder },
        'upload-1gib',
        info
      );
    }
  } finally {
    await browser.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
