/**
 * Code that loads a file. Names and paths come from strangers: nothing of them
 * reaches the code but as an escaped string literal.
 */

export interface ISnippet {
  /** Path as the kernel reads it. */
  path: string;
  mediaType: string;
  /** Whether `path` is a folder of several files. */
  folder?: boolean;
  title?: string;
  did?: string;
  cid?: string;
  /** What the check of the bytes said; null: nothing to check against. */
  verified?: boolean | null;
}

// Printable and harmless. Everything else is escaped: line separators, which
// IPython splits its input at, and bidirectional marks, which hide code.
const HARMLESS = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** A Python string literal in double quotes that is exactly `text`. */
export function pythonString(text: string): string {
  let literal = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') {
      literal += '\\' + character;
    } else if (character === '\n') {
      literal += '\\n';
    } else if (HARMLESS.test(character)) {
      literal += character;
    } else if (code <= 0xff) {
      literal += '\\x' + code.toString(16).padStart(2, '0');
    } else if (code <= 0xffff) {
      literal += '\\u' + code.toString(16).padStart(4, '0');
    } else {
      literal += '\\U' + code.toString(16).padStart(8, '0');
    }
  }
  return `"${literal}"`;
}

/** Foreign words for a comment: one line, nothing that IPython could act on. */
function pythonComment(text: string): string {
  const words = [...text.normalize('NFC')]
    .map(character =>
      /^[\p{L}\p{M}\p{N} .,:;()+_-]$/u.test(character) ? character : ' '
    )
    .join('')
    .replace(/ +/g, ' ')
    .trim();
  return [...words].slice(0, 100).join('');
}

const LOADERS: readonly [
  RegExp,
  RegExp,
  (path: string) => { imports: string[]; lines: string[] }
][] = [
  [
    /^(text|application)\/csv$/,
    /\.csv(\.gz)?$/i,
    path => ({
      imports: ['import pandas as pd'],
      lines: [`data = pd.read_csv(${path})`, 'data.head()']
    })
  ],
  [
    /^text\/tab-separated-values$/,
    /\.tsv(\.gz)?$/i,
    path => ({
      imports: ['import pandas as pd'],
      lines: [`data = pd.read_csv(${path}, sep="\\t")`, 'data.head()']
    })
  ],
  [
    /^application\/(vnd\.apache\.)?parquet$/,
    /\.parquet$/i,
    path => ({
      imports: ['import pandas as pd'],
      lines: [`data = pd.read_parquet(${path})`, 'data.head()']
    })
  ],
  [
    /^application\/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet$/,
    /\.xlsx$/i,
    path => ({
      imports: ['import pandas as pd'],
      lines: [`data = pd.read_excel(${path})`, 'data.head()']
    })
  ],
  [
    /^application\/([\w.-]+\+)?json$/,
    /\.(json|geojson|ipynb)$/i,
    path => ({
      imports: ['import json', 'from pathlib import Path'],
      lines: [
        `data = json.loads(Path(${path}).read_text(encoding="utf-8"))`,
        'data'
      ]
    })
  ],
  [
    /^image\/(png|jpeg|gif|webp|bmp|tiff)$/,
    /\.(png|jpe?g|gif|webp|bmp|tiff?)$/i,
    path => ({
      imports: ['from PIL import Image'],
      lines: [`image = Image.open(${path})`, 'image']
    })
  ],
  [
    /^application\/x-npy$/,
    /\.npy$/i,
    path => ({
      imports: ['import numpy as np'],
      lines: [`data = np.load(${path}, allow_pickle=False)`, 'data']
    })
  ],
  [
    /^text\/|^image\/svg\+xml$|^application\/(xml|yaml|x-yaml|toml)$/,
    /\.(txt|md|log|tex|html?|svg|xml|ya?ml|toml|py|r|jl)$/i,
    path => ({
      imports: ['from pathlib import Path'],
      lines: [
        `text = Path(${path}).read_text(encoding="utf-8")`,
        'print(text[:1000])'
      ]
    })
  ]
];

/**
 * Python that loads what was bought or saved: by its media type, else by its
 * name, else as bytes. Pickles are never opened: loading one runs its code.
 */
export function pythonSnippet(snippet: ISnippet): string {
  const path = pythonString(snippet.path);
  const comments: string[] = [];
  const title = pythonComment(snippet.title ?? '');
  if (title) {
    comments.push(`# ${title}`);
  }
  if (snippet.did && /^did:op:[0-9a-f]{64}$/.test(snippet.did)) {
    comments.push(`# ${snippet.did}`);
  }
  if (snippet.cid && /^[A-Za-z0-9]+$/.test(snippet.cid)) {
    const checked = snippet.verified === true ? ' (checked)' : '';
    comments.push(`# CID ${snippet.cid}${checked}`);
  }
  const loader = snippet.folder
    ? undefined
    : (LOADERS.find(([type]) => type.test(snippet.mediaType)) ??
      LOADERS.find(([, name]) => name.test(snippet.path)));
  const { imports, lines } = snippet.folder
    ? {
        imports: ['from pathlib import Path'],
        lines: [
          `folder = Path(${path})`,
          'files = sorted(f for f in folder.rglob("*") if f.is_file())',
          'files'
        ]
      }
    : loader
      ? loader[2](path)
      : {
          imports: ['from pathlib import Path'],
          lines: [`data = Path(${path}).read_bytes()`, 'len(data)']
        };
  return [...comments, ...imports, '', ...lines].join('\n');
}

/**
 * The path by which a kernel reads a workspace file: relative to the folder of
 * its notebook, where kernels are started.
 *
 * @param file - contents path of the file, without drive
 * @param notebook - contents path of the notebook; with a drive, the kernel
 *   starts at the root of the workspace
 */
export function pathForKernel(file: string, notebook: string): string {
  const to = file.split('/').filter(Boolean);
  const from = notebook.includes(':')
    ? []
    : notebook.split('/').filter(Boolean).slice(0, -1);
  let same = 0;
  while (
    same < from.length &&
    same < to.length - 1 &&
    from[same] === to[same]
  ) {
    same += 1;
  }
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/');
}
