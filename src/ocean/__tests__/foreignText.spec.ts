/** @jest-environment node */
import { manyLines, oneLine, seenName } from '../foreignText';

const UNSEEN = [
  '\u00ad',
  '\u034f',
  '\u061c',
  '\u115f',
  '\u1160',
  '\u17b4',
  '\u180e',
  '\u200b',
  '\u200e',
  '\u202e',
  '\u2066',
  '\u2800',
  '\u3164',
  '\ufeff',
  '\uffa0',
  '\ufff9',
  '\u{e0001}',
  '\u{e0041}',
  '\u{e007f}'
];

test.each(UNSEEN)('%j is taken out of lines, texts and names', mark => {
  expect(oneLine(`pay${mark}pal`)).toMatch(/^pay ?pal$/);
  expect(oneLine(mark.repeat(9))).toBe('');
  expect(manyLines(`a${mark}\n\tb`)).toBe('a\n\tb');
  expect(seenName(`invoice${mark}fdp.exe`)).toBe('invoicefdp.exe');
});

test.each([
  'naïve 日本語 العربية עברית',
  '👩‍👩‍👧‍👦 ❤️‍🔥 1️⃣ 🏳️‍🌈',
  // Persian and Marathi need joiners.
  'می‌خواهم र्‍य',
  'Việt Nam, e\u0301'
])('%s stays as it is', text => {
  expect(oneLine(text)).toBe(text);
  expect(manyLines(text)).toBe(text);
  expect(seenName(text)).toBe(text);
});

test('joiners between Latin letters, and joiners of nothing, go', () => {
  expect(oneLine('pay\u200cpal \u200d\u200d x\u200d')).toBe('paypal x');
  expect(oneLine(`a\ufe0f\ufe0f\ufe0f`)).toBe('a\ufe0f');
});

test('few marks are stacked, also with joiners between', () => {
  expect(oneLine('e' + '\u0301'.repeat(500))).toBe('e' + '\u0301'.repeat(4));
  expect(oneLine('e' + '\u0301\u200d'.repeat(500))).toHaveLength(9);
});
