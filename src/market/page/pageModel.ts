/** All that the sections of one page ask for, made when its asset is known. */
import { assertGenuine } from '../../ocean/genuine';
import { orderHistory, versionHistory } from './chainHistory';
import type { IHistory, IOrderEntry, IVersions } from './chainHistory';
import { Asked } from './asked';
import type { IAsset } from '../ports';
import type { IOwned, IPagePorts } from './ports';
import { SampleModel } from './sampleModel';
import { checkStorage, type IStorageReport } from './storage';

export class PageModel {
  constructor(
    readonly asset: IAsset,
    readonly ports: IPagePorts
  ) {
    this.sample =
      asset.sample === null ? null : new SampleModel(asset.sample, ports);
    this.genuine = new Asked(async () => {
      const { reader, network } = ports.chain(asset);
      return assertGenuine(reader, network, asset);
    });
    this.storage = new Asked(signal => checkStorage(asset, ports, signal));
    const { owner } = asset;
    this.owned =
      owner === null
        ? null
        : new Asked(signal => ports.byOwner(owner, { signal }));
    this.history = new Asked(async signal =>
      versionHistory(ports.chain(asset), asset.nftAddress, { signal })
    );
    this.orders = new Asked(async signal =>
      orderHistory(ports.chain(asset), asset, { signal })
    );
  }

  readonly sample: SampleModel | null;
  /** Throws `not-genuine`, and what stands in the way of asking. */
  readonly genuine: Asked<{ owner: string }>;
  readonly storage: Asked<IStorageReport>;
  readonly owned: Asked<IOwned> | null;
  readonly history: Asked<IVersions>;
  readonly orders: Asked<IHistory<IOrderEntry>>;

  dispose(): void {
    for (const part of [
      this.sample,
      this.genuine,
      this.storage,
      this.owned,
      this.history,
      this.orders
    ]) {
      part?.dispose();
    }
  }
}
