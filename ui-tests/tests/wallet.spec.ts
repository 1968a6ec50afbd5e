/** Logging in with the sidebar: what a person sees and presses. */
import type { Page } from '@playwright/test';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { walletPrompt } from '../lab.mjs';

const open = (page: Page) =>
  page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-wallet-panel')
  );

const short = (address: string) =>
  `${address.slice(0, 6)}…${address.slice(-4)}`;

test('the development wallet: connect, sign in, reload, disconnect', async ({
  page
}) => {
  const { accounts } = stack();
  await open(page);
  await page.getByRole('button', { name: 'Development wallet' }).click();
  await walletPrompt(page).getByRole('button', { name: 'Confirm' }).click();
  const card = page.getByRole('region', { name: 'Account' });
  await expect(card).toContainText(short(accounts[0].address));
  await expect(card.getByLabel('Network')).toHaveValue('8996');
  await expect(card).toContainText('USDC');

  await card.getByRole('button', { name: 'Sign in' }).click();
  await expect(walletPrompt(page)).toContainText('wants you to sign in');
  await walletPrompt(page).getByRole('button', { name: 'Confirm' }).click();
  await expect(card).toContainText('Signed in until');

  await page.reload();
  await open(page);
  // Silent: no prompt, the same account.
  await expect(card).toContainText(short(accounts[0].address));
  await expect(card).toContainText('Signed in until');
  await expect(walletPrompt(page)).toHaveCount(0);

  await card.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
  await page.reload();
  await open(page);
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
});

test('refusing is a normal answer', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Development wallet' }).click();
  await walletPrompt(page).getByRole('button', { name: 'Reject' }).click();
  await expect(
    page.getByRole('button', { name: 'Development wallet' })
  ).toBeEnabled();
  await expect(page.locator('.jp-Notification-Toast-error')).toHaveCount(0);
});

test('every announced wallet is listed, its icon checked', async ({
  page,
  context
}) => {
  await addScriptedWallet(context, {
    name: 'Good <b>wallet</b>',
    rdns: 'test.good.wallet',
    uuid: '11111111-9dad-41d1-80b4-00c04fd430c8'
  });
  await addScriptedWallet(context, {
    name: 'Bad icon',
    rdns: 'test.bad.wallet',
    uuid: '22222222-9dad-41d1-80b4-00c04fd430c8',
    icon: 'javascript:window.pwned=1'
  });
  await page.reload();
  await open(page);
  const list = page.getByRole('list', {
    name: 'Wallets found in this browser'
  });
  await expect(
    list.getByRole('button', { name: 'Good <b>wallet</b>' })
  ).toBeVisible();
  const bad = list.getByRole('button', { name: 'Bad icon' });
  await expect(bad).toBeVisible();
  await expect(bad.locator('img')).toHaveCount(0);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
});

test('the wallet switches account and chain under our feet', async ({
  page,
  context
}) => {
  const { accounts, chainId } = stack();
  await addScriptedWallet(context);
  await page.reload();
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  await run(page, 'wallet:sign-in');
  await open(page);
  const card = page.getByRole('region', { name: 'Account' });
  await expect(card).toContainText('Signed in until');

  await page.evaluate(
    account => window.scriptedWallet.switchAccount(account),
    accounts[1].address
  );
  await expect(card).toContainText(short(accounts[1].address));
  // Another account is another person: the sign-in is gone.
  await expect(card).not.toContainText('Signed in until');

  await page.evaluate(() => window.scriptedWallet.switchChain('0x3e7'));
  await expect(
    page.getByRole('region', { name: 'Wrong network' })
  ).toBeVisible();
  await card.getByLabel('Network').selectOption(String(chainId));
  await expect(page.getByRole('region', { name: 'Wrong network' })).toHaveCount(
    0
  );

  await page.evaluate(() => window.scriptedWallet.lock());
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible();
});
