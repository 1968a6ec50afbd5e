import { DevelopmentWallet } from '../provider';
import { WalletRpcError, type Answer, type WalletRequest } from '../requests';

// The first two accounts of the well-known test mnemonic.
const ACCOUNTS = [
  {
    name: 'Publisher',
    address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    privateKey:
      '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
  },
  {
    name: 'Buyer',
    address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    privateKey:
      '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
  }
];
const [ONE, TWO] = ACCOUNTS.map(account => account.address.toLowerCase());

function memoryStore() {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value)
  };
}

function setup(
  options: {
    answer?: (request: WalletRequest) => Answer | Promise<Answer>;
    store?: ReturnType<typeof memoryStore>;
  } = {}
) {
  const prompts: WalletRequest[] = [];
  const sent: string[] = [];
  const rpc = jest.fn(
    async (method: string, params: readonly unknown[]): Promise<unknown> => {
      switch (method) {
        case 'eth_estimateGas':
          return '0x5208';
        case 'eth_getBlockByNumber':
          return { baseFeePerGas: '0x3b9aca00' };
        case 'eth_getTransactionCount':
          return `0x${sent.length.toString(16)}`;
        case 'eth_sendRawTransaction':
          sent.push(params[0] as string);
          return '0xhash';
        case 'eth_getBalance':
          return '0x1';
      }
      throw new WalletRpcError(-32601, method);
    }
  );
  const store = options.store ?? memoryStore();
  const wallet = new DevelopmentWallet({
    chainId: 8996,
    accounts: ACCOUNTS,
    rpc,
    store,
    storeKey: 'key',
    confirm: async request => {
      prompts.push(request);
      return (options.answer ?? (() => ({})))(request);
    }
  });
  const ask = (method: string, ...params: unknown[]): Promise<unknown> =>
    wallet.request({ method, params });
  return { wallet, prompts, sent, rpc, store, ask };
}

it('shows nothing before it is connected', async () => {
  const { ask, prompts } = setup();
  expect(await ask('eth_accounts')).toEqual([]);
  expect(await ask('eth_chainId')).toBe('0x2324');
  await expect(ask('personal_sign', '0x00', ONE)).rejects.toMatchObject({
    code: 4100
  });
  await expect(ask('eth_sendTransaction', { from: ONE })).rejects.toMatchObject(
    { code: 4100 }
  );
  expect(prompts).toEqual([]);
});

it('connects with the account that the person picks, and remembers', async () => {
  const { ask, store, prompts } = setup({
    answer: () => ({ account: ACCOUNTS[1].address })
  });
  expect(await ask('eth_requestAccounts')).toEqual([TWO]);
  expect(await ask('eth_requestAccounts')).toEqual([TWO]);
  expect(prompts).toHaveLength(1);
  expect(store.getItem('key')).not.toMatch(/59c6995e/);
  const after = setup({ store });
  expect(await after.ask('eth_accounts')).toEqual([TWO]);
  expect(after.prompts).toEqual([]);
});

it('answers 4001 to each refusal', async () => {
  let refuse = false;
  const { ask, sent } = setup({ answer: () => (refuse ? null : {}) });
  await ask('eth_requestAccounts');
  refuse = true;
  const typed = JSON.stringify({
    domain: {},
    types: { M: [{ name: 'a', type: 'string' }] },
    primaryType: 'M',
    message: { a: 'b' }
  });
  for (const asked of [
    ask('personal_sign', '0x68656c6c6f', ONE),
    ask('eth_signTypedData_v4', ONE, typed),
    ask('eth_sendTransaction', { from: ONE, to: TWO }),
    ask('wallet_requestPermissions', { eth_accounts: {} })
  ]) {
    await expect(asked).rejects.toMatchObject({ code: 4001 });
  }
  expect(sent).toEqual([]);
  expect(await ask('eth_accounts')).toEqual([ONE]);
});

it('says that a connect prompt is open already', async () => {
  let confirm!: (answer: Answer) => void;
  const { ask } = setup({
    answer: () => new Promise<Answer>(resolve => (confirm = resolve))
  });
  const first = ask('eth_requestAccounts');
  await expect(ask('eth_requestAccounts')).rejects.toMatchObject({
    code: -32002
  });
  confirm({});
  expect(await first).toEqual([ONE]);
});

it('signs so that the signer is found again', async () => {
  const { verifyMessage, verifyTypedData } = await import('ethers/hash');
  const { ask, prompts } = setup();
  await ask('eth_requestAccounts');
  const text = (await ask('personal_sign', '0x68656c6c6f', ONE)) as string;
  expect(verifyMessage('hello', text)).toBe(ACCOUNTS[0].address);
  expect(prompts[1]).toMatchObject({ kind: 'sign-message', text: 'hello' });

  const digest = `0x${'ab'.repeat(32)}`;
  const bytes = (await ask('personal_sign', digest, ONE)) as string;
  expect(verifyMessage(Buffer.from('ab'.repeat(32), 'hex'), bytes)).toBe(
    ACCOUNTS[0].address
  );
  expect(prompts[2]).toMatchObject({ text: null, hex: digest });

  const data = {
    domain: { name: 'Test', chainId: 8996 },
    types: {
      EIP712Domain: [
        { name: 'name', type: 'string' },
        { name: 'chainId', type: 'uint256' }
      ],
      Mail: [{ name: 'to', type: 'address' }]
    },
    primaryType: 'Mail',
    message: { to: TWO }
  };
  const typed = (await ask(
    'eth_signTypedData_v4',
    ONE,
    JSON.stringify(data)
  )) as string;
  expect(
    verifyTypedData(data.domain, { Mail: data.types.Mail }, data.message, typed)
  ).toBe(ACCOUNTS[0].address);
});

it('fills in and sends a transaction; two get two nonces', async () => {
  const { Transaction } = await import('ethers/transaction');
  const { ask, sent, prompts } = setup();
  await ask('eth_requestAccounts');
  const approve = `0x095ea7b3${'0'.repeat(128)}`;
  const answers = await Promise.all([
    ask('eth_sendTransaction', { from: ONE, to: TWO, data: approve }),
    ask('eth_sendTransaction', {
      from: ONE,
      to: TWO,
      value: '0xde0b6b3a7640000'
    })
  ]);
  expect(answers).toEqual(['0xhash', '0xhash']);
  const [first, second] = sent.map(raw => Transaction.from(raw));
  expect(first).toMatchObject({ chainId: 8996n, nonce: 0, gasLimit: 25200n });
  expect(first.from).toBe(ACCOUNTS[0].address);
  expect(second).toMatchObject({ nonce: 1, value: 10n ** 18n, type: 2 });
  expect(prompts[1]).toMatchObject({
    kind: 'transaction',
    method: 'approve',
    gas: 25200n,
    fee: 25200n * 3_000_000_000n,
    failure: null
  });
});

it('warns of a transaction that would fail, and leaves the choice', async () => {
  const { ask, rpc, prompts, sent } = setup();
  await ask('eth_requestAccounts');
  const answer = rpc.getMockImplementation()!;
  rpc.mockImplementation(async (method, params) => {
    if (method === 'eth_estimateGas') {
      throw new WalletRpcError(3, 'execution reverted: Sold out');
    }
    return answer(method, params);
  });
  await ask('eth_sendTransaction', { from: ONE, to: TWO });
  expect(prompts[1]).toMatchObject({
    gas: null,
    failure: 'execution reverted: Sold out'
  });
  expect(sent).toHaveLength(1);
});

it('is for its own chain only', async () => {
  const { ask } = setup();
  expect(await ask('wallet_switchEthereumChain', { chainId: '0x2324' })).toBe(
    null
  );
  await expect(
    ask('wallet_switchEthereumChain', { chainId: '0x1' })
  ).rejects.toMatchObject({ code: 4902 });
  await expect(
    ask('wallet_addEthereumChain', { chainId: '0x1', rpcUrls: ['https://x'] })
  ).rejects.toMatchObject({ code: 4200 });
  await ask('eth_requestAccounts');
  await expect(
    ask('eth_sendTransaction', { from: ONE, to: TWO, chainId: '0x1' })
  ).rejects.toMatchObject({ code: -32602 });
});

it('passes reads on, and nothing that signs', async () => {
  const { ask, rpc } = setup();
  expect(await ask('eth_getBalance', ONE, 'latest')).toBe('0x1');
  rpc.mockClear();
  for (const method of [
    'eth_sign',
    'eth_signTransaction',
    'eth_sendRawTransaction',
    'wallet_watchAsset',
    'anvil_setBalance'
  ]) {
    await expect(ask(method)).rejects.toMatchObject({ code: 4200 });
  }
  expect(rpc).not.toHaveBeenCalled();
});

it('tells the page of another account and of a revocation', async () => {
  const { ask, wallet } = setup();
  const seen: unknown[] = [];
  const listener = (accounts: unknown): void => void seen.push(accounts);
  wallet.on('accountsChanged', listener);
  wallet.switchAccount(1);
  expect(seen).toEqual([]); // nobody is connected
  await ask('eth_requestAccounts');
  wallet.switchAccount(ACCOUNTS[0].address);
  await ask('wallet_revokePermissions', { eth_accounts: {} });
  expect(seen).toEqual([[TWO], [ONE], []]);
  expect(await ask('eth_accounts')).toEqual([]);
  wallet.removeListener('accountsChanged', listener);
  wallet.switchAccount(1);
  expect(seen).toHaveLength(3);
  expect(() => wallet.switchAccount(7)).toThrow(WalletRpcError);
});
