/**
 * Reading from a gateway with every block checked in the page, beside `curl`
 * that checks nothing, of the same file from the same gateway.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { execute, openLab } from '../ui-tests/lab.mjs';
import { watched } from '../ui-tests/memory.mjs';
import { driveSettings, heapWords, median, MIB, randomFile } from './page.mjs';

const run_ = promisify(execFile);
const SIZE = 256 * MIB;

/** Seconds that `curl` takes to read a URL to nowhere. */
async function curl(url) {
  const { stdout } = await run_('curl', [
    '-sS',
    '--fail',
    '-o',
    '/dev/null',
    '-w',
    '%{time_total}',
    url
  ]);
  return Number(stdout);
}

/** In the page: seconds to read a URL to nowhere, unchecked. */
async function drain(url) {
  const since = performance.now();
  const response = await fetch(url, { cache: 'no-store' });
  const reader = response.body.getReader();
  while (!(await reader.read()).done) {
    // To nowhere.
  }
  return (performance.now() - since) / 1000;
}

/**
 * @param {object} bench - as the group hands it on
 * @param {(...args: string[]) => Promise<string>} bench.ipfs - the node's CLI
 */
export async function verifiedRead({
  report,
  runs,
  say,
  info,
  browser,
  folder,
  ipfs
}) {
  const local = join(folder, 'verified.bin');
  randomFile(local, SIZE);
  const cid = await ipfs('add', '-Q', '--pin=false', '--progress=false', local);
  rmSync(local);

  // Contexts of their own: a second tab of one would get another workspace.
  const first = await browser.newContext();
  const settings = await openLab(first, info.lab);
  await driveSettings(settings, { gateways: [info.gateway] });
  await first.close();
  // What is set is read when Lab starts.
  const context = await browser.newContext();
  const page = await openLab(context, info.lab);
  const url = `${info.gateway}/ipfs/${cid}`;

  const ours = [];
  const peer = [];
  // What the same takes without checking: floors of any way to do it.
  const archive = [];
  const unchecked = [];
  const grown = [];
  try {
    for (let i = 0; i < runs; i++) {
      peer.push(await curl(url));
      archive.push(await curl(`${url}?format=car`));
      unchecked.push(await page.evaluate(drain, url));
      let seconds = 0;
      const {
        value: result,
        peak,
        end
      } = await watched(page, async () => {
        const since = performance.now();
        const verified = await execute(page, 'ipfs:verify', { cid });
        seconds = (performance.now() - since) / 1000;
        return verified;
      });
      if (
        result.verified !== true ||
        result.size !== SIZE ||
        result.from !== 'gateways'
      ) {
        throw new Error(`not verified: ${JSON.stringify(result)}`);
      }
      grown.push({ peak, end });
      ours.push(seconds);
      say(
        `verified-read: run ${i + 1} of ${runs}: ${seconds.toFixed(2)} s, curl ${peer[i].toFixed(2)} s`
      );
    }
  } finally {
    await context.close();
  }
  report({
    name: 'verified-read',
    ours: median(ours),
    peer: median(peer),
    unit: 's',
    goal: 0.7,
    note: `256 MiB from Kubo's gateway, each block checked in Chromium, beside curl to nowhere; median of ${runs}; unchecked, the page takes ${median(unchecked).toFixed(2)} s for the file and curl ${median(archive).toFixed(2)} s for its archive; ${heapWords(grown)}`
  });
}
