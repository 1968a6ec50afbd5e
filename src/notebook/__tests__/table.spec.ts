import { readTable, toCsv } from '../table';

const csv = (html: string): string | null => {
  const table = readTable(html);
  return table && toCsv(table.rows);
};
const frame = (head: string[], body: string[][], after = ''): string =>
  `<div><style scoped>.x{}</style><table border="1" class="dataframe"><thead><tr style="text-align: right;">${head
    .map(cell => `<th>${cell}</th>`)
    .join('')}</tr></thead><tbody>${body
    .map(
      ([first, ...rest]) =>
        `<tr><th>${first}</th>${rest.map(cell => `<td>${cell}</td>`).join('')}</tr>`
    )
    .join('\n')}</tbody></table>${after}</div>`;

describe('tables', () => {
  it('is CSV without the counting index', () => {
    expect(
      csv(
        frame(
          ['', 'x', 'y'],
          [
            ['0', '1', 'a'],
            ['1', '2', 'b']
          ]
        )
      )
    ).toBe('x,y\n1,a\n2,b\n');
  });

  it('keeps an index that says something', () => {
    expect(
      csv(
        frame(
          ['', 'x'],
          [
            ['a', '1'],
            ['b', '2']
          ]
        )
      )
    ).toBe(',x\na,1\nb,2\n');
    expect(
      csv(
        frame(
          ['', 'x'],
          [
            ['1', '1'],
            ['0', '2']
          ]
        )
      )
    ).toBe(',x\n1,1\n0,2\n');
  });

  it('takes the name of the index from its own heading row', () => {
    expect(
      csv(
        '<table><thead><tr><th></th><th>x</th></tr><tr><th>species</th><th></th></tr></thead><tbody><tr><th>setosa</th><td>1</td></tr></tbody></table>'
      )
    ).toBe('species,x\nsetosa,1\n');
  });

  it('quotes what CSV needs quoted, and keeps every script', () => {
    expect(
      csv(
        frame(
          ['', 'a "b"', 'c,d'],
          [
            ['x', 'naïve 日本 🌸', '&lt;b&gt;,&amp;'],
            ['y', '', '&nbsp;']
          ]
        )
      )
    ).toBe(',"a ""b""","c,d"\nx,naïve 日本 🌸,"<b>,&"\ny,,\n');
  });

  it('fills cells that span rows and columns', () => {
    expect(
      csv(
        '<table><thead><tr><th></th><th></th><th colspan="2">A</th></tr><tr><th></th><th></th><th>x</th><th>y</th></tr></thead><tbody><tr><th rowspan="2">g</th><th>1</th><td>1</td><td>2</td></tr><tr><th>2</th><td>3</td><td>4</td></tr></tbody></table>'
      )
    ).toBe(',,A,A\n,,x,y\ng,1,1,2\ng,2,3,4\n');
  });

  it.each([
    [
      'a row of dots',
      frame(
        ['', 'x'],
        [
          ['0', '1'],
          ['...', '...'],
          ['9', '2']
        ]
      ),
      ',x\n0,1\n9,2\n'
    ],
    [
      'a column of dots',
      frame(['', 'x', '...', 'z'], [['0', '1', '...', '2']]),
      ',x,z\n0,1,2\n'
    ],
    [
      'a shape that says more rows',
      frame(['', 'x'], [['0', '1']], '<p>1,500 rows × 1 columns</p>'),
      ',x\n0,1\n'
    ]
  ])('says that it is shortened: %s', (_, html, expected) => {
    expect(readTable(html)?.shortened).toBe(true);
    expect(csv(html)).toBe(expected);
  });

  it('is not shortened where the shape is the whole', () => {
    expect(
      readTable(frame(['', 'x'], [['0', '1']], '<p>1 rows × 1 columns</p>'))
        ?.shortened
    ).toBe(false);
  });

  it.each([
    ['no table', '<p>table</p>'],
    ['two tables', '<table><tr><td>1</td></tr></table>'.repeat(2)],
    ['an empty one', '<table></table>']
  ])('is null for %s', (_, html) => {
    expect(readTable(html)).toBeNull();
  });

  it('runs nothing and survives a huge span', () => {
    const html =
      '<table><tr><td colspan="99999999" rowspan="99999999">1</td></tr></table><img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>';
    expect(readTable(html)?.rows[0].length).toBe(1000);
    expect((globalThis as { hacked?: number }).hacked).toBeUndefined();
  });

  it('reads back what it wrote (random tables)', () => {
    const alphabet = ['a', '"', ',', '\n', '\r', ' ', 'é', '🌸', '', '0'];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    for (let run = 0; run < 300; run++) {
      const width = 1 + random(4);
      const rows = Array.from({ length: 1 + random(4) }, () =>
        Array.from({ length: width }, () =>
          Array.from({ length: random(4) }, () => alphabet[random(10)]).join('')
        )
      );
      expect(parse(toCsv(rows))).toEqual(rows);
    }
  });
});

/** RFC 4180, for the round trip. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"' && cell === '') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at++) {
        at += text[at] === '"' ? 1 : 0;
        cell += text[at];
      }
    } else if (character === ',') {
      row.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else {
      cell += character;
    }
  }
  return rows;
}
