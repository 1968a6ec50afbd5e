/**
 * Reading a large file of the drive in the page, through the server route,
 * beside `ipfs cat` to nowhere.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { watched } from '../ui-tests/memory.mjs';
import {
  command,
  GIB,
  heapWords,
  ipfs,
  median,
  randomFile,
  timed
} from './page.mjs';

/** Run `ipfs cat` to nowhere. */
function cat(info, cid) {
  return new Promise((resolve, reject) => {
    const child = spawn(info.ipfs, command(info, ['cat', cid]), {
      stdio: ['ignore', 'ignore', 'inherit']
    });
    child.once('error', reject);
    child.once('exit', code =>
      code === 0 ? resolve() : reject(new Error(`ipfs cat: ${code}`))
    );
  });
}

/** In the page: read a file of the drive to nowhere; its bytes. */
async function drain(path) {
  const { contents } = globalThis.jupyterapp.serviceManager;
  const response = await fetch(await contents.getDownloadUrl(path), {
    cache: 'no-store'
  });
  // Into one buffer, again and again: a piece of memory each leaves 200 MiB to
  // be collected.
  const reader = response.body.getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(2 ** 20);
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) {
      return size;
    }
    size += value.length;
    buffer = value.buffer;
  }
}

export async function read1Gib({ report, runs, say, info, page, folder }) {
  const local = randomFile(join(folder, 'read.bin'), GIB);
  const cid = await ipfs(
    info,
    'add',
    '-Q',
    '--pin=false',
    '--progress=false',
    local
  );
  rmSync(local);
  await ipfs(info, 'files', 'cp', `/ipfs/${cid}`, '/read.bin');
  const ours = [];
  const peer = [];
  const grown = [];
  for (let i = 0; i < runs; i++) {
    peer.push(await timed(() => cat(info, cid)));
    let seconds = 0;
    const { value, peak, end } = await watched(page, async () => {
      let size = 0;
      seconds = await timed(async () => {
        size = await page.evaluate(drain, 'ipfs:read.bin');
      });
      return size;
    });
    if (value !== GIB) {
      throw new Error(`read-1gib: ${value} bytes came`);
    }
    ours.push(seconds);
    grown.push({ peak, end });
    say(
      `read-1gib: run ${i + 1} of ${runs}: ${seconds.toFixed(2)} s, ipfs cat ${peer[i].toFixed(2)} s`
    );
  }
  await ipfs(info, 'files', 'rm', '/read.bin');
  report({
    name: 'read-1gib',
    ours: median(ours),
    peer: median(peer),
    unit: 's',
    goal: 0.8,
    note: `1 GiB of the drive in the page, through the server route, beside \`ipfs cat\` to nowhere, median of ${runs}; ${heapWords(grown)}`
  });
}
