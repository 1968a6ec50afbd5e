/**
 * Buying and using: what is shown is what is paid, what a publisher asks of
 * buyers, the commands with their arguments, code that runs, and a download
 * that failed and is fetched later.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { test as base, type BrowserContext, type Page } from '@playwright/test';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { openLab, runNotebook } from '../lab.mjs';
import { startOwnStack } from '../ownStack';
import { saveText } from '../publishing';
import {
  account,
  assetPage,
  balanceOf,
  become,
  logIn,
  payment,
  prompts,
  publishRows,
  SEND,
  sidebar
} from '../trading';
import { scriptedWallet } from '../wallet.mjs';

const SELLER = 0;
const BUYER = 3;

/** Base units of a decimal number, of a token of 18 decimals or so. */
function units(text: string, decimals: number): bigint {
  const [whole, fraction = ''] = text.replace(/,/g, '').split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

/** Published with `@oceanprotocol/lib`; its DID. */
async function publishWithLib(options: object): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(__dirname, '..', 'foreignAsset.mjs'),
    JSON.stringify({ ...stack(), options })
  ]);
  return stdout;
}

const QUESTIONS = [
  {
    name: 'rows',
    type: 'number',
    label: 'How many rows?',
    description: 'Up to 9.',
    required: true,
    default: ''
  },
  {
    name: 'kind',
    type: 'select',
    label: 'Which kind?',
    description: '',
    required: false,
    default: 'small',
    // As schemas want it, and Ocean's own tools write it: JSON in a string.
    options: JSON.stringify([{ small: 'Small' }, { large: 'Large' }])
  }
];

const readText = (page: Page, path: string): Promise<string> =>
  page.evaluate(
    async file =>
      (
        await window.jupyterapp.serviceManager.contents.get(file, {
          content: true,
          format: 'text',
          type: 'file'
        })
      ).content,
    path
  );

test.describe('on the shared stack', () => {
  test.use({ actionTimeout: 15_000 });
  test.setTimeout(240_000);

  test.beforeEach(async ({ context }) => {
    await addScriptedWallet(context);
  });

  test('the sum that is shown is the sum that is paid', async ({
    page,
    tmpPath
  }) => {
    await logIn(page, SELLER);
    const token = await payment(page);
    const did = await publishRows(page, `${tmpPath}/sum.csv`, 'Odd sum', {
      kind: 'fixed',
      amount: '2.345678901234567891',
      token: token.address
    });
    await become(page, BUYER);
    await run(page, 'market:asset', { did });
    const asset = assetPage(page, 'Odd sum');
    const sum = asset.getByText(/^You pay .* in all, and about/);
    await sum.click();
    const total = (await sum.textContent())!.match(/^You pay ([\d.]+) /)![1];
    await expect(
      asset.getByRole('button', { name: `Buy for ${total} ${token.symbol}` })
    ).toBeEnabled();
    const table = asset.getByRole('table', { name: 'What you pay' });
    const part = (name: string) =>
      table.getByRole('row', { name }).getByRole('cell');
    await expect(part('Price, to the seller')).toHaveText(
      `2.345678901234567891 ${token.symbol}`
    );
    await expect(part('Ocean Node')).toHaveText('none');
    await expect(part('Network (gas), about')).toHaveText(/^0\.\d+ ETH$/);
    // The parts are the whole.
    const parts = await Promise.all(
      [
        'Price, to the seller',
        'Market that published it',
        'Ocean community',
        'This market'
      ].map(async name => {
        const text = (await part(name).textContent())!;
        return text === 'none'
          ? 0n
          : units(text.replace(` ${token.symbol}`, ''), token.decimals);
      })
    );
    expect(parts.reduce((all, one) => all + one, 0n)).toBe(
      units(total, token.decimals)
    );

    const before = await balanceOf(token.address, account(BUYER));
    await asset.getByRole('button', { name: /^Buy for / }).click();
    await expect(asset).toContainText('Bought with this account.');
    expect(before - (await balanceOf(token.address, account(BUYER)))).toBe(
      units(total, token.decimals)
    );
  });

  test('what a publisher asks is asked, checked, and shapes the file', async ({
    page
  }) => {
    // Where another tool's publisher keeps the data: an address with a query.
    const asked: string[] = [];
    const source = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://source');
      const rows = Number(searchParams.get('rows'));
      asked.push(searchParams.toString());
      response.writeHead(rows > 9 ? 400 : 200, { 'content-type': 'text/csv' });
      response.end(`a\n${'1\n'.repeat(rows > 9 ? 0 : rows)}`);
    });
    await new Promise<void>(done => source.listen(0, '127.0.0.1', done));
    const { port } = source.address() as AddressInfo;
    try {
      const did = await publishWithLib({
        name: 'Rows as you like',
        files: [
          { type: 'url', method: 'get', url: `http://127.0.0.1:${port}/r.csv` }
        ],
        service: { consumerParameters: QUESTIONS }
      });
      await logIn(page, BUYER);
      await run(page, 'market:buy', { did });
      await run(page, 'market:asset', { did });
      const asset = assetPage(page, 'Rows as you like');
      const download = asset.getByRole('button', {
        name: 'Download',
        exact: true
      });
      asked.length = 0;
      await download.click();
      const form = page.getByRole('dialog').filter({
        hasText: 'Before the download'
      });
      await form.getByRole('button', { name: 'Download' }).click();
      await expect(form.getByRole('alert')).toHaveText(
        '“How many rows?” is needed.'
      );
      await form.getByLabel('How many rows?').fill('12');
      await form.getByRole('button', { name: 'Download' }).click();
      // The form can't know what the publisher's server refuses.
      await expect(asset.getByRole('alert')).toContainText('Ocean Node');
      await download.click();
      await form.getByLabel('How many rows?').fill('3');
      await form.getByLabel('Which kind?').selectOption('Large');
      await form.getByRole('button', { name: 'Download' }).click();
      const saved = asset.getByRole('group', { name: 'Downloaded' });
      await expect(saved).toContainText('Saved as');
      expect(asked.filter(Boolean)).toContain('rows=12&kind=small');
      expect(asked.at(-1)).toBe('rows=3&kind=large');
      expect(
        await readText(page, (await saved.locator('code').textContent())!)
      ).toBe('a\n1\n1\n1\n');

      // By the command, without a form.
      await expect(
        run(page, 'market:download', { did, parameters: { rows: 'three' } })
      ).rejects.toMatchObject({ code: 'bad-parameter' });
      const got = await run<{ path: string }>(page, 'market:download', {
        did,
        parameters: { rows: 1 }
      });
      expect(await readText(page, got.path)).toBe('a\n1\n');
      expect(asked.at(-1)).toBe('rows=1');
    } finally {
      source.close();
    }
  });

  test('market:* with arguments; code for four libraries', async ({
    page,
    tmpPath
  }) => {
    await logIn(page, SELLER);
    const token = await payment(page);
    const did = await publishRows(page, `${tmpPath}/run.csv`, 'Rows to load', {
      kind: 'fixed',
      amount: '1.5',
      token: token.address
    });
    await become(page, BUYER);
    for (const [tab, label] of [
      ['mine', 'My assets'],
      ['purchases', 'Purchases'],
      ['discover', 'Discover']
    ]) {
      await run(page, 'market:open', { tab });
      await expect(
        sidebar(page).getByRole('tab', { name: label })
      ).toHaveAttribute('aria-selected', 'true');
    }
    await run(page, 'market:search', { query: 'Rows to load' });
    await expect(
      sidebar(page)
        .getByRole('button', { name: /Rows to load/ })
        .first()
    ).toBeVisible();
    await run(page, 'market:asset', { did });
    await expect(assetPage(page, 'Rows to load')).toBeVisible();
    await prompts(page);
    await expect(
      run(page, 'market:buy', { did, allowance: '1.0000000000000000001' })
    ).rejects.toMatchObject({ code: 'bad-amount' });
    expect(await prompts(page)).toEqual([]);
    expect(
      await run(page, 'market:buy', { did, allowance: '20' })
    ).toMatchObject({ did, reused: false });
    expect(await prompts(page)).toEqual([SEND, SEND]);
    const got = await run<{ path: string; verified: boolean }>(
      page,
      'market:download',
      { did, to: `${tmpPath}/got/` }
    );
    expect(got).toMatchObject({
      path: `${tmpPath}/got/run.csv`,
      verified: true
    });

    for (const [library, load] of [
      ['python', 'csv.DictReader'],
      ['pandas', 'pd.read_csv'],
      ['polars', 'pl.read_csv'],
      ['datasets', 'load_dataset']
    ] as const) {
      const notebook = `${tmpPath}/${library}.ipynb`;
      await page.evaluate(async path => {
        await window.jupyterapp.serviceManager.contents.save(path, {
          type: 'notebook',
          format: 'json',
          content: {
            nbformat: 4,
            nbformat_minor: 5,
            metadata: {
              kernelspec: {
                name: 'python3',
                display_name: 'Python 3',
                language: 'python'
              }
            },
            cells: []
          }
        });
        await window.jupyterapp.commands.execute('docmanager:open', { path });
      }, notebook);
      const code = await run<string>(page, 'market:insert-code', {
        did,
        notebook,
        library
      });
      expect(code).toContain(load);
      await runNotebook(page, notebook);
      await expect(
        page.locator('.jp-NotebookPanel:visible .jp-OutputArea-output').last()
      ).toContainText(
        library === 'datasets' ? /num_rows: \d+/ : 'Rows to load'
      );
      await run(page, 'docmanager:save');
      await run(page, 'application:close');
    }
  });
});

base(
  'a paid order is fetched later, when its node is there again',
  async ({ context }: { context: BrowserContext }) => {
    base.setTimeout(180_000);
    const state = mkdtempSync(join(tmpdir(), 'web3-buy-'));
    const own = await startOwnStack({ state, exposeApp: true });
    try {
      const chain = own.info as unknown as {
        chain: string;
        chainId: number;
        accounts: { address: string }[];
      };
      await context.addInitScript(scriptedWallet, {
        rpc: chain.chain,
        chainId: `0x${chain.chainId.toString(16)}`,
        accounts: chain.accounts.map(({ address }) => address)
      });
      const page = await openLab(context, own.info.lab);
      page.setDefaultTimeout(15_000);
      await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
      await saveText(page, 'later.csv', 'a,b\n1,later\n');
      const { address: token } = await page.evaluate(
        async () =>
          (await (await fetch('/web3/config')).json()).chain.paymentTokens[0]
      );
      const { did } = await run<{ did: string }>(page, 'ocean:publish', {
        path: 'later.csv',
        silent: true,
        draft: {
          name: 'Rows for later',
          description: 'Bought, and fetched when the node is back.',
          license: 'CC0-1.0',
          type: 'dataset',
          timeout: 86_400,
          price: { kind: 'fixed', amount: '2', token }
        }
      });
      await page.evaluate(
        (who: string) => window.scriptedWallet.switchAccount(who),
        chain.accounts[1].address
      );
      await run(page, 'market:asset', { did });
      const asset = page.getByRole('article', {
        name: 'Rows for later',
        exact: true
      });
      await asset.getByRole('button', { name: /^Buy for / }).click();
      const download = asset.getByRole('button', {
        name: 'Download',
        exact: true
      });
      await expect(download).toBeVisible();
      const validity = asset.getByRole('region', { name: 'Your purchase' });
      await expect(validity).toContainText(
        /Your purchase is valid until .*\d{4}/
      );
      await expect(validity).toContainText('Nobody knows until when.');
      await expect(validity).toContainText('Keep a copy');
      const paid = await page.evaluate(
        () => window.scriptedWallet.prompts.length
      );

      await own.parts.oceanNode.kill();
      await download.click();
      await expect(asset.getByRole('alert')).toContainText(
        'does not answer. What you bought stays yours; try again later.'
      );
      await expect(validity).toContainText(
        'Its Ocean Node does not answer now. Try again later.'
      );

      await own.parts.oceanNode.start();
      await download.click();
      await expect(
        asset.getByRole('group', { name: 'Downloaded' })
      ).toContainText('Checked: it is exactly what the publisher promised.');
      await expect(validity).toContainText('Its Ocean Node answers now.');
      // One signature for the node; nothing was paid again.
      expect(
        await page.evaluate(
          (from: number) =>
            window.scriptedWallet.prompts
              .slice(from)
              .filter(({ method }) => method === 'eth_sendTransaction').length,
          paid
        )
      ).toBe(0);
    } finally {
      await own.stop();
      rmSync(state, { recursive: true, force: true });
    }
  }
);
