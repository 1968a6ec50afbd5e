/** When something that failed is tried again. */

const FIRST = 2_000;
const LONGEST = 15 * 60_000;
/** No service's wish is followed for longer. */
const LONGEST_WISH = 60 * 60_000;

/**
 * Milliseconds until the next try: doubled with each failure, up to a quarter of
 * an hour, and blurred so that many do not come at once. What a service asks
 * for (Retry-After) is never cut short.
 *
 * @param attempts - failures in a row, from 1
 * @param random - 0…1
 */
export function delayAfter(
  attempts: number,
  retryAfter: number | null,
  random: number = Math.random()
): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempts - 1, 30));
  const blurred = full * (0.5 + random / 2);
  return retryAfter === null
    ? blurred
    : Math.min(LONGEST_WISH, retryAfter) + blurred * 0.1;
}

/**
 * `Retry-After` (RFC 9110, 10.2.3) in milliseconds: seconds, or a date.
 *
 * @returns null where there is none, or none that makes sense
 */
export function retryAfterOf(
  header: string | null,
  now: number = Date.now()
): number | null {
  if (!header) {
    return null;
  }
  const seconds = Number(header);
  const wait = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
