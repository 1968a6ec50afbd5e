/**
 * The figures of the drive as storage: how soon a large folder is there, how
 * fast files come and go, and a gateway is read with all of it checked.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, openLab } from '../ui-tests/lab.mjs';
import { watched } from '../ui-tests/memory.mjs';
import { heapWords, ipfs, median } from './page.mjs';
import { read1Gib } from './reading.mjs';
import { uploads } from './uploads.mjs';
import { verifiedRead } from './verifiedRead.mjs';

const ENTRIES = 10_000;
const MANY = 100_000;
const FIRST_ROWS_BUDGET = 300;
/** Milliseconds after which nobody would call it usable. */
const MANY_BUDGET = 2000;

/**
 * In the page: go into a folder and wait for its first row to be painted, then
 * go back. The time from the end of the answer with the listing, and the longest
 * time that the page was blocked; ms.
 */
async function openFolder([path, first]) {
  const browser = [...globalThis.jupyterapp.shell.widgets('left')].find(
    widget => widget.id === 'jp-web3-drive'
  );
  const rowIsThere = () =>
    browser.node.querySelector(
      `.jp-DirListing-item[title^="Name: ${first}\\a "]`
    );
  const blocked = [0];
  const tasks = new PerformanceObserver(list => {
    blocked.push(...list.getEntries().map(entry => entry.duration));
  });
  tasks.observe({ type: 'longtask' });
  performance.clearResourceTimings();
  const painted = new Promise(resolve => {
    const look = () => {
      if (rowIsThere()) {
        // The frame that shows it has ended when the next task runs.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve(performance.now());
        };
        requestAnimationFrame(() => port2.postMessage(null));
      } else {
        requestAnimationFrame(look);
      }
    };
    requestAnimationFrame(look);
  });
  await browser.model.cd(path);
  const end = await painted;
  const listing = performance
    .getEntriesByType('resource')
    .filter(({ name }) => /\/web3\/ipfs\/(files\/)?ls\?/.test(name));
  await browser.model.cd('/');
  // A long task is reported after it.
  await new Promise(resolve => setTimeout(resolve, 200));
  tasks.disconnect();
  if (listing.length !== 1) {
    throw new Error(`the folder took ${listing.length} listings`);
  }
  return {
    firstRows: end - listing[0].responseEnd,
    blocked: Math.max(...blocked)
  };
}

async function openMany(
  { report, runs, say, info, page, folder },
  { name, entries, budget, words }
) {
  const ours = [];
  const blocked = [];
  const grown = [];
  await page.evaluate(() =>
    globalThis.jupyterapp.shell.activateById('jp-web3-drive')
  );
  // One more is for the heap: looking at it takes the page's time. Not of the
  // largest, which takes a minute to make.
  const rounds = entries < MANY ? runs + 1 : runs;
  for (let i = 0; i < rounds; i++) {
    say(`${name}: run ${i + 1} of ${rounds}`);
    // Other content each time: a listing whose CID is known is not asked for.
    const local = join(folder, `${name}-${i}`);
    mkdirSync(local);
    for (let k = 0; k < entries; k++) {
      writeFileSync(join(local, `file ${k}.txt`), `${i} ${k}`);
    }
    const cid = await ipfs(
      info,
      'add',
      '-r',
      '-Q',
      '--pin=false',
      '--progress=false',
      local
    );
    await ipfs(info, 'files', 'cp', `/ipfs/${cid}`, `/${name}-${i}`);
    rmSync(local, { recursive: true });
    const open = () =>
      page.evaluate(openFolder, [`/${name}-${i}`, 'file 0.txt']);
    const looked =
      rounds === runs || i === runs ? await watched(page, open) : null;
    if (looked) {
      grown.push({ peak: looked.peak, end: looked.end });
    }
    if (i === runs) {
      break;
    }
    const opened = looked ? looked.value : await open();
    say(
      `  ${opened.firstRows.toFixed(0)} ms; blocked ${opened.blocked.toFixed(0)} ms at most`
    );
    ours.push(opened.firstRows);
    blocked.push(opened.blocked);
  }
  report({
    name,
    ours: median(ours),
    peer: budget,
    unit: 'ms',
    goal: 1,
    note: `first rows after the listing arrived, beside ${words}, median of ${runs}; the page was blocked ${Math.max(...blocked).toFixed(0)} ms at most; ${heapWords(grown)}`
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
    const context = await browser.newContext();
    const page = await openLab(context, info.lab);
    const bench = { report, runs, say, info, page, folder, browser, wants };
    if (wants('open-10000')) {
      await openMany(bench, {
        name: 'open-10000',
        entries: ENTRIES,
        budget: FIRST_ROWS_BUDGET,
        words: 'the budget'
      });
    }
    if (wants('open-100000')) {
      // Making such a folder takes longer than all the rest.
      await openMany(
        { ...bench, runs: 1 },
        {
          name: 'open-100000',
          entries: MANY,
          budget: MANY_BUDGET,
          words: `${MANY_BUDGET} ms, above which it would hardly be usable`
        }
      );
    }
    if (wants('read-1gib')) {
      await read1Gib(bench);
    }
    await uploads(bench);
    if (wants('verified-read')) {
      await verifiedRead({
        report,
        runs,
        say,
        info,
        browser,
        folder,
        ipfs: (...args) => ipfs(info, ...args)
      });
    }
  } finally {
    await browser.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
