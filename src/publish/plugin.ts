import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PageConfig, PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ServerConnection } from '@jupyterlab/services';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';

import { CommandIDs, describedBy } from '../commands';
import {
  IIpfs,
  INotebookContents,
  IPinning,
  IPublisher,
  IWallet,
  IWeb3Server,
  type IAssetDraft,
  type IOutputTarget,
  type IPublishJob
} from '../tokens';
import { PublishError } from './errors';
import { publishIcon } from './icons';
import type { IPublishRequest, PublishRoom } from './room';

/** The name of the journal's database; opened only where it exists already. */
const JOURNAL = 'jupyterlab-web3:publish';

/** The menu's own way in: it knows which output was right-clicked. */
const PUBLISH_THIS = 'ocean:publish-this-output';
const OUTPUT = '.jp-Notebook .jp-CodeCell .jp-OutputArea-child';

interface IPublishArgs {
  draft?: Partial<IAssetDraft>;
  silent?: boolean;
  allowFindings?: boolean;
  allowMainnet?: boolean;
}

/** What of the arguments is handed on as it is. */
const asked = ({
  draft,
  silent,
  allowFindings,
  allowMainnet
}: IPublishArgs): IPublishArgs & { silent: boolean } => ({
  draft,
  silent: silent === true,
  allowFindings: allowFindings === true,
  allowMainnet: allowMainnet === true
});

/** The publisher before anybody needs it: loads the room at the first call. */
class LazyPublisher implements IPublisher {
  constructor(private _room: () => Promise<PublishRoom>) {}

  get jobs(): readonly IPublishJob[] {
    return this._jobs;
  }
  get jobsChanged(): ISignal<IPublisher, void> {
    return this._jobsChanged;
  }
  async publish(
    ...args: Parameters<IPublisher['publish']>
  ): Promise<IPublishJob> {
    return (await this._room()).start(...args);
  }
  async resume(id?: string): Promise<IPublishJob | null> {
    return (await this._room()).publisher.resume(id);
  }
  async forget(id: string): Promise<void> {
    await (await this._room()).publisher.forget(id);
  }
  /** The room is there: its jobs are ours. */
  adopt(room: PublishRoom): void {
    const take = (): void => {
      this._jobs = room.publisher.jobs;
      this._jobsChanged.emit();
    };
    room.publisher.jobsChanged.connect(take);
    take();
  }

  private _jobs: readonly IPublishJob[] = [];
  private _jobsChanged = new Signal<IPublisher, void>(this);
}

const plugin: JupyterFrontEndPlugin<IPublisher> = {
  id: 'jupyterlab-web3:publish',
  description: 'Publishes files, notebooks and outputs to Ocean Protocol.',
  autoStart: true,
  provides: IPublisher,
  requires: [IIpfs, IWallet, IWeb3Server],
  optional: [
    INotebookContents,
    IFileBrowserFactory,
    ICommandPalette,
    IStatusBar,
    ITranslator,
    IPinning
  ],
  activate: (
    app: JupyterFrontEnd,
    ipfs: IIpfs,
    wallet: IWallet,
    server: IWeb3Server,
    notebooks: INotebookContents | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    statusBar: IStatusBar | null,
    maybeTranslator: ITranslator | null,
    pinning: IPinning | null
  ): IPublisher => {
    const translator = maybeTranslator ?? nullTranslator;
    const trans = translator.load('jupyterlab_web3');
    const { commands, serviceManager } = app;
    const { contents, serverSettings } = serviceManager;
    const fetcher = (
      url: string,
      init: { signal?: AbortSignal }
    ): Promise<Response> =>
      ServerConnection.makeRequest(url, init, serverSettings);

    let opened: Promise<PublishRoom> | null = null;
    const open = (): Promise<PublishRoom> => {
      opened ??= import('./room').then(async ({ PublishRoom }) => {
        const room = new PublishRoom(
          app,
          {
            ipfs,
            pinning,
            wallet,
            server,
            contents,
            fetch: fetcher,
            takeOffDrive: from =>
              commands.execute(CommandIDs.ipfsCopyToWorkspace, {
                from,
                to: '',
                takeOff: true
              }),
            reveal: async (path, cell) => {
              await commands.execute('docmanager:open', { path });
              if (cell !== undefined) {
                await notebooks?.reveal(path, cell);
              }
            }
          },
          translator,
          statusBar
        );
        publisher.adopt(room);
        await room.load();
        return room;
      });
      opened.catch(() => {
        // A chunk that did not load may at the next try.
        opened = null;
      });
      return opened;
    };
    const publisher = new LazyPublisher(open);

    const add = (
      id: string,
      label: string,
      caption: string,
      execute: (args: IPublishArgs & object) => Promise<unknown>
    ): void => {
      commands.addCommand(id, {
        label,
        caption,
        icon: publishIcon,
        describedBy: describedBy(id),
        execute: async args => {
          try {
            if (
              args.silent &&
              PageConfig.getOption('exposeAppInBrowser') !== 'true'
            ) {
              throw new PublishError(
                'silent-refused',
                'silent works only when the server was started with --expose-app'
              );
            }
            return await execute(args as IPublishArgs);
          } catch (error) {
            const { errorWords } = await import('./words');
            Notification.error(errorWords(trans, error), { autoClose: false });
            throw error;
          }
        }
      });
      palette?.addItem({ command: id, category: trans.__('Ocean') });
    };

    /** What a command with `path`, or the selection, is about. */
    const selected = async (
      args: IPublishArgs & { path?: string }
    ): Promise<[PublishRoom, IPublishRequest]> => {
      const { path: given } = args;
      const paths =
        given !== undefined
          ? [given]
          : Array.from(
              browsers?.tracker.currentWidget?.selectedItems() ?? [],
              item => item.path
            );
      if (paths.length === 0) {
        throw new PublishError('nothing-selected', 'Nothing is selected');
      }
      const [{ contentsAt }, { titleOf }, room] = await Promise.all([
        import('../content'),
        import('./form'),
        open()
      ]);
      const found = await Promise.all(
        paths.map(path => contentsAt(contents, path, fetcher))
      );
      const [folder] = paths.map(path =>
        PathExt.basename(contents.localPath(path))
      );
      return [
        room,
        {
          contents: found.flat(),
          title: titleOf(folder),
          folder,
          paths,
          ...asked(args)
        }
      ];
    };
    add(
      CommandIDs.oceanPublish,
      trans.__('Publish to Ocean…'),
      trans.__('Publish a file or folder as an asset on Ocean Protocol'),
      async args => {
        const [room, request] = await selected(args);
        return room.publish(request);
      }
    );
    add(
      CommandIDs.oceanEstimate,
      trans.__('Estimate Publishing to Ocean'),
      trans.__(
        'What publishing a file or folder would cost, ask and be warned of; nothing is done'
      ),
      async args => {
        const [room, request] = await selected(args);
        return room.estimate(request);
      }
    );

    add(
      CommandIDs.oceanResume,
      trans.__('Resume Publishing'),
      trans.__('Go on with a publication that was interrupted'),
      async args => (await open()).resume((args as { job?: string }).job)
    );

    if (notebooks) {
      add(
        CommandIDs.oceanPublishOutput,
        trans.__('Publish Output to Ocean…'),
        trans.__('Publish the output of a cell as an asset on Ocean Protocol'),
        async args => {
          const target = args as IOutputTarget & IPublishArgs;
          const forms = await notebooks.forms(target);
          if (forms.length === 0) {
            throw new PublishError('nothing-to-publish', 'No output');
          }
          const form =
            forms.length > 1 && !target.mediaType && !target.silent
              ? await (
                  await import('../ui/chooseForm')
                ).chooseForm(
                  forms,
                  {
                    title: trans.__('Publish this output as'),
                    okLabel: trans.__('Next')
                  },
                  trans
                )
              : forms[0];
          if (!form) {
            return null;
          }
          return (await open()).publish({
            contents: [form.content],
            title: notebooks.title(target.notebook),
            ...asked(target)
          });
        }
      );
      add(
        CommandIDs.oceanPublishNotebook,
        trans.__('Publish Notebook to Ocean…'),
        trans.__('Publish this notebook as an asset on Ocean Protocol'),
        async args => {
          const { notebook } = args as { notebook?: string };
          return (await open()).publish({
            contents: [await notebooks.notebook(notebook)],
            title: notebooks.title(notebook),
            ...asked(args)
          });
        }
      );
      commands.addCommand(PUBLISH_THIS, {
        label: () => commands.label(CommandIDs.oceanPublishOutput),
        caption: () => commands.caption(CommandIDs.oceanPublishOutput),
        icon: publishIcon,
        describedBy: { args: { type: 'object', properties: {} } },
        execute: () => {
          const node = app.contextMenuHitTest(hit => hit.matches(OUTPUT));
          return commands.execute(
            CommandIDs.oceanPublishOutput,
            (node && { ...notebooks.targetOf(node) }) ?? {}
          );
        }
      });
      app.contextMenu.addItem({
        command: PUBLISH_THIS,
        selector: OUTPUT,
        rank: 9.5
      });
      app.contextMenu.addItem({
        command: CommandIDs.oceanPublishNotebook,
        selector: '.jp-Notebook',
        rank: 60
      });
    }
    app.contextMenu.addItem({
      command: CommandIDs.oceanPublish,
      selector: '.jp-DirListing-item[data-isdir]',
      rank: 12
    });

    void app.restored.then(async () => {
      // Nothing is loaded for those who never published here.
      const known = (await globalThis.indexedDB?.databases?.()) ?? [];
      if (known.some(({ name }) => name === JOURNAL)) {
        await open();
      }
    });
    return publisher;
  }
};

export default plugin;
