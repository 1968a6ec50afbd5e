/**
 * One notification a batch or copy, from in progress to done.
 */
import type { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { isCancelled } from '../ipfs/errors';
import { Progress } from '../ui/notifications';
import type { UploadBatch } from './upload';
import { describeError, formatBytes } from './words';

/** How long a success stays, in milliseconds. */
const DONE_MS = 4000;

/** Of what the drive does: it can be cancelled, and fails in the drive's words. */
export class ProgressNotice extends Progress {
  constructor(
    private _trans: TranslationBundle,
    message: string,
    cancel: () => void
  ) {
    super(message, [
      {
        label: _trans.__('Cancel'),
        caption: _trans.__('Stop and leave everything as it was'),
        // Closing the notification must not look like success: it stays until
        // the cancel has happened.
        callback: (event: MouseEvent) => {
          event.preventDefault();
          cancel();
        }
      }
    ]);
  }

  /** @param actions - where there are some it stays until it is closed */
  done(message: string, actions: Notification.IAction[] = []): void {
    super.done(message, actions, actions.length ? false : DONE_MS);
  }

  /** Says what went wrong; a cancel is no error. */
  failed(error: unknown, actions: Notification.IAction[] = []): void {
    if (isCancelled(error)) {
      this.cancelled(this._trans.__('Cancelled; nothing was added.'), DONE_MS);
    } else {
      super.failed(describeError(error, this._trans), actions);
    }
  }
}

/** Show a batch of uploads as long as it runs, and how it ended. */
export function showBatch(batch: UploadBatch, trans: TranslationBundle): void {
  const words = (): string => {
    const { files, bytes, bytesDone, filesDone, current } = batch.progress;
    if (bytes === null) {
      return trans.__(
        'Uploading %1 of %2 files: %3',
        Math.min(filesDone + 1, files),
        files,
        formatBytes(bytesDone)
      );
    }
    return files === 1
      ? trans.__(
          'Uploading “%1”: %2 of %3',
          current,
          formatBytes(Math.min(bytesDone, bytes)),
          formatBytes(bytes)
        )
      : trans.__(
          'Uploading %1 of %2 files: %3 of %4',
          Math.min(filesDone + 1, files),
          files,
          formatBytes(Math.min(bytesDone, bytes)),
          formatBytes(bytes)
        );
  };
  // Not before something moves: conflicts are asked first, in a dialog.
  let notice: ProgressNotice | null = null;
  const shown = (): ProgressNotice =>
    (notice ??= new ProgressNotice(trans, words(), () => batch.cancel()));
  batch.progressChanged.connect(({ share }) => {
    shown().update(words(), share);
  });
  const end = (): void => {
    const { files } = batch.progress;
    const failed = batch.failures.length;
    if (failed) {
      shown().failed(
        new Error(
          trans.__(
            '%1 of %2 files were not uploaded. “%3”: %4',
            failed,
            files,
            batch.failures[0].name,
            describeError(batch.failures[0].error, trans)
          )
        )
      );
    } else if (files === 0) {
      shown().done(trans.__('Nothing was uploaded: all files were skipped.'));
    } else {
      shown().done(
        files === 1
          ? trans.__('“%1” is on the IPFS drive.', batch.progress.current)
          : trans._n(
              '%1 file is on the IPFS drive.',
              '%1 files are on the IPFS drive.',
              files
            )
      );
    }
  };
  batch.finished.then(end, (reason: unknown) => {
    if (notice || !isCancelled(reason)) {
      shown().failed(reason);
    }
  });
}
