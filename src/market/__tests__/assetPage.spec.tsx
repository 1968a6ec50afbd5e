import { act } from 'react';

import { OceanError } from '../../ocean/errors';
import { until } from '../../publish/__tests__/world';
import { asset, DID, FakeChain } from './fakes';
import { showPage } from './shownPage';

const buttons = (node: HTMLElement): string[] =>
  [
    ...node.querySelectorAll(
      ':is(.jp-web3-asset-actions, .jp-web3-asset-empty) button.jp-mod-styled'
    )
  ].map(button => button.textContent ?? '');

describe('the page of an asset', () => {
  it('offers to buy for the price, then to download', async () => {
    const chain = new FakeChain();
    chain.total = 5_000_000n;
    const { model, node, calls } = await showPage(chain, DID);
    expect(node.querySelector('h1')?.textContent).toBe('Iris measurements');
    expect(buttons(node)).toEqual(['Buy for 5 USDC']);
    await act(async () => {
      node.querySelector<HTMLButtonElement>('button.jp-mod-accept')?.click();
      await model.buy();
    });
    expect(calls).toEqual(['buy']);
    expect(buttons(node)).toEqual(['Download']);
  });

  it('shows the price where the orders can’t be read, and sells nothing then', async () => {
    const chain = new FakeChain();
    chain.total = 5_000_000n;
    let refuse: (reason: unknown) => void = () => undefined;
    chain.ocean.findOrder = () =>
      new Promise((_, reject) => {
        refuse = reject;
      });
    const { model, node } = await showPage(chain, DID, undefined, {
      loaded: false
    });
    expect(node.textContent).toContain('5 USDC');
    expect(buttons(node)).toEqual([]);
    await act(async () => {
      refuse(new OceanError('chain-error', 'range too large'));
      await until('the end of it', () => model.state.phase === 'unreadable');
    });
    expect(node.textContent).toContain('5 USDC');
    expect(buttons(node)).toEqual(['Try again']);
    expect(node.querySelector('[role=alert]')?.textContent).toContain(
      'did not tell whether your account bought this before'
    );
  });

  it('says what went wrong in words, and offers to try again', async () => {
    const chain = new FakeChain();
    chain.ocean.resolve = async () => {
      throw Object.assign(new Error('x'), { code: 'node-unreachable' });
    };
    const { node } = await showPage(chain, DID);
    expect(node.querySelector('[role=alert]')?.textContent).toMatch(
      /does not answer/
    );
    expect(buttons(node)).toEqual(['Try again']);
  });

  it('lets go of nodes that do not answer, and asks again', async () => {
    const chain = new FakeChain();
    const signals: AbortSignal[] = [];
    let found = false;
    chain.ocean.resolve = async (_, signal) => {
      signals.push(signal as AbortSignal);
      return found ? asset() : new Promise(() => undefined);
    };
    const { node } = await showPage(chain, DID, undefined, { loaded: false });
    const press = (name: string): Promise<void> =>
      act(async () => {
        [...node.querySelectorAll('button')]
          .find(({ textContent }) => textContent === name)
          ?.click();
      });
    expect(node.textContent).toContain('Looking for the asset…');
    await press('Cancel');
    expect(signals[0].aborted).toBe(true);
    expect(node.querySelector('[role=alert]')?.textContent).toBe('Stopped.');
    found = true;
    await press('Try again');
    expect(node.querySelector('h1')?.textContent).toBe('Iris measurements');
  });

  it('shows a hostile asset as text', async () => {
    const chain = new FakeChain();
    chain.ocean.resolve = async () =>
      asset({
        name: '<img src=x onerror=alert(1)>',
        description:
          '<button data-commandlinker-command="market:buy">free money</button> <img src="https://spy.example/x.png" alt="plot">',
        tags: ['<b>x</b>']
      });
    const { node } = await showPage(chain, DID);
    // Rendered, with the picture as a link that waits for a click.
    expect(
      node.querySelector('.jp-web3-asset-description a')?.textContent
    ).toBe('plot');
    expect(node.querySelector('h1')?.textContent).toBe(
      '<img src=x onerror=alert(1)>'
    );
    expect(
      node.querySelector('[data-commandlinker-command], img[src^=http]')
    ).toBeNull();
  });
});
