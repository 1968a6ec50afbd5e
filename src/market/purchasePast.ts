/**
 * What became of what was asked of the wallet before: bought, on its way, come
 * to nothing, or not known.
 */
import type { IWallet } from '../tokens';
import { codeOf, MarketError } from './errors';
import type { IAsset, IMarketOcean } from './ports';
import type { IBuyOptions, IPurchase, IPurchaseStep } from './purchaseTerms';
import type { IPurchaseRecord, PurchaseRecords } from './records';

export interface IPastDeps {
  wallet: Pick<IWallet, 'reader'>;
  ocean: IMarketOcean;
  records: PurchaseRecords;
}

/**
 * Milliseconds after which an endpoint that does not have a finished purchase no
 * longer lags behind: it has another history, as a chain that was set up anew.
 */
const LAG = 3_600_000;

const cameToNothing = (reason: unknown): boolean =>
  ['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '');

/** Of one asset and account, while nobody else buys it. */
export class PastPurchase {
  constructor(
    private _deps: IPastDeps,
    private _asset: IAsset,
    readonly account: string
  ) {}

  /**
   * What was bought, or may have been, before.
   *
   * @returns null where it is to be bought
   * @throws MarketError prompt-unknown | tx-unseen | tx-in-flight, and what
   *   waiting for a transaction throws
   */
  async find(
    options: IBuyOptions,
    tell: (step: IPurchaseStep) => void
  ): Promise<IPurchase | null> {
    const { ocean } = this._deps;
    const { _asset: asset, account } = this;
    const before = this.record;
    const order = await ocean.findOrder(asset, account);
    if (order) {
      return this._found(order.tx);
    }
    if (before?.done) {
      return before.hash ? this._finished(before, before.hash) : null;
    }
    if (!before) {
      return null;
    }
    const { hash } = before;
    if (hash && (await this._isKnown(hash))) {
      tell({ step: 'mining', prompt: 1, prompts: 1, hash });
      try {
        if (before.stage === 'token') {
          // What it bought is found as a datatoken that the account holds.
          await this.settled({ ...before, hash });
          return null;
        }
        return await this.ordered({ ...before, hash }, true);
      } catch (reason) {
        if (!cameToNothing(reason)) {
          throw reason;
        }
        // It came to nothing, which is written down: buy anew.
        return null;
      }
    }
    if (
      before.stage === 'token' &&
      (await ocean.holdings(asset, account)).held
    ) {
      return null;
    }
    if ((await this.nonce('pending')) > (await this.nonce('latest'))) {
      throw new MarketError(
        'tx-in-flight',
        'A transaction of this account is on its way'
      );
    }
    if (!options.again) {
      throw hash
        ? new MarketError('tx-unseen', 'Sent, and not seen yet', { hash })
        : new MarketError(
            'prompt-unknown',
            'A prompt from before may still be open in the wallet'
          );
    }
    return null;
  }

  /** What is written down of it now. */
  get record(): IPurchaseRecord | null {
    const { did, chainId } = this._asset;
    return this._deps.records.get(did, chainId, this.account);
  }

  /** The account's next nonce, as the chain has it. */
  async nonce(tag: 'latest' | 'pending'): Promise<number> {
    return Number(
      await this._deps.wallet.reader(this._asset.chainId).request({
        method: 'eth_getTransactionCount',
        params: [this.account, tag]
      })
    );
  }

  /** Wait until a datatoken is bought; what came to nothing is forgotten. */
  async settled(record: IPurchaseRecord & { hash: string }): Promise<void> {
    const { ocean, records } = this._deps;
    try {
      await ocean.waitReceipt(this._asset.chainId, record.hash, {
        from: this.account
      });
    } catch (reason) {
      if (!cameToNothing(reason)) {
        throw reason;
      }
      records.remove(record);
      // A faster copy of it may have been mined in its place.
      if (!(await ocean.holdings(this._asset, this.account)).held) {
        throw reason;
      }
    }
  }

  /** Wait for the order of a transaction that was sent. */
  async ordered(
    record: IPurchaseRecord & { hash: string },
    reused: boolean
  ): Promise<IPurchase> {
    const { ocean, records } = this._deps;
    const { _asset: asset, account } = this;
    const done = (orderTx: string): IPurchase => {
      records.set({ ...record, hash: orderTx, done: true });
      return { did: asset.did, orderTx, reused };
    };
    try {
      const receipt = await ocean.waitReceipt(asset.chainId, record.hash, {
        from: account
      });
      return done((await ocean.readOrder(receipt, asset, account)).tx);
    } catch (reason) {
      if (!cameToNothing(reason)) {
        throw reason;
      }
      // A faster copy of it may have been mined in its place.
      const order = await ocean.findOrder(asset, account);
      if (order) {
        return done(order.tx);
      }
      records.remove(record);
      throw reason;
    }
  }

  /**
   * No order was found, though one was finished: it has run out and may be
   * bought again, or what the chain was asked at lags behind.
   */
  private async _finished(
    before: IPurchaseRecord,
    hash: string
  ): Promise<IPurchase | null> {
    const { ocean } = this._deps;
    const order = await ocean.orderIn(this._asset, this.account, hash);
    if (order === 'unseen') {
      if (Date.now() - Date.parse(before.asked) > LAG) {
        return null;
      }
      throw new MarketError('tx-in-flight', 'Bought, and not seen yet', {
        hash
      });
    }
    return order && this._found(order.tx);
  }

  private _found(orderTx: string): IPurchase {
    const { did, chainId, name, owner } = this._asset;
    this._deps.records.set({
      ...(this.record ?? { asked: new Date().toISOString(), nonce: 0 }),
      did,
      chainId,
      account: this.account,
      name,
      seller: owner ?? undefined,
      hash: orderTx,
      done: true
    });
    return { did, orderTx, reused: true };
  }

  private async _isKnown(hash: string): Promise<boolean> {
    const { chainId } = this._asset;
    const found = await this._deps.wallet.reader(chainId).request({
      method: 'eth_getTransactionByHash',
      params: [hash]
    });
    return found !== null && found !== undefined;
  }
}
