/** Where things are in the repository, and how a private file is written. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DEVNET = dirname(fileURLToPath(import.meta.url));
export const ROOT = dirname(DEVNET);
export const VENV = join(ROOT, '.venv');
export const DEFAULT_STATE = join(ROOT, '.devnet', 'state');

/** Folder for what is built once per machine. */
export function cacheFolder() {
  return join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'jupyterlab-web3'
  );
}

/**
 * Write a file whole or not at all.
 *
 * @param {string} path
 * @param {string} text
 * @param {number} [mode] - 0o600 for what other users must not read
 */
export function writeWhole(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode });
  // A umask may have taken bits away, an old draft may have had more.
  chmodSync(draft, mode);
  renameSync(draft, path);
}

export function writeJson(path, value, mode) {
  writeWhole(path, JSON.stringify(value, null, 2) + '\n', mode);
}
