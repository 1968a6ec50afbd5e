/**
 * Filecoin as a person meets it. No Filecoin network is reached: the libraries'
 * own mocks answer, from a state that changes as the contracts would change it.
 */
import { writeFileSync } from 'node:fs';

import type { Locator, Page } from '@playwright/test';

import { expect, run, test } from '../fixtures';
import { mockFilecoin } from '../filecoin';
import { ipfs } from '../kubo';
import { picture } from '../pictures.mjs';

const NAME = 'filecoin-iris.csv';

function prompts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.scriptedWallet.prompts.map(({ method }) => method)
  );
}

function cell(dialog: Locator, row: string): Locator {
  return dialog.getByRole('row', { name: row }).getByRole('cell');
}

/** Start a command that shows a dialog; `done` settles when it is over. */
function begin(
  page: Page,
  id: string,
  args: Record<string, unknown> = {}
): { done: Promise<unknown> } {
  const done = run(page, id, args);
  // Looked at below; until then a refusal must not end the test.
  done.catch(() => undefined);
  return { done };
}

test('a quote, a refusal, a reload, one deposit, its proofs, and the end', async ({
  page,
  context
}, testInfo) => {
  const file = testInfo.outputPath(NAME);
  writeFileSync(file, 'sepal,petal\n'.repeat(400));
  const cid = ipfs('add', '--quieter', '--progress=false', file).trim();
  ipfs('files', 'rm', '--force', `/${NAME}`);
  ipfs('files', 'cp', `/ipfs/${cid}`, `/${NAME}`);

  const world = await mockFilecoin(context);
  await page.reload();
  await run(page, 'wallet:connect', { wallet: 'test.filecoin.wallet' });
  await page.evaluate(() => window.scriptedWallet.switchChain('0x1'));
  const before = (await prompts(page)).length;
  const asked = async (): Promise<string[]> =>
    (await prompts(page)).slice(before);
  const pin = { path: `ipfs:${NAME}`, provider: 'filecoin' };

  await test.step('too little USDFC is said in words, and nothing can be paid', async () => {
    const { tokens } = world;
    world.tokens = 0n;
    const { done } = begin(page, 'pinning:pin', pin);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('There is not enough USDFC');
    await expect(dialog.getByRole('button', { name: 'Agree' })).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await done).toBeNull();
    world.tokens = tokens;
  });

  await test.step('the quote shows figures and prompts; Esc pays nothing', async () => {
    const { done } = begin(page, 'pinning:pin', pin);
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText(`Keep “${NAME}” on Filecoin`);
    await expect(cell(dialog, 'Storage')).toHaveText('0.06 USDFC a month');
    await expect(cell(dialog, 'Deposit now')).toHaveText('0.22 USDFC');
    await expect(dialog.getByTitle('0.2199999999999232 USDFC')).toBeVisible();
    await picture(page, 'filecoin-quote');
    await expect(cell(dialog, 'locked for 30 days')).toHaveText('0.06 USDFC');
    await expect(cell(dialog, 'Network fee')).toHaveText('0.00006 tFIL');
    await expect(cell(dialog, 'Network').last()).toContainText('Calibration');
    await expect(dialog.getByRole('listitem')).toContainText([
      '1 of 5',
      '2 of 5',
      '3 of 5',
      '4 of 5',
      '5 of 5',
      'without a limit',
      'can read it',
      'locked',
      'used up'
    ]);
    await page.keyboard.press('Escape');
    expect(await done).toBeNull();
    expect(await asked()).toEqual([]);
  });

  await test.step('a refusal in the wallet is an answer; then the page is lost', async () => {
    await page.evaluate(() =>
      window.scriptedWallet.answers.push('approve', 'approve', 'reject')
    );
    const { done } = begin(page, 'pinning:pin', pin);
    await page.getByRole('button', { name: 'Agree and Pay' }).click();
    await expect(done).rejects.toThrow(/wallet refused/);
    expect(await asked()).toEqual([
      'wallet_switchEthereumChain',
      'eth_signTypedData_v4',
      'eth_sendTransaction'
    ]);
    expect(world.deposits).toHaveLength(0);
    world.down = /create-and-add/;
    const again = begin(page, 'pinning:pin', pin);
    // It was agreed to: no dialog comes in between.
    await expect.poll(() => world.uploads).toBe(1);
    await expect.poll(async () => (await asked()).length).toBe(6);
    await page.reload();
    await again.done.catch(() => undefined);
    world.down = null;
  });

  await test.step('after a reload it goes on, with no second deposit', async () => {
    await expect.poll(() => world.sets.length, { timeout: 60_000 }).toBe(1);
    await run(page, 'pinning:pin', pin);
    expect(world.deposits).toHaveLength(1);
    expect(world.uploads).toBe(1);
    expect(world.sets[0].pieces[0]).toMatchObject({
      keys: ['ipfsRootCID'],
      values: [cid]
    });
  });

  await test.step('its proofs, a warning, and paying further ahead', async () => {
    world.lastProven = world.epoch - 100n;
    world.challenge = world.epoch + 2000n;
    world.funds -= 40_000_000_000_000_000n;
    await run(page, 'pinning:filecoin');
    const panel = page.getByRole('tabpanel', { name: 'Filecoin' });
    await expect(panel).toContainText('The next proof is due by');
    await expect(panel).toContainText('Last proven');
    await expect(panel).toContainText('Paid for 9 more days.');
    await picture(page, 'filecoin-kept');
    await panel.getByRole('button', { name: 'Pay 30 Days More…' }).click();
    await page.getByRole('button', { name: 'Agree and Pay' }).click();
    await expect(panel).toContainText('paid for 39 days.');
    expect(world.deposits).toHaveLength(2);

    await panel.getByRole('button', { name: /End the storage/ }).click();
    const confirm = page.getByRole('dialog');
    await expect(confirm).toContainText(
      'The provider is still paid for 30 days'
    );
    await confirm.getByRole('button', { name: 'Keep It' }).click();
    await expect(
      panel.getByRole('button', { name: /End the storage/ })
    ).toBeEnabled();
    await expect(panel.getByRole('alert')).toHaveCount(0);
    expect(world.sets[0].endEpoch).toBe(0n);
    await panel.getByRole('button', { name: /End the storage/ }).click();
    await confirm.getByRole('button', { name: 'End Storage' }).click();
    await expect(panel).toContainText('Nothing of yours was stored');
    expect(world.sets[0].endEpoch).toBeGreaterThan(0n);
  });
});
