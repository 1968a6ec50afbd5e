/**
 * The commands of the suite as people script them: with arguments, and what
 * they resolve to.
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { cidOfCli, ipfs } from '../kubo';

const DID = /^did:op:[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const TX = /^0x[0-9a-f]{64}$/;

interface IPlaced {
  path: string;
  cid: string;
}

interface IPublished {
  did: string;
  nftAddress: string;
  datatokenAddress: string;
  cid: string;
  txs: { mint: string; metadata: string };
}

test.beforeEach(async ({ context }) => {
  await addScriptedWallet(context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

test('wallet:* log in, sign in, switch and log out', async ({ page }) => {
  const { accounts, chainId } = stack();
  const account = accounts[0].address;
  expect(
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' })
  ).toEqual({ account, chainId });
  expect(await run(page, 'wallet:sign-in')).toEqual({
    account,
    chainId,
    signedIn: true
  });
  expect(await run(page, 'wallet:switch-network', { chainId })).toEqual({
    account,
    chainId,
    signedIn: true
  });
  expect(await run(page, 'wallet:disconnect')).toEqual({
    account: null,
    chainId: null,
    signedIn: false
  });
});

test('a refused log-in resolves to null', async ({ page }) => {
  await page.evaluate(() => window.scriptedWallet.answers.push('reject'));
  expect(
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' })
  ).toBeNull();
});

test('ipfs:* upload, copy, download', async ({ page, tmpPath }, info) => {
  const name = 'ünï %20 #1 😀.txt';
  const local = info.outputPath('upload.txt');
  writeFileSync(local, 'some bytes\n');

  await run(page, 'filebrowser:open-path', { path: 'ipfs:' }).catch(
    () => undefined
  );
  const chooser = page.waitForEvent('filechooser');
  const uploaded = run<{ path: string; cid: string; size: number }[]>(
    page,
    'ipfs:upload',
    { path: 'ipfs:' }
  );
  await (
    await chooser
  ).setFiles({ name, mimeType: 'text/plain', buffer: readFileSync(local) });
  const [entry] = await uploaded;
  expect(entry).toEqual({
    path: `ipfs:${name}`,
    cid: cidOfCli(local),
    size: 11
  });

  expect(await run(page, 'ipfs:copy-cid', { path: entry.path })).toBe(
    entry.cid
  );
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    entry.cid
  );
  const link = await run<string>(page, 'ipfs:copy-link', { path: entry.path });
  expect(link).toContain(entry.cid);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  const download = page.waitForEvent('download');
  const result = await run(page, 'ipfs:download', { path: entry.path });
  expect(result).toMatchObject({ path: entry.path, cid: entry.cid, size: 11 });
  const saved = await download;
  expect(saved.suggestedFilename()).toBe(name);
  expect(readFileSync(await saved.path(), 'utf8')).toBe('some bytes\n');

  const there = await run<IPlaced>(page, 'ipfs:copy-to-workspace', {
    from: entry.path,
    to: tmpPath
  });
  expect(there).toEqual({ path: `${tmpPath}/${name}`, cid: entry.cid });
  // A folder that is there: what is copied goes into it.
  ipfs('files', 'mkdir', '/copies');
  const back = await run<IPlaced>(page, 'ipfs:copy-to-drive', {
    from: there.path,
    to: 'ipfs:copies'
  });
  expect(back).toEqual({ path: `ipfs:copies/${name}`, cid: entry.cid });
  expect(ipfs('files', 'read', `/copies/${name}`)).toBe('some bytes\n');
  // Folders that are not there are made.
  for (const [to, path] of [
    ['ipfs:new/deep/', `new/deep/${name}`],
    ['ipfs:new/other/renamed.txt', 'new/other/renamed.txt']
  ]) {
    expect(
      await run<IPlaced>(page, 'ipfs:copy-to-drive', { from: there.path, to })
    ).toEqual({ path: `ipfs:${path}`, cid: entry.cid });
    expect(ipfs('files', 'read', `/${path}`)).toBe('some bytes\n');
  }
});

test('outputs: save one, publish one, publish the notebook', async ({
  page,
  tmpPath
}) => {
  test.setTimeout(180_000);
  const notebook = `${tmpPath}/made.ipynb`;
  await page.evaluate(async path => {
    await window.jupyterapp.serviceManager.contents.save(path, {
      type: 'notebook',
      format: 'json',
      content: {
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          {
            id: 'a1',
            cell_type: 'markdown',
            metadata: {},
            source: '# Heights of trees'
          },
          {
            id: 'a2',
            cell_type: 'code',
            metadata: {},
            execution_count: 1,
            source: '1',
            outputs: [
              {
                output_type: 'execute_result',
                execution_count: 1,
                metadata: {},
                data: {
                  'text/plain': ['{"a": 1}'],
                  'application/json': { a: 1 }
                }
              }
            ]
          }
        ]
      }
    });
  }, notebook);
  // At once, as a script does it: the command waits until its cells are there.
  const opened = (id: string, args: object) =>
    page.evaluate(
      async ([path, command, options]) => {
        const { commands } = window.jupyterapp;
        await commands.execute('docmanager:open', { path });
        return commands.execute(command, { notebook: path, ...options });
      },
      [notebook, id, args] as const
    );
  const saved: IPlaced = await opened('ipfs:save-output', {
    cell: 1,
    mediaType: 'application/json',
    to: 'ipfs:saved/'
  });
  expect(saved.path).toMatch(/^ipfs:saved\//);
  expect(
    JSON.parse(ipfs('files', 'read', saved.path.replace('ipfs:', '/')))
  ).toEqual({ a: 1 });

  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  const draft = {
    name: 'Heights of trees',
    description: 'Numbers that a browser test made.',
    license: 'CC0-1.0',
    type: 'dataset',
    price: { kind: 'free' }
  };
  await run(page, 'application:close');
  const output: IPublished = await opened('ocean:publish-output', {
    cell: 1,
    mediaType: 'text/plain',
    draft,
    silent: true
  });
  expect(output.did).toMatch(DID);
  expect(output.nftAddress).toMatch(ADDRESS);
  expect(output.datatokenAddress).toMatch(ADDRESS);
  expect(output.txs.mint).toMatch(TX);
  expect(output.txs.metadata).toMatch(TX);
  expect(ipfs('cat', output.cid)).toBe('{"a": 1}');

  await run(page, 'application:close');
  const whole: IPublished = await opened('ocean:publish-notebook', {
    draft,
    silent: true
  });
  expect(JSON.parse(ipfs('cat', whole.cid)).cells).toHaveLength(2);

  // What they were made from is on their pages.
  for (const [did, from] of [
    [output.did, `Output 1 of cell 2 of the notebook ${notebook}`],
    [whole.did, `The notebook ${notebook}`]
  ]) {
    await run(page, 'application:close');
    await run(page, 'market:asset', { did });
    await expect(
      page.getByRole('region', { name: 'Provenance' })
    ).toContainText(`Made from${from}`);
  }
});

test('ocean:publish a priced file, then market:* with a second account', async ({
  page,
  tmpPath
}) => {
  test.setTimeout(180_000);
  const { accounts } = stack();
  const path = `${tmpPath}/secret.csv`;
  const text = 'a,b\n1,2\n';
  await page.evaluate(
    async ([file, content]) => {
      await window.jupyterapp.serviceManager.contents.save(file, {
        type: 'file',
        format: 'text',
        content
      });
    },
    [path, text]
  );
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
  const info = await page.evaluate(async () =>
    (await fetch(new URL('/web3/config', location.href).href)).json()
  );
  const usdc = info.chain.paymentTokens.find(
    (token: { symbol: string }) => token.symbol === 'USDC'
  );
  const published = await run<IPublished>(page, 'ocean:publish', {
    path,
    silent: true,
    draft: {
      name: 'Secret numbers',
      description: 'Numbers that cost something.',
      license: 'CC-BY-4.0',
      type: 'dataset',
      price: { kind: 'fixed', amount: '2.5', token: usdc.address }
    }
  });
  expect(published.did).toMatch(DID);
  // What is added is the ciphertext.
  expect(ipfs('cat', published.cid)).not.toContain('a,b');
  const promptsToPublish = await page.evaluate(
    () =>
      window.scriptedWallet.prompts.filter(
        prompt => prompt.method !== 'eth_requestAccounts'
      ).length
  );
  expect(promptsToPublish).toBeLessThanOrEqual(4);

  await page.evaluate(
    buyer => window.scriptedWallet.switchAccount(buyer),
    accounts[1].address
  );
  const before = await page.evaluate(
    () => window.scriptedWallet.prompts.length
  );
  await run(page, 'market:asset', { did: published.did });
  await expect(
    page.getByRole('heading', { name: 'Secret numbers' })
  ).toBeVisible();

  const bought = await run<{ did: string; orderTx: string; reused: boolean }>(
    page,
    'market:buy',
    { did: published.did }
  );
  expect(bought).toMatchObject({ did: published.did, reused: false });
  expect(bought.orderTx).toMatch(TX);
  const again = await run(page, 'market:buy', { did: published.did });
  expect(again).toEqual({ ...bought, reused: true });

  const downloaded = await run<IPlaced & { verified: boolean }>(
    page,
    'market:download',
    { did: published.did, to: tmpPath }
  );
  expect(downloaded.verified).toBe(true);
  const model = await page.evaluate(
    async file =>
      (
        await window.jupyterapp.serviceManager.contents.get(file, {
          content: true,
          format: 'text',
          type: 'file'
        })
      ).content,
    downloaded.path
  );
  expect(model).toBe(text);
  const promptsToBuy = await page.evaluate(
    () => window.scriptedWallet.prompts.length
  );
  expect(promptsToBuy - before).toBeLessThanOrEqual(3);

  await run(page, 'notebook:create-new', {
    cwd: tmpPath,
    kernelName: 'python3'
  });
  const code = await run<string>(page, 'market:insert-code', {
    did: published.did
  });
  expect(code).toContain(published.did);
  await expect(page.locator('.jp-Notebook').last()).toContainText(
    published.did
  );
});

test('ocean:resume without a job has nothing to do', async ({ page }) => {
  expect(await run(page, 'ocean:resume')).toBeNull();
  await expect(
    run(page, 'ocean:resume', { job: 'no-such-job' })
  ).rejects.toMatchObject({ code: 'no-such-job' });
});
