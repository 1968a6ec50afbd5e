/**
 * How far a batch of files is.
 */
import type { IContent } from '../content';

/**
 * Milliseconds after which sizes that nobody knows are asked for, so many files
 * at a time, and those between two times: a short upload has ended before, and
 * a long one is not slowed down.
 */
const AFTER_MS = 3000;
const TOGETHER = 16;
const EACH_MS = 25;

export interface IBatchProgress {
  files: number;
  filesDone: number;
  /** Null as long as nobody looked it up. */
  bytes: number | null;
  bytesDone: number;
  /** Name of a file under way. */
  current: string;
}

/** How much is done, from 0 to 1. */
export function shareOf(progress: IBatchProgress): number {
  const { files, filesDone, bytes, bytesDone } = progress;
  const [done, all] = bytes === null ? [filesDone, files] : [bytesDone, bytes];
  return all ? Math.min(done / all, 1) : 0;
}

/** Bytes of contents; null where that takes a look at the disk for some. */
export function bytesOf(contents: readonly IContent[]): number | null {
  return contents.some(({ size, file }) => size === null && file)
    ? null
    : contents.reduce((sum, { size }) => sum + (size ?? 0), 0);
}

/**
 * Look sizes up while files are sent.
 *
 * @param onMeasured - told the bytes of all, unless the signal stops it before
 */
export async function measure(
  contents: readonly IContent[],
  signal: AbortSignal,
  onMeasured: (bytes: number) => void
): Promise<void> {
  let bytes = 0;
  await pause(AFTER_MS, signal);
  for (const [i, { size, file }] of contents.entries()) {
    if (i % TOGETHER === 0) {
      await pause(EACH_MS, signal);
    }
    if (signal.aborted) {
      return;
    }
    bytes += size ?? file?.size ?? 0;
  }
  onMeasured(bytes);
}

/** Ends early when the signal says so. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
