/**
 * An HTML table, as pandas and its like show it, as rows and as CSV.
 */

export interface ITable {
  rows: string[][];
  /** How many of `rows` are column headings. */
  headings: number;
  /** The display left out rows or columns (`…`): it is not the whole data. */
  shortened: boolean;
}

const ELLIPSIS = /^(\.{3}|…|⋮|⋱|⋯)$/;
// pandas and polars say the true shape below or above a table.
const SHAPE =
  /([\d,.\s\u00a0]*\d)\s*rows\s*[×x]\s*([\d,.\s\u00a0]*\d)\s*columns/i;
// A hostile `colspan` must not fill the memory.
const MOST_SPAN = 1000;

function span(cell: Element, name: 'colspan' | 'rowspan'): number {
  const value = Number.parseInt(cell.getAttribute(name) ?? '1', 10);
  return value >= 1 ? Math.min(value, MOST_SPAN) : 1;
}

/** The cells of a table with `colspan` and `rowspan` filled by their value. */
function grid(table: Element): { rows: string[][]; headings: number } {
  const rows: string[][] = [];
  const filled: boolean[][] = [];
  let headings = 0;
  const lines = [...table.querySelectorAll('tr')].filter(
    line => line.closest('table') === table
  );
  lines.forEach((line, at) => {
    rows[at] ??= [];
    filled[at] ??= [];
    let column = 0;
    const cells = [...line.children].filter(child =>
      /^t[dh]$/i.test(child.tagName)
    );
    if (
      line.closest('thead') ||
      (headings === at &&
        cells.length > 0 &&
        cells.every(cell => /^th$/i.test(cell.tagName)))
    ) {
      headings = at + 1;
    }
    for (const cell of cells) {
      while (filled[at][column]) {
        column += 1;
      }
      const text = (cell.textContent ?? '')
        .replace(/\u00a0/g, ' ')
        .replace(/\s+/g, ' ')
        .trim();
      const wide = span(cell, 'colspan');
      const high = Math.min(span(cell, 'rowspan'), lines.length - at);
      for (let down = 0; down < high; down++) {
        rows[at + down] ??= [];
        filled[at + down] ??= [];
        for (let right = 0; right < wide; right++) {
          rows[at + down][column + right] = text;
          filled[at + down][column + right] = true;
        }
      }
      column += wide;
    }
  });
  return { rows, headings };
}

/** pandas puts names of an index into a heading row of their own. */
function mergeIndexNames(
  rows: string[][],
  headings: number
): { rows: string[][]; headings: number } {
  if (headings < 2) {
    return { rows, headings };
  }
  const names = rows[headings - 1];
  const above = rows[headings - 2];
  const isNames =
    names.some(Boolean) &&
    names.every((name, at) => !name || !above[at] || name === above[at]);
  if (!isNames) {
    return { rows, headings };
  }
  const merged = above.map((value, at) => value || names[at]);
  return {
    rows: [...rows.slice(0, headings - 2), merged, ...rows.slice(headings)],
    headings: headings - 1
  };
}

/** An unnamed index that only counts from 0 says nothing: leave it out. */
function dropCounter(rows: string[][], headings: number): string[][] {
  const body = rows.slice(headings);
  const counts =
    headings > 0 &&
    body.length > 0 &&
    rows.every(row => row.length > 1) &&
    rows.slice(0, headings).every(row => row[0] === '') &&
    body.every((row, at) => row[0] === String(at));
  return counts ? rows.map(row => row.slice(1)) : rows;
}

/**
 * Read the only table of an HTML output; null where there is none, or more
 * than one. Needs a DOM parser (nothing is run or loaded by it).
 */
export function readTable(html: string): ITable | null {
  if (!/<table[\s>]/i.test(html)) {
    return null;
  }
  const page = new DOMParser().parseFromString(html, 'text/html');
  const tables = page.querySelectorAll('table');
  if (tables.length !== 1) {
    return null;
  }
  let { rows, headings } = grid(tables[0]);
  const width = Math.max(0, ...rows.map(row => row.length));
  rows = rows
    .map(row => Array.from({ length: width }, (_, at) => row[at] ?? ''))
    .filter((row, at) => at < headings || row.some(Boolean));
  if (rows.length === 0 || width === 0) {
    return null;
  }
  ({ rows, headings } = mergeIndexNames(rows, headings));

  const isDots = (cells: string[]): boolean =>
    cells.length > 0 && cells.every(cell => ELLIPSIS.test(cell));
  const dotRows = new Set<number>();
  rows.forEach((row, at) => {
    // The index keeps its value in some versions: the rest decides.
    if (
      at >= headings &&
      (isDots(row) || (width > 1 && isDots(row.slice(1))))
    ) {
      dotRows.add(at);
    }
  });
  const dotColumns = new Set<number>();
  for (let column = 0; column < width; column++) {
    const heads = rows.slice(0, headings).map(row => row[column]);
    if (isDots(heads)) {
      dotColumns.add(column);
    }
  }
  rows = rows
    .filter((_, at) => !dotRows.has(at))
    .map(row => row.filter((_, at) => !dotColumns.has(at)));
  // Without the cells, whose digits would run into those of the shape.
  tables[0].remove();
  const shape = SHAPE.exec(page.body.textContent ?? '');
  const told = shape ? Number(shape[1].replace(/\D/g, '')) : null;
  const shortened =
    dotRows.size > 0 ||
    dotColumns.size > 0 ||
    (told !== null && told > rows.length - headings);
  return {
    rows: shortened ? rows : dropCounter(rows, headings),
    headings,
    shortened
  };
}

/** RFC 4180 with `\n`, as pandas writes it. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string =>
    /[",\r\n]/.test(text) || /^\s|\s$/.test(text)
      ? `"${text.replace(/"/g, '""')}"`
      : text;
  return rows
    .map(row =>
      // A lone empty cell would read as a blank line.
      row.length === 1 && row[0] === '' ? '""' : row.map(cell).join(',')
    )
    .map(line => line + '\n')
    .join('');
}
