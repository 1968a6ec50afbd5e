/**
 * Reading from a gateway with every block checked in the page, beside `curl`
 * that checks nothing, of the same file from the same gateway.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { execute, openLab } from '../ui-tests/lab.mjs';

const run_ = promisify(execFile);
const MIB = 2 ** 20;
const SIZE = 256 * MIB;

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Bytes that no two blocks share. */
async function noise(path) {
  const out = createWriteStream(path);
  for (let at = 0; at < SIZE; at += MIB) {
    if (!out.write(randomBytes(MIB))) {
      await new Promise(resolve => out.once('drain', resolve));
    }
  }
  await new Promise((resolve, reject) =>
    out.end(error => (error ? reject(error) : resolve()))
  );
}

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

/** Bytes of JavaScript's heap in use, after a collection. */
async function heap(client) {
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  return usedSize;
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
  await noise(local);
  const cid = await ipfs('add', '-Q', '--pin=false', '--progress=false', local);
  rmSync(local);

  // Contexts of their own: a second tab of one would get another workspace.
  const first = await browser.newContext();
  const settings = await openLab(first, info.lab);
  await settings.evaluate(async gateway => {
    await globalThis.jupyterapp.serviceManager.settings.save(
      'jupyterlab-web3:ipfs',
      JSON.stringify({ gateways: [gateway] })
    );
  }, info.gateway);
  await first.close();
  // What is set is read when Lab starts.
  const context = await browser.newContext();
  const page = await openLab(context, info.lab);
  const client = await context.newCDPSession(page);
  const url = `${info.gateway}/ipfs/${cid}`;

  const ours = [];
  const peer = [];
  // What the same takes without checking: floors of any way to do it.
  const archive = [];
  const unchecked = [];
  let grown = 0;
  try {
    for (let i = 0; i < runs; i++) {
      peer.push(await curl(url));
      archive.push(await curl(`${url}?format=car`));
      unchecked.push(await page.evaluate(drain, url));
      const before = await heap(client);
      const since = performance.now();
      const result = await execute(page, 'ipfs:verify', { cid });
      const seconds = (performance.now() - since) / 1000;
      if (
        result.verified !== true ||
        result.size !== SIZE ||
        result.from !== 'gateways'
      ) {
        throw new Error(`not verified: ${JSON.stringify(result)}`);
      }
      grown = Math.max(grown, (await heap(client)) - before);
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
    note: `256 MiB from Kubo's gateway, each block checked in Chromium, beside curl to nowhere; median of ${runs}; unchecked, the page takes ${median(unchecked).toFixed(2)} s for the file and curl ${median(archive).toFixed(2)} s for its archive; heap grew ${(grown / MIB).toFixed(1)} MiB`
  });
}
