/** The Python environment: found or made, with the project in it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { StackError } from '../devnet/errors.mjs';
import { atLeast, onPath } from '../devnet/findKubo.mjs';
import { ROOT, VENV } from '../devnet/paths.mjs';
import { run } from './run.mjs';

const OLDEST = [3, 10];
const NAMES = [
  'python3',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python'
];

function versionOf(python) {
  try {
    return execFileSync(
      python,
      ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
      { stdio: ['ignore', 'pipe', 'ignore'] }
    )
      .toString()
      .trim();
  } catch {
    // A name that is no working Python: as good as none.
    return null;
  }
}

function findPython() {
  const seen = [];
  for (const name of NAMES) {
    const path = onPath(name);
    const version = path && versionOf(path);
    if (version && atLeast(version, OLDEST)) {
      return path;
    }
    if (version) {
      seen.push(`${path} is ${version}`);
    }
  }
  throw new StackError(
    'python-missing',
    `Python ${OLDEST.join('.')} or newer is needed${
      seen.length ? ` (${seen.join(', ')})` : ''
    }: https://www.python.org/downloads`
  );
}

/** Make `.venv` unless it is there and works; returns its python. */
export async function environment(say) {
  const python = join(VENV, 'bin', 'python');
  const version = existsSync(python) ? versionOf(python) : null;
  if (version && atLeast(version, OLDEST)) {
    return python;
  }
  const outer = findPython();
  say(`making a Python environment (${outer})`);
  rmSync(VENV, { recursive: true, force: true });
  try {
    await run('python -m venv', outer, ['-m', 'venv', VENV]);
  } catch (error) {
    rmSync(VENV, { recursive: true, force: true });
    throw new StackError(
      'python-venv',
      `${error.message}\n(on Debian and Ubuntu: apt-get install python3-venv)`,
      { cause: error }
    );
  }
  return python;
}

/** Install the project, editable, with what its tests and its example need. */
export async function installProject(python, say) {
  say('installing Python packages');
  // Part of the wheel; built later, by a compiler that this step brings.
  mkdirSync(join(ROOT, 'jupyterlab_web3', 'labextension'), { recursive: true });
  const pip = args =>
    run(`pip ${args[0]}`, python, ['-m', 'pip', ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        SKIP_JUPYTER_BUILDER: '1',
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
        PATH: `${dirname(python)}:${process.env.PATH}`
      }
    });
  await pip(['install', '--quiet', '-e', '.[test,demo]']);
}
