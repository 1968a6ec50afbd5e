/**
 * Values and words of records, and tests of them, as search asks again and
 * again: the words of a text are kept until the text is another one.
 */
const KEYWORD = /\.keyword$/;

export const asArray = value =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? value
      : [value];

const steps = new Map();

/** A dotted path in parts; queries ask for few different ones. */
function stepsOf(path) {
  let found = steps.get(path);
  if (!found) {
    if (steps.size > 1000) {
      steps.clear();
    }
    found = path.split('.');
    steps.set(path, found);
  }
  return found;
}

function collect(value, path, at, found) {
  if (value === undefined || value === null) {
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      collect(item, path, at, found);
    }
  } else if (at === path.length) {
    found.push(value);
  } else if (typeof value === 'object' && Object.hasOwn(value, path[at])) {
    collect(value[path[at]], path, at + 1, found);
  }
}

/** Whether there is anything at a dotted path. */
export function hasAny(document, path) {
  const found = [];
  collect(document, stepsOf(path), 0, found);
  return found.length > 0;
}

/**
 * All values at a dotted path; arrays on the way are looked into. An object is
 * no value: its fields have paths of their own.
 */
export function valuesAt(document, path) {
  const found = [];
  collect(document, stepsOf(path), 0, found);
  return found.filter(value => typeof value !== 'object');
}

const tokensOf = value =>
  String(value)
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu) ?? [];

/** document → path → `{values, words}` */
const kept = new WeakMap();

const same = (a, b) =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Lower-case words at a path, each value's own list. */
function wordsAt(document, path) {
  const values = valuesAt(document, path);
  let paths = kept.get(document);
  if (!paths) {
    kept.set(document, (paths = new Map()));
  }
  const before = paths.get(path);
  // A record may be changed in place: what was kept must be of this text.
  if (before && same(before.values, values)) {
    return before.words;
  }
  const words = values.map(tokensOf);
  paths.set(path, { values, words });
  return words;
}

/** A field without its `.keyword`. */
export const plain = field => String(field).replace(KEYWORD, '');

/** A test of one text, for a pattern with `*` and `?`. */
function wildcard(pattern) {
  const start = /^([^*?]*)\*$/.exec(pattern)?.[1];
  if (start !== undefined) {
    return text => text.startsWith(start);
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, 's');
  return text => expression.test(text);
}

/** Exact on `.keyword`, numbers and booleans; by lower-case word on text. */
export function term(field, wanted) {
  const path = plain(field);
  const exact = KEYWORD.test(field);
  const text = String(wanted);
  return document =>
    valuesAt(document, path).some(value =>
      exact || typeof value !== 'string'
        ? String(value) === text
        : value === wanted
    ) ||
    (!exact &&
      wordsAt(document, path).some(
        (words, i) =>
          words.includes(text) &&
          typeof valuesAt(document, path)[i] === 'string'
      ));
}

/** Any or all words of a text. */
export function words(field, text, operator = 'or') {
  const wanted = tokensOf(text);
  const path = plain(field);
  const all = String(operator).toLowerCase() === 'and';
  return document => {
    const present = wordsAt(document, path);
    const has = word => present.some(list => list.includes(word));
    return all ? wanted.every(has) : wanted.some(has);
  };
}

/** A word, or the whole text, by wildcards. */
export function pattern(field, text) {
  const path = plain(field);
  if (KEYWORD.test(field)) {
    const test = wildcard(text);
    return document =>
      valuesAt(document, path).some(value => test(String(value)));
  }
  const test = wildcard(text.toLowerCase());
  return document =>
    wordsAt(document, path).some(list => list.some(test)) ||
    valuesAt(document, path).some(value => test(String(value).toLowerCase()));
}

/** Words one after another. */
export function phrase(field, text) {
  const wanted = ` ${tokensOf(text).join(' ')} `;
  const path = plain(field);
  return document =>
    wordsAt(document, path).some(list =>
      ` ${list.join(' ')} `.includes(wanted)
    );
}
