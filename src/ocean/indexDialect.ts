/**
 * A search of one Ocean Node, in the language of the index behind it: nodes pass
 * what they are asked on to Elasticsearch or to Typesense, and don't tell which.
 *
 * What a node with Typesense makes of a question in Elasticsearch's language
 * fails in its index, and comes back as if there were nothing. A body with a
 * `filter_by` is passed on as it is (ocean-node, TypesenseMetadataQuery), but
 * always for the first 250 records of each collection. A field that one of the
 * collections lacks makes it fail as well, and empty ones lack all: so what is
 * sure to work is to ask for everything, and to look at it here.
 */
import { readIndexPage, type IIndexPage } from './catalogue';
import type { ICallOptions, IQuery, OceanNodeClient } from './nodeClient';
import { wordsOf, type ISearch } from './search';
import { searchBody, TEXTS } from './searchBody';

export interface IIndexAnswer {
  /** One an index. */
  pages: IIndexPage[];
  /** The node has records that it does not let anybody search. */
  partial: boolean;
}

interface ITypesenseQuery extends IQuery {
  q: string;
  query_by?: string;
  filter_by: string;
  validate_field_names: boolean;
}

type Node = Pick<OceanNodeClient, 'queryIndexes'>;

/** Records that Typesense gives of each collection, at most. */
const CAP = 250;
/** How long (ms) all that a node has is kept: every search looks at the same. */
const KEPT = 60_000;

interface IEverything {
  indexes: unknown[][];
  at: number;
}

/** What is known of nodes; nothing where it could be either. */
const dialects = new WeakMap<Node, 'elasticsearch' | IEverything>();

/** Finds nothing in Elasticsearch, and means nothing to Typesense. */
const NOTHING = { bool: { filter: [{ term: { id: '-' } }] } };

const typesenseBody = (words: readonly string[]): ITypesenseQuery => ({
  q: words.join(' ') || '*',
  ...(words.length ? { query_by: TEXTS.join() } : {}),
  filter_by: '',
  validate_field_names: false,
  query: NOTHING,
  from: 1,
  size: CAP
});

const hasRecords = (indexes: readonly unknown[][]): boolean =>
  indexes.some(records => records.length > 0);

/**
 * One page of a search. Whoever asks looks at words, filters and order again:
 * nodes differ in what they take notice of.
 *
 * @param page - counted from 1
 * @param size - records of each index, at most
 */
export async function askIndexes(
  node: Node,
  search: ISearch,
  page: number,
  size: number,
  o: ICallOptions = {}
): Promise<IIndexAnswer> {
  const known = dialects.get(node);
  if (known !== undefined && known !== 'elasticsearch') {
    return askTypesense(node, search, known, o);
  }
  const found = await node.queryIndexes(
    { ...searchBody(search), from: page, size },
    o
  );
  if (hasRecords(found)) {
    dialects.set(node, 'elasticsearch');
  } else if (!known) {
    const indexes = await node.queryIndexes(typesenseBody([]), o);
    if (hasRecords(indexes)) {
      const everything = { indexes, at: Date.now() };
      dialects.set(node, everything);
      return askTypesense(node, search, everything, o);
    }
    dialects.set(node, 'elasticsearch');
  }
  return {
    pages: found.map(records => readIndexPage(records, size)),
    partial: false
  };
}

async function askTypesense(
  node: Node,
  search: ISearch,
  known: IEverything,
  o: ICallOptions
): Promise<IIndexAnswer> {
  let { indexes } = known;
  if (Date.now() - known.at > KEPT) {
    indexes = await node.queryIndexes(typesenseBody([]), o);
    dialects.set(node, { indexes, at: Date.now() });
  }
  const partial = indexes.some(records => records.length >= CAP);
  const words = wordsOf(search.text);
  // Older ones of what it has can only be reached by their words.
  const more =
    partial && words.length
      ? await node.queryIndexes(typesenseBody(words), o)
      : [];
  return {
    pages: [...indexes, ...more].map(records =>
      // Nothing follows: there is only the first page.
      readIndexPage(records, Infinity)
    ),
    partial
  };
}
