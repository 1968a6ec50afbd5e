import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import {
  ITranslator,
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';

import { CommandIDs, describedBy } from '../commands';
import { IIpfs, INotebookContents, type IOutputTarget } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it is what the plugin provides
import { NotebookContents } from './contents';
import { NotebookError } from './errors';
import type { FormKind, IForm } from './outputs';

/** The menu's own way in: it knows which output was right-clicked. */
const SAVE_THIS = 'ipfs:save-this-output';

const OUTPUT = '.jp-Notebook .jp-CodeCell .jp-OutputArea-child';

function labels(
  trans: TranslationBundle
): (form: IForm, several: boolean) => string {
  const kinds: Record<FormKind, string> = {
    image: trans.__('Image'),
    svg: trans.__('Drawing (SVG)'),
    table: trans.__('Table (CSV)'),
    'table-shortened': trans.__('Only the rows shown, table (CSV)'),
    html: trans.__('Web page (HTML)'),
    json: trans.__('Data (JSON)'),
    markdown: trans.__('Markdown'),
    latex: trans.__('LaTeX'),
    text: trans.__('Text'),
    errors: trans.__('Warnings and errors (text)'),
    other: trans.__('File')
  };
  return (form, several) => {
    const extension = form.content.name.replace(/^.*\./, '').toUpperCase();
    const label =
      form.kind === 'image' || form.kind === 'other'
        ? trans.__('%1 (%2)', kinds[form.kind], extension)
        : kinds[form.kind];
    return several ? trans.__('Output %1: %2', form.output + 1, label) : label;
  };
}

const plugin: JupyterFrontEndPlugin<INotebookContents> = {
  id: 'jupyterlab-web3:notebook',
  description: 'Makes contents of notebooks and of the outputs of their cells.',
  autoStart: true,
  provides: INotebookContents,
  requires: [INotebookTracker],
  optional: [IIpfs, IFileBrowserFactory, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    ipfs: IIpfs | null,
    browsers: IFileBrowserFactory | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): INotebookContents => {
    const trans = (translator ?? nullTranslator).load('jupyterlab_web3');
    const manager = app.serviceManager.contents;
    const notebooks = new NotebookContents(tracker, manager, labels(trans));

    const driveBrowser = () =>
      browsers?.tracker.find(browser => browser.model.driveName === 'ipfs');
    /** The folder that the drive's browser shows, `outputs` when that is the root. */
    const defaultFolder = (): string => {
      const folder = manager.localPath(driveBrowser()?.model.path ?? '');
      return `${folder || 'outputs'}/`;
    };

    const save = async (
      target: IOutputTarget & { to?: string }
    ): Promise<{ path: string; cid: string } | null> => {
      if (!ipfs) {
        throw new NotebookError('no-ipfs', 'IPFS is switched off in this Lab');
      }
      const forms = await notebooks.forms(target);
      if (forms.length === 0) {
        throw new NotebookError(
          'no-form',
          'This cell has no output that can be saved in this form'
        );
      }
      const form =
        forms.length > 1 && !target.mediaType
          ? await (
              await import('../ui/chooseForm')
            ).chooseForm(
              forms,
              {
                title: trans.__('Save the output to the IPFS drive'),
                okLabel: trans.__('Save')
              },
              trans
            )
          : forms[0];
      if (!form) {
        return null;
      }
      const { saveOnDrive } = await import('./save');
      const to = target.to
        ? manager.localPath(target.to) + (/[/:]$/.test(target.to) ? '/' : '')
        : defaultFolder();
      const saved = await saveOnDrive(ipfs.files, form.content, to);
      // The drive can't know what was written past it.
      driveBrowser()
        ?.model.refresh()
        .catch((reason: unknown) => console.warn('No refresh', reason));
      return { path: `ipfs:${saved.path.slice(1)}`, cid: saved.cid };
    };

    /** What happened, in words for a person. */
    const words = (reason: unknown): string => {
      const code = (reason as { code?: unknown } | null)?.code;
      switch (code) {
        case 'no-notebook':
          return trans.__('Open a notebook first.');
        case 'no-output':
        case 'no-form':
          return trans.__(
            'The selected cell has no output that can be saved. Run the cell first.'
          );
        case 'no-ipfs':
          return trans.__('IPFS is switched off in this JupyterLab.');
        case 'offline':
          return trans.__(
            'The IPFS node does not answer. Nothing was saved; the output is still in the notebook.'
          );
        default:
          return trans.__(
            'The output could not be saved: %1',
            reason instanceof Error ? reason.message : String(reason)
          );
      }
    };

    app.commands.addCommand(CommandIDs.ipfsSaveOutput, {
      label: trans.__('Save Output to the IPFS Drive…'),
      caption: trans.__(
        'Save the output of a cell as a file on the IPFS drive'
      ),
      describedBy: describedBy(CommandIDs.ipfsSaveOutput),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async args => {
        try {
          const saved = await save(args as IOutputTarget & { to?: string });
          if (saved) {
            Notification.success(
              trans.__('Saved to the IPFS drive as %1', saved.path.slice(5)),
              {
                autoClose: 5000,
                actions: [
                  {
                    label: trans.__('Open'),
                    callback: () => {
                      void app.commands.execute('docmanager:open', {
                        path: saved.path
                      });
                    }
                  }
                ]
              }
            );
          }
          return saved;
        } catch (reason) {
          Notification.error(words(reason), { autoClose: false });
          throw reason;
        }
      }
    });
    const refresh = (): void => {
      app.commands.notifyCommandChanged(CommandIDs.ipfsSaveOutput);
    };
    tracker.currentChanged.connect(refresh);

    if (ipfs) {
      palette?.addItem({
        command: CommandIDs.ipfsSaveOutput,
        category: trans.__('IPFS')
      });
      app.commands.addCommand(SAVE_THIS, {
        label: () => app.commands.label(CommandIDs.ipfsSaveOutput),
        caption: () => app.commands.caption(CommandIDs.ipfsSaveOutput),
        describedBy: { args: { type: 'object', properties: {} } },
        execute: () => {
          const node = app.contextMenuHitTest(hit => hit.matches(OUTPUT));
          return app.commands.execute(
            CommandIDs.ipfsSaveOutput,
            (node && { ...notebooks.targetOf(node) }) ?? {}
          );
        }
      });
      app.contextMenu.addItem({
        command: SAVE_THIS,
        selector: OUTPUT,
        rank: 9
      });
    }
    return notebooks;
  }
};

export default plugin;
