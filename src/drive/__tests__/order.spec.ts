import type { Contents } from '@jupyterlab/services';

import { inOrder, type IOrder, remembered } from '../order';

const item = (
  name: string,
  type: 'file' | 'directory' | 'notebook' = 'file',
  size = 0
): Contents.IModel => ({
  name,
  path: name,
  type,
  size,
  created: '',
  last_modified: '',
  writable: true,
  mimetype: '',
  content: null,
  format: null
});

const ITEMS = [
  item('file 10', 'file', 3),
  item('b.ipynb', 'notebook', 1),
  item('File 9', 'file', 2),
  item('zoo', 'directory'),
  item('ant', 'directory'),
  item('äpfel', 'file', 3)
];

const names = (order: Partial<IOrder>): string[] =>
  inOrder(ITEMS, {
    key: 'name',
    direction: 'ascending',
    notebooksFirst: false,
    naturally: true,
    language: 'en',
    ...order
  }).map(({ name }) => name);

// The rules of core's listing (JupyterLab 4.6).
test.each([
  [{}, ['ant', 'zoo', 'äpfel', 'b.ipynb', 'File 9', 'file 10']],
  [
    { naturally: false },
    ['ant', 'zoo', 'äpfel', 'b.ipynb', 'file 10', 'File 9']
  ],
  [
    { direction: 'descending' },
    ['zoo', 'ant', 'file 10', 'File 9', 'b.ipynb', 'äpfel']
  ],
  [
    { notebooksFirst: true },
    ['ant', 'zoo', 'b.ipynb', 'äpfel', 'File 9', 'file 10']
  ],
  [
    { key: 'file_size' },
    ['ant', 'zoo', 'b.ipynb', 'File 9', 'äpfel', 'file 10']
  ],
  [
    { key: 'file_size', direction: 'descending' },
    ['ant', 'zoo', 'äpfel', 'file 10', 'File 9', 'b.ipynb']
  ],
  [
    { language: 'no such language' },
    ['ant', 'zoo', 'äpfel', 'b.ipynb', 'File 9', 'file 10']
  ]
] as [Partial<IOrder>, string[]][])('%j', (order, expected) => {
  expect(names(order)).toEqual(expected);
});

test('10,000 names in disorder take far less than a second', () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    item(`file ${(i * 7919) % 10_000}`)
  );
  const start = performance.now();
  const [first] = inOrder(many, {
    key: 'name',
    direction: 'ascending',
    notebooksFirst: false,
    naturally: true
  });
  expect(first.name).toBe('file 0');
  expect(performance.now() - start).toBeLessThan(1000);
});

test('the same entries are sorted once, others again', () => {
  const order: IOrder = {
    key: 'name',
    direction: 'ascending',
    notebooksFirst: false,
    naturally: true
  };
  const sort = remembered();
  const first = sort([...ITEMS], order);
  expect(first).toEqual(inOrder(ITEMS, order));
  expect(sort([...ITEMS], { ...order })).toBe(first);
  expect(sort([...ITEMS].reverse(), order)).not.toBe(first);
  // A refresh brings new models under the same names.
  const refreshed = ITEMS.map(model => ({ ...model, size: 9 }));
  expect(sort(refreshed, order)[0].size).toBe(9);
  expect(sort(refreshed, { ...order, direction: 'descending' })).toEqual(
    inOrder(refreshed, { ...order, direction: 'descending' })
  );
});
