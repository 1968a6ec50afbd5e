/** Buying as a person does it: sidebar, asset page, refusals, a reload. */
import { addScriptedWallet, expect, run, test } from '../fixtures';
import { ipfs } from '../kubo';
import { ready } from '../lab.mjs';
import { become, logIn, payment, publishRows, sidebar } from '../trading';

test.use({ actionTimeout: 15_000 });

const SELLER = 0;
const BUYER = 2;

test('from a pasted DID to the content, across a reload', async ({
  page,
  context,
  tmpPath
}) => {
  test.setTimeout(180_000);
  await addScriptedWallet(context);
  await logIn(page, SELLER);
  const token = (await payment(page)).address;
  // A browser writes each 404 into its console.
  const missed: string[] = [];
  page.on('response', response => {
    if (response.status() === 404) {
      missed.push(response.url());
    }
  });
  const sold = await publishRows(page, `${tmpPath}/sold.csv`, 'Rows for sale', {
    kind: 'fixed',
    amount: '2',
    token
  });
  const free = await publishRows(page, `${tmpPath}/free.csv`, 'Rows for free', {
    kind: 'free'
  });
  expect(missed).toEqual([]);
  await become(page, BUYER);

  await run(page, 'market:asset');
  const field = sidebar(page).getByLabel('Search or paste a DID');
  await field.fill('did:op:123');
  await field.press('Enter');
  await expect(sidebar(page).getByRole('alert')).toContainText(
    'There is no DID in this.'
  );
  await field.fill(`did:op:${'0'.repeat(64)}`);
  await field.press('Enter');
  const missing = page.getByRole('main').getByRole('alert');
  await expect(missing).not.toBeEmpty();
  await run(page, 'application:close');

  // As somebody sent it, in a sentence.
  await field.fill(`Look: ${sold} !`);
  await expect(sidebar(page)).toContainText('Press Enter to open this asset.');
  await field.press('Enter');
  const asset = page.getByRole('article', {
    name: 'Rows for sale',
    exact: true
  });
  const buy = asset.getByRole('button', { name: /^Buy for 2\.\d+ / });
  await expect(buy).toBeVisible();

  // Refusing is a normal answer.
  await page.evaluate(() => {
    window.scriptedWallet.prompts.length = 0;
    window.scriptedWallet.answers = ['reject'];
  });
  await buy.click();
  await expect
    .poll(() => page.evaluate(() => window.scriptedWallet.prompts.length))
    .toBe(1);
  await expect(buy).toBeVisible();
  await buy.click();
  const download = asset.getByRole('button', { name: 'Download' });
  await expect(download).toBeVisible();

  // A reload forgets no purchase, and asks the wallet for nothing.
  await page.reload();
  await ready(page);
  await run(page, 'market:asset', { did: sold });
  await expect(asset).toContainText('Bought with this account.');
  await run(page, 'market:open', { tab: 'purchases' });
  const bought = sidebar(page).getByRole('region', { name: 'Purchases' });
  await expect(
    bought.getByRole('button', { name: 'Rows for sale', exact: true })
  ).toBeVisible();
  const prompts = await page.evaluate(
    () => window.scriptedWallet.prompts.length
  );
  expect(prompts).toBe(0);

  // The wallet's panel tells what each account did.
  await run(page, 'wallet:open');
  const account = page.getByRole('region', { name: 'Account' });
  await expect(account).toContainText('Activity 1 bought');
  await become(page, SELLER);
  await expect(account).toContainText('Activity 2 published');
  await account.getByText('Activity').click();
  await expect(
    account.getByRole('list', { name: 'Activity' }).getByRole('listitem')
  ).toHaveText([/^Rows for freePublished/, /^Rows for salePublished/]);
  await become(page, BUYER);
  await download.click();
  await expect(asset.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );

  // What is free and open may lie on the drive, unasked.
  const got = await run<{ path: string; cid: string; verified: boolean }>(
    page,
    'market:download',
    { did: free, to: 'ipfs:got/' }
  );
  expect(got.verified).toBe(true);
  expect(ipfs('files', 'stat', '--hash', got.path.replace('ipfs:', '/'))).toBe(
    `${got.cid}\n`
  );
});
