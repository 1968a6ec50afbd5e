/**
 * Content that is sealed, beside the same bytes in the clear: published from the
 * workspace and downloaded into it, as commands do it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, execute, openLab } from '../ui-tests/lab.mjs';
import { watched } from '../ui-tests/memory.mjs';
import { scriptedWallet } from '../ui-tests/wallet.mjs';
import { GIB, heapWords, median, MIB, randomFile } from './page.mjs';

const GOAL = 0.7;
/** Bytes of the file; smaller for a quick look. */
const SIZE = Number(process.env.WEB3_SEALED_MIB ?? GIB / MIB) * MIB;

async function sha256(path) {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) {
    hash.update(part);
  }
  return hash.digest('hex');
}

const become = (page, account) =>
  page.evaluate(who => globalThis.scriptedWallet.switchAccount(who), account);

/** Something done in the page; what it resolved to, its seconds, its memory. */
async function measured(page, action) {
  let seconds = 0;
  const { value, peak, end } = await watched(page, async () => {
    const since = performance.now();
    const result = await action();
    seconds = (performance.now() - since) / 1000;
    return result;
  });
  return { value, seconds, grown: { peak, end } };
}

/** Publish a new random file, then buy and download it as somebody else. */
async function trade({ page, info, workspace, wants }, name, price) {
  const [seller, , buyer] = info.accounts;
  const local = join(workspace, name);
  randomFile(local, SIZE);
  const digest = await sha256(local);
  await become(page, seller.address);
  const up = await measured(page, () =>
    execute(page, 'ocean:publish', {
      path: name,
      silent: true,
      draft: {
        name,
        description: 'What sealing costs beside the same in the clear.',
        license: 'CC0-1.0',
        type: 'dataset',
        price,
        chainId: info.chainId
      }
    })
  );
  rmSync(local);
  if (!wants('down')) {
    return { up };
  }
  const { did } = up.value;
  await become(page, buyer.address);
  await execute(page, 'market:buy', { did });
  const down = await measured(page, () =>
    execute(page, 'market:download', { did, to: `got-${name}` })
  );
  const got = join(workspace, down.value.path);
  if (down.value.verified !== true || (await sha256(got)) !== digest) {
    throw new Error(`${name}: other bytes arrived`);
  }
  rmSync(got);
  return { up, down };
}

export async function sealed(bench) {
  const { report, runs, say, page, wants } = bench;
  await execute(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  const token = await page.evaluate(async () => {
    const config = await (await fetch('/web3/config')).json();
    return config.chain.paymentTokens[0].address;
  });
  const price = { kind: 'fixed', amount: '1', token };
  const found = { sealed: [], clear: [] };
  for (let i = -1; i < runs; i++) {
    const stamp = `${i < 0 ? 'warm' : i}-${Date.now()}`;
    const both = [
      ['sealed', price],
      ['clear', { kind: 'free' }]
    ];
    for (const [kind, cost] of i % 2 ? both : both.reverse()) {
      const one = await trade(bench, `${kind}-${stamp}.bin`, cost);
      say(
        `${kind}: ${i < 0 ? 'to warm up' : `run ${i + 1} of ${runs}`}: up ${one.up.seconds.toFixed(2)} s, down ${one.down?.seconds.toFixed(2) ?? '-'} s`
      );
      if (i >= 0) {
        found[kind].push(one);
      }
    }
  }
  const size = `${SIZE / MIB} MiB`;
  for (const [way, what] of [
    ['up', 'published from the workspace'],
    ['down', 'downloaded into the workspace and checked']
  ].filter(([way]) => wants(way))) {
    const seconds = kind => median(found[kind].map(one => one[way].seconds));
    report({
      name: way === 'up' ? 'sealed-upload' : 'sealed-download',
      ours: seconds('sealed'),
      peer: seconds('clear'),
      unit: 's',
      goal: GOAL,
      note: `${size} ${what}, beside as much in the clear in the same run, median of ${runs}; sealed, ${heapWords(found.sealed.map(one => one[way].grown))}; in the clear, ${heapWords(found.clear.map(one => one[way].grown))}`
    });
  }
}

export async function run({ report, runs, only, say }) {
  if (only && !['sealed-upload', 'sealed-download'].includes(only)) {
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'web3-bench-'));
  const state = join(folder, 'state');
  const stack = await startStack({ state, exposeApp: true });
  // A profile of its own: without one a browser keeps all it stores in memory.
  const context = await chromium.launchPersistentContext(
    join(folder, 'profile'),
    { executablePath: await findChromium(), args: CHROMIUM_ARGS }
  );
  try {
    const { info } = stack;
    await context.addInitScript(scriptedWallet, {
      rpc: info.chain,
      chainId: `0x${info.chainId.toString(16)}`,
      accounts: info.accounts.map(({ address }) => address)
    });
    const page = await openLab(context, info.lab);
    const workspace = join(state, 'workspace');
    // Nothing can be downloaded that was not uploaded.
    const wants = way => way === 'up' || only !== 'sealed-upload';
    await sealed({ report, runs, say, page, info, workspace, wants });
  } finally {
    await context.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
