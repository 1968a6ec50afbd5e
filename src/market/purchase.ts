/**
 * Buying an asset: once, however often it is asked for.
 *
 * A click, another click, another tab, a reload: all end in the one order. What
 * is on the chain is looked for first; before the wallet is asked it is written
 * down, and the transaction's hash as soon as the wallet returns it.
 */
import type { IWallet } from '../tokens';
import { NotConnectedError } from '../wallet/errors';
import { codeOf, MarketError } from './errors';
import type {
  IAsset,
  IAssetPrice,
  IDeal,
  IMarketOcean,
  IProviderFee
} from './ports';
import { sendTransaction } from './prompt';
import type { IPurchaseRecord, PurchaseRecords } from './records';

export interface IPurchase {
  did: string;
  orderTx: string;
  /** It had been bought before: nothing was paid now. */
  reused: boolean;
}

/** Where a purchase is. `prompt` of `prompts` wallet prompts is next or open. */
export interface IPurchaseStep {
  step: 'checking' | 'wallet' | 'mining';
  prompt: number;
  /** All prompts of the purchase, without the one for the download. */
  prompts: number;
  hash?: string;
}

export interface IBuyOptions {
  /** What the person was shown (base units, fees included): never pays more. */
  shown?: bigint;
  /** The person says that no old prompt is open any more. */
  again?: boolean;
  onStep?: (step: IPurchaseStep) => void;
}

/** The part of `navigator.locks` that is used; injected by tests. */
export interface ILocks {
  request<T>(name: string, held: () => Promise<T>): Promise<T>;
}

export interface IPurchaseDeps {
  wallet: Pick<IWallet, 'state' | 'provider' | 'reader'>;
  ocean: IMarketOcean;
  records: PurchaseRecords;
  /** Null where the browser has none. */
  locks: ILocks | null;
  /** Whether a node outside the settings may be asked. */
  confirmForeign: (host: string) => Promise<boolean>;
}

/**
 * What a purchase takes, in base units of the price's token. A fee of the
 * datatoken in another token is not in it.
 */
export function costOf(
  price: IAssetPrice,
  providerFee: IProviderFee | null
): bigint {
  const token = price.token?.address.toLowerCase();
  const of = (address: string, amount: bigint): bigint =>
    address.toLowerCase() === token ? amount : 0n;
  return (
    price.total +
    (price.orderFee
      ? of(price.orderFee.token.address, price.orderFee.amount)
      : 0n) +
    (providerFee
      ? of(providerFee.providerFeeToken, BigInt(providerFee.providerFeeAmount))
      : 0n)
  );
}

/** A fee of the node that no sum shows: in another token than the price. */
function isOddFee(price: IAssetPrice, fee: IProviderFee): boolean {
  return (
    BigInt(fee.providerFeeAmount) > 0n &&
    fee.providerFeeToken.toLowerCase() !== price.token?.address.toLowerCase()
  );
}

export class Purchases {
  constructor(private _deps: IPurchaseDeps) {}

  /**
   * Buy an asset with the connected account, or find that it was bought.
   *
   * @throws MarketError prompt-unknown | tx-in-flight | price-changed |
   *   no-access | node-refused-by-person | insecure-context, WalletError,
   *   OceanError (asset-inactive, not-for-sale, insufficient-balance,
   *   tx-reverted, tx-replaced, tx-pending, node-unreachable, …)
   */
  buy(asset: IAsset, options: IBuyOptions = {}): Promise<IPurchase> {
    const { account } = this._deps.wallet.state;
    if (!account) {
      return Promise.reject(new NotConnectedError());
    }
    const key = `${asset.chainId}:${asset.did}:${account.toLowerCase()}`;
    let flight = this._flights.get(key);
    if (!flight) {
      const { locks } = this._deps;
      flight = (
        locks
          ? locks.request(`jupyterlab-web3:buy:${key}`, () =>
              this._buy(asset, account, options)
            )
          : Promise.reject(
              new MarketError(
                'insecure-context',
                'Buying needs Web Locks: open this page by https or from localhost'
              )
            )
      ).finally(() => this._flights.delete(key));
      this._flights.set(key, flight);
    }
    return flight;
  }

  private async _buy(
    asset: IAsset,
    account: string,
    options: IBuyOptions
  ): Promise<IPurchase> {
    const { ocean, records } = this._deps;
    const { did, chainId } = asset;
    const tell = options.onStep ?? (() => undefined);
    tell({ step: 'checking', prompt: 0, prompts: 0 });

    const before = records.get(did, chainId, account);
    const known = await this._before(asset, account, before, options, tell);
    if (known) {
      return known;
    }
    if (!asset.service) {
      throw new MarketError('no-access', `${did} has no access service`);
    }
    const foreign = ocean.foreignHost(asset);
    if (foreign && !(await this._deps.confirmForeign(foreign))) {
      throw new MarketError('node-refused-by-person', foreign, {
        host: foreign
      });
    }
    const price = await ocean.price(asset);
    const providerFee = await ocean.initialize(asset, account);
    if (
      options.shown !== undefined &&
      costOf(price, providerFee) > options.shown
    ) {
      throw new MarketError('price-changed', 'It costs more than was shown');
    }
    if (isOddFee(price, providerFee)) {
      throw new MarketError('odd-fee', 'The node asks a fee in another token');
    }
    const deal: IDeal = { asset, buyer: account, price, providerFee };
    await ocean.checkFunds(deal);

    const approvals = await ocean.approveTxs(deal);
    const prompts = approvals.length + 1;
    for (const [at, tx] of approvals.entries()) {
      tell({ step: 'wallet', prompt: at + 1, prompts });
      const hash = await sendTransaction(
        this._deps.wallet,
        tx,
        account,
        chainId
      );
      tell({ step: 'mining', prompt: at + 1, prompts, hash });
      await this._approved(deal, chainId, hash);
    }

    const tx = await ocean.buyTx(deal);
    const nonce = await this._nonce(chainId, account, 'pending');
    const record: IPurchaseRecord = {
      did,
      chainId,
      account,
      name: asset.name,
      asked: new Date().toISOString(),
      nonce
    };
    // On the same nonce at most one of an old and a new prompt is ever mined
    // (where the wallet takes the nonce; some choose their own).
    const pinned =
      before && !before.hash && before.nonce === nonce ? nonce : undefined;
    tell({ step: 'wallet', prompt: prompts, prompts });
    const hash = await sendTransaction(
      this._deps.wallet,
      tx,
      account,
      chainId,
      {
        nonce: pinned,
        asking: () => records.set(record),
        unsent: () => records.remove(record)
      }
    );
    records.set({ ...record, hash });
    tell({ step: 'mining', prompt: prompts, prompts, hash });
    return this._ordered(asset, { ...record, hash }, false);
  }

  /** What was bought, or may have been, before this call. */
  private async _before(
    asset: IAsset,
    account: string,
    before: IPurchaseRecord | null,
    options: IBuyOptions,
    tell: (step: IPurchaseStep) => void
  ): Promise<IPurchase | null> {
    const { ocean, records } = this._deps;
    const order = await ocean.findOrder(asset, account);
    if (order) {
      records.set({
        ...(before ?? { asked: new Date().toISOString(), nonce: 0 }),
        did: asset.did,
        chainId: asset.chainId,
        account,
        name: asset.name,
        hash: order.tx,
        done: true
      });
      return { did: asset.did, orderTx: order.tx, reused: true };
    }
    if (!before || before.done) {
      // Bought once, and valid no longer: it may be bought again.
      return null;
    }
    const sent = before.hash
      ? await this._transaction(asset.chainId, before.hash)
      : null;
    if (before.hash && sent) {
      tell({ step: 'mining', prompt: 1, prompts: 1, hash: before.hash });
      try {
        return await this._ordered(asset, before, true);
      } catch (reason) {
        if (!['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '')) {
          throw reason;
        }
        // It came to nothing, which `_ordered` wrote down: buy anew.
        return null;
      }
    }
    const latest = await this._nonce(asset.chainId, account, 'latest');
    const pending = await this._nonce(asset.chainId, account, 'pending');
    if (pending > latest) {
      throw new MarketError(
        'tx-in-flight',
        'A transaction of this account is on its way'
      );
    }
    if (!options.again) {
      throw new MarketError(
        'prompt-unknown',
        'A prompt from before may still be open in the wallet'
      );
    }
    return null;
  }

  /** Wait for the order of a transaction that was sent. */
  private async _ordered(
    asset: IAsset,
    record: IPurchaseRecord & { hash?: string },
    reused: boolean
  ): Promise<IPurchase> {
    const { ocean, records } = this._deps;
    const hash = record.hash as string;
    const done = (orderTx: string): IPurchase => {
      records.set({ ...record, hash: orderTx, done: true });
      return { did: asset.did, orderTx, reused };
    };
    try {
      // The nonce as the chain tells it: wallets choose their own, and with
      // another one a mined neighbour would look like a replacement.
      const sent = await this._transaction(asset.chainId, hash);
      const receipt = await ocean.waitReceipt(
        asset.chainId,
        hash,
        sent ? { from: record.account, nonce: Number(sent.nonce) } : {}
      );
      return done((await ocean.readOrder(receipt, asset, record.account)).tx);
    } catch (reason) {
      if (!['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '')) {
        throw reason;
      }
      // A faster copy of it may have been mined in its place.
      const order = await ocean.findOrder(asset, record.account);
      if (order) {
        return done(order.tx);
      }
      records.remove(record);
      throw reason;
    }
  }

  private async _approved(
    deal: IDeal,
    chainId: number,
    hash: string
  ): Promise<void> {
    const { ocean } = this._deps;
    try {
      await ocean.waitReceipt(chainId, hash, { from: deal.buyer });
    } catch (reason) {
      // Sped up in the wallet: what counts is the allowance.
      if (
        codeOf(reason) !== 'tx-replaced' ||
        (await ocean.approveTxs(deal)).length > 0
      ) {
        throw reason;
      }
    }
  }

  private async _transaction(
    chainId: number,
    hash: string
  ): Promise<{ nonce: string } | null> {
    return (await this._deps.wallet.reader(chainId).request({
      method: 'eth_getTransactionByHash',
      params: [hash]
    })) as { nonce: string } | null;
  }

  private async _nonce(
    chainId: number,
    account: string,
    tag: 'latest' | 'pending'
  ): Promise<number> {
    return Number(
      await this._deps.wallet.reader(chainId).request({
        method: 'eth_getTransactionCount',
        params: [account, tag]
      })
    );
  }

  private _flights = new Map<string, Promise<IPurchase>>();
}
