/** Finding one's way about the IPFS drive in a test. */
import type { Locator, Page } from '@playwright/test';

import { expect } from './fixtures';

/** The IPFS drive in the side bar. */
export const drive = (page: Page): Locator =>
  page.getByRole('region', { name: 'IPFS drive' });

/** A row by its title, since Lab shortens long names in the text itself. */
export const row = (page: Page, name: string): Locator =>
  drive(page).locator(`.jp-DirListing-item[title^="Name: ${name}\\a "]`);

/** Bring the drive to the front. */
export async function open(page: Page): Promise<void> {
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await expect(drive(page)).toBeVisible();
  await expect(drive(page)).toContainText('Kubo 0.43');
}
