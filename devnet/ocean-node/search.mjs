/**
 * Elasticsearch's query language, as far as clients of Ocean use it, over the
 * index in memory.
 *
 * Kept as recorded: a query without `bool` is ignored (all comes back, whatever
 * `size` says), `from` counts pages from 1, an answer has one array per index
 * with hits, an index without the field to sort by is left out (unless the
 * query says `unmapped_type`, as in Elasticsearch).
 *
 * A query is read once, into a function of a record that tells its score: 0 is
 * no hit.
 */
import {
  asArray,
  hasAny,
  pattern,
  phrase,
  plain,
  term,
  valuesAt,
  words
} from './words.mjs';

const DEFAULT_SIZE = 100;
const MAX_SIZE = 1000;

/** `{field: value}` or `{field: {value: …}}`, `{field: {query: …}}`. */
function clauseOf(body, key) {
  const [field, given] = Object.entries(body)[0] ?? ['', undefined];
  const options = given !== null && typeof given === 'object' ? given : {};
  const value = Array.isArray(given) ? given : (options[key] ?? given);
  return { field, value, options };
}

const allFields = (document, path = '') =>
  Object.entries(document).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    return asArray(value).flatMap(item =>
      typeof item === 'object' ? allFields(item, here) : [here]
    );
  });

/**
 * A test over several fields: those named (`name^2` weighs 2), or all that a
 * record has. Tells the weight of the heaviest that hits.
 */
function anyField(fields, test) {
  if (!fields?.length) {
    return document =>
      [...new Set(allFields(document))].some(field => test(field)(document))
        ? 1
        : 0;
  }
  const tests = fields.map(given => {
    const [, field, weight] = /^(.*?)(?:\^([\d.]+))?$/s.exec(String(given));
    return [test(field), Number(weight ?? 1)];
  });
  return document => {
    let best = 0;
    for (const [hits, weight] of tests) {
      if (weight > best && hits(document)) {
        best = weight;
      }
    }
    return best;
  };
}

/** Words with wildcards, "phrases", field:word, AND, OR, NOT, + and -. */
function queryString(body) {
  const parts =
    String(body.query).match(
      /[+-]?(?:(?:[\w.]|\\.)+:)?(?:"[^"]*"|(?:\\.|[^\s()])+)/gs
    ) ?? [];
  let joint = String(body.default_operator ?? 'or').toLowerCase();
  let negate = false;
  const must = [];
  const mustNot = [];
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
      /^([+-]?)(?:((?:[\w.]|\\.)+):)?("[^"]*"|.+)$/s
    );
    const fields = field
      ? [field.replace(/\\/g, '')]
      : (body.fields ?? asArray(body.default_field));
    const bare = word.replace(/\\(.)/gs, '$1');
    const hit =
      word === '*'
        ? () => 1
        : anyField(fields, name =>
            word.startsWith('"')
              ? phrase(name, word)
              : /(?<!\\)[*?]/.test(word)
                ? pattern(name, bare)
                : words(name, bare, 'and')
          );
    (negate || sign === '-'
      ? mustNot
      : sign === '+' || joint === 'and'
        ? must
        : should
    ).push(hit);
    negate = false;
  }
  return document => {
    let score = must.length + should.length ? 0 : 1;
    for (const hit of must) {
      const one = hit(document);
      if (!one) {
        return 0;
      }
      score += one;
    }
    if (mustNot.some(hit => hit(document))) {
      return 0;
    }
    for (const hit of should) {
      score += hit(document);
    }
    return score;
  };
}

const COMPARE = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b
};

function range(body) {
  const { field, options } = clauseOf(body, 'range');
  const path = plain(field);
  const tests = Object.entries(COMPARE).filter(
    ([name]) => options[name] !== undefined
  );
  return document =>
    valuesAt(document, path).some(value =>
      tests.every(([name, test]) =>
        test(
          value,
          typeof value === 'number' ? Number(options[name]) : options[name]
        )
      )
    );
}

function bool(body) {
  const all = name => asArray(body[name]).map(compile);
  const [must, filter, mustNot, should] = [
    all('must'),
    all('filter'),
    all('must_not'),
    all('should')
  ];
  const needed = should.length
    ? Number(body.minimum_should_match ?? (body.must || body.filter ? 0 : 1))
    : 0;
  return document => {
    // What filters weighs nothing, and is the quickest.
    if (
      !filter.every(test => test(document)) ||
      mustNot.some(test => test(document))
    ) {
      return 0;
    }
    let score = 0;
    for (const test of must) {
      const one = test(document);
      if (!one) {
        return 0;
      }
      score += one;
    }
    let hits = 0;
    for (const test of should) {
      const one = test(document);
      hits += one ? 1 : 0;
      score += one;
    }
    // A hit is a hit, whatever it weighs.
    return hits >= needed ? score + 1e-9 : 0;
  };
}

/** Each reads a clause into a test of a record; truthy is a hit. */
const CLAUSES = {
  match_all: () => () => true,
  match_none: () => () => false,
  bool,
  range,
  query_string: queryString,
  simple_query_string: queryString,
  term(body) {
    const { field, value } = clauseOf(body, 'value');
    return term(field, value);
  },
  terms(body) {
    const { field, value } = clauseOf(body, 'terms');
    const tests = asArray(value).map(wanted => term(field, wanted));
    return document => tests.some(test => test(document));
  },
  match(body) {
    const { field, value, options } = clauseOf(body, 'query');
    return words(field, value, options.operator);
  },
  match_phrase(body) {
    const { field, value } = clauseOf(body, 'query');
    return phrase(field, value);
  },
  multi_match: body =>
    anyField(body.fields, field => words(field, body.query, body.operator)),
  wildcard(body) {
    const { field, value, options } = clauseOf(body, 'value');
    return pattern(field, String(options.wildcard ?? value));
  },
  prefix(body) {
    const { field, value } = clauseOf(body, 'value');
    return pattern(field, `${value}*`);
  },
  exists(body) {
    const path = plain(body.field);
    return document => hasAny(document, path);
  },
  ids(body) {
    const wanted = new Set(asArray(body.values));
    return document => wanted.has(document.id);
  }
};

/** A clause that we don't know matches nothing (a real one is an error). */
function compile(clause) {
  const tests = Object.entries(clause ?? {}).map(([name, body]) => {
    if (!Object.hasOwn(CLAUSES, name)) {
      return () => 0;
    }
    const test = CLAUSES[name](body);
    const weight = Number(
      body?.boost ?? Object.values(body ?? {})[0]?.boost ?? 1
    );
    return document => Number(test(document)) * weight;
  });
  return document => {
    let score = tests.length ? 0 : 1;
    for (const test of tests) {
      const one = test(document);
      if (!one) {
        return 0;
      }
      score += one;
    }
    return score;
  };
}

/** `[{field, direction, always}, …]` */
function sortOf(sort) {
  return asArray(sort).flatMap(item =>
    typeof item === 'string'
      ? [{ field: plain(item), direction: 1, always: false }]
      : Object.entries(item).map(([field, order]) => ({
          field: plain(field),
          direction: (order?.order ?? order) === 'desc' ? -1 : 1,
          // Elasticsearch takes an index without the field where this is said.
          always: order?.unmapped_type !== undefined
        }))
  );
}

/** Hits in order; what lacks a field comes last, either way. */
function sorted(hits, order) {
  if (!order.length) {
    return hits.sort((a, b) => b.score - a.score);
  }
  for (const hit of hits) {
    hit.keys = order.map(({ field }) => valuesAt(hit.document, field)[0]);
  }
  return hits.sort((a, b) => {
    for (let i = 0; i < order.length; i++) {
      const x = a.keys[i];
      const y = b.keys[i];
      if (x !== y) {
        if (x === undefined || y === undefined) {
          return x === undefined ? 1 : -1;
        }
        return (x < y ? -1 : 1) * order[i].direction;
      }
    }
    return 0;
  });
}

/**
 * @param documents records of the index
 * @param request `{query, from?, size?, sort?}`
 * @returns one array of records per index that has hits
 */
export function search(documents, request) {
  const indexes = new Map();
  for (const document of documents) {
    const name =
      typeof document.version !== 'string' || document.version === 'deprecated'
        ? ''
        : document.version;
    const index = indexes.get(name);
    if (index) {
      index.push(document);
    } else {
      indexes.set(name, [document]);
    }
  }
  const names = [...indexes.keys()].sort();
  const { query, from, size, sort } = request;
  if (!query?.bool) {
    return names.map(name => indexes.get(name));
  }

  const order = sortOf(sort).filter(({ field }) => field !== '_score');
  const count = Math.min(Number(size ?? DEFAULT_SIZE), MAX_SIZE);
  const start = Math.max(Number(from ?? 0) - 1, 0) * count;
  const score = compile(query);
  return names
    .map(name => indexes.get(name))
    .filter(index =>
      order.every(
        ({ field, always }) =>
          always || index.some(document => valuesAt(document, field).length > 0)
      )
    )
    .map(index =>
      sorted(
        index.flatMap(document => {
          const weight = score(document);
          return weight ? [{ document, score: weight }] : [];
        }),
        order
      )
        .slice(start, start + count)
        .map(({ document }) => document)
    )
    .filter(hits => hits.length > 0);
}
