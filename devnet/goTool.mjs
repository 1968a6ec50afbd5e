/** Programs that are built once a machine from a `go.mod` of ours. */
import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { StackError } from './errors.mjs';
import { DEVNET } from './paths.mjs';

const run = promisify(execFile);

const GO_OLDEST = [1, 24];

export function executable(path) {
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

/**
 * Build a tool of `devnet/<folder>/go.mod`, whole or not at all.
 *
 * @param {object} o
 * @param {string} o.label - for a person
 * @param {string} o.folder - below devnet/
 * @param {string} o.tool - its package
 * @param {string} o.target - the binary
 * @param {string} [o.otherwise] - what else would help where there is no Go
 * @param {string} o.code - of the error when the build fails
 * @throws {StackError} `go-missing`, `go-old`, or `code`
 */
export async function buildGoTool({
  label,
  folder,
  tool,
  target,
  otherwise = '',
  code
}) {
  const go = onPath('go');
  if (!go) {
    throw new StackError(
      'go-missing',
      `${label} has to be built once, which needs Go 1.24 or newer (https://go.dev/dl)${otherwise}.`
    );
  }
  // Asked outside of the module, whose go.mod names a newer toolchain to fetch.
  const { stdout } = await run(go, ['version'], {
    env: { ...process.env, GOTOOLCHAIN: 'local' },
    cwd: DEVNET
  });
  const version = /go(\d+\.\d+)/.exec(stdout)?.[1] ?? '0';
  if (!atLeast(version, GO_OLDEST)) {
    throw new StackError(
      'go-old',
      `${label} has to be built once, which needs Go 1.24 or newer; ${go} is ${version}.`
    );
  }
  mkdirSync(join(target, '..'), { recursive: true });
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await run(
      go,
      ['build', '-trimpath', '-ldflags', '-s -w', '-o', draft, tool],
      {
        cwd: join(DEVNET, folder),
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
      code,
      `${label} could not be built: ${error.stderr || error.message}`,
      { cause: error }
    );
  }
}
