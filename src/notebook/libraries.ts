/**
 * How the kinds of files are loaded with each library. All that is foreign in
 * this code is `path`, a Python literal that was made of it before.
 */

/** What a snippet can load with; the first is what is meant without a choice. */
export const LIBRARIES = ['pandas', 'polars', 'datasets', 'python'] as const;

export type Library = (typeof LIBRARIES)[number];

export interface ICode {
  imports: string[];
  lines: string[];
}

type Kind =
  | 'csv'
  | 'tsv'
  | 'parquet'
  | 'xlsx'
  | 'jsonl'
  | 'json'
  | 'image'
  | 'npy'
  | 'text';

/** By media type, by name; in this order. */
const KINDS: readonly [Kind, RegExp, RegExp][] = [
  ['csv', /^(text|application)\/csv$/, /\.csv(\.gz)?$/i],
  ['tsv', /^text\/tab-separated-values$/, /\.tsv(\.gz)?$/i],
  ['parquet', /^application\/(vnd\.apache\.)?parquet$/, /\.parquet$/i],
  [
    'xlsx',
    /^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/,
    /\.xlsx$/i
  ],
  ['jsonl', /^application\/(x-)?(ndjson|jsonl(ines)?)$/, /\.(jsonl|ndjson)$/i],
  ['json', /^application\/([\w.-]+\+)?json$/, /\.(json|geojson|ipynb)$/i],
  [
    'image',
    /^image\/(png|jpeg|gif|webp|bmp|tiff)$/,
    /\.(png|jpe?g|gif|webp|bmp|tiff?)$/i
  ],
  ['npy', /^application\/x-npy$/, /\.npy$/i],
  [
    'text',
    /^text\/|^image\/svg\+xml$|^application\/(xml|yaml|x-yaml|toml)$/,
    /\.(txt|md|log|tex|html?|svg|xml|ya?ml|toml|py|r|jl)$/i
  ]
];

/** By its media type, else by its name; null where neither says. */
export function kindOf(mediaType: string, name: string): Kind | null {
  const found =
    KINDS.find(([, type]) => type.test(mediaType)) ??
    KINDS.find(([, , pattern]) => pattern.test(name));
  return found?.[0] ?? null;
}

type Loaders = Partial<Record<Kind, (path: string, name: string) => ICode>>;

const PANDAS = 'import pandas as pd';
const POLARS = 'import polars as pl';
const DATASETS = 'from datasets import load_dataset';

const table = (imports: string | string[], call: string): ICode => ({
  imports: [imports].flat(),
  lines: [`data = ${call}`, 'data.head()']
});
const value = (imports: string[], call: string): ICode => ({
  imports,
  lines: [`data = ${call}`, 'data']
});

/** What no library of tables does better. */
const COMMON: Loaders = {
  json: path =>
    value(
      ['import json', 'from pathlib import Path'],
      `json.loads(Path(${path}).read_text(encoding="utf-8"))`
    ),
  image: path => ({
    imports: ['from PIL import Image'],
    lines: [`image = Image.open(${path})`, 'image']
  }),
  npy: path =>
    value(['import numpy as np'], `np.load(${path}, allow_pickle=False)`),
  text: path => ({
    imports: ['from pathlib import Path'],
    lines: [
      `text = Path(${path}).read_text(encoding="utf-8")`,
      'print(text[:1000])'
    ]
  })
};

/** Rows of a CSV as dictionaries, of the standard library alone. */
function csvRows(path: string, name: string, options = ''): ICode {
  const zipped = /\.gz$/i.test(name);
  return {
    imports: ['import csv', ...(zipped ? ['import gzip'] : [])],
    lines: [
      zipped
        ? `with gzip.open(${path}, "rt", newline="", encoding="utf-8") as file:`
        : `with open(${path}, newline="", encoding="utf-8") as file:`,
      `    data = list(csv.DictReader(file${options}))`,
      'data[:5]'
    ]
  };
}

/**
 * Hugging Face `datasets`, always with a named builder: given a folder alone,
 * old versions of it run a script that they find there. Patterns in a name would
 * be read as patterns, so that they are escaped.
 */
const dataset = (builder: string, path: string, options = ''): ICode =>
  /[*?[\]]/.test(path)
    ? value(
        ['import glob', DATASETS],
        `load_dataset("${builder}", data_files=glob.escape(${path}), split="train"${options})`
      )
    : value(
        [DATASETS],
        `load_dataset("${builder}", data_files=${path}, split="train"${options})`
      );

const LOADERS: Record<Library, Loaders> = {
  pandas: {
    ...COMMON,
    csv: path => table(PANDAS, `pd.read_csv(${path})`),
    tsv: path => table(PANDAS, `pd.read_csv(${path}, sep="\\t")`),
    parquet: path => table(PANDAS, `pd.read_parquet(${path})`),
    xlsx: path => table(PANDAS, `pd.read_excel(${path})`),
    jsonl: path => table(PANDAS, `pd.read_json(${path}, lines=True)`)
  },
  polars: {
    ...COMMON,
    csv: path => table(POLARS, `pl.read_csv(${path}, glob=False)`),
    tsv: path =>
      table(POLARS, `pl.read_csv(${path}, separator="\\t", glob=False)`),
    parquet: path => table(POLARS, `pl.read_parquet(${path}, glob=False)`),
    xlsx: path => table(POLARS, `pl.read_excel(${path})`),
    jsonl: path => table(POLARS, `pl.read_ndjson(${path})`)
  },
  datasets: {
    ...COMMON,
    csv: path => dataset('csv', path),
    tsv: path => dataset('csv', path, ', sep="\\t"'),
    parquet: path => dataset('parquet', path),
    xlsx: path =>
      value(
        [PANDAS, 'from datasets import Dataset'],
        `Dataset.from_pandas(pd.read_excel(${path}))`
      ),
    jsonl: path => dataset('json', path),
    text: path => dataset('text', path),
    image: path =>
      value(
        ['from datasets import Dataset, Image'],
        `Dataset.from_dict({"image": [${path}]}).cast_column("image", Image())`
      )
  },
  python: {
    json: COMMON.json,
    text: COMMON.text,
    csv: (path, name) => csvRows(path, name),
    tsv: (path, name) => csvRows(path, name, ', delimiter="\\t"'),
    jsonl: path => ({
      imports: ['import json'],
      lines: [
        `with open(${path}, encoding="utf-8") as file:`,
        '    data = [json.loads(line) for line in file if line.strip()]',
        'data[:5]'
      ]
    })
  }
};

/** Code for a file; its bytes where its kind or the library has no loader. */
export function fileCode(
  path: string,
  mediaType: string,
  name: string,
  library: Library
): ICode {
  const kind = kindOf(mediaType, name);
  const load = kind ? LOADERS[library][kind] : undefined;
  return (
    load?.(path, name) ?? {
      imports: ['from pathlib import Path'],
      lines: [`data = Path(${path}).read_bytes()`, 'len(data)']
    }
  );
}

/** Readers by file ending, for the tables of a folder. */
const READERS: Record<'pandas' | 'polars', string[]> = {
  pandas: [
    '    ".csv": pd.read_csv,',
    '    ".tsv": lambda file: pd.read_csv(file, sep="\\t"),',
    '    ".parquet": pd.read_parquet,',
    '    ".xlsx": pd.read_excel,',
    '    ".jsonl": lambda file: pd.read_json(file, lines=True),'
  ],
  polars: [
    '    ".csv": lambda file: pl.read_csv(file, glob=False),',
    '    ".tsv": lambda file: pl.read_csv(file, separator="\\t", glob=False),',
    '    ".parquet": lambda file: pl.read_parquet(file, glob=False),',
    '    ".xlsx": pl.read_excel,',
    '    ".jsonl": pl.read_ndjson,'
  ]
};

/**
 * Code for a folder of several files: what is in it, and the tables among them
 * by their paths in it.
 */
export function folderCode(path: string, library: Library): ICode {
  const lines = [
    `folder = Path(${path})`,
    'files = sorted(f for f in folder.rglob("*") if f.is_file())'
  ];
  switch (library) {
    case 'pandas':
    case 'polars':
      return {
        imports: [
          'from pathlib import Path',
          library === 'pandas' ? PANDAS : POLARS
        ],
        lines: [
          ...lines,
          'readers = {',
          ...READERS[library],
          '}',
          'data = {',
          '    str(f.relative_to(folder)): readers[f.suffix.lower()](f)',
          '    for f in files',
          '    if f.suffix.lower() in readers',
          '}',
          'files'
        ]
      };
    case 'datasets':
      return {
        imports: ['import glob', 'from pathlib import Path', DATASETS],
        lines: [
          ...lines,
          'builders = {".csv": "csv", ".parquet": "parquet", ".jsonl": "json", ".txt": "text"}',
          'data = {',
          '    str(f.relative_to(folder)): load_dataset(',
          '        builders[f.suffix.lower()],',
          '        data_files=glob.escape(str(f)),',
          '        split="train",',
          '    )',
          '    for f in files',
          '    if f.suffix.lower() in builders',
          '}',
          'files'
        ]
      };
    default:
      return {
        imports: ['from pathlib import Path'],
        lines: [...lines, 'files']
      };
  }
}
