/**
 * Whatever an index holds, it is read, listed and shown: nothing throws, nothing
 * runs, nothing gets out of its line. 200 records, and 2,000 in the long run.
 */
import { nullTranslator } from '@jupyterlab/translation';
import fc from 'fast-check';
import * as React from 'react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

import { readAsset, type IAsset } from '../../ocean/asset';
import { didOf } from '../../ocean/ddo';
import { OceanError } from '../../ocean/errors';
import {
  compareRanks,
  isListed,
  rankOf,
  SEARCH_SORTS
} from '../../ocean/search';
import { until } from '../../publish/__tests__/world';
import { bookmarksIn } from '../bookmarks';
import { AssetRow } from '../discoverRow';
import { VirtualList } from '../virtualList';
import { fakePorts } from './fakePorts';
import { ACCOUNT, FakeChain, memoryStore, TOKEN } from './fakes';
import { oddDdo, oddDdos, RAN } from './oddDdos';
import { showPage } from './shownPage';

// jsdom has no canvas: pictures of addresses are drawn into nothing.
Object.assign(HTMLCanvasElement.prototype, {
  getContext: () => ({ fillRect: () => undefined }),
  toDataURL: () => 'data:image/png;base64,'
});

const COUNT = process.env.WEB3_LONG ? 2000 : 200;
const SEED = 20261124;
const trans = nullTranslator.load('jupyterlab_web3');

/** The asset, or null where it is refused as it should be. */
function read(ddo: unknown): IAsset | null {
  try {
    return readAsset(ddo);
  } catch (reason) {
    if (reason instanceof OceanError && reason.code === 'ddo-invalid') {
      return null;
    }
    throw reason;
  }
}

const readable = (): IAsset[] =>
  oddDdos(COUNT, SEED).flatMap(ddo => read(ddo) ?? []);

/** What no line shows: but joiners, all that is unseen, and stacks of marks. */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]|(?![\u200c\u200d\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|\p{M}{5}/u;

/** Nothing of it is more than text, links and pictures that are at hand. */
function expectHarmless(node: Element): void {
  expect(
    [...node.querySelectorAll('*')].flatMap(element => [
      ...(/^(script|iframe|object|embed|base|meta|style|link)$/i.test(
        element.tagName
      )
        ? [element.outerHTML]
        : []),
      ...[...element.attributes]
        .filter(
          ({ name, value }) =>
            /^on/i.test(name) ||
            /^\s*javascript:/i.test(value) ||
            name.startsWith('data-commandlinker') ||
            (name === 'src' && !value.startsWith('data:image/'))
        )
        .map(({ name, value }) => `${name}=${value}`)
    ])
  ).toEqual([]);
  expect((globalThis as Record<string, unknown>)[RAN]).toBeUndefined();
}

test('any record is read, or refused as no DDO', () => {
  fc.assert(
    fc.property(oddDdo, ddo => {
      const asset = read(ddo);
      if (!asset) {
        return;
      }
      const lines = [
        asset.name,
        asset.author,
        asset.license,
        asset.type
      ].concat(
        asset.tags,
        asset.services.map(({ name }) => name)
      );
      for (const line of lines) {
        expect(line).not.toMatch(UNSEEN);
        expect([...line].length).toBeLessThanOrEqual(301);
      }
      expect(asset.tags.length).toBeLessThanOrEqual(200);
      expect(asset.stats.price?.amount ?? '0').toMatch(/^[0-9.]{1,60}$/);
      for (const { type } of asset.access.allow) {
        expect(['address', 'accessList', 'other']).toContain(type);
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }),
    { numRuns: COUNT, seed: SEED }
  );
});

test('what has no shape at all is refused', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: false }), value => {
      expect(read(value)).toBeNull();
    }),
    { numRuns: COUNT, seed: SEED }
  );
});

test('most of the generated records can be read, and many are listed', () => {
  const assets = readable();
  expect(assets.length).toBeGreaterThan(COUNT / 3);
  expect(assets.filter(asset => isListed(asset, {})).length).toBeGreaterThan(
    COUNT / 8
  );
});

test('every order is one: the same whatever came first', () => {
  const assets = readable();
  for (const sort of SEARCH_SORTS) {
    const search = { text: 'lorem ipsum', filters: {}, sort };
    const sorted = (list: IAsset[]): string[] =>
      list
        .map(asset => rankOf(asset, search, 0))
        .sort((a, b) => compareRanks(a, b, sort))
        .map(({ did }) => did);
    expect(sorted([...assets].reverse())).toEqual(sorted(assets));
  }
});

test(
  'the list shows each as text in its row',
  async () => {
    const bookmarks = bookmarksIn(memoryStore());
    const host = document.body.appendChild(document.createElement('div'));
    const root = createRoot(host);
    const assets = readable();
    for (let from = 0; from < assets.length; from += 15) {
      const items = assets.slice(from, from + 15);
      await act(async () => {
        root.render(
          <VirtualList
            label="Assets"
            items={items}
            complete
            keyOf={({ did }) => did}
            open={() => undefined}
            render={(asset, current) => (
              <AssetRow
                asset={asset}
                current={current}
                withNetwork
                networks={[]}
                bookmarks={bookmarks}
                open={() => undefined}
                trans={trans}
              />
            )}
          />
        );
      });
      expect(host.querySelectorAll('li')).toHaveLength(items.length);
      expectHarmless(host);
      for (const row of host.querySelectorAll('li')) {
        expect(row.querySelectorAll('button')).toHaveLength(2);
        expect(row.textContent).not.toMatch(UNSEEN);
      }
    }
    await act(async () => root.unmount());
    host.remove();
  },
  5000 + COUNT * 20
);

/** A sample of a stranger's host: a table, or a notebook, of odd texts. */
function sampleOf(link: string): Response {
  const odd = 'a\u202ecell\u3164,e' + '\u0301'.repeat(30);
  const cell = { cell_type: 'code', source: odd, outputs: [] };
  const text = link.endsWith('.ipynb')
    ? JSON.stringify({
        nbformat: 4,
        cells: [cell, { ...cell, cell_type: 'markdown' }]
      })
    : `${odd}\n${odd}\n`;
  let left = [Uint8Array.from(Buffer.from(text))];
  return {
    ok: true,
    headers: { get: () => null },
    body: {
      getReader: () => ({
        read: async () => {
          const [value] = left;
          left = [];
          return { done: !value, value };
        },
        cancel: async () => undefined
      })
    }
  } as unknown as Response;
}

test(
  'the page shows each, and nothing of it runs',
  async () => {
    globalThis.fetch = async link => sampleOf(String(link));
    const all = readable();
    let samples = 0;
    for (const [at, asset] of all.entries()) {
      const { widget } = await showPage(new FakeChain(), asset.did, asset, {
        ports: fakePorts(asset, { others: all.slice(at, at + 3) })
      });
      await until(`the record of ${asset.did}`, () =>
        Boolean(widget.node.querySelector('article'))
      );
      const article = widget.node.querySelector('article');
      await act(async () => {
        for (const button of article?.querySelectorAll('button') ?? []) {
          if (/^(Show|Show sample|Check now)$/.test(button.textContent ?? '')) {
            button.click();
          }
        }
      });
      // The description comes by a promise of its own, once the rest is drawn.
      await until(
        `the page of ${asset.did}`,
        () =>
          Boolean(
            article
              ?.querySelector('.jp-web3-asset-description')
              ?.hasChildNodes()
          ) &&
          !/Reading the|Asking|Looking for|Fetching|(History|Orders)Show|ShowHistory/.test(
            article?.textContent ?? ''
          )
      );
      expectHarmless(widget.node);
      const text = article?.textContent ?? '';
      const shown = text.replace(/[\n\t]/g, ' ');
      const unseen = shown.search(UNSEEN);
      // In escapes: as it is, such a text can't be read.
      expect(
        unseen < 0
          ? ''
          : escape(shown.slice(Math.max(0, unseen - 60), unseen + 20))
      ).toBe('');
      expect(text).toContain('State set to “Unknown state (9)”');
      if (asset.services.length) {
        expect(text).toContain('Ordered 3 times.');
      }
      if (asset.owner) {
        expect(text).toContain('Not all Ocean Nodes answered: n.example');
      }
      samples += Number(text.includes('Hide sample'));
      await act(async () => widget.dispose());
    }
    expect(samples).toBeGreaterThan(3);
  },
  COUNT * 400
);

test.each(['4.1.0', '4.5.0', '4.7.0', '5.0.0'])(
  'a good record of version %s is shown as it is',
  async version => {
    const nftAddress = `0x${'2'.repeat(40)}`;
    const datatokenAddress = `0x${'3'.repeat(40)}`;
    const [, hash] = (await didOf(nftAddress, 8996)).split('did:op:');
    const isCredential = version === '5.0.0';
    const inLanguage = (text: string): unknown =>
      isCredential ? { '@value': text, '@language': 'en' } : text;
    const id = `did:${isCredential ? 'ope' : 'op'}:${hash}`;
    const subject = {
      id,
      chainId: 8996,
      nftAddress,
      metadata: {
        created: '2026-01-01T00:00:00Z',
        name: 'Trees of the north',
        description: inLanguage('Heights of *trees*.'),
        type: 'dataset',
        [isCredential ? 'providedBy' : 'author']: 'Forest office',
        license: isCredential ? { name: 'MIT' } : 'MIT'
      },
      services: [
        {
          id: 'a',
          type: 'access',
          name: 'Rows',
          description: inLanguage('All rows at once'),
          datatokenAddress,
          serviceEndpoint: 'https://node.example',
          timeout: 604_800
        },
        {
          id: 'c',
          type: 'compute',
          datatokenAddress,
          serviceEndpoint: 'https://node.example',
          timeout: 3600
        }
      ],
      credentials: {
        allow: [
          {
            type: 'address',
            values: isCredential ? [{ address: ACCOUNT }] : [ACCOUNT]
          }
        ],
        deny: []
      }
    };
    const found = readAsset({
      version,
      ...(isCredential ? { credentialSubject: subject } : subject),
      indexedMetadata: {
        nft: { state: 0, owner: ACCOUNT },
        stats: [
          {
            datatokenAddress,
            orders: 4,
            prices: [{ type: 'fixedrate', price: '2.5', token: TOKEN }]
          }
        ]
      }
    });
    expect(found.stats).toEqual({
      orders: 4,
      price: { amount: '2.5', token: TOKEN }
    });
    const chain = new FakeChain();
    chain.total = 2_500_000n;
    const { widget, node } = await showPage(chain, id, found, {
      ports: fakePorts(found)
    });
    await until('the list of accounts', () =>
      /Your account is on the list of those who may use it/.test(
        node.textContent ?? ''
      )
    );
    expect(node.querySelector('h1')?.textContent).toContain(
      'Trees of the north'
    );
    expect(node.querySelector('h1 + p')?.textContent).toContain(
      'by Forest office'
    );
    const part = (title: string): string =>
      [...node.querySelectorAll('section')].find(
        section => section.querySelector('h2')?.textContent === title
      )?.textContent ?? '';
    expect(part('Price and what it buys')).toMatch(/2\.5 USDC.*7 days.*MIT/s);
    const services = part('Services');
    expect(services).toMatch(/Download.*Rows All rows at once.*7 days/s);
    expect(services).toMatch(/Compute.*1 hour/s);
    await until(
      'the description',
      () =>
        node
          .querySelector('.jp-web3-asset-description')
          ?.textContent?.includes('Heights of *trees*.') ?? false
    );
    expect(buttonsOf(node)).toContain('Buy for 2.5 USDC');
    await act(async () => widget.dispose());
  }
);

const buttonsOf = (node: Element): (string | null)[] =>
  [...node.querySelectorAll('button')].map(({ textContent }) => textContent);
