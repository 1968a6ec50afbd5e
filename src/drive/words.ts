/**
 * Errors and progress of the drive in words for people.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { IpfsError, IpfsOfflineError } from '../ipfs/errors';
import { ChangedSinceError } from './history';

/** What happened, and what it means. */
export function describeError(
  error: unknown,
  trans: TranslationBundle
): string {
  if (error instanceof IpfsOfflineError) {
    return trans.__(
      'No IPFS node answers at %1. Nothing was changed; start it and try again.',
      error.endpoint
    );
  }
  if (error instanceof ChangedSinceError) {
    return trans.__(
      'Nothing was undone: “%1” was changed again since. The history has its earlier states.',
      error.path.slice(1)
    );
  }
  if (!(error instanceof IpfsError)) {
    return error instanceof Error ? error.message : String(error);
  }
  switch (error.code) {
    case 'not-found':
      return trans.__('It is not there any more: %1', error.message);
    case 'exists':
      return trans.__('Nothing was replaced: %1', error.message);
    case 'bad-name':
      return trans.__('This name is not possible: %1', error.message);
    case 'incomplete':
      return trans.__(
        'The connection broke off before all bytes came; nothing was saved. (%1)',
        error.message
      );
    case 'full':
      return trans.__(
        'There is no space left, and nothing was saved: %1',
        error.message
      );
    case 'refused':
      return trans.__('The server does not allow this: %1', error.message);
    default:
      return error.message;
  }
}

/** `1.2 GB`, in units of 1024 as JupyterLab's own listing shows sizes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
