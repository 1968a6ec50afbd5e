/**
 * Everything that the account bought, on all its networks: from the chain's
 * events, and from what this browser remembers where the chain was not asked yet.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import { findAllOrders, type IOrderScan } from '../ocean/orders';
import type { INetwork, IWallet } from '../tokens';
import { isCancelled } from './errors';
import { isInUse, withContracts } from './networksInUse';
import type { IAsset, IMarketOcean } from './ports';
import type { IRecordStore, PurchaseRecords } from './records';

/** One asset that was bought, by its latest order. */
export interface IPurchased {
  did: string;
  chainId: number;
  /** Untrusted text; empty where nobody knows it. */
  name: string;
  orderTx: string;
  /** Seconds since 1970; null where only this browser knows of it. */
  time: number | null;
  /** Seconds since 1970; null: never; undefined: not known. */
  until: number | null | undefined;
  /** Whether it can be downloaded; null where no node knows it. */
  active: boolean | null;
  /** How often it was ordered. */
  orders: number;
  /** Who ordered it for this account, where that was another one. */
  giver?: string;
}

export interface INetworkSearch {
  chainId: number;
  name: string;
  state: 'waiting' | 'looking' | 'done' | 'stopped' | 'failed';
  /** 0 … 1 of its blocks. */
  share: number;
  problem: unknown;
  /** The person uses it: see `isInUse`. */
  used: boolean;
}

export interface IPurchasesDeps {
  wallet: Pick<IWallet, 'state' | 'stateChanged' | 'networks' | 'reader'>;
  ocean: Pick<IMarketOcean, 'known'>;
  records: PurchaseRecords;
  store: IRecordStore;
}

const CACHE = 'jupyterlab-web3:orders:';

export class PurchasesModel {
  constructor(private _deps: IPurchasesDeps) {
    _deps.wallet.stateChanged.connect(this._onWallet, this);
    _deps.records.changed.connect(this._tell, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get busy(): boolean {
    return this._stop !== null;
  }

  /** The networks that were looked at, or are. */
  get searches(): readonly INetworkSearch[] {
    return [...this._searches.values()];
  }

  /** Networks with Ocean contracts that were not looked at. */
  get others(): readonly INetwork[] {
    return this._others;
  }

  /** Newest first. */
  get items(): readonly IPurchased[] {
    const { account } = this._deps.wallet.state;
    if (!account) {
      return [];
    }
    const items = new Map<string, IPurchased>();
    for (const [chainId, scan] of this._scans) {
      for (const order of scan.orders) {
        const key = `${chainId}:${order.did}`;
        const before = items.get(key);
        const asset = this._assets.get(order.did);
        const timeout = asset?.services.find(
          one => one.index === order.serviceIndex
        )?.timeout;
        // Later ones come later, also within one second.
        items.delete(key);
        items.set(key, {
          did: order.did,
          chainId,
          name: asset?.name ?? '',
          orderTx: order.tx,
          time: order.timestamp,
          until:
            timeout === undefined
              ? undefined
              : timeout === 0
                ? null
                : order.timestamp + timeout,
          active: asset ? asset.active : null,
          orders: (before?.orders ?? 0) + 1,
          giver:
            order.payer !== undefined &&
            order.payer.toLowerCase() !== account.toLowerCase()
              ? order.payer
              : undefined
        });
      }
    }
    for (const record of this._deps.records.list(account)) {
      const key = `${record.chainId}:${record.did}`;
      const known = items.get(key);
      if (known) {
        items.set(key, { ...known, name: known.name || record.name });
      } else {
        items.set(key, {
          did: record.did,
          chainId: record.chainId,
          name: record.name,
          orderTx: record.hash ?? '',
          time: Math.floor(Date.parse(record.asked) / 1000) || null,
          until: undefined,
          active: null,
          orders: 1
        });
      }
    }
    return [...items.values()]
      .reverse()
      .sort((a, b) => (b.time ?? 0) - (a.time ?? 0));
  }

  /**
   * Look at the networks that the account is likely to have bought on: see
   * `isInUse`. Never rejects.
   *
   * @param everywhere - at all networks with Ocean contracts: each endpoint
   *   learns the account
   */
  async refresh(everywhere = false): Promise<void> {
    this.stop();
    this._everywhere = everywhere;
    const { account, chainId } = this._deps.wallet.state;
    this._scans.clear();
    this._searches.clear();
    this._others = [];
    if (!account) {
      this._tell();
      return;
    }
    const stop = new AbortController();
    this._stop = stop;
    const known = new Set(
      this._deps.records.list(account).map(record => record.chainId)
    );
    const networks = await withContracts(this._deps.wallet.networks);
    if (stop.signal.aborted) {
      return;
    }
    for (const network of networks) {
      const cached = this._cached(network.chainId, account);
      if (cached) {
        this._scans.set(network.chainId, cached);
        // That it was looked at once does not make it one that is used.
        if (cached.orders.length > 0) {
          known.add(network.chainId);
        }
      }
      const used = isInUse(network, { chainId, known });
      if (everywhere || used) {
        this._searches.set(network.chainId, {
          chainId: network.chainId,
          name: network.name,
          state: 'waiting',
          share: 0,
          problem: null,
          used
        });
      } else {
        this._others.push(network);
      }
    }
    this._tell();
    await Promise.all(
      [...this._searches.keys()].map(id => this._look(id, account, stop.signal))
    );
    if (this._stop === stop) {
      this._stop = null;
      this._tell();
    }
  }

  /** Look once more where it was looked last. */
  again(): Promise<void> {
    return this.refresh(this._everywhere);
  }

  /**
   * Look now, and again for each account that logs in, until `rest`: endpoints
   * learn of an account only while its purchases are looked at.
   */
  watch(): void {
    this._watched = true;
    this._account = this._deps.wallet.state.account;
    void this.refresh();
  }

  rest(): void {
    this._watched = false;
    this.stop();
  }

  /** Stop looking; what was found stays. */
  stop(): void {
    this._stop?.abort();
    this._stop = null;
    for (const [id, search] of this._searches) {
      if (search.state === 'looking' || search.state === 'waiting') {
        this._searches.set(id, { ...search, state: 'stopped' });
      }
    }
    this._tell();
  }

  dispose(): void {
    this.stop();
    this._deps.wallet.stateChanged.disconnect(this._onWallet, this);
    this._deps.records.changed.disconnect(this._tell, this);
    Signal.clearData(this);
  }

  private async _look(
    chainId: number,
    account: string,
    signal: AbortSignal
  ): Promise<void> {
    const { wallet, ocean } = this._deps;
    const network = wallet.networks.find(one => one.chainId === chainId);
    const set = (patch: Partial<INetworkSearch>): void => {
      const search = this._searches.get(chainId);
      if (search && !signal.aborted) {
        this._searches.set(chainId, { ...search, ...patch });
        this._tell();
      }
    };
    if (!network) {
      return;
    }
    set({ state: 'looking' });
    try {
      const scan = await findAllOrders(
        wallet.reader(chainId),
        network,
        account,
        {
          from: this._cached(chainId, account),
          signal,
          onProgress: (found, share) => {
            this._keep(chainId, account, found);
            if (!signal.aborted) {
              this._scans.set(chainId, found);
              set({ share });
            }
          }
        }
      );
      if (signal.aborted) {
        return;
      }
      this._scans.set(chainId, scan);
      const dids = [...new Set(scan.orders.map(({ did }) => did))];
      const known: IAsset[] = dids.length
        ? ((await ocean.known(chainId, dids, signal)) ?? [])
        : [];
      for (const asset of known) {
        this._assets.set(asset.did, asset);
      }
      set({ state: 'done', share: 1 });
    } catch (reason) {
      if (!isCancelled(reason)) {
        set({ state: 'failed', problem: reason });
      }
    }
  }

  private _key(chainId: number, account: string): string {
    return `${CACHE}${chainId}:${account.toLowerCase()}`;
  }

  private _cached(chainId: number, account: string): IOrderScan | null {
    const text = this._deps.store.getItem(this._key(chainId, account));
    try {
      const scan = text === null ? null : (JSON.parse(text) as IOrderScan);
      return scan &&
        Number.isSafeInteger(scan.block) &&
        typeof scan.blockHash === 'string' &&
        Array.isArray(scan.orders) &&
        Array.isArray(scan.impostors)
        ? scan
        : null;
    } catch {
      // Not ours, or cut off: looked for from the beginning.
      return null;
    }
  }

  private _keep(chainId: number, account: string, scan: IOrderScan): void {
    try {
      this._deps.store.setItem(
        this._key(chainId, account),
        JSON.stringify(scan)
      );
    } catch (reason) {
      // A full store: the next search starts earlier, nothing is lost.
      console.warn('The search could not be kept', reason);
    }
  }

  private _onWallet(): void {
    const { account } = this._deps.wallet.state;
    if (this._watched && account !== this._account) {
      this._account = account;
      void this.refresh();
    }
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _watched = false;
  private _everywhere = false;
  private _account: string | null = null;
  private _scans = new Map<number, IOrderScan>();
  private _searches = new Map<number, INetworkSearch>();
  private _others: INetwork[] = [];
  private _assets = new Map<string, IAsset>();
  private _stop: AbortController | null = null;
  private _changed = new Signal<this, void>(this);
}
