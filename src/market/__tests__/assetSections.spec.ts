/** The workers behind the sections of the asset page. */
import { Interface } from 'ethers';

import type { IAssetService } from '../../ocean/asset';
import type { Reader } from '../../ocean/chain';
import { OceanError } from '../../ocean/errors';
import type { IHolder, INetwork } from '../../tokens';
import { Asked } from '../page/asked';
import { orderHistory, SHOWN, versionHistory } from '../page/chainHistory';
import { readDelimited, readJsonRecords } from '../page/delimited';
import { gatewaysOf } from '../page/gateways';
import { findLicense } from '../page/licenses';
import { openLink } from '../page/links';
import { readNotebook } from '../page/notebookPreview';
import { PageServices, type IServicesDeps } from '../page/pageServices';
import type { IPagePorts } from '../page/ports';
import { previewOf } from '../page/preview';
import {
  fetchSample,
  SAMPLE_LIMIT,
  sampleSource,
  type ISample
} from '../page/sample';
import { asMarkdown } from '../page/share';
import { checkStorage, countFound, MOST_CHECKED } from '../page/storage';
import { ACCOUNT, asset, DID, TOKEN } from './fakes';

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e';
const OTHER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';

describe('a question of a section', () => {
  it('is asked once, answers in a signal, and tells what went wrong', async () => {
    let n = 0;
    const asked = new Asked(async () => {
      n++;
      if (n === 2) {
        throw new Error('no');
      }
      return n;
    });
    const states: string[] = [];
    asked.changed.connect(() => states.push(asked.state.state));
    asked.once();
    asked.once();
    await Promise.resolve();
    expect(asked.state).toMatchObject({ state: 'told', value: 1 });
    await asked.again();
    expect(asked.state).toMatchObject({ state: 'failed' });
    expect(states).toEqual(['asking', 'told', 'asking', 'failed']);
  });

  it('takes no answer that comes after it was stopped or asked anew', async () => {
    const answers: ((value: string) => void)[] = [];
    const asked = new Asked(
      () => new Promise<string>(resolve => answers.push(resolve))
    );
    const first = asked.again();
    const second = asked.again();
    answers[0]('old');
    await first;
    expect(asked.state.state).toBe('asking');
    answers[1]('new');
    await second;
    expect(asked.state).toMatchObject({ value: 'new' });
    const third = asked.again();
    asked.stop();
    answers[2]('late');
    await third;
    expect(asked.state).toEqual({ state: 'idle' });
  });
});

describe('delimited text', () => {
  const read = (text: string): string[][] | undefined => {
    const found = readDelimited(text, { sure: true, cut: false });
    return found ? [found.columns, ...found.rows] : undefined;
  };

  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2']
      ]
    ],
    [
      'a;b\r\n1;2',
      [
        ['a', 'b'],
        ['1', '2']
      ]
    ],
    [
      '\ufeffa\tb\n1\t2\n',
      [
        ['a', 'b'],
        ['1', '2']
      ]
    ],
    [
      'a,b\n"x, ""y""\nz",2\n',
      [
        ['a', 'b'],
        ['x, "y"\nz', '2']
      ]
    ],
    [
      'a,b\n1,\n,2\n',
      [
        ['a', 'b'],
        ['1', ''],
        ['', '2']
      ]
    ],
    [
      'a,b\n\n\n1,2',
      [
        ['a', 'b'],
        ['1', '2']
      ]
    ],
    ['a,b\n"never closed,2\n3,4', [['a', 'b'], ['never closed,2\n3,4']]],
    [
      'a,b\n"1"x,2',
      [
        ['a', 'b'],
        ['1x', '2']
      ]
    ],
    ['one\ntwo\n', [['one'], ['two']]],
    [
      'a,b\n"",\n',
      [
        ['a', 'b'],
        ['', '']
      ]
    ]
  ])('%j', (text, rows) => {
    expect(read(text)).toEqual(rows);
  });

  it('takes prose for prose unless it is called a table', () => {
    const prose = 'Dear all, hello\nthis, that, and more\n';
    expect(readDelimited(prose, { sure: false, cut: false })).toBeNull();
    expect(readDelimited(prose, { sure: true, cut: false })).not.toBeNull();
  });

  it('shows some of many, and leaves out a record that was cut', () => {
    const many = 'a,b\n' + '1,2\n'.repeat(5000);
    expect(readDelimited(many, { sure: true, cut: false })).toMatchObject({
      rows: { length: 100 },
      moreRows: true
    });
    expect(readDelimited('a,b\n1,2\n3,', { sure: true, cut: true })).toEqual({
      columns: ['a', 'b'],
      rows: [['1', '2']],
      moreRows: true,
      moreColumns: 0
    });
    const wide = Array.from({ length: 5000 }, (_, at) => at).join(',');
    expect(
      readDelimited(`${wide}\n`, { sure: true, cut: false })
    ).toMatchObject({ columns: { length: 50 }, moreColumns: 4950 });
  });

  it('is quick with a line that is all quotes', () => {
    const text = 'a,b\n' + '"",'.repeat(300_000);
    const since = performance.now();
    expect(readDelimited(text, { sure: true, cut: false })).not.toBeNull();
    expect(performance.now() - since).toBeLessThan(2000);
  });
});

it('records of JSON, one list or one a line', () => {
  const rows = [
    { a: 1, b: { c: [2] } },
    { a: null, __proto__x: 'y' }
  ];
  const table = {
    columns: ['a', 'b', '__proto__x'],
    rows: [
      ['1', '{"c":[2]}', ''],
      ['null', '', 'y']
    ],
    moreRows: false,
    moreColumns: 0
  };
  expect(readJsonRecords(JSON.stringify(rows))).toEqual(table);
  expect(
    readJsonRecords(rows.map(row => JSON.stringify(row)).join('\n'))
  ).toEqual(table);
  for (const other of ['{"a":1}x', '[1,2]', '[]', '{', '"x"']) {
    expect(readJsonRecords(other)).toBeNull();
  }
});

describe('what is shown of a sample', () => {
  const sample = (
    bytes: Uint8Array<ArrayBuffer> | string,
    patch: Partial<ISample> = {}
  ): ISample => ({
    bytes:
      typeof bytes === 'string'
        ? (new TextEncoder().encode(bytes) as Uint8Array<ArrayBuffer>)
        : bytes,
    cut: false,
    size: null,
    mediaType: 'text/plain',
    name: null,
    verified: false,
    host: null,
    ...patch
  });

  it.each<[string, ISample, string]>([
    ['CSV by its name', sample('a\n1\n', { name: 'x.CSV' }), 'table'],
    ['CSV without a name', sample('a,b\n1,2\n'), 'table'],
    ['words', sample('Only words.\n'), 'text'],
    ['code', sample('a,b\n1,2\n', { name: 'x.py' }), 'text'],
    ['JSON records', sample('[{"a":1}]'), 'table'],
    ['other JSON', sample('{"a":1}', { name: 'x.json' }), 'text'],
    ['Markdown', sample('# A', { name: 'read.md' }), 'markdown'],
    ['a notebook', sample('{"nbformat":4,"cells":[]}'), 'notebook'],
    ['an old notebook', sample('{"nbformat":3,"worksheets":[]}'), 'text'],
    ['bytes', sample(new Uint8Array([0, 255, 1])), 'other'],
    [
      'an 8-bit table',
      sample(new Uint8Array([97, 59, 228, 10, 49, 59, 50]), { name: 'x.csv' }),
      'table'
    ],
    ['HTML', sample('<script>x</script>', { name: 'x.html' }), 'text'],
    [
      'SVG',
      sample('<svg onload="x"/>', {
        name: 'x.svg',
        mediaType: 'image/svg+xml'
      }),
      'text'
    ],
    [
      'a picture',
      sample(new Uint8Array([1]), { mediaType: 'image/png' }),
      'image'
    ],
    [
      'half a picture',
      sample(new Uint8Array([1]), { mediaType: 'image/png', cut: true }),
      'other'
    ]
  ])('%s', (_, one, kind) => {
    expect(previewOf(one).kind).toBe(kind);
  });

  it('cuts in the middle of a character without a trace', () => {
    const bytes = new TextEncoder().encode('Bäume').slice(0, 2);
    expect(previewOf(sample(bytes, { cut: true }))).toEqual({
      kind: 'text',
      text: 'B',
      cut: true
    });
  });
});

it('reads a notebook of a stranger as text and pictures', () => {
  const found = readNotebook(
    JSON.stringify({
      nbformat: 4,
      cells: [
        {
          cell_type: 'code',
          execution_count: 3,
          source: ['a\n', 'b'],
          outputs: [
            { output_type: 'error', traceback: ['\u001b[31mBad\u001b[0m'] },
            {
              output_type: 'display_data',
              data: { 'text/html': '<script>x</script>' }
            },
            {
              output_type: 'display_data',
              data: { 'image/png': 'x" onerror="alert(1)', 'text/plain': 'p' }
            },
            { output_type: 'display_data', data: { 'image/png': 'AAAA\n' } },
            'nonsense'
          ]
        },
        null,
        { cell_type: 'markdown', source: '# T', outputs: [{}] }
      ]
    })
  );
  expect(found).toEqual({
    more: 0,
    cells: [
      {
        kind: 'code',
        count: 3,
        source: 'a\nb',
        outputs: [
          { kind: 'text', text: 'Bad' },
          { kind: 'text', text: 'p' },
          { kind: 'image', uri: 'data:image/png;base64,AAAA' }
        ]
      },
      { kind: 'raw', count: null, source: '', outputs: [] },
      { kind: 'markdown', count: null, source: '# T', outputs: [] }
    ]
  });
});

describe('where a sample is', () => {
  it.each([
    [`ipfs://${CID}/a b.csv`, { kind: 'ipfs', path: `/ipfs/${CID}/a b.csv` }],
    [
      'https://me:secret@data.example:8443/x%20y.csv?k=1',
      {
        kind: 'web',
        host: 'data.example:8443',
        name: 'x y.csv',
        link: 'https://data.example:8443/x%20y.csv?k=1'
      }
    ],
    ['javascript:alert(1)', { kind: 'unknown' }],
    ['ipfs://nonsense', { kind: 'unknown' }],
    ['ipns://example.org/x', { kind: 'unknown' }],
    ['https://', { kind: 'unknown' }],
    ['file:///etc/passwd', { kind: 'unknown' }],
    ['data:text/html,x', { kind: 'unknown' }]
  ])('%s', (link, source) => {
    expect(sampleSource(link)).toMatchObject(source);
  });

  const ports = {
    gateways: async () => [],
    ipfs: {} as IPagePorts['ipfs']
  };
  const answer = (init: ResponseInit, chunks: number, size: number): void => {
    const piece = new Uint8Array(size).fill(97);
    let left = chunks;
    globalThis.fetch = jest.fn(
      async () =>
        ({
          ok: (init.status ?? 200) < 400,
          status: init.status ?? 200,
          headers: new Map(Object.entries(init.headers ?? {})),
          url: 'https://elsewhere.example/x.txt',
          body: {
            cancel: async () => undefined,
            getReader: () => ({
              read: async () =>
                left-- > 0
                  ? { done: false, value: piece }
                  : { done: true, value: undefined },
              cancel: async () => undefined
            })
          }
        }) as unknown as Response
    );
  };

  it('is read up to the limit, without who asks', async () => {
    answer({ headers: { 'content-length': '999999999' } }, 100, 1 << 20);
    const found = await fetchSample(
      sampleSource('https://data.example/x.txt'),
      ports
    );
    expect(found).toMatchObject({
      cut: true,
      size: 999_999_999,
      verified: false,
      host: 'elsewhere.example'
    });
    expect(found.bytes.length).toBe(SAMPLE_LIMIT);
    expect(globalThis.fetch).toHaveBeenCalledWith(
      'https://data.example/x.txt',
      expect.objectContaining({
        credentials: 'omit',
        referrerPolicy: 'no-referrer'
      })
    );
  });

  it('tells a refusal from a silence', async () => {
    const source = sampleSource('https://data.example/x.txt');
    answer({ status: 403 }, 0, 0);
    await expect(fetchSample(source, ports)).rejects.toMatchObject({
      code: 'refused',
      status: 403
    });
    globalThis.fetch = async () => {
      throw new TypeError('Failed to fetch');
    };
    await expect(fetchSample(source, ports)).rejects.toMatchObject({
      code: 'not-readable'
    });
    await expect(fetchSample(sampleSource('x'), ports)).rejects.toMatchObject({
      code: 'bad-link'
    });
  });
});

const NFT = '0x' + 'e'.repeat(40);

describe('the chain’s history', () => {
  const abi = new Interface([
    'event MetadataCreated(address indexed createdBy, uint8 state, string decryptorUrl, bytes flags, bytes data, bytes32 metaDataHash, uint256 timestamp, uint256 blockNumber)',
    'event MetadataState(address indexed updatedBy, uint8 state, uint256 timestamp, uint256 blockNumber)',
    'event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)',
    'event OrderStarted(address indexed consumer, address payer, uint256 amount, uint256 serviceIndex, uint256 timestamp, address indexed publishMarketAddress, uint256 blockNumber)'
  ]);
  const zero = '0x' + '0'.repeat(40);
  const log = (name: string, args: unknown[], block: number) => ({
    ...abi.encodeEventLog(name, args),
    address: TOKEN,
    transactionHash: '0x' + String(block).padStart(64, '0'),
    blockNumber: `0x${block.toString(16)}`
  });
  const chainWith = (
    found: ReturnType<typeof log>[]
  ): { times: number; chain: ReturnType<IPagePorts['chain']> } => {
    const self = {
      times: 0,
      chain: {
        network: {} as INetwork,
        startBlock: async () => 1,
        reader: {
          request: async ({
            method,
            params
          }: {
            method: string;
            params?: unknown;
          }) => {
            const [first] = (params ?? []) as [never];
            switch (method) {
              case 'eth_blockNumber':
                return '0xfff';
              case 'eth_getLogs': {
                const { topics } = first as { topics: string[][] };
                return found.filter(one => topics[0].includes(one.topics[0]));
              }
              default:
                self.times++;
                return { timestamp: `0x${Number(first).toString(16)}` };
            }
          }
        } as Reader
      }
    };
    return self;
  };

  it('has versions, states and owners, newest first', async () => {
    const { chain } = chainWith([
      log('Transfer', [zero, ACCOUNT, 1], 5),
      log(
        'MetadataCreated',
        [ACCOUNT, 0, '', '0x', '0x', '0x' + '1'.repeat(64), 1, 5],
        5
      ),
      log('MetadataState', [ACCOUNT, 4, 1, 9], 9),
      log('Transfer', [ACCOUNT, OTHER, 1], 12)
    ]);
    expect(await versionHistory(chain, TOKEN)).toMatchObject({
      count: 3,
      entries: [
        { kind: 'transferred', who: ACCOUNT, to: OTHER, state: null },
        { kind: 'state', state: 4, block: 9, time: new Date(9000) },
        { kind: 'created', who: ACCOUNT, state: 0, time: new Date(5000) }
      ]
    });
  });

  it('of years is read where an endpoint allows 10,000 blocks a question', async () => {
    const now = 65_000_000;
    const first = 63_000_000;
    const { chain } = chainWith([
      {
        ...log(
          'MetadataCreated',
          [ACCOUNT, 0, '', '0x', '0x', '0x' + '1'.repeat(64), 1, first],
          first
        ),
        address: NFT
      },
      log('OrderStarted', [OTHER, OTHER, 1, 0, 1, zero, 1], first + 5),
      log('OrderStarted', [OTHER, OTHER, 1, 0, 1, zero, 1], now)
    ]);
    const { reader } = chain;
    let asked = 0;
    const limited: Reader = {
      request: async args => {
        asked++;
        const [filter] = (args.params ?? []) as Record<string, string>[];
        switch (args.method) {
          case 'eth_blockNumber':
            return `0x${now.toString(16)}`;
          case 'eth_getCode':
            // No archive.
            throw Object.assign(new Error('missing trie node'), {
              code: -32000
            });
          case 'eth_getLogs': {
            const [from, to] = [filter.fromBlock, filter.toBlock].map(Number);
            if (to - from >= 10_000) {
              throw Object.assign(new Error('block range'), { code: -32005 });
            }
            const all = (await reader.request(args)) as {
              address: string;
              blockNumber: string;
            }[];
            return all.filter(
              ({ address, blockNumber }) =>
                [filter.address].flat().includes(address.toLowerCase()) &&
                Number(blockNumber) >= from &&
                Number(blockNumber) <= to
            );
          }
          default:
            return reader.request(args);
        }
      }
    };
    const years = { ...chain, reader: limited };
    const sold = asset({ nftAddress: NFT });
    expect(await orderHistory(years, sold)).toMatchObject({
      count: 2,
      entries: [{ block: now }, { block: first + 5 }]
    });
    expect(await versionHistory(years, NFT)).toMatchObject({
      count: 1,
      entries: [{ kind: 'created', block: first }]
    });
    expect(asked).toBeLessThan(2 * 2.2 * 200);
    // Whoever closes the page stops it.
    asked = 0;
    const stop = new AbortController();
    const running = orderHistory(years, sold, { signal: stop.signal });
    stop.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
    expect(asked).toBeLessThan(5);
  });

  it('counts all orders and asks for the time of those shown', async () => {
    const self = chainWith(
      Array.from({ length: 300 }, (_, at) =>
        log('OrderStarted', [OTHER, OTHER, 1, 0, 1, zero, 1], at + 1)
      )
    );
    const found = await orderHistory(self.chain, asset());
    expect(found.count).toBe(300);
    expect(found.entries).toHaveLength(SHOWN);
    expect(found.entries[0]).toMatchObject({ consumer: OTHER, block: 300 });
    expect(self.times).toBe(SHOWN);
  });
});

describe('who has the files', () => {
  const file = (size: number, cid?: string) => ({
    path: 'a.csv',
    size,
    mediaType: 'text/csv',
    profile: 'p',
    ...(cid ? { cid } : {})
  });
  const info = (length: number, valid = true) => ({
    valid,
    length,
    mediaType: '',
    type: ''
  });
  const web3 = (files: ReturnType<typeof file>[], sealed = false) => ({
    v: 1 as const,
    files,
    sealed: sealed ? ('web3-seal/1' as const) : null,
    source: null
  });

  it.each([
    ['the right size', [file(4)], false, [info(4)], 1],
    ['another size', [file(4)], false, [info(5)], 0],
    ['nothing there', [file(4)], false, [info(0)], 0],
    ['more than nodes count', [file(1e9)], false, [info(10_521_600)], 1],
    ['sealed: the key is no file', [file(4)], true, [info(9), info(80)], 1],
    ['sealed and lost', [file(4)], true, [info(0), info(80)], 0],
    ['fewer answers than files', [file(4), file(4)], false, [info(4)], 1]
  ])('%s', (_, files, sealed, infos, found) => {
    expect(countFound({ web3: web3(files, sealed) }, infos)).toEqual({
      found,
      of: files.length
    });
  });

  it('asks about a few CIDs, and goes on without a silent node', async () => {
    const files = Array.from({ length: 8 }, () => file(4, CID));
    let asked = 0;
    const ports = {
      holders: async (): Promise<IHolder[]> => {
        asked++;
        return [];
      },
      fileInfo: async () => {
        throw new OceanError('node-unreachable', 'x');
      }
    } as unknown as IPagePorts;
    const report = await checkStorage(
      asset({ web3: web3(files) }),
      ports,
      new AbortController().signal
    );
    expect(asked).toBe(MOST_CHECKED);
    expect(report).toMatchObject({
      more: 3,
      node: { found: null, problem: { code: 'node-unreachable' } }
    });
  });
});

describe('the other rooms', () => {
  const service: IAssetService | null = asset().service;
  const deps = (patch: Partial<IServicesDeps>): IServicesDeps => ({
    ipfs: {} as IServicesDeps['ipfs'],
    ocean: {} as IServicesDeps['ocean'],
    pinning: null,
    confirmForeign: async () => false,
    gateways: async () => [],
    open: () => undefined,
    lab: 'http://localhost:8888/lab',
    ...patch
  });

  it('a node outside the settings is asked only when the person agrees', async () => {
    const reading = jest.fn();
    const pages = new PageServices(
      deps({
        ocean: {
          foreignHost: () => 'evil.example',
          reading
        } as unknown as IServicesDeps['ocean']
      })
    );
    await expect(pages.fileInfo(asset({ service }), {})).rejects.toMatchObject({
      code: 'node-refused-by-person'
    });
    expect(reading).not.toHaveBeenCalled();
  });

  it('a seller is asked about once in a while; who is silent is named', async () => {
    let queries = 0;
    const ddo = (id: string, owner: string) => ({
      id: `did:op:${id.repeat(64)}`,
      chainId: 8996,
      nftAddress: TOKEN,
      metadata: { name: id },
      services: [{ id: 's', type: 'access', datatokenAddress: TOKEN }],
      indexedMetadata: { nft: { state: 0, owner } }
    });
    const nodes = [
      {
        url: 'http://a.example',
        queryIndexes: async () => {
          queries++;
          return [[ddo('1', ACCOUNT), ddo('2', OTHER)]];
        }
      },
      {
        url: 'http://b.example',
        queryIndexes: async () => {
          queries++;
          return [[ddo('1', ACCOUNT)], [ddo('3', ACCOUNT)]];
        }
      }
    ];
    const pages = (all: unknown[]): PageServices =>
      new PageServices(
        deps({
          ocean: {
            nodes: async () => all
          } as unknown as IServicesDeps['ocean']
        })
      );
    const one = pages(nodes);
    const owned = await one.byOwner(ACCOUNT, {});
    expect(owned.assets.map(({ name }) => name)).toEqual(['1', '3']);
    expect(await one.byOwner(ACCOUNT.toLowerCase(), {})).toBe(owned);
    expect(queries).toBe(2);
    const silent = {
      url: 'http://c.example',
      queryIndexes: async () => {
        throw new OceanError('node-unreachable', 'x');
      }
    };
    expect(await pages([silent]).byOwner(ACCOUNT, {})).toEqual({
      assets: [],
      silent: ['c.example'],
      more: false
    });
  });

  it('a node that never answers is given up, and named', async () => {
    jest.useFakeTimers();
    try {
      const node = {
        url: 'http://c.example',
        queryIndexes: () => new Promise(() => undefined)
      };
      const ocean = {
        nodes: async () => [node]
      } as unknown as IServicesDeps['ocean'];
      const owned = new PageServices(deps({ ocean })).byOwner(ACCOUNT, {});
      await jest.advanceTimersByTimeAsync(20_000);
      expect((await owned).silent).toEqual(['c.example']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('a link opens what it names, and leaves the rest of the address', () => {
    const link = new PageServices(deps({})).link(DID);
    expect(link).toBe(`http://localhost:8888/lab?web3-asset=${DID}`);
    const went: string[] = [];
    const router = {
      navigate: (path: string) => {
        went.push(path);
      }
    };
    const { search } = new URL(link);
    expect(
      openLink({ path: '/lab', search: `${search}&a=1`, hash: '#h' }, router)
    ).toBe(DID);
    expect(openLink({ path: '/lab', search: '?web3-asset=x' }, router)).toBe(
      null
    );
    expect(went).toEqual(['/lab?a=1#h', '/lab']);
  });

  it('gateways and routers are those of the settings', async () => {
    const settings = {
      gateways: ['https://g.example', '', 3],
      routers: ['https://r.example/', 'https://s.example/routing/v1']
    };
    expect(
      await gatewaysOf({
        get: async (_: string, key: string) => ({
          composite: settings[key as keyof typeof settings] as never,
          user: undefined
        })
      })
    ).toEqual([
      'https://g.example',
      'https://r.example/routing/v1',
      'https://s.example/routing/v1'
    ]);
    expect(await gatewaysOf(null)).toEqual([]);
  });
});

it('knows licences by their SPDX identifier', async () => {
  const find = await findLicense();
  expect(find(' cc-by-4.0 ')).toEqual({
    id: 'CC-BY-4.0',
    url: 'https://spdx.org/licenses/CC-BY-4.0.html'
  });
  expect(find('constructor')).toBeNull();
  expect(find('Ask me')).toBeNull();
});

it('a name is text in Markdown', () => {
  expect(
    asMarkdown({ name: '](javascript:x) *a*\n# b', did: DID }, 'http://l')
  ).toBe(`[\\]\\(javascript:x\\) \\*a\\* \\# b](http://l) (\`${DID}\`)`);
});
