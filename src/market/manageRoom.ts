/**
 * Looking after one's own assets, once somebody does: the list, the pages, new
 * versions. Loaded by the first of them.
 */
import { MainAreaWidget } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { FileDialog } from '@jupyterlab/filebrowser';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { contentsAt } from '../content';
import { didOf } from '../ocean/ddo';
import type {
  IAssetDraft,
  IPublishResult,
  IPublisher,
  IVersionOf
} from '../tokens';
import { confirmMainnet } from '../ui/confirmMainnet';
import { NotConnectedError } from '../wallet/errors';
import { Changes } from './change';
import { MarketError } from './errors';
import { marketIcon } from './icons';
import { ManageModel } from './manage';
import { ManagePage } from './managePage';
import { askForVersion } from './manageVersion';
import { MineModel } from './mine';
import { FoundOn } from './networksInUse';
import type { MarketOcean } from './ocean';
import type { IMarketHost } from './room';
import { isSameVersion, versionDiff } from './versionDiff';

export interface IManageHost extends IMarketHost {
  publisher: IPublisher | null;
  ocean: MarketOcean;
  ask: (title: string, body: string, label?: string) => Promise<boolean>;
}

/** What `market:publish-version` resolves to. */
export interface IVersionResult {
  did: string;
  /** Root of what was added, as of a publication. */
  cid: string;
  /** The transaction that wrote the new record. */
  tx: string;
}

/** Names that are tried before a file is called something else. */
const NAMES = 1000;

export class ManageRoom {
  constructor(private _host: IManageHost) {
    const { wallet, trans, ask } = _host;
    this._changes = new Changes({
      wallet,
      store: window.localStorage,
      locks: navigator.locks ?? null
    });
    this._confirmAgain = () =>
      ask(
        trans.__('Is an old request still open in your wallet?'),
        trans.__(
          'You were asked for this change before, and it is not known what became of it. Look into your wallet and close what is open there. Then go on: you will be asked once more.'
        )
      );
    wallet.stateChanged.connect((_, { account }) => {
      // Pages that wait for somebody to log in.
      _host.managed.forEach(widget => {
        const page = widget.content as ManagePage;
        if (account && !page.model) {
          void page.load();
        }
      });
    });
    this.mine = new MineModel({
      wallet,
      found: new FoundOn(window.localStorage),
      node: (...args) => _host.ocean.nodeAt(...args)
    });
  }

  /** What the account owns and published. */
  readonly mine: MineModel;

  /** Open an asset's management in a tab; one that is there comes to the front. */
  async open(did: string): Promise<void> {
    const { app, managed, trans } = this._host;
    const { shell, commands } = app;
    const id = `jp-web3-manage-${did.slice(7)}`;
    if (this._page(did)) {
      shell.activateById(id);
      return;
    }
    const content = new ManagePage({
      did,
      trans,
      start: () => this._model(did),
      login: () => commands.execute(CommandIDs.walletConnect, {}),
      handlers: {
        confirm: (title, body, label) => this._host.ask(title, body, label),
        open: () => void commands.execute(CommandIDs.marketAsset, { did }),
        newVersion: () => {
          commands
            .execute(CommandIDs.marketPublishVersion, { did })
            .catch((reason: unknown) => {
              // The command has told the person.
              console.warn(CommandIDs.marketPublishVersion, reason);
            });
        },
        save: (name, text) => this._save(name, text)
      }
    });
    const widget = new MainAreaWidget({ content });
    widget.id = id;
    widget.title.icon = marketIcon;
    widget.title.closable = true;
    const name = (): void => {
      widget.title.label = trans.__('Manage: %1', content.name.slice(0, 60));
      widget.title.caption = did;
    };
    name();
    content.changed.connect(name);
    await managed.add(widget);
    shell.add(widget, 'main');
    shell.activateById(id);
    void content.load();
  }

  /** The page of an asset, where it is open. */
  private _page(did: string): ManagePage | null {
    const { managed } = this._host;
    const id = `jp-web3-manage-${did.slice(7)}`;
    const widget = managed.find(one => one.id === id);
    return (widget?.content as ManagePage | undefined) ?? null;
  }

  /**
   * Replace an asset's files by those at a path: shows what changes, then
   * publishes in one job. Null where the person chose or agreed to nothing.
   *
   * @param path - file or folder of any drive; asked for when absent
   * @param silent - no dialog; the wallet still asks
   */
  async publishVersion(
    did: string,
    path: string | undefined,
    silent: boolean
  ): Promise<IVersionResult | null> {
    const { app, ipfs, publisher, trans } = this._host;
    if (!publisher) {
      throw new MarketError('no-access', 'Publishing is switched off');
    }
    const chosen = path ?? (await this._choose());
    if (chosen === null) {
      return null;
    }
    const { contents: manager, serverSettings } = app.serviceManager;
    const contents = await contentsAt(manager, chosen, (url, init) =>
      ServerConnection.makeRequest(url, init, serverSettings)
    );
    await this._login();
    const model = await this._model(did);
    const [{ scanContents }, { checkSilently, findingLines }] =
      await Promise.all([
        import('../publish/guardScan'),
        import('../publish/silent')
      ]);
    let version: IVersionOf;
    let name: string;
    try {
      await model.load();
      const { nft, asset } = model.state;
      const { record, tx } = await model.freshRecord();
      if (!nft || !asset?.service || !asset.web3) {
        throw new MarketError('no-access', `${did} has no files of ours`);
      }
      const { web3, service } = asset;
      const url = (text: string): string => text.replace(/\/+$/, '');
      if (url(service.serviceEndpoint) !== url(model.network.oceanNode ?? '')) {
        // Encrypted for one node, no other could hand the files out.
        throw new MarketError('other-node', service.serviceEndpoint);
      }
      ({ name } = asset);
      const diffs = await versionDiff(web3, contents, ipfs);
      if (isSameVersion(diffs)) {
        throw new MarketError('same-version', 'The files are the same');
      }
      if (silent) {
        await checkSilently(
          contents,
          draftOf(name, trans),
          model.network,
          { scan: scanContents },
          {},
          trans
        );
      } else {
        const scan = await scanContents(contents);
        const agreed = await askForVersion(
          {
            name,
            diffs,
            sealed: web3.sealed !== null,
            warnings: [
              ...findingLines(scan, trans),
              ...scan.unread.map(({ file }) =>
                trans.__('%1 could not be looked through', file)
              )
            ]
          },
          trans
        );
        const act = { kind: 'publish' as const, name };
        if (!agreed || !(await confirmMainnet(model.network, act, trans))) {
          return null;
        }
      }
      version = {
        did,
        chainId: asset.chainId,
        nftAddress: nft.address,
        datatokenAddress: service.datatokenAddress,
        serviceIndex: service.index,
        record: JSON.stringify(record),
        recordTx: tx,
        sealed: web3.sealed !== null
      };
    } finally {
      model.dispose();
    }
    const job = await publisher.publish(contents, draftOf(name, trans), {
      version,
      show: !silent
    });
    const result = await (silent ? settled(job) : job.finished);
    this._reload(did);
    return result && { did, cid: result.cid, tx: result.txs.metadata };
  }

  private _reload(did: string): void {
    void this._page(did)?.load();
    void this.mine.load();
  }

  private async _login(): Promise<void> {
    const { app, wallet } = this._host;
    await wallet.ready;
    if (!wallet.state.account) {
      await app.commands.execute(CommandIDs.walletConnect, {});
    }
  }

  private async _model(did: string): Promise<ManageModel> {
    const { wallet, ocean } = this._host;
    await wallet.ready;
    if (!wallet.state.account) {
      throw new NotConnectedError();
    }
    const { chainId, nft } = await this._locate(did);
    return new ManageModel(did, chainId, nft, {
      wallet,
      changes: this._changes,
      store: window.localStorage,
      node: (...args) => ocean.nodeAt(...args),
      confirmAgain: this._confirmAgain,
      confirmMainnet: (name, network) =>
        confirmMainnet(network, { kind: 'change', name }, this._host.trans)
    });
  }

  /** Chain and NFT of an asset: of one's own by the chain, else by an index. */
  private async _locate(
    did: string
  ): Promise<{ chainId: number; nft: string }> {
    const known = (): { chainId: number; nft: string } | null => {
      const row = this.mine.state.rows.find(one => one.did === did);
      return row ? { chainId: row.chainId, nft: row.nft.address } : null;
    };
    const found = known();
    if (found) {
      return found;
    }
    await this.mine.load();
    const own = known();
    if (own) {
      return own;
    }
    const { nftAddress, chainId } = await this._host.ocean.resolve(did);
    if ((await didOf(nftAddress, chainId)) !== did) {
      throw new MarketError('bad-did', `${did} is of another NFT`);
    }
    return { chainId, nft: nftAddress };
  }

  private async _choose(): Promise<string | null> {
    const { browsers, trans } = this._host;
    const manager = browsers?.tracker.currentWidget?.model.manager;
    if (!manager) {
      throw new MarketError('no-target', 'No file browser');
    }
    const { button, value } = await FileDialog.getOpenFiles({
      manager,
      title: trans.__('The file of the new version')
    });
    return (button.accept && value?.[0]?.path) || null;
  }

  /** Save a text under a name that is free; never over another file. */
  private async _save(name: string, text: string): Promise<string> {
    const { contents } = this._host.app.serviceManager;
    const extension = PathExt.extname(name);
    const stem = name.slice(0, name.length - extension.length);
    for (let at = 1; at <= NAMES; at++) {
      const path = at === 1 ? name : `${stem}-${at}${extension}`;
      if (!(await exists(contents, path))) {
        await contents.save(path, {
          type: 'file',
          format: 'text',
          content: text
        });
        return path;
      }
    }
    throw new MarketError('no-target', `No free name for ${name}`);
  }

  private _changes: Changes;
  private _confirmAgain: () => Promise<boolean>;
}

async function exists(
  contents: Contents.IManager,
  path: string
): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch (reason) {
    if (
      reason instanceof ServerConnection.ResponseError &&
      reason.response.status === 404
    ) {
      return false;
    }
    throw reason;
  }
}

/** Price and all else stay: nothing of the draft but the name is used. */
function draftOf(name: string, trans: TranslationBundle): IAssetDraft {
  return {
    name,
    description: trans.__('A new version of an asset'),
    license: '-',
    type: 'dataset',
    price: { kind: 'free' }
  };
}

type Job = Awaited<ReturnType<IPublisher['publish']>>;

/** What a script waits for: nobody answers a pause there. */
function settled(job: Job): Promise<IPublishResult | null> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (job.status === 'paused' && job.problem) {
        job.changed.disconnect(look);
        const { code, message } = job.problem;
        reject(Object.assign(new Error(message), { code }));
      }
    };
    job.changed.connect(look);
    job.finished.then(resolve, reject);
    look();
  });
}
