/** The page of an asset over a chain of memory, as Lab shows it. */
import {
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act } from 'react';

import type { IAsset } from '../../ocean/asset';
import { AssetPage } from '../assetPage';
import { Downloads } from '../download';
import { Market } from '../market';
import type { AssetModel } from '../model';
import type { IPagePorts } from '../page/ports';
import { Purchases } from '../purchase';
import type { Sums } from '../purchaseTerms';
import { PurchaseRecords } from '../records';
import { memoryStore, sharedLocks, type FakeChain } from './fakes';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

// What jsdom lacks and ReactWidget draws by.
globalThis.requestIdleCallback ??= (run: IdleRequestCallback): number =>
  Number(
    setTimeout(() => run({ didTimeout: false, timeRemaining: () => 50 }), 0)
  );

/**
 * @param found - what the index has; as `chain.ocean` says when omitted
 * @param o.loaded - wait until all is read; by default
 * @param o.ports - what the sections ask; without them the record alone is shown
 */
export async function showPage(
  chain: FakeChain,
  did: string,
  found?: IAsset,
  o: { loaded?: boolean; ports?: IPagePorts } = {}
): Promise<{
  model: AssetModel;
  widget: AssetPage;
  node: HTMLElement;
  /** What the buttons of the page asked for. */
  calls: string[];
  /** The sums that the button had when it was pressed. */
  shown: Sums[];
}> {
  const { wallet } = chain;
  const ocean = found
    ? { ...chain.ocean, resolve: async () => found }
    : chain.ocean;
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
  const shown: Sums[] = [];
  const call = (name: string) => (): void => {
    calls.push(name);
  };
  const model = market.asset(did);
  const widget = new AssetPage({
    model,
    wallet,
    rendermime: new RenderMimeRegistry({
      initialFactories: standardRendererFactories
    }),
    trans: nullTranslator.load('jupyterlab_web3'),
    ports: o.ports,
    handlers: {
      buy: sums => {
        shown.push(sums);
        calls.push('buy');
      },
      download: call('download'),
      open: call('open'),
      insertCode: call('insertCode')
    }
  });
  await act(async () => {
    Widget.attach(widget, document.body);
    const loading = model.load();
    if (o.loaded !== false) {
      await loading;
    }
    // The description is drawn by a promise of its own.
    await new Promise(resolve => setTimeout(resolve, 15));
  });
  return { model, widget, node: widget.node, calls, shown };
}
