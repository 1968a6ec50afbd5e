/**
 * Notifications of long things: one a thing, from in-progress to done.
 */
import { Notification } from '@jupyterlab/apputils';
import type { ReadonlyJSONValue } from '@lumino/coreutils';

/** Milliseconds that good news stays. */
const GOOD_NEWS = 6000;

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
    Notification.update({ id: this._id, message, type: 'default', progress });
  }

  done(
    message: string,
    actions: Notification.IAction[] = [],
    data?: ReadonlyJSONValue
  ): void {
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
    Notification.dismiss(this._id);
  }

  private _id: string;
}
