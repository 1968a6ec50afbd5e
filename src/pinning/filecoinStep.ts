/** One content on its way to Filecoin: its record, and how it waits. */
import type { FilecoinClient } from './filecoinClient';
import { FilecoinError } from './filecoinErrors';
import type { FilecoinJournal, IFilecoinRecord } from './filecoinJournal';

export interface IStepOptions {
  filecoin: FilecoinClient;
  journal: FilecoinJournal;
  record: IFilecoinRecord;
  /** Of this page; a prompt comes up only where the person is. */
  session: string;
  signal?: AbortSignal;
  /** Milliseconds between two looks at the chain, which has a block each 30 s. */
  poll: number;
  /** Milliseconds until waiting is given up for now. */
  patience: number;
}

export class FilecoinStep {
  constructor(private _o: IStepOptions) {
    this.filecoin = _o.filecoin;
    this.signal = _o.signal;
    this._record = _o.record;
  }

  readonly filecoin: FilecoinClient;
  readonly signal: AbortSignal | undefined;

  get record(): IFilecoinRecord {
    return this._record;
  }

  /** Write down; resolves when it is on disk. */
  async save(patch: Partial<IFilecoinRecord>): Promise<void> {
    const next = { ...this._record, ...patch };
    await this._o.journal.write(next);
    this._record = next;
  }

  /**
   * Before the wallet is asked: nothing comes up in it because a page was
   * reloaded; the person says first that it goes on.
   *
   * @throws FilecoinError reloaded, once a page
   */
  async speak(): Promise<void> {
    this.signal?.throwIfAborted();
    if (this._record.session !== this._o.session) {
      await this.save({ session: this._o.session });
      throw new FilecoinError(
        'reloaded',
        'The page was loaded anew; the wallet is asked when you go on'
      );
    }
  }

  /**
   * Look until something is there.
   *
   * @throws FilecoinError tx-in-flight when patience ends; the signal's reason
   */
  async until<T>(look: () => Promise<T | null>): Promise<T> {
    const end = Date.now() + this._o.patience;
    for (;;) {
      this.signal?.throwIfAborted();
      const found = await look();
      if (found !== null) {
        return found;
      }
      if (Date.now() >= end) {
        throw new FilecoinError(
          'tx-in-flight',
          'The chain has not taken it up yet'
        );
      }
      await this._pause();
    }
  }

  private async _pause(): Promise<void> {
    const { signal } = this;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, this._o.poll);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private _record: IFilecoinRecord;
}

/**
 * How a transaction ended.
 *
 * @returns null while it is not in a block
 */
export async function outcome(
  filecoin: FilecoinClient,
  hash: string
): Promise<'done' | 'reverted' | null> {
  const receipt = (await filecoin.read(() =>
    filecoin.client.request({
      method: 'eth_getTransactionReceipt',
      params: [hash as `0x${string}`]
    })
  )) as { status?: string } | null;
  return receipt ? (Number(receipt.status) === 1 ? 'done' : 'reverted') : null;
}
