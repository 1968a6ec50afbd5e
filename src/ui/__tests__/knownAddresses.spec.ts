import { KnownAddresses, lookAlike } from '../knownAddresses';

const OWN = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
/** Agrees with it in the digits that people look at. */
const like = (address: string, filler = '0'): string =>
  address.slice(0, 6) + filler.repeat(32) + address.slice(-4);
const TOKEN = '0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359';
const SELLER = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65';

test('alike at both ends, and another', () => {
  expect(lookAlike(like(OWN), [TOKEN, OWN])).toBe(OWN);
  expect(lookAlike(like(OWN).toLowerCase(), [OWN])).toBe(OWN);
  expect(lookAlike(OWN.toLowerCase(), [OWN])).toBeNull();
  // One digit more of either end differs: nobody takes that for it.
  const start = `0x7098${OWN.slice(6)}`;
  const end = `${OWN.slice(0, -4)}79C9`;
  expect(lookAlike(start, [OWN])).toBeNull();
  expect(lookAlike(end, [OWN])).toBeNull();
  expect(lookAlike('no address', [OWN])).toBeNull();
  expect(lookAlike(OWN, ['0x7099…79C8'])).toBeNull();
});

describe('known addresses', () => {
  const known = new KnownAddresses();
  const told = jest.fn();
  known.changed.connect(told);
  beforeEach(() => {
    known.set('own', [OWN]);
    known.set('network', [TOKEN, 'not an address']);
    known.set('seller', [SELLER]);
    told.mockClear();
  });

  test.each([
    ['own', OWN],
    ['network', TOKEN],
    ['seller', SELLER]
  ])('%s: what looks like it is told, it is not', (kind, address) => {
    expect(known.similarTo(like(address))).toEqual({ kind, address });
    expect(known.similarTo(address.toLowerCase())).toBeNull();
  });

  test('an impostor that was bought from is told all the same', () => {
    known.set('seller', [SELLER, like(SELLER), like(OWN)]);
    expect(known.similarTo(like(OWN))).toEqual({ kind: 'own', address: OWN });
    expect(known.similarTo(like(SELLER))?.address).toBe(SELLER);
    // One's own account is never doubted, whoever imitates it.
    expect(known.similarTo(OWN)).toBeNull();
  });

  test('told of when others are known, and only then', () => {
    known.set('own', [OWN.toLowerCase()]);
    expect(told).not.toHaveBeenCalled();
    known.set('own', []);
    expect(told).toHaveBeenCalledTimes(1);
    expect(known.similarTo(like(OWN))).toBeNull();
  });
});
