/**
 * Filecoin Onchain Cloud as a provider of pins: paid from the connected wallet,
 * proven on the chain. Loaded when somebody first looks at it.
 */
import { balance } from '@filoz/synapse-core/erc20';

import type {
  IPinProvider,
  IPinQuote,
  IPinReport,
  IPinRequest
} from '../tokens';
import { alone } from './filecoinAlone';
import { chainOf, FilecoinClient } from './filecoinClient';
import {
  place,
  quoteCosts,
  readFunds,
  type IFilecoinCosts,
  type IFunds
} from './filecoinCosts';
import { addFunds, fund } from './filecoinDeposit';
import { end, planEnding } from './filecoinEnding';
import { FilecoinError } from './filecoinErrors';
import {
  FilecoinJournal,
  recordId,
  type IFilecoinRecord
} from './filecoinJournal';
import type { IFilecoinItem, IFilecoinOptions } from './filecoinPerson';
import { readProofs } from './filecoinProofs';
import { FilecoinStep } from './filecoinStep';
import { commit, upload } from './filecoinStore';

const LABEL = 'Filecoin';
const DAYS = 30;
/** In the place of a CID: a deposit that belongs to no content. */
const TOP_UP = 'top-up';

export class FilecoinProvider implements IPinProvider {
  constructor(private _o: IFilecoinOptions) {
    this._journal = _o.journal ?? new FilecoinJournal();
  }

  readonly id = 'filecoin';
  readonly label = LABEL;
  readonly kind = 'filecoin';
  readonly takes = 'upload';

  /** What a pin costs now, read on the chain; asks for nothing. */
  async costs(
    request: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<IFilecoinCosts> {
    const days = this._o.days?.() ?? DAYS;
    return quoteCosts(await this._client(), request, days, o.signal);
  }

  async quote(
    request: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinQuote> {
    return this._o.person.quote(await this.costs(request, o));
  }

  /**
   * Have the person agree to what it costs. Only then `pin` asks the wallet.
   * Somebody who agreed before to as much is not asked again: it just goes on.
   *
   * @returns false where they did not
   */
  async agree(
    request: IPinRequest,
    o: { signal?: AbortSignal } = {}
  ): Promise<boolean> {
    const filecoin = await this._client();
    const id = recordId(filecoin.chain.id, filecoin.account, request.cid);
    const before = await this._journal.read(id);
    if (before?.stored && !before.ended) {
      return true;
    }
    const costs = await this.costs(request, o);
    const asBefore =
      before &&
      !before.ended &&
      !costs.obstacle &&
      costs.deposit <= (before.funded ? 0n : BigInt(before.agreed.deposit));
    if (!asBefore && !(await this._o.person.agree(costs, request))) {
      return false;
    }
    const agreed = {
      deposit: `${costs.deposit}`,
      perMonth: `${costs.perMonth}`,
      when: new Date().toISOString()
    };
    await this._alone(filecoin, o.signal, async () => {
      // As it is now: another tab may have gone on while the dialog was open.
      const now = await this._journal.read(id);
      // One that is under way stays the only one; what was deposited and is used
      // up since is deposited anew.
      const anew = now?.funded && costs.deposit > 0n;
      const empty = { deposit: undefined, funded: undefined };
      await this._journal.write({
        ...(now && !now.ended
          ? { ...now, ...(anew ? empty : {}) }
          : {
              id,
              cid: request.cid,
              name: request.name ?? '',
              chainId: filecoin.chain.id,
              account: filecoin.account
            }),
        agreed,
        session: this._session
      });
    });
    return true;
  }

  /**
   * Go on from wherever it is: fund, upload, put on the chain.
   *
   * @throws FilecoinError; `retriable` tells whether it may be tried again
   *   without the person
   */
  async pin(
    request: IPinRequest,
    o: { signal?: AbortSignal; onProgress?: (bytes: number) => void } = {}
  ): Promise<IPinReport> {
    const filecoin = await this._client();
    return this._alone(filecoin, o.signal, async () => {
      const step = await this._step(filecoin, request.cid, o.signal);
      if (!step || step.record.ended) {
        throw new FilecoinError('not-agreed', 'The costs were not agreed to');
      }
      const { record } = step;
      if (!record.stored) {
        const context = await place(filecoin, { provider: record.provider });
        const provider = String(context.provider.id);
        if (record.provider !== provider) {
          await step.save({ provider });
        }
        if (!record.funded) {
          const costs = await quoteCosts(
            filecoin,
            request,
            this._days,
            o.signal
          );
          if (costs.obstacle && !record.deposit) {
            throw new FilecoinError(costs.obstacle, 'It can’t be had as it is');
          }
          await fund(step, context.dataSetId, costs.bytes, this._days);
        }
        const piece = await upload(step, context, request, o.onProgress);
        await commit(step, context, piece);
      }
      return report(step.record);
    });
  }

  async status(
    pin: { cid: string; requestId?: string },
    o: { signal?: AbortSignal } = {}
  ): Promise<IPinReport | null> {
    const filecoin = await this._client();
    const step = await this._step(filecoin, pin.cid, o.signal);
    if (!step || step.record.ended) {
      return null;
    }
    const { record } = step;
    if (!record.stored || !record.uploaded) {
      return report(record);
    }
    const proofs = await readProofs(filecoin, record.stored, record.uploaded);
    return proofs.kept && !proofs.ends
      ? report(record)
      : { ...report(record), state: 'failed', detail: 'no longer kept' };
  }

  /**
   * Have the person confirm what ending means. Only then `unpin` asks the wallet.
   *
   * @returns false where it stays; true where there is nothing to confirm
   */
  async agreeToEnd(pin: { cid: string }): Promise<boolean> {
    const filecoin = await this._client();
    const found = await this._step(filecoin, pin.cid);
    const plan =
      found && !found.record.ended
        ? await planEnding(filecoin, found.record)
        : null;
    if (!plan) {
      return true;
    }
    if (!(await this._o.person.end(plan))) {
      return false;
    }
    await this._alone(filecoin, undefined, async () => {
      const step = await this._step(filecoin, pin.cid);
      const { hash } = step?.record.ending ?? {};
      await step?.save({
        session: this._session,
        ending: { kind: plan.kind, agreed: new Date().toISOString(), hash }
      });
    });
    return true;
  }

  /**
   * End what was confirmed to end.
   *
   * @throws FilecoinError not-agreed, and those of `end`
   */
  async unpin(pin: { cid: string; requestId?: string }): Promise<void> {
    const filecoin = await this._client();
    await this._alone(filecoin, undefined, async () => {
      const step = await this._step(filecoin, pin.cid);
      if (step && !step.record.ended) {
        await (step.record.stored ? end(step) : this._forget(step));
      }
    });
  }

  /** What the deposit of the account lasts for. */
  async funds(): Promise<IFunds> {
    return readFunds(await this._client());
  }

  /**
   * Pay further ahead, after the person agreed. One that was begun before goes
   * on first, and is not made twice.
   *
   * @returns false where they did not agree
   * @throws FilecoinError not-stored where nothing is paid for, no-token, and
   *   those of a deposit
   */
  async topUp(
    days: number,
    o: { signal?: AbortSignal } = {}
  ): Promise<boolean> {
    const filecoin = await this._client();
    const [funds, token, elsewhere, begun] = await Promise.all([
      readFunds(filecoin),
      filecoin.read(() =>
        balance(filecoin.client, { address: filecoin.account })
      ),
      filecoin.elsewhere(),
      this._step(filecoin, TOP_UP)
    ]);
    const under = begun && !begun.record.funded ? begun.record.agreed : null;
    const amount = under
      ? BigInt(under.deposit)
      : (funds.perMonth * BigInt(days)) / 30n;
    if (amount === 0n) {
      throw new FilecoinError('not-stored', 'Nothing is paid for');
    }
    const { testnet = false } = filecoin.chain;
    const plan = { testnet, days, amount, tokens: token.value, elsewhere };
    if (!(await this._o.person.topUp(plan))) {
      return false;
    }
    await this._alone(filecoin, o.signal, async () => {
      const now = await this._step(filecoin, TOP_UP, o.signal);
      if (!now || now.record.funded) {
        await this._journal.write({
          id: recordId(filecoin.chain.id, filecoin.account, TOP_UP),
          cid: TOP_UP,
          name: '',
          chainId: filecoin.chain.id,
          account: filecoin.account,
          agreed: {
            deposit: `${amount}`,
            perMonth: `${funds.perMonth}`,
            when: new Date().toISOString()
          },
          session: this._session
        });
      } else {
        await now.save({ session: this._session });
      }
      const step = await this._step(filecoin, TOP_UP, o.signal);
      if (step) {
        await addFunds(step);
      }
    });
    return true;
  }

  /** All that the account stored on this chain, with its proofs as of now. */
  async items(): Promise<IFilecoinItem[]> {
    const filecoin = await this._client();
    const mine = recordId(filecoin.chain.id, filecoin.account, '');
    const records = (await this._journal.list()).filter(
      record =>
        record.id.startsWith(mine) && !record.ended && record.cid !== TOP_UP
    );
    return Promise.all(
      records.map(async record => ({
        record,
        proofs:
          record.stored && record.uploaded
            ? await readProofs(filecoin, record.stored, record.uploaded)
            : null
      }))
    );
  }

  /** Nothing on the chain to end: what is known is dropped. */
  private async _forget(step: FilecoinStep): Promise<void> {
    const { record } = step;
    if (record.commit?.posted && !record.stored) {
      throw new FilecoinError(
        'tx-in-flight',
        'The storage provider may still put it on the chain'
      );
    }
    await step.save({ ended: new Date().toISOString() });
  }

  private async _client(): Promise<FilecoinClient> {
    await this._o.wallet.ready;
    const { account } = this._o.wallet.state;
    if (!account) {
      throw new FilecoinError('not-connected', 'No wallet is connected');
    }
    return new FilecoinClient(
      this._o.wallet,
      chainOf(this._o.network()),
      account
    );
  }

  private async _step(
    filecoin: FilecoinClient,
    cid: string,
    signal?: AbortSignal
  ): Promise<FilecoinStep | null> {
    const id = recordId(filecoin.chain.id, filecoin.account, cid);
    const record = await this._journal.read(id);
    return record
      ? new FilecoinStep({
          filecoin,
          journal: this._journal,
          record,
          session: this._session,
          signal,
          poll: this._o.poll ?? 5_000,
          patience: this._o.patience ?? 15 * 60_000
        })
      : null;
  }

  private _alone<T>(
    filecoin: FilecoinClient,
    signal: AbortSignal | undefined,
    task: () => Promise<T>
  ): Promise<T> {
    return alone(filecoin, this._o.locks, signal, task);
  }

  private get _days(): number {
    return this._o.days?.() ?? DAYS;
  }

  private _journal: FilecoinJournal;
  /** Of this page: what was begun in another one waits for the person. */
  private _session = crypto.randomUUID();
}

/** The provider; what the plugin loads. */
export function createFilecoinProvider(o: IFilecoinOptions): FilecoinProvider {
  return new FilecoinProvider(o);
}

function report(record: IFilecoinRecord): IPinReport {
  const { stored, uploaded } = record;
  return stored
    ? {
        state: 'pinned',
        requestId: `${stored.dataSetId}/${stored.pieceId}`,
        detail: `data set ${stored.dataSetId}, piece ${stored.pieceId}`
      }
    : { state: uploaded ? 'pinning' : 'queued', requestId: record.id };
}
