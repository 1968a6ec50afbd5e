/**
 * What the groups share: files to send, the node's own command line, and the
 * memory of a page.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run_ = promisify(execFile);

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** MiB that a page may take for a while and still be called flat. */
export const FLAT = 64;

export const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A file of random bytes: each run has its own, since Kubo knows a block that it has. */
export function randomFile(path, size) {
  const file = openSync(path, 'w');
  try {
    for (let written = 0; written < size;) {
      const part = randomBytes(Math.min(16 * MIB, size - written));
      writeSync(file, part);
      written += part.length;
    }
  } finally {
    closeSync(file);
  }
  return path;
}

/** A folder of random files of one size, 100 to a folder. */
export function randomTree(path, { files, size }) {
  for (let i = 0; i < files; i++) {
    const folder = join(path, `part ${Math.floor(i / 100)}`);
    if (i % 100 === 0) {
      mkdirSync(folder, { recursive: true });
    }
    writeFileSync(join(folder, `file ${i}.bin`), randomBytes(size));
  }
  return path;
}

/**
 * Run a node's own command line; what it printed.
 *
 * @param {{ipfs: string, ipfsApi: string, ipfsSecret?: string}} node
 */
export async function ipfs(node, ...args) {
  const { stdout } = await run_(node.ipfs, command(node, args));
  return stdout.trim();
}

/** Arguments of the command line for one node. */
export function command({ ipfsApi, ipfsSecret }, args) {
  const { hostname, port } = new URL(ipfsApi);
  return [
    `--api=/ip4/${hostname}/tcp/${port}`,
    ...(ipfsSecret
      ? [`--api-auth=${ipfsSecret.replace(/^Bearer /, 'bearer:')}`]
      : []),
    ...args
  ];
}

/** Seconds that something takes. */
export async function timed(action) {
  const since = performance.now();
  await action();
  return (performance.now() - since) / 1000;
}

/** In words: what `watched` found, over several runs. */
export function heapWords(grown) {
  const most = key => Math.max(...grown.map(one => one[key])).toFixed(0);
  return `the page's heap grew ${most('end')} MiB, at most ${most('peak')} MiB meanwhile (flat: ${FLAT})`;
}

/** Save settings of the drive; pages read them when they start. */
export async function driveSettings(page, settings) {
  await page.evaluate(
    value =>
      globalThis.jupyterapp.serviceManager.settings.save(
        'jupyterlab-web3:ipfs',
        value
      ),
    JSON.stringify(settings)
  );
}
