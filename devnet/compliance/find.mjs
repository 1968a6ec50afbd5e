/**
 * Where the public compliance suite of the Pinning Service API is: the cache, or
 * installed from the lock beside this file. Its 500 packages (100 MB, a Kubo of
 * their own that is not fetched) are once a machine, and no clone's.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { StackError } from '../errors.mjs';
import { cacheFolder } from '../paths.mjs';

const run = promisify(execFile);

const HERE = dirname(fileURLToPath(import.meta.url));

export const COMPLIANCE_VERSION = '1.8.1';

/**
 * Path of the suite's program; installs it when there is none.
 *
 * @param {(word: string) => void} [say] - told what takes long
 * @throws {StackError} `compliance-install`
 */
export async function findCompliance(say = () => undefined) {
  const target = join(
    cacheFolder(),
    `pinning-service-compliance-${COMPLIANCE_VERSION}`
  );
  const program = join(
    target,
    'node_modules/@ipfs-shipyard/pinning-service-compliance/dist/src/index.js'
  );
  if (existsSync(program)) {
    return program;
  }
  say(
    `installing the pinning compliance suite ${COMPLIANCE_VERSION} (once; half a minute)`
  );
  const draft = `${target}.${process.pid}.tmp`;
  mkdirSync(draft, { recursive: true });
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      cpSync(join(HERE, name), join(draft, name));
    }
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: draft,
      maxBuffer: 2 ** 26
    });
    try {
      renameSync(draft, target);
    } catch (error) {
      // Another one was quicker.
      if (!existsSync(program)) {
        throw error;
      }
    }
    return program;
  } catch (error) {
    throw new StackError(
      'compliance-install',
      `The pinning compliance suite could not be installed: ${error.stderr || error.message}`,
      { cause: error }
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
