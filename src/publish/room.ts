/**
 * The publish room once it is in use: the publisher, its panel, its
 * notifications, and the dialog. Loaded by the first command or by an
 * unfinished job.
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IStatusBar } from '@jupyterlab/statusbar';
import type { ITranslator } from '@jupyterlab/translation';
import { Notification } from '@jupyterlab/apputils';

import { CommandIDs } from '../commands';
import type { IContent } from '../content';
import type { IAssetDraft, IPublisher, IPublishResult } from '../tokens';
import { Progress } from '../ui/notifications';
import { PublishActivity } from './activity';
import { createPublisher, dialogDeps, type IHost } from './assemble';
import { Asking } from './asking';
import { PublishError, type PublishCode } from './errors';
import { estimatePublication, type IEstimate } from './estimate';
import { prefill, toDraft } from './form';
import { publishIcon } from './icons';
import type { PublishJob } from './job';
import { ProgressPanel } from './progress';
import type { IPublishExtras, Publisher } from './publisher';
import { checkSilently, type IAllowed } from './silent';
import { StatusItem } from './statusItem';
import { problemWords } from './words';
import '../../style/publish.css';

export interface IPublishRequest extends IAllowed {
  contents: IContent[];
  /** Prefilled name. */
  title: string;
  /** Name of a folder, for its zip. */
  folder?: string;
  /** Contents paths of what was chosen: files, and folders as one. */
  paths?: readonly string[];
  draft?: Partial<IAssetDraft>;
  silent: boolean;
}

export class PublishRoom {
  constructor(
    private _app: JupyterFrontEnd,
    private _host: IHost,
    translator: ITranslator,
    statusBar: IStatusBar | null
  ) {
    this.publisher = createPublisher(_host);
    this._asking = new Asking({
      wallet: _host.wallet,
      translator,
      reveal: _host.reveal
    });
    const trans = (this._trans = translator.load('jupyterlab_web3'));
    const { commands } = _app;
    const run = (id: string, args: { did: string }): void => {
      commands.execute(id, args).catch(error => {
        console.error(`${id} failed`, error);
      });
    };
    this._panel = new ProgressPanel(
      this.publisher,
      {
        open: did => run(CommandIDs.marketAsset, { did }),
        insertCode: did => run(CommandIDs.marketInsertCode, { did }),
        network: chainId => _host.wallet.network(chainId),
        switchNetwork: chainId => _host.wallet.switchNetwork(chainId),
        connect: async () => {
          await _host.wallet.connect();
        }
      },
      trans
    );
    this._panel.id = 'jp-web3-publishing';
    this._panel.title.icon = publishIcon;
    this._panel.title.caption = trans.__('Publishing');
    this._panel.node.setAttribute('role', 'region');
    this._panel.node.setAttribute('aria-label', trans.__('Publishing'));
    _app.shell.add(this._panel, 'right', { rank: 920 });
    statusBar?.registerStatusItem('jupyterlab-web3:publish', {
      item: new StatusItem(this.publisher, () => this.show(), trans),
      align: 'left',
      rank: 90
    });
    const activity = new PublishActivity(
      this.publisher,
      () => this.show(),
      trans
    );
    _host.wallet.activity.add(async () => activity);
  }

  readonly publisher: Publisher;

  show(): void {
    this._app.shell.activateById(this._panel.id);
  }

  /** Take in the journal; says so when something was interrupted. */
  async load(): Promise<void> {
    await this.publisher.load();
    const open = this.publisher.jobs.filter(job => job.status === 'paused');
    open.forEach(job => this._follow(job));
    if (open.length > 0) {
      const trans = this._trans;
      Notification.warning(
        trans._n(
          'One publication was interrupted. Nothing is lost.',
          '%1 publications were interrupted. Nothing is lost.',
          open.length
        ),
        {
          autoClose: false,
          actions: [{ label: trans.__('Show'), callback: () => this.show() }]
        }
      );
    }
  }

  /**
   * Publish, after asking the person (unless silent).
   *
   * @returns null where the person said no; a silent job rejects when it pauses
   */
  async publish(request: IPublishRequest): Promise<IPublishResult | null> {
    const { contents, title, folder, draft, silent } = request;
    if (contents.length === 0) {
      throw new PublishError('nothing-to-publish', 'There is nothing in it');
    }
    await this._host.wallet.ready;
    const extras: IPublishExtras = { folder };
    const deps = dialogDeps(this._host, this.publisher);
    let complete: IAssetDraft;
    let warnings: string[] | null = null;
    if (silent) {
      complete = this._complete(request);
      warnings = await checkSilently(
        contents,
        complete,
        this._host.wallet.network(complete.chainId ?? 0),
        deps.guard,
        request,
        this._trans
      );
    } else {
      const agreed = await this._asking.ask(
        deps,
        contents,
        { title, draft },
        request.paths
      );
      if (!agreed) {
        return null;
      }
      complete = agreed.draft;
      if (agreed.takeOffDrive.length) {
        extras.takeOffDrive = agreed.takeOffDrive;
      }
    }
    const job = await this.publisher.publish(contents, complete, extras);
    this._follow(job);
    if (!silent) {
      this.show();
    }
    const result = await this.finished(job, silent);
    return result && warnings ? { ...result, warnings } : result;
  }

  /** What publishing would cost, ask and be warned of; nothing is done. */
  async estimate(request: IPublishRequest): Promise<IEstimate> {
    if (request.contents.length === 0) {
      throw new PublishError('nothing-to-publish', 'There is nothing in it');
    }
    await this._host.wallet.ready;
    return estimatePublication(
      request.contents,
      this._complete(request),
      dialogDeps(this._host, this.publisher),
      this._trans
    );
  }

  /** The draft of a script, with what the form would have been prefilled with. */
  private _complete({ title, draft }: IPublishRequest): IAssetDraft {
    const { state, networks } = this._host.wallet;
    const known = { title, networks, draft, ...state };
    return { ...toDraft(prefill(known)), ...draft };
  }

  /** Start a job without any dialog, and tell of it. */
  async start(
    ...[contents, draft, extras]: Parameters<IPublisher['publish']>
  ): Promise<PublishJob> {
    const job = await this.publisher.publish(contents, draft, extras);
    this._follow(job);
    if (extras?.show) {
      this.show();
    }
    return job;
  }

  async resume(id?: string): Promise<IPublishResult | null> {
    const job = await this.publisher.resume(id);
    if (!job) {
      return null;
    }
    this._follow(job);
    this.show();
    return job.finished;
  }

  /** What a script waits for: nobody answers a pause there. */
  finished(job: PublishJob, silent: boolean): Promise<IPublishResult | null> {
    if (!silent) {
      return job.finished;
    }
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (job.status === 'paused' && job.problem) {
          job.changed.disconnect(look);
          const { code, message } = job.problem;
          reject(new PublishError(code as PublishCode, message));
        }
      };
      job.changed.connect(look);
      job.finished.then(resolve, reject);
    });
  }

  /** One notification a job, from in-progress to done. */
  private _follow(job: PublishJob): void {
    if (this._followed.has(job.id)) {
      return;
    }
    this._followed.add(job.id);
    const trans = this._trans;
    const actions = [{ label: trans.__('Show'), callback: () => this.show() }];
    let note: Progress | null = null;
    let last = '';
    const tell = (): void => {
      const { status, problem, steps } = job;
      const now = `${status} ${problem?.code ?? ''}`;
      if (now === last && status !== 'running') {
        return;
      }
      last = now;
      if (status === 'running') {
        const message = trans.__('Publishing “%1”', job.name);
        const done = steps.filter(({ state }) => state === 'done').length;
        note ??= new Progress(message);
        note.update(message, done / steps.length);
      } else if (status === 'done') {
        note?.done(trans.__('“%1” is published', job.name), actions);
      } else if (status === 'cancelled') {
        note?.dismiss();
        note = null;
      } else if (problem) {
        const { title } = problemWords(trans, problem, !!job.record.root);
        note?.waiting(
          trans.__('“%1” waits for you. %2', job.name, title),
          actions
        );
      }
    };
    job.changed.connect(tell);
    tell();
  }

  private _asking: Asking;
  private _followed = new Set<string>();
  private _panel: ProgressPanel;
  private _trans: ReturnType<ITranslator['load']>;
}
