/**
 * The rows of a listing that hold something. Every entry has its node, so that
 * the scroll bar, the keyboard and screen readers know how many there are; only
 * the nodes near what is seen are filled.
 */
import { DirListing } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';

import { RowCells } from './cells';

/** Rows filled above and below what is seen. */
export const MARGIN = 50;

/** Of a row in Lab's own sizes, until one was measured; px. */
export const USUAL_HEIGHT = 24;

/** What is private to core's listing, in JupyterLab 4.5 and 4.6. */
export interface ICoreListing {
  _items: HTMLElement[];
  _sortedItems: Contents.IModel[];
  _focusIndex: number;
  _clipboard: string[];
  _isCut: boolean;
  _focusItem(index: number): void;
  _handleMultiSelect(index: number): void;
  _selectItem(index: number, keepExisting: boolean, focus?: boolean): void;
}

/** Whether core's listing is as `ICoreListing` says. */
export function isAsKnown(listing: object): boolean {
  const inside = listing as Partial<ICoreListing>;
  return (
    Array.isArray(inside._items) &&
    Array.isArray(inside._sortedItems) &&
    typeof inside._focusIndex === 'number' &&
    [inside._focusItem, inside._handleMultiSelect, inside._selectItem].every(
      method => typeof method === 'function'
    )
  );
}

/**
 * Have core share less than the whole width among its columns. Where core is not
 * as it was, the cells go beyond the edge, and nothing else happens.
 */
export function makeRoom(
  listing: object,
  roomFor: (width: number) => number
): void {
  const core = listing as {
    _computeContentWidth?: (width?: number | null) => number;
  };
  const whole = core._computeContentWidth;
  if (typeof whole === 'function') {
    core._computeContentWidth = width => roomFor(whole.call(listing, width));
  }
}

/** Core's rows, which can also be empty at first, and have cells of our own. */
export class RowRenderer extends DirListing.Renderer {
  readonly cells = new RowCells();

  populateHeaderNode(
    ...args: Parameters<DirListing.Renderer['populateHeaderNode']>
  ): void {
    super.populateHeaderNode(...args);
    for (const item of args[0].children) {
      if (item.querySelector('.jp-DirListing-headerItemText')) {
        reachable(item as HTMLElement);
      }
    }
    this.cells.header(args[0]);
  }

  updateItemNode(
    ...args: Parameters<DirListing.Renderer['updateItemNode']>
  ): void {
    super.updateItemNode(...args);
    this.cells.update(args[0], args[1]);
  }

  createDragImage(
    ...args: Parameters<DirListing.Renderer['createDragImage']>
  ): HTMLElement {
    const image = super.createDragImage(...args);
    this.cells.remove(image);
    return image;
  }

  /** Not of core's class yet: its rules cost a second for 10,000 nodes. */
  createEmpty(): HTMLElement {
    const node = document.createElement('li');
    node.className = 'jp-web3-drive-emptyRow';
    return node;
  }

  /** Columns that are hidden go when the row is updated. */
  fill(node: HTMLElement): void {
    if (!node.firstChild) {
      node.className = 'jp-DirListing-item';
      node.append(...Array.from(this.createItemNode().children));
    }
  }

  /** Core asks for the name to focus or edit it: the row must be there then. */
  getNameNode(node: HTMLElement): HTMLElement {
    this.fill(node);
    return super.getNameNode(node);
  }
}

/** What is seen of a list, in rows: from `first` up to, without, `end`. */
export interface ISeen {
  first: number;
  end: number;
}

/** A column is sorted by keyboard, too, which core leaves to the mouse. */
function reachable(item: HTMLElement): void {
  item.tabIndex = 0;
  item.setAttribute('role', 'button');
  item.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      item.click();
    }
  });
}

/**
 * @param view - what is scrolled, and how far; px
 * @param rowHeight - px
 */
export function seenRows(
  view: { scrollTop: number; clientHeight: number },
  rowHeight: number,
  total: number
): ISeen {
  const clamp = (row: number): number => Math.max(0, Math.min(total, row));
  return {
    first: clamp(Math.floor(view.scrollTop / rowHeight)),
    end: clamp(Math.ceil((view.scrollTop + view.clientHeight) / rowHeight))
  };
}

/**
 * The rows to fill, in order: those seen, a margin, and the one that has or gets
 * the keyboard.
 */
export function rowsToFill(
  { first, end }: ISeen,
  focused: number,
  total: number
): number[] {
  const from = Math.max(0, first - MARGIN);
  const to = Math.min(total, end + MARGIN);
  const rows = Array.from(
    { length: Math.max(0, to - from) },
    (_, i) => from + i
  );
  if (focused >= 0 && focused < total) {
    if (focused < from) {
      rows.unshift(focused);
    } else if (focused >= to) {
      rows.push(focused);
    }
  }
  return rows;
}

/** Of a filled row, in px; 0 while none is laid out. */
export function measureRow(nodes: HTMLElement[]): number {
  // A renamed row may be higher than the others: any other one is right.
  const node = nodes.find(
    row => row.firstChild && !row.querySelector('.jp-DirListing-editor')
  );
  return node?.offsetHeight ?? 0;
}

/** Not to be emptied: the keyboard is in it, or its name is edited. */
export function isInUse(node: HTMLElement): boolean {
  return (
    node.contains(document.activeElement) ||
    node.querySelector('.jp-DirListing-editor') !== null
  );
}

/** Make as many nodes as there are entries; the rest of them go. */
export function fitNodes(
  nodes: HTMLElement[],
  total: number,
  content: HTMLElement,
  renderer: RowRenderer
): void {
  if (nodes.length > total) {
    const range = document.createRange();
    range.setStartBefore(nodes[total]);
    range.setEndAfter(nodes[nodes.length - 1]);
    range.deleteContents();
    nodes.length = total;
  } else if (nodes.length < total) {
    const added = document.createDocumentFragment();
    while (nodes.length < total) {
      const node = renderer.createEmpty();
      nodes.push(node);
      added.append(node);
    }
    content.append(added);
  }
}
