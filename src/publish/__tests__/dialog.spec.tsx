import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { BlobContent, type IContent } from '../../content';
import { checkDraft } from '../../ocean/ddo';
import type { IIpfs, INetwork, IWallet, IWalletState } from '../../tokens';
import { askToPublish } from '../dialog';
import { DialogModel, type IDialogDeps } from '../dialogModel';
import type { IGuardDeps } from '../guardModel';
import type { IScan } from '../guardTypes';
import { ALICE, BOB, until } from './world';

// What jsdom lacks, and widgets render by.
globalThis.requestIdleCallback ??= (task =>
  setTimeout(task, 0)) as typeof requestIdleCallback;

const network: INetwork = {
  chainId: 8996,
  name: 'Local chain',
  testnet: true,
  rpc: '',
  explorer: null,
  currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  oceanNode: 'http://node',
  paymentTokens: [{ address: BOB, symbol: 'OCEAN', decimals: 18 }]
};

class FakeWallet {
  state: IWalletState = {
    status: 'connected',
    account: ALICE,
    chainId: 8996,
    wallet: null,
    session: null
  };
  wallets = [{ uuid: 'u', name: 'Test Wallet', rdns: 'x', icon: null }];
  networks = [network];
  stateChanged = new Signal<this, IWalletState>(this);
  walletsChanged = new Signal<this, void>(this);
  networksChanged = new Signal<this, void>(this);
  prompts = 0;
  network = (id: number) => this.networks.find(n => n.chainId === id) ?? null;
  set(state: Partial<IWalletState>): void {
    this.state = { ...this.state, ...state };
    this.stateChanged.emit(this.state);
  }
  async connect() {
    this.prompts++;
    this.set({ account: ALICE, chainId: 8996, status: 'connected' });
    return this.state;
  }
  async switchNetwork(chainId: number) {
    this.prompts++;
    this.set({ chainId });
  }
}

const csv = (cid?: string): IContent =>
  new BlobContent({
    name: 'iris.csv',
    data: 'a,b',
    mediaType: 'text/csv',
    cid
  });

const NOTHING: IScan = {
  findings: [],
  secrets: 0,
  personal: 0,
  files: 1,
  cut: [],
  binary: [],
  left: [],
  unread: [],
  heads: new Map(),
  notebooks: []
};
const guard: IGuardDeps = {
  scan: async () => NOTHING,
  lookWhetherPublic: async () => ({
    notes: [],
    cids: new Map(),
    published: false
  }),
  holders: null
};

function setup(o: Partial<IDialogDeps> = {}, contents = [csv()]) {
  const wallet = new FakeWallet();
  const ipfs = {
    status: { state: 'online', endpoint: '127.0.0.1:5001', managed: true },
    statusChanged: new Signal<object, void>({}),
    refresh: async () => undefined,
    engine: { kind: 'kubo' },
    engineChanged: new Signal<object, void>({})
  };
  const model = new DialogModel(
    {
      wallet: wallet as unknown as IWallet,
      ipfs: ipfs as unknown as IIpfs,
      pinning: null,
      memory: { read: () => [], write: () => undefined },
      checkDraft,
      estimate: async () => ({
        mintGas: 300_000n,
        metadataGas: 100_000n,
        gasPrice: 1_000_000_000n,
        total: 400_000_000_000_000n
      }),
      guard,
      askNode: async () => undefined,
      publishedInTheClear: async () => false,
      ...o
    },
    contents,
    { title: 'Iris measurements' }
  );
  const answer = askToPublish(model, nullTranslator);
  return { wallet, model, answer };
}

/** The dialog's frame; what is in it is drawn later, when the page is idle. */
const dialog = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('.jp-Dialog');
const text = (): string => dialog()?.textContent ?? '';
function found<T>(what: string, one: T | null | undefined): T {
  if (!one) {
    throw new Error(`The dialog has no ${what}: ${text()}`);
  }
  return one;
}
const buttonOrNone = (name: string): HTMLButtonElement | undefined =>
  [...(dialog()?.querySelectorAll('button') ?? [])].find(
    one => one.textContent === name
  );
const button = (name: string): HTMLButtonElement =>
  found(name, buttonOrNone(name));
function labelledOrNone(name: string): HTMLInputElement | null {
  const label = [...(dialog()?.querySelectorAll('label') ?? [])].find(one =>
    one.textContent!.startsWith(name)
  );
  return label
    ? dialog()!.querySelector<HTMLInputElement>(`#${label.htmlFor}`)
    : null;
}
const labelled = (name: string): HTMLInputElement =>
  found(name, labelledOrNone(name));
/** Until the form is drawn. */
const drawn = (): Promise<void> =>
  until('form', () => labelledOrNone('Description') !== null);
/** Until what is missing or wrong no longer keeps Publish from being pressed. */
const enabled = (): Promise<void> =>
  until('enabled', () => buttonOrNone('Publish')?.disabled === false);
function type(input: HTMLElement, value: string): void {
  const proto = Object.getPrototypeOf(input) as object;
  Object.getOwnPropertyDescriptor(proto, 'value')!.set!.call(input, value);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
const press = (key: string, target: Element): boolean =>
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  );

afterEach(() => {
  Dialog.flush();
  document.body.innerHTML = '';
});

// Two cores may be shared with a build.
jest.setTimeout(20_000);

describe('the publish dialog', () => {
  it('is prefilled, says what it costs, and asks the wallet nothing', async () => {
    const { wallet, model, answer } = setup();
    await drawn();
    await until('cost', () => text().includes('ETH'));
    expect(labelled('Name').value).toBe('Iris measurements');
    expect(text()).toContain('iris.csv · 3 B · text/csv');
    expect(text()).toContain('Both transactions ≈ 0.0004 ETH');
    expect(text()).toContain('can’t be undone');
    expect(button('Publish').disabled).toBe(true);
    type(labelled('Description'), 'Measurements of iris flowers');
    await enabled();
    button('Publish').click();
    expect(await answer).toBe(true);
    expect(model.draft).toMatchObject({
      name: 'Iris measurements',
      description: 'Measurements of iris flowers',
      license: 'CC-BY-4.0',
      price: { kind: 'free' },
      author: ALICE
    });
    expect(wallet.prompts).toBe(0);
  });

  it('does not publish by Enter what is not complete', async () => {
    const { answer } = setup();
    await drawn();
    labelled('Name').focus();
    press('Enter', labelled('Name'));
    // Had Enter published, this would come too late to change the answer.
    button('Cancel').click();
    expect(await answer).toBe(false);
  });

  it('asks before Esc loses what was typed, and closes at once otherwise', async () => {
    const first = setup();
    await drawn();
    press('Escape', labelled('Name'));
    expect(await first.answer).toBe(false);
    await until('gone', () => dialog() === null);

    const second = setup();
    await drawn();
    type(labelled('Description'), 'something');
    await until('typed', () => second.model.dirty);
    press('Escape', labelled('Description'));
    await until('asked', () => text().includes('lose what you typed'));
    button('Keep editing').click();
    await until('kept', () => !text().includes('lose what you typed'));
    expect(labelled('Description').value).toBe('something');
    press('Escape', labelled('Description'));
    await until('asked', () => text().includes('lose what you typed'));
    button('Close').click();
    expect(await second.answer).toBe(false);
  });

  it('lets the person log in and switch without leaving', async () => {
    const { wallet, answer } = setup();
    wallet.set({ account: null, chainId: null, status: 'disconnected' });
    await drawn();
    await until('log in', () => !!buttonOrNone('Test Wallet'));
    type(labelled('Description'), 'Measurements of iris flowers');
    expect(button('Publish').disabled).toBe(true);
    button('Test Wallet').click();
    await enabled();
    wallet.set({ chainId: 1 });
    await until('switch', () => !!buttonOrNone('Switch to Local chain'));
    expect(button('Publish').disabled).toBe(true);
    button('Switch to Local chain').click();
    await enabled();
    button('Cancel').click();
    await answer;
  });

  it('says that the node does not answer, and can be asked again', async () => {
    let there = false;
    const { answer } = setup({
      askNode: async () => {
        if (!there) {
          throw new Error('connection refused');
        }
      }
    });
    await until('told', () => text().includes('does not answer'));
    there = true;
    button('Try again').click();
    await until('there', () => !text().includes('does not answer'));
    expect(labelled('Name').value).toBe('Iris measurements');
    button('Cancel').click();
    await answer;
  });

  it.each([
    ['a text that was cut off', { cut: ['iris.csv'] }],
    ['what the bound of all left out', { left: ['iris.csv'] }],
    ['text in an unknown encoding', { binary: ['iris.csv'] }]
  ])('%s has to be agreed to, and nothing is called clean', async (_, part) => {
    const { model, answer } = setup({
      guard: { ...guard, scan: async () => ({ ...NOTHING, ...part }) }
    });
    await drawn();
    await until('told', () =>
      text().includes('Some of it was not looked through.')
    );
    expect(text()).not.toContain('✓');
    expect(model.hindrances).toContain('unchecked');
    found(
      'consent',
      [...dialog()!.querySelectorAll('label')].find(
        one => one.textContent === 'Publish it unchecked'
      )
    ).click();
    expect(model.hindrances).not.toContain('unchecked');
    press('Escape', dialog()!);
    await answer;
  });

  it('a picture beside text is no hindrance', async () => {
    const { model, answer } = setup({
      guard: { ...guard, scan: async () => ({ ...NOTHING, binary: ['a.png'] }) }
    });
    await drawn();
    await until('told', () => text().includes('were found in what is text.'));
    expect(model.hindrances).not.toContain('unchecked');
    press('Escape', dialog()!);
    await answer;
  });

  it('warns before a price is put on a file of the drive', async () => {
    const { model, answer } = setup({}, [csv('bafyclear')]);
    await drawn();
    expect(text()).not.toContain('in the clear');
    model.form = { ...model.form, price: 'fixed', amount: '2.5' };
    await until('warned', () => text().includes('Whoever has its CID'));
    expect(text()).toContain('it is sealed');
    found(
      'checkbox',
      dialog()?.querySelector<HTMLInputElement>('input[type=checkbox]')
    ).click();
    await until('taken off', () => model.takeOffDrive);
    button('Cancel').click();
    await answer;
  });

  it('refuses a price on what was published before', async () => {
    const { model, answer } = setup({ publishedInTheClear: async () => true }, [
      csv('bafyclear')
    ]);
    await drawn();
    model.form = {
      ...model.form,
      description: 'Measurements of iris flowers',
      price: 'fixed',
      amount: '2.5'
    };
    await until('refused', () => text().includes('can’t be sold'));
    await until('looked at all', () => model.hindrances.length === 1);
    expect(model.hindrances).toEqual(['public']);
    expect(button('Publish').disabled).toBe(true);
    button('Cancel').click();
    await answer;
  });
});
