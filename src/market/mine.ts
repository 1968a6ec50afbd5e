/**
 * What an account owns or published: the chain tells which assets there are,
 * the nodes' indexes what they are called. Nothing hides what an index dropped.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import { readAsset, type IAsset } from '../ocean/asset';
import { OceanError } from '../ocean/errors';
import type { OceanNodeClient } from '../ocean/nodeClient';
import { ownedAssets, type IOwnedAsset } from '../ocean/owned';
import { readRevenue, type IRevenue } from '../ocean/revenue';
import { readSale, type ISale } from '../ocean/sale';
import type { INetwork, IWallet } from '../tokens';
import { isInUse, withContracts, type FoundOn } from './networksInUse';

export interface IMineRow extends IOwnedAsset {
  /** As its index has it; null where there is none, or a placeholder. */
  asset: IAsset | null;
  /** What is asked now; null while it is not read yet. */
  sale: ISale | null;
  revenue: IRevenue | null;
}

export interface IMineState {
  account: string | null;
  loading: boolean;
  rows: IMineRow[];
  /** Names of networks that were not asked: see `isInUse`. */
  others: string[];
  /** Networks that could not be read, with the reason. */
  failed: {
    network: string;
    reason: unknown;
    /** The person uses it. */
    used: boolean;
    /** What is not there for it: all, names and texts, what was given to one. */
    what: 'all' | 'index' | 'given';
  }[];
}

export interface IMineDeps {
  wallet: Pick<IWallet, 'state' | 'stateChanged' | 'reader' | 'networks'>;
  found: Pick<FoundOn, 'get' | 'add'>;
  node: (
    url: string,
    account: string | null,
    chainId: number
  ) => Promise<OceanNodeClient>;
}

/** Assets that an index is asked for at once. */
const PAGE = 100;

export class MineModel {
  constructor(private _deps: IMineDeps) {
    _deps.wallet.stateChanged.connect(this._onWallet, this);
  }

  get state(): IMineState {
    return this._state;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  dispose(): void {
    this._deps.wallet.stateChanged.disconnect(this._onWallet, this);
    Signal.clearData(this);
  }

  /** Read it once more where it was read last. */
  again(): Promise<void> {
    return this.load(this._everywhere);
  }

  /**
   * Read it (again), on the networks that are in use. Never rejects.
   *
   * @param everywhere - on all networks with Ocean contracts: each endpoint
   *   learns the account
   */
  async load(everywhere = false): Promise<void> {
    this._everywhere = everywhere;
    const turn = ++this._turn;
    const { wallet, found } = this._deps;
    const { account, chainId } = wallet.state;
    const rows = account === this._state.account ? this._state.rows : [];
    this._set({
      account,
      rows,
      loading: account !== null,
      others: [],
      failed: []
    });
    if (!account) {
      return;
    }
    const current = (): boolean => turn === this._turn;
    const networks = await withContracts(wallet.networks);
    if (!current()) {
      return;
    }
    const known = found.get(account);
    const used = new Set(
      networks.filter(one => isInUse(one, { chainId, known }))
    );
    if (!everywhere) {
      this._set({
        others: networks.filter(one => !used.has(one)).map(({ name }) => name)
      });
    }
    await Promise.all(
      (everywhere ? networks : [...used]).map(network =>
        this._loadOne(network, account, used.has(network), current)
      )
    );
    if (current()) {
      this._set({ loading: false });
    }
  }

  private async _loadOne(
    network: INetwork,
    account: string,
    used: boolean,
    current: () => boolean
  ): Promise<void> {
    const fail = (
      reason: unknown,
      what: IMineState['failed'][0]['what']
    ): void => {
      if (current()) {
        this._set({
          failed: [
            ...this._state.failed,
            { network: network.name, reason, used, what }
          ]
        });
      }
    };
    let owned: IOwnedAsset[];
    let assets = new Map<string, IAsset>();
    try {
      assets = await this._ofOwner(network, account);
    } catch (reason) {
      fail(reason, 'index');
    }
    try {
      const found = await ownedAssets(
        this._deps.wallet.reader(network.chainId),
        network,
        account,
        [...assets.values()].map(({ nftAddress }) => nftAddress)
      );
      owned = found.assets;
      if (found.missing !== null) {
        fail(found.missing, 'given');
      }
    } catch (reason) {
      fail(reason, 'all');
      return;
    }
    if (owned.length > 0) {
      this._deps.found.add(account, network.chainId);
    }
    try {
      assets = await this._indexed(network, owned);
    } catch (reason) {
      fail(reason, 'index');
    }
    if (!current()) {
      return;
    }
    const before = new Map(this._state.rows.map(row => [row.did, row]));
    const others = this._state.rows.filter(
      ({ chainId }) => chainId !== network.chainId
    );
    this._set({
      rows: [
        ...others,
        ...owned.map(one => ({
          sale: null,
          revenue: null,
          ...before.get(one.did),
          ...one,
          asset: assets.get(one.did) ?? null
        }))
      ]
    });
    await this._money(network, owned, fail, current);
  }

  /** What the network's index calls the account's; not to be believed as such. */
  private async _ofOwner(
    network: INetwork,
    account: string
  ): Promise<Map<string, IAsset>> {
    if (!network.oceanNode) {
      return new Map();
    }
    const node = await this._deps.node(
      network.oceanNode,
      null,
      network.chainId
    );
    const answers = await node.query({
      query: {
        bool: {
          filter: [
            { term: { 'indexedMetadata.nft.owner.keyword': account } },
            { term: { chainId: network.chainId } }
          ]
        }
      },
      from: 1,
      size: PAGE
    });
    return new Map(
      answers.flatMap(ddo => {
        const asset = readable(ddo);
        return asset?.chainId === network.chainId ? [[asset.did, asset]] : [];
      })
    );
  }

  /** What is in the network's index, by DID. */
  private async _indexed(
    network: INetwork,
    owned: readonly IOwnedAsset[]
  ): Promise<Map<string, IAsset>> {
    const found = new Map<string, IAsset>();
    if (!network.oceanNode || !owned.length) {
      return found;
    }
    const node = await this._deps.node(
      network.oceanNode,
      null,
      network.chainId
    );
    for (let at = 0; at < owned.length; at += PAGE) {
      const dids = owned.slice(at, at + PAGE).map(({ did }) => did);
      const answers = await node.query({
        query: {
          bool: {
            should: [{ terms: { 'id.keyword': dids } }, { terms: { id: dids } }]
          }
        },
        from: 1,
        size: PAGE
      });
      for (const ddo of answers) {
        const asset = readable(ddo);
        if (asset) {
          found.set(asset.did, asset);
        }
      }
    }
    return found;
  }

  /** Prices and earnings, one asset after the other: nobody waits for them. */
  private async _money(
    network: INetwork,
    owned: readonly IOwnedAsset[],
    fail: (reason: unknown, what: 'all') => void,
    current: () => boolean
  ): Promise<void> {
    const reader = this._deps.wallet.reader(network.chainId);
    for (const { did, nft } of owned) {
      if (!current()) {
        return;
      }
      try {
        const [revenue, sale] = await Promise.all([
          readRevenue(reader, network, nft.datatokens),
          nft.datatokens[0]
            ? readSale(reader, network, nft.datatokens[0])
            : null
        ]);
        if (current()) {
          this._set({
            rows: this._state.rows.map(row =>
              row.did === did ? { ...row, revenue, sale } : row
            )
          });
        }
      } catch (reason) {
        fail(reason, 'all');
        return;
      }
    }
  }

  private _onWallet(): void {
    if (this._deps.wallet.state.account !== this._state.account) {
      void this.load();
    }
  }

  private _set(patch: Partial<IMineState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _state: IMineState = {
    account: null,
    loading: false,
    rows: [],
    others: [],
    failed: []
  };
  private _everywhere = false;
  private _turn = 0;
}

/** null for the placeholders of revoked assets, and what can't be read. */
function readable(ddo: unknown): IAsset | null {
  try {
    const asset = readAsset(ddo);
    return asset.version === 'deprecated' ? null : asset;
  } catch (reason) {
    if (reason instanceof OceanError) {
      return null;
    }
    throw reason;
  }
}
