/**
 * Masking of what a scan found: enough to recognise one's own, never enough to
 * use it. The whole of a finding is in no model, page, log or journal.
 */

/** Most characters of a finding that are ever shown. */
export const SHOWN = 4;
const DOTS = '••••';

/**
 * The first characters of a text, at most four and at most a quarter of it; the
 * rest, and whatever is no plain printable character, are dots.
 */
export function mask(found: string): string {
  const shown = Math.min(SHOWN, Math.floor(found.length / 4));
  const start = Array.from(found.slice(0, shown), char =>
    /^[!-~]$/.test(char) ? char : '•'
  );
  return `${start.join('')}${DOTS}`;
}
