/**
 * The market's workers put together, and what its commands do with them. Loaded
 * on first use; dialogs and words are the plugin's.
 */
import type { Contents } from '@jupyterlab/services';

import { saveToWorkspace } from '../drive/transfer';
import { LIBRARIES, type Library } from '../notebook/libraries';
import { pathForKernel, pythonSnippet } from '../notebook/snippets';
import type { IConsumerParameter } from '../ocean/asset';
import { isDid } from '../ocean/did';
import { parseAmount } from '../ocean/pricing';
import type { IIpfs, IWallet, IWeb3Server } from '../tokens';
import { Downloads, type IDownloaded } from './download';
import { codeOf, MarketError } from './errors';
import { Market } from './market';
import type { AssetModel } from './model';
import { MarketOcean } from './ocean';
import { askedFor, checkParameters } from './parameters';
import { Partials } from './partials';
import type { IAsset, UserData } from './ports';
import { drivePlace, workspacePlace, type IPlace } from './place';
import { Purchases, type ILocks, type IPurchase } from './purchase';
import { PurchasesModel } from './purchasesModel';
import type { Sums } from './purchaseTerms';
import type { IRecordStore, PurchaseRecords } from './records';

export interface ISessionDeps {
  contents: Contents.IManager;
  /** Names the server and its folder: paths are of it alone. */
  root: string;
  ipfs: IIpfs;
  wallet: IWallet;
  server: IWeb3Server;
  records: PurchaseRecords;
  /** Where searches of the chain are kept. */
  store: IRecordStore;
  locks: ILocks | null;
  /** Ask whether a node outside the settings may be used. */
  confirmForeign: (host: string) => Promise<boolean>;
  /** Ask once more where real money is paid; true at once elsewhere. */
  confirmMainnet: (asset: IAsset) => Promise<boolean>;
  /** Log in; false when the person did not. */
  login: () => Promise<boolean>;
  /**
   * Ask whether no prompt of before is open any more.
   *
   * @param sent - it was confirmed, and the network has not seen it yet
   */
  confirmAgain: (sent: boolean) => Promise<boolean>;
  /** Ask for values of consumer parameters; null when the person leaves. */
  askParameters: (
    parameters: readonly IConsumerParameter[]
  ) => Promise<UserData | null>;
  /** Ask whether sealed content may lie on the drive, in the clear. */
  confirmClear: () => Promise<boolean>;
  /** Ocean Nodes of the settings, besides those of the networks. */
  furtherNodes?: () => readonly string[];
  /** Tell who shows the drive that a path of it changed. */
  announce: (mfsPath: string) => void;
}

/**
 * Where downloads go by default: a folder of its own. Next to a notebook, a
 * stranger's `pandas.py` would be imported instead of pandas.
 */
export const DOWNLOADS = 'downloads/';

export class MarketSession {
  constructor(private _deps: ISessionDeps) {
    const { wallet, ipfs, server, records, locks, furtherNodes } = _deps;
    const ocean = (this.ocean = new MarketOcean({
      wallet,
      server,
      furtherNodes
    }));
    this.purchases = new PurchasesModel({
      wallet,
      ocean,
      records,
      store: _deps.store
    });
    const agreed = new Set<string>();
    const confirmForeign = async (host: string): Promise<boolean> => {
      if (!agreed.has(host) && (await _deps.confirmForeign(host))) {
        agreed.add(host);
      }
      return agreed.has(host);
    };
    this.confirmForeign = confirmForeign;
    this.market = new Market({
      wallet,
      ocean,
      purchases: new Purchases({
        wallet,
        ocean,
        records,
        locks,
        confirmForeign,
        confirmMainnet: _deps.confirmMainnet
      }),
      downloads: new Downloads({
        ipfs,
        ocean,
        confirmForeign,
        partials: new Partials()
      })
    });
  }

  readonly market: Market;
  readonly ocean: MarketOcean;
  /** Whether a node outside the settings may be asked; remembered by host. */
  readonly confirmForeign: (host: string) => Promise<boolean>;
  readonly purchases: PurchasesModel;

  /** The model of an asset, read. */
  async asset(did: string): Promise<AssetModel> {
    if (!isDid(did)) {
      throw new MarketError('bad-did', `${did} is no DID of an asset`);
    }
    await this._deps.wallet.ready;
    return this.market.asset(did);
  }

  /**
   * Buy with the connected account; logs in and switches the network where that
   * is needed. Null when the person did not log in or did not go on.
   *
   * @param o.shown - what was shown to the person: more is never paid
   * @param o.allowance - decimal amount of the price's token that the contract
   *   is allowed to take, and kept; exactly what is due when omitted
   * @throws OceanError bad-amount, and what `Purchases.buy` throws
   */
  async buy(
    did: string,
    o: { allowance?: string; shown?: Sums } = {}
  ): Promise<IPurchase | null> {
    const model = await this.asset(did);
    const { wallet } = this._deps;
    const { shown } = o;
    // Logging in reads all of it again: what is paid for is what was seen.
    const seen = shown ? (model.state.asset ?? undefined) : undefined;
    if (!shown && model.state.asset) {
      // Nobody was shown anything: not what a page may have read hours ago counts.
      await model.load();
    }
    if (!wallet.state.account && !(await this._deps.login())) {
      return null;
    }
    const asset = await model.ready();
    if (wallet.state.chainId !== asset.chainId) {
      await wallet.switchNetwork(asset.chainId);
    }
    if (o.allowance !== undefined && !model.state.price) {
      // It is an amount of the price's token.
      await model.load();
    }
    const token = model.state.price?.token;
    const keep =
      o.allowance !== undefined && token
        ? parseAmount(o.allowance, token.decimals)
        : undefined;
    try {
      return await model.buy({ keep, shown, asset: seen });
    } catch (reason) {
      const code = codeOf(reason);
      if (code !== 'prompt-unknown' && code !== 'tx-unseen') {
        throw reason;
      }
      return (await this._deps.confirmAgain(code === 'tx-unseen'))
        ? await model.buy({ again: true, keep, shown, asset: seen })
        : null;
    }
  }

  /**
   * Download what was bought or is free. Null when the person did not log in,
   * left the form, or does not want sealed content on the drive.
   *
   * @param to - contents path: a folder where it ends with `/`, `:` or is one
   * @param parameters - of the service's consumer parameters; asked for when
   *   omitted
   * @throws MarketError bad-parameter, and what `Downloads.download` throws
   */
  async download(
    did: string,
    to: string = DOWNLOADS,
    parameters?: UserData
  ): Promise<IDownloaded | null> {
    const model = await this.asset(did);
    const { wallet, contents, records } = this._deps;
    const asset = await model.ready();
    if (!model.mayDownload) {
      if (!wallet.state.account && !(await this._deps.login())) {
        return null;
      }
      // The account may be another one than when it was last looked at.
      await model.load();
    }
    const { place, path } = this._place(contents, to);
    if (
      place.prefix !== '' &&
      asset.web3?.sealed &&
      !(await this._deps.confirmClear())
    ) {
      return null;
    }
    const asked = askedFor(asset);
    const userdata = asked.length
      ? (parameters ?? (await this._deps.askParameters(asked)))
      : undefined;
    if (userdata === null) {
      return null;
    }
    if (userdata) {
      checkParameters(asked, userdata);
    }
    const result = await model.download(place, path, userdata);
    const { root } = this._deps;
    const stamp = await this._stamp(result);
    records.setDownloaded({ ...result, root, stamp });
    return result;
  }

  /** What code was last asked to load with. */
  get library(): Library | undefined {
    const chosen = this._deps.records.choice('library');
    return LIBRARIES.find(one => one === chosen);
  }

  /**
   * Code that loads a download of the asset; downloads it first where needed.
   *
   * @param library - the one chosen last when omitted
   */
  async code(
    did: string,
    notebook: string,
    library?: Library
  ): Promise<string | null> {
    const model = await this.asset(did);
    const { records, root } = this._deps;
    const known = records.downloaded(did, root);
    const here = known && (await this._isInWorkspace(known.path));
    const result = here ? known : await this.download(did);
    if (!result) {
      return null;
    }
    // Only of the very bytes that were checked is it said that they were.
    const isSame =
      !here ||
      (known.stamp !== null && known.stamp === (await this._stamp(known)));
    return pythonSnippet({
      path: pathForKernel(result.path, notebook),
      mediaType: result.mediaType,
      folder: result.folder,
      title: model.state.asset?.name,
      did,
      ...(isSame ? { cid: result.cid, verified: result.verified } : {}),
      library: library ?? this.library
    });
  }

  /** What a file is known by again; null of folders, whose files may change unseen. */
  private async _stamp({ path, folder }: IDownloaded): Promise<string | null> {
    const { contents } = this._deps;
    if (folder || contents.driveName(path) !== '') {
      return null;
    }
    try {
      const file = await contents.get(path, { content: false });
      return `${file.size ?? ''} ${file.last_modified}`;
    } catch (reason) {
      console.warn(`${path} could not be looked at`, reason);
      return null;
    }
  }

  /** Whether a kernel can read it: not on the drive, and still there. */
  private async _isInWorkspace(path: string): Promise<boolean> {
    const { place } = this._place(this._deps.contents, path);
    return place.prefix === '' && (await place.kind(path)) !== null;
  }

  private _place(
    contents: Contents.IManager,
    to: string
  ): { place: IPlace; path: string } {
    const drive = contents.driveName(to);
    const path = contents.localPath(to) + (/[/:]$/.test(to) ? '/' : '');
    if (drive === 'ipfs') {
      const { ipfs, announce } = this._deps;
      return { place: drivePlace(ipfs.files, announce), path };
    }
    if (drive !== '') {
      throw new MarketError('no-target', `Nothing is saved on drive ${drive}`);
    }
    const place = workspacePlace(contents, (target, content, o) =>
      saveToWorkspace(contents, target, content, o)
    );
    return { place, path };
  }
}
