/** `npm start -- --check`: the main job in a headless browser, on a stack of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { findChromium } from '../tools/chromium.mjs';
import { check as mainJob } from '../ui-tests/check.mjs';
import { CHROMIUM_ARGS } from '../ui-tests/lab.mjs';
import { DEFAULT_STATE } from './paths.mjs';
import { startStack } from './stack.mjs';

/**
 * @param {object} options - of parseOptions
 * @param {object} o
 * @param {(word: string) => void} o.say
 * @param {Promise<string>} o.asked - resolves when the person stops it
 * @returns {Promise<number>} exit code
 */
export async function check(options, { say, asked }) {
  // It publishes and buys: not in the person's own state unless they name one.
  const own = options.state === DEFAULT_STATE;
  const state = own
    ? mkdtempSync(join(tmpdir(), 'web3-check-'))
    : options.state;
  let stack = null;
  let browser = null;
  try {
    stack = await startStack({ ...options, state, exposeApp: true, say });
    browser = await chromium.launch({
      executablePath: await findChromium(),
      args: CHROMIUM_ARGS
    });
    const job = mainJob({
      lab: stack.info.lab,
      accounts: stack.info.accounts,
      browser,
      say
    });
    const outcome = await Promise.race([
      job,
      stack.failed,
      asked.then(signal => new Error(`stopped by ${signal}`))
    ]);
    if (outcome instanceof Error) {
      // The job fails when its browser goes; its own error is of no interest.
      job.catch(() => undefined);
      throw outcome;
    }
    const { did, cid, verified } = outcome;
    console.log(JSON.stringify({ did, cid, verified }));
    return verified === true ? 0 : 1;
  } finally {
    await browser?.close();
    await stack?.stop();
    if (own) {
      rmSync(state, { recursive: true, force: true });
    }
  }
}
