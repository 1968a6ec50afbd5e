/**
 * Records as an index may hold them: good ones of every version, broken ones
 * and hostile ones, by fast-check, so that a failure names its seed and the
 * smallest record that shows it.
 */
import { getAddress, isAddress, sha256, toUtf8Bytes } from 'ethers';
import fc from 'fast-check';

/** Set by any of the scripts below that runs. */
export const RAN = '__web3ScriptRan';

/** Markup that does something where it is taken for more than text. */
export const MARKUP = [
  `<script>window.${RAN}=1</script>`,
  `<img src=x onerror="window.${RAN}=1">`,
  `<svg onload="window.${RAN}=1"><script>window.${RAN}=1</script></svg>`,
  `<iframe srcdoc="<script>parent.${RAN}=1</script>"></iframe>`,
  `<a href="javascript:window.${RAN}=1">press</a>`,
  `[press](javascript:window.${RAN}=1)`,
  `![](javascript:window.${RAN}=1)`,
  `<style>*{display:none!important}</style>`,
  `<div style="position:fixed;inset:0;z-index:99999;background:red">x</div>`,
  `<button data-commandlinker-command="docmanager:delete-file">x</button>`,
  `<form action="javascript:window.${RAN}=1"><input autofocus onfocus="window.${RAN}=1"></form>`,
  `<details open ontoggle="window.${RAN}=1">x</details>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="window.${RAN}=1">`,
  `<base href="https://elsewhere.invalid/"><meta http-equiv="refresh" content="0;url=https://elsewhere.invalid/">`,
  `"><script>window.${RAN}=1</script><"`,
  `\${window.${RAN}=1}{{constructor.constructor('window.${RAN}=1')()}}`
];

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000\u0007\u001b[31mred',
  'gnp.exe\u202Eeerf\u202C',
  '\u2067\u2067\u2067\u2066nested\u2069',
  '\u200b\u200b\u200b',
  'invoice\u202Efdp.exe',
  '\u3164\u115f\u2800\u00ad\u034f\u180e\u{e0041}\u{e007f}',
  'named &#x202e;fdp.exe&#8294; &#12644;',
  'e' + '\u0301'.repeat(500),
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👩‍👧‍👦 العربية עברית 日本語',
  'W'.repeat(5000),
  'long '.repeat(4000),
  '\ud800 half of a pair',
  '__proto__',
  'constructor',
  'toString',
  '`'.repeat(200),
  '> '.repeat(400),
  '- '.repeat(400),
  '[['.repeat(300),
  `| ${'a |'.repeat(300)}\n|${'-|'.repeat(300)}`,
  '<'.repeat(500),
  '&lt;script&gt;&#x3c;script&#x3e;'
];

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: length,
    maxLength: length
  });

const addresses = hexOf(40).map(hex => `0x${hex}`);

/** A text of a stranger: mostly words, often something else. */
const texts = fc.oneof(
  { weight: 3, arbitrary: fc.lorem({ maxCount: 8 }) },
  { weight: 2, arbitrary: fc.constantFrom(...MARKUP) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) }
);

const links = fc.constantFrom(
  'https://data.invalid/rows%E2%80%AEvsc.csv',
  'https://data.invalid/%E3%85%A4.ipynb',
  'ipfs://bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e/\u202e'
);

const hugeTexts = fc
  .tuple(fc.constantFrom(...MARKUP, 'word ', '# h\n', '* x\n'), fc.nat(40_000))
  .map(([part, size]) =>
    part.repeat(Math.ceil(size / part.length)).slice(0, size)
  );

const numbers = fc.constantFrom(
  0,
  1,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '1e30',
  '9'.repeat(500),
  '-5',
  '0x10',
  '1.0000000000000000000000001',
  'NaN'
);

/** What no field should be. */
const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, [], {}, [[]], [null], ''),
  numbers,
  // What throws when it is taken for a text or a number.
  fc.constant({ toString: 1, valueOf: 1 }),
  fc
    .constantFrom(
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"@value":{"@value":"deep"}}'
    )
    .map(text => JSON.parse(text) as unknown),
  texts,
  fc.array(texts, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 })
);

/** Mostly what it should be. */
const mostly = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 7, arbitrary: good }, { weight: 1, arbitrary: wrong });

const dates = fc.oneof(
  fc
    .integer({ min: 1_600_000_000_000, max: 1_790_000_000_000 })
    .map(time => new Date(time).toISOString()),
  fc.constantFrom('9999-12-31T23:59:59Z', 'yesterday', '', '-1', '0')
);

const manyTags = fc.nat(3000).map(count => Array(count).fill('tag'));

const metadata = fc.record(
  {
    name: mostly(
      fc.oneof(
        texts,
        texts.map(text => ({ '@value': text }))
      )
    ),
    description: mostly(
      fc.oneof(
        texts,
        { weight: 1, arbitrary: hugeTexts },
        texts.map(text => ({ '@value': text, '@language': 'en' }))
      )
    ),
    type: mostly(fc.constantFrom('dataset', 'algorithm', ...MARKUP)),
    author: mostly(texts),
    providedBy: texts,
    license: mostly(
      fc.oneof(
        texts,
        fc.constant('MIT'),
        fc.record({ name: texts, licenseDocuments: wrong })
      )
    ),
    tags: mostly(fc.oneof(fc.array(mostly(texts), { maxLength: 5 }), manyTags)),
    links: mostly(
      fc.oneof(
        fc.array(mostly(fc.oneof(texts, links)), { maxLength: 3 }),
        fc.dictionary(texts, texts, { maxKeys: 3 })
      )
    ),
    created: mostly(dates),
    updated: mostly(dates),
    algorithm: mostly(
      fc.record({ container: wrong, consumerParameters: wrong })
    ),
    additionalInformation: mostly(
      fc.record({
        web3: mostly(
          fc.record({
            v: fc.constantFrom(1, 2, '1'),
            files: mostly(
              fc.array(
                fc.record({
                  path: mostly(texts),
                  size: fc.oneof(fc.nat(), numbers),
                  mediaType: mostly(texts),
                  profile: mostly(texts),
                  cid: mostly(texts)
                }),
                { minLength: 1, maxLength: 4 }
              )
            ),
            sealed: fc.constantFrom(null, 'web3-seal/1', 'web3-seal/9', 7),
            source: wrong
          })
        )
      })
    )
  },
  { requiredKeys: [] }
);

const parameter = fc.record(
  {
    name: mostly(texts),
    type: fc.constantFrom('text', 'number', 'boolean', 'select', 'file', 3),
    label: mostly(texts),
    required: mostly(fc.boolean()),
    description: mostly(texts),
    default: wrong,
    options: fc.oneof(
      wrong,
      fc.constant('[{"a":"b"}]'),
      fc.constant('[{"__proto__":"x"}]'),
      fc.array(fc.dictionary(texts, texts, { maxKeys: 2 }), { maxLength: 3 })
    )
  },
  { requiredKeys: [] }
);

const credentials = mostly(
  fc.record(
    {
      allow: mostly(
        fc.array(
          fc.record({
            type: fc.constantFrom(
              'address',
              'accessList',
              'SSIpolicy',
              '__proto__',
              'constructor'
            ),
            values: mostly(
              fc.array(
                fc.oneof(
                  addresses,
                  addresses.map(address => ({ address }))
                ),
                { maxLength: 3 }
              )
            )
          }),
          { maxLength: 2 }
        )
      ),
      deny: wrong
    },
    { requiredKeys: [] }
  )
);

const service = fc.record(
  {
    id: mostly(texts),
    type: mostly(fc.constantFrom('access', 'compute', ...MARKUP)),
    name: mostly(texts),
    description: mostly(texts),
    datatokenAddress: mostly(addresses),
    serviceEndpoint: mostly(
      fc.constantFrom(
        'http://127.0.0.1:9',
        'javascript:alert(1)',
        'https://user:pass@host.invalid/\u202e',
        'not a url'
      )
    ),
    timeout: fc.oneof(fc.nat(), numbers),
    files: texts,
    consumerParameters: mostly(fc.array(parameter, { maxLength: 3 })),
    credentials
  },
  { requiredKeys: ['datatokenAddress', 'type'] }
);

const statsOf = (datatoken: unknown): fc.Arbitrary<unknown> =>
  fc.record(
    {
      datatokenAddress: fc.constant(datatoken),
      symbol: mostly(texts),
      orders: fc.oneof(fc.nat(), numbers),
      prices: mostly(
        fc.array(
          fc.record({
            type: fc.constantFrom('fixedrate', 'dispenser', '__proto__'),
            price: fc.oneof(
              fc.constantFrom('1.0', '0', '2.5', '0.0000000001'),
              numbers,
              wrong
            ),
            token: mostly(addresses)
          }),
          { maxLength: 2 }
        )
      )
    },
    { requiredKeys: ['datatokenAddress'] }
  );

/** As indexes tell of the chain, in the ways of several versions. */
const indexed = (datatoken: unknown): fc.Arbitrary<object> =>
  fc.record(
    {
      nft: mostly(
        fc.record(
          {
            state: fc.oneof(
              { weight: 6, arbitrary: fc.constant(0) },
              { weight: 1, arbitrary: fc.nat(9) },
              { weight: 1, arbitrary: numbers }
            ),
            owner: mostly(addresses),
            name: mostly(texts),
            created: mostly(dates)
          },
          { requiredKeys: ['state'] }
        )
      ),
      stats: mostly(statsOf(datatoken).map(stats => [stats])),
      event: mostly(
        fc.record({
          txid: hexOf(64).map(hex => `0x${hex}`),
          block: fc.nat(),
          datetime: mostly(dates)
        })
      ),
      purgatory: mostly(fc.record({ state: fc.constantFrom(false, true, 1) }))
    },
    { requiredKeys: ['nft'] }
  );

/** Its real DID, where it has what makes one; else the one that was made up. */
function ownDid({
  id,
  nftAddress,
  chainId
}: {
  id: unknown;
  nftAddress: unknown;
  chainId: unknown;
}): unknown {
  return typeof id === 'string' &&
    /^did:op:/.test(id) &&
    isAddress(nftAddress) &&
    ['string', 'number'].includes(typeof chainId)
    ? `did:op:${sha256(toUtf8Bytes(getAddress(nftAddress) + String(chainId))).slice(2)}`
    : id;
}

/**
 * One record. Most can be read: what identifies the asset is right, the rest is
 * anything.
 */
export const oddDdo: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    id: mostly(hexOf(64).map(hex => `did:op:${hex}`)),
    version: mostly(
      fc.constantFrom('4.1.0', '4.3.0', '4.5.0', '4.7.0', '5.0.0', '9.9.9')
    ),
    chainId: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(8996, '8996', 1, 137) },
      { weight: 1, arbitrary: numbers }
    ),
    nftAddress: mostly(addresses),
    metadata: mostly(metadata),
    services: mostly(fc.array(service, { minLength: 1, maxLength: 3 })),
    credentials
  })
  .chain(core => {
    const first = (
      core.services as { datatokenAddress?: unknown }[] | null
    )?.[0];
    return fc
      .tuple(indexed(first?.datatokenAddress), fc.constantFrom(0, 1, 2, 3))
      .map(([told, shape]): Record<string, unknown> => {
        const { version, id: made, ...rest } = core;
        const id = ownDid({ ...core, id: made });
        if (version === '5.0.0' || shape === 1) {
          return {
            id,
            version,
            credentialSubject: { id, ...rest },
            indexedMetadata: told
          };
        }
        return shape === 2
          ? { ...core, id, ...told }
          : { ...core, id, indexedMetadata: told };
      });
  });

/** So many records, always the same ones for a seed. */
export const oddDdos = (
  count: number,
  seed: number
): Record<string, unknown>[] => fc.sample(oddDdo, { numRuns: count, seed });
