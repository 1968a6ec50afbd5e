/** Texts of strangers as they are shown: names, authors, tags, descriptions. */

/**
 * What has no shape of its own but changes that of others: controls, the marks
 * that turn the direction of all that follows (Unicode TR9), by which a name
 * could rewrite the price beside it, fillers and tags (all that is
 * Default_Ignorable), and the empty Braille cell. Joiners and variation
 * selectors are looked at apart: scripts and emoji need them.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u2800\ufff9-\ufffb]|(?![\u200c\u200d\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

/** Soft hyphens and grapheme joiners stand within words. */
const WITHIN = /[\u00ad\u034f]/g;

/** Joiners that join nothing: Latin letters have no use for them. */
const LOOSE =
  /(?<!(?!\p{Script=Latin})[\p{L}\p{M}]|[\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])|(?<![\p{Emoji}\p{L}])[\ufe00-\ufe0f]/gu;

/** Characters of a line that are kept; no name needs more. */
const LINE = 300;

/** Marks over and under one letter that are kept: more climb over other lines. */
const STACKED = /((?:\p{M}[\u200c\u200d]*){4})[\p{M}\u200c\u200d]+/gu;

/** A text without what is unseen, which `between` takes the place of. */
function seen(text: string, between: string): string {
  return text
    .replace(WITHIN, '')
    .replace(UNSEEN, found => (/[\n\t]/.test(found) ? found : between))
    .replace(LOOSE, '')
    .replace(STACKED, '$1');
}

/**
 * A text in one line, without what is unseen, cut at `limit` characters (with
 * `…`). Empty where it is no text.
 */
export function oneLine(value: unknown, limit = LINE): string {
  if (typeof value !== 'string') {
    return '';
  }
  // Nobody reads a megabyte: what is far beyond the limit is not looked at.
  const line = seen(value.slice(0, limit * 8), ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length > limit || value.length > limit * 8
    ? `${characters.slice(0, limit).join('').trimEnd()}…`
    : line;
}

/** A text of several lines without what is unseen; its tabs are kept. */
export function manyLines(text: string): string {
  return seen(text.replace(/\r\n?/g, '\n'), '');
}

/** A file's name without what is unseen: shown and saved it is the same. */
export function seenName(name: string): string {
  return seen(name, '').replace(/[\n\t]/g, '');
}
