/**
 * Looking after an asset of one's own: its record and state, its sale, its lists
 * and its owner. Each change tells the prompts that it takes; panels render it.
 */
import {
  addToListTx,
  listIn,
  newListTx,
  readList,
  removeFromListTx
} from '../ocean/accessList';
import { ZERO_ADDRESS } from '../ocean/chain';
import { OceanError } from '../ocean/errors';
import { checkedAddress, readNft, transferTx } from '../ocean/states';
import type { IManageStep, ManageTask } from './manageTypes';
import * as selling from '../ocean/sale';
import * as splitting from '../ocean/splitter';
import { ManageRecord } from './manageRecord';

export type { IManageState, IManageStep, ManageTask } from './manageTypes';

export class ManageModel extends ManageRecord {
  /** A new price for one order, in whole tokens. */
  setPrice(exchange: selling.IExchange, amount: string): Promise<void> {
    const rate = (): bigint => selling.rateOf(amount, exchange.token);
    return this._run('price', 1, async tell => {
      await this._change('price', `rate ${exchange.id} ${rate()}`, tell, {
        isDone: async () => (await this._exchange(exchange.id)).rate === rate(),
        build: () =>
          selling.rateTx(this._reader, this.account, exchange, amount)
      });
    });
  }

  /** Let an exchange sell, or stop it. */
  setExchange(exchange: selling.IExchange, active: boolean): Promise<void> {
    return this._run('exchange', 1, tell =>
      this._switch(exchange, active, 'exchange', tell)
    );
  }

  /**
   * Give it away for free, or for its price again: what sells is switched off
   * first, so that nobody pays for what is about to be free, and nothing free
   * is taken while it is sold.
   */
  setFree(sale: selling.ISale, free: boolean): Promise<void> {
    if (free && !selling.mayGiveAway(sale)) {
      return Promise.reject(
        new OceanError('not-for-sale', 'What is taken could be sold back')
      );
    }
    const on = sale.exchanges.filter(({ active }) => active);
    const exchanges = free ? on : sale.exchanges.slice(0, 1);
    const needsDispenser = (sale.dispenser?.active ?? false) !== free;
    return this._run(
      'free',
      exchanges.filter(({ active }) => active === free).length +
        (needsDispenser ? 1 : 0),
      async tell => {
        const dispense = async (): Promise<void> => {
          if (needsDispenser) {
            await this._dispense(sale, free, tell);
          }
        };
        if (!free) {
          await dispense();
        }
        for (const exchange of exchanges) {
          await this._switch(exchange, !free, 'free', tell);
        }
        if (free) {
          await dispense();
        }
      }
    );
  }

  /** Pay orders to somebody else; null: to whoever owns the asset. */
  setCollector(datatoken: string, collector: string | null): Promise<void> {
    return this._run('collector', 1, tell =>
      this._collect(datatoken, collector, 'collector', tell)
    );
  }

  /** Pay out what an exchange holds, to the payment collector. */
  collect(exchange: selling.IExchange): Promise<void> {
    return this._run('collect', 1, async tell => {
      await this._change('collect', `collect ${exchange.id}`, tell, {
        isDone: async () => (await this._exchange(exchange.id)).held === 0n,
        build: async () =>
          selling.collectTx(
            this._reader,
            this.account,
            await this._exchange(exchange.id)
          )
      });
    });
  }

  /** Hand out the datatokens that an exchange holds, to the payment collector. */
  collectDatatokens(exchange: selling.IExchange): Promise<void> {
    return this._run('collect-datatokens', 1, async tell => {
      await this._change('collect-datatokens', `dt ${exchange.id}`, tell, {
        isDone: async () =>
          (await this._exchange(exchange.id)).heldDatatokens === 0n,
        build: async () =>
          selling.collectDatatokensTx(
            this._reader,
            this.account,
            await this._exchange(exchange.id)
          )
      });
    });
  }

  /** Pay out the market's fee, to its collector. */
  collectFee(exchange: selling.IExchange): Promise<void> {
    return this._run('collect-fee', 1, async tell => {
      await this._change('collect-fee', `fee ${exchange.id}`, tell, {
        isDone: async () =>
          (await this._exchange(exchange.id)).marketFee === 0n,
        build: () => selling.collectFeeTx(this._reader, this.account, exchange)
      });
    });
  }

  /** Make an access list on the chain, with accounts on it. */
  async newList(name: string, accounts: string[]): Promise<string | null> {
    let made: string | null = null;
    await this._run('new-list', 1, async tell => {
      const receipt = await this._change('new-list', `list ${name}`, tell, {
        // Another one of the same name is another list.
        isDone: async () => false,
        build: () =>
          newListTx(this._reader, this.network, this.account, name, accounts)
      });
      made = receipt && (await listIn(receipt, this.network));
    });
    return made;
  }

  addToList(list: string, account: string): Promise<void> {
    return this._run('list-add', 1, async tell => {
      const who = checkedAddress(account);
      await this._change('list-add', `add ${list} ${who}`, tell, {
        isDone: async () =>
          (await readList(this._reader, list)).members.some(
            member => member.account === who
          ),
        build: () => addToListTx(this._reader, this.account, list, [who])
      });
    });
  }

  removeFromList(list: string, token: bigint): Promise<void> {
    return this._run('list-remove', 1, async tell => {
      await this._change('list-remove', `remove ${list} ${token}`, tell, {
        isDone: async () =>
          !(await readList(this._reader, list)).members.some(
            member => member.token === token
          ),
        build: () => removeFromListTx(this._reader, this.account, list, token)
      });
    });
  }

  /** Share revenue: make a splitter, then pay orders to it. */
  split(
    datatoken: string,
    shares: readonly { account: string; shares: string }[]
  ): Promise<void> {
    return this._run('split', 2, async tell => {
      const checked = splitting.checkShares(shares);
      const name = checked.map(one => `${one.account}=${one.shares}`).join();
      const made = await this._splitter(name, checked, tell);
      await this._collect(datatoken, made, 'split', tell);
      this._deps.store?.removeItem(this._splitterKey(name));
    });
  }

  /** Pay out what a splitter holds of a token, to all payees. */
  release(splitter: string, token: string): Promise<void> {
    return this._run('release', 1, async tell => {
      await this._change('release', `release ${splitter} ${token}`, tell, {
        isDone: async () =>
          (await splitting.releasable(this._reader, splitter, token)) === 0n,
        build: () =>
          splitting.releaseTx(this._reader, this.account, splitter, token)
      });
    });
  }

  /** Hand the asset to somebody else. Can't be taken back. */
  transfer(to: string): Promise<void> {
    return this._run('transfer', 1, async tell => {
      const receiver = checkedAddress(to);
      await this._change('transfer', `transfer ${receiver}`, tell, {
        isDone: async () =>
          (await readNft(this._reader, this.nftAddress)).owner === receiver,
        build: () =>
          transferTx(this._reader, this.account, this.nftAddress, receiver)
      });
    });
  }

  /**
   * A contract with these shares: the one that was made before, where orders
   * have not been paid to it yet.
   */
  private async _splitter(
    name: string,
    shares: splitting.IShare[],
    tell: (step: Partial<IManageStep>) => void
  ): Promise<string> {
    const { store } = this._deps;
    const kept = store?.getItem(this._splitterKey(name));
    const before = kept
      ? await splitting.readSplitter(this._reader, kept)
      : null;
    const isSame =
      before?.payees.map(one => `${one.account}=${one.shares}`).join() === name;
    if (before && isSame) {
      return before.address;
    }
    const receipt = await this._change('split', `splitter ${name}`, tell, {
      isDone: async () => false,
      build: () => splitting.splitterTx(this._reader, this.account, shares)
    });
    if (!receipt) {
      throw new OceanError('event-missing', 'No contract was made');
    }
    const made = await splitting.deployedIn(this._reader, receipt);
    store?.setItem(this._splitterKey(name), made);
    return made;
  }

  private _splitterKey(name: string): string {
    return `jupyterlab-web3:splitter:${this.chainId}:${this.nftAddress.toLowerCase()}:${name}`;
  }

  private async _switch(
    exchange: selling.IExchange,
    active: boolean,
    task: ManageTask,
    tell: (step: Partial<IManageStep>) => void
  ): Promise<void> {
    await this._change(task, `exchange ${exchange.id} ${active}`, tell, {
      isDone: async () => (await this._exchange(exchange.id)).active === active,
      build: () =>
        selling.toggleExchangeTx(this._reader, this.account, exchange)
    });
  }

  private async _dispense(
    sale: selling.ISale,
    active: boolean,
    tell: (step: Partial<IManageStep>) => void
  ): Promise<void> {
    const read = (): Promise<selling.ISale> =>
      selling.readSale(this._reader, this.network, sale.datatoken);
    await this._change('free', `free ${sale.datatoken} ${active}`, tell, {
      isDone: async () =>
        ((await read()).dispenser?.active ?? false) === active,
      build: async () =>
        selling.dispenserTx(
          this._reader,
          this.network,
          this.account,
          await read(),
          active
        )
    });
  }

  private async _collect(
    datatoken: string,
    collector: string | null,
    task: ManageTask,
    tell: (step: Partial<IManageStep>) => void
  ): Promise<void> {
    const to = collector === null ? null : checkedAddress(collector);
    const wanted = to ?? (await readNft(this._reader, this.nftAddress)).owner;
    await this._change(task, `collector ${datatoken} ${to}`, tell, {
      isDone: async () =>
        (await selling.readSale(this._reader, this.network, datatoken))
          .collector === wanted,
      build: () =>
        selling.collectorTx(
          this._reader,
          this.account,
          datatoken,
          to ?? ZERO_ADDRESS
        )
    });
  }

  private async _exchange(id: string): Promise<selling.IExchange> {
    for (const { datatoken } of this._state.sales) {
      const { exchanges } = await selling.readSale(
        this._reader,
        this.network,
        datatoken
      );
      const found = exchanges.find(one => one.id === id);
      if (found) {
        return found;
      }
    }
    throw new OceanError('not-for-sale', `No exchange ${id}`);
  }
}
