/**
 * From the outputs of a cell (nbformat 4) to contents: every form that an
 * output can take outside the notebook, with a file name.
 */
import type * as nbformat from '@jupyterlab/nbformat';

import { BlobContent, type IContentSource } from '../content';
import { readTable, toCsv } from './table';
import { joinLines, plainText, slug } from './text';

/** What a form is, for the label that a person reads. */
export type FormKind =
  | 'image'
  | 'table'
  | 'table-shortened'
  | 'html'
  | 'svg'
  | 'json'
  | 'markdown'
  | 'latex'
  | 'text'
  | 'errors'
  | 'other';

export interface IForm {
  kind: FormKind;
  mediaType: string;
  /** Index of the (first) output that it was made of. */
  output: number;
  content: BlobContent;
}

/** Where the outputs stand. */
export interface IPlace {
  /** Title of the notebook; becomes part of the file name. */
  title: string;
  /** Contents path of the notebook. */
  path?: string;
  cell: number;
  cellId?: string;
}

interface IPart {
  kind: FormKind;
  mediaType: string;
  extension: string;
  data: string | Uint8Array;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/bmp': 'bmp',
  'application/pdf': 'pdf',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'video/mp4': 'mp4',
  'video/webm': 'webm'
};

const TEXTS: Readonly<Record<string, [FormKind, string]>> = {
  'image/svg+xml': ['svg', 'svg'],
  'text/html': ['html', 'html'],
  'text/csv': ['table', 'csv'],
  'text/tab-separated-values': ['table', 'tsv'],
  'text/markdown': ['markdown', 'md'],
  'text/latex': ['latex', 'tex'],
  'text/plain': ['text', 'txt']
};

// Best first: what somebody wants who says "this output" without a form.
const ORDER: readonly FormKind[] = [
  'image',
  'table',
  'svg',
  'other',
  'html',
  'json',
  'markdown',
  'latex',
  'table-shortened',
  'text',
  'errors'
];

// They mean something only to the page and kernel that made them.
const BOUND =
  /^application\/(vnd\.jupyter\.widget-|javascript|x-javascript)|^text\/javascript/;

function bytesOf(base64: string): Uint8Array | null {
  const compact = base64.replace(/\s+/g, '');
  // `atob` throws on what is no base64; such an output is no image.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.length % 4 === 1) {
    return null;
  }
  const binary = atob(compact);
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}

function isLines(value: unknown): value is string | string[] {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every(line => typeof line === 'string'))
  );
}

function partsOfBundle(bundle: nbformat.IMimeBundle): IPart[] {
  const parts: IPart[] = [];
  for (const [mediaType, value] of Object.entries(bundle)) {
    if (BOUND.test(mediaType)) {
      continue;
    }
    if (mediaType === 'application/json' || /\+json$/.test(mediaType)) {
      parts.push({
        kind: 'json',
        mediaType,
        extension: mediaType === 'application/geo+json' ? 'geojson' : 'json',
        data: JSON.stringify(value, null, 2) + '\n'
      });
    } else if (!isLines(value)) {
      continue;
    } else if (mediaType in TEXTS) {
      const [kind, extension] = TEXTS[mediaType];
      const text = joinLines(value);
      const data = mediaType === 'text/plain' ? plainText(text) : text;
      if (data !== '') {
        parts.push({ kind, mediaType, extension, data });
      }
    } else if (mediaType in EXTENSIONS) {
      const data = bytesOf(joinLines(value));
      if (data) {
        const kind = mediaType.startsWith('image/') ? 'image' : 'other';
        const extension = EXTENSIONS[mediaType];
        parts.push({ kind, mediaType, extension, data });
      }
    } else if (/^text\//.test(mediaType)) {
      const data = joinLines(value);
      parts.push({ kind: 'other', mediaType, extension: 'txt', data });
    }
  }
  const html = parts.find(part => part.mediaType === 'text/html');
  if (html && !parts.some(part => part.mediaType === 'text/csv')) {
    const table = readTable(html.data as string);
    if (table) {
      parts.push({
        kind: table.shortened ? 'table-shortened' : 'table',
        mediaType: 'text/csv',
        extension: 'csv',
        data: toCsv(table.rows)
      });
    }
  }
  // `<Figure size 640x480 with 1 Axes>` is no result of its own.
  return parts.length > 1
    ? parts.filter(
        part =>
          part.mediaType !== 'text/plain' ||
          !/^<[^\n]*>$/.test((part.data as string).trim())
      )
    : parts;
}

/** What one output holds; the stream that follows a stream is joined before. */
function partsOf(output: nbformat.IOutput, named: boolean): IPart[] {
  switch (output.output_type) {
    case 'stream': {
      const isErrors = output.name === 'stderr';
      const data = plainText(joinLines(output.text as string | string[]));
      return (isErrors && !named) || data === ''
        ? []
        : [
            {
              kind: isErrors ? 'errors' : 'text',
              mediaType: 'text/plain',
              extension: isErrors ? 'log' : 'txt',
              data
            }
          ];
    }
    case 'error':
      // A traceback shows paths of somebody's machine: only when asked for.
      return named
        ? [
            {
              kind: 'errors',
              mediaType: 'text/plain',
              extension: 'log',
              data:
                plainText((output.traceback as string[]).join('\n')).trimEnd() +
                '\n'
            }
          ]
        : [];
    case 'display_data':
    case 'execute_result':
    case 'update_display_data':
      return partsOfBundle(output.data as nbformat.IMimeBundle);
    default:
      return [];
  }
}

/** Kernels cut what is printed into pieces: put the pieces together again. */
function joinStreams(
  outputs: readonly nbformat.IOutput[]
): { output: nbformat.IOutput; at: number }[] {
  const joined: { output: nbformat.IOutput; at: number }[] = [];
  outputs.forEach((output, at) => {
    const first = joined.find(
      known =>
        output.output_type === 'stream' &&
        known.output.output_type === 'stream' &&
        known.output.name === output.name
    );
    if (!first) {
      joined.push({ output, at });
      return;
    }
    first.output = {
      ...first.output,
      text:
        joinLines(first.output.text as string | string[]) +
        joinLines(output.text as string | string[])
    };
  });
  return joined;
}

/**
 * Every form that the outputs of a cell can take, best first.
 *
 * @param outputs - the cell's outputs (nbformat 4)
 * @param place - where they stand
 * @param only - index of one output; with it, warnings and tracebacks are
 *   offered too, which they are not by default
 * @param mediaType - only this form
 */
export function formsOf(
  outputs: readonly nbformat.IOutput[],
  place: IPlace,
  only?: number,
  mediaType?: string
): IForm[] {
  const picked =
    only === undefined
      ? joinStreams(outputs)
      : outputs[only]
        ? [{ output: outputs[only], at: only }]
        : [];
  const found = picked
    .map(({ output, at }) => ({
      at,
      parts: partsOf(output, only !== undefined)
    }))
    .filter(({ parts }) => parts.length > 0);
  const numbered = found.length > 1 || (only ?? 0) > 0;
  const base = `${slug(place.title) || 'notebook'}-cell-${place.cell + 1}`;
  return found
    .flatMap(({ at, parts }) =>
      parts.map(part => {
        const number = numbered ? `-${at + 1}` : '';
        const shown = part.kind === 'table-shortened' ? '-shown' : '';
        const source: IContentSource = {
          kind: 'output',
          path: place.path,
          cell: place.cell,
          cellId: place.cellId,
          output: at
        };
        return {
          kind: part.kind,
          mediaType: part.mediaType,
          output: at,
          content: new BlobContent({
            name: `${base}${number}${shown}.${part.extension}`,
            mediaType: part.mediaType,
            data: part.data,
            source
          })
        };
      })
    )
    .filter(form => !mediaType || form.mediaType === mediaType)
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
