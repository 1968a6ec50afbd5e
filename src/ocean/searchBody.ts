/** What is asked of the index of an Ocean Node, in Elasticsearch's language. */
import {
  effectiveSort,
  isAddress,
  tokensOf,
  wordsOf,
  type ISearch,
  type ISearchFilters
} from './search';

/** The body of a question, without its page. */
export interface ISearchBody {
  query: object;
  sort?: object[];
}

/** Where each of these is: DDOs 4.x, and 5.x with all of it one level deeper. */
const PLACES = ['', 'credentialSubject.'];

/**
 * Exactly this, or at least its words in any case: what is looser than the
 * filter is looked at again here. Whatever the field is mapped as: a keyword, or
 * a text with one beside it.
 */
function exactly(fields: string[], value: string | number): object {
  if (typeof value === 'number') {
    return any(fields.map(field => ({ term: { [field]: value } })));
  }
  // What was cut to fit into a line has a last word that is not whole.
  const cut = value.endsWith('…');
  const words = cut ? tokensOf(value).slice(0, -1) : tokensOf(value);
  return any([
    ...(cut
      ? []
      : fields
          .flatMap(field => [`${field}.keyword`, field])
          .map(field => ({ term: { [field]: value } }))),
    ...(words.length
      ? fields.map(field => ({
          match: { [field]: { query: words.join(' '), operator: 'and' } }
        }))
      : [])
  ]);
}

const any = (should: object[]): object =>
  should.length
    ? { bool: { should, minimum_should_match: 1 } }
    : { match_all: {} };

const everywhere = (field: string): string[] =>
  PLACES.map(place => place + field);

/**
 * What one of the typed words asks for: an index may keep it whole
 * (`example.com`), or in parts (`covid-19`), of which the last may still be typed.
 *
 * @param inside - `*` where a word may also begin before what is typed
 */
function wordClause(word: string, fields: string[], inside = ''): object {
  const part = (token: string): object => ({
    // Letters and digits only: nothing in it means anything to Lucene.
    query_string: { query: `${inside}${token}*`, fields }
  });
  const whole = (query: string): object => ({
    multi_match: { query, fields, operator: 'and' }
  });
  const tokens = wordsOf(word);
  return any([
    whole(word),
    tokens.length === 1
      ? part(tokens[0])
      : {
          bool: {
            must: tokens.map(token => any([part(token), whole(token)]))
          }
        }
  ]);
}

/** A question for all words of a text. */
const wordClauses = (text: string, fields: string[], inside = ''): object[] =>
  text
    .split(/\s+/)
    .filter(word => tokensOf(word).length > 0)
    .slice(0, 20)
    .map(word => wordClause(word, fields, inside));

const STATE = 'indexedMetadata.nft.state';
const OWNER = 'indexedMetadata.nft.owner';
const MEDIA = 'metadata.additionalInformation.web3.files.mediaType';

const ownerClause = (owner: string): object =>
  any([
    ...[...new Set([owner, owner.toLowerCase()])].flatMap(value => [
      { term: { [`${OWNER}.keyword`]: value } },
      { term: { [OWNER]: value } }
    ]),
    { match: { [OWNER]: owner } }
  ]);

/** `image/*` is what has the word, or starts like it. */
const mediaClause = (mediaType: string): object =>
  mediaType.endsWith('*')
    ? any(
        everywhere(MEDIA).flatMap(field => [
          { prefix: { [`${field}.keyword`]: mediaType.slice(0, -1) } },
          ...tokensOf(mediaType).map(word => ({ match: { [field]: word } }))
        ])
      )
    : exactly(everywhere(MEDIA), mediaType);

function filtersOf(filters: ISearchFilters): object[] {
  const { type, price, chainId, license, tag, author, owner, mediaType } =
    filters;
  const found: object[] = [];
  if (type) {
    found.push(exactly(everywhere('metadata.type'), type));
  }
  if (chainId !== undefined) {
    found.push(exactly(everywhere('chainId'), chainId));
  }
  if (license) {
    found.push(
      exactly(
        [
          ...everywhere('metadata.license'),
          ...everywhere('metadata.license.name')
        ],
        license
      )
    );
  }
  if (tag) {
    found.push(exactly(everywhere('metadata.tags'), tag));
  }
  if (author) {
    if (isAddress(author)) {
      found.push(ownerClause(author));
    } else {
      const fields = [
        ...everywhere('metadata.author'),
        ...everywhere('metadata.providedBy')
      ];
      found.push(...wordClauses(author.replace(/\S*…$/, ''), fields, '*'));
    }
  }
  if (owner) {
    found.push(ownerClause(owner));
  }
  if (mediaType) {
    found.push(mediaClause(mediaType));
  }
  if (price) {
    found.push(
      exactly(
        ['indexedMetadata.stats.prices.type'],
        price === 'free' ? 'dispenser' : 'fixedrate'
      )
    );
  }
  return found;
}

export const TEXTS = [
  'metadata.name',
  'metadata.description',
  'metadata.tags',
  'metadata.author'
];

/**
 * The question for a search. Elasticsearch; `bool` at its top, since nodes
 * ignore a query without it (FACTS: search). An index that lacks a field to
 * sort by would be left out, so each says what to take it for.
 */
export function searchBody(search: ISearch): ISearchBody {
  const fields = [
    ...PLACES.flatMap(place => TEXTS.map(text => place + text)),
    'credentialSubject.metadata.name.@value',
    'credentialSubject.metadata.description.@value'
  ];
  const must = wordClauses(search.text, fields);
  const query = {
    bool: {
      must,
      filter: filtersOf(search.filters),
      must_not: [
        { terms: { [STATE]: [1, 2, 3, 4, 5] } },
        { term: { 'indexedMetadata.purgatory.state': true } }
      ],
      // What has the words in its name or tags comes before what mentions them.
      ...(must.length
        ? {
            should: PLACES.flatMap(place => [
              {
                match: {
                  [`${place}metadata.name`]: { query: search.text, boost: 4 }
                }
              },
              {
                match: {
                  [`${place}metadata.tags`]: { query: search.text, boost: 2 }
                }
              }
            ])
          }
        : {})
    }
  };
  const newest = [
    {
      'indexedMetadata.nft.created': { order: 'desc', unmapped_type: 'date' }
    }
  ];
  switch (effectiveSort(search)) {
    case 'relevance':
      return { query };
    case 'orders':
      return {
        query,
        sort: [
          {
            'indexedMetadata.stats.orders': {
              order: 'desc',
              unmapped_type: 'long'
            }
          },
          ...newest
        ]
      };
    default:
      return { query, sort: newest };
  }
}
