/** Tells the page which addresses are known: from wallet, settings, purchases, bookmarks. */
import { oceanConfig } from '../ocean/config';
import type { IWallet } from '../tokens';
import type { KnownAddresses } from '../ui/knownAddresses';
import type { AssetNotes } from './bookmarks';
import type { PurchaseRecords } from './records';

type KnownWallet = Pick<
  IWallet,
  'state' | 'stateChanged' | 'networks' | 'networksChanged'
>;

/** Keeps a list of known addresses as these have them. */
export class AddressBook {
  constructor(
    private _known: KnownAddresses,
    private _wallet: KnownWallet,
    private _records: Pick<PurchaseRecords, 'list' | 'changed'>,
    private _bookmarks: Pick<AssetNotes, 'list' | 'changed'>
  ) {
    _wallet.stateChanged.connect(this._look, this);
    _wallet.networksChanged.connect(this._look, this);
    _records.changed.connect(this._look, this);
    _bookmarks.changed.connect(this._look, this);
    this._look();
  }

  /**
   * Ocean's contracts of a network, where the settings do not name them: they
   * come with a large library, so only once it is needed anyway. Never rejects:
   * where none are known, less is warned of.
   */
  async addContracts(chainId: number): Promise<void> {
    const network = this._wallet.networks.find(one => one.chainId === chainId);
    if (!network) {
      return;
    }
    try {
      Object.values(await oceanConfig(network)).forEach(value => {
        if (typeof value === 'string') {
          this._contracts.add(value);
        }
      });
      this._look();
    } catch (reason) {
      console.warn('No contracts to compare addresses with', reason);
    }
  }

  private _look(): void {
    const { state, networks } = this._wallet;
    const purchases = this._records.list();
    // An account that was left stays one's own.
    for (const account of [
      state.account,
      ...purchases.map(({ account }) => account)
    ]) {
      if (account) {
        this._own.add(account);
      }
    }
    this._known.set('own', this._own);
    this._known.set('network', [
      ...networks.flatMap(({ paymentTokens, contracts }) => [
        ...paymentTokens.map(({ address }) => address),
        ...Object.values(contracts ?? {}).filter(
          value => typeof value === 'string'
        )
      ]),
      ...this._contracts
    ]);
    this._known.set('seller', [
      ...purchases.flatMap(({ seller }) => seller ?? []),
      ...this._bookmarks.list().flatMap(({ owner }) => owner ?? [])
    ]);
  }

  private _own = new Set<string>();
  private _contracts = new Set<string>();
}
