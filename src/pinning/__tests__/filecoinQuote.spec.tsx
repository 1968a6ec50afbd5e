import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { IFilecoinCosts } from '../filecoinCosts';
import { filecoinPerson } from '../filecoinQuote';
import { exactAmount, haveText, priceText } from '../filecoinWords';

const person = filecoinPerson(nullTranslator.load('jupyterlab_web3'));
const request = { cid: 'bafy', name: 'iris.csv' };

const costs: IFilecoinCosts = {
  chainId: 314_159,
  testnet: true,
  account: '0x2e988A386a799F506693793c6A5AF6B54dfAaBfB',
  bytes: 1000,
  currency: 'tFIL',
  perEpoch: 694_444_444_444n,
  perMonth: 60_000_000_000_000_000n,
  deposit: 219_999_999_999_923_200n,
  lockup: 159_999_999_999_961_600n,
  setup: 100_000_000_000_000_000n,
  days: 30,
  gas: 60_000_000_000_000n,
  tokens: 10n ** 19n,
  coins: 10n ** 18n,
  provider: { id: '1', name: 'Test', url: 'https://pdp.example.com' },
  dataSet: null,
  prompts: ['permit', 'deposit-approve', 'data-set', 'add'],
  obstacle: null
};
const real: IFilecoinCosts = {
  ...costs,
  testnet: false,
  chainId: 314,
  currency: 'FIL'
};

// jsdom has none.
globalThis.requestIdleCallback ??= task =>
  Number(setTimeout(task, 0, { didTimeout: false, timeRemaining: () => 1 }));

let dialogs: string[];

/** Press the last button of the first dialogs, Esc in the others. */
function answer(accepted: number): void {
  dialogs = [];
  jest.spyOn(Dialog.prototype, 'launch').mockImplementation(async function (
    this: Dialog<unknown>
  ) {
    Widget.attach(this, document.body);
    // The body is drawn when the page is idle.
    while (!this.node.querySelector('.jp-Dialog-body')?.textContent) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    dialogs.push(this.node.textContent ?? '');
    const buttons = this.node.querySelectorAll('.jp-Dialog-button');
    const accept = dialogs.length <= accepted && buttons.length > 1;
    Widget.detach(this);
    return {
      button: accept ? Dialog.okButton() : Dialog.cancelButton(),
      isChecked: null,
      value: null
    };
  });
}

afterEach(() => {
  jest.restoreAllMocks();
});

it('asks once for the money of a test network', async () => {
  answer(1);
  expect(await person.agree(costs, request)).toBe(true);
  expect(dialogs).toHaveLength(1);
  expect(dialogs[0]).toContain('Test network');
});

it('asks twice for real money, the second time by its amount', async () => {
  answer(2);
  expect(await person.agree(real, request)).toBe(true);
  expect(dialogs).toHaveLength(2);
  expect(dialogs[0]).not.toContain('Test network');
  expect(dialogs[1]).toContain('0.22 USDFC');
  answer(1);
  expect(await person.agree(real, request)).toBe(false);
  answer(1);
  const plan = { testnet: false, days: 30, amount: 5n, tokens: 9n };
  expect(await person.topUp({ ...plan, elsewhere: false })).toBe(false);
  expect(dialogs).toHaveLength(2);
});

it.each(['too-big', 'too-small', 'no-token', 'no-gas', 'no-provider'] as const)(
  'offers no way to pay past %s',
  async obstacle => {
    answer(1);
    expect(await person.agree({ ...costs, obstacle }, request)).toBe(false);
    expect(dialogs[0]).toContain('Close');
    expect(dialogs[0]).not.toContain('Your wallet will ask');
  }
);

it('rounds prices up and possessions down, and keeps the exact figure', () => {
  expect(priceText(1n, 'USDFC')).toBe('0.000001 USDFC');
  expect(priceText(costs.deposit, 'USDFC')).toBe('0.22 USDFC');
  expect(exactAmount(costs.deposit, 'USDFC')).toBe('0.2199999999999232 USDFC');
  expect(haveText(costs.deposit, 'USDFC')).toBe('0.2199 USDFC');
});
