/**
 * Notifications of long things: one a thing, from in-progress to done.
 */
import { Notification } from '@jupyterlab/apputils';
import type { ReadonlyJSONValue } from '@lumino/coreutils';

/** Milliseconds that good news stays. */
const GOOD_NEWS = 6000;

/** Shortest time between two states of a bar, in milliseconds. */
const BETWEEN_DRAWINGS = 300;

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

/**
 * One notification whose text follows what happens. A bar says that it goes on:
 * a spinner would be drawn sixty times a second, on the CPU that does the work.
 */
export class Progress {
  /** `progress` is 0…1. */
  constructor(message: string, progress = 0) {
    this._id = Notification.emit(message, 'default', {
      autoClose: false,
      progress
    });
  }

  /** `progress` is 0…1. */
  update(message: string, progress: number): void {
    this._pace.draw(() =>
      Notification.update({ id: this._id, message, type: 'default', progress })
    );
  }

  done(
    message: string,
    actions: Notification.IAction[] = [],
    data?: ReadonlyJSONValue
  ): void {
    this._pace.stop();
    Notification.update({
      id: this._id,
      message,
      type: 'success',
      progress: undefined,
      autoClose: GOOD_NEWS,
      actions,
      ...(data === undefined ? {} : { data })
    });
  }

  /** Waits for the person; stays until it is read. */
  waiting(message: string, actions: Notification.IAction[] = []): void {
    this._pace.stop();
    Notification.update({
      id: this._id,
      message,
      type: 'warning',
      progress: undefined,
      autoClose: false,
      actions
    });
  }

  failed(message: string, actions: Notification.IAction[] = []): void {
    this._pace.stop();
    Notification.update({
      id: this._id,
      message,
      type: 'error',
      progress: undefined,
      autoClose: false,
      actions
    });
  }

  dismiss(): void {
    this._pace.stop();
    Notification.dismiss(this._id);
  }

  private _id: string;
  private _pace = new Pace();
}
