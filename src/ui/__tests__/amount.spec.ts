/** @jest-environment node */
import {
  AmountError,
  displayAmount,
  formatUnits,
  groupDigits,
  parseUnits
} from '../amount';

/** Mulberry32: the same inputs in each run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(8996);

function anyUnits(): bigint {
  const length = 1 + Math.floor(next() * 78);
  const digits = Array.from({ length }, () => Math.floor(next() * 10)).join('');
  return next() < 0.2 ? -BigInt(digits) : BigInt(digits);
}

describe('properties, over 2,000 amounts', () => {
  const cases = Array.from({ length: 2000 }, () => ({
    units: anyUnits(),
    decimals: Math.floor(next() * 25)
  }));

  it('is exact there and back', () => {
    for (const { units, decimals } of cases) {
      expect(parseUnits(formatUnits(units, decimals), decimals)).toBe(units);
    }
  });

  it('agrees with ethers', async () => {
    const ethers = await import('ethers/utils');
    for (const { units, decimals } of cases) {
      expect(ethers.parseUnits(formatUnits(units, decimals), decimals)).toBe(
        units
      );
      expect(parseUnits(ethers.formatUnits(units, decimals), decimals)).toBe(
        units
      );
    }
  });

  it('never shows more than there is, nor less by a whole last place', () => {
    for (const { units, decimals } of cases) {
      if (units < 0n) {
        continue;
      }
      const shown = displayAmount(units, decimals);
      if (shown.startsWith('<')) {
        expect(units).toBeGreaterThan(0n);
        continue;
      }
      const back = parseUnits(shown.replace(/,/g, ''), Math.max(decimals, 4));
      const exact = units * 10n ** BigInt(Math.max(0, 4 - decimals));
      const place = 10n ** BigInt(Math.max(decimals, 4) - 4);
      expect(back <= exact && exact - back < place).toBe(true);
    }
  });

  it('groups without changing a digit', () => {
    for (const { units } of cases) {
      const grouped = groupDigits(units.toString());
      expect(grouped.replace(/,/g, '')).toBe(units.toString());
      expect(grouped).toMatch(/^-?[0-9]{1,3}(,[0-9]{3})*$/);
    }
  });
});

it.each([
  [2500000n, 6, '2.5'],
  [1n, 18, '0.000000000000000001'],
  [0n, 18, '0'],
  [-1500n, 3, '-1.5'],
  [7n, 0, '7']
])('formats %s of %d decimals as %s', (units, decimals, text) => {
  expect(formatUnits(units, decimals)).toBe(text);
});

it.each(['', '.', '1.', '.5', '1e3', '0x1', '1,5', '1 000', '+1', 'NaN', '１'])(
  'refuses %p',
  text => {
    expect(() => parseUnits(text, 18)).toThrow(AmountError);
  }
);

it('refuses what the token can not hold, but not zeros', () => {
  expect(parseUnits('1.5000000', 6)).toBe(1500000n);
  expect(() => parseUnits('0.0000001', 6)).toThrow(
    expect.objectContaining({ code: 'too-fine' })
  );
});

it.each([
  [9999980000000000000000n, 18, {}, '9,999.98'],
  [250000000n, 6, { minimum: 2 }, '250.00'],
  [1n, 18, {}, '< 0.0001'],
  [1n, 18, { places: 0 }, '< 1'],
  [99999999n, 6, { places: 2 }, '99.99'],
  [0n, 18, { minimum: 2 }, '0.00']
])('shows %s of %d decimals (%j) as %s', (units, decimals, options, text) => {
  expect(displayAmount(units, decimals, options)).toBe(text);
});
