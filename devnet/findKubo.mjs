/** Where the `ipfs` binary comes from: KUBO_PATH, PATH, the cache, or a build. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { StackError } from './errors.mjs';
import { DEVNET, cacheFolder } from './paths.mjs';

const run = promisify(execFile);

export const KUBO_VERSION = '0.43.0';
/** `files/cp?force=true` came with it. */
const OLDEST = [0, 42];
const GO_OLDEST = [1, 24];

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing or not executable: both mean "not this one".
    return false;
  }
}

/** The first executable of that name on PATH, or null. */
export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder && executable(join(folder, name))) {
      return join(folder, name);
    }
  }
  return null;
}

export function atLeast(version, oldest) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

async function versionOf(path) {
  const { stdout } = await run(path, ['version', '--number']);
  return stdout.trim();
}

async function build(target, say) {
  const go = onPath('go');
  if (!go) {
    throw new StackError(
      'go-missing',
      'Kubo has to be built once, which needs Go 1.24 or newer (https://go.dev/dl), or an ipfs binary named by KUBO_PATH.'
    );
  }
  const cwd = join(DEVNET, 'kubo');
  // Asked outside of the module, whose go.mod names a newer toolchain to fetch.
  const { stdout } = await run(go, ['version'], {
    env: { ...process.env, GOTOOLCHAIN: 'local' },
    cwd: DEVNET
  });
  const version = /go(\d+\.\d+)/.exec(stdout)?.[1] ?? '0';
  if (!atLeast(version, GO_OLDEST)) {
    throw new StackError(
      'go-old',
      `Kubo has to be built once, which needs Go 1.24 or newer; ${go} is ${version}.`
    );
  }
  say(`building Kubo ${KUBO_VERSION} (once; one to five minutes)`);
  mkdirSync(join(target, '..'), { recursive: true });
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await run(
      go,
      [
        'build',
        '-trimpath',
        '-ldflags',
        '-s -w',
        '-o',
        draft,
        'github.com/ipfs/kubo/cmd/ipfs'
      ],
      {
        cwd,
        env: {
          ...process.env,
          GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto',
          GOFLAGS: '-mod=readonly'
        },
        maxBuffer: 2 ** 26
      }
    );
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new StackError(
      'kubo-build',
      `Kubo could not be built: ${error.stderr || error.message}`,
      { cause: error }
    );
  }
}

/**
 * Path of an `ipfs` binary that is new enough; builds it when there is none.
 *
 * @param {(word: string) => void} [say] - told what takes long or is passed over
 * @throws {StackError} `kubo-path`, `go-missing`, `go-old`, `kubo-build`
 */
export async function findKubo(say = () => undefined) {
  const named = process.env.KUBO_PATH;
  if (named) {
    if (!executable(named)) {
      throw new StackError(
        'kubo-path',
        `KUBO_PATH names ${named}, which is no program.`
      );
    }
    return named;
  }
  const found = onPath('ipfs');
  if (found) {
    const version = await versionOf(found).catch(error => error.message);
    if (/^\d/.test(version) && atLeast(version, OLDEST)) {
      return found;
    }
    say(
      `${found} is passed over: Kubo ${OLDEST.join('.')} or newer is needed, it says ${version}`
    );
  }
  const cached = join(cacheFolder(), `kubo-${KUBO_VERSION}`, 'ipfs');
  if (!executable(cached)) {
    await build(cached, say);
  }
  return cached;
}
