/** Notebook 7 on the same server: its tree and a notebook's page. */
import type { Page } from '@playwright/test';

import { expect, run, stack, test } from '../fixtures';
import { walletPrompt } from '../lab.mjs';
import { dialog } from '../publishing';

/** Notebook 7.6 throws this without any extension at all. */
const OF_ITS_OWN =
  /^Cannot read properties of undefined \(reading 'schema'\).*notebook_core/s;

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${stack().labBase}${path}`);
  await page.waitForFunction(() => window.jupyterapp !== undefined);
  await page.evaluate(() => window.jupyterapp.restored);
  await page.waitForFunction(() =>
    window.jupyterapp.commands.hasCommand('development-wallet:switch-account')
  );
}

/** Plugins of ours that are there, and those that are not active. */
const plugins = (page: Page): Promise<{ all: string[]; idle: string[] }> =>
  page.evaluate(() => {
    const app = window.jupyterapp;
    const all = app
      .listPlugins()
      .filter(id => id.startsWith('jupyterlab-web3'));
    return { all, idle: all.filter(id => !app.isPluginActivated(id)) };
  });

/** As a person does it: View > Left Sidebar > Show … */
async function show(page: Page, side: string, panel: string): Promise<void> {
  await page.getByRole('menuitem', { name: 'View' }).click();
  // An item with a submenu has no role of its own.
  await page
    .getByRole('menu')
    .getByText(`${side} Sidebar`, { exact: true })
    .click();
  await page.getByText(`Show ${panel}`, { exact: true }).click();
}

test('Notebook 7 has the drive, the wallet and publishing', async ({
  context
}) => {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', error => {
    const text = `${error.message}\n${error.stack}`;
    if (!OF_ITS_OWN.test(text)) {
      errors.push(text);
    }
  });
  page.on('console', message => {
    if (message.type() === 'error') {
      errors.push(message.text());
    }
  });

  await test.step('the tree: drive and wallet', async () => {
    await open(page, '/tree');
    const { all, idle } = await plugins(page);
    expect(all.length).toBeGreaterThanOrEqual(7);
    expect(idle).toEqual([]);

    await show(page, 'Left', 'IPFS drive');
    const drive = page.getByRole('region', { name: 'IPFS drive' });
    await expect(drive.getByText(/^Kubo /)).toBeVisible();
    // Not the folder of the workspace.
    await expect(drive.locator('.jp-BreadCrumbs-home')).toHaveAttribute(
      'title',
      'IPFS drive'
    );
    await page.evaluate(() =>
      window.jupyterapp.serviceManager.contents.save('ipfs:from-nb7.txt', {
        type: 'file',
        format: 'text',
        content: 'seven'
      })
    );
    await drive.getByRole('button', { name: 'Refresh the IPFS drive' }).click();
    await expect(drive.getByText('from-nb7.txt')).toBeVisible();

    await show(page, 'Right', 'Wallet');
    await page.getByRole('button', { name: 'Development wallet' }).click();
    await walletPrompt(page).getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByRole('region', { name: 'Account' })).toBeVisible();
  });

  await test.step('a notebook: wallet and publishing', async () => {
    await open(page, '/notebooks/iris.ipynb');
    expect((await plugins(page)).idle).toEqual([]);
    await run(page, 'wallet:open');
    // Silently restored.
    await expect(page.getByRole('region', { name: 'Account' })).toBeVisible();

    const asked = page.evaluate(() =>
      window.jupyterapp.commands.execute('ocean:publish-notebook')
    );
    await expect(dialog(page).getByLabel('Name')).not.toHaveValue('');
    await expect(
      dialog(page).getByRole('button', { name: 'Publish' })
    ).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    expect(await asked).toBeNull();
  });

  expect(errors).toEqual([]);
});
