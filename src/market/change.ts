/**
 * One change on the chain, asked for once: what is there already is not asked
 * again, and a prompt that was left open is told of before another one is shown.
 */
import { assetLock } from '../ocean/assetLock';
import type { IReceipt, ITxRequest } from '../ocean/chain';
import { waitReceipt } from '../ocean/receipts';
import type { IWallet } from '../tokens';
import { codeOf, MarketError } from './errors';
import { sendTransaction } from './prompt';
import type { ILocks } from './purchase';
import type { IRecordStore } from './records';

export interface IChange {
  /** Of the asset or list that it changes; only one at a time is under way. */
  subject: string;
  /** What it does, with its arguments: the same change has the same name. */
  name: string;
  account: string;
  chainId: number;
  /** Whether the chain is that way; looked at before anything is asked. */
  isDone: () => Promise<boolean>;
  /**
   * Refused while anything of the account is on its way: what is to be written
   * was made from what the chain has now, which that could change.
   */
  alone?: boolean;
  /** Built once it is known to be needed; throws what would be refused. */
  build: () => Promise<Omit<ITxRequest, 'to'> & { to?: string }>;
}

export interface IChangeStep {
  step: 'checking' | 'wallet' | 'mining';
  hash?: string;
}

export interface IChangeDeps {
  wallet: Pick<IWallet, 'provider' | 'reader'>;
  store: Pick<IRecordStore, 'getItem' | 'setItem' | 'removeItem'>;
  /** Null where the browser has none. */
  locks: ILocks | null;
  /** Milliseconds between looks for a receipt; default 1000. */
  interval?: number;
}

/** What is kept of a prompt until its end is known. */
interface IAsked {
  nonce: number;
  hash?: string;
}

const KEY = 'jupyterlab-web3:change:';

export class Changes {
  constructor(private _deps: IChangeDeps) {}

  /**
   * Have it done. Null where it was so already.
   *
   * @param again - the person says that no old prompt is open any more
   * @throws MarketError prompt-unknown | tx-in-flight | insecure-context;
   *   WalletError; OceanError (tx-reverted, tx-replaced, tx-pending, …)
   */
  send(
    change: IChange,
    tell: (step: IChangeStep) => void = () => undefined,
    again = false
  ): Promise<IReceipt | null> {
    const { locks } = this._deps;
    if (!locks) {
      return Promise.reject(
        new MarketError('insecure-context', 'Changes need Web Locks')
      );
    }
    return locks.request(assetLock(change.chainId, change.subject), () =>
      this._send(change, tell, again)
    );
  }

  private async _send(
    change: IChange,
    tell: (step: IChangeStep) => void,
    again: boolean
  ): Promise<IReceipt | null> {
    const { wallet, store } = this._deps;
    const { account, chainId } = change;
    tell({ step: 'checking' });
    const key = `${KEY}${chainId}:${account.toLowerCase()}:${change.subject}:${change.name}`;
    const before = read(store.getItem(key));
    if (before?.hash && (await this._knows(chainId, before.hash))) {
      tell({ step: 'mining', hash: before.hash });
      return this._wait(change, key, before.hash);
    }
    if (await change.isDone()) {
      store.removeItem(key);
      return null;
    }
    const [latest, pending] = await Promise.all([
      this._nonce(change, 'latest'),
      this._nonce(change, 'pending')
    ]);
    if ((before || change.alone) && pending > latest) {
      throw new MarketError('tx-in-flight', 'A transaction is on its way');
    }
    if (before && !again) {
      throw new MarketError('prompt-unknown', 'An old prompt may be open');
    }
    const tx = await change.build();
    tell({ step: 'wallet' });
    const asked: IAsked = { nonce: pending };
    const hash = await sendTransaction(wallet, tx, account, chainId, {
      // On the same nonce at most one of an old and a new prompt is mined.
      ...(before?.nonce === pending ? { nonce: pending } : {}),
      asking: () => store.setItem(key, JSON.stringify(asked)),
      // What is not known of an older prompt is still not known.
      unsent: () =>
        before
          ? store.setItem(key, JSON.stringify(before))
          : store.removeItem(key)
    });
    store.setItem(key, JSON.stringify({ ...asked, hash }));
    tell({ step: 'mining', hash });
    return this._wait(change, key, hash);
  }

  private async _wait(
    change: IChange,
    key: string,
    hash: string
  ): Promise<IReceipt | null> {
    const { wallet, store, interval } = this._deps;
    const { account, chainId } = change;
    try {
      const sent = await this._transaction(chainId, hash);
      const receipt = await waitReceipt(wallet.reader(chainId), hash, {
        interval,
        ...(sent ? { from: account, nonce: Number(sent.nonce) } : {})
      });
      store.removeItem(key);
      return receipt;
    } catch (reason) {
      if (!['tx-reverted', 'tx-replaced'].includes(codeOf(reason) ?? '')) {
        throw reason;
      }
      store.removeItem(key);
      // A faster copy of it may have been mined in its place.
      if (codeOf(reason) === 'tx-replaced' && (await change.isDone())) {
        return null;
      }
      throw reason;
    }
  }

  private async _knows(chainId: number, hash: string): Promise<boolean> {
    return (await this._transaction(chainId, hash)) !== null;
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
    { account, chainId }: IChange,
    tag: 'latest' | 'pending'
  ): Promise<number> {
    return Number(
      await this._deps.wallet.reader(chainId).request({
        method: 'eth_getTransactionCount',
        params: [account, tag]
      })
    );
  }
}

function read(text: string | null): IAsked | null {
  try {
    const asked = text === null ? null : (JSON.parse(text) as IAsked | null);
    return typeof asked?.nonce === 'number' ? asked : null;
  } catch {
    // Not ours, or cut off: what is on the chain is looked at in any case.
    return null;
  }
}
