/**
 * Notifications of long things: one a thing, from in-progress to done.
 */
import { Notification } from '@jupyterlab/apputils';
import type { ReadonlyJSONValue } from '@lumino/coreutils';

/** Milliseconds that good news stays. */
const GOOD_NEWS = 6000;

/** One notification whose text follows what happens. */
export class Progress {
  constructor(message: string) {
    this._id = Notification.emit(message, 'in-progress', { autoClose: false });
  }

  /** `progress` is 0…1. */
  update(message: string, progress?: number): void {
    Notification.update({
      id: this._id,
      message,
      type: 'in-progress',
      ...(progress === undefined ? {} : { progress })
    });
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
      autoClose: false,
      actions
    });
  }

  failed(message: string, actions: Notification.IAction[] = []): void {
    Notification.update({
      id: this._id,
      message,
      type: 'error',
      autoClose: false,
      actions
    });
  }

  dismiss(): void {
    Notification.dismiss(this._id);
  }

  private _id: string;
}
