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
import type { IAsset, IDeal, IMarketOcean, ITxRequest } from './ports';
import { sendTransaction } from './prompt';
import { purgatory } from './purgatory';
import {
  assertOrderable,
  exceeds,
  needsToken,
  sumsFor,
  type IBuyOptions,
  type ILocks,
  type IPurchase,
  type IPurchaseStep
} from './purchaseTerms';
import type { IPurchaseRecord, PurchaseRecords } from './records';

export type { IBuyOptions, ILocks, IPurchase } from './purchaseTerms';
export { sumsFor } from './purchaseTerms';

export interface IPurchaseDeps {
  wallet: Pick<IWallet, 'state' | 'provider' | 'reader'>;
  ocean: IMarketOcean;
  records: PurchaseRecords;
  /** Null where the browser has none. */
  locks: ILocks | null;
  /** Whether a node outside the settings may be asked. */
  confirmForeign: (host: string) => Promise<boolean>;
  /** Whether real money may be paid; true at once where it is none. */
  confirmMainnet: (asset: IAsset) => Promise<boolean>;
}

export class Purchases {
  constructor(private _deps: IPurchaseDeps) {}

  /**
   * Buy an asset with the connected account, or find that it was bought.
   *
   * @throws MarketError cancelled | in-purgatory | prompt-unknown | tx-in-flight |
   *   price-changed | no-access | not-allowed | node-refused-by-person | insecure-context, WalletError,
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

    if (!asset.service) {
      // Dropped by its index, maybe: there is nothing to look for orders of.
      assertOrderable(asset);
    }
    const before = records.get(did, chainId, account);
    const known = await this._before(asset, account, before, options, tell);
    if (known) {
      return known;
    }
    // After the look for an order: what was bought stays bought.
    await purgatory.ready();
    purgatory.assertNot(asset);
    assertOrderable(asset);
    const { allowed, why, of } = await ocean.access(asset, account);
    if (allowed === false) {
      throw new MarketError('not-allowed', `${account} may not have ${did}`, {
        why,
        of
      });
    }
    const foreign = ocean.foreignHost(asset);
    if (foreign && !(await this._deps.confirmForeign(foreign))) {
      throw new MarketError('node-refused-by-person', foreign, {
        host: foreign
      });
    }
    const { held, reuse } = await ocean.holdings(asset, account);
    const price = await ocean.price(asset, { owned: held || reuse !== null });
    const providerFee = await ocean.initialize(asset, account);
    const sums = sumsFor(asset, price, providerFee, { held, reuse });
    if (options.shown && exceeds(sums, options.shown)) {
      throw new MarketError('price-changed', 'It costs more than was shown', {
        price,
        providerFee
      });
    }
    const deal: IDeal = {
      asset,
      buyer: account,
      price,
      providerFee,
      held,
      reuse: reuse ?? undefined,
      keep: options.keep
    };
    await ocean.checkFunds(deal);
    if (!(await this._deps.confirmMainnet(asset))) {
      throw new MarketError('cancelled', 'Real money is not paid');
    }

    const approvals = await ocean.approveTxs(deal);
    const apart = needsToken(deal);
    const prompts = approvals.length + (apart ? 2 : 1);
    for (const [at, tx] of approvals.entries()) {
      const here = { what: 'approval', prompt: at + 1, prompts } as const;
      tell({ step: 'wallet', ...here });
      const hash = await sendTransaction(
        this._deps.wallet,
        tx,
        account,
        chainId
      );
      tell({ step: 'mining', ...here, hash });
      await this._approved(deal, chainId, hash, approvals.length - at - 1);
    }

    let memory = before;
    if (apart) {
      const tx = await ocean.tokenTx(deal);
      if (tx) {
        const here = {
          what: 'datatoken',
          prompt: prompts - 1,
          prompts
        } as const;
        const record = await this._ask(
          asset,
          account,
          tx,
          memory,
          'token',
          () => tell({ step: 'wallet', ...here })
        );
        tell({ step: 'mining', ...here, hash: record.hash });
        await this._settled(asset, record);
        memory = null;
      }
    }

    const tx = await ocean.buyTx({ ...deal, held: held || apart });
    const here = { what: 'order', prompt: prompts, prompts } as const;
    const record = await this._ask(asset, account, tx, memory, 'order', () =>
      tell({ step: 'wallet', ...here })
    );
    tell({ step: 'mining', ...here, hash: record.hash });
    return this._ordered(asset, record, false);
  }

  /**
   * Ask the wallet for a transaction that pays, written down before and with its
   * hash after.
   */
  private async _ask(
    asset: IAsset,
    account: string,
    tx: ITxRequest,
    before: IPurchaseRecord | null,
    stage: 'token' | 'order',
    asking: () => void
  ): Promise<IPurchaseRecord & { hash: string }> {
    const { records, wallet } = this._deps;
    const { did, chainId } = asset;
    const nonce = await this._nonce(chainId, account, 'pending');
    const record: IPurchaseRecord = {
      did,
      chainId,
      account,
      name: asset.name,
      seller: asset.owner ?? undefined,
      asked: new Date().toISOString(),
      nonce,
      stage
    };
    // On the same nonce at most one of an old and a new prompt is ever mined
    // (where the wallet takes the nonce; some choose their own).
    const pinned =
      before && !before.hash && before.nonce === nonce ? nonce : undefined;
    asking();
    const hash = await sendTransaction(wallet, tx, account, chainId, {
      nonce: pinned,
      asking: () => records.set(record),
      unsent: () => records.remove(record)
    });
    const sent = { ...record, hash };
    records.set(sent);
    return sent;
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
        seller: asset.owner ?? undefined,
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
        if (before.stage === 'token') {
          // What it bought is found as a datatoken that the account holds.
          await this._settled(asset, { ...before, hash: before.hash });
          return null;
        }
        return await this._ordered(asset, before, true);
      } catch (reason) {
        if (!['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '')) {
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

  /** Wait until a datatoken is bought; what came to nothing is forgotten. */
  private async _settled(
    asset: IAsset,
    record: IPurchaseRecord & { hash: string }
  ): Promise<void> {
    const { ocean, records } = this._deps;
    try {
      const sent = await this._transaction(asset.chainId, record.hash);
      await ocean.waitReceipt(
        asset.chainId,
        record.hash,
        sent ? { from: record.account, nonce: Number(sent.nonce) } : {}
      );
    } catch (reason) {
      if (!['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '')) {
        throw reason;
      }
      records.remove(record);
      // A faster copy of it may have been mined in its place.
      if (!(await ocean.holdings(asset, record.account)).held) {
        throw reason;
      }
    }
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
    hash: string,
    left: number
  ): Promise<void> {
    const { ocean } = this._deps;
    try {
      await ocean.waitReceipt(chainId, hash, { from: deal.buyer });
    } catch (reason) {
      // Sped up in the wallet: what counts is the allowance.
      if (
        codeOf(reason) !== 'tx-replaced' ||
        (await ocean.approveTxs(deal)).length > left
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
