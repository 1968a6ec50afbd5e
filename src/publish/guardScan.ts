/**
 * Looking through contents before they leave: each read once, as a stream, in
 * pieces between which the page draws and listens.
 */
import type { IContent } from '../content';
import { messageOf } from './errors';
import { mask } from './guardMask';
import { partsOf, readNotebook, unescaped } from './guardNotebook';
import { personalIn } from './guardPersonal';
import { seeing } from './guardSeen';
import type { FindingKind, IHit, IPlace, IScan } from './guardTypes';

/** Bytes of a file that are looked through; told where a file has more. */
export const SCAN_CAP = 20 * 1024 * 1024;
/** Bytes of all files together. */
export const SCAN_CAP_ALL = 200 * 1024 * 1024;
/** First bytes of a file that are kept, to see what it is. */
const HEAD = 1024;
/** Characters that are looked through at once: some milliseconds. */
const WINDOW = 256 * 1024;
/** Characters of a window that the next one sees again; no finding is longer. */
const OVERLAP = 16 * 1024;
/** Findings of a kind in a file that are listed; the others are counted. */
const LISTED = 20;
/** Milliseconds of work after which the page gets its turn. */
const SLICE_MS = 12;

/** Finds credentials; `secretsIn` of `guardSecrets.ts`, loaded when needed. */
export type FindSecrets = (text: string) => Promise<IHit[]>;

export interface IScanOptions {
  signal?: AbortSignal;
  /** Files done of all, and the one that is being looked through. */
  onProgress?: (done: number, name: string) => void;
  findSecrets?: FindSecrets;
  cap?: number;
  capAll?: number;
}

const loadSecrets = async (): Promise<FindSecrets> =>
  (await import('./guardSecrets')).secretsIn;

/**
 * Look through contents for credentials and personal data.
 *
 * A content that can't be read is told in `unread`; nothing passes silently.
 *
 * @throws the signal's reason when stopped; what loading the scanner throws
 */
export async function scanContents(
  contents: readonly IContent[],
  options: IScanOptions = {}
): Promise<IScan> {
  const findSecrets = options.findSecrets ?? (await loadSecrets());
  return new Scanner(findSecrets, options).run(contents);
}

/** Text of the first bytes' own encoding; null for what is none. */
function decoderFor(head: Uint8Array): TextDecoder | null {
  // Before UTF-16, whose mark is the first half of that of UTF-32.
  if (head[0] === 0xff && head[1] === 0xfe && (head[2] || head[3])) {
    return new TextDecoder('utf-16le');
  }
  if (head[0] === 0xfe && head[1] === 0xff) {
    return new TextDecoder('utf-16be');
  }
  // Text in an older encoding has odd letters, but no zero bytes; PDF has none
  // at its start either, and what is written in it is compressed.
  const isBinary =
    (head.includes(0) && !isTextWithZeros(head)) ||
    /^%PDF-/.test(String.fromCharCode(...head.subarray(0, 8)));
  return isBinary ? null : new TextDecoder('utf-8');
}

/** A log into which something wrote a zero byte or two. */
function isTextWithZeros(head: Uint8Array): boolean {
  const zeros = head.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (zeros * 100 > head.length) {
    return false;
  }
  try {
    // As a stream: the head may end within a letter.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

class Scanner {
  constructor(
    private _findSecrets: FindSecrets,
    private _options: IScanOptions
  ) {
    this._left = _options.capAll ?? SCAN_CAP_ALL;
  }

  async run(contents: readonly IContent[]): Promise<IScan> {
    const { signal, onProgress } = this._options;
    for (const [done, content] of contents.entries()) {
      signal?.throwIfAborted();
      onProgress?.(done, content.name);
      if (this._left <= 0) {
        this._scan.left.push(content.name);
        continue;
      }
      try {
        await this._file(content);
      } catch (error) {
        signal?.throwIfAborted();
        this._scan.unread.push({
          file: content.name,
          message: messageOf(error)
        });
      }
    }
    return this._scan;
  }

  private async _file(content: IContent): Promise<void> {
    const cap = Math.min(this._options.cap ?? SCAN_CAP, this._left);
    const scan = this._scan;
    // One byte more tells that there is more.
    const bytes = seeing(
      content,
      content.stream({ length: cap + 1, signal: this._options.signal }),
      cap
    );
    const { cell } = content.source?.kind === 'output' ? content.source : {};
    const place: Pick<IPlace, 'file' | 'cell' | 'part'> = {
      file: content.name,
      ...(cell === undefined ? {} : { cell, part: 'output' as const })
    };
    if (/\.ipynb$/i.test(content.name)) {
      const whole = await this._whole(bytes, cap, content.name);
      const notebook = readNotebook(whole);
      if (notebook) {
        scan.files++;
        scan.notebooks.push({ file: content.name, ...notebook.look });
        for (const part of partsOf(notebook)) {
          await this._text([part.text], { file: content.name, ...part.at });
        }
      } else {
        scan.files++;
        await this._text([unescaped(whole)], place);
      }
      return;
    }
    await this._text(this._decoded(bytes, cap, content.name), place);
  }

  /** The text of a file as it comes; nothing where it is no text. */
  private async *_decoded(
    bytes: AsyncIterable<Uint8Array>,
    cap: number,
    name: string
  ): AsyncGenerator<string> {
    const scan = this._scan;
    let decoder: TextDecoder | null | undefined;
    let read = 0;
    let head = new Uint8Array(0);
    for await (const piece of bytes) {
      const taken = piece.subarray(0, cap - read);
      read += taken.length;
      this._left -= taken.length;
      if (head.length < HEAD) {
        head = joined(head, taken.subarray(0, HEAD - head.length));
        scan.heads.set(name, head);
      }
      decoder ??= decoderFor(taken.subarray(0, 8192));
      if (!decoder) {
        scan.binary.push(name);
        return;
      }
      yield decoder.decode(taken, { stream: true });
      if (piece.length > taken.length) {
        scan.cut.push(name);
        break;
      }
    }
    if (!read) {
      scan.heads.set(name, head);
    }
    scan.files++;
    yield decoder?.decode() ?? '';
  }

  private async _whole(
    bytes: AsyncIterable<Uint8Array>,
    cap: number,
    name: string
  ): Promise<string> {
    const pieces: string[] = [];
    const before = this._scan.files;
    for await (const text of this._decoded(bytes, cap, name)) {
      pieces.push(text);
    }
    // Counted by the caller.
    this._scan.files = before;
    return pieces.join('');
  }

  /** Look through a text in windows that overlap. */
  private async _text(
    pieces: AsyncIterable<string> | Iterable<string>,
    place: Omit<IPlace, 'line'>
  ): Promise<void> {
    let text = '';
    let isFirst = true;
    /** Offset of the window in the whole, and the line that it begins in. */
    let offset = 0;
    let line = 1;
    /** Ends, in the whole, of what was told. */
    let told = new Set<string>();
    const look = async (isLast: boolean): Promise<void> => {
      const hits = [...(await this._findSecrets(text)), ...personalIn(text)];
      hits.sort((a, b) => a.start - b.start);
      const now = new Set<string>();
      let counted = 0;
      let at = line;
      for (const hit of hits) {
        const key = `${hit.kind} ${offset + hit.start}`;
        // What touches an end may be a part only; the other window has it whole.
        if (
          (!isLast && hit.end >= text.length - 1) ||
          (!isFirst && hit.start < 64)
        ) {
          continue;
        }
        now.add(key);
        at += newlines(text, counted, hit.start);
        counted = hit.start;
        if (!told.has(key)) {
          this._found(hit, text, { ...place, line: at });
        }
      }
      told = now;
      if (!isLast) {
        const step = text.length - OVERLAP;
        line += newlines(text, 0, step);
        offset += step;
        text = text.slice(step);
        isFirst = false;
      }
      await this._breathe();
    };
    for await (const piece of pieces) {
      text += piece;
      while (text.length >= WINDOW + OVERLAP) {
        const rest = text.slice(WINDOW);
        text = text.slice(0, WINDOW);
        await look(false);
        text += rest;
      }
    }
    if (text.length > 0) {
      await look(true);
    }
  }

  private _found(hit: IHit, text: string, place: IPlace): void {
    const scan = this._scan;
    if (hit.severity === 'secret') {
      scan.secrets++;
    } else {
      scan.personal++;
    }
    const key = `${place.file} ${hit.kind}`;
    const count = (this._counts.get(key) ?? 0) + 1;
    this._counts.set(key, count);
    if (count <= LISTED) {
      scan.findings.push({
        severity: hit.severity,
        kind: hit.kind,
        place,
        masked: maskOf(hit.kind, text.slice(hit.start, hit.end))
      });
    }
  }

  /** Let the page draw and listen, now and then. */
  private async _breathe(): Promise<void> {
    this._options.signal?.throwIfAborted();
    if (performance.now() - this._since >= SLICE_MS) {
      await new Promise<void>(resolve => setTimeout(resolve));
      this._options.signal?.throwIfAborted();
      this._since = performance.now();
    }
  }

  private _counts = new Map<string, number>();
  private _left: number;
  private _since = performance.now();
  private _scan: IScan = {
    findings: [],
    secrets: 0,
    personal: 0,
    files: 0,
    cut: [],
    binary: [],
    left: [],
    unread: [],
    heads: new Map(),
    notebooks: []
  };
}

/** A key's own first characters are the same for all keys. */
function maskOf(kind: FindingKind, found: string): string {
  return kind === 'private-key' ? '••••' : mask(found);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (
    let at = text.indexOf('\n', from);
    at !== -1 && at < to;
    at = text.indexOf('\n', at + 1)
  ) {
    count++;
  }
  return count;
}
