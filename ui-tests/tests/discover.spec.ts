/**
 * Finding assets: several Ocean Nodes as one list, every filter and order, lists
 * without end, what is kept, and records that mean harm.
 */
import { galata } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { oddDdos, RAN } from '../../src/market/__tests__/oddDdos';
import {
  addScriptedWallet,
  expect,
  run,
  stack,
  test as base
} from '../fixtures';
import { ready } from '../lab.mjs';
import { saveText } from '../publishing';
import { inVersion, madeUpAssets, startSearchNode } from '../searchNode.mjs';

type SearchNode = Awaited<ReturnType<typeof startSearchNode>>;
type Documents = ReturnType<typeof madeUpAssets>;

interface INodes {
  /** Records of a node each. In an object: Playwright takes arrays of options apart. */
  indexes: { lists: object[][] };
  /** What all of them are like. */
  like: { rateLimit?: number; typesense?: boolean };
  nodes: SearchNode[];
  /** Ways to hold an answer of a node back. */
  gates: (() => Promise<unknown> | unknown)[];
  /** URLs besides those of `nodes`. */
  deaf: string[];
  /** Whether the stack's own node is asked as well: other tests publish there. */
  own: boolean;
}

const test = base.extend<INodes>({
  indexes: [{ lists: [[]] }, { option: true }],
  like: [{}, { option: true }],
  deaf: [[], { option: true }],
  own: [false, { option: true }],
  context: async ({ context, own }, use) => {
    if (!own) {
      await context.route(
        '**/web3/ocean/api/aquarius/assets/metadata/query*',
        route => route.fulfill({ json: [] })
      );
    }
    await use(context);
  },
  gates: async ({ indexes }, use) => {
    await use(indexes.lists.map(() => () => undefined));
  },
  nodes: async ({ indexes, like, gates }, use) => {
    const nodes = await Promise.all(
      indexes.lists.map((documents, i) =>
        startSearchNode(documents, { ...like, before: () => gates[i]() })
      )
    );
    await use(nodes);
    nodes.forEach(node => node.close());
  },
  mockSettings: async ({ nodes, deaf }, use) => {
    await use({
      ...galata.DEFAULT_SETTINGS,
      '@jupyterlab/apputils-extension:notification': {
        fetchNews: 'false',
        checkForUpdates: false
      },
      'jupyterlab-web3:market': {
        nodes: [...nodes.map(({ url }) => url), ...deaf]
      }
    });
  }
});

test.use({ actionTimeout: 15_000 });

const sidebar = (page: Page) =>
  page.getByRole('region', { name: 'Ocean Market' });
const field = (page: Page) =>
  sidebar(page).getByRole('searchbox', { name: 'Search or paste a DID' });
const list = (page: Page) =>
  sidebar(page).getByRole('list', { name: 'Assets', exact: true });
const rows = (page: Page) => list(page).getByRole('listitem');
/** The button of each row that opens its asset. */
const names = (page: Page) => list(page).locator('.jp-web3-assetRow-name');
const count = (page: Page) => sidebar(page).getByRole('status');

/** Look at the market; only what the further nodes have, from `chain`. */
async function discover(page: Page, query = ''): Promise<void> {
  // Lab's launcher takes the focus once it is there, some time after the start.
  await page.waitForFunction(() => {
    const { currentWidget } = window.jupyterapp.shell;
    const at = document.activeElement;
    return (
      currentWidget !== null &&
      (!currentWidget.node.querySelector('.jp-Launcher') ||
        currentWidget.node.contains(at) ||
        !!at?.closest('.jp-web3-market'))
    );
  });
  await run(page, 'market:search', { query });
  await expect(field(page)).toBeVisible();
}

async function filter(page: Page, label: string, value: string): Promise<void> {
  const control = sidebar(page).getByLabel(label, { exact: true });
  if (!(await control.isVisible())) {
    await sidebar(page)
      .getByText(/^Filters/)
      .click();
  }
  if (await control.evaluate(node => node.tagName === 'SELECT')) {
    await control.selectOption(value);
  } else {
    await control.fill(value);
    await control.press('Enter');
  }
}

const chip = (page: Page, label: string) =>
  sidebar(page)
    .getByRole('list', { name: 'Filters in use' })
    .getByRole('button', { name: `Remove the filter ${label}`, exact: true });

/** Numbers of the made-up assets in the rows that are drawn, from the top. */
const numbers = async (page: Page): Promise<number[]> =>
  (
    await rows(page).evaluateAll(items =>
      items
        .map(item => ({
          at: Number(item.getAttribute('aria-posinset')),
          name: item.querySelector('.jp-web3-assetRow-name')?.textContent ?? ''
        }))
        .sort((a, b) => a.at - b.at)
        .map(({ name }) => name)
    )
  ).map(name => Number(/^Asset ([0-9]+)/.exec(name)?.[1] ?? NaN));

const TOKEN = '0x00000000000000000000000000000000000000aA';
/** On a chain that the stack's own node knows nothing of. */
const CHAIN = 137;

test.describe('one node with 120 assets', () => {
  const elsewhere = (n: number): boolean => n % 6 === 2;
  const assets: Documents = Array.from({ length: 120 }, (_, from) =>
    madeUpAssets(1, {
      from,
      chainId: elsewhere(from) ? 1 : CHAIN,
      token: TOKEN
    })
  ).flat();
  test.use({ indexes: { lists: [assets] } });

  test('search as you type; a pasted DID or link opens the asset', async ({
    page,
    nodes
  }) => {
    await discover(page);
    await expect(count(page)).toContainText('more as you scroll');
    const asked = nodes[0].queries.length;
    // Key by key into the field: Lab's own start may move the focus meanwhile.
    for (const key of 'unique77') {
      await field(page).press('End');
      await field(page).press(key);
    }
    await expect(names(page)).toHaveText([/^Asset 77 /]);
    await expect(count(page)).toHaveText('1 asset');
    // Eight keys in a row are not eight questions.
    expect(nodes[0].queries.length - asked).toBeLessThanOrEqual(4);

    await field(page).fill('nothinghasthisword');
    await expect(sidebar(page)).toContainText(
      'Nothing found for “nothinghasthisword”.'
    );

    // What is shown is of the last key, however late the answers come.
    await field(page).fill('unique7');
    await expect(count(page)).toHaveText('11 assets');

    const did = assets[42].id;
    await field(page).fill(`https://market.example/asset/${did}?x=1`);
    await expect(sidebar(page)).toContainText(
      'Press Enter to open this asset.'
    );
    await field(page).press('Enter');
    await expect(
      page.getByRole('main').getByRole('article', { name: /^Asset 42 / })
    ).toBeVisible();
    await expect(field(page)).toHaveValue('');

    await field(page).fill('did:op:12345');
    await field(page).press('Enter');
    await expect(sidebar(page).getByRole('alert')).toContainText(
      'There is no DID in this.'
    );
  });

  test('an answer that comes late is dropped', async ({
    page,
    nodes,
    gates
  }) => {
    await discover(page, 'unique11');
    await expect(count(page)).toHaveText('11 assets');
    let release = (): void => undefined;
    let held = 0;
    gates[0] = () => {
      held += 1;
      return held === 1
        ? new Promise<void>(resolve => {
            release = resolve;
          })
        : undefined;
    };
    await field(page).fill('unique55');
    await expect.poll(() => held).toBe(1);
    await field(page).fill('unique66');
    await expect(names(page)).toHaveText([/^Asset 66 /]);
    release();
    // Whatever the node says from now on comes after what was let go.
    await page.evaluate(
      async url => (await fetch(url)).text(),
      `${nodes[0].url}/api/aquarius/assets/ddo/${assets[0].id}`
    );
    await expect(count(page)).toHaveText('1 asset');
    await expect(names(page)).toHaveText([/^Asset 66 /]);
  });

  test('every filter narrows, shows as a chip, and can be taken away', async ({
    page
  }) => {
    await discover(page);
    await expect(names(page).first()).toHaveText(/^Asset 119 /);
    const all = await numbers(page);
    // How many rows there is room for depends on what is open above them.
    const top = async (): Promise<number[]> =>
      (await numbers(page)).slice(0, 8);
    for (const [label, value, chipLabel, wanted] of [
      ['Type', 'algorithm', 'Algorithm', (n: number) => n % 5 === 0],
      ['Price', 'free', 'Free', (n: number) => n % 4 === 0],
      [
        'Price',
        'paid',
        'Paid',
        (n: number) => n % 4 !== 0 && ((n * 7) % 23) + (n % 10) > 0
      ],
      ['Network', String(CHAIN), 'Polygon', (n: number) => !elsewhere(n)],
      ['Licence', 'MIT', 'MIT', (n: number) => n % 4 === 2],
      ['Tag', 'TAG 7', 'Tag: TAG 7', (n: number) => n % 11 === 7],
      ['Author', 'or 3', 'By or 3', (n: number) => n % 7 === 3],
      ['Media type', 'text/csv', 'text/csv', (n: number) => n % 3 === 0],
      ['Media type', 'image/*', 'image/*', (n: number) => n % 3 === 2]
    ] as const) {
      await filter(page, label, value);
      await expect(chip(page, chipLabel)).toBeVisible();
      const expected = [...Array(120).keys()].reverse().filter(wanted);
      await expect
        .poll(async () => (await numbers(page)).slice(0, 8), {
          message: label + value
        })
        .toEqual(expected.slice(0, 8));
      await chip(page, chipLabel).click();
      // The chip is gone; the keyboard is not.
      await expect(sidebar(page).getByText(/^Filters/)).toBeFocused();
      await expect.poll(top).toEqual(all.slice(0, 8));
    }

    // A range of prices, and several filters at once.
    await filter(page, 'Price from', '20');
    await filter(page, 'Price up to', '21,5');
    const priced = (n: number): number => Number(`${(n * 7) % 23}.${n % 10}`);
    await expect(chip(page, 'Up to 21.5')).toBeVisible();
    const inRange = [...Array(120).keys()]
      .reverse()
      .filter(n => n % 4 !== 0 && priced(n) >= 20 && priced(n) <= 21.5);
    await expect.poll(() => numbers(page)).toEqual(inRange);
    await filter(page, 'Type', 'dataset');
    await filter(page, 'Author', 'Author 3');
    const few = inRange.filter(n => n % 5 !== 0 && n % 7 === 3);
    await expect
      .poll(async () => (await count(page).textContent())?.trim())
      .toBe(`${few.length} asset${few.length === 1 ? '' : 's'}`);
    await expect(sidebar(page).getByText('Filters (4)')).toBeVisible();
    await sidebar(page).getByRole('button', { name: 'Clear all' }).click();
    await expect.poll(top).toEqual(all.slice(0, 8));
  });

  test('every order, over all pages', async ({ page }) => {
    await discover(page);
    const sort = sidebar(page).getByLabel('Sort by');
    const all = [...Array(120).keys()];
    const orders = (n: number): number => (n * 37) % 101;
    const price = (n: number): number =>
      n % 4 === 0 ? 0 : Number(`${(n * 7) % 23}.${n % 10}`);
    for (const [option, compare] of [
      ['Newest', (a: number, b: number) => b - a],
      ['Most orders', (a: number, b: number) => orders(b) - orders(a) || b - a],
      ['Lowest price', (a: number, b: number) => price(a) - price(b) || b - a],
      ['Highest price', (a: number, b: number) => price(b) - price(a) || b - a]
    ] as const) {
      await sort.selectOption(option);
      const expected = [...all].sort(compare);
      await expect
        .poll(async () => (await numbers(page)).slice(0, 10), {
          message: option
        })
        .toEqual(expected.slice(0, 10));
      // To the end, by the keyboard: every asset once, in order.
      await field(page).press('ArrowDown');
      await expect(async () => {
        await page.keyboard.press('End');
        await expect(
          list(page).locator('li:has(button:focus)')
        ).toHaveAttribute('aria-posinset', '120', { timeout: 1000 });
      }).toPass();
      await expect(count(page)).toHaveText('120 assets');
      expect((await numbers(page)).slice(-10)).toEqual(expected.slice(-10));
    }
    // The best match: what has the word in its name is first.
    await sort.selectOption('Best match');
    await field(page).fill('river');
    await expect(names(page).first()).toContainText('river');
    await expect(count(page)).toContainText('asset');
    const first = await names(page).first().textContent();
    expect(first).toContain('river');
  });

  test('saved searches: named, applied, forgotten, kept over a reload', async ({
    page
  }) => {
    await discover(page, 'river');
    await filter(page, 'Type', 'algorithm');
    await sidebar(page).getByLabel('Sort by').selectOption('Most orders');
    await expect(chip(page, 'Algorithm')).toBeVisible();
    await sidebar(page)
      .getByText(/^Saved searches/)
      .click();
    await sidebar(page).getByLabel('Name of this search').fill('My rivers');
    await sidebar(page).getByRole('button', { name: 'Save' }).click();
    const saved = sidebar(page).getByRole('list', { name: 'Saved searches' });
    const mine = saved.getByRole('button', { name: 'My rivers', exact: true });
    await expect(mine).toBeVisible();
    const found = await numbers(page);

    // One of the same name is not lost without a word.
    const name = sidebar(page).getByLabel('Name of this search');
    await name.fill('My  rivers ');
    await sidebar(page).getByRole('button', { name: 'Save' }).click();
    await expect(sidebar(page).getByRole('alert')).toContainText(
      'There is a search of this name.'
    );
    await sidebar(page).getByRole('button', { name: 'Replace' }).click();
    await expect(saved.getByRole('listitem')).toHaveCount(1);
    await expect(name).toHaveAttribute(
      'placeholder',
      'river, Algorithm, Most orders'
    );

    await page.reload();
    await ready(page);
    await discover(page);
    await expect(chip(page, 'Algorithm')).toBeHidden();
    await sidebar(page).getByText('Saved searches (1)').click();
    await mine.click();
    await expect(field(page)).toHaveValue('river');
    await expect(chip(page, 'Algorithm')).toBeVisible();
    await expect(sidebar(page).getByLabel('Sort by')).toHaveValue('orders');
    await expect.poll(() => numbers(page)).toEqual(found);

    await saved
      .getByRole('button', { name: 'Forget the search My rivers' })
      .click();
    await expect(saved.getByRole('listitem')).toHaveCount(0);
    await expect(sidebar(page).getByText('Saved searches')).toBeFocused();
  });

  test('bookmarks and recently opened, kept over a reload', async ({
    page
  }) => {
    await discover(page, 'unique31');
    const row = rows(page).filter({ hasText: 'Asset 31 ' });
    const star = row.getByRole('button', { name: /^Bookmark Asset 31 / });
    await expect(star).toHaveAttribute('aria-pressed', 'false');
    await star.click();
    await expect(star).toHaveAttribute('aria-pressed', 'true');
    await row.getByRole('button', { name: /^Asset 31 / }).click();
    await expect(
      page.getByRole('main').getByRole('article', { name: /^Asset 31 / })
    ).toBeVisible();

    await page.reload();
    await ready(page);
    await discover(page);
    const show = sidebar(page).getByLabel('Show', { exact: true });
    await show.selectOption('Bookmarked');
    await expect(names(page)).toHaveText([/^Asset 31 /]);
    await show.selectOption('Recently opened');
    await expect(names(page)).toHaveText([/^Asset 31 /]);
    await show.selectOption('Bookmarked');
    await star.click();
    await expect(sidebar(page)).toContainText('No bookmarks yet');
  });
});

test.describe('two nodes, and one that is not there', () => {
  // Both have 40..59; each chain is its own.
  const polygon: Documents = madeUpAssets(60, { chainId: CHAIN, token: TOKEN });
  const both: Documents = [
    ...polygon.slice(40),
    ...madeUpAssets(40, { chainId: 8996, from: 1000 })
  ];
  test.use({
    indexes: { lists: [polygon, both] },
    deaf: ['http://127.0.0.1:9']
  });

  test('one list, each asset once; the one that fails is told, the others shown', async ({
    page,
    gates
  }) => {
    let release = (): void => undefined;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    gates[1] = () => gate;
    await discover(page, 'About');
    // The quick one does not wait for the slow one.
    await expect(names(page).first()).toContainText('Asset ');
    await expect(count(page)).toContainText('The first 50 assets');
    await expect(sidebar(page)).toContainText('Still asking the Ocean Node');
    release();
    const failed = sidebar(page)
      .getByRole('alert')
      .filter({ hasText: 'The Ocean Node 127.0.0.1:9 does not answer.' });
    await expect(failed).toBeVisible();
    await field(page).press('ArrowDown');
    await expect(async () => {
      await page.keyboard.press('End');
      await expect(count(page)).toHaveText('100 assets', { timeout: 1000 });
    }).toPass();
    await expect(
      failed.getByRole('button', { name: 'Try again' })
    ).toBeVisible();

    // Each says its network, as there are several.
    await sidebar(page).getByLabel('Sort by').selectOption('Newest');
    await expect(names(page).first()).toHaveText(/^Asset 1039 /);
    await expect(rows(page).first()).toContainText('Local chain');
    await field(page).fill('unique45');
    await expect(names(page)).toHaveText([/^Asset 45 /]);
    await filter(page, 'Network', '8996');
    await expect(sidebar(page)).toContainText('Nothing found for “unique45”.');
    await sidebar(page)
      .getByRole('button', { name: 'Remove the filters' })
      .click();
    await expect(names(page)).toHaveText([/^Asset 45 /]);
  });
});

test.describe('a node that is late', () => {
  const old: Documents = madeUpAssets(60, { chainId: CHAIN, token: TOKEN });
  const fresh: Documents = madeUpAssets(60, { chainId: CHAIN, from: 1000 });
  test.use({ indexes: { lists: [old, fresh] } });

  test('adds to the list, and takes nothing away', async ({ page, gates }) => {
    const releases: (() => void)[] = [];
    gates.forEach((_, at) => {
      const gate = new Promise<void>(resolve => {
        releases[at] = resolve;
      });
      gates[at] = () => gate;
    });
    await discover(page);
    await sidebar(page).getByLabel('Sort by').selectOption('Newest');
    await expect(count(page)).toHaveText('Still searching…');
    releases[0]();
    await expect(count(page)).toContainText('The first 50 assets');
    // Every number that is told from now on.
    const told = await count(page).evaluateHandle(element => {
      const numbers: number[] = [50];
      new MutationObserver(() =>
        numbers.push(Number(/[0-9]+/.exec(element.textContent ?? '')?.[0]))
      ).observe(element, {
        childList: true,
        characterData: true,
        subtree: true
      });
      return numbers;
    });
    releases[1]();
    await expect(names(page).first()).toHaveText(/^Asset 1059 /);
    await field(page).press('ArrowDown');
    await expect(async () => {
      await page.keyboard.press('End');
      await expect(count(page)).toHaveText('120 assets', { timeout: 1000 });
    }).toPass();
    const numbersTold = await told.jsonValue();
    expect(numbersTold).toEqual([...numbersTold].sort((a, b) => a - b));
  });
});

test.describe('a node that allows 30 requests a minute', () => {
  const assets: Documents = madeUpAssets(60, { chainId: CHAIN, token: TOKEN });
  test.use({ indexes: { lists: [assets] }, like: { rateLimit: 30 } });

  test('is asked no more than it allows; the wait is told, and assets still open', async ({
    page,
    nodes
  }) => {
    await discover(page);
    await expect(names(page).first()).toHaveText(/^Asset 59 /);
    const { host } = new URL(nodes[0].url);
    const waits = sidebar(page).getByText(
      new RegExp(`${host} was asked too often; it goes on in [0-9]+ s\\.`)
    );
    for (let n = 0; n < 30 && !(await waits.isVisible()); n++) {
      const asked = nodes[0].queries.length;
      await field(page).fill(`unique${n} about`);
      await expect(async () => {
        expect(
          nodes[0].queries.length > asked || (await waits.isVisible())
        ).toBe(true);
      }).toPass({ intervals: [50] });
    }
    await expect(waits).toBeVisible();
    await expect(count(page)).toHaveText('Still searching…');
    // What was asked a moment ago needs nobody.
    await field(page).fill('unique1 about');
    await expect(names(page).last()).toHaveText(/^Asset 1 /);
    await run(page, 'market:asset', { did: assets[42].id });
    await expect(
      page.getByRole('main').getByRole('article', { name: /^Asset 42 / })
    ).toBeVisible();
    expect(nodes[0].refused()).toBe(0);
  });
});

test.describe('a node with a Typesense index', () => {
  const assets: Documents = madeUpAssets(300, { chainId: CHAIN, token: TOKEN });
  test.use({ indexes: { lists: [assets] }, like: { typesense: true } });

  test('is searched, sorted and filtered; it is told that a part is out of reach', async ({
    page
  }) => {
    await discover(page);
    await expect(names(page).first()).toHaveText(/^Asset 299 /);
    await expect(sidebar(page)).toContainText(
      'lets only a part of its records be searched.'
    );
    await field(page).fill('unique77');
    await expect(names(page)).toHaveText([/^Asset 77 /]);
    // Older than what the node shows without a word.
    await field(page).fill('unique7');
    await expect(count(page)).toHaveText('11 assets');
    await field(page).fill('');
    await filter(page, 'Tag', 'tag 7');
    await sidebar(page).getByLabel('Sort by').selectOption('Most orders');
    const wanted = [...Array(300).keys()]
      .filter(n => n >= 50 && n % 11 === 7)
      .sort((a, b) => ((b * 37) % 101) - ((a * 37) % 101) || b - a);
    await expect
      .poll(async () => (await numbers(page)).slice(0, 8))
      .toEqual(wanted.slice(0, 8));
  });
});

test.describe('DDOs of other versions', () => {
  const VERSIONS = ['4.5.0', '4.7.0', '5.0.0'] as const;
  const assets = VERSIONS.map((version, at) =>
    inVersion(
      madeUpAssets(1, { chainId: CHAIN, token: TOKEN, from: at + 1 })[0],
      version
    )
  );
  test.use({ indexes: { lists: [assets] } });

  test('are listed with name and price, found by words, and pass the filters', async ({
    page
  }) => {
    await discover(page);
    await expect(names(page)).toHaveText([
      /^Asset 3 /,
      /^Asset 2 /,
      /^Asset 1 /
    ]);
    for (const [at, version] of VERSIONS.entries()) {
      const n = at + 1;
      const only = [new RegExp(`^Asset ${n} `)];
      await expect(
        rows(page).filter({ hasText: `Asset ${n} ` }),
        version
      ).toContainText(`${(n * 7) % 23}.${n}`);
      await field(page).fill(`unique${n}`);
      await expect(names(page), version).toHaveText(only);
      await field(page).fill('');
      for (const [label, value] of [
        ['Author', `author ${n}`],
        ['Tag', `tag ${n}`],
        ['Licence', ['CC0-1.0', 'MIT', 'ODbL-1.0'][at]],
        ['Media type', ['application/json', 'image/png', 'text/csv'][at]]
      ]) {
        await filter(page, label, value);
        await expect(names(page), `${version} ${label}`).toHaveText(only);
        await filter(page, label, '');
        await expect(names(page)).toHaveCount(VERSIONS.length);
      }
    }
    await filter(page, 'Type', 'dataset');
    await filter(page, 'Network', String(CHAIN));
    await filter(page, 'Price', 'paid');
    await filter(page, 'Price from', '15');
    await expect(names(page)).toHaveText([/^Asset 3 /]);
  });
});

test.describe('the node of the stack', () => {
  test.use({ own: true });

  test('what is published is found, and opened by its row', async ({
    page,
    context,
    tmpPath
  }) => {
    await addScriptedWallet(context);
    await page.reload();
    await ready(page);
    await run(page, 'wallet:connect', { wallet: 'test.scripted.wallet' });
    const path = `${tmpPath}/found.csv`;
    const name = 'Quokkas of Rottnest';
    await saveText(page, path, 'a,b\n1,2\n');
    const { did } = await run<{ did: string }>(page, 'ocean:publish', {
      path,
      silent: true,
      draft: {
        name,
        description: 'Rows that a browser test looks for.',
        license: 'CC0-1.0',
        type: 'dataset',
        tags: ['marsupials'],
        price: { kind: 'free' }
      }
    });
    await discover(page, 'quokk');
    const row = rows(page).filter({ hasText: name });
    await expect(row).toContainText('Free');
    await expect(row).toContainText('Dataset');
    await filter(page, 'Tag', 'marsupials');
    await filter(page, 'Author', stack().accounts[0].address);
    await filter(page, 'Media type', 'text/csv');
    await expect(names(page)).toHaveText([name]);
    await row.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await expect(
      page.getByRole('main').getByRole('article', { name })
    ).toContainText(did);
  });
});

test.describe('10,000 assets', () => {
  test.use({
    indexes: { lists: [madeUpAssets(10_000, { chainId: CHAIN, token: TOKEN })] }
  });

  test('an endless list of which only what is seen is in the page', async ({
    page
  }) => {
    test.setTimeout(180_000);
    await discover(page);
    await expect(names(page).first()).toHaveText(/^Asset 9999 /);
    await expect(rows(page).first()).toHaveAttribute('aria-setsize', '-1');
    await field(page).press('ArrowDown');
    const current = list(page).locator('li:has(button:focus)');
    await expect(current).toHaveAttribute('aria-posinset', '1');
    await page.keyboard.press('ArrowDown');
    await expect(current).toHaveAttribute('aria-posinset', '2');
    await page.keyboard.press('PageDown');
    await expect(current).not.toHaveAttribute('aria-posinset', '2');
    await page.keyboard.press('Home');
    await expect(current).toHaveAttribute('aria-posinset', '1');
    await page.keyboard.press('ArrowUp');
    await expect(current).toHaveAttribute('aria-posinset', '1');

    // Down to the last, with never more than a screenful in the page.
    await expect(async () => {
      await page.keyboard.press('End');
      expect(await rows(page).count()).toBeLessThan(60);
      await expect(current).toHaveAttribute('aria-posinset', '10000', {
        timeout: 50
      });
    }).toPass({ timeout: 120_000, intervals: [50] });
    await expect(current).toHaveAttribute('aria-setsize', '10000');
    await expect(count(page)).toHaveText('10,000 assets');
    await expect(current).toContainText('Asset 0 ');

    // Smooth: drawing a screenful elsewhere fits into a few frames.
    const slowest = await list(page).evaluate(async element => {
      const scroller = element.parentElement as HTMLElement;
      const frame = (): Promise<number> =>
        new Promise(resolve => requestAnimationFrame(resolve));
      let worst = 0;
      for (let i = 0; i < 60; i++) {
        const since = performance.now();
        scroller.scrollTop = ((i * 7919) % 100) * (scroller.scrollHeight / 101);
        await frame();
        await frame();
        worst = Math.max(worst, performance.now() - since);
      }
      return worst;
    });
    console.log(`slowest of 60 jumps: ${slowest.toFixed(0)} ms`);
    expect(slowest).toBeLessThan(250);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(
      page.getByRole('main').getByRole('article', { name: /^Asset 9999 / })
    ).toBeVisible();
  });
});

const ODD = process.env.WEB3_LONG ? 2000 : 300;

/**
 * Open the page of each asset, look at it, and close it. In the page itself: a
 * question of the test for each would take longer than the page does.
 */
const openEach = (
  page: Page,
  dids: readonly string[]
): Promise<{ opened: number; faults: string[] }> =>
  page.evaluate(
    async ([list, ran]) => {
      const { commands, shell } = window.jupyterapp;
      const drawn = (node: HTMLElement): Element | null =>
        node.querySelector('article .jp-web3-asset-description > *')
          ? node.querySelector('article')
          : node.querySelector('[role="alert"]');
      const faults: string[] = [];
      let opened = 0;
      for (const did of list) {
        const before = document.querySelector('.jp-web3-market');
        await commands.execute('market:asset', { did });
        const widget = shell.currentWidget!;
        const shown = await new Promise<Element>((resolve, reject) => {
          const look = (): void => {
            const found = drawn(widget.node);
            if (found) {
              clearTimeout(late);
              observer.disconnect();
              resolve(found);
            }
          };
          const observer = new MutationObserver(look);
          const late = setTimeout(
            () => reject(new Error(`No page of ${did}`)),
            15_000
          );
          observer.observe(widget.node, { childList: true, subtree: true });
          look();
        });
        opened += shown.tagName === 'ARTICLE' ? 1 : 0;
        const wide = [document.documentElement, widget.node, shown].filter(
          node => node.scrollWidth > node.clientWidth + 1
        );
        const menu = document.querySelector('#jp-top-panel')!;
        const box = menu.getBoundingClientRect();
        const fault = wide.length
          ? 'is too wide'
          : ran in window
            ? 'ran a script'
            : !menu.contains(document.elementFromPoint(box.left + 40, 10))
              ? 'covers the menu'
              : document.querySelector('.jp-web3-market') !== before
                ? 'took the list away'
                : null;
        if (fault) {
          faults.push(`${did} ${fault}`);
        }
        widget.close();
      }
      return { opened, faults };
    },
    [dids, RAN] as const
  );

test.describe(`${ODD} odd records`, () => {
  test.use({ indexes: { lists: [oddDdos(ODD, 7)] } });

  test('are listed and opened: nothing runs, nothing breaks out', async ({
    page
  }) => {
    test.setTimeout(process.env.WEB3_LONG ? 900_000 : 240_000);
    const wrong: string[] = [];
    page.on('pageerror', error => wrong.push(`error ${error.message}`));
    page.on('dialog', dialog => {
      wrong.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', request => {
      if (/elsewhere\.invalid|host\.invalid/.test(request.url())) {
        wrong.push(`request ${request.url()}`);
      }
    });
    const sound = async (what: string): Promise<void> => {
      expect(wrong, what).toEqual([]);
      expect(
        await page.evaluate(name => name in window, RAN),
        `a script of ${what} ran`
      ).toBe(false);
      expect(
        await page.evaluate(() =>
          [
            document.documentElement,
            ...document.querySelectorAll('.jp-web3-market, .jp-web3-virtual')
          ]
            .filter(node => node.scrollWidth > node.clientWidth + 1)
            .map(node => node.className || node.tagName)
        ),
        `${what} is wider than its place`
      ).toEqual([]);
    };
    await discover(page);
    await expect(rows(page).first()).toBeVisible();
    await field(page).press('ArrowDown');
    const current = list(page).locator('li:has(button:focus)');
    let total = 0;
    await expect(async () => {
      await page.keyboard.press('End');
      await sound('the list');
      total = Number(await current.getAttribute('aria-setsize'));
      expect(total).toBeGreaterThan(0);
    }).toPass({ timeout: 60_000, intervals: [50] });
    expect(total).toBeGreaterThan(ODD / 8);

    // All of the list, as much as is in sight at a time.
    await page.keyboard.press('Home');
    let at = 0;
    while (at < total) {
      await page.keyboard.press('PageDown');
      await sound(`the list after row ${at}`);
      const now = Number(await current.getAttribute('aria-posinset'));
      expect(now).toBeGreaterThan(at);
      at = now;
    }

    // A dozen pages, from all over the list.
    await page.keyboard.press('Home');
    for (let opened = 0; opened < 12; opened++) {
      for (let step = 0; step < Math.floor(total / 13); step++) {
        await page.keyboard.press('ArrowDown');
      }
      const row = await current.getAttribute('aria-posinset');
      await current.locator('.jp-web3-assetRow-open').click();
      const article = page
        .getByRole('main')
        .locator('.lm-mod-current, :scope')
        .getByRole('article')
        .last();
      await expect(article).toBeVisible();
      await sound(`the page of row ${row}`);
      const overflow = await article.evaluate(
        node => node.scrollWidth - node.clientWidth
      );
      expect(
        overflow,
        `the page of row ${row} is too wide`
      ).toBeLessThanOrEqual(1);
      await run(page, 'application:close');
      await list(page)
        .locator('[data-current="true"] .jp-web3-assetRow-open')
        .focus();
    }

    // Every page (60 in the short run): also of what no list has, and of what
    // is no asset at all.
    const records = oddDdos(ODD, 7).slice(0, process.env.WEB3_LONG ? ODD : 60);
    const dids = records.flatMap(({ id }) =>
      typeof id === 'string' && /^did:op:[0-9a-f]{64}$/.test(id) ? [id] : []
    );
    let assets = 0;
    for (let from = 0; from < dids.length; from += 50) {
      const some = dids.slice(from, from + 50);
      const { opened, faults } = await openEach(page, some);
      expect(faults).toEqual([]);
      assets += opened;
      await sound(`one of the pages ${from} to ${from + some.length}`);
    }
    console.log(`${dids.length} pages opened, ${assets} of them of an asset`);
    expect(assets).toBeGreaterThan(records.length / 3);
  });
});
