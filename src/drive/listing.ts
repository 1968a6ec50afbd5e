/**
 * The rows of our file browser. JupyterLab draws a node a row and never drops
 * one, so a large folder shows a first screenful at once and the rest, up to the
 * limit, in slices while the page is idle.
 */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { DirListing } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { droppedFiles } from './drop';
import { FIRST_ROWS, type IpfsBrowserModel } from './models';
import { remembered } from './order';

export class IpfsListing extends DirListing {
  constructor(options: DirListing.IOptions, trans: TranslationBundle) {
    super(options);
    this._words = trans;
    this._rows.fileChanged.connect(this._onChanged, this);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._idle?.cancel();
    this._rows.fileChanged.disconnect(this._onChanged, this);
    super.dispose();
  }

  /** Sort all entries, and show the first of them. */
  sort(state: DirListing.ISortState): void {
    const model = this._rows;
    model.showAll();
    const all = Array.from(model.items());
    // Should core ever name its rows otherwise, all are shown as core does it.
    if (all.length <= FIRST_ROWS || !('_sortedItems' in this)) {
      super.sort(state);
      return;
    }
    model.showFirst(
      this._inOrder(all, {
        ...state,
        notebooksFirst: this._notebooksFirst,
        naturally: this._naturally,
        language: this.translator.languageCode
      })
    );
    this._draw(state);
  }

  setNotebooksFirstSorting(isEnabled: boolean): void {
    this._notebooksFirst = isEnabled;
    super.setNotebooksFirstSorting(isEnabled);
  }

  setSortFileNamesNaturally(isEnabled: boolean): void {
    this._naturally = isEnabled;
    super.setSortFileNamesNaturally(isEnabled);
  }

  async selectItemByName(name: string, focus?: boolean): Promise<void> {
    this._rows.want(name);
    return super.selectItemByName(name, focus);
  }

  /** As core's, in words that are true here: there is no trash. */
  async delete(): Promise<void> {
    const items = Array.from(this.selectedItems());
    if (!items.length) {
      return;
    }
    const trans = this._words;
    const { button } = await showDialog({
      title: trans.__('Delete from the IPFS drive'),
      body:
        items.length === 1
          ? trans.__(
              'Delete “%1”? There is no trash here. What was pinned or shared stays where it is.',
              items[0].name
            )
          : trans.__(
              'Delete %1 items? There is no trash here. What was pinned or shared stays where it is.',
              items.length
            ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ],
      // Delete and Enter are neighbours on many keyboards.
      defaultButton: 0
    });
    if (this.isDisposed || !button.accept) {
      return;
    }
    await Promise.all(
      items.map(({ path }) =>
        this.model.manager
          .deleteFile(path)
          .catch((reason: Error) =>
            showErrorMessage(trans.__('It was not deleted'), reason)
          )
      )
    );
    this.activate();
  }

  protected evtNativeDrop(event: DragEvent): void {
    event.preventDefault();
    if (event.dataTransfer) {
      droppedFiles(event.dataTransfer)
        .then(({ files, folders }) =>
          this._rows.uploadBatch(files, { folders })
        )
        .catch((reason: unknown) => {
          // The batch's own notification has told it; cancels end here too.
          console.info('The dropped files were not uploaded', reason);
        });
    }
  }

  private get _rows(): IpfsBrowserModel {
    return this._model as IpfsBrowserModel;
  }

  /** Core selects what is new or renamed: it must be among the rows. */
  private _onChanged(_: unknown, change: Contents.IChangedArgs): void {
    if (change.type !== 'delete' && change.newValue?.name) {
      this._rows.want(change.newValue.name);
    }
  }

  /** Show the rows that the model gives, in its order, and go on when idle. */
  private _draw(state: DirListing.ISortState): void {
    const model = this._rows;
    const rows = Array.from(model.items());
    model.withNone(() => super.sort(state));
    // Private to core, but the only way past its sorting.
    (this as unknown as { _sortedItems: Contents.IModel[] })._sortedItems =
      rows;
    this._idle?.cancel();
    this._idle = null;
    if (model.canGrow) {
      this._idle = whenIdle(() => {
        this._idle = null;
        model.grow();
        this._draw(this.sortState);
      });
    }
  }

  private _words: TranslationBundle;
  private _inOrder = remembered();
  private _notebooksFirst = false;
  private _naturally = true;
  private _idle: { cancel(): void } | null = null;
}

/** Run when the page has nothing else to do; soon, where it can't tell. */
function whenIdle(action: () => void): { cancel(): void } {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(action, 50);
    return { cancel: () => clearTimeout(timer) };
  }
  const id = requestIdleCallback(action, { timeout: 2000 });
  return { cancel: () => cancelIdleCallback(id) };
}
