/**
 * What looks odd in what is about to be published: sizes, types, notebooks, and
 * the licence. Notes; they hinder nothing.
 */
import known from 'spdx-license-ids/index.json';
import deprecated from 'spdx-license-ids/deprecated.json';

import type { IContent } from '../content';
import type { IAssetDraft } from '../tokens';
import type { INote, IScan, NoteCode } from './guardTypes';

/** Bytes from which a content is large to fetch, for whoever buys it. */
export const VERY_LARGE = 2 * 1024 ** 3;

/** First bytes of formats, as text with one character a byte, by file name. */
const MAGIC: readonly [RegExp, RegExp][] = [
  [/\.png$/, /^\x89PNG\r\n/],
  [/\.jpe?g$/, /^\xff\xd8\xff/],
  [/\.gif$/, /^GIF8/],
  [/\.webp$/, /^RIFF[^]{4}WEBP/],
  [/\.pdf$/, /^%PDF-/],
  [/\.(zip|xlsx|docx|pptx|npz|whl|jar)$/, /^PK/],
  [/\.(gz|tgz)$/, /^\x1f\x8b/],
  [/\.bz2$/, /^BZh/],
  [/\.xz$/, /^\xfd7zXZ/],
  [/\.zst$/, /^\x28\xb5\x2f\xfd/],
  [/\.parquet$/, /^PAR1/],
  [/\.(h5|hdf5|nc4)$/, /^\x89HDF/],
  [/\.(sqlite3?|db)$/, /^SQLite format 3/],
  [/\.(feather|arrow)$/, /^(ARROW1|FEA1|\xff\xff\xff\xff)/],
  [/\.npy$/, /^\x93NUMPY/],
  [/\.(xml|svg)$/, /^(\xef\xbb\xbf)?\s*</]
];
const TEXT =
  /\.(csv|tsv|txt|md|json|jsonl|ndjson|geojson|yaml|yml|py|r|ipynb)$/;
/** Names of what people write settings, code and logs to: text, whatever is in it. */
const WRITTEN =
  /\.(log|env|ini|cfg|conf|toml|sh|sql|js|ts|html?|xml|rst|tex|out|err)$|(^|\/)\.env[^/]*$/;
const MARKUP = /\.(html?|xhtml|xml|svg|md|txt|py|r|js|ts|jsx|tsx|vue)$/;
const EXECUTABLE =
  /^(\x7fELF|MZ|\xcf\xfa\xed\xfe|\xce\xfa\xed\xfe|\xca\xfe\xba\xbe)/;
/** Loading one of these runs what its maker put in. */
const RUNS = /\.(pkl|pickle|joblib|dill|pt|pth|rds|rdata)$/;

/** Bytes as text, one character each, so that patterns can name any of them. */
const latin = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => String.fromCharCode(byte)).join('');

function typeNote(name: string, head: Uint8Array): NoteCode | null {
  const start = latin(head);
  const lower = name.toLowerCase();
  if (/^version https:\/\/git-lfs\.github\.com\/spec\//.test(start)) {
    return 'lfs-pointer';
  }
  // An unlocked git-annex file; a locked one is a link to such a path.
  if (/^(\/annex\/objects\/|(\.\.\/)*\.git\/annex\/objects\/)/.test(start)) {
    return 'annex-pointer';
  }
  if (EXECUTABLE.test(start)) {
    return 'executable';
  }
  if (
    /^(\xef\xbb\xbf)?\s*<(!doctype html|html[\s>]|head[\s>])/i.test(start) &&
    !MARKUP.test(lower)
  ) {
    return 'html-inside';
  }
  const magic = MAGIC.find(([names]) => names.test(lower))?.[1];
  if (magic && !magic.test(start)) {
    return 'type-mismatch';
  }
  if (
    TEXT.test(lower) &&
    head.includes(0) &&
    !/^(\xff\xfe|\xfe\xff)/.test(start)
  ) {
    return 'type-mismatch';
  }
  return RUNS.test(lower) ? 'runs-when-loaded' : null;
}

/**
 * Names of what may hold text that nobody looked through: too long, too much,
 * unreadable, or in an encoding that is not known.
 */
export function unlooked(
  scan: Pick<IScan, 'cut' | 'binary' | 'left' | 'unread'>
): string[] {
  const isText = (name: string): boolean => {
    const lower = name.toLowerCase();
    return TEXT.test(lower) || WRITTEN.test(lower);
  };
  return [
    ...scan.unread.map(({ file }) => file),
    ...scan.cut,
    ...scan.left,
    ...scan.binary.filter(isText)
  ];
}

/** Notes of the contents themselves, by what the scan read of them. */
export function contentNotes(
  contents: readonly IContent[],
  scan: Pick<IScan, 'heads' | 'notebooks' | 'cut' | 'binary' | 'left'>
): INote[] {
  const found = new Map<NoteCode, string[]>();
  const add = (code: NoteCode, file: string): void => {
    found.set(code, [...(found.get(code) ?? []), file]);
  };
  for (const { name, size } of contents) {
    const head = scan.heads.get(name);
    if (size === 0 || (size === null && head?.length === 0)) {
      add('empty-file', name);
    } else if (head) {
      const code = typeNote(name, head);
      if (code) {
        add(code, name);
      }
    }
    if ((size ?? 0) >= VERY_LARGE) {
      add('very-large', name);
    }
  }
  for (const { file, codeCells, outputs, notRun } of scan.notebooks) {
    if (codeCells > 0 && outputs === 0) {
      add('no-outputs', file);
    } else if (notRun > 0) {
      add('not-run', file);
    }
  }
  scan.cut.forEach(file => add('cut', file));
  scan.binary.forEach(file => add('binary', file));
  scan.left.forEach(file => add('left', file));
  return [...found].map(([code, files]) => ({ code, files }));
}

const SPDX = new Map(
  [...known, ...deprecated].map(id => [id.toLowerCase(), id])
);

/**
 * Notes of a licence: none at all, an identifier that SPDX doesn't know, or
 * terms that don't go with a price.
 */
export function licenceNotes(
  draft: Pick<IAssetDraft, 'license' | 'price'>
): INote[] {
  const licence = draft.license.trim();
  // SPDX lets a plus follow any licence: or a later one.
  const [, name, later] = /^(.*?)(\+?)$/s.exec(licence)!;
  const id = SPDX.get(name.toLowerCase());
  const spdx = id && id + later;
  const notes: INote[] = [];
  const note = (code: NoteCode, detail?: string): void => {
    notes.push({ code, files: [], ...(detail ? { detail } : {}) });
  };
  if (
    /^(none|no|n\/?a|nil|null|unlicensed|no ?assertion|no licen[cs]e|-+|\?+)$/i.test(
      licence
    )
  ) {
    note('no-licence');
  } else if (
    // Words are terms of one's own; one word without a blank means a licence.
    /^[\w.+-]+$/.test(licence) &&
    spdx !== licence &&
    !/^LicenseRef-/.test(licence)
  ) {
    note('unknown-licence', spdx);
  }
  if (
    draft.price.kind === 'fixed' &&
    /(^|-)NC(-|$)|non-?commercial/i.test(licence)
  ) {
    note('non-commercial-priced');
  }
  return notes;
}
