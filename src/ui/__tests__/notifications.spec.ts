import { Pace } from '../notifications';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
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
