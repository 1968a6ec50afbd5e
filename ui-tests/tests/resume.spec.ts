/**
 * Publishing survives the tab and the nodes, in a real browser: each job ends
 * with exactly one mint. The table of all accidents at all steps runs under
 * Node: src/publish/__tests__/crash.stack.spec.ts.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test as base, type BrowserContext, type Page } from '@playwright/test';

import { addScriptedWallet, expect, run, test, stack } from '../fixtures';
import { openLab, ready } from '../lab.mjs';
import { startOwnStack } from '../ownStack';
import { card, publishing, saveText } from '../publishing';
import { scriptedWallet } from '../wallet.mjs';

interface IChain {
  chain: string;
  chainId: number;
  networkFile: string;
  accounts: { address: string }[];
}

async function rpc<T>(
  chain: IChain,
  method: string,
  params: unknown[] = []
): Promise<T> {
  const response = await fetch(chain.chain, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  });
  const { result, error } = (await response.json()) as {
    result: T;
    error?: { message: string };
  };
  if (error) {
    throw new Error(`${method}: ${error.message}`);
  }
  return result;
}

/** How many NFTs on the chain carry the id of a job of the page's journal. */
async function mints(page: Page, chain: IChain, name: string): Promise<number> {
  const id = await page.evaluate(
    wanted =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('jupyterlab-web3:publish');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result
            .transaction('jobs')
            .objectStore('jobs')
            .getAll();
          all.onerror = () => reject(all.error);
          all.onsuccess = () => {
            opening.result.close();
            const [job] = all.result.filter(one => one.draft.name === wanted);
            resolve(job.id);
          };
        };
      }),
    name
  );
  const { contracts } = JSON.parse(readFileSync(chain.networkFile, 'utf8'));
  const logs = await rpc<{ data: string }[]>(chain, 'eth_getLogs', [
    { fromBlock: '0x0', address: contracts.ERC721Factory }
  ]);
  const needle = Buffer.from(id).toString('hex');
  return logs.filter(({ data }) => data.includes(needle)).length;
}

/** Start publishing a file; the page goes on while the test looks at it. */
async function start(
  page: Page,
  name: string,
  answers: string[]
): Promise<void> {
  const path = `${name}.csv`;
  await saveText(page, path, `a,b\n1,${name}\n`);
  await page.evaluate(
    ([file, title, script]) => {
      window.scriptedWallet.prompts.length = 0;
      window.scriptedWallet.answers = script as string[];
      window.jupyterapp.commands
        .execute('ocean:publish', {
          path: file,
          silent: true,
          draft: {
            name: title,
            description: 'Published while things break.',
            license: 'CC0-1.0',
            type: 'dataset',
            price: { kind: 'free' }
          }
        })
        .catch(error => console.info(`stopped: ${error.code}`));
    },
    [path, name, answers] as const
  );
}

/** Wait for the n-th prompt of a job to be open (or answered). */
async function prompt(page: Page, n: number, outcome: string): Promise<void> {
  await page.waitForFunction(
    ([at, wanted]) =>
      window.scriptedWallet.prompts[at as number]?.outcome === wanted,
    [n - 1, outcome] as const
  );
}

async function reload(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
  await page
    .getByText(/interrupted. Nothing is lost/)
    .first()
    .waitFor();
  await page.evaluate(() =>
    window.jupyterapp.shell.activateById('jp-web3-publishing')
  );
}

const press = (page: Page, name: string, button: string): Promise<void> =>
  card(page, name).getByRole('button', { name: button }).click();

test.describe('a reload', () => {
  test.use({ actionTimeout: 15_000 });

  test('while signing, with the mint prompt open, right after the mint was sent', async ({
    page,
    context
  }) => {
    test.setTimeout(240_000);
    const chain = stack() as unknown as IChain;
    await addScriptedWallet(context);
    await page.reload();
    await ready(page);
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });

    // While signing.
    await start(page, 'Signing', ['hold']);
    await prompt(page, 1, 'open');
    await reload(page);
    await expect(card(page, 'Signing')).toContainText('Paused');
    await expect(card(page, 'Signing')).toContainText('was reloaded');
    // Nobody is asked before the person says so.
    expect(
      await page.evaluate(() => window.scriptedWallet.prompts.length)
    ).toBe(0);
    await press(page, 'Signing', 'Resume');
    await expect(card(page, 'Signing')).toContainText('Published');
    expect(await mints(page, chain, 'Signing')).toBe(1);

    // With the mint prompt open; it is approved after the reload.
    await start(page, 'Approved later', ['approve', 'approve', 'hold']);
    await prompt(page, 3, 'open');
    const open = await page.evaluate(
      () => window.scriptedWallet.prompts[2].params
    );
    await reload(page);
    await press(page, 'Approved later', 'Resume');
    await expect(card(page, 'Approved later')).toContainText(
      'A prompt from before may still be open in your wallet.'
    );
    await rpc(chain, 'eth_sendTransaction', open);
    await expect(card(page, 'Approved later')).toContainText('Published');
    expect(await mints(page, chain, 'Approved later')).toBe(1);

    // With the mint prompt open; the person knows that it is gone.
    await start(page, 'Closed', ['approve', 'approve', 'hold']);
    await prompt(page, 3, 'open');
    await reload(page);
    await press(page, 'Closed', 'Resume');
    await press(page, 'Closed', 'It is closed: ask me again');
    await expect(card(page, 'Closed')).toContainText('Published');
    expect(await mints(page, chain, 'Closed')).toBe(1);

    // Right after the mint was sent: it is under way, not mined.
    await rpc(chain, 'evm_setAutomine', [false]);
    try {
      await start(page, 'Sent', []);
      await prompt(page, 3, 'approved');
      await reload(page);
      await press(page, 'Sent', 'Resume');
      await rpc(chain, 'evm_mine');
    } finally {
      await rpc(chain, 'evm_setAutomine', [true]);
    }
    await expect(card(page, 'Sent')).toContainText('Published');
    expect(await mints(page, chain, 'Sent')).toBe(1);
    await expect(
      publishing(page).getByText('Published', { exact: true })
    ).toHaveCount(4);
  });
});

base(
  'Ocean Node and Kubo are killed while it publishes',
  async ({ context }: { context: BrowserContext }) => {
    base.setTimeout(180_000);
    const state = mkdtempSync(join(tmpdir(), 'web3-resume-'));
    const own = await startOwnStack({ state, exposeApp: true });
    try {
      const chain = own.info as unknown as IChain;
      await context.addInitScript(scriptedWallet, {
        rpc: chain.chain,
        chainId: `0x${chain.chainId.toString(16)}`,
        accounts: chain.accounts.map(account => account.address)
      });
      const page = await openLab(context, own.info.lab);
      page.setDefaultTimeout(15_000);
      await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
      const show = () =>
        page.evaluate(() =>
          window.jupyterapp.shell.activateById('jp-web3-publishing')
        );

      await start(page, 'Node killed', ['hold']);
      await prompt(page, 1, 'open');
      await show();
      await own.parts.oceanNode.kill();
      await page.evaluate(() => window.scriptedWallet.release());
      const first = card(page, 'Node killed');
      await expect(first).toContainText('The Ocean Node does not answer.');
      await expect(first).toContainText(
        'Nothing was paid; your file is on IPFS.'
      );
      // Killed again, now between its two transactions.
      await own.parts.oceanNode.start();
      await page.evaluate(() => {
        window.scriptedWallet.answers = ['approve', 'approve', 'hold'];
        window.scriptedWallet.prompts.length = 0;
      });
      await press(page, 'Node killed', 'Try again');
      await page.waitForFunction(
        () =>
          window.scriptedWallet.prompts.filter(
            one => one.method === 'eth_sendTransaction'
          ).length === 2
      );
      await own.parts.oceanNode.kill();
      await page.evaluate(() => window.scriptedWallet.release());
      await expect(first).toContainText('Paused');
      await own.parts.oceanNode.start();
      await press(page, 'Node killed', 'Try again');
      await expect(first).toContainText('Published');
      expect(await mints(page, chain, 'Node killed')).toBe(1);

      await own.parts.kubo.kill();
      await start(page, 'Kubo killed', []);
      const second = card(page, 'Kubo killed');
      await expect(second).toContainText('Your IPFS node does not answer.');
      await expect(second).toContainText(
        'Nothing was paid and nothing was published.'
      );
      await own.parts.kubo.start();
      await press(page, 'Kubo killed', 'Try again');
      await expect(second).toContainText('Published');
      expect(await mints(page, chain, 'Kubo killed')).toBe(1);
    } finally {
      await own.stop();
      rmSync(state, { recursive: true, force: true });
    }
  }
);
