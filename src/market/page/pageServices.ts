/** The ports of the page's sections, answered by the other rooms. */
import { searchAssets } from '../../ocean/catalogue';
import { oceanConfig } from '../../ocean/config';
import type { OceanNodeClient } from '../../ocean/nodeClient';
import type { IFileInfo } from '../../ocean/nodeClient';
import type { IIpfs, IPinning } from '../../tokens';
import { MarketError } from '../errors';
import { inTime } from '../nodeRace';
import type { MarketOcean } from '../ocean';
import type { IAsset } from '../ports';
import type { IAssetChain, IOwned, IPagePorts } from './ports';

export interface IServicesDeps {
  ipfs: Pick<IIpfs, 'block' | 'status'>;
  ocean: Pick<MarketOcean, 'at' | 'nodes' | 'reading' | 'foreignHost'>;
  pinning: Pick<IPinning, 'load' | 'holders'> | null;
  confirmForeign: (host: string) => Promise<boolean>;
  gateways: () => Promise<readonly string[]>;
  open: (did: string) => void;
  /** Where JupyterLab is, with a slash at its end. */
  lab: string;
}

/** Assets of one seller that are listed. */
const LISTED = 12;
/** Milliseconds that a seller's list is good for: nodes count requests. */
const FRESH = 5 * 60 * 1000;

/** What links carry, for the router. */
export const LINK_PARAMETER = 'web3-asset';

export class PageServices implements IPagePorts {
  constructor(private _deps: IServicesDeps) {
    const { pinning } = _deps;
    this.ipfs = _deps.ipfs;
    this.holders =
      pinning &&
      (async (cid, o) => {
        await pinning.load();
        return pinning.holders(cid, o);
      });
  }

  readonly ipfs: IPagePorts['ipfs'];
  readonly holders: IPagePorts['holders'];

  gateways(): Promise<readonly string[]> {
    return this._deps.gateways();
  }

  chain(asset: IAsset): IAssetChain {
    const { network, reader } = this._deps.ocean.at(asset);
    return {
      network,
      reader,
      startBlock: async () => (await oceanConfig(network)).startBlock ?? 0
    };
  }

  async fileInfo(
    asset: IAsset,
    o: { signal?: AbortSignal }
  ): Promise<IFileInfo[]> {
    const { ocean, confirmForeign } = this._deps;
    const host = ocean.foreignHost(asset);
    if (host !== null && !(await confirmForeign(host))) {
      throw new MarketError('node-refused-by-person', `Not asked: ${host}`);
    }
    const node = await ocean.reading(asset);
    return node.fileInfo(
      { did: asset.did, serviceId: asset.service?.id ?? '' },
      o
    );
  }

  async byOwner(owner: string, o: { signal?: AbortSignal }): Promise<IOwned> {
    const key = owner.toLowerCase();
    const known = this._owned.get(key);
    if (known && Date.now() - known.at < FRESH) {
      return known.owned;
    }
    const owned = await this._ask(owner, o.signal);
    if (!owned.silent.length) {
      this._owned.set(key, { owned, at: Date.now() });
    }
    return owned;
  }

  open(did: string): void {
    this._deps.open(did);
  }

  link(did: string): string {
    const url = new URL(this._deps.lab);
    url.searchParams.set(LINK_PARAMETER, did);
    // A colon means nothing in a query; links are read by people, too.
    return url.href.replace(/%3A/gi, ':');
  }

  private async _ask(owner: string, signal?: AbortSignal): Promise<IOwned> {
    const nodes = await this._deps.ocean.nodes();
    const silent: string[] = [];
    const one = async (node: OceanNodeClient): Promise<IAsset[]> => {
      try {
        return await inTime(
          node.url,
          (_, stop) =>
            searchAssets(node, { owner, size: LISTED + 1 }, { signal: stop }),
          signal
        );
      } catch {
        signal?.throwIfAborted();
        // The others may know of some; who was silent is told.
        silent.push(new URL(node.url).host);
        return [];
      }
    };
    const found = new Map<string, IAsset>();
    for (const asset of (await Promise.all(nodes.map(one))).flat()) {
      // A node that ignores the query answers with everybody's.
      if (asset.owner?.toLowerCase() === owner.toLowerCase()) {
        found.set(asset.did, asset);
      }
    }
    const assets = [...found.values()];
    return {
      assets: assets.slice(0, LISTED),
      silent,
      more: assets.length > LISTED
    };
  }

  private _owned = new Map<string, { owned: IOwned; at: number }>();
}
