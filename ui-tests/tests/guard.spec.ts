/** What warns before something irrevocable, as a person and as a script meet it. */
import type { Locator, Page } from '@playwright/test';
import { Interface } from 'ethers';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { ready } from '../lab.mjs';
import { dialog, publishing, saveText } from '../publishing';
import { send } from '../trading';

test.use({ actionTimeout: 15_000 });
test.setTimeout(180_000);

const SELLER = 7;
const BUYER = 6;
const account = (at: number): string => stack().accounts[at].address;

/** Nobody's; in pieces, so that no scan takes this file for a find. */
const AWS = 'AKIA' + 'Z7Q2XMPL4K9W3B5T';
const GITHUB = 'ghp' + '_' + 'q7Xk2mPz9LwV4tRb8NcY3sHd6JfG5aKe1UoT';
const MAIL = 'ann.ashworth@ash-and-oak.org';

/** The same digits at both ends, and others between: what people don't see. */
const like = (address: string): string =>
  (address.slice(0, 6) + '0'.repeat(32) + address.slice(-4)).toLowerCase();

const sidebar = (page: Page): Locator =>
  page.getByRole('region', { name: 'Ocean Market' });
const article = (page: Page, name: string): Locator =>
  page.getByRole('article', { name, exact: true });
const section = (page: Page): Locator =>
  dialog(page).getByRole('region', { name: 'Checked before it leaves' });
const field = (page: Page, name: string): Locator =>
  dialog(page).getByLabel(name);
const publishButton = (page: Page): Locator =>
  dialog(page).getByRole('button', { name: 'Publish', exact: true });

/** What the wallet was asked since it was asked last. */
const prompts = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    window.scriptedWallet.prompts.splice(0).map(({ method }) => method)
  );

const become = (page: Page, who: string): Promise<void> =>
  page.evaluate(one => window.scriptedWallet.switchAccount(one), who);

async function start(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
}

interface INetworkConfig {
  local: boolean;
  testnet: boolean;
  paymentTokens: { address: string; symbol: string; decimals: number }[];
}

/** Have the page believe other things of the local chain, from now on. */
async function pretend(
  page: Page,
  change: (chain: INetworkConfig) => Partial<INetworkConfig>
): Promise<void> {
  await page.route('**/web3/config', async route => {
    const response = await route.fetch();
    const info = (await response.json()) as { chain: INetworkConfig };
    await route.fulfill({
      response,
      json: { ...info, chain: { ...info.chain, ...change(info.chain) } }
    });
  });
}

const token = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const info = await (await fetch('/web3/config')).json();
    return info.chain.paymentTokens[0].address as string;
  });

const draft = (name: string, price: object = { kind: 'free' }) => ({
  name,
  description: 'Rows that nobody has to be warned of.',
  license: 'CC0-1.0',
  type: 'dataset',
  price
});

/** Publish without a dialog, as the account that sells; its DID. */
async function publish(
  page: Page,
  path: string,
  name: string,
  price?: object
): Promise<string> {
  await saveText(page, path, `a,b\n1,${name}\n`);
  await become(page, account(SELLER));
  const { did } = await run<{ did: string }>(page, 'ocean:publish', {
    path,
    silent: true,
    draft: draft(name, price)
  });
  await prompts(page);
  return did;
}

/** How a command was refused, in the words that its caller gets. */
async function refusal(command: Promise<unknown>): Promise<string> {
  return command.then(
    () => 'It was not refused.',
    (reason: unknown) => String(reason)
  );
}

async function saveFindings(page: Page, path: string): Promise<void> {
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
    cells: [
      { id: 'a', cell_type: 'markdown', metadata: {}, source: '# Trees' },
      {
        id: 'b',
        cell_type: 'code',
        metadata: {},
        execution_count: 1,
        source: `import git\ntoken = "${GITHUB}"`,
        outputs: []
      },
      {
        id: 'c',
        cell_type: 'code',
        metadata: {},
        execution_count: 2,
        source: 'show()',
        outputs: [
          {
            output_type: 'stream',
            name: 'stdout',
            text: `oak\nkey id ${AWS}\nask ${MAIL}\n`
          }
        ]
      }
    ]
  };
  await page.evaluate(
    ([file, notebook]) =>
      window.jupyterapp.serviceManager.contents.save(file as string, {
        type: 'notebook',
        format: 'json',
        content: notebook
      }),
    [path, content] as const
  );
}

test.beforeEach(async ({ context, page }) => {
  await addScriptedWallet(context);
  await start(page);
});

test('passwords and personal data in a notebook', async ({ page, tmpPath }) => {
  const path = `${tmpPath}/findings.ipynb`;
  await saveFindings(page, path);
  await prompts(page);

  await test.step('a dialog tells where, masked, and asks', async () => {
    const result = run(page, 'ocean:publish', { path });
    const found = section(page).getByRole('alert');
    await expect(found).toContainText('2 passwords or keys are in it.');
    const items = found.getByRole('listitem');
    await expect(items).toHaveCount(2);
    await expect(items.filter({ hasText: 'GitHub token' })).toHaveText(
      /ghp_••••, cell 2, line 2$/
    );
    await expect(
      items.filter({ hasText: 'Key of Amazon Web Services' })
    ).toHaveText(/AKIA••••, cell 3, output, line 2$/);
    const personal = section(page)
      .getByRole('status')
      .filter({ hasText: 'It may hold personal data.' });
    await expect(personal.getByRole('listitem')).toHaveText(
      /^E-mail address .*cell 3, output, line 3$/
    );
    const text = await dialog(page).innerHTML();
    for (const whole of [AWS, GITHUB, MAIL]) {
      expect(text).not.toContain(whole);
    }

    await field(page, 'Description').fill('A notebook with keys in it.');
    await expect(publishButton(page)).toBeDisabled();
    const agree = section(page).getByRole('checkbox', {
      name: 'Publish all the same, with 2 passwords or keys in it'
    });
    await expect(agree).not.toBeChecked();
    await agree.check();
    await expect(publishButton(page)).toBeEnabled();
    await agree.uncheck();
    await expect(publishButton(page)).toBeDisabled();
    await page.keyboard.press('Escape');
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    expect(await result).toBeNull();
  });

  await test.step('without a dialog it is refused', async () => {
    const said = await refusal(
      run(page, 'ocean:publish', {
        path,
        silent: true,
        draft: draft('Trees with keys')
      })
    );
    expect(said).toMatch(/GitHub token ghp_••••/);
    expect(said).not.toContain(GITHUB);
    await expect(publishing(page)).toHaveCount(0);
  });

  await test.step('a dry run tells the same, the cost and the prompts', async () => {
    const told = await run<{
      transactions: { kind: string; gas: string; wei: string }[];
      total: { wei: string; currency: string };
      prompts: { kind: string; words: string }[];
      findings: { kind: string; masked: string; where: string }[];
      secrets: number;
      personal: number;
    }>(page, 'ocean:estimate', { path, draft: draft('Trees with keys') });
    expect(told.transactions.map(({ kind }) => kind)).toEqual([
      'mint',
      'metadata'
    ]);
    const wei = told.transactions.map(one => BigInt(one.wei));
    expect(told.transactions.every(one => Number(one.gas) > 21_000)).toBe(true);
    expect(BigInt(told.total.wei)).toBe(wei[0] + wei[1]);
    expect(told.total.currency).toBe('ETH');
    expect(told.prompts.map(({ kind }) => kind).sort()).toEqual([
      'signature',
      'signature',
      'transaction',
      'transaction'
    ]);
    expect(told.prompts.every(({ words }) => words.length > 10)).toBe(true);
    expect([told.secrets, told.personal]).toEqual([2, 1]);
    expect(told.findings.map(({ kind }) => kind).sort()).toEqual([
      'aws',
      'email',
      'github'
    ]);
    expect(JSON.stringify(told)).not.toContain(AWS);
    expect(JSON.stringify(told)).not.toContain(GITHUB);
  });

  // All of it: no signature, no transaction, no question.
  expect(await prompts(page)).toEqual([]);
});

test('what is odd: types, sizes, licence, and what is public already', async ({
  page,
  tmpPath
}) => {
  await page.evaluate(
    folder =>
      window.jupyterapp.serviceManager.contents.save(folder, {
        type: 'directory'
      }),
    `${tmpPath}/odd`
  );
  await saveText(
    page,
    `${tmpPath}/odd/table.csv`,
    '<!DOCTYPE html>\n<html><body>404</body></html>\n'
  );
  await saveText(page, `${tmpPath}/odd/nothing.csv`, '');
  const notes = section(page).getByRole('list', { name: 'Notes' });

  await test.step('a web page with the name of a table, and nothing at all', async () => {
    const result = run(page, 'ocean:publish', { path: `${tmpPath}/odd` });
    const item = (text: RegExp): Locator =>
      notes.getByRole('listitem').filter({ hasText: text });
    await expect(item(/^A web page is in it/)).toContainText('table.csv');
    await expect(item(/^A file is empty\./)).toContainText('nothing.csv');
    await field(page, 'Licence').fill('CC-BY');
    await expect(item(/SPDX does not know this licence/)).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    expect(await result).toBeNull();
  });

  await test.step('what was published before', async () => {
    const did = await publish(page, `${tmpPath}/known.csv`, 'Known rows');
    const path = `${tmpPath}/again.csv`;
    await saveText(page, path, 'a,b\n1,Known rows\n');
    const told = await run<{
      notes: { code: string; words: string; did?: string }[];
    }>(page, 'ocean:estimate', { path, draft: draft('Known rows again') });
    const codes = told.notes.map(({ code }) => code);
    expect(codes).toContain('published-before');
    expect(
      told.notes.find(({ code }) => code === 'in-catalogue')
    ).toMatchObject({ did });

    const result = run(page, 'ocean:publish', { path });
    await expect(notes).toContainText('You published it before');
    await expect(notes).toContainText('Known rows');
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    expect(await result).toBeNull();
  });
});

test('where money is real everything is asked once more', async ({
  page,
  tmpPath
}) => {
  const did = await publish(page, `${tmpPath}/rows.csv`, 'Rows for money', {
    kind: 'fixed',
    amount: '2',
    token: await token(page)
  });
  await pretend(page, () => ({ local: false, testnet: false }));
  await start(page);
  const question = (title: RegExp): Locator =>
    page.getByRole('dialog', { name: title });

  await test.step('publishing', async () => {
    await become(page, account(SELLER));
    await saveText(page, `${tmpPath}/more.csv`, 'a,b\n1,more\n');
    const path = `${tmpPath}/more.csv`;
    await prompts(page);
    expect(
      await refusal(
        run(page, 'ocean:publish', {
          path,
          silent: true,
          draft: draft('More rows')
        })
      )
    ).toMatch(/allowMainnet/);
    const result = run(page, 'ocean:publish', {
      path,
      draft: draft('More rows')
    });
    await expect(dialog(page)).toContainText(/Both transactions ≈ 0\.\d+ ETH/);
    await publishButton(page).click();
    const asked = question(/^Publish on .*\?$/);
    await expect(asked).toContainText('its money is real');
    await expect(asked).toContainText('It can’t be undone');
    await expect(asked).toContainText(/about 0\.\d+ ETH/);
    // Enter does not go on by itself.
    await expect(
      asked.getByRole('button', { name: 'Don’t publish' })
    ).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(asked).toHaveCount(0);
    // Back to the dialog, as it was.
    await expect(field(page, 'Name')).toHaveValue('More rows');
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    expect(await result).toBeNull();
    expect(await prompts(page)).toEqual([]);
  });

  await test.step('buying', async () => {
    await become(page, account(BUYER));
    await run(page, 'market:asset', { did });
    const asset = article(page, 'Rows for money');
    const buy = asset.getByRole('button', { name: /^Buy for 2\.\d+ OCEAN$/ });
    await buy.click();
    const asked = question(/^Pay on .*\?$/);
    await expect(asked).toContainText('Rows for money');
    await expect(asked).toContainText(/This takes 2\.\d+ OCEAN/);
    await expect(asked).toContainText('nobody can take a payment');
    await expect(
      asked.getByRole('button', { name: 'Don’t pay' })
    ).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(asked).toHaveCount(0);
    await expect(buy).toBeVisible();
    await expect(asset.getByRole('alert')).toHaveCount(0);
    expect(await prompts(page)).toEqual([]);

    await buy.click();
    await asked.getByRole('button', { name: 'Pay with real money' }).click();
    await expect(asset.getByRole('button', { name: 'Download' })).toBeVisible();
    expect(await prompts(page)).toEqual([
      'eth_sendTransaction',
      'eth_sendTransaction'
    ]);
    // What is there already is not paid again, and not asked for.
    expect(await run(page, 'market:buy', { did })).toMatchObject({
      reused: true
    });
    expect(await prompts(page)).toEqual([]);
  });
});

test('addresses and tokens that are made to be taken for others', async ({
  page,
  tmpPath
}) => {
  const real = await token(page);
  const did = await publish(page, `${tmpPath}/bait.csv`, 'Rows of bait', {
    kind: 'fixed',
    amount: '2',
    token: real
  });
  const asset = article(page, 'Rows of bait');
  await become(page, account(BUYER));
  await run(page, 'market:asset', { did });
  await expect(asset.getByRole('button', { name: /^Buy for / })).toBeVisible();
  await expect(asset).not.toContainText('Careful');

  const by = asset.getByRole('banner').or(asset.locator('header'));
  await test.step('a token of the settings has the same ends', async () => {
    await pretend(page, ({ paymentTokens }) => ({
      paymentTokens: [
        ...paymentTokens,
        { address: like(account(SELLER)), symbol: 'LIKE', decimals: 18 }
      ]
    }));
    await start(page);
    await become(page, account(BUYER));
    await run(page, 'market:asset', { did });
    await expect(by).toContainText(
      /Careful: it looks like 0x\S+ of your settings and is another one\./
    );
    await expect(by.getByRole('alert')).toContainText(
      'You would pay an address that may be made to be taken for another one.'
    );
    await expect(by.getByRole('alert')).toContainText(account(SELLER));
  });

  // The person's own account has the same ends as the seller's.
  await become(page, like(account(SELLER)));
  await expect(by).toContainText(
    'Careful: it looks like your account and is another one.'
  );
  // In full, with its checksum: the ends would tell nothing.
  await expect(by).toContainText(account(SELLER));

  // The settings name another contract by the symbol of the one it is sold for.
  const other = `0x${'5'.repeat(40)}`;
  await pretend(page, ({ paymentTokens }) => ({
    paymentTokens: paymentTokens.map(one =>
      one.address === real ? { ...one, address: other } : one
    )
  }));
  await start(page);
  await become(page, account(BUYER));
  await run(page, 'market:asset', { did });
  await expect(
    asset.getByRole('alert').filter({
      hasText: /calls itself like OCEAN, and is not the OCEAN of your settings/
    })
  ).toBeVisible();
  const short = `${real.slice(0, 6)}…${real.slice(-4)}`;
  await expect(
    asset.getByRole('button', {
      name: new RegExp(`^Buy for 2\\.\\d+ ${short}`)
    })
  ).toBeVisible();
});

/** Give the NFT of an asset away, by the contract itself. */
async function handOver(did: string, to: string): Promise<void> {
  const { nftAddress } = (await (
    await fetch(`${stack().oceanNode}/api/aquarius/assets/ddo/${did}`)
  ).json()) as { nftAddress: string };
  const data = new Interface([
    'function transferFrom(address,address,uint256)'
  ]).encodeFunctionData('transferFrom', [account(SELLER), to, 1]);
  expect(await send({ from: account(SELLER), to: nftAddress, data })).toBe(
    true
  );
}

test('a seller who is made to be taken for one that is known', async ({
  page,
  tmpPath
}) => {
  const price = { kind: 'fixed', amount: '2', token: await token(page) };
  const name = `Likeness${Date.now()}`;
  const first = await publish(page, `${tmpPath}/1.csv`, `${name} one`, price);
  const did = await publish(page, `${tmpPath}/2.csv`, `${name} two`, price);
  // Nobody can make such a key in a test: the asset is handed to that address.
  const impostor = like(account(SELLER));
  await handOver(did, impostor);
  await page.route('**/api/aquarius/assets/**', async route => {
    const response = await route.fetch();
    const deceive = (value: unknown): void => {
      if (Array.isArray(value)) {
        value.forEach(deceive);
      } else if ((value as { id?: unknown } | null)?.id === did) {
        const { indexedMetadata } = value as {
          indexedMetadata: { nft: { owner: string } };
        };
        indexedMetadata.nft.owner = impostor;
      }
    };
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return route.fulfill({ response });
    }
    deceive(json);
    return route.fulfill({ response, json });
  });
  await pretend(page, () => ({ local: false, testnet: false }));
  await start(page);
  await become(page, account(BUYER));
  const asset = article(page, `${name} two`);
  const by = asset.locator('header');
  const buy = asset.getByRole('button', { name: /^Buy for / });
  const row = sidebar(page)
    .getByRole('list', { name: 'Assets', exact: true })
    .getByRole('listitem')
    .filter({ hasText: `${name} two` });
  const asked = page.getByRole('dialog', { name: /^Pay on / });
  const words =
    /Careful: it looks like the seller 0x\S+ that you bought from or bookmarked and is another one\./;

  await test.step('nobody is known yet', async () => {
    await run(page, 'market:asset', { did });
    await expect(buy).toBeVisible();
    await expect(by).not.toContainText('Careful');
    await run(page, 'market:search', { query: name });
    await expect(row).toBeVisible();
    await expect(row).not.toContainText('Careful');
  });

  await test.step('bookmarked', async () => {
    const star = sidebar(page).getByRole('button', {
      name: `Bookmark ${name} one`
    });
    await star.click();
    await expect(row).toContainText(
      'Careful: its seller is not who the address looks like'
    );
    await expect(by).toContainText(words);
    await expect(by).toContainText(account(SELLER));
    await star.click();
    await expect(by).not.toContainText('Careful');
    await expect(row).not.toContainText('Careful');
  });

  await test.step('bought from: told on the page and before paying', async () => {
    const bought = run(page, 'market:buy', { did: first });
    await expect(asked).toContainText(`${name} one`);
    await expect(asked).not.toContainText('Careful');
    await asked.getByRole('button', { name: 'Pay with real money' }).click();
    await bought;
    await prompts(page);
    await expect(by).toContainText(words);
    await expect(by.getByRole('alert')).toContainText(
      'You would pay an address that may be made to be taken for another one.'
    );
    await expect(row).toContainText('Careful');
    await buy.click();
    await expect(asked).toContainText(words);
    await expect(asked).toContainText(new RegExp(impostor, 'i'));
    await asked.getByRole('button', { name: 'Don’t pay' }).click();
    await expect(asked).toHaveCount(0);
    expect(await prompts(page)).toEqual([]);
    // The seller who was there first stays known, and nobody is warned of it.
    await run(page, 'market:asset', { did: first });
    await expect(
      article(page, `${name} one`).getByRole('button', { name: 'Download' })
    ).toBeVisible();
    await expect(article(page, `${name} one`)).not.toContainText('Careful');
  });
});

test('assets and sellers of the settings’ lists are stayed away from', async ({
  page,
  tmpPath
}) => {
  const price = { kind: 'fixed', amount: '2', token: await token(page) };
  const name = `Shunned${Date.now()}`;
  const bought = await publish(page, `${tmpPath}/a.csv`, `${name} one`, price);
  const other = await publish(page, `${tmpPath}/b.csv`, `${name} two`, price);
  await become(page, account(BUYER));
  await run(page, 'market:buy', { did: bought });
  const rows = sidebar(page)
    .getByRole('list', { name: 'Assets', exact: true })
    .getByRole('listitem');
  await run(page, 'market:search', { query: name });
  await expect(rows).toHaveCount(2);

  await page.evaluate(
    names =>
      window.jupyterapp.serviceManager.settings.save(
        'jupyterlab-web3:market',
        JSON.stringify({ purgatory: names })
      ),
    [bought, other]
  );
  await start(page);
  await become(page, account(BUYER));
  await run(page, 'market:search', { query: name });
  await expect(sidebar(page).getByRole('status').first()).not.toBeEmpty();
  await expect(rows).toHaveCount(0);
  await prompts(page);

  await run(page, 'market:asset', { did: other });
  const shunned = article(page, `${name} two`);
  await expect(shunned.getByRole('alert')).toContainText(
    'Your settings list this asset as one to stay away from.'
  );
  await expect(shunned.getByText('Price and what it buys')).toBeVisible();
  await expect(shunned.getByRole('button', { name: /^Buy/ })).toHaveCount(0);
  expect(await refusal(run(page, 'market:buy', { did: other }))).toMatch(
    /purgatory/
  );
  expect(await prompts(page)).toEqual([]);

  // What was bought before stays the buyer's.
  await run(page, 'market:asset', { did: bought });
  const kept = article(page, `${name} one`);
  await expect(kept.getByRole('alert')).toContainText('stay away from');
  await kept.getByRole('button', { name: 'Download' }).click();
  await expect(kept.getByRole('group', { name: 'Downloaded' })).toContainText(
    'Checked: it is exactly what the publisher promised.'
  );
});

test('what is to be sealed leaves as ciphertext only, and the drive with its history', async ({
  page,
  context,
  tmpPath
}) => {
  await addScriptedWallet(context);
  await start(page);
  await become(page, account(SELLER));
  const marker = `only for buyers ${tmpPath}`;
  const name = `Sealed off the drive ${tmpPath}`;
  // The workspace has a folder of the test's name.
  const moved = `${tmpPath}-drive`;
  const folder = `ipfs:${moved}`;
  await page.evaluate(async path => {
    const { contents } = window.jupyterapp.serviceManager;
    await contents.save(path, { type: 'directory' });
  }, folder);
  await saveText(page, `${folder}/a.csv`, `a,b\n1,${marker}\n`);
  await saveText(page, `${folder}/b.csv`, `a,b\n2,${marker}\n`);
  // From the workspace first: nothing of it goes out before it is sealed.
  await saveText(page, `${tmpPath}-here.csv`, `a,b\n3,${marker}\n`);
  const sent: string[] = [];
  page.on('request', request => {
    const body = request.postDataBuffer();
    // Jupyter's own server keeps the workspace.
    if (body?.includes(marker) && !request.url().includes('/api/contents')) {
      sent.push(request.url());
    }
  });
  const price = { kind: 'fixed', amount: '1', token: await token(page) };
  await run(page, 'ocean:publish', {
    path: `${tmpPath}-here.csv`,
    silent: true,
    draft: draft(`${name} here`, price)
  });
  await prompts(page);

  // Of the drive, by the dialog, which looks whether it is public already.
  const published = run(page, 'ocean:publish', {
    path: folder,
    draft: draft(name, price)
  });
  await expect(section(page)).toContainText('✓ No passwords');
  await dialog(page)
    .getByRole('checkbox', { name: /Move it from the drive/ })
    .check();
  await expect(publishButton(page)).toBeEnabled();
  await publishButton(page).click();
  await published;
  expect(sent).toEqual([]);

  const left = await page.evaluate(async path => {
    const { contents } = window.jupyterapp.serviceManager;
    const listed = await contents.get('ipfs:', { content: true });
    const taken = await contents.get(path, { content: true });
    return {
      drive: (listed.content as { name: string }[]).map(one => one.name),
      workspace: (taken.content as { name: string }[])
        .map(one => one.name)
        .sort()
    };
  }, moved);
  expect(left.drive).not.toContain(moved);
  expect(left.workspace).toEqual(['a.csv', 'b.csv']);
  await expect(publishing(page)).not.toContainText('still on your IPFS drive');
});
