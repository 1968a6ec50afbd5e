import { parseAmount } from '../pricing';
import {
  fittingPeriod,
  pointsOf,
  revenueCsv,
  type ISaleRecord
} from '../revenue';
import { mayGiveAway, rateOf, type ISale } from '../sale';
import { checkShares } from '../splitter';
import { Lots, sumOf, type ISwap } from '../swaps';

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
  earned: amount === null ? null : { token: TOKEN(decimals), amount, fees: 1n },
  isFree: amount === null
});

const sales = [
  sale('2026-01-30T10:00:00Z', 1_500_000n),
  sale('2026-01-30T23:59:59Z', null),
  sale('2026-02-02T00:00:00Z', 2n)
];

const ONE = 10n ** 18n;
const swap = (patch: Partial<ISwap>): ISwap => ({
  tx: '0x01',
  by: '0xA1',
  token: TOKEN(6),
  amount: 10n,
  fees: 1n,
  datatokens: ONE,
  isBack: false,
  ...patch
});

test('totals are exact, without what was sold back', () => {
  const huge = 2n ** 255n;
  const other = { ...TOKEN(18), address: '0xee' };
  expect(
    sumOf([
      swap({ amount: huge }),
      swap({ amount: 1n }),
      swap({ token: other, amount: 3n }),
      swap({ token: other, amount: 2n, isBack: true })
    ])
  ).toEqual([
    { token: TOKEN(6), amount: huge + 1n },
    { token: other, amount: 1n }
  ]);
});

test('an order is matched with what its datatoken was bought for', () => {
  const lots = new Lots([
    // Template 2: in the transaction of the order, by the datatoken.
    swap({ tx: '0x02', by: '0xdd', amount: 7n }),
    // Template 1: three at once, one of them sold back.
    swap({ amount: 31n, fees: 3n, datatokens: 3n * ONE }),
    swap({ tx: '0x03', amount: 10n, fees: 0n, isBack: true })
  ]);
  expect(lots.take('0x02', '0xb2', ONE)).toMatchObject({ amount: 7n });
  expect(lots.take('0x04', '0xb2', ONE)).toBeNull();
  expect(lots.take('0x04', '0xa1', ONE)).toMatchObject({ amount: 10n });
  expect(lots.left()).toEqual([{ token: TOKEN(6), amount: 11n }]);
  expect(lots.take('0x05', '0xa1', ONE)).toMatchObject({ amount: 11n });
  expect(lots.take('0x06', '0xa1', ONE)).toBeNull();
  expect(lots.left()).toEqual([]);
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

test('what could be sold back to an exchange is not given away', () => {
  const of = (template: number, exchanges: number): boolean =>
    mayGiveAway({ template, exchanges: Array(exchanges) } as unknown as ISale);
  expect(of(1, 1)).toBe(false);
  expect(of(1, 0)).toBe(true);
  expect(of(2, 1)).toBe(true);
});
