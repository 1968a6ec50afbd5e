/** Publishing, and who keeps it: with a Kubo, and with none at all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  test as base,
  type Browser,
  expect,
  type Locator,
  type Page
} from '@playwright/test';

import { startCluster as start } from '../../devnet/cluster/index.mjs';
import {
  confirmWhile,
  connectDevelopmentWallet,
  execute,
  openLab
} from '../lab.mjs';
import { type IOwnStack, startOwnStack } from '../ownStack';
import { picture } from '../pictures.mjs';
import { card, confirmUntil, dialog, saveText } from '../publishing';

interface ICluster {
  endpoint: string;
  upload: string;
  peers: { endpoint: string; node: { gateway: string } }[];
  token(): Promise<string>;
  has(cid: string): Promise<(boolean | null)[]>;
  stop(): Promise<void>;
}

const startCluster = start as unknown as (o: {
  state: string;
}) => Promise<ICluster>;

const EVERYWHERE = [true, true, true];
/** What peers may take to fetch it from each other, on a busy machine. */
const FOLLOW = { timeout: 60_000 };
const NAME = 'Heights of an oak';

/** Register a service with the server part, as its dialog does. */
async function addService(
  own: IOwnStack,
  service: { name: string; endpoint: string; upload: string; key: string }
): Promise<void> {
  const lab = new URL(own.info.lab);
  const response = await fetch(new URL('/web3/pinning/services', lab), {
    method: 'PUT',
    headers: {
      Authorization: `token ${lab.searchParams.get('token')}`,
      'Content-Type': 'application/json'
    },
    body: JSON.stringify({ auth: 'bearer', ...service })
  });
  expect([response.status, (await response.text()).slice(0, 300)]).toEqual([
    200,
    expect.anything()
  ]);
}

/** A person of their own, who has seen nothing yet. */
async function person(
  browser: Browser,
  own: IOwnStack,
  account?: number
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }
  });
  const page = await openLab(context, own.info.lab);
  page.setDefaultTimeout(15_000);
  // Lab's launcher takes the keyboard late, from a dialog, too.
  await expect(page.locator('.jp-Launcher')).toBeFocused();
  // It comes after the application was restored.
  await page.waitForFunction(() =>
    window.jupyterapp.commands.hasCommand('development-wallet:switch-account')
  );
  await connectDevelopmentWallet(page);
  if (account !== undefined) {
    await confirmWhile(
      page,
      execute(page, 'development-wallet:switch-account', { account })
    );
  }
  return page;
}

/** The dialog for a file, filled in but for who keeps it. */
async function fillIn(
  page: Page,
  path: string,
  name: string
): Promise<{ stored: Locator; publish: Locator }> {
  const asked = execute(page, 'ocean:publish', { path });
  // It resolves when all is done, or the page is gone.
  asked.catch(() => undefined);
  // The dialog takes the focus to its first field once it is there.
  await expect(dialog(page).getByLabel('Name')).toBeFocused();
  await dialog(page).getByLabel('Name').fill(name);
  await dialog(page)
    .getByLabel('Description')
    .fill('One tree, measured by a person.');
  return {
    stored: dialog(page).getByRole('region', { name: 'Stored' }),
    publish: dialog(page).getByRole('button', { name: 'Publish', exact: true })
  };
}

const keptBy = (job: Locator): Locator =>
  job.locator('.jp-web3-resultLine', { hasText: 'Kept by' }).locator('dd');

/** CID and DID of a job, as its card tells them in full. */
const told = async (job: Locator, what: string): Promise<string> =>
  (await job
    .locator('.jp-web3-resultLine', { hasText: what })
    .locator('code')
    .getAttribute('title'))!;

base('who keeps a publication', async ({ browser }) => {
  base.setTimeout(240_000);
  const state = mkdtempSync(join(tmpdir(), 'web3-storage-publish-'));
  const cluster = await startCluster({ state: join(state, 'cluster') });
  const own = await startOwnStack({
    state: join(state, 'stack'),
    exposeApp: true,
    swarm: 'loopback',
    // Not the Kubo of the person, who will have none.
    oceanGateway: cluster.peers[1].node.gateway
  }).catch(async error => {
    await cluster.stop();
    throw error;
  });
  try {
    const key = await cluster.token();
    const { endpoint, upload } = cluster;
    await addService(own, { name: 'uploads', endpoint, upload, key });
    await addService(own, {
      name: 'fetches',
      endpoint: cluster.peers[1].endpoint,
      upload: '',
      key
    });

    await base.step('with a Kubo: it and a service', async () => {
      const page = await person(browser, own);
      await saveText(page, 'oak.txt', 'oak 21 m\n');
      const { stored, publish } = await fillIn(page, 'oak.txt', NAME);
      await expect(stored).toContainText('On this IPFS node');
      await expect(stored.getByLabel('uploads')).toBeEnabled();
      await stored.getByLabel('fetches').check();
      await expect(publish).toBeEnabled();
      await picture(page, 'publish-storage');
      await publish.click();
      const mine = card(page, NAME);
      await confirmUntil(page, mine.getByText('Published'));
      await expect(keptBy(mine)).toHaveText('this node, fetches, uploads');
      const root = await told(mine, 'CID');
      // One peer is enough for "pinned"; the others follow.
      await expect.poll(() => cluster.has(root), FOLLOW).toEqual(EVERYWHERE);

      // The same is offered next time.
      const next = await fillIn(page, 'oak.txt', 'Another oak');
      await expect(next.stored.getByLabel('fetches')).toBeChecked();
      await expect(next.stored.getByLabel('uploads')).not.toBeChecked();
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await page.context().close();
    });

    await own.parts.kubo.stop();
    let did = '';

    await base.step('with none: a service that takes uploads', async () => {
      const page = await person(browser, own);
      const price = {
        kind: 'fixed',
        amount: '5',
        token: await page.evaluate(async () => {
          const { chain } = await (await fetch('../web3/config')).json();
          return chain.paymentTokens.find(
            ({ symbol }: { symbol: string }) => symbol === 'USDC'
          ).address as string;
        })
      };
      const draft = {
        name: 'Sealed oak',
        description: 'One tree, measured by a person.',
        license: 'CC0-1.0',
        type: 'dataset',
        price
      };
      await saveText(page, 'elm.txt', 'elm 17 m\n');

      // Without a dialog: refused before anything.
      const silent = (storage?: string[]): Promise<unknown> =>
        execute(page, 'ocean:publish', {
          path: 'elm.txt',
          silent: true,
          draft: { ...draft, storage }
        });
      await expect(silent()).rejects.toMatchObject({ code: 'only-here' });
      await expect(silent(['service:fetches'])).rejects.toMatchObject({
        code: 'page-only'
      });
      await expect(silent(['service:none'])).rejects.toMatchObject({
        code: 'unknown-storage'
      });

      const { stored, publish } = await fillIn(page, 'elm.txt', 'Sealed elm');
      await dialog(page).getByRole('radio', { name: 'Fixed price' }).check();
      await dialog(page).getByLabel('Amount').fill('5');
      await dialog(page).getByLabel('Paid in').selectOption({ label: 'USDC' });
      await expect(stored).toContainText('In this browser.');
      await expect(stored).toContainText('Only this browser would have it.');
      await expect(stored.getByLabel('fetches')).toBeDisabled();
      await expect(stored.getByLabel('fetches')).toHaveAccessibleDescription(
        /fetches from IPFS nodes, and nobody can fetch from a page/
      );
      await expect(publish).toBeDisabled();
      await picture(page, 'publish-only-here');
      // Said so: it may be published all the same.
      const allTheSame = stored.getByLabel(/Publish it all the same/);
      await allTheSame.check();
      await expect(publish).toBeEnabled();
      await stored.getByLabel('uploads').check();
      await expect(allTheSame).toHaveCount(0);
      await publish.click();
      const mine = card(page, 'Sealed elm');
      await confirmUntil(page, mine.getByText('Published'));
      await expect(keptBy(mine)).toContainText('this browser');
      await expect(keptBy(mine)).toContainText('uploads');
      const root = await told(mine, 'CID');
      // One peer is enough for "pinned"; the others follow.
      await expect.poll(() => cluster.has(root), FOLLOW).toEqual(EVERYWHERE);
      did = await told(mine, 'DID');
      await page.context().close();
    });

    await base.step('somebody else buys it, and it is whole', async () => {
      const page = await person(browser, own, 2);
      await confirmWhile(page, execute(page, 'market:buy', { did }));
      expect(
        await confirmWhile(
          page,
          execute(page, 'market:download', { did, to: '' })
        )
      ).toMatchObject({ verified: true });
      await page.context().close();
    });
  } finally {
    await Promise.all([own.stop(), cluster.stop()]);
    rmSync(state, { recursive: true, force: true });
  }
});
