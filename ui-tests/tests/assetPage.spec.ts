/** The page of an asset, as a buyer reads it before and after paying. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { galata } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';
import { Interface } from 'ethers';

import { addScriptedWallet, expect, run, stack, test } from '../fixtures';
import { ipfs } from '../kubo';
import { ready } from '../lab.mjs';
import { saveText } from '../publishing';

test.use({ actionTimeout: 15_000 });

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGNgqPiPFTEMLQkAaLN/gU0IpXMAAAAASUVORK5CYII=',
  'base64'
);
const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    {
      cell_type: 'markdown',
      metadata: {},
      source:
        '## Heights\n<script>window.hacked = 1</script><img src="https://spy.example/a.png" alt="tree">'
    },
    {
      cell_type: 'code',
      metadata: {},
      execution_count: 1,
      source: 'draw()',
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'oak 21 m\n' },
        {
          output_type: 'display_data',
          metadata: {},
          data: {
            'image/png': PNG.toString('base64'),
            'text/html': '<script>window.hacked = 2</script>'
          }
        }
      ]
    }
  ]
};

/** Serves samples, and counts who asked; `/closed/…` does not allow other pages. */
async function sampleServer(): Promise<{
  host: string;
  asked: string[];
  server: Server;
}> {
  const asked: string[] = [];
  const files: Record<string, [string, string | Buffer]> = {
    'rows.csv': ['text/plain', 'tree,height\noak,21\n"fir, old",44\n'],
    'tree.png': ['image/png', PNG],
    'trees.ipynb': ['application/json', JSON.stringify(NOTEBOOK)],
    'notes.txt': ['text/plain', 'Only words.\nNo table.\n'],
    'model.bin': ['application/octet-stream', Buffer.from([0, 1, 2, 255])]
  };
  const server = createServer((request, response) => {
    const [, folder, name] = (request.url ?? '').split('/');
    const found = files[name];
    asked.push(request.url ?? '');
    if (folder === 'open') {
      response.setHeader('Access-Control-Allow-Origin', '*');
    }
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': found[0] }).end(found[1]);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, asked, server };
}

async function login(page: Page): Promise<void> {
  await page.reload();
  await ready(page);
  await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
}

const become = (page: Page, at: number): Promise<void> =>
  page.evaluate(
    who => window.scriptedWallet.switchAccount(who),
    stack().accounts[at].address
  );

async function publish(
  page: Page,
  path: string,
  draft: { name: string } & Record<string, unknown>
): Promise<string> {
  await saveText(page, path, `a,b\n1,${draft.name}\n`);
  const { did } = await run<{ did: string }>(page, 'ocean:publish', {
    path,
    silent: true,
    draft: {
      description: 'Rows that a browser test looks at.',
      license: 'CC-BY-4.0',
      type: 'dataset',
      price: { kind: 'free' },
      ...draft
    }
  });
  return did;
}

const paymentToken = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const info = await (await fetch('/web3/config')).json();
    return info.chain.paymentTokens[0].address as string;
  });

async function open(page: Page, did: string, name: string): Promise<Locator> {
  await run(page, 'market:asset', { did });
  const article = page.getByRole('article', { name });
  await expect(article).toBeVisible();
  return article;
}

const part = (asset: Locator, name: string): Locator =>
  asset.getByRole('region', { name, exact: true });

/** What of an indexed record is changed here. */
interface IRecord {
  nftAddress: string;
  metadata: Record<string, unknown>;
  credentials?: object;
  services: Record<string, unknown>[];
  indexedMetadata: {
    nft: Record<string, unknown>;
    purgatory?: { state: boolean };
    event: Record<string, unknown>;
  };
}

/** Change what the index says of an asset, on its way to the page. */
async function rewrite(
  page: Page,
  did: string,
  change: (ddo: IRecord) => void
): Promise<void> {
  await page.route(
    url => url.href.includes(`/assets/ddo/${encodeURIComponent(did)}`),
    async route => {
      const response = await route.fetch();
      const ddo = await response.json();
      change(ddo);
      await route.fulfill({ response, json: ddo });
    }
  );
}

test('what an asset costs, gives and comes from, and who has it', async ({
  page,
  context,
  tmpPath
}) => {
  test.setTimeout(180_000);
  await addScriptedWallet(context);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await login(page);
  await saveText(
    page,
    'ipfs:sample-trees.csv',
    'tree;height\noak;21\nfir;44\n'
  );
  const cid = ipfs('files', 'stat', '--hash', '/sample-trees.csv').trim();
  const free = await publish(page, `${tmpPath}/free.csv`, {
    name: 'Trees for free',
    sample: `ipfs://${cid}`,
    tags: ['trees', '<b>tags</b>']
  });
  const sold = await publish(page, `${tmpPath}/sold.csv`, {
    name: 'Trees for sale',
    description: `# All trees\n\n<img src="https://spy.example/x.png" alt="a forest">\n\n${'They grow. '.repeat(600)}\n\nTHE END`,
    price: { kind: 'fixed', amount: '2', token: await paymentToken(page) },
    timeout: 7 * 24 * 3600,
    license: 'Ask me <b>first</b>'
  });
  const { accounts } = stack();
  await become(page, 2);

  await test.step('free, with a sample on IPFS', async () => {
    const asset = await open(page, free, 'Trees for free');
    await expect(
      asset.getByRole('button', { name: 'Get for free' })
    ).toBeVisible();
    const sample = part(asset, 'Sample');
    await expect(sample).toContainText('checked against its CID');
    await sample.getByRole('button', { name: 'Show sample' }).click();
    const table = sample.getByRole('table');
    await expect(table.getByRole('columnheader')).toHaveText([
      'tree',
      'height'
    ]);
    await expect(table.getByRole('cell', { name: '44' })).toBeVisible();
    await expect(sample).toContainText('checked: it is what the CID names');

    const terms = part(asset, 'Price and what it buys');
    await expect(terms).toContainText('Free');
    await expect(terms).toContainText('1 file, ');
    await expect(terms).toContainText('Access does not expire');
    await expect(
      terms.getByRole('link', {
        name: 'Creative Commons Attribution 4.0 International'
      })
    ).toHaveAttribute('href', 'https://spdx.org/licenses/CC-BY-4.0.html');
    await expect(part(asset, 'Provenance')).toContainText(
      `The file ${tmpPath}/free.csv`
    );
    const storage = part(asset, 'Where it is stored');
    await expect(storage).toContainText('Not checked yet.');
    await storage.getByRole('button', { name: 'Check now' }).click();
    await expect(storage).toContainText('Last checked:');
    await expect(storage).toContainText('finds the file: buyers can download');
    await expect(
      storage.getByRole('list', { name: 'Who has the files' })
    ).toContainText(/free\.csv.*: has it/s);
    await expect(
      asset
        .getByRole('list', { name: 'Tags' })
        .getByRole('listitem')
        .filter({ hasText: '<b>tags</b>' })
    ).toBeVisible();
  });

  await test.step('sold: terms, conditions, services', async () => {
    const asset = await open(page, sold, 'Trees for sale');
    await expect(
      asset.getByRole('button', { name: /^Buy for 2\.\d+ / })
    ).toBeVisible();
    // A book is shown when somebody wants to read it; nothing of it is fetched.
    await expect(asset.getByText('THE END')).toBeHidden();
    await expect(asset.getByRole('link', { name: 'a forest' })).toBeVisible();
    await asset.getByRole('button', { name: 'Show all' }).click();
    await expect(asset.getByText('THE END')).toBeVisible();

    const terms = part(asset, 'Price and what it buys');
    // To the last unit, and the same as beside the button.
    const buy = asset.getByRole('button', { name: /^Buy for / });
    const sum = (await buy.innerText()).replace('Buy for ', '');
    await expect(terms).toContainText(`${sum} with all fees`);
    await expect(terms).toContainText(/2 [A-Z]+ for the seller/);
    await expect(terms).toContainText(
      'Access lasts 7 days from the purchase; bought now, it ends'
    );
    await expect(terms).toContainText('1 file, up to ');
    await expect(terms).toContainText('Ask me <b>first</b>');
    const before = part(asset, 'Before you pay');
    await expect(before).toContainText('Active. It can be found and ordered.');
    await expect(before).toContainText('Anybody');
    await expect(before).toContainText('An Ocean Node of your settings');
    const services = part(asset, 'Services');
    await expect(services).toContainText('Download');
    await expect(services).toContainText('7 days from the purchase');

    const storage = part(asset, 'Where it is stored');
    await expect(storage).toContainText('hidden until it is bought');
    await storage.getByRole('button', { name: 'Check now' }).click();
    await expect(storage).toContainText('finds the file: buyers can download');
  });

  await test.step('seller, history and orders from the chain', async () => {
    const asset = page.getByRole('article', { name: 'Trees for sale' });
    const seller = part(asset, 'Seller');
    await seller.scrollIntoViewIfNeeded();
    await expect(
      seller.getByRole('button', { name: 'Trees for free' })
    ).toBeVisible();
    await expect(
      seller.getByRole('button', { name: 'Trees for sale' })
    ).toHaveCount(0);
    const history = part(asset, 'History');
    await history.scrollIntoViewIfNeeded();
    await expect(
      history.getByRole('list', { name: 'Versions' }).getByRole('listitem')
    ).toHaveText([new RegExp(`^Published .*${accounts[0].address}`, 's')]);
    const orders = part(asset, 'Orders');
    await orders.scrollIntoViewIfNeeded();
    await expect(orders).toContainText('Nobody has ordered it yet.');
    await run(page, 'market:buy', { did: sold });
    await expect(orders).toContainText('Ordered once.');
    const listed = orders
      .getByRole('list', { name: 'Latest orders' })
      .getByRole('listitem');
    await expect(listed).toHaveText([
      new RegExp(`${accounts[2].address}.*you`, 's')
    ]);
    await expect(part(asset, 'Price and what it buys')).toContainText(
      'yours ends'
    );
    // Of another account it is an order like any other.
    await become(page, 3);
    await expect(listed).not.toContainText('you');
    await seller.getByRole('button', { name: 'Trees for free' }).click();
    await expect(
      page.getByRole('article', { name: 'Trees for free' })
    ).toBeVisible();
  });

  await test.step('a link that opens it here', async () => {
    const asset = await open(page, sold, 'Trees for sale');
    const share = asset.getByRole('group', { name: 'Share' });
    const copied = (): Promise<string> =>
      page.evaluate(() => navigator.clipboard.readText());
    await share.getByRole('button', { name: 'Copy DID' }).click();
    await expect(share.getByRole('status')).toHaveText('DID copied');
    expect(await copied()).toBe(sold);
    await share.getByRole('button', { name: 'Copy as Markdown' }).click();
    await expect(share.getByRole('status')).toHaveText('Markdown copied');
    expect(await copied()).toContain('[Trees for sale](http');
    await share.getByRole('button', { name: 'Copy link' }).click();
    await expect(share.getByRole('status')).toHaveText('Link copied');
    const link = await copied();
    expect(link).toContain(`?web3-asset=${sold}`);
    const other = await context.newPage();
    await other.goto(link);
    await expect(
      other.getByRole('article', { name: 'Trees for sale' })
    ).toBeVisible({ timeout: 30_000 });
    expect(other.url()).not.toContain('web3-asset');
    await other.close();
  });
});

test.describe('with a gateway in the settings', () => {
  test.use({
    mockSettings: {
      ...galata.DEFAULT_SETTINGS,
      'jupyterlab-web3:ipfs': {
        gateways: stack() ? [stack().gateway] : []
      }
    }
  });

  test('the gateway is asked, too, who has its content', async ({
    page,
    context,
    tmpPath
  }) => {
    await addScriptedWallet(context);
    await login(page);
    const name = 'Trees behind a gateway';
    const did = await publish(page, `${tmpPath}/gateway.csv`, { name });
    const storage = part(await open(page, did, name), 'Where it is stored');
    await storage.getByRole('button', { name: 'Check now' }).click();
    await expect(
      storage
        .getByRole('list', { name: 'Who has the files' })
        .getByText(new URL(stack().gateway).host)
    ).toContainText('has it');
  });
});

test('samples of somebody’s server: asked for by a click, shown harmlessly', async ({
  page,
  context,
  tmpPath
}) => {
  test.setTimeout(120_000);
  const { host, asked, server } = await sampleServer();
  try {
    await addScriptedWallet(context);
    await login(page);
    const did = await publish(page, `${tmpPath}/web.csv`, {
      name: 'Trees of the web',
      sample: `http://${host}/open/rows.csv`
    });
    const outside: string[] = [];
    page.on('request', request => {
      if (request.url().includes('spy.example')) {
        outside.push(request.url());
      }
    });
    const asset = await open(page, did, 'Trees of the web');
    const sample = part(asset, 'Sample');
    await expect(sample).toContainText(host);
    expect(asked).toEqual([]);
    const show = sample.getByRole('button', { name: 'Show sample' });
    await show.click();
    await expect(sample.getByRole('cell', { name: 'fir, old' })).toBeVisible();
    await expect(sample).toContainText(`From ${host}, not checked.`);
    expect(asked).toEqual(['/open/rows.csv']);

    let link = '';
    await rewrite(page, did, ddo => {
      ddo.metadata.links = [link];
      // Another record: the page starts anew.
      ddo.indexedMetadata.event.txid = `0x${Buffer.from(link)
        .toString('hex')
        .padEnd(64, '0')
        .slice(-64)}`;
    });
    const look = async (path: string): Promise<void> => {
      link = `http://${host}/${path}`;
      await run(page, 'market:asset', { did });
      await show.click();
    };
    await look('open/tree.png');
    await expect(
      sample.getByRole('img', { name: 'Picture of the sample' })
    ).toHaveJSProperty('naturalWidth', 8);
    await look('open/trees.ipynb');
    const notebook = sample.getByRole('region', {
      name: 'Notebook of the sample'
    });
    await expect(
      notebook.getByRole('heading', { name: 'Heights' })
    ).toBeVisible();
    await expect(notebook.getByRole('link', { name: 'tree' })).toBeVisible();
    await expect(notebook).toContainText('draw()');
    await expect(notebook).toContainText('oak 21 m');
    await expect(
      notebook.getByRole('img', { name: 'Output of the cell' })
    ).toHaveJSProperty('naturalWidth', 8);
    await look('open/notes.txt');
    await expect(
      sample.getByRole('region', { name: 'Text of the sample' })
    ).toContainText('Only words.');
    await look('open/model.bin');
    await expect(sample).toContainText('application/octet-stream, 4 B');
    const saving = page.waitForEvent('download');
    await sample.getByRole('button', { name: 'Download sample' }).click();
    expect((await saving).suggestedFilename()).toBe('model.bin');

    // Who does not let other pages read is named, in plain words.
    await look('closed/rows.csv');
    const alert = sample.getByRole('alert');
    await expect(alert).toContainText(`${host} could not be read from here.`);
    await expect(alert).toContainText('CORS');
    await expect(
      sample.getByRole('link', { name: 'Open the link in a new tab' })
    ).toHaveAttribute('rel', /noopener noreferrer/);
    await look('open/gone.csv');
    await expect(alert).toContainText('no such file (404)');
    link = 'javascript:alert(1)';
    await run(page, 'market:asset', { did });
    await expect(sample).toContainText('can not be read:');
    expect(outside).toEqual([]);
    expect(
      await page.evaluate(() => (window as { hacked?: number }).hacked)
    ).toBeUndefined();
  } finally {
    await new Promise(resolve => server.close(resolve));
  }
});

test('who may buy, what is asked, and each state, told before paying', async ({
  page,
  context,
  tmpPath
}) => {
  test.setTimeout(120_000);
  await addScriptedWallet(context);
  await login(page);
  const { accounts, chain } = stack();
  const did = await publish(page, `${tmpPath}/club.csv`, {
    name: 'Trees of the club',
    price: { kind: 'fixed', amount: '1', token: await paymentToken(page) }
  });
  let change = (_: IRecord): void => undefined;
  await rewrite(page, did, ddo => change(ddo));
  let nft = '';
  await become(page, 2);
  const show = async (next: typeof change): Promise<Locator> => {
    change = ddo => {
      nft = ddo.nftAddress;
      next(ddo);
    };
    return open(page, did, 'Trees of the club');
  };
  const asset = await show(ddo => {
    ddo.credentials = {
      allow: [{ type: 'address', values: [accounts[1].address] }]
    };
  });
  const before = part(asset, 'Before you pay');
  await expect(before).toContainText(
    'Only certain accounts may use it, and yours is not among them. Don’t pay'
  );
  await before.getByText('Who may use it', { exact: true }).last().click();
  await expect(before).toContainText(accounts[1].address);
  await become(page, 1);
  await expect(before).toContainText(
    'Your account is on the list of those who may use it.'
  );
  await show(ddo => {
    ddo.credentials = {
      deny: [{ type: 'address', values: [accounts[1].address] }]
    };
  });
  await expect(before).toContainText(
    'Your account is on the list of those who may not use it.'
  );
  await show(ddo => {
    // The payment token answers balanceOf as an access list does.
    ddo.services[0].credentials = {
      allow: [{ type: 'accessList', chainId: 8996, accessList: ddo.nftAddress }]
    };
  });
  await expect(before).toContainText('yours is not among them');
  await become(page, 0);
  await expect(before).toContainText(
    'Your account is on the list of those who may use it.'
  );

  await show(ddo => {
    ddo.services[0].consumerParameters = [
      {
        name: 'region',
        type: 'text',
        label: 'Region <i>',
        required: true,
        description: 'Where the trees stand',
        default: ''
      }
    ];
    ddo.services.push({
      ...ddo.services[0],
      id: 'second',
      type: 'compute',
      name: 'Run on it',
      description: 'Your code visits the data.',
      timeout: 3600,
      consumerParameters: []
    });
  });
  await expect(before).toContainText('Region <i> (required)');
  const services = part(asset, 'Services');
  await expect(services).toContainText('Compute: your code runs where');
  await expect(services).toContainText('1 hour from the purchase');
  await expect(services).toContainText('what the button above gets');

  // As the chain has it, and the index after it.
  change = () => undefined;
  const abi = new Interface(['function setMetaDataState(uint8)']);
  const setState = async (state: number): Promise<void> => {
    const response = await fetch(chain, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_sendTransaction',
        params: [
          {
            from: accounts[0].address,
            to: nft,
            data: abi.encodeFunctionData('setMetaDataState', [state])
          }
        ]
      })
    });
    expect(await response.json()).toHaveProperty('result');
  };
  for (const [state, name] of [
    [4, 'Ordering disabled'],
    [1, 'End of life'],
    [5, 'Unlisted']
  ] as const) {
    await setState(state);
    await expect(async () => {
      await run(page, 'market:asset', { did });
      await expect(
        asset.getByRole('note', { name: 'State of the asset' })
      ).toContainText(`${name}.`, { timeout: 1000 });
    }).toPass();
    await expect(asset.getByRole('button', { name: /^Buy for/ })).toHaveCount(
      0
    );
  }
  const history = part(asset, 'History');
  await history.scrollIntoViewIfNeeded();
  await expect(
    history.getByRole('list', { name: 'Versions' }).getByRole('listitem')
  ).toHaveText([
    /^State set to “Unlisted”/,
    /^State set to “End of life”/,
    /^State set to “Ordering disabled”/,
    /^Published/
  ]);
  await show(ddo => {
    ddo.indexedMetadata.purgatory = { state: true };
  });
  await expect(asset.getByRole('note')).toContainText(
    'as one to stay away from'
  );
});
