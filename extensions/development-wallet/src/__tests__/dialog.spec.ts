import { nullTranslator } from '@jupyterlab/translation';

import { ConfirmationQueue, ether } from '../dialog';
import type { WalletRequest } from '../requests';

const queue = (): ConfirmationQueue =>
  new ConfirmationQueue(nullTranslator.load('jupyterlab-web3'));

const dialogs = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="dialog"]')
];

function press(name: string): void {
  const button = [...dialogs()[0].querySelectorAll('button')].find(
    candidate => candidate.textContent === name
  );
  button!.click();
}

const message = (text: string): WalletRequest => ({
  kind: 'sign-message',
  account: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  text,
  hex: '0x00'
});

it('asks one by one, in order', async () => {
  const { confirm } = queue();
  const first = confirm(message('first <b>one</b>'));
  const second = confirm(message('second'));
  expect(dialogs()).toHaveLength(1);
  const [dialog] = dialogs();
  expect(dialog.getAttribute('aria-label')).toBe('Development wallet');
  expect(dialog.textContent).toContain('first <b>one</b>');
  expect(dialog.textContent).toContain('1 more request');
  expect(document.activeElement?.textContent).toBe('Confirm');
  press('Confirm');
  expect(await first).toEqual({});
  expect(dialogs()[0].textContent).toContain('second');
  press('Reject');
  expect(await second).toBeNull();
  expect(dialogs()).toHaveLength(0);
});

it('lets the account be picked', async () => {
  const accounts = [
    { address: '0x01', privateKey: '0xsecret1', name: 'Publisher' },
    { address: '0x02', privateKey: '0xsecret2' }
  ];
  const answer = queue().confirm({
    kind: 'connect',
    accounts,
    selected: '0x01'
  });
  expect(dialogs()[0].innerHTML).not.toContain('secret');
  dialogs()[0].querySelectorAll('input')[1].click();
  press('Confirm');
  expect(await answer).toEqual({ account: '0x02' });
});

it('warns of a transaction that would fail', async () => {
  const answer = queue().confirm({
    kind: 'transaction',
    account: '0x01',
    to: '0x02',
    value: 1500000000000000000n,
    method: 'buyFromFreAndOrder',
    data: '0xa8c09b0b',
    gas: null,
    fee: null,
    failure: 'execution reverted: Sold out'
  });
  const [dialog] = dialogs();
  expect(dialog.textContent).toContain('1.5 ETH');
  expect(dialog.textContent).toContain('buyFromFreAndOrder');
  expect(dialog.querySelector('[role="alert"]')?.textContent).toContain(
    'Sold out'
  );
  press('Reject');
  expect(await answer).toBeNull();
});

it.each([
  [0n, '0'],
  [1n, '0.000000000000000001'],
  [10n ** 18n, '1'],
  [12345n * 10n ** 15n, '12.345']
])('writes %s wei as %s', (wei, text) => {
  expect(ether(wei)).toBe(text);
});
