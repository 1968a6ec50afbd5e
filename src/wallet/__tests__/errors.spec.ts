/** @jest-environment node */
import { nullTranslator } from '@jupyterlab/translation';

import {
  toWalletError,
  WalletError,
  WalletRejectedError,
  type WalletErrorCode
} from '../errors';
import { walletWords } from '../words';

it.each<[string, unknown, WalletErrorCode]>([
  ['EIP-1193', { code: 4001, message: 'no' }, 'rejected'],
  [
    'ethers',
    { code: 'ACTION_REJECTED', info: { error: { code: 4001 } } },
    'rejected'
  ],
  ['ethers, bare', { code: 'ACTION_REJECTED' }, 'rejected'],
  [
    'wrapped as internal',
    { code: -32603, data: { originalError: { code: 4902 } } },
    'unknown-chain'
  ],
  ['unknown method', { code: -32601 }, 'unsupported'],
  ['a text', 'boom', 'rpc'],
  ['nothing', undefined, 'rpc']
])('%s', (_, reason, code) => {
  const error = toWalletError(reason);
  expect(error).toBeInstanceOf(WalletError);
  expect(error.code).toBe(code);
  expect(error.message).not.toBe('');
});

it('keeps what is typed, and the cause of what was not', () => {
  const typed = new WalletRejectedError();
  expect(toWalletError(typed)).toBe(typed);
  const cause = { code: -32000, message: 'nonce too low', data: '0x1' };
  expect(toWalletError(cause)).toMatchObject({
    cause,
    rpcCode: -32000,
    data: '0x1',
    message: 'nonce too low'
  });
});

it('has words for each error that wallets send', () => {
  const trans = nullTranslator.load('jupyterlab-web3');
  const codes = [4001, -32002, 4902, 4100, 4200, 4900, -32000];
  const words = codes.map(code =>
    walletWords({ code, message: 'raw text' }, trans, 'MetaMask')
  );
  expect(new Set(words).size).toBe(codes.length);
  const own = words.filter(text => text.includes('raw text'));
  expect(own).toHaveLength(2); // 4200 and -32000: only the wallet knows
});
