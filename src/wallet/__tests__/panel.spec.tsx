import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { act } from 'react-dom/test-utils';

import type { IActivitySource } from '../../tokens';
import { Balances } from '../balances';
import { WalletDiscovery } from '../discovery';
import { WalletView } from '../panel';
import { WalletPanelModel } from '../panelModel';
import { Wallet } from '../session';
import {
  ALICE,
  announce,
  json,
  LOCAL_CHAIN,
  MockServer,
  MockWallet,
  rpcError
} from './mockWallet';

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

const trans = nullTranslator.load('jupyterlab-web3');
let root: Root;
let node: HTMLElement;

beforeEach(() => {
  node = document.createElement('div');
  document.body.append(node);
  root = createRoot(node);
});

afterEach(() => {
  act(() => root.unmount());
  node.remove();
});

async function setup(mocks: MockWallet[] = [new MockWallet()]) {
  const target = new EventTarget();
  const expiresIn = { ms: 60_000 };
  const server = new MockServer(
    { chain: LOCAL_CHAIN, siwe: true },
    {
      'POST siwe/message': () => json({ message: 'm', nonce: 'n' }),
      'POST siwe/verify': () =>
        json({
          address: ALICE,
          chainId: 8996,
          expires: new Date(Date.now() + expiresIn.ms).toISOString()
        }),
      'POST chain': () => json({ result: '0x8ac7230489e80000' })
    }
  );
  const wallet = new Wallet({
    discovery: new WalletDiscovery(target),
    server
  });
  mocks.forEach((mock, i) => announce(target, mock, { uuid: `uuid-${i}` }));
  await wallet.start();
  const balances = new Balances(wallet);
  const model = new WalletPanelModel(wallet, balances);
  const commands = new CommandRegistry();
  const render = (): void =>
    act(() =>
      root.render(
        <WalletView
          model={model}
          activities={wallet.activity}
          trans={trans}
          commands={commands}
        />
      )
    );
  model.changed.connect(render);
  render();
  return { wallet, model, balances, target, expiresIn };
}

const button = (name: string): HTMLButtonElement => {
  const found = [...node.querySelectorAll('button')].find(
    candidate =>
      candidate.textContent === name ||
      candidate.getAttribute('aria-label') === name
  );
  if (!found) {
    throw new Error(`No button ${name} in: ${node.textContent}`);
  }
  return found;
};

const settle = (): Promise<void> =>
  act(() => new Promise<void>(resolve => setTimeout(resolve, 50)));

const click = async (name: string): Promise<void> => {
  act(() => button(name).click());
  await settle();
};

const status = (): string =>
  [...node.querySelectorAll('[role="status"]')]
    .map(element => element.textContent)
    .join('');

it('without a wallet says what to do, and names the local way', async () => {
  await setup([]);
  expect(node.textContent).toContain('No wallet was found');
  expect(node.querySelector('details')?.open).toBe(true);
  expect(node.textContent).toContain('On Local chain choose');
  expect(node.querySelectorAll('ul button')).toHaveLength(0);
});

it('offers each wallet by name; icons only as images', async () => {
  const { target } = await setup();
  act(() =>
    announce(target, new MockWallet(), {
      uuid: 'evil',
      name: '<img src=x onerror=alert(1)>',
      icon: 'https://tracker.example/x.png'
    })
  );
  expect(node.querySelectorAll('ul button')).toHaveLength(2);
  const sources = [...node.querySelectorAll('img')].map(image => image.src);
  expect(sources).toEqual(['data:image/svg+xml,<svg/>']);
  expect(button('<img src=x onerror=alert(1)>')).toBeTruthy();
  expect(node.querySelector('details')?.open).toBe(false);
});

it('logs in, shows account and balances, signs in, logs out', async () => {
  const mock = new MockWallet();
  mock.script.personal_sign = () => '0x12';
  const { balances, wallet } = await setup([mock]);
  await click('Mock Wallet');
  await act(() => balances.refresh());
  expect(node.textContent).toContain('0x7099…79C8');
  expect(node.textContent).toContain(ALICE);
  expect(node.querySelector('select')?.value).toBe('8996');
  expect(node.querySelector('table')?.textContent).toContain('ETH10.00');
  await click('Sign in');
  expect(node.textContent).toContain('Signed in until');
  expect(node.textContent).not.toContain('this browser only');
  await click('Sign out');
  expect(button('Sign in')).toBeTruthy();
  await click('Disconnect');
  expect(wallet.state.status).toBe('disconnected');
  expect(button('Mock Wallet').disabled).toBe(false);
});

it('says the day of a sign-in that ends tomorrow', async () => {
  const mock = new MockWallet();
  mock.script.personal_sign = () => '0x12';
  const { expiresIn } = await setup([mock]);
  expiresIn.ms = 24 * 3600_000;
  await click('Mock Wallet');
  await click('Sign in');
  expect(node.textContent).toMatch(/Signed in until tomorrow \d/);
});

it('lists what was done with the account, and sums it up', async () => {
  const { wallet } = await setup();
  const changed = new Signal<object, void>({});
  const opened = jest.fn();
  let bought = 1;
  const source = (state: string, count: () => number): IActivitySource => ({
    changed,
    list: account =>
      account === ALICE
        ? Array.from({ length: count() }, (_, i) => ({
            id: `${state}${i}`,
            title: `<b>${state} ${i}</b>`,
            state,
            when: `2026-01-0${i + 1}T00:00:00Z`,
            open: () => opened(state, i)
          }))
        : [],
    summary: account =>
      account === ALICE ? `${count()} ${state.toLowerCase()}` : ''
  });
  const load = jest.fn(async () => source('Bought', () => bought));
  wallet.activity.add(load);
  await settle();
  // Not before somebody looks.
  expect(load).not.toHaveBeenCalled();
  await click('Mock Wallet');
  // A room that comes late, and one that can't be loaded.
  wallet.activity.add(async () => source('Published', () => 2));
  const warn = jest.spyOn(console, 'warn').mockReturnValue();
  wallet.activity.add(() => Promise.reject(new Error('no such chunk')));
  await settle();
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
  const activity = (): Element =>
    node.querySelector('.jp-web3-wallet-activity')!;
  expect(activity().querySelector('summary')?.textContent).toBe(
    'Activity 1 bought · 2 published'
  );
  const names = (): (string | null)[] =>
    [...activity().querySelectorAll('button')].map(one => one.textContent);
  expect(names()).toEqual([
    '<b>Published 1</b>',
    '<b>Bought 0</b>',
    '<b>Published 0</b>'
  ]);
  await click('<b>Bought 0</b>');
  expect(opened).toHaveBeenCalledWith('Bought', 0);
  bought = 2;
  act(() => changed.emit());
  expect(activity().textContent).toContain('2 bought');
});

it('takes a refusal quietly', async () => {
  const mock = new MockWallet();
  mock.script.eth_requestAccounts = () => {
    throw rpcError(4001);
  };
  await setup([mock]);
  await click('Mock Wallet');
  expect(status()).toContain('You declined in the wallet');
  expect(node.querySelector('.jp-web3-wallet-problem')).toBeNull();
  expect(button('Mock Wallet').disabled).toBe(false);
});

it('tells to open the wallet where a prompt is open already', async () => {
  const mock = new MockWallet();
  mock.script.eth_requestAccounts = () => {
    throw rpcError(-32002);
  };
  await setup([mock]);
  await click('Mock Wallet');
  expect(status()).toContain('Open the wallet');
});

it('waits visibly, and can stop waiting', async () => {
  const mock = new MockWallet();
  mock.script.eth_requestAccounts = () => new Promise(() => undefined);
  await setup([mock]);
  await click('Mock Wallet');
  expect(status()).toContain('Waiting for Mock Wallet');
  expect(button('Mock Wallet').disabled).toBe(true);
  await click('Stop waiting');
  expect(status()).toBe('');
  expect(button('Mock Wallet').disabled).toBe(false);
});

it('on the wrong network offers the right one', async () => {
  const mock = new MockWallet();
  mock.chainId = 1;
  await setup([mock]);
  await click('Mock Wallet');
  expect(node.textContent).toContain('Mock Wallet is on Ethereum.');
  await click('Switch to Local chain');
  expect(mock.chainId).toBe(8996);
  expect(node.querySelector('.jp-web3-card-warning')).toBeNull();
});

it('says when the network is none of ours', async () => {
  const mock = new MockWallet();
  mock.chainId = 424242;
  await setup([mock]);
  await click('Mock Wallet');
  expect(node.textContent).toContain('chain 424242, which is not among');
  expect(node.querySelector('select')?.value).toBe('424242');
});

it('marks test networks in the menu', async () => {
  await setup();
  await click('Mock Wallet');
  const labels = [...node.querySelectorAll('option')].map(o => o.textContent);
  expect(labels[0]).toBe('Local chain');
  expect(labels).toContain('Sepolia (test network)');
  expect(labels).toContain('Base');
});
