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

/**
 * The texts of a notebook that can't be read as one (cut off), with what JSON
 * escapes as it was typed. Its line breaks become `\r`: lines are counted by `\n`.
 */
export function unescaped(json: string): string {
  return json.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (all, code, char) =>
    code
      ? String.fromCharCode(parseInt(String(code), 16))
      : ({ n: '\r', r: '\r', t: '\t', b: ' ', f: ' ' }[String(char)] ??
        String(char))
  );
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

/** Pictures, sounds and the like in base64: no text is in them. */
const NO_TEXT =
  /^(?:image|audio|video)\/(?!svg)|^application\/(?:pdf|octet-stream)$/;

/** What of a bundle (media types and their data) is text, whatever its type. */
function bundleTexts(bundle: unknown): string[] {
  return Object.entries(object(bundle))
    .filter(([type]) => !NO_TEXT.test(type))
    .map(([type, data]) =>
      typeof data === 'string' || (Array.isArray(data) && !/json$/.test(type))
        ? text(data)
        : JSON.stringify(data)
    );
}

/** What of an output is text, its media types one after another. */
function outputText(output: Json): string {
  const pieces = [
    text(output.text),
    text(output.ename),
    text(output.evalue),
    list(output.traceback).map(text).join('\n').replace(ANSI, '')
  ];
  pieces.push(...bundleTexts(output.data));
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
        text: [name, ...bundleTexts(data)].join('\n')
      };
    }
  }
  yield { at: { part: 'metadata' }, text: json(notebook.metadata) };
}
