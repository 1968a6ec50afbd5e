/**
 * The pinning room once it is in use: the queue, its panel and its dialogs.
 * Loaded by the first command, or by pins that were left.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  MainAreaWidget,
  Notification,
  showDialog,
  type WidgetTracker
} from '@jupyterlab/apputils';
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IIpfs, IPinRecord, IWeb3Server } from '../tokens';
import { PinningError, toPinningError } from './errors';
import { pinIcon } from './icons';
import { NODE_ID } from './node';
import { PinPanel } from './panel';
import { askWhere } from './pinDialog';
import { Pinning } from './pinning';
import type { ServiceProvider } from './service';
import { askService } from './serviceDialog';
import { PinStatusItem } from './statusItem';
import { problemWords } from './words';

/** The drive's name in contents paths. */
const DRIVE = 'ipfs';

export interface IPinArgs {
  cid?: string;
  path?: string;
  provider?: string;
}

export interface IPinResult {
  cid: string;
  provider: string;
  status: string;
}

export interface IRoomOptions {
  app: JupyterFrontEnd;
  ipfs: IIpfs;
  server: IWeb3Server;
  statusBar: IStatusBar | null;
  tracker: WidgetTracker<MainAreaWidget<PinPanel>>;
  trans: TranslationBundle;
}

/** A content that is meant, and what is known of it. */
interface ITarget {
  cid: string;
  name?: string;
  bytes?: number;
  /** Of the mutable file system, where it is a folder there. */
  folder?: string;
}

export class PinningRoom {
  constructor(private _o: IRoomOptions) {
    const { ipfs, server, statusBar, trans } = _o;
    this.pinning = new Pinning({
      ipfs,
      server,
      labels: {
        kubo: trans.__('This node'),
        browser: trans.__('This browser')
      },
      words: {
        error: error => problemWords(trans, error).title,
        notYet: state => trans.__('Not yet: %1', state)
      }
    });
    statusBar?.registerStatusItem('jupyterlab-web3:pinning', {
      item: new PinStatusItem(this.pinning, () => void this.show(), trans),
      align: 'left',
      rank: 91
    });
    _o.app.serviceManager.contents.fileChanged.connect((_, change) => {
      const path = change.newValue?.path ?? change.oldValue?.path ?? '';
      if (path.startsWith(`${DRIVE}:`)) {
        this.pinning.followed.look();
      }
    });
    this.pinning.recordsChanged.connect(() => this._tell());
  }

  readonly pinning: Pinning;

  /** Open the table. */
  async show(): Promise<void> {
    const { app, tracker, trans } = this._o;
    let widget = tracker.find(({ isDisposed }) => !isDisposed);
    if (!widget) {
      const content = new PinPanel({
        pinning: this.pinning,
        trans,
        actions: {
          addService: () => this._ask(null),
          changeService: service => this._ask(service),
          removeService: service => this._remove(service)
        }
      });
      widget = new MainAreaWidget({ content });
      widget.id = 'jp-web3-pins';
      widget.title.label = trans.__('Pins');
      widget.title.icon = pinIcon;
      widget.title.closable = true;
      widget.node.setAttribute('role', 'region');
      widget.node.setAttribute('aria-label', trans.__('Pins'));
      await tracker.add(widget);
      app.shell.add(widget, 'main');
    }
    app.shell.activateById(widget.id);
  }

  /**
   * Have something kept; asks where unless a provider is given.
   *
   * @returns null where the person said no
   * @throws PinningError
   */
  async pin(args: IPinArgs): Promise<IPinResult | null> {
    const { ipfs, trans } = this._o;
    const target = await this._target(args);
    let follow = false;
    let { provider } = args;
    if (provider === undefined) {
      const choice = await askWhere({
        pinning: this.pinning,
        request: target,
        isFolder: target.folder !== undefined,
        pageOnly: ipfs.engine.kind === 'browser',
        addService: () => this._ask(null),
        trans
      });
      if (!choice) {
        return null;
      }
      ({ provider, follow } = choice);
    }
    const { id } = await this.pinning.pin(target, provider);
    if (follow && target.folder !== undefined) {
      await this.pinning.follow(target.folder, provider);
    }
    const { cid, state } = await this.pinning.queue.asked(id);
    return { cid, provider, status: state };
  }

  /**
   * Take pins back; asks which where there are several.
   *
   * @throws PinningError
   */
  async unpin(args: IPinArgs): Promise<IPinResult | null> {
    const { trans } = this._o;
    const { cid, name } = await this._target(args);
    const known = this.pinning.records
      .filter(record => record.cid === cid && record.state !== 'removing')
      .map(({ provider }) => provider);
    const [first = NODE_ID] = known;
    const providers =
      args.provider !== undefined
        ? [args.provider]
        : known.length
          ? known
          : [first];
    if (args.provider === undefined) {
      const labels = providers.map(id => this.pinning.provider(id).label);
      const { button } = await showDialog({
        title: trans.__('Unpin'),
        body: trans.__(
          'Stop keeping “%1” at %2? What stays on the drive stays on this node.',
          name || cid,
          labels.join(', ')
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Cancel') }),
          Dialog.warnButton({ label: trans.__('Unpin') })
        ]
      });
      if (!button.accept) {
        return null;
      }
    }
    await Promise.all(providers.map(id => this.pinning.unpin(cid, id)));
    return { cid, provider: providers[0], status: 'unpinned' };
  }

  private async _target({ cid, path }: IPinArgs): Promise<ITarget> {
    const { contents } = this._o.app.serviceManager;
    if (path === undefined) {
      if (!cid) {
        throw new PinningError('nothing-to-pin', 'Neither a path nor a CID');
      }
      return { cid };
    }
    if (contents.driveName(path) !== DRIVE) {
      throw new PinningError('nothing-to-pin', `${path} is not on IPFS`);
    }
    const mfs = `/${contents.localPath(path)}`;
    const stat = await this._o.ipfs.files.stat(mfs).catch(error => {
      throw toPinningError(error);
    });
    return {
      cid: stat.cid,
      name: mfs.split('/').pop() || undefined,
      bytes: stat.cumulativeSize,
      ...(stat.type === 'directory' ? { folder: mfs } : {})
    };
  }

  private async _ask(service: ServiceProvider | null): Promise<void> {
    await askService(this.pinning.services, this._o.trans, service);
  }

  private async _remove(service: ServiceProvider): Promise<void> {
    const { trans } = this._o;
    const { button } = await showDialog({
      title: trans.__('Remove “%1”?', service.label),
      body: trans.__(
        'Its key is forgotten. What it pinned stays pinned there until you take it back at the service.'
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Remove') })
      ]
    });
    if (button.accept) {
      await this.pinning.services.remove(service.label);
    }
  }

  /** Say it once when a pin failed for good. */
  private _tell(): void {
    const { trans } = this._o;
    const failed = this.pinning.records.filter(
      ({ state }) => state === 'failed'
    );
    const fresh = failed.filter(({ id, updated }) => {
      const told = this._told.get(id);
      this._told.set(id, updated);
      return this._ready && told !== updated;
    });
    this._ready = true;
    for (const record of fresh) {
      this._tellFailed(record, trans);
    }
  }

  private _tellFailed(record: IPinRecord, trans: TranslationBundle): void {
    if (!record.problem) {
      return;
    }
    const { title, meaning } = problemWords(trans, record.problem);
    Notification.error(
      trans.__(
        '“%1” was not pinned. %2. %3',
        record.name || record.cid,
        title,
        meaning
      ),
      {
        autoClose: false,
        actions: [{ label: trans.__('Show'), callback: () => void this.show() }]
      }
    );
  }

  private _told = new Map<string, string>();
  private _ready = false;
}
