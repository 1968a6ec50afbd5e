/** My assets: an account looks after what it published; another one notices. */
import type { Locator, Page } from '@playwright/test';

import { addScriptedWallet, expect, run, test } from '../fixtures';
import { saveText } from '../publishing';
import {
  account,
  balanceOf,
  become,
  logIn,
  payment,
  prompts,
  publishRows,
  SEND,
  sidebar,
  SIGN
} from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(240_000);

const SELLER = 4;
const BUYER = 5;
const FRIEND = 6;
const OTHER = 3;

const manage = (page: Page, name: string): Locator =>
  page.getByRole('article', { name: `Manage ${name}` });

const section = (article: Locator, name: string): Locator =>
  article.getByRole('region', { name, exact: true });

async function start(page: Page): Promise<string> {
  await logIn(page, SELLER);
  return (await payment(page)).address;
}

async function publish(
  page: Page,
  path: string,
  name: string,
  price: object
): Promise<string> {
  const did = await publishRows(page, path, name, price);
  await prompts(page);
  return did;
}

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
});

test('the list, the description, the price, the sales', async ({
  page,
  tmpPath
}) => {
  const token = await start(page);
  const did = await publish(page, `${tmpPath}/rows.csv`, 'Rows to manage', {
    kind: 'fixed',
    amount: '2',
    token
  });
  await become(page, BUYER);
  await run(page, 'market:buy', { did });
  await become(page, SELLER);
  await prompts(page);

  // The asset's own page has a way to it, for its owner.
  await run(page, 'market:asset', { did });
  const shown = page.getByRole('article', {
    name: 'Rows to manage',
    exact: true
  });
  await shown.getByRole('button', { name: 'Manage' }).click();
  await expect(manage(page, 'Rows to manage')).toBeVisible();
  await run(page, 'application:close');
  await become(page, BUYER);
  await expect(shown.getByRole('button', { name: 'Manage' })).toHaveCount(0);
  await become(page, SELLER);

  await run(page, 'market:open', { tab: 'mine' });
  const row = sidebar(page)
    .getByRole('list', { name: 'Your assets' })
    .getByRole('button', { name: /^Rows to manage/ });
  await expect(row).toContainText('On sale');
  await expect(row).toContainText('1 order · earned 2 OCEAN');
  await row.click();
  const article = manage(page, 'Rows to manage');

  const sales = section(article, 'Sales');
  await expect(sales).toContainText('1 order · earned 2 OCEAN');
  const plot = sales.getByRole('img', { name: 'Revenue in OCEAN over time' });
  await expect(plot).toContainText('in all: 2 OCEAN');
  await sales.getByLabel('Plot').selectOption('By month');
  await expect(plot).toContainText(/\b1\b.*: 2 OCEAN/);
  await sales.getByRole('button', { name: 'Save as CSV' }).click();
  const saved = sales.getByText(/^Saved as sales/);
  await expect(saved).toBeVisible();
  const path = (await saved.textContent())!.replace('Saved as ', '');
  const csv = await page.evaluate(
    async file =>
      (await window.jupyterapp.serviceManager.contents.get(file)).content,
    path
  );
  expect(csv).toContain(`,${account(BUYER)},${account(BUYER)},0,2,`);
  // Never over another file.
  await sales.getByRole('button', { name: 'Save as CSV' }).click();
  await expect(saved).not.toHaveText(`Saved as ${path}`);

  const about = section(article, 'Description');
  await about.getByLabel('Name', { exact: true }).fill('Rows, managed');
  await about
    .getByLabel('Description (Markdown)')
    .fill('What became of the **rows**.');
  await about.getByLabel('Author').fill('Ann of the rows');
  await about.getByLabel('Licence').fill('MIT');
  await about.getByLabel(/^Tags/).fill('rows, managed');
  await about.getByLabel(/^Sample/).fill('https://example.org/sample.csv');
  await about.getByLabel(/^An order lasts/).fill('86400');
  await about.getByRole('button', { name: 'Add a question' }).click();
  const question = about.getByRole('group', { name: 'Question 1' });
  await question.getByLabel('Name for the program').fill('rows');
  await question.getByLabel('Question as buyers read it').fill('Which rows?');
  await question.getByLabel('Kind of answer').selectOption('Choice');
  await question.getByLabel('Options').fill('all: All\nsome: Some');
  // Another account, and back: nothing that was typed is lost.
  await become(page, BUYER);
  await expect(about).toHaveCount(0);
  await become(page, SELLER);
  await expect(about.getByLabel(/^Tags/)).toHaveValue('rows, managed');
  await expect(question.getByLabel('Options')).toHaveValue(
    'all: All\nsome: Some'
  );
  await expect(about).toContainText(
    'Your wallet will ask for a signature (free), then for a transaction (costs gas).'
  );
  await about.getByRole('button', { name: 'Save changes' }).click();
  const renamed = manage(page, 'Rows, managed');
  await expect(section(renamed, 'Description')).toContainText(
    'Done: Changing the description.'
  );
  expect(await prompts(page)).toEqual([SIGN, SEND]);

  // Refusing is a normal answer, and nothing changes by it.
  const sale = section(renamed, 'Price and payment');
  await page.evaluate(() => {
    window.scriptedWallet.answers = ['reject'];
  });
  await sale.getByLabel('Price (OCEAN)').fill('3.5');
  await sale.getByRole('button', { name: 'Change price' }).click();
  await expect(sale).toContainText('You said no in the wallet.');
  await prompts(page);
  // What was typed is still there; what is no price is said to be none.
  await expect(sale.getByLabel('Price (OCEAN)')).toHaveValue('3.5');
  await sale.getByLabel('Price (OCEAN)').fill('3,5');
  await expect(sale.getByRole('alert')).toContainText('with a point');
  await sale.getByLabel('Price (OCEAN)').fill('3.5');
  await sale.getByRole('button', { name: 'Change price' }).click();
  await expect(sale).toContainText('On sale for 3.5 OCEAN.');
  expect(await prompts(page)).toEqual([SEND]);

  // Paid to somebody else from now on.
  const who = sale.getByRole('group', { name: 'Who is paid' });
  await who
    .getByLabel('Pay orders to another account')
    .fill(account(OTHER).toLowerCase());
  await who.getByRole('button', { name: 'Change who is paid' }).click();
  await page
    .getByRole('dialog', { name: /^Pay orders to / })
    .getByRole('button', { name: 'Pay this account' })
    .click();
  await expect(
    who.getByRole('button', { name: 'Pay the owner again' })
  ).toBeVisible();
  expect(await prompts(page)).toEqual([SEND]);

  await become(page, FRIEND);
  await run(page, 'market:asset', { did });
  const asset = page.getByRole('article', {
    name: 'Rows, managed',
    exact: true
  });
  await expect(asset).toContainText('What became of the rows.');
  await expect(asset).toContainText('by Ann of the rows');
  await expect(asset.getByRole('list', { name: 'Tags' })).toContainText(
    'managed'
  );
  const terms = section(asset, 'Price and what it buys');
  await expect(terms.getByRole('link', { name: 'MIT License' })).toBeVisible();
  await expect(terms).toContainText('Access lasts 1 day from the purchase');
  await expect(section(asset, 'Sample')).toBeVisible();
  const had = await balanceOf(token, account(OTHER));
  await asset.getByRole('button', { name: /^Buy for 3\.5/ }).click();
  await expect(asset).toContainText('Bought with this account.');
  expect((await balanceOf(token, account(OTHER))) - had).toBe(
    3_500_000_000_000_000_000n
  );
  await become(page, SELLER);
  await run(page, 'market:manage', { did });
  await sale.getByRole('button', { name: 'Stop selling' }).click();
  await expect(sale.getByRole('button', { name: 'Sell again' })).toBeVisible();
  await become(page, OTHER);
  await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
    code: 'not-for-sale'
  });
  await become(page, SELLER);
  await sale.getByRole('button', { name: 'Sell again' }).click();
  await expect(
    sale.getByRole('button', { name: 'Stop selling' })
  ).toBeVisible();
});

test('who may buy, states, and back from a withdrawal', async ({
  page,
  tmpPath
}) => {
  const token = await start(page);
  const did = await publish(page, `${tmpPath}/few.csv`, 'Rows for few', {
    kind: 'fixed',
    amount: '1',
    token
  });
  await run(page, 'market:manage', { did });
  const article = manage(page, 'Rows for few');
  const access = section(article, 'Who may buy');
  await access.getByLabel('These accounts may not').fill('0x1234');
  await expect(access.getByRole('alert')).toContainText('0x1234');
  await access.getByLabel('These accounts may not').fill('');
  await access.getByLabel(/^Only these accounts/).fill(account(SELLER));
  await access.getByRole('button', { name: 'Save who may buy' }).click();
  await expect(access).toContainText('Done: Changing who may buy.');
  expect(await prompts(page)).toEqual([SIGN, SEND]);
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  const shown = page.getByRole('article', {
    name: 'Rows for few',
    exact: true
  });
  await expect(shown).toContainText(
    'Only certain accounts may use it, and yours is not among them.'
  );
  await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
    code: 'not-allowed'
  });
  expect(await prompts(page)).toEqual([]);

  // A list of the chain: the friend is put on it, the buyer is not.
  await become(page, SELLER);
  await run(page, 'market:manage', { did });
  await access.getByLabel('Name of a new list').fill('Friends');
  await access.getByRole('button', { name: 'Make a list' }).click();
  const list = access.getByRole('group', { name: 'Friends' });
  await list.getByLabel('Account to add').fill(account(FRIEND));
  await list.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(
    list.getByRole('button', { name: `Remove ${account(FRIEND)}` })
  ).toBeVisible();
  expect(await prompts(page)).toEqual([SEND, SEND]);
  await access.getByLabel(/^Only these accounts/).fill('');
  await access
    .getByRole('group', {
      name: 'Who is on one of these lists may',
      exact: true
    })
    .getByLabel('Friends')
    .check();
  await access.getByRole('button', { name: 'Save who may buy' }).click();
  await expect(access).toContainText('Done: Changing who may buy.');
  await become(page, BUYER);
  await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
    code: 'not-allowed'
  });
  await become(page, FRIEND);
  expect(await run(page, 'market:buy', { did })).toMatchObject({
    reused: false
  });
  await become(page, SELLER);
  await list.getByRole('button', { name: `Remove ${account(FRIEND)}` }).click();
  await expect(
    list.getByRole('button', { name: `Remove ${account(FRIEND)}` })
  ).toHaveCount(0);
  await become(page, FRIEND);
  await expect(run(page, 'market:download', { did })).rejects.toMatchObject({
    code: 'node-refused'
  });

  // States, each with what it means.
  await become(page, SELLER);
  await access
    .getByRole('group', {
      name: 'Who is on one of these lists may',
      exact: true
    })
    .getByLabel('Friends')
    .uncheck();
  await access.getByRole('button', { name: 'Save who may buy' }).click();
  await expect(access).toContainText('Done: Changing who may buy.');
  await prompts(page);
  const state = section(article, 'Availability');
  for (const name of [
    'On sale',
    'Ordering off',
    'Unlisted',
    'End of life',
    'Deprecated',
    'Revoked'
  ]) {
    await expect(
      state.getByRole('radio', { name, exact: true })
    ).toHaveAccessibleDescription(/.{20}/);
  }
  await state.getByRole('radio', { name: 'Ordering off' }).check();
  await state.getByRole('button', { name: 'Change availability' }).click();
  await expect(state).toContainText('Now: Ordering off.');
  await become(page, BUYER);
  await run(page, 'market:asset', { did });
  await expect(
    shown.getByRole('note', { name: 'State of the asset' })
  ).toContainText('Ordering disabled.');
  await expect(shown.getByRole('button', { name: /^Buy for/ })).toHaveCount(0);
  await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
    code: 'asset-inactive'
  });
  await run(page, 'market:manage', { did });
  await become(page, SELLER);

  await state.getByRole('radio', { name: 'Revoked' }).check();
  await state.getByRole('button', { name: 'Change availability' }).click();
  const sure = page.getByRole('dialog', { name: 'Make it “Revoked”?' });
  await expect(sure).toContainText('not even those who bought it');
  await sure.getByRole('button', { name: 'Cancel' }).click();
  await expect(state).toContainText('Now: Ordering off.');
  await state.getByRole('button', { name: 'Change availability' }).click();
  await sure.getByRole('button', { name: 'Revoked' }).click();
  // The index has dropped its description: the page says its name on the chain.
  const gone = page.getByRole('article', { name: /^Manage Rows for few/ });
  const back = section(gone, 'Availability').getByRole('button', {
    name: 'Bring it back'
  });
  await expect(back).toBeEnabled();
  expect(await prompts(page)).toEqual([SEND, SEND]);
  await run(page, 'market:open', { tab: 'mine' });
  const row = sidebar(page)
    .getByRole('list', { name: 'Your assets' })
    .getByRole('button', { name: /^Rows for few/ });
  await sidebar(page).getByRole('button', { name: 'Look again' }).click();
  await expect(row).toContainText('Revoked');
  await become(page, BUYER);
  await expect(run(page, 'market:buy', { did })).rejects.toMatchObject({
    code: 'asset-inactive'
  });
  await become(page, SELLER);
  await run(page, 'market:manage', { did });
  await back.click();
  await expect(section(gone, 'Availability')).toContainText('Now: On sale.');
  expect(await prompts(page)).toEqual([SEND]);
  await become(page, BUYER);
  expect(await run(page, 'market:buy', { did })).toMatchObject({
    reused: false
  });
});

test('paid out, shared, free for a while, handed over', async ({
  page,
  tmpPath
}) => {
  await logIn(page, SELLER);
  const { address: token, decimals } = await payment(page);
  const did = await publish(page, `${tmpPath}/share.csv`, 'Rows to share', {
    kind: 'fixed',
    amount: '4',
    token
  });
  await run(page, 'market:manage', { did });
  const article = manage(page, 'Rows to share');
  const sale = section(article, 'Price and payment');

  const split = sale.getByRole('group', { name: 'Share the revenue' });
  await split.getByLabel('Account 2', { exact: true }).fill(account(FRIEND));
  await split.getByLabel('Shares of account 1').fill('3');
  await split.getByRole('button', { name: 'Share from now on' }).click();
  await page
    .getByRole('dialog', { name: 'Share the revenue of this asset?' })
    .getByRole('button', { name: 'Set it up' })
    .click();
  await expect(split).toContainText('3 of 4 shares');
  expect(await prompts(page)).toEqual([SEND, SEND]);

  await become(page, BUYER);
  await run(page, 'market:buy', { did });
  await become(page, SELLER);
  await article.getByRole('button', { name: 'Look again' }).click();
  const shares = split.getByRole('button', {
    name: /^Pay out 3\.9+ OCEAN to all$/
  });
  await expect(shares).toBeEnabled();
  const had = await balanceOf(token, account(FRIEND));
  // Paid to somebody else meanwhile: what is in the contract is not lost.
  const who = sale.getByRole('group', { name: 'Who is paid' });
  await expect(who).toContainText('wait in the contract that shares revenue');
  await who.getByRole('button', { name: 'Pay the owner again' }).click();
  await expect(who).toContainText('Orders are paid to the owner:');
  const before = sale.getByRole('group', { name: 'Shared before' });
  await before
    .getByRole('button', { name: /^Pay out 3\.9+ OCEAN to all$/ })
    .click();
  await expect(before).toHaveCount(0);
  // A quarter, without the unit that the contract keeps.
  expect((await balanceOf(token, account(FRIEND))) - had).toBeGreaterThan(0n);

  await prompts(page);
  await sale.getByRole('button', { name: 'Give it away for free' }).click();
  await expect(
    sale.getByRole('button', { name: 'Sell it for its price again' })
  ).toBeEnabled();
  expect(await prompts(page)).toEqual([SEND, SEND]);
  await become(page, FRIEND);
  await run(page, 'market:buy', { did });
  expect(await prompts(page)).toEqual([SEND]);
  await become(page, SELLER);
  await sale
    .getByRole('button', { name: 'Sell it for its price again' })
    .click();
  await expect(sale).toContainText('On sale for 4 OCEAN.');

  const hand = section(article, 'Hand it over');
  const button = hand.getByRole('button', { name: 'Hand it over…' });
  const to = account(FRIEND);
  // One letter's case is wrong: the checksum does not fit.
  const at = [...to].findIndex((c, i) => i > 1 && /[a-f]/i.test(c));
  const mistyped =
    to.slice(0, at) +
    (to[at] === to[at].toLowerCase()
      ? to[at].toUpperCase()
      : to[at].toLowerCase()) +
    to.slice(at + 1);
  await hand.getByLabel('New owner').fill(mistyped);
  await expect(hand.getByRole('alert')).toContainText('mistyped');
  await hand
    .getByLabel('New owner')
    .fill(`${to.slice(0, 6)}${'0'.repeat(32)}${to.slice(-4)}`.toLowerCase());
  await expect(hand.getByRole('alert')).toContainText('looks like');
  await hand.getByLabel('New owner').fill(to);
  await expect(button).toBeDisabled();
  await hand.getByLabel(/^Type its last/).fill(to.slice(-6));
  await prompts(page);
  await button.click();
  await page
    .getByRole('dialog', { name: /^Hand “Rows to share” to / })
    .getByRole('button', { name: 'Hand it over' })
    .click();
  await expect(article.getByRole('alert')).toContainText(
    'This account may not change the asset'
  );
  expect(await prompts(page)).toEqual([SEND]);
  await become(page, FRIEND);
  await run(page, 'market:open', { tab: 'mine' });
  await expect(
    sidebar(page)
      .getByRole('list', { name: 'Your assets' })
      .getByRole('button', { name: /^Rows to share/ })
  ).toContainText('given to you');
  await expect(section(article, 'Hand it over')).toBeVisible();
  await expect(section(article, 'Sales')).toContainText(
    'It was handed over to its owner after 2 of these orders'
  );
  // The new owner sets the price, and is who gets it.
  await sale.getByLabel('Price (OCEAN)').fill('5');
  await sale.getByRole('button', { name: 'Change price' }).click();
  await expect(sale).toContainText('On sale for 5 OCEAN.');
  const owned = await balanceOf(token, account(FRIEND));
  await become(page, OTHER);
  await run(page, 'market:asset', { did });
  await expect(
    page
      .getByRole('article', { name: 'Rows to share', exact: true })
      .getByRole('button', { name: /^Buy for 5/ })
  ).toBeVisible();
  await run(page, 'market:buy', { did });
  expect((await balanceOf(token, account(FRIEND))) - owned).toBe(
    5n * 10n ** BigInt(decimals)
  );
});

test('a new version: what changes, then one job', async ({ page, tmpPath }) => {
  const token = await start(page);
  const open = await publish(page, `${tmpPath}/open.csv`, 'Open rows', {
    kind: 'free'
  });
  const sealed = await publish(page, `${tmpPath}/paid.csv`, 'Paid rows', {
    kind: 'fixed',
    amount: '1',
    token
  });
  await become(page, BUYER);
  await run(page, 'market:buy', { did: sealed });
  await become(page, SELLER);
  await prompts(page);

  await expect(
    run(page, 'market:publish-version', {
      did: open,
      path: `${tmpPath}/open.csv`
    })
  ).rejects.toMatchObject({ code: 'same-version' });

  await saveText(page, `${tmpPath}/open.csv`, 'a,b\n1,Open rows\n3,three\n');
  const made = run<{ did: string; tx: string }>(
    page,
    'market:publish-version',
    { did: open, path: `${tmpPath}/open.csv` }
  );
  const dialog = page.getByRole('dialog', {
    name: 'New version of “Open rows”'
  });
  await expect(dialog).toContainText('Lines: 1 added, 1 removed');
  await expect(dialog).toContainText('+ 3,three');
  await expect(dialog).toContainText(
    'Your wallet will ask for 2 signatures (free), then for a transaction (costs gas).'
  );
  await dialog.getByRole('button', { name: 'Publish new version' }).click();
  expect(await made).toMatchObject({ did: open });
  expect(await prompts(page)).toEqual([SIGN, SIGN, SEND]);

  // What should perhaps not leave is told before it does.
  await saveText(page, `${tmpPath}/open.csv`, 'a,b\n1,jane.doe@uni-bern.ch\n');
  const held = run(page, 'market:publish-version', {
    did: open,
    path: `${tmpPath}/open.csv`
  });
  await expect(dialog.getByRole('alert')).toContainText('E-mail address');
  await expect(
    dialog.getByRole('button', { name: 'Publish all the same' })
  ).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await held).toBeNull();
  expect(await prompts(page)).toEqual([]);

  await saveText(page, `${tmpPath}/paid.csv`, 'a,b\n1,Paid rows, again\n');
  await run(page, 'market:publish-version', {
    did: sealed,
    path: `${tmpPath}/paid.csv`,
    silent: true
  });
  expect(await prompts(page)).toEqual([SIGN, SIGN, SEND]);
  // Who bought before gets the new one, unsealed with its key.
  await become(page, BUYER);
  const got = await run<{ path: string; verified: boolean }>(
    page,
    'market:download',
    { did: sealed, to: `${tmpPath}/got/` }
  );
  expect(got.verified).toBe(true);
  const content = await page.evaluate(
    async file =>
      (await window.jupyterapp.serviceManager.contents.get(file)).content,
    got.path
  );
  expect(content).toBe('a,b\n1,Paid rows, again\n');
});
