/**
 * Amounts of tokens: integers of base units on the inside, decimal text for
 * people. Exact both ways; no floating point anywhere.
 */

/** Text that is no decimal amount, or finer than the token's smallest unit. */
export class AmountError extends Error {
  constructor(
    readonly code: 'malformed' | 'too-fine',
    readonly text: string
  ) {
    super(
      code === 'malformed'
        ? `"${text}" is not an amount`
        : `"${text}" has more decimals than the token`
    );
    this.name = 'AmountError';
  }
}

/**
 * Base units as a decimal number without trailing zeros, e.g.
 * `formatUnits(2500000n, 6)` is `2.5`.
 */
export function formatUnits(units: bigint, decimals: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return sign + whole + (fraction && `.${fraction}`);
}

/**
 * The opposite of `formatUnits`.
 *
 * @throws AmountError when it is no plain decimal number, or has more decimals
 * (other than zeros) than the token.
 */
export function parseUnits(text: string, decimals: number): bigint {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(text.trim());
  if (!match) {
    throw new AmountError('malformed', text);
  }
  const [, sign, whole, fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(decimals))) {
    throw new AmountError('too-fine', text);
  }
  const units = BigInt(
    whole + fraction.slice(0, decimals).padEnd(decimals, '0')
  );
  return sign ? -units : units;
}

/** Digits in groups of three, e.g. `9,999.98`. */
export function groupDigits(amount: string): string {
  const [whole, fraction] = amount.split('.');
  const grouped = whole.replace(/\B(?=([0-9]{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/**
 * An amount that is paid: digits in groups and every decimal that is not a
 * trailing zero, so that what is read is what leaves the account.
 */
export function exactAmount(units: bigint, decimals: number): string {
  return groupDigits(formatUnits(units, decimals));
}

/**
 * An amount for reading: digits in groups, at most `places` decimals, cut and
 * never rounded up (nobody has more than they have), `minimum` of them kept.
 * What is too small to show is `< 0.0001`, never `0`.
 */
export function displayAmount(
  units: bigint,
  decimals: number,
  options: { places?: number; minimum?: number } = {}
): string {
  const { places = 4, minimum = 0 } = options;
  const [whole, fraction = ''] = formatUnits(units, decimals).split('.');
  const shown = fraction.slice(0, places).replace(/0+$/, '');
  if (units > 0n && whole === '0' && !shown && fraction) {
    return places > 0 ? `< 0.${'1'.padStart(places, '0')}` : '< 1';
  }
  const padded = shown.padEnd(minimum, '0');
  return groupDigits(padded ? `${whole}.${padded}` : whole);
}
