/** What the market's sidebar shows: commands steer it, its parts follow it. */
import { Signal, type ISignal } from '@lumino/signaling';

export const SIDEBAR_TABS = ['discover', 'purchases', 'mine'] as const;

export type SidebarTab = (typeof SIDEBAR_TABS)[number];

export class SidebarModel {
  get tab(): SidebarTab {
    return this._tab;
  }
  /** What is searched for, as the person typed it. */
  get query(): string {
    return this._query;
  }
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  show(tab: SidebarTab): void {
    if (tab !== this._tab) {
      this._tab = tab;
      this._changed.emit();
    }
  }

  search(query: string): void {
    this._tab = 'discover';
    this._query = query;
    this._changed.emit();
  }

  private _tab: SidebarTab = 'discover';
  private _query = '';
  private _changed = new Signal<this, void>(this);
}
