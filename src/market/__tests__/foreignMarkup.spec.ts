import { foreignSanitizer, tameHtml } from '../foreignMarkup';

describe('markup of strangers', () => {
  it.each([
    ['<p>a <b>b</b></p>', '<p>a <b>b</b></p>'],
    ['<button data-commandlinker-command="market:buy">x</button>y', 'y'],
    [
      '<b data-commandlinker-command="market:buy" data-commandlinker-args="{}" class="jp-Dialog" style="position:fixed" id="main" onclick="x()">x</b>',
      '<b>x</b>'
    ],
    [
      '<img src="https://spy.example/x.png" alt="A plot">',
      '<a href="https://spy.example/x.png" target="_blank" rel="noopener noreferrer">A plot</a>'
    ],
    [
      '<img srcset="https://spy.example/x 1x" src="data:image/png;base64,AA==">',
      '<img src="data:image/png;base64,AA==">'
    ],
    [
      '<img src="data:image/svg+xml,<svg onload=x>">',
      '<a>data:image/svg+xml,&lt;svg onload=x&gt;</a>'
    ],
    ['<video src="https://spy.example"></video>', ''],
    [
      '<iframe src="https://spy.example"></iframe><form action="/">x</form>',
      ''
    ],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="/api/kernels">x</a>', '<a>x</a>'],
    [
      '<a href="https://x.example" target="_self">x</a>',
      '<a href="https://x.example" target="_blank" rel="noopener noreferrer">x</a>'
    ],
    [
      '<table background="https://spy.example"><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
      '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
    ],
    ['<svg><image href="https://spy.example"/></svg>', ''],
    [
      '<style>@import "https://spy.example"</style><link rel="stylesheet" href="https://spy.example">',
      ''
    ]
  ])('%s', (html, tame) => {
    expect(tameHtml(html)).toBe(tame);
  });

  it('comes after the sanitiser of Jupyter, with the command linker off', () => {
    const ours = foreignSanitizer({
      allowCommandLinker: true,
      allowNamedProperties: true,
      sanitize: html => html.replace('<x>', '<b class="y">')
    });
    expect([ours.allowCommandLinker, ours.allowNamedProperties]).toEqual([
      false,
      false
    ]);
    expect(ours.sanitize('<x>z</b>')).toBe('<b>z</b>');
  });
});
