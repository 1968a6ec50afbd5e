import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act } from 'react';

import { AssetPage } from '../assetPage';
import { Downloads } from '../download';
import { Market } from '../market';
import type { AssetModel } from '../model';
import { Purchases } from '../purchase';
import { PurchaseRecords } from '../records';
import { asset, DID, FakeChain, memoryStore, sharedLocks } from './fakes';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

// What jsdom lacks and ReactWidget draws by.
globalThis.requestIdleCallback ??= (run: IdleRequestCallback): number =>
  Number(
    setTimeout(() => run({ didTimeout: false, timeRemaining: () => 50 }), 0)
  );

async function page(chain: FakeChain): Promise<{
  model: AssetModel;
  node: HTMLElement;
  calls: string[];
}> {
  const { wallet, ocean } = chain;
  wallet.network = () => null;
  const market = new Market({
    wallet,
    ocean,
    purchases: new Purchases({
      wallet,
      ocean,
      records: new PurchaseRecords(memoryStore()),
      locks: sharedLocks(),
      confirmForeign: async () => false,
      confirmMainnet: async () => true
    }),
    downloads: new Downloads({
      ipfs: {
        cat: () => {
          throw new Error('offline');
        },
        addFolder: async () => ({ cid: 'c', size: 0 })
      },
      ocean,
      confirmForeign: async () => false
    })
  });
  const calls: string[] = [];
  const call = (name: string) => (): void => {
    calls.push(name);
  };
  const model = market.asset(DID);
  const widget = new AssetPage({
    model,
    wallet,
    rendermime: new RenderMimeRegistry({
      initialFactories: standardRendererFactories
    }),
    trans: nullTranslator.load('jupyterlab_web3'),
    handlers: {
      buy: call('buy'),
      download: call('download'),
      open: call('open'),
      insertCode: call('insertCode')
    }
  });
  await act(async () => {
    Widget.attach(widget, document.body);
    await model.load();
    await new Promise(resolve => setTimeout(resolve, 20));
  });
  return { model, node: widget.node, calls };
}

const buttons = (node: HTMLElement): string[] =>
  [
    ...node.querySelectorAll(
      ':is(.jp-web3-asset-actions, .jp-web3-asset-empty) button.jp-mod-styled'
    )
  ].map(button => button.textContent ?? '');

describe('the page of an asset', () => {
  it('offers to buy for the price, then to download', async () => {
    const chain = new FakeChain();
    chain.total = 5_000_000n;
    const { model, node, calls } = await page(chain);
    expect(node.querySelector('h1')?.textContent).toBe('Iris measurements');
    expect(buttons(node)).toEqual(['Buy for 5 USDC']);
    await act(async () => {
      node.querySelector<HTMLButtonElement>('button.jp-mod-accept')?.click();
      await model.buy();
    });
    expect(calls).toEqual(['buy']);
    expect(buttons(node)).toEqual(['Download']);
  });

  it('says what went wrong in words, and offers to try again', async () => {
    const chain = new FakeChain();
    chain.ocean.resolve = async () => {
      throw Object.assign(new Error('x'), { code: 'node-unreachable' });
    };
    const { node } = await page(chain);
    expect(node.querySelector('[role=alert]')?.textContent).toMatch(
      /does not answer/
    );
    expect(buttons(node)).toEqual(['Try again']);
  });

  it('shows a hostile asset as text', async () => {
    const chain = new FakeChain();
    chain.ocean.resolve = async () =>
      asset({
        name: '<img src=x onerror=alert(1)>',
        description:
          '<button data-commandlinker-command="market:buy">free money</button> <img src="https://spy.example/x.png" alt="plot">',
        tags: ['<b>x</b>']
      });
    const { node } = await page(chain);
    // Rendered, with the picture as a link that waits for a click.
    expect(
      node.querySelector('.jp-web3-asset-description a')?.textContent
    ).toBe('plot');
    expect(node.querySelector('h1')?.textContent).toBe(
      '<img src=x onerror=alert(1)>'
    );
    expect(
      node.querySelector('[data-commandlinker-command], img[src^=http]')
    ).toBeNull();
  });
});
