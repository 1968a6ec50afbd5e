import { imitated } from '../impostor';

const LISTED = '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359';
const OTHER = '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3358';
const network = {
  currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  paymentTokens: [
    { address: LISTED, symbol: 'USDC', decimals: 6 },
    { address: `0x${'7'.repeat(40)}`, symbol: 'OCEAN', decimals: 18 }
  ]
};

test.each([
  ['the same', 'USDC', 'USDC'],
  ['in another case, with blanks', ' usdc ', 'USDC'],
  ['Cyrillic letters', 'U\u0405D\u0421', 'USDC'],
  ['wide letters', 'ＵＳＤＣ', 'USDC'],
  ['marks that are not seen', 'U\u200bS\u202eDC', 'USDC'],
  ['accents', 'ÚSDĆ', 'USDC'],
  ['a digit', '0CEAN', 'OCEAN'],
  ['a dollar', 'U$DC', 'USDC'],
  ['what no contract is', 'ETH', 'ETH']
])('%s: told', (_, symbol, looks) => {
  expect(imitated({ address: OTHER, symbol }, network)).toBe(looks);
});

test.each(['USDT', 'USDC.e', 'mOCEAN', '', '\u202e'])(
  '%p is called otherwise',
  symbol => {
    expect(imitated({ address: OTHER, symbol }, network)).toBeNull();
  }
);

test('the token itself is no impostor, in any case of its address', () => {
  for (const address of [LISTED, LISTED.toLowerCase()]) {
    expect(imitated({ address, symbol: 'USDC' }, network)).toBeNull();
  }
});
