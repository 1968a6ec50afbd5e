/** Looking after an asset in words: states, prompts, what went wrong. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { stateName, type StateName } from '../ocean/states';
import { codeOf } from './errors';
import type { IManageStep, ManageTask } from './manage';
import { problemWords } from './words';

export function stateLabel(state: number, trans: TranslationBundle): string {
  const name = stateName(state);
  return name
    ? stateWords(name, trans).label
    : trans.__('Unknown state (%1)', state);
}

/** What a state is called, what it does to buyers, and what coming back takes. */
export function stateWords(
  state: StateName,
  trans: TranslationBundle
): { label: string; meaning: string } {
  switch (state) {
    case 'active':
      return {
        label: trans.__('On sale'),
        meaning: trans.__(
          'Everybody finds it, may order it, and downloads what was ordered.'
        )
      };
    case 'ordering-disabled':
      return {
        label: trans.__('Ordering off'),
        meaning: trans.__(
          'It stays in the lists, but nobody can order it. Ocean Nodes also refuse downloads of those who bought it before, until you switch it on again.'
        )
      };
    case 'unlisted':
      return {
        label: trans.__('Unlisted'),
        meaning: trans.__(
          'Meant to be hidden from lists and sold by link. The Ocean Nodes of today have a bug: they refuse orders and downloads of it, as if ordering were off.'
        )
      };
    case 'end-of-life':
      return {
        label: trans.__('End of life'),
        meaning: trans.__(
          'It says that you no longer look after it. Here it can’t be ordered any more. The Ocean Nodes of today have a bug: they still let other programs order it and buyers download it.'
        )
      };
    case 'deprecated':
      return {
        label: trans.__('Deprecated'),
        meaning: trans.__(
          'Replaced by another asset. Ocean Nodes drop its description at once: nobody finds, orders or downloads it, not even those who bought it. Coming back takes one transaction, which writes the description again.'
        )
      };
    case 'revoked':
      return {
        label: trans.__('Revoked'),
        meaning: trans.__(
          'Withdrawn. Ocean Nodes drop its description at once: nobody finds, orders or downloads it, not even those who bought it. Coming back takes one transaction, which writes the description again.'
        )
      };
  }
}

export function taskLabel(task: ManageTask, trans: TranslationBundle): string {
  switch (task) {
    case 'record':
      return trans.__('Changing the description');
    case 'access':
      return trans.__('Changing who may buy');
    case 'state':
      return trans.__('Changing the state');
    case 'bring-back':
      return trans.__('Bringing it back');
    case 'price':
      return trans.__('Changing the price');
    case 'exchange':
      return trans.__('Switching the sale');
    case 'free':
      return trans.__('Switching between free and paid');
    case 'collector':
      return trans.__('Changing who is paid');
    case 'collect':
      return trans.__('Paying out the sales');
    case 'collect-datatokens':
      return trans.__('Handing out the datatokens');
    case 'collect-fee':
      return trans.__('Paying out the market’s fee');
    case 'new-list':
      return trans.__('Making the access list');
    case 'list-add':
      return trans.__('Adding to the list');
    case 'list-remove':
      return trans.__('Removing from the list');
    case 'split':
      return trans.__('Setting up the split');
    case 'release':
      return trans.__('Paying out the shares');
    case 'transfer':
      return trans.__('Handing it over');
  }
}

/** How far a change is. */
export function stepWords(step: IManageStep, trans: TranslationBundle): string {
  const { prompt, prompts } = step;
  switch (step.step) {
    case 'checking':
      return trans.__('Looking at the chain…');
    case 'node':
      return trans.__('The Ocean Node checks it…');
    case 'signature':
      return trans.__(
        'Your wallet asks for a signature (%1 of %2). It is free, and lets the Ocean Node encrypt the description.',
        prompt,
        prompts
      );
    case 'wallet':
      return trans.__(
        'Your wallet asks for a transaction (%1 of %2).',
        prompt,
        prompts
      );
    case 'mining':
      return trans.__('Waiting for the network…');
    case 'index':
      return trans.__('Written. Waiting until the Ocean Node lists it…');
  }
}

/** What the wallet will ask for. */
export function promptWords(
  signatures: number,
  transactions: number,
  trans: TranslationBundle
): string {
  const signed = trans._n(
    'a signature (free)',
    '%1 signatures (free)',
    signatures
  );
  const sent = trans._n(
    'a transaction (costs gas)',
    '%1 transactions (cost gas)',
    transactions
  );
  return signatures > 0
    ? trans.__('Your wallet will ask for %1, then for %2.', signed, sent)
    : trans.__('Your wallet will ask for %1.', sent);
}

/** What is so after the first of two transactions of a change. */
export function partlyWords(
  task: ManageTask,
  trans: TranslationBundle
): string {
  switch (task) {
    case 'split':
      return trans.__(
        'The first step was done: the contract that shares revenue is there. Orders are not paid to it yet. Start it once more with the same shares: it is used, and not made again.'
      );
    case 'free':
      return trans.__(
        'The first step was done: what gave it out before is off, and nobody can get it now. Press once more to go on.'
      );
    default:
      return trans.__(
        'The first step was done; look at what is shown here, and press once more to go on.'
      );
  }
}

/** What went wrong in words, without what it means for the asset. */
export function partlyProblem(
  reason: unknown,
  trans: TranslationBundle
): string {
  switch (codeOf(reason)) {
    case 'rejected':
      return trans.__('You said no in the wallet.');
    case 'tx-reverted':
      return trans.__('The contract refuses the second step.');
    default:
      return manageProblem(reason, trans);
  }
}

/** What went wrong, and what it means for the asset. */
export function manageProblem(
  reason: unknown,
  trans: TranslationBundle
): string {
  switch (codeOf(reason)) {
    case 'record-stale':
      return trans.__(
        'The Ocean Node’s index lags behind the chain, or the asset was changed elsewhere. Nothing was written over it; look again in a moment.'
      );
    case 'record-unknown':
      return trans.__(
        'The Ocean Node has no description of this asset that can be changed here.'
      );
    case 'bad-address':
      return trans.__(
        'This is no address of an account, or it has a typing mistake. Nothing was sent.'
      );
    case 'bad-amount':
      return trans.__(
        'This is no amount that can be used here. Nothing was sent.'
      );
    case 'tx-reverted':
      return trans.__(
        'The contract refuses it: this account may not do that, or it is so already. Nothing was changed.'
      );
    case 'ddo-invalid':
      return trans.__(
        'The Ocean Node refuses the new description. Nothing was written.'
      );
    case 'not-indexed':
      return trans.__(
        'It is written on the chain, but the Ocean Node has not listed it yet. Look again in a moment.'
      );
    case 'rejected':
      return trans.__('You said no in the wallet. Nothing was changed.');
    case 'prompt-unknown':
      return trans.__(
        'A request of before may still be open in your wallet. Answer it there, then look again.'
      );
    case 'tx-in-flight':
      return trans.__(
        'Something of this account is under way. Wait until it is done, then try again.'
      );
    default:
      return problemWords(reason, trans);
  }
}
