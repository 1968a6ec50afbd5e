/**
 * An account or contract that somebody types to be paid, or to own something:
 * what is wrong with it, and what to be careful of, before anything is sent.
 */
import { checkedAddress } from '../ocean/states';
import { knownAddresses, lookAlike } from '../ui/knownAddresses';
import type { ISectionProps } from './manageParts';

/** With its checksum; null where it is no address. */
export function addressOf(text: string): string | null {
  try {
    return checkedAddress(text);
  } catch {
    // Not typed to its end, or wrong: said by `receiverProblem`.
    return null;
  }
}

/** What is wrong with what is typed, in words; null while nothing is. */
export function receiverProblem(
  text: string,
  { model, state, trans }: Pick<ISectionProps, 'model' | 'state' | 'trans'>
): string | null {
  if (text.trim() === '') {
    return null;
  }
  const address = addressOf(text);
  if (!address) {
    return trans.__('This is no address, or it is mistyped.');
  }
  const { lists, revenue, sales, splitter, formerSplitters } = state;
  const known = [
    model.shownAccount,
    ...lists.flatMap(({ members }) => members.map(one => one.account)),
    ...sales.map(({ collector }) => collector),
    ...[splitter, ...formerSplitters.map(one => one.splitter)].flatMap(
      one => one?.payees.map(({ account }) => account) ?? []
    ),
    ...(revenue?.sales.map(({ consumer }) => consumer) ?? [])
  ];
  const similar =
    lookAlike(address, known) ?? knownAddresses.similarTo(address)?.address;
  return similar
    ? trans.__(
        'Careful: it looks like %1 and is another account. Such addresses are made to deceive.',
        similar
      )
    : null;
}
