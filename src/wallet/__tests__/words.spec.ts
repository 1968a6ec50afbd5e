import { nullTranslator } from '@jupyterlab/translation';

import { momentWords } from '../words';

const trans = nullTranslator.load('jupyterlab_web3');
const now = new Date(2026, 2, 28, 23, 30);

it.each([
  [new Date(2026, 2, 28, 23, 59), /^\d/],
  [new Date(2026, 2, 29, 0, 0), /^tomorrow \d/],
  // Less than 24 hours on, but not the next day's date.
  [new Date(2026, 2, 29, 23, 29), /^tomorrow \d/],
  [new Date(2026, 2, 30, 0, 1), /30.*,/],
  [new Date(2026, 2, 27, 23, 59), /^yesterday \d/],
  [new Date(2026, 0, 1, 12, 0), /Jan.*,/]
])('%s near 28 March, 23:30', (when, words) => {
  expect(momentWords(when, now, trans)).toMatch(words);
});
