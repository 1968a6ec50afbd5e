/** What a new version of an asset changes: sizes, CIDs, kinds, lines of text. */
import type { IContent } from '../content';
import type { IWeb3File, IWeb3Info } from '../ocean/ddo';
import type { IIpfs } from '../tokens';

export interface IRowsDiff {
  added: number;
  removed: number;
  /** The first few, as they are: text of one's own files. */
  sample: { sign: '+' | '-'; text: string }[];
}

export interface IFileDiff {
  path: string;
  /** Of the version that is sold now; null for a file that is new. */
  before: IWeb3File | null;
  /** null for a file that is no more. */
  after: { size: number; mediaType: string; cid: string } | null;
  /** null where it can't be told: no text, too large, or sealed. */
  rows: IRowsDiff | null;
}

/** Texts up to here are compared line by line. */
const TEXT_LIMIT = 5 * 1024 * 1024;
const SAMPLE = 6;
const SAMPLE_LINE = 120;

/** Lines that only one of two texts has; lines that moved count as the same. */
export function rowsDiff(before: string, after: string): IRowsDiff {
  const counts = new Map<string, number>();
  const lines = (text: string): string[] =>
    text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  for (const line of lines(before)) {
    counts.set(line, (counts.get(line) ?? 0) - 1);
  }
  for (const line of lines(after)) {
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const diff: IRowsDiff = { added: 0, removed: 0, sample: [] };
  for (const [line, count] of counts) {
    if (count !== 0) {
      diff[count > 0 ? 'added' : 'removed'] += Math.abs(count);
      if (diff.sample.length < SAMPLE) {
        diff.sample.push({
          sign: count > 0 ? '+' : '-',
          text: line.slice(0, SAMPLE_LINE)
        });
      }
    }
  }
  return diff;
}

const isText = (mediaType: string): boolean =>
  /^text\/|[/+](json|xml|yaml|csv|x-ndjson|javascript)$/.test(mediaType);

async function textOf(
  stream: AsyncIterable<Uint8Array>
): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > TEXT_LIMIT) {
      return null;
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function rowsOf(
  before: IWeb3File | null,
  content: IContent,
  size: number,
  ipfs: Pick<IIpfs, 'cat'>,
  signal?: AbortSignal
): Promise<IRowsDiff | null> {
  if (
    !before?.cid ||
    !isText(content.mediaType) ||
    Math.max(size, before.size) > TEXT_LIMIT
  ) {
    return null;
  }
  try {
    const [old, now] = await Promise.all([
      textOf(ipfs.cat(`/ipfs/${before.cid}`, { signal })),
      textOf(content.stream({ signal }))
    ]);
    return old === null || now === null ? null : rowsDiff(old, now);
  } catch (reason) {
    signal?.throwIfAborted();
    // The old version is on no node that can be reached: said as unknown.
    console.warn('The version before can not be read', reason);
    return null;
  }
}

/**
 * What differs, file by file. Nothing is stored: CIDs are only computed.
 *
 * @param before - what the record tells of the files now
 */
export async function versionDiff(
  before: IWeb3Info | null,
  contents: readonly IContent[],
  ipfs: Pick<IIpfs, 'add' | 'cat'>,
  signal?: AbortSignal
): Promise<IFileDiff[]> {
  const old = before?.files ?? [];
  const isOne = old.length === 1 && contents.length === 1;
  const diffs: IFileDiff[] = [];
  for (const content of contents) {
    const one = isOne
      ? old[0]
      : (old.find(({ path }) => path === content.name) ?? null);
    const { cid, size } = await ipfs.add(content, { onlyHash: true, signal });
    diffs.push({
      path: content.name,
      before: one,
      after: { cid, size, mediaType: content.mediaType },
      rows:
        one?.cid === cid ? null : await rowsOf(one, content, size, ipfs, signal)
    });
  }
  const kept = new Set(diffs.map(({ before: file }) => file?.path));
  return [
    ...diffs,
    ...old
      .filter(({ path }) => !kept.has(path))
      .map(file => ({ path: file.path, before: file, after: null, rows: null }))
  ];
}

/** Whether it is known that nothing differs. */
export function isSameVersion(diffs: readonly IFileDiff[]): boolean {
  return diffs.every(
    ({ before, after }) =>
      before?.cid !== undefined &&
      before.cid === after?.cid &&
      before.mediaType === after.mediaType
  );
}
