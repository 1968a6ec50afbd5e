/** @jest-environment node */
/**
 * Money against exact arithmetic, on seeded random amounts: nothing is ever
 * rounded, whatever the token's decimals. WEB3_LONG for many more.
 */
import { exactAmount, formatUnits, parseUnits } from '../../ui/amount';
import { duesOf, sumsOf } from '../dues';
import type { IProviderFee } from '../nodeClient';
import { formatAmount, parseAmount, type IAssetPrice } from '../pricing';

const SEED = Number(process.env.WEB3_SEED ?? 20261123);
const ROUNDS = process.env.WEB3_LONG ? 20_000 : 1000;
const TOKENS = [0, 6, 8, 18];
const [A, B, C, DATATOKEN, EXCHANGE] = [1, 2, 3, 4, 5].map(
  digit => '0x' + String(digit).repeat(40)
);

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const next = random(SEED);
const below = (limit: number): number => Math.floor(next() * limit);
/** Up to 256 bits; small and large ones alike. */
const amount = (): bigint => {
  let value = 0n;
  for (let bits = below(256); bits > 0; bits -= 16) {
    value = (value << 16n) | BigInt(below(65536));
  }
  return value & (2n ** 256n - 1n);
};

/** A decimal text as a fraction, by its digits alone. */
function fraction(text: string): { over: bigint; under: bigint } {
  const [whole, places = ''] = text.split('.');
  return { over: BigInt(whole + places), under: 10n ** BigInt(places.length) };
}

it(`amounts are what their texts say, seed ${SEED}`, () => {
  for (let round = 0; round < ROUNDS; round++) {
    for (const decimals of TOKENS) {
      const units = amount();
      for (const text of [
        formatAmount(units, decimals),
        formatUnits(units, decimals),
        exactAmount(units, decimals).replace(/,/g, '')
      ]) {
        const { over, under } = fraction(text);
        // units / 10^decimals === over / under, without dividing.
        expect(units * under).toBe(over * 10n ** BigInt(decimals));
        expect(text).not.toMatch(/\.\d*0$/);
        expect(parseAmount(text, decimals)).toBe(units);
        expect(parseUnits(text, decimals)).toBe(units);
      }
    }
  }
});

it('what is finer than the token is refused, never rounded', () => {
  for (let round = 0; round < ROUNDS; round++) {
    for (const decimals of TOKENS) {
      const text = `${below(1000)}.${'0'.repeat(decimals)}${1 + below(9)}`;
      expect(() => parseAmount(text, decimals)).toThrow(/is no amount/);
      expect(() => parseUnits(text, decimals)).toThrow(/more decimals/);
    }
  }
});

it('sums of price and fees are their sums, by token, to the last unit', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const tokens = [A, B, C];
    const pick = (): string => tokens[below(3)];
    const [total, order, node] = [amount(), amount(), amount()];
    const [priceToken, orderToken, nodeToken] = [pick(), pick(), pick()];
    const template = 1 + below(2);
    const price = {
      token: { address: priceToken, symbol: 'P', decimals: TOKENS[below(4)] },
      template,
      total,
      exchange: { contract: EXCHANGE, id: '0x' },
      orderFee: {
        token: { address: orderToken, symbol: 'O', decimals: 0 },
        amount: order
      }
    } as IAssetPrice;
    const providerFee = {
      providerFeeToken: nodeToken,
      providerFeeAmount: String(node)
    } as IProviderFee;
    const held = below(2) === 1;
    const reuse = below(4) === 0 ? '0x' : undefined;
    const dues = duesOf({
      datatoken: DATATOKEN,
      price,
      providerFee,
      held,
      reuse: reuse && 'tx'
    });
    for (const token of tokens) {
      const expected =
        (token === priceToken && !held && !reuse ? total : 0n) +
        (token === orderToken && !reuse ? order : 0n) +
        (token === nodeToken ? node : 0n);
      expect(sumsOf(dues).get(token) ?? 0n).toBe(expected);
    }
    // Each due is allowed to whom takes it, and to nobody else.
    for (const { spender, priced } of dues) {
      expect(spender).toBe(priced && template === 1 ? EXCHANGE : DATATOKEN);
    }
  }
});
