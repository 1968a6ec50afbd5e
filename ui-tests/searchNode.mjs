/**
 * An Ocean Node that has only an index: the development node's own search over
 * documents that were made up, for lists of many, odd and slow ones.
 */
import { once } from 'node:events';

import { getAddress, sha256, toUtf8Bytes } from 'ethers';

import { Refusal } from '../devnet/ocean-node/refusal.mjs';
import { search } from '../devnet/ocean-node/search.mjs';
import { createHttpServer } from '../devnet/ocean-node/server.mjs';

const json = body => ({
  status: 200,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body)
});

/** What Typesense gives of each collection, at most. */
const TYPESENSE_CAP = 250;

const wordsIn = value =>
  JSON.stringify(value ?? '')
    .toLowerCase()
    .match(/[\p{L}\p{N}_]+/gu) ?? [];

const valueAt = (document, path) =>
  path.split('.').reduce((value, key) => value?.[key], document);

/**
 * A search as a node with Typesense answers it (ocean-node,
 * TypesenseMetadataQuery and TypesenseDdoDatabase): what has no `filter_by` is
 * translated, without its words; always the first page of each collection; any
 * error is an empty answer. A field that a collection lacks is an error, and
 * there is always a collection without records.
 */
function typesenseSearch(documents, body) {
  const asked =
    body.filter_by !== undefined
      ? body
      : {
          q: '*',
          filter_by: [
            ...(body.query.bool.filter ?? []),
            ...(body.query.bool.must_not ?? [])
          ]
            .flatMap(one => Object.keys(one.term ?? one.terms ?? {}))
            .join(),
          sort_by: Object.entries(body.sort ?? {}).join()
        };
  if (
    asked.filter_by ||
    asked.sort_by ||
    (asked.query_by && asked.validate_field_names !== false) ||
    (!asked.query_by && asked.q !== '*')
  ) {
    return [];
  }
  const wanted = asked.q === '*' ? [] : wordsIn(asked.q);
  const fields = (asked.query_by ?? '').split(',');
  const found = [...documents].reverse().filter(document => {
    const words = fields.flatMap(field => wordsIn(valueAt(document, field)));
    return wanted.every((word, at) =>
      words.some(one =>
        at === wanted.length - 1 ? one.startsWith(word) : one === word
      )
    );
  });
  return [[], found].map(hits => ({
    found: hits.length,
    hits: hits.slice(0, TYPESENSE_CAP).map(document => ({ document })),
    out_of: hits.length,
    page: 1
  }));
}

/** Refuses as a node does that was asked more than so often in a minute. */
function createLimit(perMinute) {
  let since = 0;
  let count = 0;
  return () => {
    if (Date.now() - since >= 60_000) {
      since = Date.now();
      count = 0;
    }
    count += 1;
    if (perMinute && count > perMinute) {
      throw new Refusal(403, 'Rate limit exceeded');
    }
  };
}

/**
 * @param {object[]} documents - records of its index; what is changed in the
 *   array is found by the next question
 * @param {{
 *   before?: (request: object) => Promise<unknown> | unknown,
 *   rateLimit?: number,
 *   typesense?: boolean
 * }} [options] `before` is waited for ahead of each answer to a search;
 *   `rateLimit` is of requests a minute, 0 for no limit
 * @returns {Promise<{url: string, queries: object[], refused: () => number, close: () => void}>}
 */
export async function startSearchNode(
  documents,
  { before, rateLimit = 0, typesense = false } = {}
) {
  const queries = [];
  let refused = 0;
  const limit = createLimit(rateLimit);
  const checkLimit = () => {
    try {
      limit();
    } catch (reason) {
      refused += 1;
      throw reason;
    }
  };
  const routes = [
    [
      'POST',
      /^\/api\/aquarius\/assets\/metadata\/query\/?$/,
      async ({ body }) => {
        checkLimit();
        queries.push(body);
        await before?.(body);
        return json((typesense ? typesenseSearch : search)(documents, body));
      }
    ],
    [
      'GET',
      /^\/api\/aquarius\/assets\/(?:ddo|metadata)\/([^/]+)\/?$/,
      ({ params: [did] }) => {
        checkLimit();
        const found = documents.find(({ id }) => id === did);
        if (!found) {
          throw new Refusal(404, 'DDO not found');
        }
        return json(found);
      }
    ]
  ];
  const server = createHttpServer({
    find: (method, path) => {
      for (const [verb, pattern, handle] of routes) {
        const match = verb === method && pattern.exec(path);
        if (match) {
          return { handle, params: match.slice(1) };
        }
      }
      return undefined;
    },
    rateLimit: 0,
    log: text => console.error(`search node: ${text}`)
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    queries,
    refused: () => refused,
    close: () => {
      server.close();
      server.closeAllConnections();
    }
  };
}

const WORDS =
  'amber basalt cedar delta ember fjord glacier harbour island juniper kelp lagoon meadow nebula orchard prairie quartz river savanna tundra umbra valley willow xenon yarrow zephyr'.split(
    ' '
  );
const LICENSES = ['CC-BY-4.0', 'CC0-1.0', 'MIT', 'ODbL-1.0'];
const TYPES = ['text/csv', 'application/json', 'image/png'];

const hex = (n, digits) => n.toString(16).padStart(digits, '0');

/** The DID of an asset: made of its NFT's address and its chain. */
export const didOf = (nftAddress, chainId) =>
  `did:op:${sha256(toUtf8Bytes(getAddress(nftAddress) + chainId)).slice(2)}`;

/** A record as DDOs of another version are: 5.x wrap all but the index's own. */
export function inVersion(document, version) {
  if (!version.startsWith('5.')) {
    return { ...document, version };
  }
  const { '@context': context, id, indexedMetadata, ...rest } = document;
  const { name, description, license, ...metadata } = rest.metadata;
  return {
    '@context': context,
    id,
    version,
    credentialSubject: {
      ...rest,
      id,
      metadata: {
        ...metadata,
        name,
        description: { '@value': description, '@language': 'en' },
        license: { name: license }
      }
    },
    indexedMetadata
  };
}

/**
 * Records as an index has them, each with a word that no other has
 * (`unique17`).
 *
 * @param {number} count
 * @param {{chainId?: number, token?: string, from?: number}} [options] `from`
 *   is the number of the first
 */
export function madeUpAssets(
  count,
  {
    chainId = 8996,
    token = '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    from = 0
  } = {}
) {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const word = k => WORDS[(n * (2 * k + 1) + k * k) % WORDS.length];
    const datatokenAddress = `0x${hex(n + 2 ** 24, 40)}`;
    const nftAddress = `0x${hex(n + 2 ** 28, 40)}`;
    const created = new Date(
      Date.UTC(2024, 0, 1) + n * 3_600_000
    ).toISOString();
    const free = n % 4 === 0;
    return {
      '@context': ['https://w3id.org/did/v1'],
      id: didOf(nftAddress, chainId),
      version: '4.1.0',
      chainId,
      nftAddress,
      metadata: {
        created,
        updated: created,
        type: n % 5 === 0 ? 'algorithm' : 'dataset',
        name: `Asset ${n} ${word(1)} ${word(2)}`,
        description: `About unique${n}. ${Array.from({ length: 30 }, (_, k) => word(k)).join(' ')}.`,
        author: `Author ${n % 7}`,
        license: LICENSES[n % LICENSES.length],
        tags: [word(3), `tag ${n % 11}`],
        additionalInformation: {
          web3: {
            v: 1,
            files: [
              {
                path: `file-${n}`,
                size: 1000 + n,
                mediaType: TYPES[n % TYPES.length],
                profile: 'unixfs-v1-2025'
              }
            ],
            sealed: null
          }
        }
      },
      services: [
        {
          id: 'access',
          type: 'access',
          files: '0x00',
          datatokenAddress,
          serviceEndpoint: 'http://127.0.0.1:9',
          timeout: 0
        }
      ],
      datatokens: [
        {
          address: datatokenAddress,
          name: 'd',
          symbol: 'D',
          serviceId: 'access'
        }
      ],
      indexedMetadata: {
        nft: {
          state: 0,
          address: nftAddress,
          name: `Asset ${n}`,
          symbol: 'N',
          owner: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
          created,
          tokenURI: ''
        },
        stats: [
          {
            datatokenAddress,
            name: 'd',
            symbol: 'D',
            serviceId: 'access',
            orders: (n * 37) % 101,
            prices: [
              free
                ? {
                    type: 'dispenser',
                    price: '0',
                    contract: nftAddress,
                    token: datatokenAddress
                  }
                : {
                    type: 'fixedrate',
                    price: `${(n * 7) % 23}.${n % 10}`,
                    contract: nftAddress,
                    token
                  }
            ]
          }
        ],
        event: {},
        purgatory: { state: false }
      }
    };
  });
}
