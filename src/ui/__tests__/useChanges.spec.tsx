import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { createRoot } from 'react-dom/client';

import { useChanges } from '../useChanges';

// React asks for it where `act` is used.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('many changes are one drawing, the last is never missed, and none comes after the end', () => {
  const owner = {};
  const changed = new Signal<object, void>(owner);
  let value = 0;
  let drawn = 0;
  function Shown(): React.JSX.Element {
    useChanges(changed);
    drawn++;
    return <p>{value}</p>;
  }
  const node = document.createElement('div');
  const root = createRoot(node);
  const wait = (ms: number): void =>
    React.act(() => jest.advanceTimersByTime(ms));

  React.act(() => root.render(<Shown />));
  wait(100);
  const before = drawn;
  for (value = 1; value < 40; value++) {
    changed.emit();
  }
  expect(drawn).toBe(before);
  wait(100);
  expect(drawn).toBe(before + 1);
  expect(node.textContent).toBe('40');

  value = 41;
  changed.emit();
  React.act(() => root.unmount());
  wait(100);
  expect(drawn).toBe(before + 1);
});
