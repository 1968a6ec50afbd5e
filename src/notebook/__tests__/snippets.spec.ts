/** @jest-environment node */
import { execFileSync } from 'node:child_process';

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
