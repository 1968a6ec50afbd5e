/**
 * Changes of the drive in words for people.
 */
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IChange } from './history';
import { parentOf, toLocal } from './paths';
import { movedBy, within } from './timeline';

/** What happened, as told in the timeline of `path`. */
export function changeWords(
  change: IChange,
  path: string,
  trans: TranslationBundle
): string {
  const { what, entries } = change;
  const moved = movedBy(change);
  if (moved && what !== 'undo') {
    return parentOf(moved.from) === parentOf(moved.to)
      ? trans.__(
          'Renamed from “%1” to “%2”',
          PathExt.basename(moved.from),
          PathExt.basename(moved.to)
        )
      : trans.__(
          'Moved from “%1” to “%2”',
          toLocal(moved.from),
          toLocal(moved.to)
        );
  }
  const own = entries.find(entry => entry.path === path);
  const touched = entries.filter(entry => within(entry.path, path));
  const name = own
    ? ''
    : touched.length === 1
      ? relative(touched[0].path, path)
      : '';
  const many = !own && touched.length > 1 ? touched.length : 0;
  switch (what) {
    case 'new':
      return name ? trans.__('“%1” created', name) : trans.__('Created');
    case 'upload':
      return many
        ? trans.__('%1 entries uploaded', many)
        : name
          ? trans.__('“%1” uploaded', name)
          : trans.__('Uploaded');
    case 'save':
      return name ? trans.__('“%1” saved', name) : trans.__('Saved');
    case 'copy':
      return name
        ? trans.__('“%1” copied here', name)
        : trans.__('Copied here');
    case 'delete':
      return many
        ? trans.__('%1 entries deleted', many)
        : name
          ? trans.__('“%1” deleted', name)
          : trans.__('Deleted');
    case 'restore':
      return name
        ? trans.__('“%1” restored to an earlier state', name)
        : trans.__('Restored to an earlier state');
    case 'undo':
      return name
        ? trans.__('A change of “%1” undone', name)
        : trans.__('A change undone');
    default:
      // Of a later version of this extension.
      return trans.__('Changed');
  }
}

/** What to say when the person can still undo it; null where nothing need be. */
export function undoableWords(
  change: IChange,
  trans: TranslationBundle
): string | null {
  const { what, entries } = change;
  const moved = movedBy(change);
  const name = PathExt.basename(entries[0].path);
  switch (what) {
    case 'delete':
      return entries.length === 1
        ? trans.__('“%1” was deleted.', name)
        : trans.__('%1 items were deleted.', entries.length);
    case 'rename':
      if (!moved) {
        return null;
      }
      return parentOf(moved.from) === parentOf(moved.to)
        ? trans.__('“%1” is “%2” now.', name, PathExt.basename(moved.to))
        : trans.__(
            '“%1” was moved to “%2”.',
            name,
            toLocal(parentOf(moved.to)) || trans.__('the top of the drive')
          );
    case 'upload':
    case 'copy': {
      const replaced = entries.filter(({ before }) => before);
      return replaced.length === 0
        ? null
        : replaced.length === 1
          ? trans.__('“%1” was replaced.', PathExt.basename(replaced[0].path))
          : trans.__('%1 files were replaced.', replaced.length);
    }
    case 'restore':
      return trans.__('“%1” is in an earlier state again.', name);
    default:
      return null;
  }
}

function relative(path: string, folder: string): string {
  return folder === '/' ? toLocal(path) : path.slice(folder.length + 1);
}
