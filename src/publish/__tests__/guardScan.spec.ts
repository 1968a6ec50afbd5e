/** @jest-environment node */
import { BlobContent, type IContent } from '../../content';
import { mask, SHOWN } from '../guardMask';
import { isIban, passesLuhn, personalIn } from '../guardPersonal';
import { unlooked } from '../guardNotes';
import { scanContents } from '../guardScan';
import { secretsIn } from '../guardSecrets';
import type { FindingKind, IScan } from '../guardTypes';
import { random } from './guardRandom';

/** Made up, in the form of the real ones; never written out as one text. */
const key = (prefix: string, length: number, seed = 1): string =>
  prefix + random(seed).text(length);

const PEM = [
  '-----BEGIN RSA PRIVATE' + ' KEY-----',
  ...Array.from({ length: 12 }, (_, i) => random(i + 7).text(64)),
  '-----END RSA PRIVATE' + ' KEY-----'
].join('\n');

const HEX = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

/** Of a service, as a person would write it. */
const PASSWORD = key('', 18, 5) + '7';

const file = (name: string, data: string | Uint8Array): IContent =>
  new BlobContent({ name, data });

const SECRETS: [FindingKind, string][] = [
  ['aws', `aws_secret_access_key = "${key('', 40)}"`],
  ['aws', 'id = "AKIA' + 'Z7Q2XMPL4K9W3B5T"'],
  ['github', `token = "${key('ghp' + '_', 36)}"`],
  ['slack', `slack("${key('xox' + 'b-2345678901234-2345678901234-', 24)}")`],
  ['npm', `//registry/:_authToken=${key('npm' + '_', 36)}`],
  ['private-key', PEM],
  ['private-key', JSON.stringify({ private_key: PEM })],
  ['private-key', PEM.replace('RSA', 'OPENSSH').slice(0, 300)],
  ['database', 'create_engine("postgres://ann:p4ssW0rdq@db.uni.edu/x")'],
  ['password-url', 'get("https://ann:hunter42x@files.uni.edu/a.csv")'],
  ['anthropic', `${key('sk-' + 'ant-api03-', 93)}AA`],
  ['token', `login("${key('hf' + '_', 34)}")`],
  ['token', `git clone https://oauth2:x@h ${key('glpat' + '-', 20)}`],
  ['wallet-key', `PRIVATE_KEY = "0x${HEX}"`],
  ['wallet-key', `{"privateKey": "${HEX}"}`],
  [
    'seed-phrase',
    'mnemonic = "legal winner thank year wave sausage worth useful legal winner thank yellow"'
  ],
  ['password', `conn = connect(user="ann", password="${'tr0ub4dor' + '&3'}")`],
  ['password', `API_KEY: '${key('', 24)}'`],
  ['password', `os.environ["API_KEY"] = "${PASSWORD}"`],
  ['password', `config['password'] = '${PASSWORD}'`],
  ['wallet-key', `os.environ["PRIVATE_KEY"] = "0x${HEX}"`],
  ['wallet-key', `os.environ[\\"PRIVATE_KEY\\"] = \\"0x${HEX}\\"`],
  ['password', `API_KEY=${PASSWORD}`],
  ['password', `%env DB_PASSWORD=${PASSWORD}`],
  ['password', `RUN x && docker run -e HF_TOKEN=${PASSWORD} y`],
  ['password', `db:\n  password: ${PASSWORD}`],
  ['password', `  - api_key: ${PASSWORD}`],
  ['password', `[mysql]\npassword = ${PASSWORD}`],
  ['password', `!mysql -u ann --password=${PASSWORD} db`],
  ['password', `password: str = "${PASSWORD}"`],
  ['password', `api_key: str | None = '${PASSWORD}'`],
  ['password', `password = \\"${PASSWORD}\\"`],
  ['password', `get("https://api.uni.edu/v1?api_key=${PASSWORD}&x=1")`],
  ['token', `headers = {"Authorization": "Bearer ${key('', 40)}"}`],
  ['database', 'create_engine("postgresql+psycopg2://ann:pw@db.uni.edu/x")'],
  ['database', 'MongoClient("mongodb+srv://ann:p4ss@db.uni.edu")']
];

describe('credentials', () => {
  test.each(SECRETS)('%s: %#', async (kind, text) => {
    const before = '# analysis\nimport pandas\n';
    const found = await secretsIn(`${before}${text}\nprint(1)\n`);
    expect(found.map(hit => hit.kind)).toContain(kind);
  });

  test('a comment in the text does not switch it off', async () => {
    const text = `/* secretlint-disable */ ${key('ghp' + '_', 36)}`;
    expect(await secretsIn(text)).toHaveLength(1);
  });
});

describe('what is no credential', () => {
  test.each([
    'API_KEY=xxxxxxxxxxxx1',
    'API_KEY=<your key 1>',
    'API_KEY=${API_KEY_2}',
    'API_KEY=$OTHER_KEY_12',
    'api_key = os.getenv("API_KEY_1")',
    'api_key = os.environ["API_KEY_1"]',
    'password = getpass("Password 1: ")',
    'api_key = settings.api_key_v2',
    'password=password1,',
    'f(api_key=api_key_v2)',
    'password: str = field(default=None)',
    'password: Optional[str] = None',
    'parser.add_argument("--password", help="of the database2")',
    'tool --password PASSWORD1',
    'tool --api-key $API_KEY_1 --x',
    'PWD=/home/jovyan2/work',
    'OLDPWD=/srv/data1',
    'PRIVATE_KEY=~/.ssh/id_ed25519',
    'private_key = /etc/ssl/key1.pem',
    'TOKEN_URL=https://auth.uni.edu/v2/token',
    'EOS_TOKEN=<|im_end_1|>',
    'password: ********1',
    'create_engine("postgresql+psycopg2://{user}:{pw}@{host}/x")',
    'create_engine("postgresql://user:password@localhost/x")',
    'redis://localhost:6379/0',
    '"authorization": "Bearer <token1>"',
    'primary_key = column_12345',
    'keyword: abcdef1234567890'
  ])('%s', async text => {
    expect(await secretsIn(`import os\n${text}\nprint(1)\n`)).toEqual([]);
  });
});

describe('a text that is made to stall the page', () => {
  const LENGTH = 256 * 1024;
  const many = (piece: string): string =>
    piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
  const BEGIN = '-----BEGIN PRIVATE' + ' KEY-----';
  const HOSTILE: string[] = [
    `${BEGIN}${'a: '.repeat(28)}`,
    BEGIN + many('a: '),
    BEGIN + many('a: b\n'),
    BEGIN + many(' \n'),
    BEGIN + many('\\n'),
    many(BEGIN),
    many(`${BEGIN}\n`),
    ...[
      'password',
      'password = ',
      'password: a | ',
      'password"]',
      'private_key',
      'private_key: a',
      'PASSWORD=',
      'PASSWORD_',
      'API_KEY=abcdefgh1\\',
      '--password',
      '--a-b-c-',
      '-',
      '>"\'- ',
      '\n- - - password:',
      'mnemonic is abc ',
      'abc ',
      'eyJ',
      'eyJabcdefghij.',
      'glpat-',
      'postgresql+a://',
      'a://a:a',
      'a+',
      '?api_key=',
      'authorization: bearer ',
      'a',
      'A',
      '1',
      'A_',
      'a.',
      '1.',
      '1 ',
      '+1 ',
      '@',
      'a@',
      'a@a.',
      ' ',
      '\t \n',
      '"',
      '\\',
      '\\"',
      'é'
    ].map(many)
  ];
  test.each(HOSTILE.map((text, i) => [i, text.slice(0, 24), text]))(
    '%i: %j',
    async (_i, _start, text) => {
      await secretsIn('x');
      const since = performance.now();
      await scanContents([file('a.txt', text)]);
      // Ordinary text of this length takes some 50 ms.
      expect(performance.now() - since).toBeLessThan(3000);
    }
  );
});

describe('personal data', () => {
  const PERSONAL: [FindingKind, string][] = [
    ['email', 'ann.müller,ann.mueller@uni-basel.ch,42'],
    ['phone', 'call +41 61 207 31 11 today'],
    ['phone', 'tel:+14155552671'],
    ['phone', 'call (415) 867-5309'],
    ['iban', 'DE89 3704 0044 0532 0130 00'],
    ['iban', 'to GB82WEST12345698765432 by Monday'],
    ['card', '4539 1488 0343 6467'],
    ['card', '"card": "371449635398431"'],
    ['ip', '93.184.216.34 - - [10/Oct] "GET /"'],
    ['ip', '2606:4700:4700:0000:0000:0000:0000:1111 GET'],
    ['ssn', '219-09-9998']
  ];
  test.each(PERSONAL)('%s: %s', (kind, text) => {
    expect(personalIn(text).map(hit => hit.kind)).toEqual([kind]);
  });

  test('check digits', () => {
    expect(isIban('DE89370400440532013000')).toBe(true);
    expect(isIban('DE89370400440532013001')).toBe(false);
    expect(isIban('XX89370400440532013000')).toBe(false);
    expect(passesLuhn('4539148803436467')).toBe(true);
    expect(passesLuhn('4539148803436468')).toBe(false);
  });
});

describe('ordinary data', () => {
  const dice = random(42);
  const many = (make: (i: number) => string, n = 3000): string =>
    Array.from({ length: n }, (_, i) => make(i)).join('\n');
  const ORDINARY: [string, string][] = [
    [
      'iris.csv',
      'sepal_length,sepal_width,petal_length,petal_width,species\n' +
        many(i => `5.${i % 9},3.${i % 7},1.${i % 5},0.${i % 3},setosa`)
    ],
    [
      'uuids',
      many(
        () =>
          `${dice.hex(8)}-${dice.hex(4)}-4${dice.hex(3)}-a${dice.hex(3)}-${dice.hex(12)}`
      )
    ],
    ['hashes', many(() => dice.hex(64))],
    ['addresses', many(() => `owner 0x${dice.hex(40)}`)],
    ['transactions', many(() => `tx: "0x${dice.hex(64)}"`)],
    ['CIDs', many(() => `bafybei${dice.text(52).toLowerCase()}`)],
    ['floats', many(() => String(dice.next() * 1e6))],
    ['scientific', many(() => (dice.next() * 1e-9).toExponential())],
    [
      'signed',
      many(() => `${dice.next() > 0.5 ? '+' : '-'}${dice.next() * 1e5}`)
    ],
    [
      'dates',
      many(i => `2024-0${(i % 9) + 1}-1${i % 9} 12:${10 + (i % 50)}:01`)
    ],
    [
      'milliseconds',
      many(() => String(Math.floor(1.6e12 + dice.next() * 1e11)))
    ],
    [
      'microseconds',
      many(() => String(Math.floor(1.6e15 + dice.next() * 1e14)))
    ],
    ['prices', many(() => `$${(dice.next() * 1e4).toFixed(2)} +${i3(dice)}%`)],
    [
      'versions',
      'numpy==1.26.4\nchrome/91.0.4472.124\nversion 10.15.7.1\nv12.31.10.4\ntorch>=2.12.10.11'
    ],
    [
      'python',
      'from x import y\n@decorator\ndef f(a, b):\n  return a@b.T + W@x.reshape(-1)\npassword = getpass()\ntoken = os.environ["API_TOKEN"]\napi_key="YOUR_API_KEY_HERE_1"\n'
    ],
    [
      'networks',
      'http://127.0.0.1:8888 192.168.1.20 10.0.0.12 0.0.0.0 172.16.33.12 8.8.8.8'
    ],
    ['mail of nobody', 'me@example.com noreply@github.com git@github.com:a/b'],
    ['coordinates', many(() => `${47 + dice.next()},${8 + dice.next()}`)],
    [
      'genomes',
      many(() =>
        Array.from(
          { length: 80 },
          () => 'ACGT'[Math.floor(dice.next() * 4)]
        ).join('')
      )
    ]
  ];
  function i3(d: typeof dice): string {
    return (d.next() * 100).toFixed(3);
  }
  test.each(ORDINARY)('%s: nothing is found', async (name, text) => {
    const scan = await scanContents([file(`${name}.csv`, text)]);
    expect(scan.findings).toEqual([]);
    expect(scan).toMatchObject({ secrets: 0, personal: 0, files: 1 });
  });
});

describe('masking', () => {
  test('never more than four characters, never more than a quarter', () => {
    const dice = random(3);
    for (let i = 0; i < 5000; i++) {
      const secret = dice.text(Math.floor(dice.next() * 120));
      const masked = mask(secret);
      const shown = masked.replace(/•/g, '');
      expect(shown.length).toBeLessThanOrEqual(
        Math.min(SHOWN, secret.length / 4)
      );
      expect(secret.startsWith(shown)).toBe(true);
      expect(masked).toMatch(/•{4}$/);
    }
  });

  test('nothing that turns text around comes through', () => {
    expect(mask('\u202Eab\u0000\u200Fcdefghijklmnopq')).toBe('•ab•••••');
  });

  test('no secret is in what a scan gives', async () => {
    const scan = await scanContents(
      SECRETS.map(([, text], i) => file(`${i}.py`, text))
    );
    expect(scan.secrets).toBeGreaterThanOrEqual(SECRETS.length);
    const told = JSON.stringify({ ...scan, heads: null });
    for (const secret of [
      key('', 40),
      key('ghp' + '_', 36),
      HEX,
      'p4ssW0rdq',
      'hunter42x',
      'winner'
    ]) {
      for (let at = 0; at + 6 <= secret.length; at++) {
        expect(told).not.toContain(secret.slice(at, at + 6));
      }
    }
  });
});

describe('where', () => {
  const token = key('ghp' + '_', 36);
  const notebook = JSON.stringify({
    cells: [
      { cell_type: 'markdown', source: ['# Title'], metadata: {} },
      {
        cell_type: 'code',
        source: ['import os\n', `t = "${token}"`],
        execution_count: 1,
        metadata: { note: 'ann@uni-basel.ch' },
        outputs: [
          {
            output_type: 'error',
            ename: 'E',
            evalue: '',
            traceback: ['\u001b[31mone\u001b[0m', `two \u001b[1m${token}`]
          }
        ]
      },
      {
        cell_type: 'code',
        source: 'x',
        execution_count: null,
        metadata: {},
        outputs: [
          {
            output_type: 'display_data',
            data: {
              'image/png': key('', 4000),
              'application/json': { a: token }
            },
            metadata: {}
          }
        ]
      }
    ],
    metadata: { author: 'bob@uni-basel.ch' },
    nbformat: 4,
    nbformat_minor: 5
  });

  test('a notebook: cell, part and line', async () => {
    const scan = await scanContents([file('a.ipynb', notebook)]);
    expect(
      scan.findings.map(({ kind, place }) => ({ kind, ...place }))
    ).toEqual([
      { kind: 'github', file: 'a.ipynb', cell: 1, part: 'source', line: 2 },
      { kind: 'github', file: 'a.ipynb', cell: 1, part: 'output', line: 3 },
      { kind: 'email', file: 'a.ipynb', cell: 1, part: 'metadata', line: 1 },
      { kind: 'github', file: 'a.ipynb', cell: 2, part: 'output', line: 1 },
      { kind: 'email', file: 'a.ipynb', part: 'metadata', line: 1 }
    ]);
    expect(scan.notebooks).toEqual([
      { file: 'a.ipynb', codeCells: 2, outputs: 2, notRun: 1 }
    ]);
  });

  test('outputs of any type but pictures and the like', async () => {
    const source = JSON.stringify({
      cells: [
        {
          cell_type: 'code',
          source: 'x',
          execution_count: 1,
          metadata: {},
          outputs: [
            { data: { 'application/json': [{ a: token }] } },
            { data: { 'application/vnd.vega.v5+json': `{"a": "${token}"}` } },
            { data: { 'application/x-yaml': [`a: ${token}`] } },
            { data: { 'image/png': token, 'application/pdf': token } }
          ].map(output => ({ output_type: 'display_data', ...output }))
        }
      ],
      metadata: {}
    });
    expect((await scanContents([file('a.ipynb', source)])).secrets).toBe(3);
  });

  test('a notebook that is cut off: as it was typed, not as JSON', async () => {
    const source = JSON.stringify(
      {
        cells: [
          {
            cell_type: 'code',
            source: [
              `password = "${PASSWORD}"\n`,
              `%env API_KEY=${PASSWORD}\n`,
              `os.environ["API_KEY"] = "${PASSWORD}"`
            ],
            outputs: []
          },
          { cell_type: 'raw', source: 'a'.repeat(2000) }
        ]
      },
      null,
      1
    );
    const scan = await scanContents([file('a.ipynb', source)], { cap: 1000 });
    expect(scan).toMatchObject({ secrets: 3, cut: ['a.ipynb'] });
    // Of the file, since no cell is known.
    expect(scan.findings.map(({ place }) => place.line)).toEqual([6, 7, 8]);
  });

  test('an output names its cell', async () => {
    const output = new BlobContent({
      name: 'cell-3.txt',
      data: `\n${token}`,
      source: { kind: 'output', path: 'a.ipynb', cell: 2 }
    });
    const [{ place }] = (await scanContents([output])).findings;
    expect(place).toEqual({
      file: 'cell-3.txt',
      cell: 2,
      part: 'output',
      line: 2
    });
  });

  test.each([0, 100, 262_130, 262_144, 600_001, 1_000_003])(
    'a large text: found once, wherever a window ends (%i)',
    async before => {
      const text = `${'ordinary words\n'.repeat(before / 15)}${token}\n${'more\n'.repeat(99_999)}`;
      const scan = await scanContents([file('a.txt', text)]);
      expect(scan.secrets).toBe(1);
      expect(scan.findings[0].place.line).toBe(Math.floor(before / 15) + 1);
    }
  );

  test('a file larger than is looked through says so', async () => {
    const text = `${'a\n'.repeat(600)}${token}`;
    const scan = await scanContents([file('a.txt', text)], { cap: 1000 });
    expect(scan).toMatchObject({ secrets: 0, cut: ['a.txt'] });
    const whole = await scanContents([file('a.txt', 'x'.repeat(1000))], {
      cap: 1000
    });
    expect(whole.cut).toEqual([]);
  });

  test('folders: each file, up to a bound of the whole that is told', async () => {
    const scan = await scanContents(
      [file('a/1.txt', token), file('a/2.txt', token), file('3.txt', token)],
      { capAll: 50 }
    );
    expect(scan.findings.map(({ place }) => place.file)).toEqual(['a/1.txt']);
    expect(scan).toMatchObject({ cut: ['a/2.txt'], left: ['3.txt'] });
  });

  test('UTF-16 is text, a picture is not', async () => {
    const wide = new Uint8Array([
      0xff,
      0xfe,
      ...Array.from(token).flatMap(char => [char.charCodeAt(0), 0])
    ]);
    const scan: IScan = await scanContents([
      file('a.txt', wide),
      file('b.png', new Uint8Array([0x89, 80, 78, 71, 0, 0]))
    ]);
    expect(scan).toMatchObject({ secrets: 1, binary: ['b.png'] });
  });

  test('a zero byte in a log hides nothing; other encodings are told', async () => {
    const log = new TextEncoder().encode(
      `${'line é\n'.repeat(99)}\u0000${token}`
    );
    const utf32 = Array.from(token).flatMap(char => [
      char.charCodeAt(0),
      0,
      0,
      0
    ]);
    const scan = await scanContents([
      file('a.log', log),
      file('b.txt', new Uint8Array([0xff, 0xfe, 0, 0, ...utf32])),
      file('c.csv', new Uint8Array(utf32)),
      file('d.bin', new Uint8Array(utf32))
    ]);
    expect(scan).toMatchObject({
      secrets: 1,
      binary: ['b.txt', 'c.csv', 'd.bin']
    });
    expect(unlooked(scan)).toEqual(['b.txt', 'c.csv']);
  });

  test('many of a kind are counted, the first are listed', async () => {
    const text = Array.from({ length: 500 }, (_, i) => `u${i}@uni.ch`).join();
    const scan = await scanContents([file('a.csv', text)]);
    expect(scan.personal).toBe(500);
    expect(scan.findings).toHaveLength(20);
  });
});

describe('what goes wrong', () => {
  const broken: IContent = {
    ...file('gone.txt', ''),
    name: 'gone.txt',

    async *stream() {
      throw new Error('HTTP 404');
    }
  };

  test('what can’t be read is told, the others are looked through', async () => {
    const scan = await scanContents([
      broken,
      file('a.txt', key('ghp' + '_', 36))
    ]);
    expect(scan.unread).toEqual([{ file: 'gone.txt', message: 'HTTP 404' }]);
    expect(scan.secrets).toBe(1);
  });

  test('stopped: at once, and never an answer', async () => {
    const stop = new AbortController();
    const scan = scanContents([file('a.txt', 'a\n'.repeat(5_000_000))], {
      signal: stop.signal,
      onProgress: () => setTimeout(() => stop.abort())
    });
    await expect(scan).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('the page has its turn in between', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await scanContents([file('a.txt', 'one two three 4,5\n'.repeat(500_000))]);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
