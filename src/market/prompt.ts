/**
 * The wallet's prompts: account and chain are asked of the wallet itself right
 * before each.
 */
import type { IEip1193Provider, IWallet } from '../tokens';
import {
  AccountChangedError,
  NotConnectedError,
  toWalletError,
  WrongChainError
} from '../wallet/errors';
import { codeOf, MarketError } from './errors';
import type { ITxRequest } from './ports';

const hex = (value: number): string => '0x' + value.toString(16);

/**
 * The wallet, asked itself whether it is on this account and chain.
 *
 * @param chainId - any chain when omitted
 * @throws NotConnectedError, AccountChangedError, WrongChainError
 */
export async function readyWallet(
  wallet: Pick<IWallet, 'provider'>,
  account: string,
  chainId?: number
): Promise<IEip1193Provider> {
  const { provider } = wallet;
  if (!provider) {
    throw new NotConnectedError();
  }
  let accounts: unknown;
  let chain: unknown;
  try {
    accounts = await provider.request({ method: 'eth_accounts' });
    chain = await provider.request({ method: 'eth_chainId' });
  } catch (reason) {
    throw toWalletError(reason);
  }
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof first !== 'string') {
    throw new NotConnectedError();
  }
  if (first.toLowerCase() !== account.toLowerCase()) {
    throw new AccountChangedError(account, first);
  }
  if (chainId !== undefined && Number(chain) !== chainId) {
    throw new WrongChainError(chainId, Number(chain));
  }
  return provider;
}

/** Whether the wallet can't have sent anything after this error. */
function surelyNotSent(reason: unknown): boolean {
  return (
    [
      'rejected',
      'pending',
      'unauthorized',
      'unsupported',
      'unknown-chain',
      'wrong-chain',
      'account-changed',
      'not-connected',
      'offline'
    ].includes(codeOf(reason) ?? '') ||
    /insufficient funds|nonce too low|underpriced|intrinsic gas|gas required|exceeds block gas|fee cap|execution reverted/i.test(
      reason instanceof Error ? reason.message : ''
    )
  );
}

/**
 * Ask the wallet to send a transaction.
 *
 * @param o.asking - called right before the wallet is asked
 * @param o.unsent - called when it is sure that nothing was sent
 * @returns the transaction's hash
 * @throws WalletError; MarketError prompt-unknown
 */
export async function sendTransaction(
  wallet: Pick<IWallet, 'provider'>,
  // Without a receiver it makes a contract.
  tx: Omit<ITxRequest, 'to'> & { to?: string },
  account: string,
  chainId: number,
  o: { nonce?: number; asking?: () => void; unsent?: () => void } = {}
): Promise<string> {
  const provider = await readyWallet(wallet, account, chainId);
  o.asking?.();
  let hash: unknown;
  try {
    hash = await provider.request({
      method: 'eth_sendTransaction',
      params: [
        {
          ...tx,
          chainId: hex(chainId),
          ...(o.nonce === undefined ? {} : { nonce: hex(o.nonce) })
        }
      ]
    });
  } catch (reason) {
    const error = toWalletError(reason);
    if (surelyNotSent(error)) {
      o.unsent?.();
    }
    throw error;
  }
  if (typeof hash !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(hash)) {
    throw new MarketError('prompt-unknown', 'The wallet gave no hash');
  }
  return hash;
}
