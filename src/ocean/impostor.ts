/** Tokens that call themselves like one that the settings name, and are not it. */
import type { INetwork, IPaymentToken } from '../tokens';
import { oneLine } from './foreignText';

/**
 * Letters of other scripts, and digits, that look like Latin letters (of
 * Unicode TR39's confusables, those that capitals and digits of a symbol are
 * imitated with), in lower case.
 */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  // Cyrillic
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѕ: 's',
  һ: 'h',
  н: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'i',
  м: 'm',
  о: 'o',
  р: 'p',
  т: 't',
  у: 'y',
  х: 'x',
  // Greek
  α: 'a',
  β: 'b',
  ϲ: 'c',
  ε: 'e',
  η: 'h',
  ι: 'i',
  κ: 'k',
  μ: 'm',
  ν: 'n',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ζ: 'z',
  // Digits and strokes
  '0': 'o',
  '1': 'i',
  '5': 's',
  l: 'i',
  '|': 'i',
  $: 's'
};

/** What a symbol looks like: letters and digits, the like ones the same. */
function skeleton(symbol: string): string {
  return [...oneLine(symbol, 40).normalize('NFKD').toLowerCase()]
    .map(letter => LOOKS_LIKE[letter] ?? letter)
    .filter(letter => /[\p{L}\p{N}]/u.test(letter))
    .join('');
}

/**
 * The token of a network's list that another one is called like, by eye; null
 * where the token is in the list, or is called otherwise. Its own currency
 * counts too: no contract is that.
 */
export function imitated(
  token: { address: string; symbol: string },
  network: Pick<INetwork, 'paymentTokens' | 'currency'>
): string | null {
  const lower = token.address.toLowerCase();
  const isListed = (one: IPaymentToken): boolean =>
    one.address.toLowerCase() === lower;
  if (network.paymentTokens.some(isListed)) {
    return null;
  }
  const looks = skeleton(token.symbol);
  return (
    [...network.paymentTokens, network.currency].find(
      ({ symbol }) => looks !== '' && skeleton(symbol) === looks
    )?.symbol ?? null
  );
}
