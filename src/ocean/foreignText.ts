/** Texts of strangers that are shown in one line: names, authors, tags. */

/**
 * What has no shape of its own but changes that of others: controls, and the
 * marks that turn the direction of all that follows (Unicode TR9), by which a
 * name could rewrite the price beside it.
 */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+/g;

/** Characters of a line that are kept; no name needs more. */
const LINE = 300;

/** Marks over and under one letter that are kept: more climb over other lines. */
const STACKED = /(\p{M}{4})\p{M}+/gu;

/**
 * A text in one line, without what is unseen, cut at `limit` characters (with
 * `…`). Empty where it is no text.
 */
export function oneLine(value: unknown, limit = LINE): string {
  if (typeof value !== 'string') {
    return '';
  }
  // Nobody reads a megabyte: what is far beyond the limit is not looked at.
  const line = value
    .slice(0, limit * 8)
    .replace(UNSEEN, ' ')
    .replace(STACKED, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > limit || value.length > limit * 8
    ? `${characters.slice(0, limit).join('').trimEnd()}…`
    : line;
}
