import { nullTranslator } from '@jupyterlab/translation';

import { receiverProblem } from '../manageReceiver';
import { EMPTY } from '../manageTypes';

const ALICE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const FAKE = `${ALICE.slice(0, 6)}${'0'.repeat(32)}${ALICE.slice(-4)}`;

const about = (text: string, shownAccount = ALICE): string | null =>
  receiverProblem(text, {
    model: { shownAccount } as never,
    state: EMPTY,
    trans: nullTranslator.load('')
  });

test('who is to be paid: mistyped, like another one, or fine', () => {
  expect(about('')).toBeNull();
  expect(about(ALICE)).toBeNull();
  expect(about(ALICE.replace('C51812dc', 'c51812dc'))).toMatch(/mistyped/);
  expect(about(FAKE.toLowerCase())).toMatch(/looks like/);
  // Nobody is logged in.
  expect(about(FAKE.toLowerCase(), '')).toBeNull();
});
