/**
 * What the person did last on this page, and can still undo.
 */
import type { History, IChange } from './history';

/** Remembered at most. */
const DEEP = 100;

export class Undoable {
  constructor(history: History) {
    history.recorded.connect((_, change) => {
      // An editor's saving is undone in the editor.
      if (change.what !== 'save' && change.what !== 'undo') {
        this._stack.push(change);
        this._stack.splice(0, this._stack.length - DEEP);
      }
    });
  }

  get last(): IChange | null {
    return this._stack[this._stack.length - 1] ?? null;
  }

  /** It was undone, or can't be. */
  drop(change: IChange): void {
    this._stack = this._stack.filter(({ id }) => id !== change.id);
  }

  private _stack: IChange[] = [];
}
