/**
 * Code that loads a file. Names and paths come from strangers: nothing of them
 * reaches the code but as an escaped string literal.
 */

import { fileCode, folderCode, type Library } from './libraries';

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
  /** What it is loaded with; pandas when omitted. */
  library?: Library;
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
  if (snippet.did && /^did:ope?:[0-9a-f]{64}$/.test(snippet.did)) {
    comments.push(`# ${snippet.did}`);
  }
  if (snippet.cid && /^[A-Za-z0-9]+$/.test(snippet.cid)) {
    const checked = snippet.verified === true ? ' (checked)' : '';
    comments.push(`# CID ${snippet.cid}${checked}`);
  }
  const library = snippet.library ?? 'pandas';
  const { imports, lines } = snippet.folder
    ? folderCode(path, library)
    : fileCode(path, snippet.mediaType, snippet.path, library);
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
