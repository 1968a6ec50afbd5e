/** What was bought: found by the chain alone, and fetched later. */
import type { BrowserContext } from '@playwright/test';
import { Wallet } from 'ethers';

import { addScriptedWallet, expect, run, test } from '../fixtures';
import {
  assetPage,
  become,
  logIn,
  payment,
  prompts,
  publishRows,
  sidebar,
  SIGN
} from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const SELLER = 0;
const BUYER = 7;
/** Buys and sells nothing. */
const NOBODY = Wallet.createRandom().address;

test.beforeEach(async ({ context }: { context: BrowserContext }) => {
  await addScriptedWallet(context);
});

test('a browser that knows nothing finds them on the chain', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = (await payment(page)).address;
  const kept = await publishRows(page, `${tmpPath}/kept.csv`, 'Rows to keep', {
    kind: 'fixed',
    amount: '2',
    token
  });
  const lent = await publishRows(
    page,
    `${tmpPath}/lent.csv`,
    'Rows for a week',
    { kind: 'fixed', amount: '1', token },
    { timeout: 604_800 }
  );
  await become(page, BUYER);
  await run(page, 'market:buy', { did: lent });
  await run(page, 'market:buy', { did: kept });

  // Another machine: nothing is kept here, the wallet is the same.
  await page.evaluate(() => localStorage.clear());
  await logIn(page, BUYER);
  await run(page, 'market:open', { tab: 'purchases' });
  const purchases = sidebar(page).getByRole('region', { name: 'Purchases' });
  const rows = purchases
    .getByRole('list', { name: 'Bought assets' })
    .getByRole('listitem');
  const first = rows.filter({ hasText: 'Rows to keep' });
  await expect(first).toContainText('Valid; does not expire');
  await expect(first).toContainText(/bought .*\d{4}/);
  await expect(rows.filter({ hasText: 'Rows for a week' })).toContainText(
    /Valid until .*\d{4}/
  );
  await expect(purchases.getByRole('progressbar')).toHaveCount(0);
  await expect(purchases.getByRole('alert')).toHaveCount(0);
  // Newest first.
  const order = await rows.allTextContents();
  expect(order.findIndex(text => text.startsWith('Rows to keep'))).toBeLessThan(
    order.findIndex(text => text.startsWith('Rows for a week'))
  );
  // Looking asks nothing of the wallet.
  expect(
    (await prompts(page)).filter(method => method !== 'eth_requestAccounts')
  ).toEqual([]);

  // From the row: download, then code, then the page.
  await first.getByRole('button', { name: 'Download Rows to keep' }).click();
  await expect(
    page.getByText(/^Saved as downloads\/kept.*\.csv$/)
  ).toBeVisible();
  expect(await prompts(page)).toEqual([SIGN]);
  await run(page, 'notebook:create-new', {
    cwd: tmpPath,
    kernelName: 'python3'
  });
  await first
    .getByRole('button', { name: 'Insert code for Rows to keep' })
    .click();
  await expect(page.locator('.jp-Notebook').last()).toContainText(kept);
  await first
    .getByRole('button', { name: 'Rows to keep', exact: true })
    .click();
  await expect(assetPage(page, 'Rows to keep')).toContainText(
    'Bought with this account.'
  );

  // What was found is kept, an account at a time, and looked for on from there.
  await become(page, SELLER);
  await expect(first).toHaveCount(0);
  const newer = await publishRows(
    page,
    `${tmpPath}/newer.csv`,
    'Rows of today',
    { kind: 'fixed', amount: '1', token }
  );
  await become(page, BUYER);
  await expect(first).toBeVisible();
  const latest = rows.filter({ hasText: 'Rows of today' });
  await expect(latest).toHaveCount(0);
  await run(page, 'market:buy', { did: newer });
  // At once from what this browser did, then from the chain.
  await expect(latest).toBeVisible();
  await purchases.getByRole('button', { name: 'Look again' }).click();
  await expect(latest).toContainText('Valid; does not expire');
  await expect(rows.first()).toContainText('Rows of today');
});

test('looking can be stopped, and goes to all networks only when wanted', async ({
  page
}) => {
  const asked = new Set<string>();
  await page.route(/^https:/, route => {
    asked.add(new URL(route.request().url()).host);
    return route.abort();
  });
  // What the local chain does when its events are asked for.
  let answer: Promise<'continue' | 'abort'> = Promise.resolve('continue');
  await page.route('**/web3/chain', async route => {
    const isSearch = route.request().postData()?.includes('eth_getLogs');
    await route[isSearch ? await answer : 'continue']();
  });
  let release: (what: 'continue' | 'abort') => void = () => undefined;
  answer = new Promise(resolve => {
    release = resolve;
  });
  await logIn(page, BUYER);
  await page.evaluate(who => window.scriptedWallet.switchAccount(who), NOBODY);
  await run(page, 'market:open', { tab: 'purchases' });
  const purchases = sidebar(page).getByRole('region', { name: 'Purchases' });
  await expect(
    purchases.getByRole('progressbar', { name: 'Looking through Local chain…' })
  ).toBeVisible();
  await purchases.getByRole('button', { name: 'Stop' }).click();
  await expect(purchases).toContainText(
    'Stopped at 0 % of Local chain: older or newer purchases may be missing.'
  );
  await expect(purchases.getByRole('progressbar')).toHaveCount(0);
  await expect(purchases).not.toContainText('Nothing yet');
  release('continue');
  const again = purchases.getByRole('button', { name: 'Look again' });
  await again.click();
  await expect(purchases).toContainText('Nothing yet with this account.');
  await expect(purchases).not.toContainText('Stopped');
  // Nobody else was told whose purchases are looked for, or is complained of.
  await expect(sidebar(page).getByRole('alert')).toHaveCount(0);
  expect([...asked]).toEqual([]);

  const all = sidebar(page).getByRole('button', {
    name: 'Look at all networks'
  });
  const others = sidebar(page).getByText(
    /^\d+ more networks were not looked at$/
  );
  const quiet = sidebar(page).getByText(
    /^\d+ networks could not be read in full$/
  );
  const count = Number((await others.textContent())!.split(' ')[0]);
  expect(count).toBeGreaterThan(5);
  await others.click();
  await expect(purchases).toContainText(/would learn your address: .*Polygon/);
  await all.click();
  // Those do not answer here, and matter to nobody: one line.
  await expect(quiet).toHaveText(`${count} networks could not be read in full`);
  await expect(sidebar(page).getByRole('alert')).toHaveCount(0);
  await expect(others).toHaveCount(0);
  expect(asked.size).toBe(count);
  await quiet.click();
  await expect(purchases).toContainText(
    /Polygon, .*: The network does not answer\. Try again in a moment\./
  );
  // That they were asked once does not make them ones to ask.
  asked.clear();
  await again.click();
  await expect(others).toHaveText(`${count} more networks were not looked at`);
  expect([...asked]).toEqual([]);

  // The same with what one owns; what matters and does not answer is said.
  answer = Promise.resolve('abort');
  await run(page, 'market:open', { tab: 'mine' });
  await expect(sidebar(page).getByRole('alert')).toHaveText(
    'Local chain: The network does not answer. Try again in a moment.'
  );
  await expect(sidebar(page)).not.toContainText('Nothing yet');
  answer = Promise.resolve('continue');
  await sidebar(page).getByRole('button', { name: 'Try again' }).click();
  await expect(sidebar(page).getByRole('alert')).toHaveCount(0);
  await expect(sidebar(page)).toContainText('Nothing yet with this account.');
  await expect(others).toHaveText(`${count} more networks were not looked at`);
  expect([...asked]).toEqual([]);
  answer = Promise.resolve('abort');
  await sidebar(page).getByRole('button', { name: 'Look again' }).click();
  await expect(sidebar(page).getByRole('alert')).toHaveCount(1);
  answer = Promise.resolve('continue');
  await others.click();
  await all.click();
  await expect(quiet).toHaveText(`${count} networks could not be read in full`);
  expect(asked.size).toBe(count);
});

test('without an account it says what to do', async ({ page }) => {
  await run(page, 'market:open', { tab: 'purchases' });
  await expect(
    sidebar(page).getByRole('region', { name: 'Purchases' })
  ).toContainText('Log in with your wallet to see what you bought.');
});
