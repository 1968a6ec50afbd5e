const LETTERS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface IRandom {
  /** From 0 to 1, as `Math.random`. */
  next(): number;
  /** Letters and digits. */
  text(length: number): string;
  hex(length: number): string;
}

/** The same numbers for the same seed (mulberry32). */
export function random(seed: number): IRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const of = (letters: string, length: number): string =>
    Array.from(
      { length },
      () => letters[Math.floor(next() * letters.length)]
    ).join('');
  return {
    next,
    text: length => of(LETTERS, length),
    hex: length => of('0123456789abcdef', length)
  };
}
