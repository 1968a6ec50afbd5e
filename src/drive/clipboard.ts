/**
 * Files that were cut or copied in any file browser, to be pasted in another.
 * JupyterLab's browsers have a clipboard each, which knows no other drive.
 */
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

export class FileClipboard {
  /** Contents paths. */
  get paths(): readonly string[] {
    return this._paths;
  }

  /** Whether they go from where they are. */
  get cut(): boolean {
    return this._cut;
  }

  get changed(): ISignal<FileClipboard, void> {
    return this._changed;
  }

  set(paths: readonly string[], cut: boolean): void {
    this._paths = [...paths];
    this._cut = cut && paths.length > 0;
    this._changed.emit();
  }

  private _paths: string[] = [];
  private _cut = false;
  private _changed = new Signal<FileClipboard, void>(this);
}
