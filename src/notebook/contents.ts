/**
 * What of a notebook can become a content: itself, and its outputs.
 */
import type { Cell, CodeCell, ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';

import { BlobContent, type IContent } from '../content';
import type { INotebookContents, IOutputForm, IOutputTarget } from '../tokens';
import { NotebookError } from './errors';
import type { IForm } from './outputs';
import { titleOf } from './title';

/** Gives contents of the notebooks that are open. */
export class NotebookContents implements INotebookContents {
  constructor(
    private _tracker: INotebookTracker,
    private _contents: Contents.IManager,
    private _label: (form: IForm, several: boolean) => string
  ) {}

  async forms(target: IOutputTarget): Promise<IOutputForm[]> {
    const [panel, { formsOf }] = await Promise.all([
      loaded(this._panel(target.notebook)),
      import('./outputs')
    ]);
    const cells = panel.content.model?.cells;
    const at = target.cell ?? panel.content.activeCellIndex;
    const cell = cells && at >= 0 && at < cells.length ? cells.get(at) : null;
    if (!cell) {
      throw new NotebookError('no-output', `There is no cell ${at}`);
    }
    if (cell.type !== 'code') {
      return [];
    }
    const outputs = (cell as ICodeCellModel).outputs.toJSON();
    if (target.output !== undefined && !outputs[target.output]) {
      throw new NotebookError(
        'no-output',
        `Cell ${at} has no output ${target.output}`
      );
    }
    const path = panel.context.path;
    const place = {
      title: this.title(path),
      path,
      cell: at,
      cellId: cell.id
    };
    const found = formsOf(outputs, place, target.output, target.mediaType);
    const several = new Set(found.map(form => form.output)).size > 1;
    return found.map(form => ({
      mediaType: form.mediaType,
      label: this._label(form, several),
      content: form.content
    }));
  }

  targetOf(node: Element): IOutputTarget | null {
    const panel = this._tracker.find(({ content }) =>
      content.node.contains(node)
    );
    const cells = panel?.content.widgets ?? [];
    const cell = cells.findIndex(widget => widget.node.contains(node));
    if (!panel || cell < 0) {
      return null;
    }
    const notebook = panel.context.path;
    const { outputArea } = cells[cell] as Cell &
      Pick<Partial<CodeCell>, 'outputArea'>;
    const output =
      outputArea?.widgets.findIndex(widget => widget.node.contains(node)) ?? -1;
    // Behind the outputs come widgets that are none: a prompt for input.
    return output >= 0 && output < (outputArea?.model.length ?? 0)
      ? { notebook, cell, output }
      : { notebook, cell };
  }

  async notebook(path?: string): Promise<IContent> {
    const open = this._find(path);
    const at = open?.context.path ?? path;
    if (at === undefined) {
      throw new NotebookError('no-notebook', 'No notebook is open');
    }
    const model =
      (open && (await loaded(open)))?.content.model?.toJSON() ??
      (await this._contents.get(at, { type: 'notebook', content: true }))
        .content;
    return new BlobContent({
      name: at.split(/[:/]/).pop() ?? at,
      mediaType: 'application/x-ipynb+json',
      // Indented by one, as Jupyter saves it.
      data: JSON.stringify(model, null, 1) + '\n',
      source: { kind: 'notebook', path: at }
    });
  }

  title(path?: string): string {
    const panel = this._find(path);
    const at = panel?.context.path ?? path ?? '';
    const markdown: string[] = [];
    const cells = panel?.content.model?.cells;
    for (let index = 0; cells && index < cells.length; index++) {
      const cell = cells.get(index);
      if (cell.type === 'markdown') {
        markdown.push(cell.sharedModel.getSource());
      }
    }
    return titleOf(markdown, at);
  }

  async reveal(path: string, cell: number): Promise<void> {
    const { content } = await loaded(this._panel(path));
    content.deselectAll();
    content.activeCellIndex = cell;
    await content.scrollToItem(cell, 'center');
  }

  async insertCode(code: string, notebook?: string): Promise<string> {
    const panel = await loaded(this._panel(notebook));
    const model = panel.content.model;
    if (!model || model.readOnly) {
      throw new NotebookError('read-only', 'The notebook is read-only');
    }
    const at = Math.min(panel.content.activeCellIndex + 1, model.cells.length);
    model.sharedModel.insertCell(at, {
      cell_type: 'code',
      source: code,
      metadata: { trusted: true }
    });
    panel.content.activeCellIndex = at;
    return code;
  }

  private _find(path?: string): NotebookPanel | null {
    return path === undefined
      ? this._tracker.currentWidget
      : (this._tracker.find(panel => panel.context.path === path) ?? null);
  }

  private _panel(path?: string): NotebookPanel {
    const panel = this._find(path);
    if (!panel) {
      throw new NotebookError(
        'no-notebook',
        path === undefined
          ? 'No notebook is open'
          : `The notebook ${path} is not open`
      );
    }
    return panel;
  }
}

/**
 * The panel once its cells are there: until then it looks like an empty notebook.
 *
 * @throws NotebookError no-notebook, where it is closed before that
 */
async function loaded(panel: NotebookPanel): Promise<NotebookPanel> {
  const { context, revealed, disposed } = panel;
  let closed = (): void => undefined;
  const gone = new Promise<never>((_, reject) => {
    closed = () =>
      reject(
        new NotebookError('no-notebook', `${context.path} was closed meanwhile`)
      );
    disposed.connect(closed);
  });
  try {
    await Promise.race([Promise.all([context.ready, revealed]), gone]);
  } finally {
    disposed.disconnect(closed);
  }
  return panel;
}
