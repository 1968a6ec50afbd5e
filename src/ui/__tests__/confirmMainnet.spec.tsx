import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { PRESETS, STORAGE_PRESETS } from '../../wallet/presets';
import { confirmMainnet, isMainnet, type IMainnetAct } from '../confirmMainnet';

// What Lab's React widgets draw with, and jsdom lacks.
globalThis.requestIdleCallback ??= callback =>
  setTimeout(
    () => callback({ didTimeout: false, timeRemaining: () => 1 }),
    0
  ) as unknown as number;

const trans = nullTranslator.load('jupyterlab_web3');
const preset = (chainId: number) =>
  [...PRESETS, ...STORAGE_PRESETS].find(one => one.chainId === chainId)!;
const polygon = preset(137);
const act: IMainnetAct = { kind: 'publish', name: 'Iris <b>x</b>' };

const shown = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('.jp-Dialog');

async function appeared(): Promise<HTMLElement> {
  while (!shown()?.textContent?.includes('is no test network')) {
    await new Promise(resolve => requestAnimationFrame(resolve));
  }
  return shown()!;
}

afterEach(() => Dialog.flush());

test('only a chain that is neither for tests nor local has real money', () => {
  expect(isMainnet(polygon)).toBe(true);
  expect(isMainnet({ ...polygon, testnet: true })).toBe(false);
  expect(isMainnet({ ...polygon, local: true })).toBe(false);
  expect(
    PRESETS.filter(network => network.testnet === isMainnet(network))
  ).toEqual([]);
});

test('nothing is asked where money is not real', async () => {
  await expect(
    confirmMainnet({ ...polygon, testnet: true }, act, trans)
  ).resolves.toBe(true);
  await expect(
    confirmMainnet({ ...polygon, local: true }, act, trans)
  ).resolves.toBe(true);
  expect(shown()).toBeNull();
});

test.each([
  ['publish', 'Publish on Polygon?', 'Publish with real money'],
  ['buy', 'Pay on Polygon?', 'Pay with real money'],
  ['change', 'Change it on Polygon?', 'Change with real money']
] as const)(
  '%s: names network, currency, sum and that it stays',
  async (kind, title, yes) => {
    const answer = confirmMainnet(
      polygon,
      { kind, name: 'Iris <b>x</b>', amount: '5 USDC', gas: '0.01 POL' },
      trans
    );
    const dialog = await appeared();
    expect(dialog.textContent).toContain(title);
    expect(dialog.textContent).toContain('Iris <b>x</b>');
    expect(dialog.querySelector('b')).toBeNull();
    expect(dialog.textContent).toContain(polygon.currency.symbol);
    expect(dialog.textContent).toContain('5 USDC and about 0.01 POL');
    expect(dialog.textContent).toContain('can’t be undone');
    // Enter presses what does not pay.
    expect(document.activeElement?.textContent).toContain('Don’t');
    const button = Array.from(dialog.querySelectorAll('button')).find(
      one => one.textContent === yes
    )!;
    button.click();
    await expect(answer).resolves.toBe(true);
  }
);

test('Esc is no', async () => {
  const answer = confirmMainnet(polygon, act, trans);
  const dialog = await appeared();
  dialog.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Escape', keyCode: 27, bubbles: true })
  );
  await expect(answer).resolves.toBe(false);
});
