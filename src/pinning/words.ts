/** What the pinning room says, in words for people. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPinProvider, IPinRecord, PinBadge } from '../tokens';
import type { PinningCode } from './errors';

interface IProblem {
  code: string;
  message: string;
}

export interface IWords {
  title: string;
  /** What it means, and what helps. */
  meaning: string;
}

/** What happened, and what it means for the content. */
export function problemWords(
  trans: TranslationBundle,
  { code, message }: IProblem
): IWords {
  switch (code as PinningCode) {
    case 'unreachable':
      return {
        title: trans.__('Nobody answers there'),
        meaning: trans.__('It is tried again by itself.')
      };
    case 'busy':
      return {
        title: trans.__('The service asks for patience'),
        meaning: trans.__('It is tried again when it is ready.')
      };
    case 'service-failed':
      return {
        title: trans.__('The service has trouble'),
        meaning: trans.__('It is tried again by itself.')
      };
    case 'gave-up':
      return {
        title: trans.__('The service gave up'),
        meaning: trans.__(
          'Most often it could not fetch the content: is a node that has it online?'
        )
      };
    case 'key-refused':
      return {
        title: trans.__('The service refuses the key'),
        meaning: trans.__(
          'It is wrong, was revoked, or may not pin. Change it under Services.'
        )
      };
    case 'refused':
      return {
        title: trans.__('The service refuses this pin'),
        meaning: message
      };
    case 'not-a-service':
      return {
        title: trans.__('No pinning service answers at this address'),
        meaning: trans.__('Check the address of the service.')
      };
    case 'wrong-content':
      return {
        title: trans.__('The service kept something else'),
        meaning: trans.__('It is not counted as pinned. Try again.')
      };
    case 'page-only':
      return {
        title: trans.__('Only this page has the content'),
        meaning: trans.__(
          'This service fetches from nodes, and nobody can fetch from a page. Choose one that takes uploads.'
        )
      };
    case 'node-offline':
      return {
        title: trans.__('Your node is offline'),
        meaning: trans.__(
          'The service has to fetch from it: start it online, or choose a service that takes uploads.'
        )
      };
    case 'no-provider':
      return {
        title: trans.__('The service is not registered any more'),
        meaning: trans.__('Add it again, or take this pin off the list.')
      };
    case 'bad-service':
      return {
        title: trans.__('This is not accepted'),
        meaning: message
      };
    case 'content-unreadable':
      return {
        title: trans.__('The content can’t be read here'),
        meaning: trans.__('It is tried again by itself.')
      };
    case 'nothing-to-pin':
      return {
        title: trans.__('Nothing to pin'),
        meaning: trans.__('Choose a file or folder of the IPFS drive.')
      };
    case 'journal-blocked':
      return {
        title: trans.__('This browser keeps no data for this page'),
        meaning: trans.__('The queue of pins needs it. Nothing was pinned.')
      };
    default:
      return { title: trans.__('It did not work'), meaning: message };
  }
}

/** One sentence of a problem, for a notification. */
export function errorWords(trans: TranslationBundle, error: unknown): string {
  const { code, message } = error as Partial<IProblem>;
  const { title, meaning } = problemWords(trans, {
    code: String(code ?? ''),
    message: String(message ?? error)
  });
  return `${title}. ${meaning}`;
}

/** The state of a pin, in a word or two. */
export function stateWords(
  trans: TranslationBundle,
  { state, nextTry, progress }: IPinRecord
): string {
  switch (state) {
    case 'pinned':
      return trans.__('Pinned');
    case 'queued':
      return trans.__('In the service’s queue');
    case 'pinning':
      return trans.__('The service is fetching it');
    case 'failed':
      return trans.__('Failed');
    case 'removing':
      return trans.__('Being unpinned');
    default:
      return progress !== null
        ? trans.__('Sending, %1 %', Math.round(progress * 100))
        : nextTry
          ? trans.__('Waits for the next try')
          : trans.__('Waiting');
  }
}

export function badgeWords(trans: TranslationBundle, badge: PinBadge): string {
  switch (badge) {
    case 'here':
      return trans.__('Pinned on this node');
    case 'elsewhere':
      return trans.__('Pinned elsewhere, too');
    case 'browser':
      return trans.__('In this browser only');
    case 'pinning':
      return trans.__('Being pinned');
    case 'failed':
      return trans.__('Pinning failed');
  }
}

/** What a provider is, in a few words. */
export function kindWords(
  trans: TranslationBundle,
  { kind, takes }: Pick<IPinProvider, 'kind' | 'takes'>
): string {
  switch (kind) {
    case 'node':
      return trans.__('Kept while this node is');
    case 'kubo-remote':
      return trans.__('Pinning service of your node');
    case 'filecoin':
      return trans.__('Filecoin, paid from your wallet');
    case 'service':
      return takes === 'upload'
        ? trans.__('Pinning service, takes uploads')
        : trans.__('Pinning service, fetches from your node');
  }
}

/** `in 12 s`, `in 3 min`. */
export function whenWords(
  trans: TranslationBundle,
  time: string,
  now: number = Date.now()
): string {
  const seconds = Math.max(0, Math.round((Date.parse(time) - now) / 1000));
  return seconds < 90
    ? trans.__('in %1 s', seconds)
    : trans.__('in %1 min', Math.round(seconds / 60));
}
