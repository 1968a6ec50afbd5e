/** How often the wallet asks, counted; and that nobody pays twice. */
import type { Page } from '@playwright/test';

import { formatUnits, parseUnits } from '../../src/ui/amount';
import { addScriptedWallet, expect, run, test } from '../fixtures';
import { ready } from '../lab.mjs';
import {
  account,
  assetPage,
  balanceOf,
  become,
  logIn,
  now,
  ordersOf,
  passUntil,
  payment,
  prompts,
  publishRows,
  SEND,
  SIGN
} from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const SELLER = 0;
const BUYER = 3;

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

test('publish ≤ 4, buy ≤ 3, download ≤ 1, then none', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = (await payment(page)).address;
  await prompts(page);
  const did = await publishRows(page, `${tmpPath}/a.csv`, 'Counted rows', {
    kind: 'fixed',
    amount: '2',
    token
  });
  const published = await prompts(page);
  expect(published.filter(method => method === SEND)).toHaveLength(2);
  expect(published.filter(method => method === SIGN).length).toBeLessThan(3);
  expect(published.length).toBeLessThanOrEqual(4);

  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const asset = assetPage(page, 'Counted rows');
  await expect(asset).toContainText('Your wallet will ask 2 times.');
  const buy = asset.getByRole('button', { name: /^Buy for / });
  await buy.click();
  const download = asset.getByRole('button', {
    name: 'Download',
    exact: true
  });
  await expect(download).toBeVisible();
  // The allowance, then the order: as many as were told, of 3 at most.
  expect(await prompts(page)).toEqual([SEND, SEND]);

  const done = asset.getByRole('group', { name: 'Downloaded' });
  await download.click();
  await expect(done).toContainText('Checked');
  expect(await prompts(page)).toEqual([SIGN]);

  // The node's token is still valid: nobody is asked.
  await asset.getByRole('button', { name: 'Download again' }).click();
  await expect(done).toContainText('Checked');
  const again = await run<{ path: string }>(page, 'market:download', { did });
  expect(again.path).not.toBe('');
  expect(await prompts(page)).toEqual([]);
});

test('an allowance that is kept saves a request, and is taken back', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const { address: token, symbol, decimals } = await payment(page);
  const timeout = 2;
  const did = await publishRows(
    page,
    `${tmpPath}/b.csv`,
    'Rows for a moment',
    { kind: 'fixed', amount: '2', token },
    { timeout }
  );
  await become(page, BUYER);
  await prompts(page);
  await run(page, 'market:asset', { did });
  const asset = assetPage(page, 'Rows for a moment');
  await asset.getByText(/^Allowance: /).click();
  await asset.getByLabel('more, and keep the rest').check();
  const upTo = asset.getByLabel(`Allow up to (${symbol})`);
  await upTo.fill('1');
  await expect(asset).toContainText(
    'A number of ' + symbol + ' that is not less than the purchase takes.'
  );
  await expect(asset.getByRole('button', { name: /^Buy for / })).toBeDisabled();
  await upTo.fill('50');
  const before = await balanceOf(token, account(BUYER));
  await asset.getByRole('button', { name: /^Buy for / }).click();
  await expect(asset).toContainText('Bought with this account.');
  expect(await prompts(page)).toEqual([SEND, SEND]);
  const paid = before - (await balanceOf(token, account(BUYER)));
  expect(paid).toBeGreaterThan(0n);

  await passUntil((await now()) + timeout);
  const second = await run<{ reused: boolean }>(page, 'market:buy', { did });
  expect(second.reused).toBe(false);
  expect(await prompts(page)).toEqual([SEND]);
  expect(before - (await balanceOf(token, account(BUYER)))).toBe(2n * paid);

  // What is left of it is told, and taken back by one request.
  const left = asset.getByRole('group', { name: 'Allowance that is left' });
  const rest = parseUnits('50', decimals) - 2n * paid;
  await expect(left).toContainText(
    `${formatUnits(rest, decimals)} ${symbol} is still allowed to the contract of this asset.`
  );
  await expect(left).toContainText('your wallet will ask once');
  const takeBack = left.getByRole('button', { name: 'Take back' });
  await page.evaluate(() => {
    window.scriptedWallet.answers.push('reject', 'hold');
  });
  await takeBack.click();
  await expect(asset.getByRole('alert')).toContainText(
    'You said no in the wallet.'
  );
  await takeBack.click();
  await expect(asset).toContainText(
    'Waiting for your wallet: request 1 of 1 (take the allowance back)'
  );
  await expect(takeBack).toBeDisabled();
  await page.evaluate(() => window.scriptedWallet.release());
  await expect(asset).toContainText('Taken back: nothing is allowed any more.');
  await expect(left).toHaveCount(0);
  expect(await prompts(page)).toEqual([SEND, SEND]);
  expect(before - (await balanceOf(token, account(BUYER)))).toBe(2n * paid);

  // So the next purchase asks for an approval again.
  await passUntil((await now()) + timeout);
  await run(page, 'market:asset', { did });
  await expect(asset).toContainText('Your wallet will ask 2 times.');
});

test('a double click pays once, two tabs at once pay once', async ({
  page,
  context,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = (await payment(page)).address;
  const price = { kind: 'fixed', amount: '2', token };
  const clicked = await publishRows(
    page,
    `${tmpPath}/c.csv`,
    'Rows clicked twice',
    price
  );
  const shared = await publishRows(
    page,
    `${tmpPath}/d.csv`,
    'Rows in two tabs',
    price
  );
  await become(page, BUYER);
  const spent = async (what: () => Promise<unknown>) => {
    const [money, orders] = [
      await balanceOf(token, account(BUYER)),
      await ordersOf(account(BUYER))
    ];
    await what();
    return {
      money: money - (await balanceOf(token, account(BUYER))),
      orders: (await ordersOf(account(BUYER))) - orders
    };
  };
  await run(page, 'market:asset', { did: clicked });
  const asset = assetPage(page, 'Rows clicked twice');
  const buy = asset.getByRole('button', { name: /^Buy for / });
  await expect(buy).toBeEnabled();
  await prompts(page);
  const once = await spent(async () => {
    await buy.dblclick();
    await expect(asset).toContainText('Bought with this account.');
    // What a second click may have started has come to its end as well.
    expect(await run(page, 'market:buy', { did: clicked })).toMatchObject({
      reused: true
    });
  });
  expect(once.orders).toBe(1);
  expect(await prompts(page)).toEqual([SEND, SEND]);

  const tab: Page = await context.newPage();
  await tab.goto(`${new URL(page.url()).origin}/lab/workspaces/second-tab`);
  await ready(tab);
  for (const one of [page, tab]) {
    await run(one, 'wallet:connect', { wallet: 'test.scripted.wallet' });
    await become(one, BUYER);
    await run(one, 'market:asset', { did: shared });
    await expect(
      assetPage(one, 'Rows in two tabs').getByRole('button', {
        name: /^Buy for /
      })
    ).toBeEnabled();
    await prompts(one);
  }
  const both = await spent(async () => {
    const bought = await Promise.all(
      [page, tab].map(one =>
        run<{ orderTx: string; reused: boolean }>(one, 'market:buy', {
          did: shared
        })
      )
    );
    expect(bought[0].orderTx).toBe(bought[1].orderTx);
    expect(bought.map(({ reused }) => reused).sort()).toEqual([false, true]);
  });
  expect(both).toEqual(once);
  expect([...(await prompts(page)), ...(await prompts(tab))]).toEqual([
    SEND,
    SEND
  ]);
  await tab.close();
});
