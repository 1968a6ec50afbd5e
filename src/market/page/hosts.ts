/** Addresses that strangers wrote. */
import { oneLine } from '../../ocean/foreignText';

/** A text as a URL; null where it is none. */
export function urlOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    // The constructor says "no" by throwing.
    return null;
  }
}

/** Host of a URL with its port; the text itself, cut, where it is none. */
export function hostName(text: string): string {
  return oneLine(urlOf(text)?.host || text, 100);
}
