/**
 * The errors of the wallet room in words for a person.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import {
  toWalletError,
  UnknownChainError,
  WrongChainError,
  RpcError
} from './errors';

/**
 * What happened and what helps, in one or two sentences.
 *
 * @param wallet - name of the wallet that was asked, when known
 */
export function walletWords(
  reason: unknown,
  trans: TranslationBundle,
  wallet?: string | null
): string {
  const error = toWalletError(reason);
  const name = wallet || trans.__('Your wallet');
  switch (error.code) {
    case 'rejected':
      return trans.__('You declined in the wallet. Nothing was changed.');
    case 'pending':
      return trans.__(
        '%1 is still waiting for your answer to an earlier question. Open the wallet to answer it.',
        name
      );
    case 'unauthorized':
      return trans.__(
        '%1 does not allow this for the account. Unlock it, or disconnect and connect again.',
        name
      );
    case 'unsupported':
      // The wallet's own words say what, and often why.
      return trans.__('%1 can’t do this: %2', name, error.message);
    case 'unknown-chain':
      return error instanceof UnknownChainError && error.chainId
        ? trans.__(
            'Chain %1 is unknown. Add it to the networks in the settings.',
            error.chainId
          )
        : trans.__('%1 does not know this network.', name);
    case 'wrong-chain':
      return error instanceof WrongChainError
        ? trans.__(
            '%1 stayed on another network (chain %2).',
            name,
            error.actual ?? '?'
          )
        : trans.__('%1 is on another network.', name);
    case 'offline':
      return trans.__(
        'The network can’t be reached right now. Check your connection, or the RPC endpoint in the settings.'
      );
    case 'no-wallet':
      return trans.__(
        'No such wallet was found in this browser. If you just installed one, reload the page.'
      );
    case 'choose-wallet':
      return trans.__('Several wallets are there: choose one.');
    case 'not-connected':
      return trans.__('Connect a wallet first.');
    case 'account-changed':
      return trans.__(
        'The account was changed in the wallet meanwhile. Please try again with the one you want.'
      );
    case 'sign-in-failed':
      return trans.__('The sign-in was not accepted: %1', error.message);
    case 'rpc':
      return error instanceof RpcError && error.rpcCode !== null
        ? trans.__('%1 answered: %2 (%3)', name, error.message, error.rpcCode)
        : trans.__('%1 answered: %2', name, error.message);
  }
}

/**
 * A time near now as a person says it: the time alone today, else with its day.
 */
export function momentWords(
  when: Date,
  now: Date,
  trans: TranslationBundle
): string {
  const time = when.toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
  const midnight = (date: Date): number =>
    new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  // Rounded: days of 23 and 25 hours are days.
  switch (Math.round((midnight(when) - midnight(now)) / 86_400_000)) {
    case 0:
      return time;
    case 1:
      return trans.__('tomorrow %1', time);
    case -1:
      return trans.__('yesterday %1', time);
    default:
      return trans.__(
        '%1, %2',
        when.toLocaleDateString(undefined, { month: 'short', day: 'numeric' }),
        time
      );
  }
}
