/**
 * One notification from the start of an import or export to its end.
 */
import { isCancelled } from '../ipfs/errors';
import { conflictDialog } from './dialogs';
import type { IImportContext, IImportOptions } from './importing';
import type { IStorageContext } from './inspect';
import { ProgressNotice } from './notify';
import { markTold, storageError } from './storageWords';
import type { AskConflict } from './upload';
import { formatBytes } from './words';

export interface INoticeOptions extends IImportOptions {
  signal: AbortSignal;
  /** Part that is done, 0…1. */
  step: (part: number) => void;
}

/** One notification from start to end; null when the person stopped it. */
export async function withNotice<T>(
  context: IStorageContext,
  message: string,
  action: (options: INoticeOptions, importing: IImportContext) => Promise<T>,
  done: (result: T) => string,
  failed: (result: T) => boolean = () => false,
  total: number | null = null
): Promise<T | null> {
  const { ipfs, trans, announce } = context;
  const controller = new AbortController();
  const notice = new ProgressNotice(trans, message, () => controller.abort());
  const importing: IImportContext = {
    ipfs,
    gateways: context.gateways(),
    ask: onceForAll(conflictDialog(trans)),
    announce
  };
  try {
    const result = await action(
      {
        signal: controller.signal,
        onProgress: bytes =>
          notice.update(
            trans.__('%1: %2', message, formatBytes(bytes)),
            total ? Math.min(bytes / total, 1) : 0
          ),
        step: part => notice.update(message, part)
      },
      importing
    );
    if (failed(result)) {
      notice.failed(new Error(done(result)));
    } else {
      notice.done(done(result));
    }
    return result;
  } catch (error) {
    notice.failed(
      isCancelled(error) ? error : new Error(storageError(error, trans))
    );
    if (isCancelled(error)) {
      return null;
    }
    throw markTold(error);
  }
}

/** "The same for the others" is remembered as long as the import lasts. */
function onceForAll(ask: AskConflict): AskConflict {
  let standing: Awaited<ReturnType<AskConflict>> = null;
  return async (name, more, isFolder) => {
    // A folder is never replaced: that answer does not stand for it.
    if (standing && !(isFolder && standing.answer === 'overwrite')) {
      return standing;
    }
    const reply = await ask(name, more, isFolder);
    standing = reply?.all ? reply : null;
    return reply;
  };
}
