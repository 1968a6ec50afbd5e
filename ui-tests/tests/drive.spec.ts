/** The IPFS drive beside what a person expects of a file browser. */
import { createHash, randomBytes } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';

import type { Locator, Page } from '@playwright/test';

import { expect, run, test } from '../fixtures';
import { cidOfCli, ipfs } from '../kubo';
import { runNotebook } from '../lab.mjs';

const drive = (page: Page): Locator =>
  page.getByRole('region', { name: 'IPFS drive' });

const row = (page: Page, name: string): Locator =>
  drive(page).locator('.jp-DirListing-item', {
    has: page.getByText(name, { exact: true })
  });

async function open(page: Page): Promise<void> {
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await expect(drive(page)).toBeVisible();
  await expect(drive(page)).toContainText('Kubo 0.43');
}

/** Drag a file from the desktop onto the drive; its bytes are made in the page. */
async function drop(
  page: Page,
  name: string,
  size: number,
  seed: number
): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, length, start]) => {
      const bytes = new Uint8Array(length as number);
      let state = start as number;
      for (let i = 0; i < bytes.length; i++) {
        // xorshift32: the test makes the same bytes for the command line
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        bytes[i] = state & 0xff;
      }
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], fileName as string));
      return transfer;
    },
    [name, size, seed]
  );
  const content = drive(page).locator('.jp-DirListing-content');
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await content.dispatchEvent(event, { dataTransfer: data });
  }
}

function sameBytes(path: string, size: number, seed: number): void {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  writeFileSync(path, bytes);
}

const MIB = 2 ** 20;
const DROPS: [string, number][] = [
  ['empty.bin', 0],
  ['one.bin', 1],
  ['just below.bin', MIB - 1],
  ['exactly 100%.bin', MIB],
  ['just#above.bin', MIB + 1],
  ['a:b?c&d.bin', 10],
  ['emoji 😀 ünï.bin', 1000],
  ['300 MiB.bin', 300 * MIB]
];

for (const [name, size] of DROPS) {
  test(`a dropped file has the CID of the command line: ${name}`, async ({
    page
  }, info) => {
    await open(page);
    const seed = 2463534242 ^ size;
    await drop(page, name, size, seed);
    await expect(row(page, name)).toBeVisible({ timeout: 60_000 });
    const local = info.outputPath('same.bin');
    sameBytes(local, size, seed);
    const expected = cidOfCli(local);
    truncateSync(local);
    expect(ipfs('files', 'stat', '--hash', `/${name}`).trim()).toBe(expected);
    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write']);
    expect(await run(page, 'ipfs:copy-cid', { path: `ipfs:${name}` })).toBe(
      expected
    );
  });
}

test('edit a text file, save it, and the CID is the new one', async ({
  page
}, info) => {
  const name = `edit ${Date.now()}.txt`;
  const local = info.outputPath('edit.txt');
  writeFileSync(local, 'words');
  ipfs('files', 'write', '--create', `/${name}`, local);
  await open(page);
  await drive(page).getByTitle('Refresh', { exact: false }).first().click();
  await row(page, name).dblclick();
  const editor = page.locator('.jp-FileEditor .cm-content');
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('other words');
  await page.keyboard.press('Control+S');
  await expect
    .poll(() => ipfs('files', 'read', `/${name}`).trim())
    .toBe('other words');
});

test('a notebook on the drive opens, runs and saves', async ({ page }) => {
  test.setTimeout(120_000);
  const name = `run-${Date.now()}.ipynb`;
  await page.evaluate(async path => {
    await window.jupyterapp.serviceManager.contents.save(path, {
      type: 'notebook',
      format: 'json',
      content: {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {
          kernelspec: { name: 'python3', display_name: 'Python 3' }
        },
        cells: [
          {
            id: 'c1',
            cell_type: 'code',
            metadata: {},
            source: 'print(6 * 7)',
            outputs: [],
            execution_count: null
          }
        ]
      }
    });
  }, `ipfs:${name}`);
  await runNotebook(page, `ipfs:${name}`);
  await expect(page.locator('.jp-OutputArea-output')).toHaveText(/42/);
  await run(page, 'docmanager:save');
  await expect.poll(() => ipfs('files', 'read', `/${name}`)).toContain('42');
  // No conflict dialog on the second save either.
  await run(page, 'docmanager:save');
  await expect(page.locator('.jp-Dialog')).toHaveCount(0);
});

test('new folder, rename, delete by keyboard and menu', async ({ page }) => {
  const name = `folder-${Date.now()}`;
  ipfs('files', 'mkdir', `/${name}`);
  ipfs('files', 'mkdir', `/${name}/inner`);
  await open(page);
  await expect(async () => {
    await drive(page).getByTitle('Refresh', { exact: false }).first().click();
    await expect(row(page, name)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await row(page, name).click();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(`${name}-renamed`);
  await page.keyboard.press('Enter');
  await expect(row(page, `${name}-renamed`)).toBeVisible();
  expect(ipfs('files', 'ls', '/')).toContain(`${name}-renamed`);
  await row(page, `${name}-renamed`).click();
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: /Delete/ }).click();
  await expect(row(page, `${name}-renamed`)).toHaveCount(0);
  expect(ipfs('files', 'ls', '/')).not.toContain(name);
});

test('an upload over an existing name asks, and nothing is replaced unasked', async ({
  page
}, info) => {
  const name = `twice-${Date.now()}.txt`;
  const first = info.outputPath('first.txt');
  writeFileSync(first, 'first');
  const before = createHash('sha256').update('first').digest('hex');
  await open(page);
  const upload = async (text: string) => {
    const chooser = page.waitForEvent('filechooser');
    const done = run(page, 'ipfs:upload', { path: 'ipfs:' });
    await (
      await chooser
    ).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    return done;
  };
  await upload('first');
  const second = upload('second');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Keep both' })
    .click();
  await second;
  expect(
    createHash('sha256')
      .update(ipfs('files', 'read', `/${name}`))
      .digest('hex')
  ).toBe(before);
});

test('an upload can be cancelled and leaves nothing', async ({ page }) => {
  const name = `big-${randomBytes(4).toString('hex')}.bin`;
  await open(page);
  // The server takes no more after the first bytes, so that Cancel comes in time.
  await page.route('**/web3/ipfs/add**', () => undefined);
  await drop(page, name, 4 * MIB, 7);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.locator('.jp-Notification-Toast')).toContainText(/cancel/i);
  expect(ipfs('files', 'ls', '/')).not.toContain(name);
});
