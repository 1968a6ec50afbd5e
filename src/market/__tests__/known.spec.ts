import { Signal } from '@lumino/signaling';

import { oceanConfig } from '../../ocean/config';
import { PRESETS } from '../../wallet/presets';
import { KnownAddresses } from '../../ui/knownAddresses';
import { bookmarksIn } from '../bookmarks';
import { AddressBook } from '../known';
import { PurchaseRecords } from '../records';
import { ACCOUNT, asset, DID, memoryStore } from './fakes';

const SELLER = '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65';
const SECOND = '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc';
const like = (address: string): string =>
  address.slice(0, 6) + '0'.repeat(32) + address.slice(-4);

test('wallet, settings and purchases: who is known, and who looks like it', async () => {
  const polygon = PRESETS.find(({ chainId }) => chainId === 137)!;
  const state = { account: ACCOUNT as string | null };
  const wallet = {
    state,
    networks: [polygon]
  } as unknown as ConstructorParameters<typeof AddressBook>[1];
  Object.assign(wallet, {
    stateChanged: new Signal(wallet),
    networksChanged: new Signal(wallet)
  });
  const records = new PurchaseRecords(memoryStore());
  const bookmarks = bookmarksIn(memoryStore());
  const known = new KnownAddresses();
  const book = new AddressBook(known, wallet, records, bookmarks);
  const kind = (address: string): string | undefined =>
    known.similarTo(like(address))?.kind;

  expect(kind(ACCOUNT)).toBe('own');
  expect(kind(polygon.paymentTokens[1].address)).toBe('network');
  expect(kind(SELLER)).toBeUndefined();
  records.set({
    did: DID,
    chainId: 137,
    account: ACCOUNT,
    name: 'Rows',
    seller: SELLER,
    asked: new Date(0).toISOString(),
    nonce: 0,
    done: true
  });
  expect(kind(SELLER)).toBe('seller');

  // Whose asset has a star; no more once it is taken away.
  const starred = asset({ owner: SECOND });
  expect(kind(SECOND)).toBeUndefined();
  bookmarks.toggle(starred);
  expect(kind(SECOND)).toBe('seller');
  bookmarks.toggle(starred);
  expect(kind(SECOND)).toBeUndefined();

  // Who is logged in now; the account of before stays one's own.
  state.account = SECOND;
  (wallet.stateChanged as Signal<unknown, unknown>).emit(state);
  expect(kind(SECOND)).toBe('own');
  expect(kind(ACCOUNT)).toBe('own');

  // Ocean's factory on Polygon, of lib's bundled list.
  const { nftFactoryAddress } = await oceanConfig(polygon);
  expect(kind(nftFactoryAddress)).toBeUndefined();
  await book.addContracts(137);
  expect(kind(nftFactoryAddress)).toBe('network');
});
