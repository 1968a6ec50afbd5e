/**
 * The rows of our file browser. JupyterLab fills a node a row; here only those
 * near what is seen are filled, so that a folder of thousands stays quick.
 */
import { showErrorMessage } from '@jupyterlab/apputils';
import { DirListing } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type Message, MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { type BadgeFor, WIDE_ENOUGH } from './cells';
import { droppedFiles } from './drop';
import {
  fitNodes,
  type ICoreListing,
  isAsKnown,
  isInUse,
  makeRoom,
  measureRow,
  RowRenderer,
  rowsToFill,
  type ISeen,
  seenRows,
  USUAL_HEIGHT
} from './listingRows';
import type { IpfsBrowserModel } from './models';
import { remembered } from './order';

export class IpfsListing extends DirListing {
  constructor(options: DirListing.IOptions, trans: TranslationBundle) {
    super({ ...options, renderer: new RowRenderer() });
    this._words = trans;
    this._rowRenderer.cells.trans = trans;
    makeRoom(this, width => this._roomFor(width));
    this.addClass('jp-web3-drive-listing');
    this._browserModel.fileChanged.connect(this._onChanged, this);
    this._browserModel.listed.connect(this._onListed, this);
    // After core's own, which was connected by its constructor.
    this._browserModel.refreshed.connect(this._onRefreshed, this);
    this._browserModel.pathChanged.connect(this._onPath, this);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._browserModel.fileChanged.disconnect(this._onChanged, this);
    this._browserModel.listed.disconnect(this._onListed, this);
    this._browserModel.refreshed.disconnect(this._onRefreshed, this);
    this._browserModel.pathChanged.disconnect(this._onPath, this);
    super.dispose();
  }

  /** Sort all entries, and show the first of them. */
  sort(state: DirListing.ISortState): void {
    // Should core ever name its rows otherwise, all are shown as core does it.
    if (!isAsKnown(this)) {
      super.sort(state);
      return;
    }
    const model = this._browserModel;
    model.showFirst(
      this._inOrder(model.entries, {
        ...state,
        notebooksFirst: this._notebooksFirst,
        naturally: this._naturally,
        language: this.translator.languageCode
      })
    );
    // The only way past core's sorting, which takes seconds for 10,000 names.
    model.withNone(() => super.sort(state));
    this._core._sortedItems = Array.from(model.items());
  }

  setNotebooksFirstSorting(isEnabled: boolean): void {
    this._notebooksFirst = isEnabled;
    super.setNotebooksFirstSorting(isEnabled);
  }

  setSortFileNamesNaturally(isEnabled: boolean): void {
    this._naturally = isEnabled;
    super.setSortFileNamesNaturally(isEnabled);
  }

  /** Show or hide the column of CIDs. */
  get showsCid(): boolean {
    return this._rowRenderer.cells.wantsCid;
  }
  set showsCid(value: boolean) {
    this._rowRenderer.cells.wantsCid = value;
    this.refreshCells();
  }

  /** Put a badge into each row. */
  set badgeFor(value: BadgeFor | null) {
    this._rowRenderer.cells.badgeFor = value;
    this.refreshCells();
  }

  /** What was cut here looks as if it were not any more. */
  forgetClipboard(): void {
    const { _clipboard } = this._core;
    if (Array.isArray(_clipboard)) {
      _clipboard.length = 0;
      this._core._isCut = false;
      this.update();
    }
  }

  /** Cells or their width changed. */
  refreshCells(): void {
    this._rowRenderer.cells.header(this.headerNode);
    if (this.isVisible) {
      this.onResize(Widget.ResizeMessage.UnknownSize);
    }
    this.update();
  }

  async selectItemByName(name: string, focus?: boolean): Promise<void> {
    this._browserModel.want(name);
    return super.selectItemByName(name, focus);
  }

  /** As core's, in words that are true here, and as one change. */
  async delete(): Promise<void> {
    const items = Array.from(this.selectedItems());
    if (!items.length) {
      return;
    }
    const { confirmDelete } = await import('./dialogs');
    const accepted = await confirmDelete(
      items.map(({ name }) => name),
      this._browserModel.history,
      this._words
    );
    if (this.isDisposed || !accepted) {
      return;
    }
    try {
      await this._browserModel.deleteAll(items.map(({ path }) => path));
    } catch (error) {
      await showErrorMessage(
        this._words.__('It was not deleted'),
        error as Error
      );
    }
    this.activate();
  }

  protected evtNativeDrop(event: DragEvent): void {
    event.preventDefault();
    if (event.dataTransfer) {
      droppedFiles(event.dataTransfer)
        .then(({ files, folders }) =>
          this._browserModel.uploadBatch(files, { folders })
        )
        .catch((reason: unknown) => {
          // The batch's own notification has told it; cancels end here too.
          console.info('The dropped files were not uploaded', reason);
        });
    }
  }

  handleEvent(event: Event): void {
    super.handleEvent(event);
    if (event.type === 'scroll') {
      this._onScroll();
    }
  }

  onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    this._onScroll();
  }

  /** Home, End and the Page keys, which core leaves to the scroll bar. */
  protected evtKeydown(event: KeyboardEvent): void {
    const row = this._rowOfKey(event);
    if (row === null) {
      super.evtKeydown(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) {
      this._core._handleMultiSelect(row);
      this._core._focusItem(row);
      this.update();
    } else {
      this._core._selectItem(row, false, true);
    }
  }

  /** Update the rows near what is seen; empty the others. */
  protected onUpdateRequest(msg: Message): void {
    if (!isAsKnown(this)) {
      super.onUpdateRequest(msg);
      return;
    }
    const { _items: nodes, _sortedItems: items, _focusIndex } = this._core;
    // Before anything changes, so that nothing has to be laid out for it.
    const measured = this._measure();
    const seen = this._seen();
    fitNodes(nodes, items.length, this.contentNode, this._rowRenderer);
    const rows = rowsToFill(seen, _focusIndex, items.length);
    const near = new Set(rows);
    nodes.forEach((node, i) => {
      if (node.firstChild && !near.has(i) && !isInUse(node)) {
        // Another node, since core remembers what it wrote into this one.
        nodes[i] = this._rowRenderer.createEmpty();
        node.replaceWith(nodes[i]);
      }
    });
    this._fill(rows, msg);
    if (!measured) {
      this._measure();
    }
  }

  /** Empty rows get the height of filled ones; whether one could be measured. */
  private _measure(): boolean {
    const height = measureRow(this._core._items);
    if (height && height !== this._rowHeight) {
      this._rowHeight = height;
      this.contentNode.style.setProperty('--jp-web3-row-height', `${height}px`);
    }
    return height > 0;
  }

  protected updateNodes(
    items: Contents.IModel[],
    nodes: HTMLElement[],
    sizeOnly = false
  ): void {
    const filled = (_: unknown, i: number): boolean =>
      Boolean(nodes[i]?.firstChild);
    super.updateNodes(
      items.filter(filled),
      nodes.filter(node => node.firstChild),
      sizeOnly
    );
  }

  /** Let core update some of the rows, as if there were no others. */
  private _fill(rows: number[], msg: Message): void {
    const core = this._core;
    const { _items: nodes, _sortedItems: items, _focusIndex: focused } = core;
    for (const row of rows) {
      this._rowRenderer.fill(nodes[row]);
    }
    core._items = rows.map(row => nodes[row]);
    core._sortedItems = rows.map(row => items[row]);
    core._focusIndex = rows.indexOf(focused);
    try {
      super.onUpdateRequest(msg);
    } finally {
      core._items = nodes;
      core._sortedItems = items;
      core._focusIndex = focused;
    }
    this._countSelected(items.length);
  }

  /** The check box in the header, which core has set for a part of the rows. */
  private _countSelected(total: number): void {
    const box = this.renderer.getCheckboxNode(this.headerNode);
    if (box) {
      const selected = Object.keys(this.selection).length;
      box.checked = total > 0 && selected === total;
      box.indeterminate = selected > 0 && !box.checked;
      box.dataset.checked = String(box.checked);
      box.dataset.indeterminate = String(box.indeterminate);
    }
  }

  private _seen(): ISeen {
    return seenRows(
      this.contentNode,
      this._rowHeight,
      this._core._sortedItems.length
    );
  }

  /** What came into sight is filled in the same frame. */
  private _onScroll(): void {
    if (!isAsKnown(this)) {
      return;
    }
    const { first, end } = this._seen();
    const nodes = this._core._items;
    if (nodes.slice(first, end).some(node => !node.firstChild)) {
      MessageLoop.sendMessage(this, Widget.Msg.UpdateRequest);
    }
  }

  private _rowOfKey(event: KeyboardEvent): number | null {
    const { altKey, ctrlKey, metaKey, key, target } = event;
    if (
      altKey ||
      ctrlKey ||
      metaKey ||
      !isAsKnown(this) ||
      !(target as HTMLElement).classList.contains('jp-DirListing-itemText')
    ) {
      return null;
    }
    const last = this._core._items.length - 1;
    const page = Math.max(
      1,
      Math.floor(this.contentNode.clientHeight / this._rowHeight) - 1
    );
    switch (key) {
      case 'Home':
        return 0;
      case 'End':
        return last;
      case 'PageUp':
        return Math.max(0, this._core._focusIndex - page);
      case 'PageDown':
        return Math.min(last, this._core._focusIndex + page);
      default:
        return null;
    }
  }

  /**
   * Core looks for each entry in the list of those selected, which takes seconds
   * when thousands are: it is to find none, and they come back afterwards.
   */
  private _onListed(): void {
    this._selected = new Set(Object.keys(this.selection));
    this.clearSelectedItems(false);
  }

  private _onRefreshed(): void {
    for (const { path } of this._browserModel.items()) {
      if (this._selected.has(path)) {
        this.selection[path] = true;
      }
    }
    this._selected.clear();
  }

  private _onPath(): void {
    this.contentNode.scrollTop = 0;
  }

  /** Core selects what is new or renamed: it must be among the rows. */
  private _onChanged(_: unknown, change: Contents.IChangedArgs): void {
    if (change.type !== 'delete' && change.newValue?.name) {
      this._browserModel.want(change.newValue.name);
    }
  }

  /** What core may give to its own columns, of a width in px. */
  private _roomFor(width: number): number {
    const { cells } = this._rowRenderer;
    const wide = width >= WIDE_ENOUGH;
    if (wide !== cells.isWide) {
      cells.isWide = wide;
      cells.header(this.headerNode);
      this.update();
    }
    return width - cells.width;
  }

  private get _core(): ICoreListing {
    return this as unknown as ICoreListing;
  }

  private get _browserModel(): IpfsBrowserModel {
    return this._model as IpfsBrowserModel;
  }

  private get _rowRenderer(): RowRenderer {
    return this.renderer as RowRenderer;
  }

  private _words: TranslationBundle;
  private _inOrder = remembered();
  private _notebooksFirst = false;
  private _naturally = true;
  private _rowHeight = USUAL_HEIGHT;
  private _selected = new Set<string>();
}
