/**
 * Searching 10,000 assets as somebody types, beside the bare question to the
 * same node from the same page.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, execute, openLab, ready } from '../ui-tests/lab.mjs';
import { madeUpAssets, startSearchNode } from '../ui-tests/searchNode.mjs';
import { median } from './page.mjs';

const ASSETS = 10_000;
/** Milliseconds without a key before nodes are asked: by choice, not by work. */
const PAUSE = 300;
const WORDS = ['amber', 'cedar', 'glacier', 'lagoon', 'quartz', 'willow'];
/** Typed first in each round, to warm the page. */
const FIRST = 'meadow';

/** In the page: type something; milliseconds until its rows are drawn. */
function keystroke(word) {
  const input = document.querySelector('.jp-web3-discover-field input');
  const set = Object.getOwnPropertyDescriptor(
    HTMLInputElement.prototype,
    'value'
  ).set;
  const told = document.querySelector('.jp-web3-discover-count');
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`Nothing was found for ${word}`)),
      20_000
    );
    let since = 0;
    let began = false;
    const observer = new MutationObserver(() => {
      began ||= told.textContent.startsWith('Searching');
      if (began && /[0-9]/.test(told.textContent)) {
        observer.disconnect();
        clearTimeout(late);
        requestAnimationFrame(() => resolve(performance.now() - since));
      }
    });
    observer.observe(told, {
      childList: true,
      characterData: true,
      subtree: true
    });
    since = performance.now();
    set.call(input, word);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/** In the page: the same question and nothing else; milliseconds. */
async function question({ url, body }) {
  const since = performance.now();
  const response = await fetch(`${url}/api/aquarius/assets/metadata/query`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    credentials: 'omit'
  });
  await response.json();
  return performance.now() - since;
}

export async function run({ report, runs, only, say }) {
  if (only && only !== 'search-10000') {
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'web3-bench-'));
  const node = await startSearchNode(madeUpAssets(ASSETS));
  const stack = await startStack({
    state: join(folder, 'state'),
    exposeApp: true
  });
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: CHROMIUM_ARGS
  });
  try {
    const page = await openLab(await browser.newContext(), stack.info.lab);
    await page.evaluate(
      nodes =>
        globalThis.jupyterapp.serviceManager.settings.save(
          'jupyterlab-web3:market',
          JSON.stringify({ nodes })
        ),
      [node.url]
    );
    await page.reload();
    await ready(page);
    await execute(page, 'market:search', { query: '' });
    await page.locator('.jp-web3-virtual li').first().waitFor();
    const ours = [];
    const floor = [];
    for (let i = -1; i < runs; i++) {
      if (i >= 0) {
        // A page keeps answers, and counts what it asks in a minute: each round
        // is what somebody does who has just come.
        await page.reload();
        await ready(page);
        await execute(page, 'market:search', { query: '' });
        await page.locator('.jp-web3-virtual li').first().waitFor();
        await page.evaluate(keystroke, FIRST);
      }
      for (const word of WORDS) {
        const milliseconds = await page.evaluate(keystroke, word);
        const body = node.queries.findLast(({ query }) =>
          JSON.stringify(query).includes(word)
        );
        const bare = await page.evaluate(question, { url: node.url, body });
        // The first round warms the node's index and the page.
        if (i >= 0) {
          ours.push(milliseconds - PAUSE);
          floor.push(bare);
        }
      }
      say(`search-10000: ${i < 0 ? 'warm' : `run ${i + 1} of ${runs}`}`);
    }
    report({
      name: 'search-10000',
      ours: median(ours),
      peer: median(floor),
      unit: 'ms',
      goal: 0.7,
      note: `from a key to the drawn list over ${ASSETS} assets, without the ${PAUSE} ms in which more keys are waited for; beside the same question by fetch from the same page, median of ${ours.length}`
    });
  } finally {
    await browser.close();
    await stack.stop();
    node.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
