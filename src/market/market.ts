/** The models of assets by DID: one an asset, shared by its page and the commands. */
import { AssetModel, type IMarketDeps } from './model';

export class Market {
  constructor(private _deps: IMarketDeps) {}

  asset(did: string): AssetModel {
    let model = this._models.get(did);
    if (!model) {
      model = new AssetModel(did, this._deps);
      this._models.set(did, model);
    }
    return model;
  }

  private _models = new Map<string, AssetModel>();
}
