import { WalletDiscovery } from '../discovery';
import { Wallet } from '../session';
import {
  ALICE,
  announce,
  BOB,
  json,
  LOCAL_CHAIN,
  memoryStore,
  MockServer,
  MockWallet,
  rpcError
} from './mockWallet';

const RDNS = 'com.example.mock';

function setup(
  options: { server?: MockServer; store?: Storage; wallets?: MockWallet[] } = {}
) {
  const mocks = options.wallets ?? [new MockWallet()];
  const target = new EventTarget();
  const tell = (): void =>
    mocks.forEach((mock, index) =>
      announce(target, mock, {
        uuid: `uuid-${index}`,
        ...(index ? { rdns: `com.example.mock${index}` } : {})
      })
    );
  target.addEventListener('eip6963:requestProvider', tell);
  const store = options.store ?? memoryStore();
  const wallet = new Wallet({
    discovery: new WalletDiscovery(target),
    server: options.server ?? null,
    store
  });
  return { wallet, mock: mocks[0], mocks, store, target };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const tick = (ms = 0): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, ms));

function session(address: string) {
  return json({
    address,
    chainId: 8996,
    expires: new Date(Date.now() + 3600_000).toISOString()
  });
}

describe('connect', () => {
  it('gives account and chain, checksummed', async () => {
    const { wallet } = setup();
    const state = await wallet.connect(RDNS);
    expect(state).toMatchObject({
      status: 'connected',
      account: ALICE,
      chainId: 8996,
      session: null
    });
    expect(wallet.provider).not.toBeNull();
  });

  it('takes a refusal as an answer, and may be asked again', async () => {
    const { wallet, mock } = setup();
    mock.script.eth_requestAccounts = () => {
      throw rpcError(4001);
    };
    await expect(wallet.connect()).rejects.toMatchObject({ code: 'rejected' });
    expect(wallet.state.status).toBe('disconnected');
    delete mock.script.eth_requestAccounts;
    expect((await wallet.connect()).status).toBe('connected');
  });

  it.each([
    [-32002, 'pending'],
    [4100, 'unauthorized'],
    [4200, 'unsupported'],
    [4900, 'offline'],
    [-32000, 'rpc']
  ])('types error %d as %s', async (code, expected) => {
    const { wallet, mock } = setup();
    mock.script.eth_requestAccounts = () => {
      throw rpcError(code);
    };
    await expect(wallet.connect()).rejects.toMatchObject({ code: expected });
    expect(wallet.state.status).toBe('disconnected');
  });

  it('asks once, however often it is called', async () => {
    const { wallet, mock } = setup();
    const prompt = deferred<string[]>();
    mock.script.eth_requestAccounts = () => prompt.promise;
    const first = wallet.connect(RDNS);
    const second = wallet.connect(RDNS);
    const other = wallet.connect('org.other');
    await expect(other).rejects.toMatchObject({ code: 'pending' });
    expect(wallet.state.status).toBe('connecting');
    prompt.resolve([ALICE]);
    expect(await first).toBe(await second);
    expect(mock.count('eth_requestAccounts')).toBe(1);
  });

  it('drops an answer that comes after a disconnect', async () => {
    const { wallet, mock, store } = setup();
    const prompt = deferred<string[]>();
    mock.script.eth_requestAccounts = () => prompt.promise;
    const connecting = wallet.connect();
    await tick();
    await wallet.disconnect();
    expect(wallet.state.status).toBe('disconnected');
    prompt.resolve([ALICE]);
    await expect(connecting).rejects.toMatchObject({ code: 'rejected' });
    expect(wallet.state).toMatchObject({
      status: 'disconnected',
      account: null
    });
    expect(store.length).toBe(0);
    expect(mock.listenerCount()).toBe(0);
  });

  it('wants a name when there are several', async () => {
    const { wallet, mocks } = setup({
      wallets: [new MockWallet(), new MockWallet()]
    });
    await expect(wallet.connect()).rejects.toMatchObject({
      code: 'choose-wallet'
    });
    await wallet.connect('com.example.mock1');
    expect(mocks[0].asked).toEqual([]);
    expect(wallet.state.wallet?.uuid).toBe('uuid-1');
  });

  it('says when there is none', async () => {
    const { wallet } = setup({ wallets: [] });
    await expect(wallet.connect()).rejects.toMatchObject({ code: 'no-wallet' });
  });

  it('keeps the first wallet when the second is refused', async () => {
    const second = new MockWallet();
    second.script.eth_requestAccounts = () => {
      throw rpcError(4001);
    };
    const { wallet } = setup({ wallets: [new MockWallet(), second] });
    await wallet.connect(RDNS);
    await expect(wallet.connect('com.example.mock1')).rejects.toMatchObject({
      code: 'rejected'
    });
    expect(wallet.state).toMatchObject({ status: 'connected', account: ALICE });
    expect(wallet.state.wallet?.rdns).toBe(RDNS);
  });
});

describe('events', () => {
  it('follows account and chain', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    mock.emit('accountsChanged', [BOB.toLowerCase()]);
    mock.emit('chainChanged', '0x1');
    expect(wallet.state).toMatchObject({ account: BOB, chainId: 1 });
  });

  it('is logged out by an empty list, also after a reload', async () => {
    const { wallet, mock, store } = setup();
    await wallet.connect();
    mock.emit('accountsChanged', []);
    expect(wallet.state).toMatchObject({
      status: 'disconnected',
      account: null
    });
    expect(wallet.provider).toBeNull();
    expect(store.length).toBe(0);
    expect(mock.listenerCount()).toBe(0);
  });

  it('comes back when the wallet does', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    mock.emit('disconnect', rpcError(4900));
    expect(wallet.state.status).toBe('disconnected');
    mock.emit('connect', { chainId: '0x2324' });
    await tick(10);
    expect(wallet.state).toMatchObject({ status: 'connected', account: ALICE });
    expect(mock.count('eth_requestAccounts')).toBe(1);
  });

  it('does not miss a switch while it connects', async () => {
    const { wallet, mock } = setup();
    const chain = deferred<string>();
    mock.script.eth_chainId = () => chain.promise;
    const connecting = wallet.connect();
    await tick(20);
    mock.emit('accountsChanged', [BOB]);
    mock.emit('chainChanged', '0x89');
    chain.resolve('0x1');
    await connecting;
    expect(wallet.state).toMatchObject({ account: BOB, chainId: 137 });
  });
});

describe('reload', () => {
  it('restores without a prompt', async () => {
    const { wallet, store, mock } = setup();
    await wallet.connect();
    const after = setup({ store, wallets: [mock] });
    const seen: string[] = [];
    after.wallet.stateChanged.connect((_, state) => seen.push(state.status));
    await after.wallet.start();
    expect(after.wallet.state).toMatchObject({
      status: 'connected',
      account: ALICE
    });
    expect(seen[0]).toBe('restoring');
    expect(mock.count('eth_requestAccounts')).toBe(1);
  });

  it('keeps neither account nor secret', async () => {
    const { wallet, store } = setup();
    const set = jest.spyOn(store, 'setItem');
    await wallet.connect();
    expect(set.mock.calls.map(call => JSON.parse(call[1]))).toEqual([
      { rdns: RDNS, name: 'Mock Wallet' }
    ]);
  });

  it('asks no wallet that was not chosen', async () => {
    const { wallet, mock } = setup();
    await wallet.start();
    expect(mock.asked).toEqual([]);
    expect(wallet.state.status).toBe('disconnected');
  });

  it('is logged out where the wallet withdrew its permission', async () => {
    const { wallet, store, mock } = setup();
    await wallet.connect();
    mock.permitted = false;
    const after = setup({ store, wallets: [mock] });
    await after.wallet.start();
    expect(after.wallet.state.status).toBe('disconnected');
  });

  it('takes up a wallet that announces itself late', async () => {
    const { wallet, store, mock } = setup();
    await wallet.connect();
    const after = setup({ store, wallets: [] });
    await after.wallet.start();
    expect(after.wallet.state.status).toBe('disconnected');
    announce(after.target, mock);
    await tick(10);
    expect(after.wallet.state.status).toBe('connected');
  });

  it('is ready even when everything fails', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const server = new MockServer(null);
    server.info = () => Promise.reject(new Error('down'));
    const { wallet } = setup({ server });
    await wallet.start(Promise.reject(new Error('no settings')));
    await wallet.ready;
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });
});

describe('disconnect', () => {
  it.each([
    ['supported', undefined],
    ['unsupported', () => Promise.reject(rpcError(4200))],
    ['refused', () => Promise.reject(rpcError(4001))],
    ['never answered', () => new Promise(() => undefined)]
  ])('always forgets: revocation %s', async (_, revoke) => {
    const { wallet, mock, store } = setup();
    await wallet.connect();
    if (revoke) {
      mock.script.wallet_revokePermissions = revoke;
    }
    await wallet.disconnect();
    expect(mock.count('wallet_revokePermissions')).toBe(1);
    expect(wallet.state).toMatchObject({
      status: 'disconnected',
      account: null
    });
    expect(store.length).toBe(0);
  });
});

describe('switchNetwork', () => {
  it('switches', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    await wallet.switchNetwork(1);
    expect(wallet.state.chainId).toBe(1);
    expect(mock.count('wallet_addEthereumChain')).toBe(0);
  });

  it('adds what the wallet does not know, then switches', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    await wallet.switchNetwork(137);
    expect(
      mock.asked.find(({ method }) => method === 'wallet_addEthereumChain')
        ?.params[0]
    ).toMatchObject({
      chainId: '0x89',
      chainName: 'Polygon',
      nativeCurrency: { symbol: 'POL', decimals: 18 },
      blockExplorerUrls: ['https://polygonscan.com']
    });
    expect(wallet.state.chainId).toBe(137);
  });

  it('finds a 4902 that a wallet wraps', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    let first = true;
    mock.script.wallet_switchEthereumChain = params => {
      if (first) {
        first = false;
        throw Object.assign(rpcError(-32603), {
          data: { originalError: { code: 4902 } }
        });
      }
      mock.selectChain(Number((params[0] as { chainId: string }).chainId));
      return null;
    };
    await wallet.switchNetwork(137);
    expect(wallet.state.chainId).toBe(137);
  });

  it('refuses a chain that nobody knows', async () => {
    const { wallet } = setup();
    await wallet.connect();
    await expect(wallet.switchNetwork(424242)).rejects.toMatchObject({
      code: 'unknown-chain',
      chainId: 424242
    });
  });

  it('does not believe a wallet that stays where it is', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    mock.script.wallet_switchEthereumChain = () => null;
    await expect(wallet.switchNetwork(1)).rejects.toMatchObject({
      code: 'wrong-chain',
      expected: 1,
      actual: 8996
    });
  });

  it('passes a refusal on', async () => {
    const { wallet, mock } = setup();
    await wallet.connect();
    mock.script.wallet_switchEthereumChain = () => {
      throw rpcError(4001);
    };
    await expect(wallet.switchNetwork(1)).rejects.toMatchObject({
      code: 'rejected'
    });
  });
});

describe('sign-in', () => {
  const routes = (address: string) => ({
    'POST siwe/message': () => json({ message: 'Sign me', nonce: 'n0nce123' }),
    'POST siwe/verify': () => session(address),
    'DELETE siwe/session': () => new Response(null, { status: 204 })
  });
  const signing = (mock: MockWallet): void => {
    mock.script.personal_sign = () => '0x1234';
  };

  it('is verified by the server', async () => {
    const server = new MockServer({ siwe: true }, routes(ALICE));
    const { wallet, mock } = setup({ server });
    signing(mock);
    await wallet.connect();
    const signed = await wallet.signIn();
    expect(signed).toMatchObject({ address: ALICE, verifiedBy: 'server' });
    expect(wallet.state.session).toBe(signed);
    expect(
      mock.asked.find(({ method }) => method === 'personal_sign')?.params
    ).toEqual(['0x5369676e206d65', ALICE]);
    expect(
      server.asked.find(({ route }) => route === 'POST siwe/verify')?.body
    ).toEqual({ nonce: 'n0nce123', message: 'Sign me', signature: '0x1234' });
  });

  it('is not signed in when refused, here or there', async () => {
    const server = new MockServer(
      { siwe: true },
      {
        ...routes(ALICE),
        'POST siwe/verify': () => json({ message: 'nonce was used' }, 403)
      }
    );
    const { wallet, mock } = setup({ server });
    mock.script.personal_sign = () => {
      throw rpcError(4001);
    };
    await wallet.connect();
    await expect(wallet.signIn()).rejects.toMatchObject({ code: 'rejected' });
    signing(mock);
    await expect(wallet.signIn()).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: 'nonce was used'
    });
    expect(wallet.state).toMatchObject({ status: 'connected', session: null });
  });

  it('refuses a session of another account', async () => {
    const server = new MockServer({ siwe: true }, routes(BOB));
    const { wallet, mock } = setup({ server });
    signing(mock);
    await wallet.connect();
    await expect(wallet.signIn()).rejects.toMatchObject({
      code: 'sign-in-failed'
    });
  });

  it('ends with the account, at the server too', async () => {
    const server = new MockServer({ siwe: true }, routes(ALICE));
    const { wallet, mock } = setup({ server });
    signing(mock);
    await wallet.connect();
    await wallet.signIn();
    mock.emit('accountsChanged', [BOB]);
    expect(wallet.state).toMatchObject({ account: BOB, session: null });
    await new Promise<void>(resolve => setTimeout(resolve));
    expect(server.asked.at(-1)?.route).toBe('DELETE siwe/session');
  });

  it('does not sign in an account that left meanwhile', async () => {
    const server = new MockServer({ siwe: true }, routes(ALICE));
    const { wallet, mock } = setup({ server });
    mock.script.personal_sign = () => {
      mock.emit('accountsChanged', [BOB]);
      return '0x1234';
    };
    await wallet.connect();
    await expect(wallet.signIn()).rejects.toMatchObject({
      code: 'account-changed'
    });
    expect(wallet.state.session).toBeNull();
  });

  it.each([
    [ALICE, true],
    [BOB, false]
  ])('after a reload, a session of %s counts: %s', async (address, counts) => {
    const server = new MockServer(
      { siwe: true },
      { ...routes(ALICE), 'GET siwe/session': () => session(address) }
    );
    const { wallet } = setup({ server });
    await wallet.connect();
    expect(wallet.state.session !== null).toBe(counts);
    expect(
      server.asked.some(({ route }) => route === 'DELETE siwe/session')
    ).toBe(!counts);
  });

  it('runs out', async () => {
    const server = new MockServer(
      { siwe: true },
      {
        ...routes(ALICE),
        'POST siwe/verify': () =>
          json({
            address: ALICE,
            chainId: 8996,
            expires: new Date(Date.now() + 50).toISOString()
          })
      }
    );
    const { wallet, mock } = setup({ server });
    signing(mock);
    await wallet.connect();
    await wallet.signIn();
    await tick(120);
    expect(wallet.state.session).toBeNull();
  });

  it('without a server part counts in this browser only', async () => {
    const { Wallet: Signer } = await import('ethers/wallet');
    const key = Signer.createRandom();
    const { wallet, mock } = setup({ server: new MockServer(null) });
    mock.accounts = [key.address.toLowerCase()];
    let message = '';
    mock.script.personal_sign = params => {
      message = Buffer.from(String(params[0]).slice(2), 'hex').toString();
      return key.signMessage(message);
    };
    await wallet.connect();
    expect(await wallet.signIn()).toMatchObject({
      address: key.address,
      verifiedBy: 'browser'
    });
    expect(message).toContain(
      `localhost wants you to sign in with your Ethereum account:\n${key.address}\n\n`
    );
    expect(message).toMatch(
      /\nVersion: 1\nChain ID: 8996\nNonce: [0-9a-f]{32}\n/
    );
    const other = Signer.createRandom();
    mock.script.personal_sign = () => other.signMessage(message);
    await wallet.signOut();
    await expect(wallet.signIn()).rejects.toMatchObject({
      code: 'sign-in-failed'
    });
  });
});

it('puts the chain of the server first', async () => {
  const server = new MockServer({ chain: LOCAL_CHAIN });
  const { wallet } = setup({ server });
  await wallet.start();
  expect(wallet.networks[0]).toMatchObject({ chainId: 8996, local: true });
  expect(wallet.network(8996)?.name).toBe('Local chain');
});

it('notices a transaction that was sent', async () => {
  const { wallet, mock } = setup();
  mock.script.eth_sendTransaction = () => '0xhash';
  await wallet.connect();
  const sent = jest.fn();
  wallet.transactionSent.connect(sent);
  expect(
    await wallet.provider?.request({ method: 'eth_sendTransaction' })
  ).toBe('0xhash');
  expect(sent).toHaveBeenCalledTimes(1);
});

it('ends a session that was being looked up when the person left', async () => {
  const answer = deferred<Response>();
  const server = new MockServer(
    { siwe: true },
    {
      'GET siwe/session': () => answer.promise,
      'DELETE siwe/session': () => new Response(null, { status: 204 })
    }
  );
  const { wallet, store } = setup({ server });
  const connecting = wallet.connect().catch((reason: unknown) => reason);
  await tick(50);
  await wallet.disconnect();
  answer.resolve(session(ALICE));
  expect(await connecting).toMatchObject({ code: 'rejected' });
  expect(store.length).toBe(0);
  expect(server.asked.at(-1)?.route).toBe('DELETE siwe/session');
  expect(wallet.state).toMatchObject({ status: 'disconnected', session: null });
});

it('logs in although the choice can not be kept', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  const store = memoryStore();
  store.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const { wallet } = setup({ store });
  expect((await wallet.connect()).status).toBe('connected');
  warn.mockRestore();
});
