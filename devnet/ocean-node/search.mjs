/**
 * Elasticsearch's query language, as far as clients of Ocean use it, over the
 * index in memory.
 *
 * Kept as recorded: a query without `bool` is ignored (all comes back, whatever
 * `size` says), `from` counts pages from 1, an answer has one array per index
 * with hits, an index without the field to sort by is left out.
 */

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;

const asArray = value =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? value
      : [value];

/** All values at a dotted path; arrays on the way are looked into. */
function valuesAt(document, path) {
  let level = [document];
  for (const step of path.split('.')) {
    level = level
      .flatMap(item => asArray(item))
      .map(item => (typeof item === 'object' ? item[step] : undefined))
      .filter(item => item !== undefined && item !== null);
  }
  return level.flatMap(item => asArray(item));
}

const KEYWORD = /\.keyword$/;
const tokensOf = value =>
  String(value)
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu) ?? [];

function wildcard(pattern) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's');
}

/** `{field: value}` or `{field: {value: …}}`, `{field: {query: …}}`. */
function clauseOf(body, key) {
  const [field, given] = Object.entries(body)[0] ?? ['', undefined];
  const options = given !== null && typeof given === 'object' ? given : {};
  const value = Array.isArray(given) ? given : (options[key] ?? given);
  return { field, value, options };
}

/** Exact on `.keyword`, numbers and booleans; by lower-case word on text. */
function hasTerm(document, field, wanted) {
  const values = valuesAt(document, field.replace(KEYWORD, ''));
  return values.some(value =>
    KEYWORD.test(field) || typeof value !== 'string'
      ? String(value) === String(wanted)
      : value === wanted || tokensOf(value).includes(String(wanted))
  );
}

function matchesWords(document, field, text, operator = 'or') {
  const words = tokensOf(text);
  const present = new Set(
    valuesAt(document, field.replace(KEYWORD, '')).flatMap(tokensOf)
  );
  const has = word => present.has(word);
  return operator.toLowerCase() === 'and' ? words.every(has) : words.some(has);
}

function matchesPattern(document, field, pattern) {
  const exact = KEYWORD.test(field);
  const test = wildcard(exact ? pattern : pattern.toLowerCase());
  return valuesAt(document, field.replace(KEYWORD, '')).some(value =>
    exact
      ? test.test(String(value))
      : tokensOf(value).some(word => test.test(word)) ||
        test.test(String(value).toLowerCase())
  );
}

const allFields = (document, path = '') =>
  Object.entries(document).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    return asArray(value).flatMap(item =>
      typeof item === 'object' ? allFields(item, here) : [here]
    );
  });

const fieldsOf = (document, fields) =>
  fields?.length
    ? fields.map(field => String(field).replace(/\^[\d.]+$/, ''))
    : allFields(document);

function matchesPhrase(document, field, text) {
  const phrase = tokensOf(text).join(' ');
  return valuesAt(document, field.replace(KEYWORD, '')).some(value =>
    ` ${tokensOf(value).join(' ')} `.includes(` ${phrase} `)
  );
}

/** Words with wildcards, "phrases", field:word, AND, OR, NOT, + and -. */
function matchesQueryString(document, body) {
  const parts =
    String(body.query).match(/[+-]?(?:[\w.\\]+:)?(?:"[^"]*"|[^\s()]+)/g) ?? [];
  let joint = (body.default_operator ?? 'or').toLowerCase();
  let negate = false;
  const must = [];
  const should = [];
  for (const part of parts) {
    if (/^(AND|&&)$/.test(part)) {
      joint = 'and';
      continue;
    }
    if (/^(OR|\|\|)$/.test(part)) {
      joint = 'or';
      continue;
    }
    if (part === 'NOT') {
      negate = true;
      continue;
    }
    const [, sign, field, word] = part.match(
      /^([+-]?)(?:([\w.\\]+):)?("[^"]*"|.+)$/s
    );
    const fields = fieldsOf(
      document,
      field
        ? [field.replace(/\\/g, '')]
        : (body.fields ?? asArray(body.default_field))
    );
    const hit =
      word === '*' ||
      fields.some(name =>
        word.startsWith('"')
          ? matchesPhrase(document, name, word)
          : /[*?]/.test(word)
            ? matchesPattern(document, name, word.replace(/\\/g, ''))
            : matchesWords(document, name, word, 'and')
      );
    if (negate || sign === '-') {
      must.push(!hit);
    } else if (sign === '+' || joint === 'and') {
      must.push(hit);
    } else {
      should.push(hit);
    }
    negate = false;
  }
  return must.every(Boolean) && (should.length === 0 || should.some(Boolean));
}

function inRange(document, body) {
  const { field, options } = clauseOf(body, 'range');
  const compare = {
    gt: (a, b) => a > b,
    gte: (a, b) => a >= b,
    lt: (a, b) => a < b,
    lte: (a, b) => a <= b
  };
  return valuesAt(document, field.replace(KEYWORD, '')).some(value =>
    Object.entries(compare).every(
      ([name, test]) =>
        options[name] === undefined ||
        test(
          value,
          typeof value === 'number' ? Number(options[name]) : options[name]
        )
    )
  );
}

function matchesBool(document, body) {
  const all = name =>
    asArray(body[name]).every(clause => matches(document, clause));
  const should = asArray(body.should);
  const hits = should.filter(clause => matches(document, clause)).length;
  const needed =
    body.minimum_should_match ?? (body.must || body.filter ? 0 : 1);
  return (
    all('must') &&
    all('filter') &&
    !asArray(body.must_not).some(clause => matches(document, clause)) &&
    (should.length === 0 || hits >= Number(needed))
  );
}

const CLAUSES = {
  match_all: () => true,
  match_none: () => false,
  bool: matchesBool,
  range: inRange,
  query_string: matchesQueryString,
  simple_query_string: matchesQueryString,
  term(document, body) {
    const { field, value } = clauseOf(body, 'value');
    return hasTerm(document, field, value);
  },
  terms(document, body) {
    const { field, value } = clauseOf(body, 'terms');
    return asArray(value).some(wanted => hasTerm(document, field, wanted));
  },
  match(document, body) {
    const { field, value, options } = clauseOf(body, 'query');
    return matchesWords(document, field, value, options.operator);
  },
  match_phrase(document, body) {
    const { field, value } = clauseOf(body, 'query');
    return matchesPhrase(document, field, value);
  },
  multi_match(document, body) {
    return fieldsOf(document, body.fields).some(field =>
      matchesWords(document, field, body.query, body.operator)
    );
  },
  wildcard(document, body) {
    const { field, value, options } = clauseOf(body, 'value');
    return matchesPattern(document, field, String(options.wildcard ?? value));
  },
  prefix(document, body) {
    const { field, value } = clauseOf(body, 'value');
    return matchesPattern(document, field, `${value}*`);
  },
  exists: (document, body) =>
    valuesAt(document, body.field.replace(KEYWORD, '')).length > 0,
  ids: (document, body) => asArray(body.values).includes(document.id)
};

/** A clause that we don't know matches nothing (a real one is an error). */
function matches(document, clause) {
  return Object.entries(clause ?? {}).every(([name, body]) =>
    Object.hasOwn(CLAUSES, name) ? CLAUSES[name](document, body) : false
  );
}

/** `[[field, 1 | -1], …]` */
function sortOf(sort) {
  return asArray(sort).flatMap(item =>
    typeof item === 'string'
      ? [[item.replace(KEYWORD, ''), 1]]
      : Object.entries(item).map(([field, order]) => [
          field.replace(KEYWORD, ''),
          (order?.order ?? order) === 'desc' ? -1 : 1
        ])
  );
}

function compareBy(order) {
  return (a, b) => {
    for (const [field, direction] of order) {
      const [x] = valuesAt(a, field);
      const [y] = valuesAt(b, field);
      if (x !== y) {
        // What lacks the field comes last, either way.
        if (x === undefined || y === undefined) {
          return x === undefined ? 1 : -1;
        }
        return (x < y ? -1 : 1) * direction;
      }
    }
    return 0;
  };
}

/**
 * @param documents records of the index
 * @param request `{query, from?, size?, sort?}`
 * @returns one array of records per index that has hits
 */
export function search(documents, request) {
  const indexes = new Map();
  for (const document of documents) {
    const name = document.version === 'deprecated' ? '' : document.version;
    indexes.set(name, [...(indexes.get(name) ?? []), document]);
  }
  const names = [...indexes.keys()].sort();
  const { query, from, size, sort } = request;
  if (!query?.bool) {
    return names.map(name => indexes.get(name));
  }

  const order = sortOf(sort).filter(([field]) => field !== '_score');
  const count = Math.min(Number(size ?? DEFAULT_SIZE), MAX_SIZE);
  const start = Math.max(Number(from ?? 0) - 1, 0) * count;
  return names
    .map(name => indexes.get(name))
    .filter(index =>
      order.every(([field]) =>
        index.some(document => valuesAt(document, field).length > 0)
      )
    )
    .map(index =>
      index
        .filter(document => matches(document, query))
        .sort(compareBy(order))
        .slice(start, start + count)
    )
    .filter(hits => hits.length > 0);
}
