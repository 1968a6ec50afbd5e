/** Records of strangers as rows: delimited text (RFC 4180) and JSON. */

export interface IRecords {
  columns: string[];
  rows: string[][];
  /** There are more rows than `rows`. */
  moreRows: boolean;
  /** Columns that were left out. */
  moreColumns: number;
}

/** Rows and columns that a preview shows. */
export const MOST_ROWS = 100;
export const MOST_COLUMNS = 50;
/** Characters of a cell that are shown. */
const LONGEST_CELL = 300;

const DELIMITERS = [',', '\t', ';', '|'];

const short = (text: string): string =>
  text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;

/** Where a value without quotes ends. */
function endOf(text: string, from: number, delimiter: string): number {
  let at = from;
  while (
    at < text.length &&
    text[at] !== delimiter &&
    text[at] !== '\n' &&
    text[at] !== '\r'
  ) {
    at++;
  }
  return at;
}

/**
 * Records of delimited text, as many as are wanted. A quote that is never
 * closed takes the rest, as RFC 4180 has it.
 */
function* parse(text: string, delimiter: string): Generator<string[]> {
  let row: string[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < text.length) {
    let value: string;
    if (text[at] === '"') {
      value = '';
      for (at++; ; at += 2) {
        const end = text.indexOf('"', at);
        value += text.slice(at, end < 0 ? undefined : end);
        at = end < 0 ? text.length : end + 1;
        if (text[at] !== '"') {
          break;
        }
        value += '"';
        at--;
      }
      // What follows a closing quote belongs to no rule; kept as it is.
      const end = endOf(text, at, delimiter);
      value += text.slice(at, end);
      at = end;
    } else {
      const end = endOf(text, at, delimiter);
      value = text.slice(at, end);
      at = end;
    }
    row.push(value);
    if (text[at] === delimiter) {
      at++;
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') {
        continue;
      }
      row.push('');
    }
    if (text[at] === '\r' && text[at + 1] === '\n') {
      at++;
    }
    at++;
    // Blank lines are no records.
    if (row.length > 1 || row[0] !== '') {
      yield row;
    }
    row = [];
  }
}

/** The delimiter of most use in the first line; null where there is none. */
function delimiterOf(text: string): string | null {
  const end = text.search(/[\r\n]/);
  const line = text.slice(0, end < 0 ? 5000 : Math.min(end, 5000));
  const counts = DELIMITERS.map(one => line.split(one).length - 1);
  const most = Math.max(...counts);
  return most > 0 ? DELIMITERS[counts.indexOf(most)] : null;
}

/**
 * Rows of delimited text; null where it is none: `sure` says that its name or
 * type calls it so, else its first records have to be equally long.
 *
 * @param o.cut - its last record may be a part of one
 */
export function readDelimited(
  text: string,
  o: { delimiter?: string; sure: boolean; cut: boolean }
): IRecords | null {
  const delimiter = o.delimiter ?? delimiterOf(text);
  if (!delimiter && !o.sure) {
    return null;
  }
  const records: string[][] = [];
  let moreRows = false;
  for (const record of parse(text, delimiter ?? ',')) {
    if (records.length === MOST_ROWS + 1) {
      moreRows = true;
      break;
    }
    records.push(record);
  }
  if (o.cut && !moreRows) {
    records.pop();
    moreRows = true;
  }
  const [head, ...rows] = records;
  if (
    !head ||
    (!o.sure &&
      (rows.length === 0 ||
        rows.slice(0, 10).some(row => row.length !== head.length)))
  ) {
    return null;
  }
  return {
    columns: head.slice(0, MOST_COLUMNS).map(short),
    rows: rows.map(row => row.slice(0, MOST_COLUMNS).map(short)),
    moreRows,
    moreColumns: Math.max(0, head.length - MOST_COLUMNS)
  };
}

const shown = (value: unknown): string =>
  short(
    typeof value === 'string'
      ? value
      : value === undefined
        ? ''
        : JSON.stringify(value)
  );

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Records that JSON text holds (a list, or one a line); null for other JSON. */
export function readJsonRecords(text: string): IRecords | null {
  let all: unknown;
  try {
    all = JSON.parse(text) as unknown;
  } catch {
    try {
      // JSON Lines: one value a line.
      all = text
        .split('\n')
        .filter(line => line.trim())
        .slice(0, MOST_ROWS + 1)
        .map(line => JSON.parse(line) as unknown);
    } catch {
      return null;
    }
  }
  if (!Array.isArray(all) || !all.length) {
    return null;
  }
  const records = all.slice(0, MOST_ROWS);
  if (!records.every(isRecord)) {
    return null;
  }
  const columns = new Set<string>();
  for (const record of records) {
    for (const key of Object.keys(record)) {
      columns.add(key);
    }
  }
  const names = [...columns].slice(0, MOST_COLUMNS);
  return {
    columns: names.map(short),
    rows: records.map(record =>
      names.map(name => shown(Object.hasOwn(record, name) ? record[name] : ''))
    ),
    moreRows: all.length > MOST_ROWS,
    moreColumns: columns.size - names.length
  };
}
