/** @jest-environment node */
/** Where an account's assets are looked for, with no network that answers. */
import { Signal } from '@lumino/signaling';

import type { INetwork, IWallet, IWalletState } from '../../tokens';
import { PRESETS } from '../../wallet/presets';
import { MineModel } from '../mine';
import { FoundOn, isInUse, withContracts } from '../networksInUse';
import { PurchasesModel } from '../purchasesModel';
import { PurchaseRecords, type IRecordStore } from '../records';
import { ACCOUNT, memoryStore } from './fakes';

const POLYGON = 137;
const preset = (chainId: number): INetwork =>
  PRESETS.find(network => network.chainId === chainId)!;

/** A wallet on Polygon, of which nothing outside answers. */
function offline(): { wallet: IWallet; asked: Set<number> } {
  const asked = new Set<number>();
  const wallet = {
    state: { account: ACCOUNT, chainId: POLYGON } as IWalletState,
    networks: PRESETS,
    stateChanged: new Signal<object, IWalletState>({}),
    reader: (chainId: number) => ({
      request: async () => {
        asked.add(chainId);
        throw Object.assign(new Error('nobody there'), { code: 4900 });
      }
    })
  };
  return { wallet: wallet as unknown as IWallet, asked };
}

function mineOf(store: IRecordStore) {
  const { wallet, asked } = offline();
  const mine = new MineModel({
    wallet,
    found: new FoundOn(store),
    node: async () => {
      throw new Error('no node is set');
    }
  });
  return { mine, asked };
}

it('is in use: the wallet’s, one with an Ocean Node, one where something is known', () => {
  const known = new Set([1]);
  const inUse = (network: INetwork): boolean =>
    isInUse(network, { chainId: POLYGON, known });
  expect(inUse(preset(POLYGON))).toBe(true);
  expect(inUse(preset(1))).toBe(true);
  expect(inUse(preset(8453))).toBe(false);
  expect(inUse({ ...preset(8453), oceanNode: 'http://node' })).toBe(true);
  expect(inUse({ ...preset(8453), local: true })).toBe(true);
});

it('my assets: only what is in use is asked, the rest when wanted', async () => {
  const store = memoryStore();
  const all = (await withContracts(PRESETS)).map(({ chainId }) => chainId);
  const { mine, asked } = mineOf(store);
  await mine.load();
  expect([...asked]).toEqual([POLYGON]);
  expect(mine.state.failed).toEqual([
    expect.objectContaining({ network: 'Polygon', used: true, what: 'all' })
  ]);
  expect(mine.state.others).toHaveLength(all.length - 1);
  expect(mine.state.loading).toBe(false);
  await mine.load(true);
  expect(asked.size).toBe(all.length);
  expect(mine.state.others).toEqual([]);
  expect(mine.state.failed.filter(({ used }) => used)).toHaveLength(1);
  expect(mine.state.failed).toHaveLength(all.length);
  // The same again; the next load is a quiet one.
  asked.clear();
  await mine.again();
  expect(asked.size).toBe(all.length);
  asked.clear();
  await mine.load();
  expect([...asked]).toEqual([POLYGON]);
});

it('where assets were found is asked from then on, an account at a time', async () => {
  const store = memoryStore();
  const found = new FoundOn(store);
  found.add(ACCOUNT, 1);
  found.add(ACCOUNT, 1);
  expect([...found.get(ACCOUNT.toLowerCase())]).toEqual([1]);
  expect([...found.get('0x00')]).toEqual([]);
  const { mine, asked } = mineOf(store);
  await mine.load();
  expect([...asked].sort((a, b) => a - b)).toEqual([1, POLYGON]);
  store.setItem(`jupyterlab-web3:mine:${ACCOUNT.toLowerCase()}`, '{"cut');
  expect([...found.get(ACCOUNT)]).toEqual([]);
});

it('purchases: that a network was looked at once does not make it one in use', async () => {
  const store = memoryStore();
  const { wallet, asked } = offline();
  const empty = { block: 9, blockHash: '0x1', orders: [], impostors: [] };
  store.setItem(
    `jupyterlab-web3:orders:1:${ACCOUNT.toLowerCase()}`,
    JSON.stringify(empty)
  );
  const purchases = new PurchasesModel({
    wallet,
    ocean: { known: async () => null },
    records: new PurchaseRecords(store),
    store
  });
  await purchases.refresh();
  expect([...asked]).toEqual([POLYGON]);
  expect(purchases.searches).toEqual([
    expect.objectContaining({ state: 'failed', used: true })
  ]);
  await purchases.refresh(true);
  expect(purchases.searches.filter(({ used }) => !used).length).toBe(
    asked.size - 1
  );
  expect(purchases.others).toEqual([]);
});
