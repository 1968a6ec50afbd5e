/** Pinning, with a real service: an ipfs-cluster of three peers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  test as base,
  expect,
  type Locator,
  type Page
} from '@playwright/test';

import { startCluster as start } from '../../devnet/cluster/index.mjs';
import { execute, openLab, ready } from '../lab.mjs';
import { startOwnStack } from '../ownStack';
import { picture } from '../pictures.mjs';

interface IPart {
  start(): Promise<void>;
  kill(): Promise<void>;
}

const startCluster = start as unknown as (o: { state: string }) => Promise<{
  endpoint: string;
  upload: string;
  peers: { endpoint: string; service: IPart }[];
  token(): Promise<string>;
  has(cid: string): Promise<(boolean | null)[]>;
  stop(): Promise<void>;
}>;

const drive = (page: Page): Locator =>
  page.getByRole('region', { name: 'IPFS drive' });

const row = (page: Page, name: string): Locator =>
  drive(page).locator(`.jp-DirListing-item[title^="Name: ${name}\\a "]`);

const pins = (page: Page): Locator => page.getByRole('table', { name: 'Pins' });

const pin = (page: Page, name: string): Locator =>
  pins(page).getByRole('row').filter({ hasText: name });

const services = (page: Page): Locator =>
  page.getByRole('region', { name: 'Services' });

async function save(page: Page, path: string, text: string): Promise<string> {
  return page.evaluate(
    async ([where, content]) => {
      const { contents } = window.jupyterapp.serviceManager;
      await contents.save(where, { type: 'file', format: 'text', content });
      const { hash } = await contents.get(where, { hash: true });
      return hash!;
    },
    [path, text]
  );
}

base('pins at a real service', async ({ context }) => {
  base.setTimeout(150_000);
  const state = mkdtempSync(join(tmpdir(), 'web3-pinning-'));
  const [stack, cluster] = await Promise.all([
    startOwnStack({
      state: join(state, 'stack'),
      ocean: false,
      exposeApp: true,
      // So that the service can fetch from its Kubo.
      swarm: 'loopback'
    }),
    startCluster({ state: join(state, 'cluster') })
  ]);
  const key = await cluster.token();
  // Peers fetch it from each other, which takes its time on a busy machine.
  const has = (cid: string) =>
    expect.poll(() => cluster.has(cid), { timeout: 60_000 });
  const everywhere = [true, true, true];
  const nowhere = [false, false, false];
  try {
    // A service that the node itself knows, with its own key.
    const { hostname, port } = new URL(stack.info.ipfsApi);
    execFileSync(stack.info.ipfs, [
      `--api=/ip4/${hostname}/tcp/${port}`,
      `--api-auth=${stack.info.ipfsSecret.replace(/^Bearer /, 'bearer:')}`,
      ...['pin', 'remote', 'service', 'add'],
      ...['of-the-node', cluster.peers[1].endpoint, key]
    ]);
    const page: Page = await openLab(context, stack.info.lab);
    page.setDefaultTimeout(20_000);
    const said: string[] = [];
    page.on('response', response => {
      if (response.url().includes('/web3/pinning/')) {
        response.text().then(
          text => said.push(text),
          // Without a body, or the page is gone.
          () => undefined
        );
      }
    });
    const cid = await save(page, 'ipfs:iris.csv', 'a,b\n1,2\n');
    await page.evaluate(() =>
      window.jupyterapp.shell.activateById('jp-web3-drive')
    );

    await base.step('add a service; a wrong key is told', async () => {
      await execute(page, 'pinning:open');
      await expect(page.getByText('Nothing is pinned yet')).toBeVisible();
      await picture(page, 'pins-empty');
      await services(page)
        .getByRole('button', { name: 'Add a service…' })
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Service', { exact: true }).selectOption({
        label: 'Another one'
      });
      await dialog.getByLabel('Name').fill('cluster');
      await dialog.getByLabel(/Address of its/).fill(cluster.endpoint);
      await dialog.getByLabel('Key', { exact: true }).fill('wrong');
      await dialog.getByRole('button', { name: 'Add' }).click();
      await expect(dialog.getByRole('alert')).toContainText(
        'The service refuses the key'
      );
      await picture(page, 'pin-service');
      await dialog.getByLabel('Key', { exact: true }).fill(key);
      await dialog.getByRole('button', { name: 'Add' }).click();
      await expect(dialog).toHaveCount(0);
      await expect(services(page)).toContainText('cluster');
      await expect(services(page)).toContainText('of-the-node');
      await services(page)
        .getByRole('button', { name: 'Test: cluster' })
        .click();
      await expect(services(page)).toContainText('It answers');
    });

    await base.step('pin from the drive', async () => {
      await row(page, 'iris.csv').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Pin…', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await expect(
        dialog.getByLabel('cluster', { exact: false })
      ).toBeChecked();
      await picture(page, 'pin-dialog');
      await dialog.getByRole('button', { name: 'Pin', exact: true }).click();
      await expect(pin(page, 'iris.csv')).toContainText('Pinned');
      await has(cid).toEqual(everywhere);
      await expect(
        row(page, 'iris.csv').getByLabel('Pinned elsewhere, too')
      ).toBeVisible();
    });

    await base.step('unpin from the table', async () => {
      await pin(page, 'iris.csv')
        .getByRole('button', { name: 'Unpin: iris.csv' })
        .click();
      await expect(pin(page, 'iris.csv')).toHaveCount(0);
      await has(cid).toEqual(nowhere);
    });

    await base.step('the services that the node knows', async () => {
      const provider = 'kubo:of-the-node';
      expect(
        await execute(page, 'pinning:pin', { path: 'ipfs:iris.csv', provider })
      ).toMatchObject({ cid, provider });
      await expect(pin(page, 'of-the-node')).toContainText('Pinned', {
        timeout: 60_000
      });
      expect(
        await execute(page, 'pinning:unpin', { cid, provider })
      ).toMatchObject({ cid, provider, status: 'unpinned' });
      await has(cid).toEqual(nowhere);
      expect(
        await execute(page, 'pinning:pin', { cid, provider: 'node' })
      ).toEqual({ cid, provider: 'node', status: 'pinned' });
    });

    await base.step('a folder is kept pinned as it changes', async () => {
      await page.evaluate(() =>
        window.jupyterapp.serviceManager.contents.save('ipfs:data', {
          type: 'directory'
        })
      );
      await save(page, 'ipfs:data/one.txt', 'one');
      const root = () =>
        page.evaluate(async () => {
          const { contents } = window.jupyterapp.serviceManager;
          return (await contents.get('ipfs:data', { hash: true })).hash!;
        });
      await drive(page).getByTitle('Refresh', { exact: false }).first().click();
      await row(page, 'data').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Pin…', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Keep it pinned there as it changes').check();
      await dialog.getByRole('button', { name: 'Pin', exact: true }).click();
      await expect(pin(page, 'data')).toContainText('Pinned');
      const before = await root();
      await has(before).toEqual(everywhere);
      await save(page, 'ipfs:data/two.txt', 'two');
      const after = await root();
      expect(after).not.toBe(before);
      await has(after).toEqual(everywhere);
      await has(before).toEqual(nowhere);
      await expect(pin(page, 'data')).toHaveCount(1);
      await page.getByRole('button', { name: 'Stop: /data' }).click();
    });

    await base.step('a service that is down, and a reload', async () => {
      const later = await save(page, 'ipfs:later.txt', 'kept later');
      await cluster.peers[0].service.kill();
      const provider = 'service:cluster';
      expect(
        await execute(page, 'pinning:pin', { path: 'ipfs:later.txt', provider })
      ).toEqual({ cid: later, provider, status: 'waiting' });
      await expect(pin(page, 'later.txt')).toContainText('Nobody answers');
      await expect(pin(page, 'later.txt')).toContainText(/Try \d+ comes in/);
      await expect(page.getByRole('button', { name: 'Pinning' })).toBeVisible();
      await picture(page, 'pins-waiting');
      await page.reload();
      await ready(page);
      await execute(page, 'pinning:open');
      await expect(pin(page, 'later.txt')).toContainText(/Try \d+ comes in/);
      await cluster.peers[0].service.start();
      await expect(pin(page, 'later.txt')).toContainText('Pinned', {
        timeout: 60_000
      });
      await has(later).toEqual(everywhere);
    });

    await base.step(
      'uploads; another address needs the key again',
      async () => {
        await services(page)
          .getByRole('button', { name: 'Change…: cluster' })
          .click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText('It takes uploads').click();
        await dialog
          .getByLabel('Address that takes archives')
          .fill(cluster.upload);
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog.getByRole('alert')).toContainText(
          'Another address needs its key again'
        );
        await dialog.getByLabel('Key', { exact: true }).fill(key);
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog).toHaveCount(0);
        await expect(services(page)).toContainText('takes uploads');
        const uploaded = page.waitForResponse(/web3\/pinning\/cluster\/add/);
        const sent = await save(page, 'ipfs:sent.txt', 'sent as an archive');
        await execute(page, 'pinning:pin', {
          path: 'ipfs:sent.txt',
          provider: 'service:cluster'
        });
        expect((await uploaded).status()).toBe(200);
        await expect(pin(page, 'sent.txt')).toContainText('Pinned');
        await has(sent).toEqual(everywhere);
        await picture(page, 'pins');
      }
    );

    await base.step('the key was seen by nobody', async () => {
      expect(said.length).toBeGreaterThan(10);
      expect(said.join('\n')).not.toContain(key);
      const kept = await page.evaluate(async () => {
        const stores: unknown[] = [{ ...localStorage }, document.cookie];
        for (const { name } of await indexedDB.databases()) {
          const db = await new Promise<IDBDatabase>((resolve, reject) => {
            const request = indexedDB.open(name!);
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          for (const store of db.objectStoreNames) {
            stores.push(
              await new Promise((resolve, reject) => {
                const request = db
                  .transaction(store)
                  .objectStore(store)
                  .getAll();
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(request.error);
              })
            );
          }
          db.close();
        }
        return JSON.stringify(stores);
      });
      expect(kept).toContain('sent.txt');
      expect(kept).not.toContain(key);
      const files = execFileSync('grep', ['-rlF', key, join(state, 'stack')])
        .toString()
        .trim()
        .split('\n')
        .map(file => file.slice(join(state, 'stack').length + 1));
      // The server's own file, and the node's, which was given it above.
      expect(files.sort()).toEqual([
        'kubo/config',
        'lab/data/jupyterlab-web3/pinning.json'
      ]);
    });
  } finally {
    await Promise.all([stack.stop(), cluster.stop()]);
    rmSync(state, { recursive: true, force: true });
  }
});
