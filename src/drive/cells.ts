/**
 * What our rows have beside JupyterLab's columns: the CID, and a badge.
 */
import { Clipboard } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import {
  nullTranslator,
  type TranslationBundle
} from '@jupyterlab/translation';

/** Width of the cells, in px. */
export const CID_WIDTH = 84;
export const BADGE_WIDTH = 22;
/** A narrower listing leaves the CIDs out: names come first; px. */
export const WIDE_ENOUGH = 270;

/** How long a cell says that it was copied, in ms. */
const COPIED_MS = 1200;

const CELL = 'jp-web3-drive-cidCell';
const BADGE = 'jp-web3-drive-badge';
const HEADER = 'jp-web3-drive-cidHeader';

export interface IRowBadge {
  /** One sign. */
  text: string;
  /** What it means, in words. */
  title: string;
  className?: string;
}

/** Called for each row that is drawn: it must answer at once. */
export type BadgeFor = (item: Contents.IModel) => IRowBadge | null;

/** `bafk…n3ka`: shorter than elsewhere, since names need the room. */
const brief = (cid: string): string =>
  cid.length > 10 ? `${cid.slice(0, 4)}…${cid.slice(-4)}` : cid;

export class RowCells {
  /** Whether the column is wanted; it may still be too narrow for it. */
  wantsCid = false;
  badgeFor: BadgeFor | null = null;
  trans: TranslationBundle | null = null;
  /** Whether there is room. */
  isWide = true;

  get showsCid(): boolean {
    return this.wantsCid && this.isWide;
  }

  /** What the cells take of a row, in px. */
  get width(): number {
    return (this.showsCid ? CID_WIDTH : 0) + (this.badgeFor ? BADGE_WIDTH : 0);
  }

  header(node: HTMLElement): void {
    node.querySelector(`.${HEADER}`)?.remove();
    if (this.width) {
      const cell = document.createElement('div');
      cell.className = `jp-DirListing-headerItem ${HEADER}`;
      cell.style.width = `${this.width}px`;
      if (this.showsCid) {
        cell.append(this._words.__('CID'));
      }
      node.append(cell);
    }
  }

  /** Put the cells of a row right. */
  update(row: HTMLElement, item: Contents.IModel): void {
    let badge = row.querySelector<HTMLElement>(`.${BADGE}`);
    let cell = row.querySelector<HTMLButtonElement>(`.${CELL}`);
    if (!this.badgeFor) {
      badge?.remove();
    } else {
      if (!badge) {
        badge = document.createElement('span');
        badge.setAttribute('role', 'img');
        badge.style.width = `${BADGE_WIDTH}px`;
        row.append(badge);
      }
      const shown = this.badgeFor(item);
      badge.className = `${BADGE} ${shown?.className ?? ''}`.trim();
      badge.textContent = shown?.text ?? '';
      badge.title = shown?.title ?? '';
      badge.setAttribute('aria-label', shown?.title ?? '');
      badge.toggleAttribute('aria-hidden', !shown);
    }
    if (!this.showsCid || !item.hash) {
      cell?.remove();
      return;
    }
    if (!cell) {
      cell = this._createCell();
    }
    // Last, whether there is a badge or not. Where it is there it must not be
    // moved: that would be in the middle of a click, which selects the row.
    if (row.lastElementChild !== cell) {
      row.append(cell);
    }
    if (cell.dataset.cid !== item.hash) {
      cell.dataset.cid = item.hash;
      cell.textContent = brief(item.hash);
      cell.title = this._words.__('Copy CID: %1', item.hash);
      cell.setAttribute('aria-label', cell.title);
    }
  }

  /** For the picture of a row that is dragged. */
  remove(row: HTMLElement): void {
    row.querySelector(`.${CELL}`)?.remove();
    row.querySelector(`.${BADGE}`)?.remove();
  }

  private get _words(): TranslationBundle {
    return this.trans ?? nullTranslator.load('jupyterlab_web3');
  }

  private _createCell(): HTMLButtonElement {
    const cell = document.createElement('button');
    cell.type = 'button';
    cell.className = CELL;
    cell.style.width = `${CID_WIDTH}px`;
    // Arrows go from row to row; by keyboard there is "Copy CID".
    cell.tabIndex = -1;
    cell.addEventListener('click', event => {
      event.stopPropagation();
      const { cid = '' } = cell.dataset;
      Clipboard.copyToSystem(cid);
      cell.textContent = this._words.__('Copied');
      setTimeout(() => {
        cell.textContent = brief(cell.dataset.cid ?? '');
      }, COPIED_MS);
    });
    // Two clicks are two copies, and open nothing.
    cell.addEventListener('dblclick', event => event.stopPropagation());
    return cell;
  }
}
