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
import { PastPurchase } from './purchasePast';
import {
  assertOrderable,
  exceeds,
  needsToken,
  sameTerms,
  sumsFor,
  type IBuyOptions,
  type ILocks,
  type IPurchase
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
   * @param asset - as the person was shown it
   * @throws MarketError cancelled | in-purgatory | prompt-unknown | tx-unseen |
   *   tx-in-flight | price-changed | terms-changed | not-ordered | no-access | not-allowed | node-refused-by-person | insecure-context, WalletError,
   *   OceanError (not-genuine, asset-inactive, not-for-sale, insufficient-balance,
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
    const { ocean } = this._deps;
    const { did, chainId } = asset;
    const tell = options.onStep ?? (() => undefined);
    tell({ step: 'checking', prompt: 0, prompts: 0 });

    if (!asset.service) {
      // Dropped by its index, maybe: there is nothing to look for orders of.
      assertOrderable(asset);
    }
    const past = new PastPurchase(this._deps, asset, account);
    const known = await past.find(options, tell);
    if (known) {
      return known;
    }
    // After the look for an order: what was bought stays bought.
    await purgatory.ready();
    purgatory.assertNot(asset);
    assertOrderable(asset);
    // The person agreed to what was shown, which may be hours old.
    const latest = await ocean.resolve(did);
    if (!sameTerms(asset, latest)) {
      throw new MarketError('terms-changed', 'It is another offer now', {
        asset: latest
      });
    }
    // By the chain itself: whoever wrote the record chose every address in it.
    await ocean.assertOnChain(asset);
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

    if (apart) {
      const tx = await ocean.tokenTx(deal);
      if (tx) {
        const here = {
          what: 'datatoken',
          prompt: prompts - 1,
          prompts
        } as const;
        const record = await this._ask(asset, past, tx, 'token', () =>
          tell({ step: 'wallet', ...here })
        );
        tell({ step: 'mining', ...here, hash: record.hash });
        await past.settled(record);
      }
    }

    try {
      const tx = await ocean.buyTx({ ...deal, held: held || apart });
      const here = { what: 'order', prompt: prompts, prompts } as const;
      const record = await this._ask(asset, past, tx, 'order', () =>
        tell({ step: 'wallet', ...here })
      );
      tell({ step: 'mining', ...here, hash: record.hash });
      return await past.ordered(record, false);
    } catch (cause) {
      const code = codeOf(cause) ?? '';
      throw apart && ['tx-reverted', 'tx-replaced'].includes(code)
        ? new MarketError(
            'not-ordered',
            'The datatoken is bought, the order failed',
            {},
            { cause }
          )
        : cause;
    }
  }

  /**
   * Ask the wallet for a transaction that pays, written down before and with its
   * hash after.
   */
  private async _ask(
    asset: IAsset,
    past: PastPurchase,
    tx: ITxRequest,
    stage: 'token' | 'order',
    asking: () => void
  ): Promise<IPurchaseRecord & { hash: string }> {
    const { records, wallet } = this._deps;
    const { did, chainId } = asset;
    const account = past.account;
    const before = past.record;
    const nonce = await past.nonce('pending');
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
      before && !before.done && before.nonce === nonce ? nonce : undefined;
    asking();
    const hash = await sendTransaction(wallet, tx, account, chainId, {
      nonce: pinned,
      asking: () => records.set(record),
      // What is not known of an older prompt is still not known.
      unsent: () => (before ? records.set(before) : records.remove(record))
    });
    const sent = { ...record, hash };
    records.set(sent);
    return sent;
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

  private _flights = new Map<string, Promise<IPurchase>>();
}
