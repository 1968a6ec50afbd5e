/** Filecoin in words: codes, obstacles, prompts, amounts. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPinQuote } from '../tokens';
import { displayAmount, formatUnits, groupDigits } from '../ui/amount';
import type { FilecoinPrompt } from './filecoinClient';
import type { FilecoinObstacle, IFilecoinCosts } from './filecoinCosts';
import type { FilecoinCode } from './filecoinErrors';

/** USDFC and FIL both have 18. */
const DECIMALS = 18;
/** Digits after the point that are shown of a price. */
const PLACES = 6;

/** To the last unit. */
export function exactAmount(units: bigint, symbol: string): string {
  return `${groupDigits(formatUnits(units, DECIMALS))} ${symbol}`;
}

/**
 * A price for reading: at most six places, rounded up, so that nothing costs
 * more than was shown.
 */
export function priceText(units: bigint, symbol: string): string {
  const step = 10n ** BigInt(DECIMALS - PLACES);
  const up = ((units + step - 1n) / step) * step;
  return exactAmount(up, symbol);
}

/** What somebody has, for reading: cut, never more than it is. */
export function haveText(units: bigint, symbol: string): string {
  return `${displayAmount(units, DECIMALS)} ${symbol}`;
}

/** What the wallet will ask, in words. */
export function promptWords(
  trans: TranslationBundle,
  prompt: FilecoinPrompt,
  costs: Pick<IFilecoinCosts, 'deposit' | 'testnet'>
): string {
  const deposit = priceText(costs.deposit, 'USDFC');
  switch (prompt) {
    case 'switch':
      return costs.testnet
        ? trans.__('Switch to the network Filecoin Calibration')
        : trans.__('Switch to the network Filecoin');
    case 'permit':
      return trans.__('Sign that %1 may be taken for the deposit', deposit);
    case 'deposit':
      return trans.__('Send the deposit of %1', deposit);
    case 'deposit-approve':
      return trans.__(
        'Send the deposit of %1, and let the storage contract take its payments from it',
        deposit
      );
    case 'approve':
      return trans.__(
        'Let the storage contract take its payments from your deposit'
      );
    case 'data-set':
      return trans.__('Sign that a data set is opened with the provider');
    case 'add':
      return trans.__('Sign that this content is added to the data set');
    case 'terminate':
      return trans.__('Send the end of the storage');
    case 'remove':
      return trans.__('Sign that this content is removed');
  }
}

export interface IWords {
  title: string;
  meaning: string;
}

/** Why it can't be had, and what would help. */
export function obstacleWords(
  trans: TranslationBundle,
  obstacle: FilecoinObstacle,
  costs: IFilecoinCosts
): IWords {
  switch (obstacle) {
    case 'not-connected':
      return notConnected(trans);
    case 'no-archive':
      return noArchive(trans);
    case 'too-small':
      return {
        title: trans.__('It is too small for Filecoin.'),
        meaning: trans.__(
          'A provider takes 127 bytes or more; this makes %1.',
          costs.bytes
        )
      };
    case 'too-big':
      return {
        title: trans.__('It is too big for Filecoin.'),
        meaning: trans.__(
          'A provider takes 1,065,353,216 bytes (about 1 GiB) at once. A folder can be stored in parts.'
        )
      };
    case 'no-provider':
      return {
        title: trans.__('No storage provider answers.'),
        meaning: trans.__('Nothing was paid. Try again in a while.')
      };
    case 'no-token':
      return {
        title: trans.__('There is not enough USDFC in this account.'),
        meaning: trans.__(
          'The deposit is %1, the account has %2.',
          priceText(costs.deposit, 'USDFC'),
          haveText(costs.tokens, 'USDFC')
        )
      };
    case 'no-gas':
      return {
        title: trans.__(
          'There is not enough %1 for the network fee.',
          costs.currency
        ),
        meaning: trans.__(
          'The fee is about %1, the account has %2.',
          priceText(costs.gas ?? 0n, costs.currency),
          haveText(costs.coins, costs.currency)
        )
      };
  }
}

function notConnected(trans: TranslationBundle): IWords {
  return {
    title: trans.__('Log in with a wallet first.'),
    meaning: trans.__('Filecoin storage is paid from your wallet.')
  };
}

function noArchive(trans: TranslationBundle): IWords {
  return {
    title: trans.__('The content can’t be read here.'),
    meaning: trans.__('It is uploaded from this page, so it must be on it.')
  };
}

/** What happened, and what it means for data and money. */
export function errorWords(
  trans: TranslationBundle,
  code: FilecoinCode
): IWords {
  switch (code) {
    case 'not-connected':
      return notConnected(trans);
    case 'no-archive':
      return noArchive(trans);
    case 'not-agreed':
      return {
        title: trans.__('Nobody agreed to what it costs.'),
        meaning: trans.__('Nothing was paid.')
      };
    case 'too-small':
    case 'too-big':
      return {
        title: trans.__('Filecoin takes no content of this size.'),
        meaning: trans.__('Nothing was paid.')
      };
    case 'no-token':
      return {
        title: trans.__('There is not enough USDFC in this account.'),
        meaning: trans.__('Nothing was paid.')
      };
    case 'no-gas':
      return {
        title: trans.__('There is not enough FIL for the network fee.'),
        meaning: trans.__('Nothing was paid.')
      };
    case 'costs-more':
      return {
        title: trans.__('It costs more than you agreed to.'),
        meaning: trans.__('Nothing more was paid. Look at the new price.')
      };
    case 'reloaded':
      return {
        title: trans.__('It waits for you since the page was loaded anew.'),
        meaning: trans.__(
          'What was paid and uploaded is kept; the wallet is asked for the rest when you go on.'
        )
      };
    case 'other-tab':
    case 'journal-blocked':
      return {
        title: trans.__('This browser can’t note what was paid.'),
        meaning: trans.__(
          'So nothing is asked of the wallet. Use https or localhost, and allow the page to keep data.'
        )
      };
    case 'not-stored':
      return {
        title: trans.__('There is nothing of yours on Filecoin here.'),
        meaning: trans.__('Nothing is paid for either.')
      };
    case 'prompt-rejected':
      return {
        title: trans.__('The wallet refused.'),
        meaning: trans.__(
          'What was paid before stays yours, and is used when you try again.'
        )
      };
    case 'prompt-unknown':
      return {
        title: trans.__('The wallet gave no answer.'),
        meaning: trans.__(
          'Try again: if it was sent after all that is seen, and it is not paid twice.'
        )
      };
    case 'account-changed':
      return {
        title: trans.__('The wallet is on another account.'),
        meaning: trans.__('Go back to the account that this began with.')
      };
    case 'wrong-chain':
      return {
        title: trans.__('The wallet is on another network.'),
        meaning: trans.__('Filecoin storage is paid on Filecoin.')
      };
    case 'wallet-failed':
      return {
        title: trans.__('The wallet could not do it.'),
        meaning: trans.__('Nothing was sent.')
      };
    case 'chain-unreachable':
      return {
        title: trans.__('Filecoin can’t be reached.'),
        meaning: trans.__('Nothing is lost; it can be tried again.')
      };
    case 'would-revert':
      return {
        title: trans.__('The contract would refuse it.'),
        meaning: trans.__('So the wallet was not asked.')
      };
    case 'tx-reverted':
      return {
        title: trans.__('The contract refused it.'),
        meaning: trans.__('Only the network fee was paid.')
      };
    case 'tx-in-flight':
      return {
        title: trans.__('The network has not confirmed it yet.'),
        meaning: trans.__('It goes on by itself; nothing is paid twice.')
      };
    case 'no-provider':
    case 'provider-down':
      return {
        title: trans.__('The storage provider does not answer.'),
        meaning: trans.__(
          'Your deposit stays yours; it is tried again by itself.'
        )
      };
    case 'provider-refused':
      return {
        title: trans.__('The storage provider refused it.'),
        meaning: trans.__('Your deposit stays yours.')
      };
    case 'content-changed':
      return {
        title: trans.__('The content is not what was signed.'),
        meaning: trans.__('It was not stored; your deposit stays yours.')
      };
  }
}

/** The quote as the interface of all providers has it. */
export function quoteWords(
  trans: TranslationBundle,
  costs: IFilecoinCosts
): IPinQuote {
  const row = (label: string, units: bigint, symbol: string) => ({
    label,
    amount: formatUnits(units, DECIMALS),
    symbol
  });
  return {
    amounts: [
      row(trans.__('Deposit now'), costs.deposit, 'USDFC'),
      row(trans.__('Of it locked'), costs.lockup, 'USDFC'),
      row(trans.__('Storage per month'), costs.perMonth, 'USDFC'),
      ...(costs.gas === null
        ? []
        : [row(trans.__('Network fee, about'), costs.gas, costs.currency)])
    ],
    prompts: costs.prompts.map(prompt => promptWords(trans, prompt, costs)),
    obstacle: costs.obstacle
      ? obstacleWords(trans, costs.obstacle, costs).title
      : null
  };
}
