import type { DirListing } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { IpfsListing } from '../listing';
import { isAsKnown, MARGIN, rowsToFill, seenRows } from '../listingRows';

const TOTAL = 1_000;
const ROW = 24;
const SEEN = 20;

const entry = (i: number): Contents.IModel => ({
  name: `file ${i}.txt`,
  path: `ipfs:many/file ${i}.txt`,
  type: 'file',
  size: i,
  created: '',
  last_modified: '',
  writable: true,
  mimetype: 'text/plain',
  content: null,
  format: null
});

/** As much of the model as the listing uses. */
class FakeModel {
  entries = Array.from({ length: TOTAL }, (_, i) => entry(i));
  path = 'ipfs:many';
  specs = null;
  limit = Infinity;
  manager = {
    activateRequested: new Signal<object, string>(this),
    registry: {
      getFileTypeForModel: () => ({ name: 'text', contentType: 'file' })
    }
  };
  fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  listed = new Signal<this, void>(this);
  refreshed = new Signal<this, void>(this);
  pathChanged = new Signal<this, void>(this);
  want = jest.fn();

  items(): IterableIterator<Contents.IModel> {
    return (this._rows ?? this.entries).slice(0, this.limit).values();
  }
  showFirst(sorted: Contents.IModel[]): void {
    this._rows = sorted;
  }
  withNone(action: () => void): void {
    const rows = this._rows;
    this._rows = [];
    action();
    this._rows = rows;
  }
  sessions(): IterableIterator<never> {
    return [].values();
  }
  refresh(): void {
    this._rows = null;
    this.entries = this.entries.map(model => ({ ...model }));
    this.listed.emit();
    this.refreshed.emit();
  }

  private _rows: Contents.IModel[] | null = null;
}

let model: FakeModel;
let listing: IpfsListing;

const update = (): void =>
  MessageLoop.sendMessage(listing, Widget.Msg.UpdateRequest);
const nodes = (): HTMLElement[] =>
  Array.from(listing.contentNode.children) as HTMLElement[];
const filled = (): number[] =>
  nodes().flatMap((node, i) => (node.firstChild ? [i] : []));
const selected = (): string[] =>
  Array.from(listing.selectedItems(), ({ name }) => name);
const focusedRow = (): number =>
  nodes().findIndex(node => node.contains(document.activeElement));

function scrollTo(row: number): void {
  listing.contentNode.scrollTop = row * ROW;
  listing.contentNode.dispatchEvent(new Event('scroll'));
}

function press(key: string, options: KeyboardEventInit = {}): void {
  document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, ...options })
  );
  update();
}

beforeAll(() => {
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  // Nothing is laid out here.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
    configurable: true,
    get: () => SEEN * ROW
  });
});

afterAll(() => {
  Reflect.deleteProperty(HTMLElement.prototype, 'clientHeight');
});

beforeEach(() => {
  model = new FakeModel();
  listing = new IpfsListing(
    {
      model: model as unknown as DirListing.IOptions['model'],
      translator: nullTranslator
    },
    nullTranslator.load('')
  );
  Widget.attach(listing, document.body);
  listing.sort(listing.sortState);
  update();
});

afterEach(() => {
  listing.dispose();
});

test("core's listing is as it is taken for", () => {
  expect(isAsKnown(listing)).toBe(true);
  expect(isAsKnown({ _items: [], _sortedItems: [] })).toBe(false);
});

test('a node an entry, and only those near what is seen are filled', () => {
  expect(nodes().length).toBe(TOTAL);
  expect(filled()).toEqual(Array.from({ length: SEEN + MARGIN }, (_, i) => i));
  expect(nodes()[3].title).toContain('file 3.txt');
});

test('scrolling fills what comes and empties what goes', () => {
  scrollTo(500);
  const now = filled();
  // The first one has the tab stop.
  expect(now[0]).toBe(0);
  expect(now.slice(1)).toEqual(
    Array.from({ length: SEEN + 2 * MARGIN }, (_, i) => 500 - MARGIN + i)
  );
  expect(nodes()[500].textContent).toContain('file 500.txt');
  scrollTo(0);
  expect(filled().length).toBe(SEEN + MARGIN);
  // Filled again, not left blank as core's memory of the node would have it.
  expect(nodes()[10].textContent).toContain('file 10.txt');
});

test('the keyboard goes to rows that were empty', () => {
  listing.activate();
  MessageLoop.flush();
  expect(focusedRow()).toBe(0);
  press('End');
  expect(focusedRow()).toBe(TOTAL - 1);
  expect(selected()).toEqual(['file 999.txt']);
  expect(nodes()[TOTAL - 1].textContent).toContain('file 999.txt');
  press('ArrowUp');
  expect(selected()).toEqual(['file 998.txt']);
  press('PageUp', { shiftKey: true });
  expect(selected().length).toBe(SEEN);
  for (const key of 'file 77') {
    press(key);
  }
  expect(selected()).toEqual(['file 77.txt']);
  press('Home');
  expect(focusedRow()).toBe(0);
});

test('a name is edited in its row, which stays while others are scrolled to', async () => {
  listing.activate();
  MessageLoop.flush();
  press('End');
  const renamed = listing.rename();
  const input = listing.contentNode.querySelector('input.jp-DirListing-editor');
  expect((input as HTMLInputElement).value).toBe('file 999.txt');
  scrollTo(100);
  expect(input!.isConnected).toBe(true);
  (input as HTMLInputElement).blur();
  await expect(renamed).resolves.toBe('file 999.txt');
});

test('what is selected stays so, however much it is, and quickly', async () => {
  await listing.selectAll();
  // Core's own way looks for each entry in a list of all that are selected.
  const searched = jest.spyOn(Array.prototype, 'indexOf');
  model.refresh();
  expect(searched.mock.contexts.filter(list => list.length === TOTAL)).toEqual(
    []
  );
  searched.mockRestore();
  expect(selected().length).toBe(TOTAL);
  model.entries = model.entries.slice(5);
  model.refresh();
  update();
  expect(selected().length).toBe(TOTAL - 5);
  expect(nodes().length).toBe(TOTAL - 5);
});

test('fewer entries, fewer nodes, and back', () => {
  scrollTo(900);
  const all = model.entries;
  model.entries = all.slice(7, 9);
  model.refresh();
  listing.sort(listing.sortState);
  update();
  expect(nodes().map(node => node.title.split('\n')[0])).toEqual([
    'Name: file 7.txt',
    'Name: file 8.txt'
  ]);
  model.entries = [];
  model.refresh();
  listing.sort(listing.sortState);
  update();
  expect(nodes()).toEqual([]);
  model.entries = all;
  model.refresh();
  listing.sort(listing.sortState);
  scrollTo(0);
  update();
  expect(nodes().length).toBe(TOTAL);
  expect(nodes()[0].textContent).toContain('file 0.txt');
});

test.each([
  [{ scrollTop: 0, clientHeight: 100 }, 1000, { first: 0, end: 5 }],
  [{ scrollTop: 50, clientHeight: 100 }, 1000, { first: 2, end: 7 }],
  [{ scrollTop: 0, clientHeight: 0 }, 1000, { first: 0, end: 0 }],
  // Scrolled further than there is something now.
  [{ scrollTop: 9000, clientHeight: 100 }, 10, { first: 10, end: 10 }]
])('seen: %j of %i', (view, total, expected) => {
  expect(seenRows(view, 24, total)).toEqual(expected);
});

test('the focused row is filled wherever it is, in order', () => {
  const seen = { first: 200, end: 220 };
  expect(rowsToFill(seen, 3, 1000)[0]).toBe(3);
  expect(rowsToFill(seen, 999, 1000).at(-1)).toBe(999);
  expect(rowsToFill(seen, 999, 500).at(-1)).toBe(220 + MARGIN - 1);
  expect(rowsToFill({ first: 10, end: 10 }, 0, 10)).toEqual(
    Array.from({ length: 10 }, (_, i) => i)
  );
  expect(rowsToFill({ first: 0, end: 0 }, 0, 0)).toEqual([]);
});
