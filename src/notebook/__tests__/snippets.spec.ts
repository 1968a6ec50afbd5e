/** @jest-environment node */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { LIBRARIES } from '../libraries';
import { pathForKernel, pythonSnippet, pythonString } from '../snippets';

const HOSTILE = [
  'plain.csv',
  '"); import os; os.system("x") #.csv',
  '\'\'\'"""\\',
  'a\nimport os',
  'a\r\nimport os\r',
  'a\u2028!touch x',
  'a\u2029%%bash',
  'a\u0085!ls',
  'a\u000b\u000c\u001c\u001d\u001e!ls',
  '\u202eevil\u202c.csv',
  '🌸 naïve 日本.csv',
  '\\N{BULLET} \\x41 %s {x}',
  'trailing\\',
  '?',
  '\u0000nul',
  '\ufeffbom'
];

describe('Python snippets', () => {
  it('puts any name into one literal on one line (IPython splits at more)', () => {
    for (const name of HOSTILE) {
      expect(pythonString(name)).not.toMatch(
        /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/
      );
    }
  });

  it('is read by Python as the very same text, and holds no other code', () => {
    const program = `
import ast, json, sys
out = []
for case in json.load(sys.stdin):
    tree = ast.parse(case["code"])
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    out.append({"texts": texts, "shape": ast.dump(ast.parse(case["plain"])), "same": len(list(ast.walk(tree))) == len(list(ast.walk(ast.parse(case["plain"]))))})
print(json.dumps(out))
`;
    const cases = HOSTILE.flatMap(name =>
      ['text/csv', 'application/json', 'image/png', 'text/plain', 'x/y'].map(
        mediaType => ({
          name,
          code: pythonSnippet({ path: name, mediaType, title: name }),
          plain: pythonSnippet({
            path: name.endsWith('.csv') ? 'p.csv' : 'p',
            mediaType,
            title: 'p'
          })
        })
      )
    );
    const answers = JSON.parse(
      execFileSync('python3', ['-c', program], {
        input: JSON.stringify(cases),
        encoding: 'utf-8'
      })
    ) as { texts: string[]; same: boolean }[];
    expect(answers).toHaveLength(cases.length);
    answers.forEach((answer, at) => {
      expect(answer.texts).toContain(cases[at].name);
      expect(answer.same).toBe(true);
    });
  });

  it('names only a DID and a CID that look like it', () => {
    const did = 'did:op:' + 'a'.repeat(64);
    const good = pythonSnippet({
      path: 'x.csv',
      mediaType: 'text/csv',
      title: 'Iris\u2028import os',
      did,
      cid: 'bafkreia',
      verified: true
    });
    expect(good.split('\n').slice(0, 3)).toEqual([
      '# Iris import os',
      `# ${did}`,
      '# CID bafkreia (checked)'
    ]);
    const bad = pythonSnippet({
      path: 'x.csv',
      mediaType: 'text/csv',
      did: did + '\nimport os',
      cid: 'bafk\nimport os'
    });
    expect(bad).not.toContain('import os');
    expect(bad.startsWith('import pandas as pd\n')).toBe(true);
  });

  it.each([
    ['application/octet-stream', 'x.csv', 'pd.read_csv("x.csv")'],
    ['application/octet-stream', 'm.joblib', 'read_bytes()'],
    ['application/octet-stream', 'm.pkl', 'read_bytes()'],
    ['application/vnd.apache.parquet', 'x', 'pd.read_parquet("x")'],
    ['application/geo+json', 'x', 'json.loads('],
    ['image/png', 'x.bin', 'Image.open('],
    ['text/html', 'x.html', 'read_text(encoding="utf-8")'],
    ['application/x-npy', 'x.npy', 'allow_pickle=False']
  ])('%s %s is loaded by %s', (mediaType, path, code) => {
    expect(pythonSnippet({ path, mediaType })).toContain(code);
  });
});

/** The interpreter that has the libraries: of the environment that `npm test` makes. */
const ENVIRONMENT = join(__dirname, '../../../.venv/bin/python');
const PYTHON =
  process.env.WEB3_PYTHON ??
  (existsSync(ENVIRONMENT) ? ENVIRONMENT : 'python3');
const KINDS: readonly [string, string, string | Uint8Array][] = [
  ['t.csv', 'text/csv', 'a,b\n1,x\n2,y\n'],
  ['z.csv.gz', 'text/csv', gzipSync('a,b\n1,x\n2,y\n')],
  ['t.tsv', 'text/tab-separated-values', 'a\tb\n1\tx\n2\ty\n'],
  // Written by the interpreter, whose library knows the format.
  ['t.parquet', 'application/vnd.apache.parquet', ''],
  ['t.jsonl', 'application/x-ndjson', '{"a": 1}\n{"a": 2}\n'],
  ['t.json', 'application/json', '{"a": [1, 2]}'],
  ['t.txt', 'text/plain', 'one\ntwo\n'],
  ['b.bin', 'application/octet-stream', 'bytes'],
  // What a library would take for a pattern is a name.
  ['odd [1]*.csv', 'text/csv', 'a,b\n1,x\n2,y\n']
];

/** Each case in a namespace of its own, in one process. */
const RUNNER = `
import json, sys
import pandas
cases = json.load(sys.stdin)
pandas.DataFrame({"a": [1, 2]}).to_parquet("t.parquet")
said = []
for case in cases:
    try:
        space = {"__name__": "cell"}
        exec(compile(case["code"], "cell", "exec"), space)
        if case["check"]:
            assert eval(case["check"], space), "it is not what the file holds"
        said.append("good")
    except Exception as error:
        said.append(repr(error))
print("\\n" + json.dumps(said))
`;

describe.each(LIBRARIES)('with %s', library => {
  let folder = '';
  let said: string[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'web3-snippets-'));
    mkdirSync(join(folder, 'many'));
    for (const [name, , content] of KINDS) {
      writeFileSync(join(folder, name), content);
    }
    writeFileSync(join(folder, 'many', 'one.csv'), 'a\n1\n');
    writeFileSync(join(folder, 'many', 'notes.bin'), 'x');
    // A pattern would find this one, too.
    writeFileSync(join(folder, 'odd 1x.csv'), 'wrong\n0\n');
    const cases = KINDS.map(([path, mediaType]) => ({
      code: pythonSnippet({ path, mediaType, library }),
      check:
        library === 'python' && path.endsWith('.parquet')
          ? 'data[:4] == b"PAR1"'
          : /\.(csv|csv\.gz|tsv|jsonl|parquet)$/.test(path)
            ? 'len(data) == 2 and "wrong" not in str(data)'
            : ''
    })).concat({
      code: pythonSnippet({
        path: 'many',
        mediaType: 'inode/directory',
        folder: true,
        library
      }),
      check:
        library === 'python'
          ? 'len(files) == 2'
          : 'len(files) == 2 and list(data) == ["one.csv"] and len(data["one.csv"]) == 1'
    });
    const answer = execFileSync(PYTHON, ['-c', RUNNER], {
      input: JSON.stringify(cases),
      encoding: 'utf-8',
      cwd: folder,
      env: {
        ...process.env,
        HF_HUB_OFFLINE: '1',
        HF_HOME: join(folder, '.hf')
      },
      stdio: ['pipe', 'pipe', 'ignore']
    });
    said = JSON.parse(answer.trim().split('\n').pop() ?? '') as string[];
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ...KINDS.map(([name], at): [string, number] => [name, at]),
    ['a folder of several files', KINDS.length]
  ] as [string, number][])('%s is loaded', (_, at) => {
    expect(said[at]).toBe('good');
  });

  it('no name becomes code', () => {
    const program = `
import ast, json, sys
for case in json.load(sys.stdin):
    texts = [n.value for n in ast.walk(ast.parse(case["code"])) if isinstance(n, ast.Constant)]
    assert case["name"] in texts, case
print("same")
`;
    const cases = HOSTILE.flatMap(name =>
      KINDS.map(([, mediaType]) => ({
        name,
        code: pythonSnippet({ path: name, mediaType, title: name, library })
      })).concat({
        name,
        code: pythonSnippet({
          path: name,
          mediaType: '',
          folder: true,
          library
        })
      })
    );
    expect(
      execFileSync(PYTHON, ['-c', program], {
        input: JSON.stringify(cases),
        encoding: 'utf-8'
      }).trim()
    ).toBe('same');
  });
});

describe('pathForKernel', () => {
  it.each([
    ['data/x.csv', 'n.ipynb', 'data/x.csv'],
    ['data/x.csv', 'data/n.ipynb', 'x.csv'],
    ['data/x.csv', 'examples/n.ipynb', '../data/x.csv'],
    ['x.csv', 'a/b/n.ipynb', '../../x.csv'],
    ['a/x.csv', 'a/x.csv/n.ipynb', '../x.csv'],
    ['data/x.csv', 'ipfs:a/n.ipynb', 'data/x.csv']
  ])('%s from %s is %s', (file, notebook, path) => {
    expect(pathForKernel(file, notebook)).toBe(path);
  });
});
