/** Addresses that strangers wrote. */

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
  return (urlOf(text)?.host || text).slice(0, 100);
}
