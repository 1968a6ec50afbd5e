/**
 * Makes the pictures of docs/screenshots from the running product, light and
 * dark: `npm run screenshots`. Starts a stack of its own and stops it; the pictures
 * that need a pinning service or a Filecoin are taken on their tests' way.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { startStack } from '../devnet/stack.mjs';
import { findChromium } from '../tools/chromium.mjs';
import { CHROMIUM_ARGS, execute, openLab, runNotebook } from './lab.mjs';
import { shoot } from './pictures.mjs';
import { scriptedWallet } from './wallet.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SPECS = ['storage', 'history', 'pinning', 'filecoin', 'embedded'];
const RDNS = 'org.example.browser-wallet';
const WALLET_ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#37699b"/><path d="M5 8h14v9H5zM15 11h4v3h-4z" fill="none" stroke="#fff" stroke-width="2"/></svg>';
const NAME = 'Iris measurements in one picture';

const show = (page, id) =>
  page.evaluate(name => globalThis.jupyterapp.shell.activateById(name), id);

/** Sidebars of a width in pixels; 0 folds one away. */
async function sidebars(page, left, right) {
  await page.evaluate(
    ([first, last]) => {
      const { shell } = globalThis.jupyterapp;
      first ? shell.expandLeft() : shell.collapseLeft();
      last ? shell.expandRight() : shell.collapseRight();
      const split = document.querySelector('#jp-main-split-panel');
      const middle = split.clientWidth - first - last;
      shell._hsplitPanel.setRelativeSizes([first, middle, last]);
    },
    [left, right]
  );
}

const panel = (page, name) => page.getByRole('region', { name, exact: true });

const wallet = page => page.locator('#jp-web3-wallet-panel');

async function dismissNotices(page) {
  await execute(page, 'apputils:dismiss-notification', {}).catch(
    () => undefined
  );
  await page.evaluate(async () => {
    for (const close of document.querySelectorAll('.Toastify__close-button')) {
      close.click();
    }
  });
  await page.locator('.Toastify__toast').last().waitFor({ state: 'detached' });
}

async function loginPictures(browser, stack) {
  const bare = await browser.newContext({
    viewport: { width: 1280, height: 800 }
  });
  // As for somebody who has no wallet: those of the local stack stay away.
  await bare.route(/extensions\/.*(development-wallet|metamask-sdk)/, route =>
    route.abort()
  );
  await bare.route('**/web3/config*', async route => {
    const response = await route.fetch();
    const info = await response.json();
    const json = { ...info, chain: null, developmentWallet: false };
    await route.fulfill({ response, json });
  });
  const none = await openLab(bare, stack.info.lab);
  await show(none, 'jp-web3-wallet-panel');
  await sidebars(none, 0, 330);
  await none.getByRole('heading', { name: 'Log in' }).waitFor();
  await shoot(none, 'login-no-wallet', { of: wallet(none) });
  await bare.close();
}

async function drivePictures(page) {
  const drive = panel(page, 'IPFS drive');
  await show(page, 'jp-web3-drive');
  await sidebars(page, 330, 0);
  await drive.getByText(/Kubo 0/).waitFor();
  await shoot(page, 'drive-empty');
  await page.evaluate(async () => {
    const { contents } = globalThis.jupyterapp.serviceManager;
    const save = (path, content) =>
      contents.save(`ipfs:${path}`, { type: 'file', format: 'text', content });
    for (const folder of ['field work', 'models']) {
      await contents.save(`ipfs:${folder}`, { type: 'directory' });
    }
    await save('iris.csv', 'sepal,petal\n5.1,1.4\n'.repeat(400));
    await save('README.md', '# Measurements\n');
    await save('notes on petals.txt', 'Petals are measured in cm.\n');
    await save('classes.json', '["setosa", "versicolor", "virginica"]\n');
  });
  await drive.getByText('iris.csv').waitFor();
  await shoot(page, 'drive-filled');
}

/** The market's three tabs, beside the page of an asset and its management. */
async function marketPictures(page, stack, asset) {
  const market = panel(page, 'Ocean Market');
  const tab = name => execute(page, 'market:open', { tab: name });
  await tab('discover');
  await market.getByRole('list', { name: 'Assets' }).getByText(NAME).waitFor();
  await market.getByText(/^Filters/).click();
  await shoot(page, 'narrow-market', { of: market });
  await sidebars(page, 320, 0);
  await asset
    .getByRole('heading', { name: 'Where it is stored' })
    .scrollIntoViewIfNeeded();
  await shoot(page, 'market-discover');
  await market.getByText(/^Filters/).click();
  await tab('purchases');
  await market
    .getByRole('region', { name: 'Purchases' })
    .getByText(NAME)
    .first()
    .waitFor();
  await shoot(page, 'market-purchases', { of: market });
  await page.evaluate(
    account => globalThis.scriptedWallet.switchAccount(account),
    stack.info.accounts[0].address
  );
  await tab('mine');
  const mine = market.getByRole('button', { name: NAME }).first();
  await mine.waitFor();
  await shoot(page, 'market-mine', { of: market });
  await mine.click();
  await page.getByRole('article', { name: `Manage ${NAME}` }).waitFor();
  await dismissNotices(page);
  await shoot(page, 'market-manage');
  await sidebars(page, 240, 0);
  await shoot(page, 'narrow-mine', { of: market });
  await execute(page, 'application:close');
}

async function pictures(browser, stack) {
  await loginPictures(browser, stack);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 }
  });
  await context.addInitScript(scriptedWallet, {
    rpc: stack.info.chain,
    chainId: `0x${stack.info.chainId.toString(16)}`,
    accounts: stack.info.accounts.map(({ address }) => address),
    name: 'Browser wallet',
    icon: `data:image/svg+xml;base64,${Buffer.from(WALLET_ICON).toString('base64')}`,
    rdns: RDNS
  });
  const page = await openLab(context, stack.info.lab);
  page.setDefaultTimeout(30_000);
  await show(page, 'jp-web3-wallet-panel');
  await sidebars(page, 0, 330);
  await page.getByRole('button', { name: 'Browser wallet' }).waitFor();
  await shoot(page, 'login-choose', { of: wallet(page) });
  await execute(page, 'wallet:connect', { wallet: RDNS });
  await execute(page, 'wallet:sign-in');
  await wallet(page).getByText('USDC').waitFor();
  await shoot(page, 'login-connected', { of: wallet(page) });
  await page.evaluate(() => globalThis.scriptedWallet.switchChain('0x1'));
  await panel(page, 'Wrong network').waitFor();
  await shoot(page, 'login-wrong-network', { of: wallet(page) });
  await page.evaluate(
    id => globalThis.scriptedWallet.switchChain(id),
    `0x${stack.info.chainId.toString(16)}`
  );

  await drivePictures(page);

  await runNotebook(page, 'iris.ipynb');
  const image = page.locator('.jp-RenderedImage').first();
  await image.waitFor();
  await sidebars(page, 250, 300);
  await show(page, 'jp-web3-wallet-panel');
  await image.scrollIntoViewIfNeeded();
  await dismissNotices(page);
  await shoot(page, 'overview');

  await image.click({ button: 'right' });
  await page
    .getByRole('menuitem', { name: 'Publish Output to Ocean…' })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Publish to Ocean' });
  // The dialog takes the focus to its first field once it is there.
  await page.waitForFunction(() => document.activeElement?.id === 'root_name');
  await dialog.getByLabel('Name').fill(NAME);
  await dialog
    .getByLabel('Description')
    .fill(
      'Petals and sepals of 150 irises, and what a small model makes of them.'
    );
  await dialog.getByLabel('Tags').fill('iris, botany');
  await dialog.getByRole('radio', { name: 'Fixed price' }).check();
  await dialog.getByLabel('Amount').fill('5');
  await dialog.getByLabel('Paid in').selectOption({ label: 'USDC' });
  await dialog.getByText(/Both transactions ≈/).waitFor();
  await shoot(page, 'publish-dialog');

  await page.evaluate(() => {
    globalThis.scriptedWallet.answers = ['approve', 'approve', 'hold'];
  });
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  const card = panel(page, 'Publishing').getByRole('listitem', {
    name: NAME,
    exact: true
  });
  await card.getByText(/Waiting for your wallet: 3 of 4/).waitFor();
  await dismissNotices(page);
  await shoot(page, 'publish-progress');
  await sidebars(page, 250, 250);
  await shoot(page, 'narrow-progress', { of: panel(page, 'Publishing') });
  await page.evaluate(() => globalThis.scriptedWallet.release('reject'));
  await card.getByRole('button', { name: 'Try again' }).waitFor();
  await shoot(page, 'narrow-paused', { of: panel(page, 'Publishing') });
  await sidebars(page, 250, 330);
  await card.getByRole('button', { name: 'Try again' }).click();
  await card.getByText('Published', { exact: true }).waitFor();
  await dismissNotices(page);
  await shoot(page, 'publish-result');
  await sidebars(page, 250, 250);
  await shoot(page, 'narrow-result', { of: panel(page, 'Publishing') });
  await show(page, 'jp-web3-wallet-panel');
  await shoot(page, 'narrow-wallet', { of: wallet(page) });
  await shoot(page, 'narrow-drive', { of: panel(page, 'IPFS drive') });
  await show(page, 'jp-web3-publishing');
  await sidebars(page, 250, 300);

  await card.getByRole('button', { name: 'Open' }).click();
  const asset = page.getByRole('article', { name: NAME });
  await page.evaluate(
    account => globalThis.scriptedWallet.switchAccount(account),
    stack.info.accounts[1].address
  );
  await show(page, 'jp-web3-market');
  await sidebars(page, 250, 0);
  await asset.getByText(/You pay/).waitFor();
  await shoot(page, 'buy-before');
  await asset.getByRole('button', { name: /^Buy for/ }).click();
  await asset.getByRole('button', { name: 'Download' }).click();
  await asset.getByRole('group', { name: 'Downloaded' }).waitFor();
  await dismissNotices(page);
  await shoot(page, 'buy-after');
  await marketPictures(page, stack, asset);

  await show(page, 'jp-web3-drive');
  await sidebars(page, 330, 0);
  await stack.parts.kubo.stop();
  const drive = panel(page, 'IPFS drive');
  const offline = drive.getByText(/not running/);
  while (!(await offline.first().isVisible())) {
    await drive.getByTitle('Refresh', { exact: false }).first().click();
    await offline
      .first()
      .waitFor({ timeout: 2000 })
      .catch(() => undefined);
  }
  await dismissNotices(page);
  await shoot(page, 'drive-offline');
}

const state = mkdtempSync(join(tmpdir(), 'web3-screenshots-'));
const stack = await startStack({ state, exposeApp: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || (await findChromium()),
  args: CHROMIUM_ARGS
});
try {
  await pictures(browser, stack);
} finally {
  await browser.close();
  await stack.stop();
  rmSync(state, { recursive: true, force: true });
}
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'playwright'),
  ['test', '--config=ui-tests/playwright.config.ts', ...SPECS],
  { cwd: root, stdio: 'inherit', env: { ...process.env, WEB3_PICTURES: '1' } }
);
process.exitCode = status ?? 1;
