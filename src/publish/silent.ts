/**
 * The checks before publishing where there is no dialog. What a dialog would
 * ask about is refused, unless the caller's arguments allow it by name.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { BlobContent, type IContent } from '../content';
import type { IAssetDraft, INetwork } from '../tokens';
import { isMainnet } from '../ui/confirmMainnet';
import { PublishError } from './errors';
import type { IGuardDeps } from './guardModel';
import { contentNotes, licenceNotes, unlooked } from './guardNotes';
import type { INote, IScan } from './guardTypes';
import { findingWords, noteWords, placeWords } from './guardWords';

/** What a script allows that a person would have been asked about. */
export interface IAllowed {
  allowFindings?: boolean;
  allowMainnet?: boolean;
}

/** A warning as a line of text: what, masked, and where. */
export function findingLines(scan: IScan, trans: TranslationBundle): string[] {
  return scan.findings.map(({ kind, masked, place }) =>
    trans.__(
      '%1 %2 (%3)',
      findingWords(trans, kind),
      masked,
      place.cell === undefined
        ? placeWords(trans, place)
        : `${place.file}, ${placeWords(trans, place)}`
    )
  );
}

/** A note as a line of text. */
export function noteLine(note: INote, trans: TranslationBundle): string {
  return [
    noteWords(trans, note),
    note.code === 'in-catalogue' ? `${note.detail} (${note.did})` : '',
    note.files.join(', ')
  ]
    .filter(Boolean)
    .join(' ');
}

/**
 * Check contents and draft as the dialog would.
 *
 * @returns warnings, in words
 * @throws PublishError findings | unchecked | mainnet-unconfirmed
 */
export async function checkSilently(
  contents: readonly IContent[],
  draft: IAssetDraft,
  network: INetwork | null,
  guard: Pick<IGuardDeps, 'scan'>,
  allowed: IAllowed,
  trans: TranslationBundle
): Promise<string[]> {
  if (network && isMainnet(network) && !allowed.allowMainnet) {
    throw new PublishError(
      'mainnet-unconfirmed',
      `${network.name} is no test network: say allowMainnet`
    );
  }
  // What is said of it becomes public as well.
  const words = new BlobContent({
    name: trans.__('The description'),
    data: [draft.name, draft.description, draft.sample, ...(draft.tags ?? [])]
      .filter(Boolean)
      .join('\n')
  });
  const scan = await guard.scan([...contents, words], {});
  const found = findingLines(scan, trans);
  if (scan.secrets && !allowed.allowFindings) {
    throw new PublishError('findings', found.join('; '));
  }
  const unread = scan.unread.map(({ file, message }) => `${file}: ${message}`);
  const notes = contentNotes(contents, scan).map(note => noteLine(note, trans));
  if (unlooked(scan).length && !allowed.allowFindings) {
    throw new PublishError('unchecked', [...unread, ...notes].join('; '));
  }
  return [
    ...found,
    ...unread,
    ...notes,
    ...licenceNotes(draft).map(note => noteLine(note, trans))
  ];
}
