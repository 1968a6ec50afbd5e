/** A purchase that the person left, or turned away from, in the middle. */
import { addScriptedWallet, expect, run, test } from '../fixtures';
import { ready } from '../lab.mjs';
import {
  account,
  assetPage,
  balanceOf,
  become,
  logIn,
  ordersOf,
  payment,
  prompts,
  publishRows,
  SEND,
  send
} from '../trading';

const SELLER = 0;
const BUYER = 5;
const OTHER = 6;

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

test('the page is left while the wallet asks: it is found when it was confirmed, and asked about when that is unknown', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = await payment(page);
  const price = { kind: 'fixed', amount: '2', token: token.address };
  const found = await publishRows(page, `${tmpPath}/f.csv`, 'Left', price);
  const lost = await publishRows(page, `${tmpPath}/l.csv`, 'Left open', price);
  await become(page, BUYER);

  /** Up to the open request that pays; what it asks for. */
  const leave = async (did: string, name: string): Promise<unknown> => {
    await run(page, 'market:asset', { did });
    await page.evaluate(() => {
      window.scriptedWallet.answers = ['approve', 'hold'];
    });
    await prompts(page);
    await assetPage(page, name)
      .getByRole('button', { name: /^Buy for / })
      .click();
    await page.waitForFunction(() => window.scriptedWallet.held.length === 1);
    const asked = await page.evaluate(
      () => window.scriptedWallet.prompts.at(-1)!.params as unknown[]
    );
    await page.reload();
    await ready(page);
    await run(page, 'market:asset', { did });
    return asked[0];
  };
  const question = page.getByRole('dialog').filter({
    hasText: 'Is an old request still open in your wallet?'
  });

  await test.step('confirmed after the page was left', async () => {
    const orders = await ordersOf(account(BUYER));
    const asked = await leave(found, 'Left');
    const before = await balanceOf(token.address, account(BUYER));
    expect(await send(asked)).toBe(true);
    expect(await ordersOf(account(BUYER))).toBe(orders + 1);
    expect(await run(page, 'market:buy', { did: found })).toMatchObject({
      did: found,
      reused: true
    });
    expect(await prompts(page)).toEqual([]);
    expect(await ordersOf(account(BUYER))).toBe(orders + 1);
    expect(before - (await balanceOf(token.address, account(BUYER)))).toBe(
      2_002_000_000_000_000_000n
    );
  });

  await test.step('still open: asked about, and paid once in the end', async () => {
    const orders = await ordersOf(account(BUYER));
    const asked = await leave(lost, 'Left open');
    const asset = assetPage(page, 'Left open');
    const buy = asset.getByRole('button', { name: /^Buy for / });
    await buy.click();
    await expect(question).toBeVisible();
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await prompts(page)).toEqual([]);
    await buy.click();
    await question.getByRole('button', { name: 'Go on' }).click();
    await expect(asset).toContainText('Bought with this account.');
    // The allowance of before was enough.
    expect(await prompts(page)).toEqual([SEND]);
    // The old request, confirmed at last: what was allowed is used up by now.
    const paid = await balanceOf(token.address, account(BUYER));
    expect(await send(asked)).toBe(false);
    expect(await ordersOf(account(BUYER))).toBe(orders + 1);
    expect(await balanceOf(token.address, account(BUYER))).toBe(paid);
  });
});

test('another account between approval and payment: nothing is paid with either', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const token = await payment(page);
  const did = await publishRows(page, `${tmpPath}/s.csv`, 'Switched', {
    kind: 'fixed',
    amount: '2',
    token: token.address
  });
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const asset = assetPage(page, 'Switched');
  const money = (): Promise<bigint[]> =>
    Promise.all(
      [BUYER, OTHER].map(who => balanceOf(token.address, account(who)))
    );
  const before = await money();
  await page.evaluate(() => {
    window.scriptedWallet.answers = ['hold'];
  });
  await prompts(page);
  await asset.getByRole('button', { name: /^Buy for / }).click();
  await page.waitForFunction(() => window.scriptedWallet.held.length === 1);
  await become(page, OTHER);
  await page.evaluate(() => window.scriptedWallet.release());
  await expect(asset.getByRole('alert')).toContainText(
    'The wallet is on another account now.'
  );
  expect(await prompts(page)).toEqual([SEND]);
  expect(await money()).toEqual(before);
  await expect(asset.getByRole('button', { name: /^Buy for / })).toBeVisible();
});
