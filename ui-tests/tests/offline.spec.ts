/** Kubo goes away and comes back: nothing is lost, and it is said in words. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test as base, expect } from '@playwright/test';

import { openLab } from '../lab.mjs';
import { startOwnStack } from '../ownStack';

base('the drive with Kubo stopped and started again', async ({ context }) => {
  base.setTimeout(180_000);
  const state = mkdtempSync(join(tmpdir(), 'web3-offline-'));
  const stack = await startOwnStack({ state, ocean: false, exposeApp: true });
  try {
    const page = await openLab(context, stack.info.lab);
    await page.evaluate(async () => {
      await window.jupyterapp.serviceManager.contents.save('ipfs:kept.txt', {
        type: 'file',
        format: 'text',
        content: 'kept'
      });
      window.jupyterapp.shell.activateById('jp-web3-drive');
    });
    const drive = page.getByRole('region', { name: 'IPFS drive' });
    const row = drive.getByText('kept.txt', { exact: true });
    await expect(row).toBeVisible();

    await stack.parts.kubo.stop();
    const api = new URL(stack.info.ipfsApi).host;
    await expect(async () => {
      await drive.getByTitle('Refresh', { exact: false }).first().click();
      await expect(drive).toContainText('node is not running', {
        timeout: 2000
      });
    }).toPass();
    await expect(drive).toContainText(api);
    // The last listing stays.
    await expect(row).toBeVisible();

    await stack.parts.kubo.start();
    await drive.getByRole('button', { name: 'Retry' }).click();
    await expect(drive).toContainText('Kubo 0.43');
    await expect(drive).not.toContainText('not running');
    await row.dblclick();
    await expect(page.locator('.jp-FileEditor')).toContainText('kept');
  } finally {
    await stack.stop();
    rmSync(state, { recursive: true, force: true });
  }
});
