import type { IOutput } from '@jupyterlab/nbformat';

import { formsOf } from '../outputs';
import { titleOf } from '../title';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const place = { title: 'Iris: größte Blüten', path: 'a/n.ipynb', cell: 2 };

const display = (data: Record<string, unknown>): IOutput =>
  ({ output_type: 'display_data', data, metadata: {} }) as IOutput;
const stream = (name: string, text: string | string[]): IOutput => ({
  output_type: 'stream',
  name,
  text
});

async function bytes(form: {
  content: { blob(): Promise<Blob> };
}): Promise<Uint8Array> {
  return new Uint8Array(await (await form.content.blob()).arrayBuffer());
}
async function text(form: {
  content: { blob(): Promise<Blob> };
}): Promise<string> {
  return new TextDecoder().decode(await bytes(form));
}

describe('formsOf', () => {
  // [what it is, outputs, only, expected media types best first]
  it.each<[string, IOutput[], number | undefined, string[]]>([
    ['nothing', [], undefined, []],
    [
      'a figure: the repr of the figure is no form',
      [
        display({
          'image/png': PNG,
          'text/plain': '<Figure size 640x480 with 1 Axes>'
        })
      ],
      undefined,
      ['image/png']
    ],
    [
      'a repr alone is all there is',
      [display({ 'text/plain': '<object at 0x1>' })],
      undefined,
      ['text/plain']
    ],
    [
      'a data frame',
      [
        display({
          'text/html': '<table><tr><th>a</th></tr><tr><td>1</td></tr></table>',
          'text/plain': '   a\n0  1'
        })
      ],
      undefined,
      ['text/csv', 'text/html', 'text/plain']
    ],
    [
      'a shortened data frame: its rows come after the whole page',
      [
        display({
          'text/html':
            '<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr><tr><th>...</th><td>...</td></tr><tr><th>9</th><td>1</td></tr></tbody></table><p>10 rows × 1 columns</p>'
        })
      ],
      undefined,
      ['text/html', 'text/csv']
    ],
    [
      'HTML without a table',
      [display({ 'text/html': '<b>hello</b>' })],
      undefined,
      ['text/html']
    ],
    [
      'a figure is better than what was printed before it',
      [stream('stdout', 'fit\n'), display({ 'image/png': PNG })],
      undefined,
      ['image/png', 'text/plain']
    ],
    [
      'widgets and scripts are bound to their page',
      [
        display({
          'application/vnd.jupyter.widget-view+json': { model_id: 'x' },
          'application/javascript': 'alert(1)',
          'text/plain': 'IntSlider(value=0)'
        })
      ],
      undefined,
      ['text/plain']
    ],
    [
      'JSON and its vendor kinds, drawings, formulas',
      [
        display({
          'application/vnd.plotly.v1+json': { data: [] },
          'image/svg+xml': ['<svg>', '</svg>'],
          'text/latex': '$x$',
          'text/markdown': '# x'
        })
      ],
      undefined,
      [
        'image/svg+xml',
        'application/vnd.plotly.v1+json',
        'text/markdown',
        'text/latex'
      ]
    ],
    ['warnings not by default', [stream('stderr', 'warn')], undefined, []],
    ['warnings when named', [stream('stderr', 'warn')], 0, ['text/plain']],
    [
      'a traceback not by default',
      [
        {
          output_type: 'error',
          ename: 'E',
          evalue: 'x',
          traceback: ['\u001b[0;31mE\u001b[0m']
        } as IOutput
      ],
      undefined,
      []
    ],
    [
      'what claims to be an image and is none',
      [display({ 'image/png': '<html>' })],
      undefined,
      []
    ],
    ['an output that is not there', [stream('stdout', 'x')], 3, []]
  ])('%s', (_, outputs, only, expected) => {
    expect(formsOf(outputs, place, only).map(form => form.mediaType)).toEqual(
      expected
    );
  });

  it('keeps the bytes of an image, also in lines', async () => {
    const [form] = formsOf(
      [display({ 'image/png': [PNG.slice(0, 40) + '\n', PNG.slice(40)] })],
      place
    );
    expect(
      Buffer.from(await bytes(form)).equals(Buffer.from(PNG, 'base64'))
    ).toBe(true);
  });

  it('joins what a kernel printed in pieces, around a figure too', async () => {
    const forms = formsOf(
      [
        stream('stdout', ['a\n', 'b']),
        stream('stderr', 'w'),
        display({ 'image/png': PNG }),
        stream('stdout', 'c\n')
      ],
      place,
      undefined,
      'text/plain'
    );
    expect(forms).toHaveLength(1);
    expect(await text(forms[0])).toBe('a\nbc\n');
  });

  it('leaves neither colours nor drawn-over progress in text', async () => {
    const [form] = formsOf(
      [
        stream(
          'stdout',
          '\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\r\n 10%\r 50%\r100%\nab\b\bcd\n'
        )
      ],
      place
    );
    expect(await text(form)).toBe('red link\n100%\ncd\n');
  });

  it('writes JSON arrays as JSON, not as lines', async () => {
    const [form] = formsOf(
      [display({ 'application/json': ['a', 'b'] })],
      place
    );
    expect(JSON.parse(await text(form))).toEqual(['a', 'b']);
  });

  it('names files after title, cell and output', () => {
    const figure = display({ 'image/png': PNG });
    expect(formsOf([figure], place)[0].content.name).toBe(
      'iris-größte-blüten-cell-3.png'
    );
    expect(
      formsOf([figure, figure], place).map(form => form.content.name)
    ).toEqual([
      'iris-größte-blüten-cell-3-1.png',
      'iris-größte-blüten-cell-3-2.png'
    ]);
    expect(
      formsOf([figure], { ...place, title: '../../etc/ 🌸' })[0].content.name
    ).toBe('etc-cell-3.png');
    expect(formsOf([figure], { ...place, title: '🌸' })[0].content.name).toBe(
      'notebook-cell-3.png'
    );
    expect(formsOf([figure, figure], place, 1)[0].content.source).toEqual({
      kind: 'output',
      path: 'a/n.ipynb',
      cell: 2,
      cellId: undefined,
      output: 1
    });
  });
});

describe('titleOf', () => {
  it.each([
    [['text', '## *Iris* [data](https://x) `v2`'], 'Iris data v2'],
    [['```\n# no heading\n```\n# Yes'], 'Yes'],
    [['Title\n====='], 'Title'],
    [['# snake_case stays ##'], 'snake_case stays'],
    [['#hashtag'], 'analysis'],
    [[], 'analysis']
  ])('%j → %s', (markdown, title) => {
    expect(titleOf(markdown, 'ipfs:sub/analysis.ipynb')).toBe(title);
  });
});
