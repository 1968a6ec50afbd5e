/** What the page of an asset sells, for what, and what it says after. */
import type { Signal } from '@lumino/signaling';
import { act } from 'react';

import type { IWallet, IWalletState } from '../../tokens';
import { DID, FakeChain, TOKEN } from './fakes';
import { showPage } from './shownPage';

const buttons = (node: HTMLElement): string[] =>
  [
    ...node.querySelectorAll(
      ':is(.jp-web3-asset-actions, .jp-web3-asset-empty) button.jp-mod-styled'
    )
  ].map(button => button.textContent ?? '');

describe('buying on the page of an asset', () => {
  it('offers nothing to buy while the price is not known', async () => {
    const chain = new FakeChain();
    const { price } = chain.ocean;
    chain.ocean.price = async () => {
      throw Object.assign(new Error('x'), { code: 'chain-unreachable' });
    };
    const { model, node } = await showPage(chain, DID);
    expect(buttons(node)).toEqual(['Try again']);
    expect(node.querySelector('[role=alert]')?.textContent).toMatch(
      /The network does not answer/
    );
    // Nor does a command pay what could not be read.
    await act(async () => {
      await expect(model.buy()).rejects.toMatchObject({
        code: 'chain-unreachable'
      });
    });
    expect([chain.prompts, buttons(node)]).toEqual([0, ['Try again']]);
    chain.ocean.price = price;
    await act(() => model.load());
    expect(buttons(node)).toEqual(['Buy for 0.000005 USDC']);
  });

  it('never takes more than the button said, and shows the new sum', async () => {
    const chain = new FakeChain();
    chain.total = 5_000_000n;
    const { model, node, shown } = await showPage(chain, DID);
    await act(async () => {
      node.querySelector<HTMLButtonElement>('button.jp-mod-accept')?.click();
    });
    expect(shown).toEqual([new Map([[TOKEN.toLowerCase(), 5_000_000n]])]);
    // Dearer when the page reads it again, as it does after a login.
    chain.total = 6_000_000n;
    await act(() => model.load());
    await act(async () => {
      await expect(model.buy({ shown: shown[0] })).rejects.toMatchObject({
        code: 'price-changed'
      });
    });
    expect(chain.prompts).toBe(0);
    expect(buttons(node)).toEqual(['Buy for 6 USDC']);
    expect(node.querySelector('[role=alert]')?.textContent).toMatch(
      /costs more than was shown/
    );
  });

  it('an order that fails after its datatoken was bought: said so, and it is used', async () => {
    const chain = new FakeChain();
    chain.template = 1;
    chain.total = 5_000_000n;
    chain.approved = true;
    const { model, node } = await showPage(chain, DID);
    chain.onPrompt = n => {
      chain.mines = n === 2 ? 'reverted' : 'mined';
    };
    await act(async () => {
      await expect(model.buy()).rejects.toMatchObject({ code: 'not-ordered' });
    });
    expect(node.querySelector('[role=alert]')?.textContent).toMatch(
      /the price is not paid twice/
    );
    expect(model.state.holdings.held).toBe(true);
    expect(buttons(node)).toEqual(['Get for free']);
  });

  it('the order is of the account that paid, whoever is logged in by then', async () => {
    const chain = new FakeChain();
    const { model } = await showPage(chain, DID);
    const orders = chain.ocean.findOrder;
    chain.ocean.findOrder = async (one, who) =>
      who === TOKEN ? null : orders(one, who);
    const { waitReceipt } = chain.ocean;
    let mine = (): void => undefined;
    chain.ocean.waitReceipt = async (...args) => {
      if (chain.sent.length === 2) {
        await new Promise<void>(resolve => (mine = resolve));
      }
      return waitReceipt(...args);
    };
    await act(async () => {
      const buying = model.buy();
      while (chain.sent.length < 2) {
        await new Promise(resolve => setTimeout(resolve, 1));
      }
      Object.assign(chain.wallet.state, { account: TOKEN });
      (chain.wallet.stateChanged as Signal<IWallet, IWalletState>).emit(
        chain.wallet.state
      );
      mine();
      await buying;
    });
    expect(model.state.order).toBeNull();
  });
});
