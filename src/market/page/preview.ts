/** What of a sample can be shown, told by its bytes first and its name second. */
import { readDelimited, readJsonRecords, type IRecords } from './delimited';
import { readNotebook, type INotebookPreview } from './notebookPreview';
import type { ISample } from './sample';

export type SamplePreview =
  | ({ kind: 'table' } & IRecords)
  | { kind: 'image'; blob: Blob }
  | ({ kind: 'notebook' } & INotebookPreview)
  | { kind: 'markdown'; text: string; cut: boolean }
  | { kind: 'text'; text: string; cut: boolean }
  /** Nothing that is shown here. */
  | { kind: 'other' };

/** Characters of a text that are shown. */
const LONGEST_TEXT = 20_000;

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Bytes as text; null where they are none. */
function textOf({ bytes, cut }: ISample): string | null {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  try {
    // Of what is cut, the last character may be a part of one.
    const text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(
      bytes,
      { stream: cut }
    );
    return text.includes('\0') ? null : text;
  } catch {
    // Fatal decoding says "no" by throwing.
    return null;
  }
}

function extensionOf(name: string | null): string {
  return /\.([a-z0-9]+)$/i.exec(name ?? '')?.[1].toLowerCase() ?? '';
}

function plain(text: string, cut: boolean, kind: 'text' | 'markdown' = 'text') {
  return {
    kind,
    text: text.slice(0, LONGEST_TEXT),
    cut: cut || text.length > LONGEST_TEXT
  } as const;
}

export function previewOf(sample: ISample): SamplePreview {
  const { bytes, cut, mediaType, name } = sample;
  const extension = extensionOf(name);
  if (IMAGES.has(mediaType)) {
    // Half a picture is none.
    return cut
      ? { kind: 'other' }
      : { kind: 'image', blob: new Blob([bytes], { type: mediaType }) };
  }
  const text = textOf(sample);
  if (text === null) {
    // Tables of old programs are often in an 8-bit alphabet.
    const isNamed = ['csv', 'tsv', 'tab', 'txt'].includes(extension);
    return isNamed && !bytes.includes(0)
      ? asTable(new TextDecoder('windows-1252').decode(bytes), sample)
      : { kind: 'other' };
  }
  if (!cut && /^\s*\{/.test(text)) {
    const notebook = readNotebook(text);
    if (notebook) {
      return { kind: 'notebook', ...notebook };
    }
  }
  const isJson =
    ['json', 'jsonl', 'ndjson'].includes(extension) ||
    /\bjson\b/.test(mediaType);
  if (isJson || /^\s*[[{]/.test(text)) {
    const records = cut ? null : readJsonRecords(text);
    return records ? { kind: 'table', ...records } : plain(text, cut);
  }
  if (extension === 'md' || mediaType === 'text/markdown') {
    return plain(text, cut, 'markdown');
  }
  return asTable(text, sample);
}

function asTable(
  text: string,
  { cut, mediaType, name }: ISample
): SamplePreview {
  const extension = extensionOf(name);
  const isTabs =
    ['tsv', 'tab'].includes(extension) ||
    mediaType === 'text/tab-separated-values';
  const sure = isTabs || extension === 'csv' || mediaType === 'text/csv';
  const isOther = !sure && !['', 'txt', 'dat', 'data'].includes(extension);
  const records = isOther
    ? null
    : readDelimited(text, {
        ...(isTabs ? { delimiter: '\t' } : {}),
        sure,
        cut
      });
  return records ? { kind: 'table', ...records } : plain(text, cut);
}
