/** The drive with no Kubo at all: the page itself keeps the files. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type BrowserContext,
  chromium,
  expect,
  type Page,
  type Route,
  test as base
} from '@playwright/test';

import { drive, row } from '../drive';
import { run } from '../fixtures';
import { CHROMIUM_ARGS, openLab, ready } from '../lab.mjs';
import { type IOwnStack, startOwnStack } from '../ownStack';
import { picture } from '../pictures.mjs';

const MIB = 2 ** 20;

/** A stack without Ocean, and a browser profile with room for megabytes. */
const test = base.extend<{
  folder: string;
  own: IOwnStack;
  profile: BrowserContext;
}>({
  folder: async ({ browserName: _ }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'web3-embedded-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  own: async ({ folder }, use) => {
    const state = join(folder, 'state');
    const own = await startOwnStack({ state, ocean: false, exposeApp: true });
    await use(own);
    await own.stop();
  },
  // A context of Playwright's own has the small quota of a private window.
  profile: async ({ folder }, use) => {
    const profile = await chromium.launchPersistentContext(
      join(folder, 'profile'),
      {
        executablePath: process.env.CHROMIUM_PATH,
        args: CHROMIUM_ARGS,
        viewport: { width: 1280, height: 800 },
        acceptDownloads: true
      }
    );
    await use(profile);
    await profile.close();
  }
});

/** `ipfs add` of the command line, in a repository of its own. */
function cidOf(own: IOwnStack, folder: string, data: Uint8Array): string {
  const env = { ...process.env, IPFS_PATH: join(folder, 'cli') };
  const ipfs = (...args: string[]): string =>
    execFileSync(own.info.ipfs, args, { env }).toString().trim();
  try {
    ipfs('init', '--empty-repo', '--profile=unixfs-v1-2025');
  } catch (error) {
    if (!/already/.test(String((error as { stderr?: unknown }).stderr))) {
      throw error;
    }
  }
  const local = join(folder, 'same.bin');
  writeFileSync(local, data);
  return ipfs('add', '-n', '-Q', local);
}

/** Run the command line against the stack's Kubo. */
function atKubo(own: IOwnStack, ...args: string[]): string {
  const { hostname, port } = new URL(own.info.ipfsApi);
  return execFileSync(own.info.ipfs, [
    `--api=/ip4/${hostname}/tcp/${port}`,
    `--api-auth=${own.info.ipfsSecret.replace(/^Bearer /, 'bearer:')}`,
    ...args
  ])
    .toString()
    .trim();
}

function noise(size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i++) {
    words[i] = Math.imul(i ^ 77, 2654435761);
  }
  return new Uint8Array(words.buffer, 0, size);
}

async function open(page: Page, says: string): Promise<void> {
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await expect(drive(page)).toContainText(says);
}

async function upload(page: Page, path: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await drive(page).getByTitle('Choose files to put').click();
  await (await chooser).setFiles(path);
}

const textOf = (page: Page, name: string): Promise<string> =>
  page.evaluate(async path => {
    const { contents } = window.jupyterapp.serviceManager;
    return String((await contents.get(path)).content).trim();
  }, `ipfs:${name}`);

const refresh = (page: Page): Promise<void> =>
  drive(page).getByTitle('Refresh the IPFS drive').click();

test('without a Kubo the page keeps the files, and moves them to one that comes', async ({
  folder,
  own,
  profile,
  browser
}) => {
  test.setTimeout(240_000);
  await own.parts.kubo.stop();
  const origin = new URL(own.info.lab).origin;
  const foreign: string[] = [];
  profile.on('request', request => {
    const url = new URL(request.url());
    if (url.origin !== origin && !/^(blob|data):$/.test(url.protocol)) {
      foreign.push(request.url());
    }
  });
  const errors: string[] = [];
  profile.on('console', message => {
    if (message.type() === 'error') {
      errors.push(`${message.text()} ${message.location().url}`);
    }
  });
  const page = await openLab(profile, own.info.lab);
  const data = noise(5 * MIB + 7);
  const local = join(folder, 'five ünï.bin');
  writeFileSync(local, data);
  const expected = cidOf(own, folder, data);

  await test.step('it is used at once, and says what it is', async () => {
    await open(page, 'In this browser only');
    await expect(drive(page)).toContainText(/\d+(\.\d)? [KMG]?B of \d+/);
    await drive(page)
      .getByRole('button', { name: 'What does this mean?' })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Nobody else can fetch them');
    await expect(dialog).toContainText('There is no other copy');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await picture(page, 'drive-here-only');
  });

  await test.step('upload, with the CID of `ipfs add`', async () => {
    await upload(page, local);
    await expect(row(page, 'five ünï.bin')).toBeVisible();
    expect(
      await page.evaluate(() =>
        window.jupyterapp.serviceManager.contents
          .get('ipfs:five ünï.bin', { content: false, hash: true })
          .then(model => model.hash)
      )
    ).toBe(expected);
  });

  await test.step('download without a gateway', async () => {
    const coming = page.waitForEvent('download');
    await run(page, 'ipfs:download', { path: 'ipfs:five ünï.bin' });
    const download = await coming;
    expect(download.suggestedFilename()).toBe('five ünï.bin');
    const back = readFileSync(await download.path());
    expect(back.equals(data)).toBe(true);
  });

  await test.step('edit, save, rename, delete', async () => {
    await page.evaluate(async () => {
      const { contents } = window.jupyterapp.serviceManager;
      for (const name of ['words.txt', 'gone.txt']) {
        await contents.save(`ipfs:${name}`, {
          type: 'file',
          format: 'text',
          content: 'words'
        });
      }
    });
    // Both: the one that comes first moves when the other does.
    await expect(row(page, 'gone.txt')).toBeVisible();
    await expect(row(page, 'words.txt')).toBeVisible();
    await row(page, 'words.txt').dblclick();
    await page.locator('.jp-FileEditor .cm-content').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('other words');
    await page.keyboard.press('Control+S');
    await expect.poll(() => textOf(page, 'words.txt')).toBe('other words');
    await page.evaluate(async () => {
      const { contents } = window.jupyterapp.serviceManager;
      await contents.rename('ipfs:words.txt', 'ipfs:renamed.txt');
      await contents.delete('ipfs:gone.txt');
    });
    await expect(row(page, 'renamed.txt')).toBeVisible();
    await expect(row(page, 'gone.txt')).toBeHidden();
  });

  await test.step('a reload keeps all of it', async () => {
    await page.reload();
    await ready(page);
    await open(page, 'In this browser only');
    await expect(row(page, 'five ünï.bin')).toBeVisible();
    expect(await textOf(page, 'renamed.txt')).toBe('other words');
  });

  await test.step('another tab sees what this one does', async () => {
    // Lab gives each tab a workspace, and goes to another if it is taken.
    const lab = own.info.lab.replace(/\/lab\b/, '/lab/workspaces/other');
    const other = await openLab(profile, lab);
    await open(other, 'In this browser only');
    await expect(row(other, 'renamed.txt')).toBeVisible();
    await page.evaluate(() =>
      window.jupyterapp.serviceManager.contents.save('ipfs:from one.txt', {
        type: 'file',
        format: 'text',
        content: 'one'
      })
    );
    await expect(row(other, 'from one.txt')).toBeVisible({ timeout: 3000 });
    await other.close();
  });

  await test.step('what does not fit is refused in words, wholly', async () => {
    // A private window, which may keep little.
    const small = await browser.newContext();
    const tab = await openLab(small, own.info.lab);
    await open(tab, 'In this browser only');
    // Lab loads what draws notifications with the first of them. Where the server
    // is slow that comes after the refusal, whose words are to be seen all the same.
    let release = (): void => undefined;
    const refused = new Promise<void>(resolve => (release = resolve));
    let held = 0;
    await tab.route('**/static/lab/**', async (route: Route) => {
      held += 1;
      await refused;
      await route.continue();
    });
    const file = await tab.evaluateHandle(async () => {
      const { quota = 0 } = await navigator.storage.estimate();
      const mib = new Blob([new Uint8Array(1 << 20)]);
      const parts = Array<Blob>(Math.ceil(quota / (1 << 20))).fill(mib);
      const transfer = new DataTransfer();
      transfer.items.add(new File(parts, 'huge.bin'));
      return transfer;
    });
    const content = drive(tab).locator('.jp-DirListing-content');
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await content.dispatchEvent(event, { dataTransfer: file });
    }
    await expect.poll(() => held).toBeGreaterThan(0);
    // As long as it uploads, the page warns whoever leaves it.
    await tab.waitForFunction(() =>
      window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
    );
    release();
    await expect(
      tab.getByText('There is no space left, and nothing was saved').first()
    ).toBeVisible();
    await expect(drive(tab).locator('.jp-DirListing-item')).toHaveCount(0);
    await small.close();
  });

  // Neither another server nor noise.
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);

  await test.step('a Kubo comes: one click moves the files there', async () => {
    await own.parts.kubo.start();
    await expect(async () => {
      await refresh(page);
      await expect(
        drive(page).getByRole('button', { name: 'Move to Kubo' })
      ).toBeVisible({ timeout: 2000 });
    }).toPass();
    await drive(page).getByRole('button', { name: 'Move to Kubo' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Remove the copy in this browser?');
    await dialog.getByRole('button', { name: 'Remove the copy' }).click();
    await expect(drive(page)).toContainText('Kubo 0.43');
    await expect(row(page, 'five ünï.bin')).toBeVisible();
    expect(atKubo(own, 'files', 'stat', '--hash', '/five ünï.bin')).toBe(
      expected
    );
    expect(atKubo(own, 'files', 'read', '/renamed.txt')).toBe('other words');
  });

  await test.step('a Kubo that goes is not replaced unasked', async () => {
    await own.parts.kubo.stop();
    await expect(async () => {
      await refresh(page);
      await expect(drive(page)).toContainText('node is not running', {
        timeout: 2000
      });
    }).toPass();
    await drive(page)
      .getByRole('button', { name: 'Use this browser instead' })
      .click();
    await expect(drive(page)).toContainText('In this browser only');
    // The copy was removed after the move.
    await expect(drive(page).locator('.jp-DirListing-item')).toHaveCount(0);
  });

  expect(foreign).toEqual([]);
});
