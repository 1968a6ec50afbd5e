/** The keyboard's place in a list whose rows come and go. */
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';

import { VirtualList } from '../virtualList';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let host: HTMLElement;
beforeEach(() => {
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
});
afterEach(async () => {
  await act(async () => root.unmount());
  host.remove();
});

const show = (items: readonly number[]): Promise<void> =>
  act(async () =>
    root.render(
      <>
        <input />
        <VirtualList
          label="Rows"
          items={items}
          complete
          keyOf={String}
          open={() => undefined}
          render={(item, current) => (
            <button tabIndex={current ? 0 : -1}>{item}</button>
          )}
        />
      </>
    )
  );
const button = (name: number): HTMLElement =>
  [...host.querySelectorAll('button')].find(
    one => one.textContent === String(name)
  )!;
const press = (key: string): Promise<void> =>
  act(async () => {
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
    );
  });
const at = (): string | null => document.activeElement!.textContent;
const upTo = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => i);

it('stays on its row when others come in above, and as many go', async () => {
  await show(upTo(200));
  await act(async () => button(0).focus());
  await press('End');
  expect(at()).toBe('199');
  await show([1000, ...upTo(200)]);
  expect(at()).toBe('199');
  await show([...upTo(50), 199, 300]);
  expect(at()).toBe('199');
  await press('ArrowDown');
  expect(at()).toBe('300');
});

it('goes to the row in its place when its own is gone, not to the page’s body', async () => {
  await show(upTo(200));
  await act(async () => button(0).focus());
  await press('ArrowDown');
  await press('ArrowDown');
  await show([0, 1, 3, 4]);
  expect(at()).toBe('3');
  // There are fewer than that: the last one.
  await press('End');
  await show([0, 1]);
  expect(at()).toBe('1');
  await press('ArrowUp');
  expect(at()).toBe('0');
});

it('does not take the keyboard from where it went meanwhile', async () => {
  await show(upTo(20));
  await act(async () => button(0).focus());
  await press('ArrowDown');
  await act(async () => host.querySelector('input')!.focus());
  await show([0, 3, 4]);
  expect(document.activeElement).toBe(host.querySelector('input'));
  await act(async () => (document.activeElement as HTMLElement).blur());
  await show([7]);
  expect(document.activeElement).toBe(document.body);
});
