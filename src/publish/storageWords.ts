/** Where a publication is kept, in words for a person. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { problemWords } from '../pinning/words';
import type { IKeeperState } from '../tokens';
import { codeOf, messageOf } from './errors';
import type { IJobRecord, IKeeper } from './record';
import { isPageOnly, NODE, PAGE } from './storage';

/** Why somebody does not keep it, in a sentence or two. */
export function keeperProblem(
  trans: TranslationBundle,
  error: unknown
): string {
  const code = String(codeOf(error) ?? 'failed');
  if (code === 'cancelled') {
    return trans.__('You did not agree to it.');
  }
  if (code === 'not-there') {
    return trans.__('It was asked again, and does not have it.');
  }
  const { title, meaning } = problemWords(trans, {
    code,
    message: messageOf(error)
  });
  return meaning ? trans.__('%1. %2', title, meaning) : title;
}

/** "cluster: Nobody answers there." */
export function keeperTrouble(
  trans: TranslationBundle,
  { label, trouble }: IKeeper
): string {
  return trans.__('%1: %2', label, keeperProblem(trans, trouble));
}

/** Somebody who keeps it, by name. */
export function holderName(
  trans: TranslationBundle,
  { id, label }: { id: string; label: string }
): string {
  return id === NODE
    ? trans.__('this node')
    : id === PAGE
      ? trans.__('this browser')
      : label;
}

/** How far somebody is who is to keep it. */
export function keeperState(
  trans: TranslationBundle,
  { state }: IKeeperState
): string {
  const words: Record<IKeeperState['state'], string> = {
    waiting: trans.__('waiting'),
    queued: trans.__('queued'),
    pinning: trans.__('fetching'),
    pinned: trans.__('pinned'),
    failed: trans.__('failed'),
    removing: trans.__('being removed'),
    has: trans.__('has it')
  };
  return words[state];
}

/** Who had it when they were asked last, before anything was paid. */
export function keptBy(trans: TranslationBundle, record: IJobRecord): string {
  const names = (record.holders ?? [])
    .filter(({ has }) => has)
    .map(holder => holderName(trans, holder));
  return isPageOnly(record)
    ? trans.__('only this browser: nobody can download it yet')
    : names.join(', ');
}

/** What a discarded job could not take back from those who kept it. */
export function leftWords(
  trans: TranslationBundle,
  { keepers = [] }: IJobRecord
): string {
  const names = (left: IKeeper['left']): string =>
    keepers
      .filter(keeper => keeper.left === left)
      .map(({ label }) => label)
      .join(', ');
  const asked = names('asked');
  const kept = names('kept');
  return [
    asked
      ? trans.__(
          '%1 could not be asked to let go of it; that is tried again by itself.',
          asked
        )
      : '',
    kept ? trans.__('It stays at %1.', kept) : ''
  ]
    .filter(Boolean)
    .join(' ');
}
