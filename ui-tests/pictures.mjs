/** Pictures for docs/screenshots, light and dark. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, VENV } from '../devnet/paths.mjs';
import { execute } from './lab.mjs';

const target = join(ROOT, 'docs', 'screenshots');
const LIMIT = 150_000;

/** Fewer colours where a picture is too large for a repository. */
function shrink(file) {
  if (statSync(file).size > LIMIT) {
    execFileSync(join(VENV, 'bin', 'python'), [
      '-c',
      'import sys; from PIL import Image; f = sys.argv[1]; Image.open(f).convert("RGB").quantize(128).save(f, optimize=True)',
      file
    ]);
  }
}

/**
 * One picture in both themes; the page is light afterwards.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {{of?: import('@playwright/test').Locator | null}} [o] - a part of the page
 */
export async function shoot(page, name, { of: element = null } = {}) {
  mkdirSync(target, { recursive: true });
  for (const [suffix, theme] of [
    ['-dark', 'JupyterLab Dark'],
    ['', 'JupyterLab Light']
  ]) {
    await execute(page, 'apputils:change-theme', { theme });
    await page.waitForFunction(
      wanted => document.body.dataset.jpThemeName === wanted,
      theme
    );
    // Style sheets of a theme come after its name.
    await page.waitForFunction(
      dark =>
        (getComputedStyle(document.body)
          .getPropertyValue('--jp-layout-color1')
          .trim() !==
          'white') ===
        dark,
      suffix !== ''
    );
    await page.waitForFunction(
      () => !document.querySelector('#jupyterlab-splash')
    );
    await page.mouse.move(640, 799);
    await page.evaluate(() => document.fonts.ready);
    const file = join(target, `${name}${suffix}.png`);
    const box = await element?.boundingBox();
    await page.screenshot({
      path: file,
      animations: 'disabled',
      // A sidebar is mostly empty further down.
      ...(box ? { clip: { ...box, height: Math.min(box.height, 440) } } : {})
    });
    shrink(file);
    console.log(file);
  }
}

/**
 * A picture on the way of a test, when `npm run screenshots` runs it.
 *
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {{of?: import('@playwright/test').Locator | null}} [o]
 */
export async function picture(page, name, o) {
  if (process.env.WEB3_PICTURES) {
    await shoot(page, name, o);
  }
}
