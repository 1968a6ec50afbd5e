import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import type { IPinning, IPinProvider, IWallet } from '../../tokens';
import { isPassing, PinningError } from '../errors';
import type { FilecoinProvider } from '../filecoin';
import { FilecoinError, type FilecoinCode } from '../filecoinErrors';
import { addFilecoin, LazyFilecoin } from '../filecoinLazy';

const trans = nullTranslator.load('jupyterlab_web3');
const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

let provider: jest.Mocked<
  Pick<
    FilecoinProvider,
    'agree' | 'agreeToEnd' | 'pin' | 'status' | 'unpin' | 'funds'
  >
>;

function store(used = false): Pick<Storage, 'getItem' | 'setItem'> {
  let value = used ? '1' : null;
  return {
    getItem: () => value,
    setItem: (_key, next) => {
      value = next;
    }
  };
}

beforeEach(() => {
  provider = {
    agree: jest.fn().mockResolvedValue(true),
    agreeToEnd: jest.fn().mockResolvedValue(true),
    pin: jest.fn(),
    status: jest.fn().mockResolvedValue(null),
    unpin: jest.fn(),
    funds: jest.fn()
  };
  jest
    .spyOn(LazyFilecoin.prototype, 'load')
    .mockImplementation(async () => provider as unknown as FilecoinProvider);
});

afterEach(() => {
  jest.restoreAllMocks();
});

function lazy(used?: boolean): LazyFilecoin {
  return new LazyFilecoin({
    pinning: {} as IPinning,
    wallet: {} as IWallet,
    trans,
    settings: { network: 'calibration', days: 30 },
    store: store(used)
  });
}

it('loads nothing to say that nothing was ever stored', async () => {
  const filecoin = lazy();
  expect(await filecoin.status({ cid: CID })).toBeNull();
  expect(await filecoin.agreeToEnd({ cid: CID })).toBe(true);
  await filecoin.unpin({ cid: CID });
  expect(filecoin.load).not.toHaveBeenCalled();
  provider.agree.mockResolvedValueOnce(false);
  await filecoin.agree({ cid: CID });
  expect(filecoin.isUsed).toBe(false);
  await filecoin.agree({ cid: CID });
  await filecoin.status({ cid: CID });
  expect(provider.status).toHaveBeenCalledTimes(1);
});

it.each<[FilecoinCode, boolean]>([
  ['provider-down', true],
  ['chain-unreachable', true],
  ['tx-in-flight', true],
  // Each of these asks the wallet when it is tried again: only the person may.
  ['prompt-rejected', false],
  ['prompt-unknown', false],
  ['reloaded', false],
  ['costs-more', false],
  ['tx-reverted', false]
])('the queue goes on by itself after %s: %s', async (code, again) => {
  provider.pin.mockRejectedValue(new FilecoinError(code, 'technical'));
  const error: unknown = await lazy(true)
    .pin({ cid: CID })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PinningError);
  expect(isPassing(error as PinningError)).toBe(again);
  expect((error as PinningError).message).not.toContain('technical');
});

describe('the warning', () => {
  async function begin(
    daysLeft: number | null,
    used = true
  ): Promise<jest.SpyInstance> {
    provider.funds.mockResolvedValue({
      deposited: 1n,
      available: 1n,
      perMonth: 1n,
      daysLeft
    });
    const warn = jest.spyOn(Notification, 'warning').mockReturnValue('');
    jest.spyOn(globalThis, 'setInterval').mockReturnValue(0 as never);
    const providers: IPinProvider[] = [];
    const wallet = {
      ready: Promise.resolve(),
      state: { account: '0x2e988A386a799F506693793c6A5AF6B54dfAaBfB' }
    } as IWallet;
    Object.assign(wallet, { stateChanged: new Signal(wallet) });
    addFilecoin({
      app: { commands: new CommandRegistry() } as never,
      pinning: {
        addProvider: (one: IPinProvider) => providers.push(one)
      } as never,
      wallet,
      trans,
      palette: null,
      registry: null,
      store: store(used)
    });
    expect(providers.map(({ id }) => id)).toEqual(['filecoin']);
    for (let i = 0; i < 20; i++) {
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    return warn;
  }

  it('comes two weeks before the deposit ends, unasked', async () => {
    const warn = await begin(14);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0][0]).toContain('14');
  });

  it.each([15, null])('does not come with %s days left', async days => {
    expect(await begin(days)).not.toHaveBeenCalled();
    expect(provider.funds).toHaveBeenCalledTimes(1);
  });

  it('asks no chain where nothing was stored', async () => {
    expect(await begin(1, false)).not.toHaveBeenCalled();
    expect(provider.funds).not.toHaveBeenCalled();
  });
});
