/** The Chromium for browser tests and `--check`. */
import { existsSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

import { StackError } from '../devnet/errors.mjs';
import { onPath } from '../devnet/findKubo.mjs';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable'
];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'
];

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : null;
}

/** Install Debian packages when we may (root on Debian); says whether it did. */
export function installDebian(packages, say = () => undefined) {
  const apt = onPath('apt-get');
  if (!apt || process.getuid?.() !== 0) {
    return false;
  }
  say(`installing ${packages.join(', ')} (once)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync(apt, ['update', '-qq'], { env, stdio: 'pipe' });
    execFileSync(
      apt,
      ['install', '-y', '-qq', '--no-install-recommends', ...packages],
      { env, stdio: 'pipe' }
    );
    return true;
  } catch (error) {
    say(`that failed: ${String(error.stderr).trim().split('\n').pop()}`);
    return false;
  }
}

/**
 * CHROMIUM_PATH, a browser on PATH, Playwright's own, or (root on Debian) a
 * package installed now.
 *
 * @param {(word: string) => void} [say]
 * @throws {StackError} `chromium-missing`
 */
export async function findChromium(say = () => undefined) {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) {
      throw new StackError(
        'chromium-missing',
        `CHROMIUM_PATH names ${named}, which does not exist.`
      );
    }
    return named;
  }
  const look = () => NAMES.map(onPath).find(Boolean) ?? MAC.find(existsSync);
  const found =
    look() ??
    (await playwrightsOwn()) ??
    (installDebian(['chromium'], say) ? look() : null);
  if (!found) {
    throw new StackError(
      'chromium-missing',
      'The browser tests need Chromium or Chrome: install one, name one by CHROMIUM_PATH, or run npx playwright install chromium.'
    );
  }
  return found;
}
