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
import { FakeChain, memoryStore } from './fakes';
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

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/;

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

test(
  'the page shows each, and nothing of it runs',
  async () => {
    for (const asset of readable()) {
      const { widget } = await showPage(new FakeChain(), asset.did, asset);
      // The description comes by a promise of its own, once the rest is drawn.
      await until(`the description of ${asset.did}`, () =>
        Boolean(
          widget.node
            .querySelector('article .jp-web3-asset-description')
            ?.hasChildNodes()
        )
      );
      expectHarmless(widget.node);
      await act(async () => widget.dispose());
    }
  },
  COUNT * 300
);
