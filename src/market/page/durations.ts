/** Spans of time in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** `7 days`, `36 hours`, `90 minutes`: the largest unit that says it exactly. */
export function durationWords(
  seconds: number,
  trans: TranslationBundle
): string {
  const of = (unit: number): number => Math.round((seconds / unit) * 10) / 10;
  if (seconds >= 2 * YEAR) {
    const years = Math.round(of(YEAR));
    return trans._n('%1 year', '%1 years', years);
  }
  if (seconds >= DAY && seconds % DAY === 0) {
    return trans._n('%1 day', '%1 days', seconds / DAY);
  }
  if (seconds >= 2 * DAY) {
    return trans.__('%1 days', of(DAY));
  }
  if (seconds >= HOUR && seconds % HOUR === 0) {
    return trans._n('%1 hour', '%1 hours', seconds / HOUR);
  }
  if (seconds >= 2 * HOUR) {
    return trans.__('%1 hours', of(HOUR));
  }
  return seconds >= MINUTE
    ? trans._n('%1 minute', '%1 minutes', Math.round(seconds / MINUTE))
    : trans._n('%1 second', '%1 seconds', seconds);
}

/**
 * When a span ends; null beyond what a calendar can say.
 *
 * @param from - milliseconds since 1970
 */
export function endOf(from: number, seconds: number): Date | null {
  const end = new Date(from + seconds * 1000);
  return Number.isNaN(end.getTime()) ? null : end;
}
