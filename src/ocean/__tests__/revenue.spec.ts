import { parseAmount } from '../pricing';
import {
  fittingPeriod,
  pointsOf,
  revenueCsv,
  totalsOf,
  type ISaleRecord
} from '../revenue';
import { rateOf } from '../sale';
import { checkShares } from '../splitter';

const TOKEN = (decimals: number) => ({
  address: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  symbol: `T${decimals}`,
  decimals
});

const sale = (
  day: string,
  amount: bigint | null,
  decimals = 6
): ISaleRecord => ({
  tx: '0xaa',
  blockNumber: 1,
  timestamp: Date.parse(day) / 1000,
  datatoken: '0xdd',
  consumer: '0xc0',
  payer: '0xc1',
  serviceIndex: 0,
  earned: amount === null ? null : { token: TOKEN(decimals), amount, fees: 1n }
});

const sales = [
  sale('2026-01-30T10:00:00Z', 1_500_000n),
  sale('2026-01-30T23:59:59Z', null),
  sale('2026-02-02T00:00:00Z', 2n)
];

test('totals are exact', () => {
  expect(totalsOf(sales)).toEqual([{ token: TOKEN(6), amount: 1_500_002n }]);
  const huge = 2n ** 255n;
  expect(
    totalsOf([sale('2026-01-01', huge, 18), sale('2026-01-02', 1n, 18)])
  ).toEqual([{ token: TOKEN(18), amount: huge + 1n }]);
});

test('by day, week and month, with the empty ones in between', () => {
  const { address } = TOKEN(6);
  expect(pointsOf(sales, address, 'day')).toEqual([
    {
      start: Date.UTC(2026, 0, 30),
      orders: 2,
      amount: 1_500_000n,
      total: 1_500_000n
    },
    { start: Date.UTC(2026, 0, 31), orders: 0, amount: 0n, total: 1_500_000n },
    { start: Date.UTC(2026, 1, 1), orders: 0, amount: 0n, total: 1_500_000n },
    { start: Date.UTC(2026, 1, 2), orders: 1, amount: 2n, total: 1_500_002n }
  ]);
  // Monday, the 26th of January, and the 2nd of February.
  expect(pointsOf(sales, address, 'week').map(({ start }) => start)).toEqual([
    Date.UTC(2026, 0, 26),
    Date.UTC(2026, 1, 2)
  ]);
  expect(pointsOf(sales, address, 'month').map(({ orders }) => orders)).toEqual(
    [2, 1]
  );
  expect(pointsOf([], address, 'day')).toEqual([]);
});

test('years of sales are shown by longer periods, the newest included', () => {
  const { address } = TOKEN(6);
  const years = [sale('2020-03-04', 1n), sale('2026-11-29', 2n)];
  expect(fittingPeriod(sales, 'day')).toBe('day');
  expect(fittingPeriod(years, 'day')).toBe('week');
  expect(fittingPeriod(years, 'month')).toBe('month');
  expect(fittingPeriod([], 'day')).toBe('day');
  const points = pointsOf(years, address, fittingPeriod(years, 'day'));
  expect(points.at(-1)).toMatchObject({ orders: 1, amount: 2n, total: 3n });
  // So many that their arguments would not fit on the stack.
  const crowd = Array.from({ length: 200_000 }, () => sale('2026-01-30', 1n));
  expect(pointsOf(crowd, address, 'day')).toEqual([
    {
      start: Date.UTC(2026, 0, 30),
      orders: 200_000,
      amount: 200_000n,
      total: 200_000n
    }
  ]);
});

test('CSV: exact amounts, and no formula of a stranger', () => {
  const odd = sale('2026-01-30T10:00:00Z', 10n, 18);
  odd.earned!.token.symbol = '=HYPERLINK("x","y")';
  const lines = revenueCsv([...sales, odd]).split('\r\n');
  expect(lines).toHaveLength(6);
  expect(lines[1]).toBe(
    `2026-01-30T10:00:00.000Z,0xaa,1,0xc0,0xc1,0,1.5,0.000001,T6,${TOKEN(6).address}`
  );
  expect(lines[2]).toContain(',0,0,0,,');
  expect(lines[4]).toContain(
    '0.00000000000000001,0.000000000000000001,"\'=HYPERLINK(""x"",""y"")"'
  );
});

test.each([0, 6, 8, 18])('a price of a token of %i decimals', decimals => {
  const amount = decimals ? `2.${'0'.repeat(decimals - 1)}1` : '2';
  const rate = decimals === 18 ? parseAmount(amount, 18) : null;
  expect(rateOf(amount, TOKEN(decimals))).toBe(
    rate ?? parseAmount(amount, decimals) * 10n ** BigInt(18 - decimals)
  );
  expect(() => rateOf(`1.${'0'.repeat(decimals)}1`, TOKEN(decimals))).toThrow(
    expect.objectContaining({ code: 'bad-amount' })
  );
  expect(() => rateOf('0', TOKEN(decimals))).toThrow(
    expect.objectContaining({ code: 'bad-amount' })
  );
});

test('shares of different accounts, whole and positive', () => {
  const a = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
  const b = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';
  expect(
    checkShares([
      { account: a, shares: '3' },
      { account: b, shares: '1' }
    ])
  ).toEqual([
    { account: a, shares: 3n },
    { account: b, shares: 1n }
  ]);
  for (const wrong of ['0', '-1', '1.5', '', 'x']) {
    expect(() =>
      checkShares([
        { account: a, shares: wrong },
        { account: b, shares: '1' }
      ])
    ).toThrow(expect.objectContaining({ code: 'bad-amount' }));
  }
  expect(() =>
    checkShares([
      { account: a, shares: '1' },
      { account: a.toLowerCase(), shares: '1' }
    ])
  ).toThrow(expect.objectContaining({ code: 'bad-address' }));
});
