import { act } from 'react';

import { didOf } from '../../ocean/ddo';
import { OceanError } from '../../ocean/errors';
import { until } from '../../publish/__tests__/world';
import type { IAsset } from '../ports';
import { purgatory } from '../purgatory';
import { fakePorts, type IFakePorts } from './fakePorts';
import { ACCOUNT, asset, DID, FakeChain, TOKEN } from './fakes';
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

  const terms = (node: HTMLElement): string =>
    [...node.querySelectorAll('section')].find(
      part => part.querySelector('h2')?.textContent === 'Price and what it buys'
    )?.textContent ?? '';

  it('tells the price to the last unit, as the button does', async () => {
    const chain = new FakeChain();
    const price = await chain.ocean.price(asset());
    chain.ocean.price = async () => ({
      ...price,
      token: { address: TOKEN, symbol: 'OCEAN', decimals: 18 },
      total: 1_000_000_000_000_000_001n,
      base: 1_000_000_000_000_000_001n
    });
    const { node } = await showPage(chain, DID);
    expect(buttons(node)).toEqual(['Buy for 1.000000000000000001 OCEAN']);
    expect(terms(node)).toContain('1.000000000000000001 OCEAN with all fees');
  });

  it('says “all fees” only where the node’s fee is known, and of which token', async () => {
    const chain = new FakeChain();
    chain.total = 5_000_000n;
    chain.fee = 2n * 10n ** 18n;
    chain.feeToken = `0x${'7'.repeat(40)}`;
    const known = await showPage(chain, DID);
    expect(terms(known.node)).toContain('5 USDC + 2 FEE with all fees');
    chain.ocean.initialize = async () => {
      throw new OceanError('node-unreachable', 'x');
    };
    const silent = await showPage(chain, DID);
    expect(terms(silent.node)).toContain(
      '5 USDC, plus the Ocean Node’s fee, told before you pay'
    );
  });

  it('tells the node’s fee of what is free', async () => {
    const chain = new FakeChain();
    const price = await chain.ocean.price(asset());
    chain.ocean.price = async () => ({
      ...price,
      kind: 'free',
      token: null,
      base: 0n,
      total: 0n
    });
    chain.fee = 10n ** 18n;
    const { node } = await showPage(chain, DID);
    expect(terms(node)).toContain('1 FEE with all fees');
    expect(terms(node)).toContain('1 FEE fee of the Ocean Node');
    chain.ocean.initialize = async () => {
      throw new OceanError('node-unreachable', 'x');
    };
    const silent = await showPage(chain, DID);
    expect(terms(silent.node)).toContain(
      'Free, but for the Ocean Node’s fee, told before you pay'
    );
  });

  it('says that a list of warnings could not be read', async () => {
    await purgatory.setLists(['https://lists.example/a.json'], async () => {
      throw new Error('no route');
    });
    const { node } = await showPage(new FakeChain(), DID);
    expect(node.textContent).toContain(
      'A list of assets to stay away from could not be read: lists.example'
    );
    await act(() => purgatory.setLists([], () => Promise.reject(new Error())));
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

test('provenance leads to the asset it is made from, and to all links', async () => {
  const origin = `did:op:${'b2'.repeat(32)}`;
  const found = asset({
    links: [
      'https://a.example/sample',
      'https://b.example/paper',
      'javascript:x'
    ],
    web3: {
      v: 1,
      files: [],
      sealed: null,
      source: { kind: 'asset', path: origin }
    }
  });
  const opened: string[] = [];
  const { node } = await showPage(new FakeChain(), DID, found, {
    ports: { ...fakePorts(found), open: did => opened.push(did) }
  });
  const part = [...node.querySelectorAll('section')].find(
    ({ firstChild }) => firstChild?.textContent === 'Provenance'
  );
  part?.querySelector<HTMLButtonElement>('button.jp-web3-page-link')?.click();
  expect(opened).toEqual([origin]);
  expect(
    [...(part?.querySelectorAll('a') ?? [])].map(({ href }) => href)
  ).toEqual(['https://b.example/paper']);
  expect(part?.textContent).toContain('javascript:x');
});

describe('what the network has of an asset', () => {
  const recordHash = `0x${'5'.repeat(64)}`;
  const genuine = async (): Promise<IAsset> =>
    asset({ did: await didOf(TOKEN, 8996), recordHash });
  const told = (node: HTMLElement): Promise<void> =>
    until(
      'all answers',
      () => !/Reading the |Asking the|Looking for/.test(node.textContent ?? '')
    );
  /** The page, with all that comes into sight looked at. */
  const shown = async (found: IAsset, o: IFakePorts): Promise<HTMLElement> => {
    const { node } = await showPage(new FakeChain(), found.did, found, {
      ports: fakePorts(found, o)
    });
    await act(async () => {
      for (const button of node.querySelectorAll('button')) {
        if (button.textContent === 'Show') {
          button.click();
        }
      }
    });
    await until(
      'history and orders',
      () => !/(History|Orders)Show/.test(node.textContent ?? '')
    );
    await told(node);
    return node;
  };
  const alerts = (node: HTMLElement): string[] =>
    [...node.querySelectorAll('[role=alert]')].map(
      ({ textContent }) => textContent ?? ''
    );

  it('says that a record is genuine, and the one on the network', async () => {
    const node = await shown(await genuine(), { hash: recordHash });
    expect(alerts(node)).toEqual([]);
    expect(node.textContent).toContain(
      'Checked on the network: its identifier'
    );
    expect(node.textContent).toContain('This record is the one on the network');
  });

  it('warns beside the button of a datatoken that is another asset’s', async () => {
    const node = await shown(await genuine(), { nft: `0x${'8'.repeat(40)}` });
    const deal = node.querySelector<HTMLElement>('.jp-web3-page-deal');
    expect(alerts(deal as HTMLElement)).toEqual([
      expect.stringContaining('This record is not genuine')
    ]);
  });

  it('warns of a seller who does not own it, and of a record that was changed', async () => {
    const owner = `0x${'9'.repeat(40)}`;
    const node = await shown(await genuine(), { owner });
    expect(alerts(node)).toEqual([
      expect.stringContaining('is not its owner'),
      expect.stringContaining('not, byte for byte, the one')
    ]);
  });

  it('asks anew who has it, and what else they have, after it was handed over', async () => {
    const chain = new FakeChain();
    let found = await genuine();
    chain.ocean.resolve = async () => found;
    const asked: string[] = [];
    const ports = fakePorts(found);
    const { model, node } = await showPage(chain, found.did, undefined, {
      ports: {
        ...ports,
        byOwner: async (owner, o) => {
          asked.push(owner);
          return ports.byOwner(owner, o);
        }
      }
    });
    const look = (): Promise<void> => {
      const before = asked.length;
      return until('a question', () => {
        [...node.querySelectorAll('section')]
          .find(part => part.querySelector('h2')?.textContent === 'Seller')
          ?.querySelector<HTMLButtonElement>('button.jp-mod-styled')
          ?.click();
        return asked.length > before;
      });
    };
    await look();
    const heir = `0x${'A'.repeat(40)}`;
    found = { ...found, owner: heir };
    await act(async () => model.load());
    await look();
    expect(asked).toEqual([ACCOUNT, heir]);
  });
});
