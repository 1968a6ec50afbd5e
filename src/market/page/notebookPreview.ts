/**
 * A notebook of a stranger for reading: text, code and pictures; no HTML, no
 * script, no widget of it.
 */

export type NotebookOutput =
  | { kind: 'text'; text: string }
  /** `data:` URI of a PNG or JPEG. */
  | { kind: 'image'; uri: string };

export interface INotebookCell {
  kind: 'markdown' | 'code' | 'raw';
  source: string;
  /** As Jupyter counts executions; null where it did not run. */
  count: number | null;
  outputs: NotebookOutput[];
}

export interface INotebookPreview {
  cells: INotebookCell[];
  /** Cells that were left out. */
  more: number;
}

const MOST_CELLS = 60;
const MOST_OUTPUTS = 10;
/** Characters of a cell's source, and of a text output. */
const LONGEST_SOURCE = 10_000;
const LONGEST_OUTPUT = 5_000;
/** Characters of a picture in base64. */
const LARGEST_IMAGE = 3 * 1024 * 1024;

type Json = Record<string, unknown>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** nbformat: a text, or a list of its lines. */
const multiline = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : list(value)
        .filter(line => typeof line === 'string')
        .join('');
const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;
/** Colours of a terminal. */

const ANSI = /\u001b\[[0-9;]*[A-Za-z]/g;

function imageOf(data: Json): string | null {
  for (const type of ['image/png', 'image/jpeg']) {
    const base64 = multiline(data[type]).replace(/\s/g, '');
    if (
      base64 &&
      base64.length <= LARGEST_IMAGE &&
      /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
    ) {
      return `data:${type};base64,${base64}`;
    }
  }
  return null;
}

function readOutput(value: unknown): NotebookOutput[] {
  const output = object(value);
  const data = object(output.data);
  const uri = imageOf(data);
  if (uri) {
    return [{ kind: 'image', uri }];
  }
  const text =
    output.output_type === 'error'
      ? list(output.traceback).map(multiline).join('\n') ||
        `${multiline(output.ename)}: ${multiline(output.evalue)}`
      : multiline(output.text) || multiline(data['text/plain']);
  return text
    ? [{ kind: 'text', text: cut(text.replace(ANSI, ''), LONGEST_OUTPUT) }]
    : [];
}

function readCell(value: unknown): INotebookCell {
  const cell = object(value);
  const kind =
    cell.cell_type === 'markdown' || cell.cell_type === 'code'
      ? cell.cell_type
      : 'raw';
  return {
    kind,
    source: cut(multiline(cell.source), LONGEST_SOURCE),
    count:
      kind === 'code' && Number.isSafeInteger(cell.execution_count)
        ? (cell.execution_count as number)
        : null,
    outputs:
      kind === 'code'
        ? list(cell.outputs).slice(0, MOST_OUTPUTS).flatMap(readOutput)
        : []
  };
}

/** nbformat 4 (https://nbformat.readthedocs.io); null for anything else. */
export function readNotebook(text: string): INotebookPreview | null {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return null;
  }
  const notebook = object(value);
  if (notebook.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    return null;
  }
  return {
    cells: notebook.cells.slice(0, MOST_CELLS).map(readCell),
    more: Math.max(0, notebook.cells.length - MOST_CELLS)
  };
}
