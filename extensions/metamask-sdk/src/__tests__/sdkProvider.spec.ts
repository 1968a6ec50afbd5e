import { announce } from '../../../eip6963';
import { PHONE_WALLET } from '../announcement';
import { PhoneProvider, type ISdkProvider } from '../sdkProvider';

function setup() {
  const map = new Map<string, string>();
  const store = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key)
  };
  const sdk: jest.Mocked<ISdkProvider> = {
    request: jest.fn(async () => ['0x1']),
    on: jest.fn(),
    removeListener: jest.fn()
  };
  const load = jest.fn(async (): Promise<ISdkProvider> => sdk);
  return { provider: new PhoneProvider(load, store), load, sdk, store };
}

it('loads the SDK when the person chooses it, not before', async () => {
  const { provider, load, sdk } = setup();
  const listener = jest.fn();
  provider.on('accountsChanged', listener);
  expect(await provider.request({ method: 'eth_accounts' })).toEqual([]);
  await expect(
    provider.request({ method: 'personal_sign' })
  ).rejects.toMatchObject({ code: 4100 });
  expect(load).not.toHaveBeenCalled();
  await provider.request({ method: 'eth_requestAccounts' });
  await provider.request({ method: 'eth_chainId' });
  expect(load).toHaveBeenCalledTimes(1);
  expect(sdk.on).toHaveBeenCalledWith('accountsChanged', listener);
});

it('restores a connected phone, and forgets it when revoked', async () => {
  const { provider, store, sdk } = setup();
  await provider.request({ method: 'eth_requestAccounts' });
  const after = new PhoneProvider(async () => sdk, store);
  expect(await after.request({ method: 'eth_accounts' })).toEqual(['0x1']);
  await after.request({ method: 'wallet_revokePermissions' });
  const load = jest.fn();
  const later = new PhoneProvider(load, store);
  expect(await later.request({ method: 'eth_accounts' })).toEqual([]);
  expect(load).not.toHaveBeenCalled();
});

it('may be tried again after the SDK did not load', async () => {
  const { provider, load } = setup();
  load.mockRejectedValueOnce(new Error('offline'));
  const ask = () => provider.request({ method: 'eth_requestAccounts' });
  await expect(ask()).rejects.toThrow('offline');
  expect(await ask()).toEqual(['0x1']);
});

it('announces itself when asked', () => {
  const target = new EventTarget();
  const seen: { info: { rdns: string; uuid: string } }[] = [];
  target.addEventListener('eip6963:announceProvider', event =>
    seen.push((event as CustomEvent).detail)
  );
  announce(PHONE_WALLET, {}, target);
  target.dispatchEvent(new Event('eip6963:requestProvider'));
  expect(seen.map(({ info }) => info.rdns)).toEqual([
    'dev.jupyterlab-web3.phone',
    'dev.jupyterlab-web3.phone'
  ]);
  expect(seen[0].info.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
});
