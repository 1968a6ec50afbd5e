/** A notebook as the texts that are in it, each with where it is. */
import type { INotebookLook, IPlace } from './guardTypes';

type Json = Record<string, unknown>;

const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** nbformat's `multiline_string`: a string, or its lines. */
const text = (value: unknown): string =>
  Array.isArray(value)
    ? value.filter(one => typeof one === 'string').join('')
    : typeof value === 'string'
      ? value
      : '';

const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

export interface INotebook {
  cells: Json[];
  metadata: Json;
  look: Omit<INotebookLook, 'file'>;
}

/** A part of a notebook in which something may be found. */
export interface IPart {
  at: Pick<IPlace, 'cell' | 'part'>;
  text: string;
}

/** The notebook in a file; null for what is none (it is then looked through as text). */
export function readNotebook(json: string): INotebook | null {
  let value: Json;
  try {
    value = object(JSON.parse(json));
  } catch {
    // Cut off, or no notebook: its text is looked through all the same.
    return null;
  }
  if (!Array.isArray(value.cells)) {
    return null;
  }
  const cells = value.cells.map(object);
  const code = cells.filter(
    cell => cell.cell_type === 'code' && text(cell.source).trim()
  );
  return {
    cells,
    metadata: object(value.metadata),
    look: {
      codeCells: code.length,
      outputs: code.reduce((sum, cell) => sum + list(cell.outputs).length, 0),
      notRun: code.filter(cell => typeof cell.execution_count !== 'number')
        .length
    }
  };
}

/** What of an output is text, its media types one after another. */
function outputText(output: Json): string {
  const pieces = [
    text(output.text),
    text(output.ename),
    text(output.evalue),
    list(output.traceback).map(text).join('\n').replace(ANSI, '')
  ];
  for (const [type, data] of Object.entries(object(output.data))) {
    if (/^text\/|\+xml$|xml$|javascript$/.test(type)) {
      pieces.push(text(data));
    } else if (typeof data === 'object' && !Array.isArray(data)) {
      pieces.push(JSON.stringify(data));
    }
    // The others are pictures in base64.
  }
  pieces.push(json(output.metadata));
  return pieces.filter(Boolean).join('\n');
}

/** Objects with something in them, as text. */
function json(value: unknown): string {
  return Object.keys(object(value)).length ? JSON.stringify(value) : '';
}

/** All texts of a notebook: sources, outputs, metadata. */
export function* partsOf(notebook: INotebook): Generator<IPart> {
  for (const [cell, one] of notebook.cells.entries()) {
    yield { at: { cell, part: 'source' }, text: text(one.source) };
    for (const output of list(one.outputs).map(object)) {
      yield { at: { cell, part: 'output' }, text: outputText(output) };
    }
    yield { at: { cell, part: 'metadata' }, text: json(one.metadata) };
    for (const [name, data] of Object.entries(object(one.attachments))) {
      // Of an attachment only what is text, and its name.
      yield {
        at: { cell, part: 'attachment' },
        text: `${name}\n${Object.entries(object(data))
          .filter(([type]) => /^text\/|\+xml$/.test(type))
          .map(([, value]) => text(value))
          .join('\n')}`
      };
    }
  }
  yield { at: { part: 'metadata' }, text: json(notebook.metadata) };
}
