import { Notification } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';

import { Pace, Progress } from '../notifications';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  Notification.dismiss();
  Signal.clearData(Notification.manager);
  jest.useRealTimers();
  document.body.textContent = '';
});

test('the first is drawn at once, of many the last, and nothing after the end', () => {
  const pace = new Pace();
  const drawn: number[] = [];
  const tell = (n: number): void => pace.draw(() => void drawn.push(n));
  tell(1);
  expect(drawn).toEqual([1]);
  for (let n = 2; n < 50; n++) {
    tell(n);
  }
  expect(drawn).toEqual([1]);
  jest.advanceTimersByTime(1000);
  expect(drawn).toEqual([1, 49]);
  tell(50);
  tell(51);
  pace.stop();
  jest.advanceTimersByTime(1000);
  expect(drawn).toEqual([1, 49, 50]);
});

test('who tells without a break is drawn all the same', () => {
  const pace = new Pace();
  const drawn: number[] = [];
  for (let n = 0; n < 100; n++) {
    pace.draw(() => void drawn.push(n));
    jest.advanceTimersByTime(20);
  }
  // 2 seconds: the first, and one each 300 ms.
  expect(drawn).toHaveLength(7);
  jest.advanceTimersByTime(1000);
  expect(drawn.pop()).toBe(99);
});

/**
 * As JupyterLab 4.6 draws: what is told before the first drawing, which takes
 * `ms`, or within a moment after it, is taken for a copy of the first.
 *
 * @returns what is drawn, and how often it was told something
 */
function lab(ms: number): { shown: () => string | null; told: () => number } {
  const known = new Set<string>();
  let told = 0;
  Notification.manager.changed.connect((_, { type, notification }) => {
    const { id, message } = notification;
    told += 1;
    if (type === 'added') {
      setTimeout(() => {
        const toast = document.createElement('div');
        toast.id = id;
        toast.textContent = message;
        document.body.append(toast);
        setTimeout(() => known.add(id), 10);
      }, ms);
    } else if (type === 'removed') {
      document.getElementById(id)?.remove();
    } else if (known.has(id)) {
      document.getElementById(id)!.textContent = message;
    }
  });
  return { shown: () => document.body.textContent, told: () => told };
}

test.each([0, 5, 150, 295, 300, 305, 595, 600, 900, 5000])(
  'what is refused at once is told, however late (%i ms) the first drawing is',
  ms => {
    const { shown } = lab(ms);
    const notice = new Progress('0 B of 10 GB');
    notice.update('0 B of 10 GB', 0);
    jest.advanceTimersByTime(3);
    notice.failed('There is no space left');
    jest.advanceTimersByTime(ms);
    expect(shown()).toMatch(/0 B of 10 GB|no space left/);
    jest.advanceTimersByTime(1000);
    expect(shown()).toBe('There is no space left');
  }
);

test.each([0, 3, 299, 300, 301, 310, 599, 600, 601, 610, 2000])(
  'the end is told whenever (%i ms) it comes, with progress before and after',
  end => {
    const { shown } = lab(300);
    const notice = new Progress('start');
    for (let ms = 0; ms < end; ms += 7) {
      notice.update(`${ms} ms`, 0);
      jest.advanceTimersByTime(Math.min(7, end - ms));
    }
    notice.done('done');
    notice.update('late', 1);
    jest.advanceTimersByTime(1500);
    expect(shown()).toBe('done');
  }
);

test('a state after which nothing comes for long is told too', () => {
  const { shown } = lab(700);
  const notice = new Progress('start');
  notice.update('Checking', 0.99);
  jest.advanceTimersByTime(2000);
  expect(shown()).toBe('Checking');
  notice.waiting('Sign');
  expect(shown()).toBe('Sign');
  notice.update('goes on', 1);
  jest.advanceTimersByTime(300);
  expect(shown()).toBe('goes on');
});

test('what is drawn is told once', () => {
  const { told } = lab(0);
  const notice = new Progress('start');
  for (let n = 0; n < 10; n++) {
    jest.advanceTimersByTime(300);
    notice.update(`${n}`, 0);
  }
  const before = told();
  notice.done('done');
  jest.advanceTimersByTime(60_000);
  expect(told()).toBe(before + 1);
});

test('what is never drawn is not told again and again, nor looked for', () => {
  const { told } = lab(1e9);
  new Progress('start').done('done');
  jest.advanceTimersByTime(60_000);
  expect(told()).toBe(2);
  // Of the drawing.
  expect(jest.getTimerCount()).toBe(1);
});

test('a dismissed one does not come back', () => {
  const { shown } = lab(500);
  const notice = new Progress('start');
  notice.update('goes on', 0.5);
  notice.dismiss();
  notice.update('goes on', 1);
  jest.advanceTimersByTime(100);
  expect(Notification.manager.count).toBe(0);
  expect(jest.getTimerCount()).toBe(1);
  expect(shown()).toBe('');
});
