/**
 * Notifications of long things: one a thing, from in-progress to done.
 */
import { Notification } from '@jupyterlab/apputils';

/** How long good news stays, in milliseconds. */
const GOOD_NEWS = 6000;

/** Shortest time between two states of a bar, in milliseconds. */
const BETWEEN_DRAWINGS = 300;

/** How long the first drawing of a notification is waited for, in milliseconds. */
const TO_BE_DRAWN = 30_000;

/**
 * Draws progress at a pace that people can follow: files tell of every block, to
 * the thread that draws, on the CPU that does the work. The last is never left
 * out, only later.
 */
export class Pace {
  draw(task: () => void): void {
    this.stop();
    const left = this._last + BETWEEN_DRAWINGS - Date.now();
    if (left > 0) {
      this._timer = setTimeout(() => this.draw(task), left);
      return;
    }
    this._last = Date.now();
    task();
  }

  /** Something else is shown from now on. */
  stop(): void {
    clearTimeout(this._timer);
  }

  private _last = 0;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

type State = Omit<Parameters<typeof Notification.update>[0], 'id'>;

/**
 * One notification whose text follows what happens. A bar says that it goes on:
 * a spinner would be drawn sixty times a second, on the CPU that does the work.
 *
 * JupyterLab loses what it is told of a notification between its start and its
 * first drawing: it takes the second for a copy of the first and drops it. For
 * the first notification of a page, whose code is loaded then, that is as long
 * as the server takes, and whatever ends within it would never show its end. So
 * a state told before the drawing is told again after it.
 */
export class Progress {
  constructor(message: string, actions: Notification.IAction[] = []) {
    this._id = Notification.emit(message, 'default', {
      autoClose: false,
      progress: 0,
      actions
    });
  }

  /** Not after the end. `progress` is 0…1. */
  update(message: string, progress: number): void {
    if (!this._ended) {
      this._pace.draw(() => this._tell({ message, type: 'default', progress }));
    }
  }

  /** @param autoClose - milliseconds that it stays; false: until it is closed */
  done(
    message: string,
    actions: Notification.IAction[] = [],
    autoClose: number | false = GOOD_NEWS
  ): void {
    this._end({ message, type: 'success', autoClose, actions });
  }

  /** Stays until it is read. */
  failed(message: string, actions: Notification.IAction[] = []): void {
    this._end({ message, type: 'error', autoClose: false, actions });
  }

  /** @param autoClose - milliseconds that it stays */
  cancelled(message: string, autoClose: number): void {
    this._end({ message, type: 'info', autoClose, actions: [] });
  }

  /** Waits for the person; stays until it is read. May go on after it. */
  waiting(message: string, actions: Notification.IAction[] = []): void {
    this._pace.stop();
    this._tell({ message, type: 'warning', autoClose: false, actions });
  }

  dismiss(): void {
    this._ended = true;
    this._pace.stop();
    Notification.dismiss(this._id);
  }

  private _end(state: State): void {
    this._ended = true;
    this._pace.stop();
    this._tell(state);
  }

  private _tell(state: State): void {
    this._told = { state, at: Date.now() };
    const drawn = this._isDrawn();
    Notification.update({ id: this._id, ...state });
    if (!drawn) {
      this._pace.draw(() => this._look());
    }
  }

  private _look(): void {
    const { state, at } = this._told!;
    if (this._isDrawn()) {
      Notification.update({ id: this._id, ...state });
    } else if (Date.now() < at + TO_BE_DRAWN) {
      // Never where it is drawn in the list only.
      this._pace.draw(() => this._look());
    }
  }

  /** For a while: JupyterLab knows it a moment after it is in the page. */
  private _isDrawn(): boolean {
    if (this._seen === 0 && document.getElementById(this._id)) {
      this._seen = Date.now();
    }
    return this._seen > 0 && Date.now() - this._seen >= BETWEEN_DRAWINGS;
  }

  private _id: string;
  private _pace = new Pace();
  private _ended = false;
  private _told: { state: State; at: number } | null = null;
  /** When it was first seen in the page, in ms; 0: not yet. */
  private _seen = 0;
}
