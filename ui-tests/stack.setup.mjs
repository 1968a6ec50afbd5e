/**
 * Starts the local stack for the browser tests, in a state of its own, and
 * stops it when they are over.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findChromium } from '../tools/chromium.mjs';
import { startStack } from '../devnet/stack.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export default async function setup() {
  process.env.CHROMIUM_PATH ||= await findChromium();
  const state = mkdtempSync(join(tmpdir(), 'web3-ui-tests-'));
  const python = join(root, '.venv', 'bin', 'python');
  // What kernels of the tests load is theirs alone, and comes from no hub.
  process.env.HF_HOME = join(state, 'huggingface');
  process.env.HF_HUB_OFFLINE = '1';
  // Galata's helpers in the page come as a labextension inside JupyterLab.
  const galata = execFileSync(python, [
    '-c',
    'import jupyterlab, pathlib; print(pathlib.Path(jupyterlab.__file__).parent / "galata")'
  ])
    .toString()
    .trim();
  const stack = await startStack({
    state,
    exposeApp: true,
    extraLabextensions: [galata]
  });
  const lab = new URL(stack.info.lab);
  process.env.WEB3_LAB_BASE = lab.origin;
  process.env.WEB3_UI_STACK = JSON.stringify({
    ...stack.info,
    labBase: lab.origin,
    workspace: join(state, 'workspace'),
    token: lab.searchParams.get('token')
  });
  return async () => {
    await stack.stop();
    rmSync(state, { recursive: true, force: true });
  };
}
