/**
 * Delegated routers, with a real one: a Kubo that serves `/routing/v1` from a DHT.
 * No Kubo of the person's: the engine is the one in the page.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { galata } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { startRouter as start } from '../../devnet/router/index.mjs';
import { drive } from '../drive';
import { expect, run, stack, test as base } from '../fixtures';

interface IRouter {
  router: string;
  gateway: string;
  provide(bytes: Uint8Array, name: string): Promise<string>;
  stop(): Promise<void>;
}

const startRouter = start as unknown as (o: {
  state: string;
}) => Promise<IRouter>;

const test = base.extend<
  {
    /** Whether the settings name the router; else they are as installed. */
    named: boolean;
    /** What the page asked of others than JupyterLab, in order. */
    foreign: string[];
  },
  { router: IRouter }
>({
  named: [false, { option: true }],
  router: [
    async ({ browserName: _ }, use) => {
      const state = mkdtempSync(join(tmpdir(), 'web3-router-'));
      const router = await startRouter({ state });
      await use(router);
      await router.stop();
      rmSync(state, { recursive: true, force: true });
    },
    { scope: 'worker' }
  ],
  foreign: async ({ browserName: _ }, use) => use([]),
  context: async ({ context, foreign }, use) => {
    await context.route('**/web3/ipfs/**', route =>
      route.fulfill({
        status: 502,
        json: { code: 'upstream-unreachable', message: 'Nothing is there' }
      })
    );
    const { origin } = new URL(stack().labBase);
    context.on('request', request => {
      const url = new URL(request.url());
      if (url.origin !== origin && !/^(blob|data):$/.test(url.protocol)) {
        foreign.push(request.url());
      }
    });
    await use(context);
  },
  mockSettings: async ({ named, router }, use) =>
    use({
      ...galata.DEFAULT_SETTINGS,
      ...(named ? { 'jupyterlab-web3:ipfs': { routers: [router.router] } } : {})
    })
});

/** The drive of the page's own engine. */
async function openDrive(page: Page): Promise<void> {
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-drive')
  );
  await expect(drive(page)).toContainText('In this browser only');
}

const textOf = (page: Page, path: string): Promise<string> =>
  page.evaluate(
    async name =>
      String(
        (await window.jupyterapp.serviceManager.contents.get(name)).content
      ),
    path
  );

/** Of several blocks, by the size. */
const content = (): string =>
  `${randomBytes(8).toString('hex')} ${'only elsewhere '.repeat(200_000)}`;

test.describe('a router is set', () => {
  test.use({ named: true });

  test('it finds who provides a CID, and that is read from, checked', async ({
    page,
    router,
    foreign
  }) => {
    const text = content();
    const cid = await router.provide(Buffer.from(text), 'elsewhere.txt');
    await openDrive(page);
    // Looking at one's own drive asks nobody.
    expect(foreign).toEqual([]);

    await run(page, 'ipfs:info', { cid });
    await expect(
      page
        .getByRole('region', { name: 'Who has it' })
        .getByRole('listitem')
        .filter({ hasText: `Found by router ${new URL(router.router).host}` })
    ).toContainText('keeps it');

    expect(
      await run(page, 'ipfs:import-cid', { cid, to: 'ipfs:elsewhere.txt' })
    ).toEqual({ path: 'ipfs:elsewhere.txt', cid });
    expect(await textOf(page, 'ipfs:elsewhere.txt')).toBe(text);
    expect(
      await run(page, 'ipfs:verify', { path: 'ipfs:elsewhere.txt' })
    ).toMatchObject({
      cid,
      verified: true,
      from: 'gateways',
      gateways: [router.gateway],
      faults: []
    });

    const asked = foreign.map(url => new URL(url));
    expect(new Set(asked.map(({ origin }) => origin))).toEqual(
      new Set([router.router, router.gateway])
    );
    expect(
      new Set(
        asked
          .filter(({ origin }) => origin === router.router)
          .map(({ pathname }) => pathname)
      )
    ).toEqual(new Set([`/routing/v1/providers/${cid}`]));
  });

  test('what nobody provides is not there, and that is said', async ({
    page,
    router,
    foreign
  }) => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
    await openDrive(page);
    await expect(
      run(page, 'ipfs:import-cid', { cid, to: 'ipfs:nowhere.txt' })
    ).rejects.toThrow();
    expect(foreign.length).toBeGreaterThan(0);
    for (const url of foreign) {
      expect(url).toContain(`${router.router}/routing/v1/providers/${cid}?`);
    }
  });
});

test('as installed, no router is asked, whatever is looked for', async ({
  page,
  router,
  foreign
}) => {
  const cid = await router.provide(Buffer.from(content()), 'unasked.txt');
  await openDrive(page);
  await expect(
    run(page, 'ipfs:import-cid', { cid, to: 'ipfs:unasked.txt' })
  ).rejects.toThrow();
  await page.evaluate(() =>
    window.jupyterapp.serviceManager.contents.save('ipfs:own.txt', {
      type: 'file',
      format: 'text',
      content: 'mine'
    })
  );
  await run(page, 'ipfs:info', { path: 'ipfs:own.txt' });
  const holders = page.getByRole('region', { name: 'Who has it' });
  await expect(holders.getByRole('listitem').first()).toBeVisible();
  await expect(holders).not.toContainText('router');
  expect(foreign).toEqual([]);
});
