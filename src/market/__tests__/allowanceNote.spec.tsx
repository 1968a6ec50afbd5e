/** Taking an allowance back is a transaction: where money is real it is asked twice. */
import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { act } from 'react';
import { createRoot } from 'react-dom/client';

import { PRESETS } from '../../wallet/presets';
import { AllowanceNote } from '../allowanceNote';
import type { AssetModel } from '../model';
import { asset, TOKEN } from './fakes';

(
  globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
).IS_REACT_ACT_ENVIRONMENT = true;
globalThis.requestIdleCallback ??= (run: IdleRequestCallback): number =>
  Number(
    setTimeout(() => run({ didTimeout: false, timeRemaining: () => 50 }), 0)
  );

const polygon = PRESETS.find(({ chainId }) => chainId === 137)!;

/** Press "Take back"; how often it was taken back until then. */
async function press(testnet: boolean): Promise<() => number> {
  let taken = 0;
  const model = {
    state: { asset: asset() },
    left: {
      state: {
        left: {
          amount: 5n,
          token: { address: TOKEN, symbol: 'USDC', decimals: 6 },
          of: 'asset',
          spender: TOKEN
        },
        step: 'rest',
        taken: false,
        problem: null
      }
    },
    takeBack: async () => {
      taken++;
    }
  } as unknown as AssetModel;
  const node = document.body.appendChild(document.createElement('div'));
  await act(async () =>
    createRoot(node).render(
      <AllowanceNote
        model={model}
        wallet={{ network: () => ({ ...polygon, testnet }) }}
        trans={nullTranslator.load('test')}
      />
    )
  );
  await act(async () =>
    [...node.querySelectorAll('button')]
      .find(one => one.textContent === 'Take back')!
      .click()
  );
  return () => taken;
}

const dialog = (): Element | null => document.querySelector('.jp-Dialog');

afterEach(() => {
  Dialog.flush();
  document.body.innerHTML = '';
});

it('a test network: at once', async () => {
  const taken = await press(true);
  expect(taken()).toBe(1);
  expect(dialog()).toBeNull();
});

it.each([
  ['Leave it', 0],
  ['Take it back with real money', 1]
])('real money, “%s”', async (answer, times) => {
  const taken = await press(false);
  expect(taken()).toBe(0);
  expect(dialog()?.getAttribute('aria-label')).toBe(
    'Take the allowance back on Polygon?'
  );
  await act(async () => {
    [...dialog()!.querySelectorAll('button')]
      .find(one => one.textContent === answer)!
      .click();
    await new Promise(resolve => setTimeout(resolve));
  });
  expect(taken()).toBe(times);
});
