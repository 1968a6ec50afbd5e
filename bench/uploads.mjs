/**
 * Uploads through the browser, each beside `ipfs add` of as much to the same
 * node: by the server route, by Kubo's RPC directly, and into the page itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { kuboPart } from '../devnet/kubo.mjs';
import { freePorts } from '../devnet/ports.mjs';
import { execute, openLab } from '../ui-tests/lab.mjs';
import { watched } from '../ui-tests/memory.mjs';
import {
  driveSettings,
  GIB,
  heapWords,
  ipfs,
  median,
  MIB,
  randomFile,
  randomTree,
  timed
} from './page.mjs';

const FILES = 5000;
const SIZE = 4096;
const HELIA = 256 * MIB;
/** Of Kubo through the browser: IndexedDB and hashing in the page cost this. */
const HELIA_GOAL = 0.2;
const ADD = ['add', '--quieter', '--pin=false', '--progress=false'];

/** In the page: note when files were chosen in the dialog. */
export function noteChoice() {
  const { click } = HTMLInputElement.prototype;
  HTMLInputElement.prototype.click = function () {
    this.addEventListener(
      'change',
      () => {
        globalThis.chosenAt = Date.now();
      },
      { capture: true, once: true }
    );
    return click.call(this);
  };
}

/**
 * Upload by a command that asks for files.
 *
 * @returns what the command returned, seconds from the choice on, and seconds
 *   that the browser took to list what was chosen
 */
async function upload(page, command, path) {
  const chosen = page.waitForEvent('filechooser');
  const uploaded = execute(page, command, { path: 'ipfs:' });
  const chooser = await chosen;
  const since = Date.now();
  await chooser.setFiles(path);
  const entries = await uploaded;
  const end = Date.now();
  const start = await page.evaluate(() => globalThis.chosenAt);
  return {
    entries,
    seconds: (end - start) / 1000,
    listing: (start - since) / 1000
  };
}

/** Seconds that the page takes to read the files of a folder to nowhere. */
async function readInPage(page, path) {
  const chosen = page.waitForEvent('filechooser');
  const read = page.evaluate(async () => {
    const input = document.createElement('input');
    input.type = 'file';
    input.webkitdirectory = true;
    const files = new Promise(resolve => {
      input.onchange = () => resolve([...input.files]);
    });
    input.click();
    const all = await files;
    const since = performance.now();
    let next = 0;
    const read = async () => {
      while (next < all.length) {
        await all[next++].arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: 16 }, read));
    return (performance.now() - since) / 1000;
  });
  await (await chosen).setFiles(path);
  return read;
}

/** A Kubo that pages of Lab's origin may speak to. */
async function openKubo({ info, folder }) {
  const [kubo, gateway] = await freePorts(2);
  const state = join(folder, 'direct');
  const node = kuboPart({
    binary: info.ipfs,
    state,
    ports: { kubo, gateway },
    swarm: 'none',
    guarded: false
  });
  // The part keeps what it does not set itself.
  mkdirSync(node.repo, { recursive: true });
  execFileSync(info.ipfs, ['init', '--profile=unixfs-v1-2025'], {
    env: { ...process.env, IPFS_PATH: node.repo },
    stdio: 'ignore'
  });
  const file = join(node.repo, 'config');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.API.HTTPHeaders = {
    'Access-Control-Allow-Origin': [new URL(info.lab).origin],
    'Access-Control-Allow-Methods': ['POST']
  };
  writeFileSync(file, JSON.stringify(config));
  await node.part.start();
  return { ipfs: info.ipfs, ipfsApi: node.api, part: node.part };
}

/**
 * One file each by command line and browser, in turn first: what the one wrote is
 * still on its way to the disk when the other begins. A pair before them is not
 * counted, since the very first has nobody before it.
 */
async function large({ page, node, folder, say, runs, name, size }) {
  const found = { ours: [], peer: [], grown: [] };
  const path = join(folder, `${name}.bin`);
  const byCommandLine = async () => {
    randomFile(path, size);
    found.peer.push(await timed(() => ipfs(node, ...ADD, path)));
    rmSync(path);
  };
  const byBrowser = async i => {
    const own = join(folder, `${name}-${i}.bin`);
    randomFile(own, size);
    const { value, peak, end } = await watched(page, () =>
      upload(page, 'ipfs:upload', own)
    );
    rmSync(own);
    const [entry] = value.entries;
    if (entry?.size !== size) {
      throw new Error(`${name}: the upload reports ${entry?.size} bytes`);
    }
    found.ours.push(value.seconds);
    found.grown.push({ peak, end });
  };
  for (let i = node ? -1 : 0; i < runs; i++) {
    if (!node) {
      await byBrowser(i);
    } else if (i % 2) {
      await byBrowser(i);
      await byCommandLine();
    } else {
      await byCommandLine();
      await byBrowser(i);
    }
    const { ours, peer, grown } = found;
    say(
      `${name}: ${i < 0 ? 'to warm up' : `run ${i + 1} of ${runs}`}: ${ours.at(-1).toFixed(2)} s, peer ${peer.at(-1)?.toFixed(2) ?? '-'} s`
    );
    if (i < 0) {
      for (const list of [ours, peer, grown]) {
        list.length = 0;
      }
    }
  }
  return found;
}

/** `upload-1gib` of both groups. */
export async function upload1Gib(bench, name, node) {
  const { ours, peer, grown } = await large({
    ...bench,
    node,
    name,
    size: GIB
  });
  bench.report({
    name,
    ours: median(ours),
    peer: median(peer),
    unit: 's',
    goal: 0.8,
    note: `1 GiB through the browser, from when it was chosen, beside \`ipfs add\` to the same node, in turn first, median of ${bench.runs}; ${heapWords(grown)}`
  });
}

async function upload5000(bench, way, node) {
  const { page, folder, runs, say, report } = bench;
  const name = `upload-5000-files-${way}`;
  const ours = [];
  const peer = [];
  const listing = [];
  const reading = [];
  const grown = [];
  // The first one loads the code that every later one uses.
  for (let i = -1; i < runs; i++) {
    const files = i < 0 ? 200 : FILES;
    const path = join(folder, `${name}-${i}`);
    randomTree(path, { files, size: SIZE });
    const cli = await timed(() => ipfs(node, ...ADD, '-r', path));
    rmSync(path, { recursive: true });
    randomTree(path, { files, size: SIZE });
    const { value, peak, end } = await watched(page, () =>
      upload(page, 'ipfs:upload-folder', path)
    );
    if (value.entries?.length !== files) {
      throw new Error(`${name}: ${value.entries?.length} of ${files} files`);
    }
    if (i >= 0) {
      const [there, wanted] = await Promise.all([
        ipfs(node, 'files', 'stat', '--hash', `/${name}-${i}`),
        ipfs(node, ...ADD, '-n', '-r', path)
      ]);
      if (there !== wanted) {
        throw new Error(`${name}: ${there} is there, not ${wanted}`);
      }
      ours.push(value.seconds);
      listing.push(value.listing);
      reading.push(await readInPage(page, path));
      peer.push(cli);
      grown.push({ peak, end });
      say(
        `${name}: run ${i + 1} of ${runs}: ${value.seconds.toFixed(2)} s, ipfs add -r ${cli.toFixed(2)} s`
      );
    }
    rmSync(path, { recursive: true });
  }
  report({
    name,
    ours: median(ours),
    peer: median(peer),
    unit: 's',
    goal: 0.8,
    note: `${FILES} files of ${SIZE} bytes in ${FILES / 100} folders, from when they were chosen, beside \`ipfs add -r\`, median of ${runs}; before, the browser took ${median(listing).toFixed(2)} s to list them; that it reads them to nowhere takes it ${median(reading).toFixed(2)} s, a floor; the same root CID; ${heapWords(grown)}`
  });
}

async function helia(bench, through) {
  const { report, runs } = bench;
  const name = 'helia-upload-256mib';
  const { ours, grown } = await large({
    ...bench,
    node: null,
    name,
    size: HELIA
  });
  report({
    name,
    ours: median(ours),
    peer: median(through),
    unit: 's',
    goal: HELIA_GOAL,
    note: `256 MiB into the page itself beside Kubo through the browser (route), median of ${runs}; the goal is what a page can be asked for; ${heapWords(grown)}`
  });
}

/** A page of Lab with other settings of the drive, until `action` has ended. */
async function withSettings({ browser, info }, settings, action) {
  const first = await browser.newContext();
  const before = await openLab(first, info.lab);
  await driveSettings(before, settings);
  const context = await browser.newContext();
  await context.addInitScript(noteChoice);
  try {
    // What is set is read when Lab starts.
    await action(await openLab(context, info.lab));
  } finally {
    await context.close();
    await driveSettings(before, {});
    await first.close();
  }
}

/** All uploads that are wanted. */
export async function uploads(bench) {
  const { wants, info } = bench;
  const both = async (way, node, page) => {
    const here = { ...bench, page };
    if (wants(`upload-5000-files-${way}`)) {
      await upload5000(here, way, node);
    }
    if (wants(`upload-1gib-${way}`)) {
      await upload1Gib(here, `upload-1gib-${way}`, node);
    }
  };
  let through = null;
  if (
    wants('upload-5000-files-route') ||
    wants('upload-1gib-route') ||
    wants('helia-upload-256mib')
  ) {
    await withSettings(bench, {}, async page => {
      await both('route', info, page);
      if (wants('helia-upload-256mib')) {
        const name = 'kubo-upload-256mib';
        ({ ours: through } = await large({
          ...bench,
          page,
          node: null,
          name,
          size: HELIA
        }));
      }
    });
  }
  if (wants('upload-5000-files-direct') || wants('upload-1gib-direct')) {
    const node = await openKubo(bench);
    try {
      await withSettings(bench, { rpc: node.ipfsApi, engine: 'kubo' }, page =>
        both('direct', node, page)
      );
    } finally {
      await node.part.stop();
    }
  }
  if (through) {
    await withSettings(bench, { engine: 'browser' }, page =>
      helia({ ...bench, page }, through)
    );
  }
}
