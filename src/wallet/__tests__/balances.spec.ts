import { Signal } from '@lumino/signaling';

import { balanceOfCall, Balances, type BalanceSource } from '../balances';
import type { IEip1193Provider, IWallet, IWalletState } from '../../tokens';
import { ALICE, BOB, LOCAL_CHAIN } from './mockWallet';

class Source implements BalanceSource {
  state: IWalletState = {
    status: 'connected',
    account: ALICE,
    chainId: 8996,
    wallet: null,
    session: null
  };
  stateChanged = new Signal<IWallet, IWalletState>(this as unknown as IWallet);
  networksChanged = new Signal<IWallet, void>(this as unknown as IWallet);
  transactionSent = new Signal<this, void>(this);
  request: jest.Mock = jest.fn(async ({ method }: { method: string }) =>
    method === 'eth_getBalance'
      ? '0x8ac7230489e80000'
      : `0x${'0'.repeat(56)}0ee6b280`
  );

  network(chainId: number) {
    return chainId === 8996 ? LOCAL_CHAIN : null;
  }

  reader(): IEip1193Provider {
    return { request: this.request };
  }

  become(state: Partial<IWalletState>): void {
    this.state = { ...this.state, ...state };
    this.stateChanged.emit(this.state);
  }
}

let source: Source;
let balances: Balances;

beforeEach(() => {
  source = new Source();
  balances = new Balances(source);
});

afterEach(() => balances.dispose());

it('reads currency and tokens as integers', async () => {
  await balances.refresh();
  expect(balances.items).toEqual([
    { symbol: 'ETH', decimals: 18, token: null, units: 10n ** 19n },
    {
      symbol: 'USDC',
      decimals: 6,
      token: LOCAL_CHAIN.paymentTokens[0].address,
      units: 250000000n
    }
  ]);
  expect(source.request).toHaveBeenCalledWith({
    method: 'eth_call',
    params: [
      {
        to: LOCAL_CHAIN.paymentTokens[0].address,
        data: `0x70a08231000000000000000000000000${ALICE.slice(2).toLowerCase()}`
      },
      'latest'
    ]
  });
  expect(balanceOfCall(BOB)).toHaveLength(2 + 8 + 64);
});

it('shows what it could read, and why the rest is missing', async () => {
  const down = new Error('down');
  source.request.mockImplementation(async ({ method }) => {
    if (method === 'eth_getBalance') {
      throw down;
    }
    return '0x'; // no contract there
  });
  await balances.refresh();
  expect(balances.items.map(item => item.units)).toEqual([null, null]);
  expect(balances.error).toBe(down);
});

it("never shows one account's money under another", async () => {
  let answer!: (value: string) => void;
  source.request.mockImplementation(
    () => new Promise(resolve => (answer = resolve))
  );
  const slow = balances.refresh();
  source.become({ account: BOB });
  expect(balances.items).toEqual([]);
  answer('0x1');
  source.request.mockResolvedValue('0x2');
  await Promise.race([slow, new Promise(resolve => setTimeout(resolve, 20))]);
  expect(balances.items).toEqual([]);
});

it('asks only while somebody looks', async () => {
  source.become({ account: BOB });
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(source.request).not.toHaveBeenCalled();
  balances.visible = true;
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(source.request).toHaveBeenCalled();
});

it('has nothing to say on an unknown chain', async () => {
  source.become({ chainId: 424242 });
  await balances.refresh();
  expect(balances.items).toEqual([]);
  expect(source.request).not.toHaveBeenCalled();
});

it('looks again after a transaction', async () => {
  jest.useFakeTimers();
  source.transactionSent.emit();
  await jest.advanceTimersByTimeAsync(1_100);
  expect(source.request).toHaveBeenCalledTimes(2);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(source.request).toHaveBeenCalledTimes(6);
  jest.useRealTimers();
});
