/** A buyer's and an owner's side of the market, as wired in Lab, over the real stack. */
import { Changes } from '../change';
import { Downloads } from '../download';
import { ManageModel } from '../manage';
import { Market } from '../market';
import { MarketOcean } from '../ocean';
import type { IPlace } from '../place';
import { Purchases } from '../purchase';
import { PurchaseRecords } from '../records';
import { memoryStore, sharedLocks } from './fakes';
import { engine, network, noServer, TestWallet } from './stackWorld';

export interface IShop {
  market: Market;
  ocean: MarketOcean;
  wallet: TestWallet;
  place: IPlace;
  /** What was downloaded, by path. */
  written: Map<string, Buffer>;
}

/** The market of a browser that remembers nothing, and a place to download to. */
export function shopOf(wallet: TestWallet): IShop {
  const ocean = new MarketOcean({ wallet: wallet.room, server: noServer });
  const confirmForeign = async (): Promise<boolean> => false;
  const written = new Map<string, Buffer>();
  const place: IPlace = {
    prefix: '',
    kind: async path => (written.has(path) ? 'file' : null),
    mkdir: async () => undefined,
    write: async (path, content) => {
      const blob = await content.blob();
      written.set(path, Buffer.from(await blob.arrayBuffer()));
    },
    move: async (from, to) => {
      for (const [path, bytes] of [...written]) {
        if (path.startsWith(`${from}/`)) {
          written.delete(path);
          written.set(to + path.slice(from.length), bytes);
        }
      }
    },
    remove: async () => undefined
  };
  const market = new Market({
    wallet: wallet.room,
    ocean,
    purchases: new Purchases({
      wallet: wallet.room,
      ocean,
      records: new PurchaseRecords(memoryStore()),
      locks: sharedLocks(),
      confirmForeign,
      confirmMainnet: async () => true
    }),
    downloads: new Downloads({ ipfs: engine, ocean, confirmForeign })
  });
  return { market, ocean, wallet, place, written };
}

/** Where an account looks after an asset, in a browser that remembers nothing. */
export function deskOf(
  wallet: TestWallet,
  did: string,
  nft: string,
  o: {
    /** What is said to the question about real money. */
    agrees?: boolean;
    /** What a lagging index still has. */
    old?: unknown;
  } = {}
): ManageModel {
  const ocean = new MarketOcean({ wallet: wallet.room, server: noServer });
  return new ManageModel(did, network.chainId, nft, {
    wallet: wallet.room,
    changes: new Changes({
      wallet: wallet.room,
      store: memoryStore(),
      locks: sharedLocks(),
      interval: 30
    }),
    node: async (...args) => {
      const node = await ocean.nodeAt(...args);
      return o.old === undefined
        ? node
        : (Object.assign(Object.create(node), {
            ddo: async () => o.old
          }) as typeof node);
    },
    confirmAgain: async () => false,
    confirmMainnet: async () => o.agrees ?? true,
    store: memoryStore(),
    indexTimeout: 20_000
  });
}
