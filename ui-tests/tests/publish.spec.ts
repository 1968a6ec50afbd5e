/** Publishing as a person does it: menus, dialog, wallet, card. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test as base, type Locator, type Page } from '@playwright/test';

import { expect, run, test } from '../fixtures';
import { ipfs } from '../kubo';
import {
  confirmWhile,
  connectDevelopmentWallet,
  execute,
  openNotebook,
  walletPrompt
} from '../lab.mjs';
import { startOwnStack, type IOwnStack } from '../ownStack';
import {
  card,
  confirmUntil,
  dialog,
  publishing,
  reject,
  saveNotebook,
  saveText
} from '../publishing';
import { scriptedWallet } from '../wallet.mjs';

// What can't be clicked says so before the test's own time is over.
test.use({ actionTimeout: 15_000 });

const item = (page: Page, name: string): Locator =>
  page.getByRole('menuitem', { name });

const field = (page: Page, name: string | RegExp): Locator =>
  dialog(page).getByLabel(name);

const publishButton = (page: Page): Locator =>
  dialog(page).getByRole('button', { name: 'Publish', exact: true });

test('an output: published for a price, bought, checked', async ({
  page,
  tmpPath
}) => {
  test.setTimeout(240_000);
  const notebook = `${tmpPath}/trees.ipynb`;
  await saveNotebook(page, notebook);
  await openNotebook(page, notebook);
  await connectDevelopmentWallet(page);

  // The first cell is active; the outputs of the second are right-clicked.
  const outputs = page.locator('.jp-CodeCell .jp-OutputArea-child');
  await outputs.filter({ hasText: /^heights/ }).click({ button: 'right' });
  await item(page, 'Save Output to the IPFS Drive…').click();
  const saved = page.getByText(/Saved to the IPFS drive as/);
  await expect(saved).toBeVisible();
  const path = /as (\S+)/.exec((await saved.textContent()) ?? '')?.[1] ?? '';
  expect(ipfs('files', 'read', `/${path}`)).toBe('heights\n');

  await outputs.filter({ hasText: 'oak 21 m' }).click({ button: 'right' });
  await item(page, 'Publish Output to Ocean…').click();
  await expect(dialog(page)).toBeVisible();
  await expect(field(page, 'Name')).toHaveValue('Heights of trees');
  await expect(field(page, 'Name')).toBeFocused();
  const summary = dialog(page).getByRole('complementary');
  await expect(summary).toContainText(`from ${notebook}, cell 2`);
  await expect(summary).toContainText('cell-2-2.txt');
  await expect(publishButton(page)).toBeDisabled();
  await expect(publishButton(page)).toHaveAttribute('title', /marked with \*/);

  // Live checks, in words.
  await field(page, 'Name').fill('abc');
  await field(page, 'Description').fill('short');
  await field(page, 'Tags').focus();
  await expect(dialog(page)).toContainText('At least 4 characters.');
  await expect(dialog(page)).toContainText('At least 10 characters.');
  await field(page, 'Name').fill('Heights of an oak');
  await field(page, 'Description').fill('One tree, measured **once**.');
  await expect(dialog(page)).not.toContainText('At least');
  await field(page, 'Tags').fill('trees, oak');

  await dialog(page).getByRole('radio', { name: 'Fixed price' }).check();
  await field(page, 'Amount').fill('nothing');
  await field(page, 'Tags').focus();
  await expect(dialog(page)).toContainText('A number such as 2.5.');
  await expect(publishButton(page)).toBeDisabled();
  await field(page, 'Amount').fill('5');
  await field(page, 'Paid in').selectOption({ label: 'USDC' });
  await expect(summary).toContainText('Because it has a price it is sealed');
  const prompts = summary.getByRole('region', {
    name: 'Your wallet will ask 4 times'
  });
  await expect(prompts.getByRole('listitem')).toHaveCount(4);
  await expect(prompts).toContainText(/Both transactions ≈ 0\.\d+ ETH/);

  // Nothing was asked before Publish is pressed.
  await expect(walletPrompt(page)).toHaveCount(0);
  await publishButton(page).click();
  await expect(dialog(page)).toHaveCount(0);

  const mine = card(page, 'Heights of an oak');
  await expect(mine).toContainText('Waiting for your wallet: 1 of 4');
  await walletPrompt(page).getByRole('button', { name: 'Confirm' }).click();
  await expect(mine).toContainText('Waiting for your wallet: 2 of 4');
  await walletPrompt(page).getByRole('button', { name: 'Confirm' }).click();
  // The third is the transaction that registers it: refused.
  await expect(mine).toContainText('Waiting for your wallet: 3 of 4');
  await reject(page);
  await expect(mine).toContainText('The wallet refused');
  await expect(mine).toContainText('Nothing was paid; your file is on IPFS.');
  await mine.getByRole('button', { name: 'Try again' }).click();
  const asked = await confirmUntil(page, mine.getByText('Published'));
  expect(asked).toHaveLength(2);
  expect(asked.every(text => text.includes('Transaction'))).toBe(true);

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await mine.getByRole('button', { name: 'Copy DID' }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toMatch(/^did:op:[0-9a-f]{64}$/);
  const did = await copied();
  await mine.getByRole('button', { name: 'Copy CID' }).click();
  await expect.poll(copied).toMatch(/^baf/);
  expect(ipfs('cat', await copied())).not.toContain('oak');
  expect(ipfs('pin', 'ls', '--type=recursive')).toContain(await copied());
  for (const name of ['Copy NFT', 'Copy Datatoken', 'Copy Transaction']) {
    await expect(mine.getByRole('button', { name })).toBeVisible();
  }

  // A second account buys it by button.
  await mine.getByRole('button', { name: 'Open' }).click();
  const asset = page.getByRole('article', { name: 'Heights of an oak' });
  await expect(asset.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(
    asset.getByRole('region', { name: 'Description' }).locator('strong')
  ).toHaveText('once');
  await confirmWhile(
    page,
    execute(page, 'development-wallet:switch-account', { account: 2 })
  );
  const buy = asset.getByRole('button', { name: 'Buy for 5.005 USDC' });
  await expect(asset).toContainText('You pay 5.005 USDC in all, and');
  await buy.click();
  const download = asset.getByRole('button', { name: 'Download' });
  expect(await confirmUntil(page, download)).toHaveLength(2);
  await download.click();
  const result = asset.getByRole('group', { name: 'Downloaded' });
  expect(await confirmUntil(page, result)).toHaveLength(1);
  await expect(result).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
  const file = (await result.locator('code').textContent()) ?? '';
  const text = await page.evaluate(
    async name =>
      (
        await window.jupyterapp.serviceManager.contents.get(name, {
          content: true,
          type: 'file',
          format: 'text'
        })
      ).content as string,
    file
  );
  expect(text.trim()).toBe('oak 21 m');

  await result.getByRole('button', { name: 'Insert code' }).click();
  await run(page, 'docmanager:open', { path: notebook });
  await expect(page.locator('.jp-Notebook')).toContainText(did);

  // On the drive it would lie in the clear: asked before.
  const onDrive = run(page, 'market:download', { did, to: 'ipfs:' });
  await page
    .getByRole('dialog', { name: /in the clear/ })
    .getByRole('button', { name: 'Cancel' })
    .click();
  expect(await onDrive).toBeNull();
});

test('every way to the dialog, and out of it', async ({ page, tmpPath }) => {
  const notebook = `${tmpPath}/trees.ipynb`;
  await saveNotebook(page, notebook);
  await saveText(page, `${tmpPath}/tree_heights.csv`, 'a,b\n1,2\n');
  await saveText(page, 'ipfs:on the drive.csv', 'a,b\n3,4\n');
  await connectDevelopmentWallet(page);
  await openNotebook(page, notebook);
  const cancel = async (): Promise<void> => {
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog(page)).toHaveCount(0);
  };
  const summary = dialog(page).getByRole('complementary');

  await page
    .getByRole('button', {
      name: 'Publish this notebook as an asset on Ocean Protocol'
    })
    .click();
  await expect(field(page, 'Name')).toHaveValue('Heights of trees');
  await expect(summary).toContainText('trees.ipynb');
  await cancel();

  await run(page, 'apputils:activate-command-palette');
  const palette = page.locator('#modal-command-palette');
  await palette.locator('input').fill('Publish Notebook');
  await expect(
    palette.locator('.lm-CommandPalette-item.lm-mod-active')
  ).toContainText('Publish Notebook to Ocean…');
  await page.keyboard.press('Enter');
  await expect(field(page, 'Name')).toHaveValue('Heights of trees');
  // Nothing typed: Esc closes at once.
  await expect(field(page, 'Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);

  await run(page, 'filebrowser:open-path', { path: tmpPath });
  await run(page, 'filebrowser:activate');
  const browser = page.locator('#filebrowser');
  await browser.getByText('tree_heights.csv').click({ button: 'right' });
  await item(page, 'Publish to Ocean…').click();
  await expect(field(page, 'Name')).toHaveValue('tree heights');
  await expect(field(page, 'Name')).toBeFocused();
  await field(page, 'Description').fill('Typed by a person.');
  // Something typed: Esc asks, and Esc again keeps it.
  await page.keyboard.press('Escape');
  const question = dialog(page).getByText('Close and lose what you typed?');
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(field(page, 'Description')).toHaveValue('Typed by a person.');
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Close' }).click();
  await expect(dialog(page)).toHaveCount(0);

  // A folder: its files.
  await browser.locator('.jp-BreadCrumbs-home').click();
  await browser
    .locator('.jp-DirListing-item', { hasText: tmpPath })
    .click({ button: 'right' });
  await item(page, 'Publish to Ocean…').click();
  await expect(summary).toContainText('2 files');
  await cancel();

  // The drive: what lies there is in the clear already.
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await page
    .getByRole('region', { name: 'IPFS drive' })
    .getByText('on the drive.csv')
    .click({ button: 'right' });
  await item(page, 'Publish to Ocean…').click();
  await expect(summary).toContainText('CID baf');
  const move = summary.getByRole('checkbox', {
    name: /Move it from the drive/
  });
  await expect(move).toHaveCount(0);
  await dialog(page).getByRole('radio', { name: 'Fixed price' }).check();
  await expect(summary).toContainText('It is on your IPFS drive in the clear.');
  await expect(move).not.toBeChecked();
  await cancel();
  await expect(publishing(page)).toHaveCount(0);
  await expect(walletPrompt(page)).toHaveCount(0);
});

base(
  'a button in a Markdown cell publishes nothing without a dialog',
  async ({ context }) => {
    base.setTimeout(120_000);
    const state = mkdtempSync(join(tmpdir(), 'web3-silent-'));
    const command = (silent: boolean): string =>
      `<button data-commandlinker-command="ocean:publish" data-commandlinker-args='${JSON.stringify(
        {
          path: 'private.txt',
          silent,
          draft: {
            name: 'An idea of somebody else',
            description: 'Published by a button in a notebook.',
            license: 'CC0-1.0',
            type: 'dataset',
            price: { kind: 'free' }
          }
        }
      )}'>${silent ? 'Click me' : 'With a dialog'}</button>`;
    mkdirSync(join(state, 'workspace'));
    writeFileSync(join(state, 'workspace', 'private.txt'), 'mine\n');
    writeFileSync(
      join(state, 'workspace', 'trap.ipynb'),
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {
          kernelspec: { name: 'python3', display_name: 'Python 3' }
        },
        cells: [
          {
            id: 'trap',
            cell_type: 'markdown',
            metadata: {},
            source: `${command(true)}\n\n${command(false)}`
          }
        ]
      })
    );
    const own = await startOwnStack({ state, exposeApp: false });
    try {
      const { chain, chainId, accounts } = own.info as IOwnStack['info'] & {
        chainId: number;
        accounts: { address: string }[];
      };
      await context.addInitScript(scriptedWallet, {
        rpc: chain,
        chainId: `0x${chainId.toString(16)}`,
        accounts: accounts.map(account => account.address)
      });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const lab = new URL(own.info.lab);
      lab.pathname = `${lab.pathname.replace(/\/$/, '')}/tree/trap.ipynb`;
      await page.goto(lab.href);
      // JupyterLab 4.6 asks before it runs a command of a document that is not
      // trusted, 4.5 does not: somebody who says yes there is safe as well.
      const press = async (button: string, then: Locator): Promise<void> => {
        const runOnce = page.getByRole('button', { name: 'Run Once' });
        await page.getByRole('button', { name: button }).click();
        await runOnce.or(then).first().waitFor();
        if (await runOnce.isVisible()) {
          await runOnce.click();
        }
        await expect(then).toBeVisible();
      };
      await press(
        'Click me',
        page.getByText(/only allowed when the server was started with/)
      );
      expect(await page.evaluate(() => 'jupyterapp' in window)).toBe(false);
      await expect(dialog(page)).toHaveCount(0);
      await expect(page.locator('#jp-web3-publishing')).toHaveCount(0);
      expect(
        await page.evaluate(() => window.scriptedWallet.prompts.length)
      ).toBe(0);
      expect(
        await page.evaluate(async () =>
          (await indexedDB.databases()).map(({ name }) => name)
        )
      ).not.toContain('jupyterlab-web3:publish');

      // The same button without `silent`: the person is asked.
      await press('With a dialog', dialog(page));
      await expect(field(page, 'Name')).toHaveValue('An idea of somebody else');
    } finally {
      await own.stop();
      rmSync(state, { recursive: true, force: true });
    }
  }
);
