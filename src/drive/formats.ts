/**
 * Jupyter's three formats (text, base64, json) and bytes.
 */
import type { Contents } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';

import { fromBase64, toBase64 } from './save';

/** The part of the document registry that the drive needs. */
export interface IFileTypes {
  getFileTypesForPath(path: string): readonly {
    mimeTypes: readonly string[];
    contentType?: Contents.ContentType;
  }[];
}

/** For where there is no registry (unit tests, other front ends). */
const MIME_BY_EXTENSION: Record<string, string> = {
  csv: 'text/csv',
  gif: 'image/gif',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  py: 'text/x-python',
  svg: 'image/svg+xml',
  txt: 'text/plain'
};

/** Contents type and media type by file name. */
export function typeOfName(
  name: string,
  fileTypes?: IFileTypes
): { type: 'notebook' | 'file'; mimetype: string } {
  if (name.endsWith('.ipynb')) {
    return { type: 'notebook', mimetype: 'application/x-ipynb+json' };
  }
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const found = fileTypes?.getFileTypesForPath(name)[0]?.mimeTypes[0];
  return {
    type: 'file',
    mimetype:
      found ?? MIME_BY_EXTENSION[extension] ?? 'application/octet-stream'
  };
}

/**
 * Bytes in the format asked for; text where it is UTF-8, else base64, when none
 * is (as the Jupyter server does).
 *
 * @throws ServerConnection.ResponseError 400 when it can't be that format
 */
export function decode(
  bytes: Uint8Array,
  type: Contents.ContentType,
  format: Contents.FileFormat | undefined,
  path: string
): { format: Contents.FileFormat; content: unknown } {
  if (type === 'notebook' || format === 'json') {
    try {
      return { format: 'json', content: JSON.parse(utf8(bytes)) };
    } catch (error) {
      throw unreadable(path, 'is not valid JSON', error);
    }
  }
  if (format === 'base64') {
    return { format, content: toBase64(bytes) };
  }
  try {
    return { format: 'text', content: utf8(bytes) };
  } catch (error) {
    if (format === 'text') {
      throw unreadable(path, 'is not UTF-8 text', error);
    }
    return { format: 'base64', content: toBase64(bytes) };
  }
}

/** The bytes that a model to save stands for. */
export function bytesOf(model: Partial<Contents.IModel>): Uint8Array {
  const content: unknown = model.content;
  if (model.type === 'notebook' || model.format === 'json') {
    return new TextEncoder().encode(
      JSON.stringify(withoutTrust(content), null, 1) + '\n'
    );
  }
  if (typeof content !== 'string') {
    // A new file comes without content.
    return new Uint8Array(0);
  }
  return model.format === 'base64'
    ? fromBase64(content)
    : new TextEncoder().encode(content);
}

/** Collect a stream of known length. */
export async function readAll(
  stream: AsyncIterable<Uint8Array>,
  size: number,
  path: string
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const part of stream) {
    if (at + part.length > size) {
      throw unreadable(path, 'changed its size');
    }
    bytes.set(part, at);
    at += part.length;
  }
  if (at !== size) {
    throw unreadable(path, 'broke off');
  }
  return bytes;
}

interface ITrustCell {
  cell_type?: unknown;
  metadata?: { trusted?: unknown };
}

function cellsOf(notebook: unknown): ITrustCell[] {
  const cells =
    typeof notebook === 'object' && notebook !== null
      ? (notebook as { cells?: unknown }).cells
      : undefined;
  return Array.isArray(cells) ? (cells as ITrustCell[]) : [];
}

/**
 * Set the trust of a notebook's cells. The flag in the file proves nothing: the
 * bytes may come from anybody.
 */
export function markTrust(notebook: unknown, trusted: boolean): void {
  for (const cell of cellsOf(notebook)) {
    if (trusted && cell.cell_type === 'code') {
      cell.metadata = { ...cell.metadata, trusted: true };
    } else if (cell.metadata) {
      delete cell.metadata.trusted;
    }
  }
}

/** Whether the person trusts every code cell of a notebook in memory. */
export function allTrusted(notebook: unknown): boolean {
  const code = cellsOf(notebook).filter(cell => cell.cell_type === 'code');
  return code.every(cell => cell.metadata?.trusted === true);
}

/** The flag is the page's, not the file's. */
function withoutTrust(notebook: unknown): unknown {
  const cells = cellsOf(notebook);
  if (!cells.length) {
    return notebook;
  }
  return {
    ...(notebook as object),
    cells: cells.map(cell => {
      const { trusted, ...metadata } = cell.metadata ?? {};
      void trusted;
      return { ...cell, metadata };
    })
  };
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function unreadable(
  path: string,
  problem: string,
  cause?: unknown
): ServerConnection.ResponseError {
  const error = new ServerConnection.ResponseError(
    new Response(null, { status: 400 }),
    `${path} ${problem}`
  );
  error.cause = cause;
  return error;
}
