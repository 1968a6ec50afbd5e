/**
 * Looking after an asset of one's own: what chain and index say of it, and every
 * change, each with the prompts that it takes. Panels render it.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import { listIn, listsOf, newListTx, readList } from '../ocean/accessList';
import { addToListTx, removeFromListTx } from '../ocean/accessList';
import type { IAccessList } from '../ocean/accessList';
import { readAsset, type IAsset } from '../ocean/asset';
import { ZERO_ADDRESS, type IReceipt } from '../ocean/chain';
import { oceanConfig } from '../ocean/config';
import { ddoHash, type IDdo } from '../ocean/ddo';
import { OceanError } from '../ocean/errors';
import { buildMetadataTx, findMetadata } from '../ocean/mint';
import type { OceanNodeClient } from '../ocean/nodeClient';
import { changeRecord, plainRecord, type IRecordChange } from '../ocean/record';
import { readRevenue, type IRevenue } from '../ocean/revenue';
import * as selling from '../ocean/sale';
import * as splitting from '../ocean/splitter';
import {
  checkedAddress,
  lastRecord,
  PLACEHOLDER_STATES,
  readNft,
  rightsOf,
  STATES,
  stateTx,
  transferTx,
  type INft,
  type IRights,
  type StateName
} from '../ocean/states';
import type { IEip1193Provider, INetwork, IWallet } from '../tokens';
import { NotConnectedError } from '../wallet/errors';
import type { Changes, IChange, IChangeStep } from './change';
import { codeOf, isCancelled, MarketError } from './errors';
import type { KeptRecords } from './kept';

/** Every change; its words are in `manageWords.ts`. */
export type ManageTask =
  | 'record'
  | 'state'
  | 'bring-back'
  | 'price'
  | 'exchange'
  | 'free'
  | 'collector'
  | 'collect'
  | 'collect-fee'
  | 'new-list'
  | 'list-add'
  | 'list-remove'
  | 'split'
  | 'release'
  | 'transfer';

/** What is under way: prompt `prompt` of `prompts` is next or open. */
export interface IManageStep {
  task: ManageTask;
  step: IChangeStep['step'] | 'node' | 'signature' | 'index';
  prompt: number;
  prompts: number;
}

export interface IManageState {
  phase: 'loading' | 'ready' | 'unreadable';
  nft: INft | null;
  rights: IRights | null;
  /** As published, without what the index added; null where the index has none. */
  record: IDdo | null;
  asset: IAsset | null;
  /** Whether the index has the record that the chain has. */
  isStale: boolean;
  sales: selling.ISale[];
  revenue: IRevenue | null;
  lists: IAccessList[];
  splitter: splitting.ISplitter | null;
  /** What the splitter holds, by the address of the token. */
  splitterHolds: Record<string, bigint>;
  /** A record to bring a revoked asset back with. */
  kept: IDdo | null;
  busy: IManageStep | null;
  /** The change that went well last. */
  done: ManageTask | null;
  problem: unknown;
}

export interface IManageDeps {
  wallet: Pick<
    IWallet,
    | 'state'
    | 'stateChanged'
    | 'reader'
    | 'network'
    | 'networks'
    | 'switchNetwork'
  >;
  changes: Changes;
  kept: KeptRecords;
  /** The node that lists the asset; `account` signs where given. */
  node: (
    url: string,
    account: string | null,
    chainId: number
  ) => Promise<OceanNodeClient>;
  /** Ask whether no prompt of before is open any more. */
  confirmAgain: () => Promise<boolean>;
  /** Milliseconds that an index may take; default two minutes. */
  indexTimeout?: number;
}

const EMPTY: IManageState = {
  phase: 'loading',
  nft: null,
  rights: null,
  record: null,
  asset: null,
  isStale: false,
  sales: [],
  revenue: null,
  lists: [],
  splitter: null,
  splitterHolds: {},
  kept: null,
  busy: null,
  done: null,
  problem: null
};

export class ManageModel {
  constructor(
    readonly did: string,
    readonly chainId: number,
    readonly nftAddress: string,
    private _deps: IManageDeps
  ) {
    _deps.wallet.stateChanged.connect(this._onWallet, this);
    this._account = _deps.wallet.state.account;
  }

  get state(): IManageState {
    return this._state;
  }

  get changed(): ISignal<this, IManageState> {
    return this._changed;
  }

  get network(): INetwork {
    const network = this._deps.wallet.network(this.chainId);
    if (!network) {
      throw new MarketError('unknown-chain', `Chain ${this.chainId}`, {
        chainId: this.chainId
      });
    }
    return network;
  }

  get account(): string {
    const { account } = this._deps.wallet.state;
    if (!account) {
      throw new NotConnectedError();
    }
    return account;
  }

  dispose(): void {
    this._deps.wallet.stateChanged.disconnect(this._onWallet, this);
    Signal.clearData(this);
  }

  /** Read it (again). Never rejects: `problem` says what is wrong. */
  async load(): Promise<void> {
    const turn = ++this._turn;
    try {
      const state = await this._read();
      if (turn === this._turn) {
        this._set({ ...state, phase: 'ready' });
      }
    } catch (reason) {
      if (turn === this._turn) {
        this._set({ phase: 'unreadable', problem: reason });
      }
    }
  }

  /**
   * Change the record: validated and encrypted by the node (one signature), then
   * written (one transaction), then waited for. Refused where the index lags.
   */
  saveRecord(change: IRecordChange): Promise<void> {
    return this._run('record', 2, async tell => {
      const { record, tx } = await this._freshRecord();
      const { index } = this._service;
      await this._write(changeRecord(record, index, change, new Date()), {
        state: (await readNft(this._reader, this.nftAddress)).state,
        instead: tx,
        tell
      });
    });
  }

  /** Tell buyers and nodes what the asset is now. */
  setState(state: StateName): Promise<void> {
    return this._run('state', 1, async tell => {
      const { record, nft } = this._state;
      if (record) {
        this._deps.kept.keep(record);
      }
      await this._change('state', `state ${state} from ${nft?.state}`, tell, {
        isDone: async () =>
          (await readNft(this._reader, this.nftAddress)).state ===
          STATES[state],
        build: () => stateTx(this._reader, this.account, this.nftAddress, state)
      });
      await this._indexed(this._isListedAs(STATES[state]), tell, 'state');
    });
  }

  /**
   * Write the kept record of a revoked asset again, active: the index has
   * forgotten it, so that a change of state alone would list a bare name.
   */
  bringBack(): Promise<void> {
    return this._run('bring-back', 2, async tell => {
      const { kept } = this._state;
      if (!kept) {
        throw new OceanError('record-unknown', 'No record was kept here');
      }
      const last = await this._lastRecord();
      await this._write(changeRecord(kept, 0, {}, new Date()), {
        state: STATES.active,
        instead: last,
        tell
      });
    });
  }

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
   * first, so that nobody pays for what is about to be free.
   */
  setFree(sale: selling.ISale, free: boolean): Promise<void> {
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
      const receipt = await this._change('split', `splitter ${name}`, tell, {
        isDone: async () => false,
        build: () => splitting.splitterTx(this._reader, this.account, checked)
      });
      if (receipt) {
        const made = await splitting.deployedIn(this._reader, receipt);
        await this._collect(datatoken, made, 'split', tell);
      }
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

  /** The record as chain and index have it, and the transaction that wrote it. */
  async freshRecord(): Promise<{ record: IDdo; tx: string }> {
    return this._freshRecord();
  }

  private async _read(): Promise<Partial<IManageState>> {
    const { wallet, kept } = this._deps;
    const reader = this._reader;
    const nft = await readNft(reader, this.nftAddress);
    const { account } = wallet.state;
    const indexed = await (
      await this._deps.node(this._nodeUrl(nft), null, this.chainId)
    ).ddo(this.did);
    const [rights, last, revenue, sales] = await Promise.all([
      account ? rightsOf(reader, this.nftAddress, account) : null,
      lastRecord(reader, this.nftAddress, await this._startBlock()),
      readRevenue(reader, this.network, nft.datatokens),
      Promise.all(
        nft.datatokens.map(token =>
          selling.readSale(reader, this.network, token)
        )
      )
    ]);
    const { record, asset } = read(indexed);
    const splitter = sales[0]
      ? await splitting.readSplitter(reader, sales[0].collector)
      : null;
    return {
      nft,
      rights,
      record,
      asset,
      isStale: record !== null && asset?.event?.tx.toLowerCase() !== last?.tx,
      sales,
      revenue,
      lists: account ? await this._lists(account) : [],
      splitter,
      splitterHolds: splitter ? await this._holds(splitter.address, sales) : {},
      kept: kept.get(this.did)
    };
  }

  private async _lists(account: string): Promise<IAccessList[]> {
    let addresses: string[];
    try {
      addresses = await listsOf(this._reader, this.network, account);
    } catch (reason) {
      if (codeOf(reason) === 'unknown-network') {
        // A chain without a factory of lists.
        return [];
      }
      throw reason;
    }
    return Promise.all(addresses.map(one => readList(this._reader, one)));
  }

  private async _holds(
    splitter: string,
    sales: readonly selling.ISale[]
  ): Promise<Record<string, bigint>> {
    const tokens = new Set(
      sales.flatMap(({ exchanges }) =>
        exchanges.map(({ token }) => token.address)
      )
    );
    return Object.fromEntries(
      await Promise.all(
        [...tokens].map(async token => [
          token,
          await splitting.releasable(this._reader, splitter, token)
        ])
      )
    ) as Record<string, bigint>;
  }

  /** @throws OceanError record-stale, record-unknown */
  private async _freshRecord(): Promise<{ record: IDdo; tx: string }> {
    const nft = await readNft(this._reader, this.nftAddress);
    const node = await this._deps.node(this._nodeUrl(nft), null, this.chainId);
    const indexed = await node.ddo(this.did);
    const last = await this._lastRecord();
    const record = plainRecord(indexed ?? {});
    if (!last || readAsset(indexed).event?.tx.toLowerCase() !== last) {
      throw new OceanError('record-stale', 'The index lags behind the chain', {
        did: this.did
      });
    }
    return { record, tx: last };
  }

  private async _lastRecord(): Promise<string | null> {
    const last = await lastRecord(
      this._reader,
      this.nftAddress,
      await this._startBlock()
    );
    return last?.tx ?? null;
  }

  /** Have a record validated, encrypted, written and indexed. */
  private async _write(
    ddo: IDdo,
    o: {
      state: number;
      /** The transaction of the record that it takes the place of. */
      instead: string | null;
      tell: (step: Partial<IManageStep>) => void;
    }
  ): Promise<void> {
    const { account } = this;
    const nft = await readNft(this._reader, this.nftAddress);
    const url = this._nodeUrl(nft);
    o.tell({ step: 'node' });
    await this._switchNetwork();
    const node = await this._deps.node(url, account, this.chainId);
    await node.validate(ddo);
    o.tell({ step: 'signature', prompt: 1 });
    const encryptedDdo = await node.encrypt(ddo, this.chainId);
    const hash = await ddoHash(ddo);
    const from = await this._startBlock();
    this._prompt = 1;
    const receipt = await this._change('record', `record ${hash}`, o.tell, {
      isDone: async () =>
        (await lastRecord(this._reader, this.nftAddress, from))?.hash ===
          hash &&
        (await readNft(this._reader, this.nftAddress)).state === o.state,
      build: async () => {
        if ((await this._lastRecord()) !== o.instead) {
          throw new OceanError('record-stale', 'It was changed meanwhile', {
            did: this.did
          });
        }
        return buildMetadataTx({
          reader: this._reader,
          owner: account,
          nftAddress: this.nftAddress,
          nodeUrl: url,
          encryptedDdo,
          hash,
          state: o.state
        });
      }
    });
    this._deps.kept.keep(ddo);
    const tx =
      receipt?.hash ??
      (await findMetadata(this._reader, this.nftAddress, hash, from))?.tx;
    o.tell({ step: 'index' });
    await node.waitIndexed(this.did, {
      tx,
      timeout: this._deps.indexTimeout
    });
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

  /** One transaction of a task; counts its prompt. */
  private async _change(
    task: ManageTask,
    name: string,
    tell: (step: Partial<IManageStep>) => void,
    what: Pick<IChange, 'isDone' | 'build'>
  ): Promise<IReceipt | null> {
    await this._switchNetwork();
    const prompt = ++this._prompt;
    const change: IChange = {
      ...what,
      subject: this.nftAddress,
      name,
      account: this.account,
      chainId: this.chainId
    };
    const told = ({ step }: IChangeStep): void => tell({ task, step, prompt });
    const { changes, confirmAgain } = this._deps;
    try {
      return await changes.send(change, told);
    } catch (reason) {
      if (codeOf(reason) === 'prompt-unknown' && (await confirmAgain())) {
        return changes.send(change, told, true);
      }
      throw reason;
    }
  }

  private async _switchNetwork(): Promise<void> {
    const { wallet } = this._deps;
    if (wallet.state.chainId !== this.chainId) {
      await wallet.switchNetwork(this.chainId);
    }
  }

  /** Wait until the index shows it, gently; late is no failure of the change. */
  private async _indexed(
    shows: (indexed: unknown) => boolean,
    tell: (step: Partial<IManageStep>) => void,
    task: ManageTask
  ): Promise<void> {
    const { pause } = await import('../ocean/receipts');
    const { nft } = this._state;
    if (!nft) {
      return;
    }
    tell({ task, step: 'index' });
    const node = await this._deps.node(this._nodeUrl(nft), null, this.chainId);
    const end = Date.now() + (this._deps.indexTimeout ?? 30_000);
    for (let wait = 300; Date.now() < end; wait = Math.min(wait * 1.5, 4000)) {
      if (shows(await node.ddo(this.did))) {
        return;
      }
      await pause(wait);
    }
  }

  private _isListedAs(state: number): (indexed: unknown) => boolean {
    return indexed => {
      const { indexedMetadata, nft } = (indexed ?? {}) as {
        indexedMetadata?: { nft?: { state?: unknown } };
        nft?: { state?: unknown };
      };
      return Number(indexedMetadata?.nft?.state ?? nft?.state) === state;
    };
  }

  private async _run(
    task: ManageTask,
    prompts: number,
    work: (tell: (step: Partial<IManageStep>) => void) => Promise<void>
  ): Promise<void> {
    if (this._state.busy) {
      throw new MarketError('tx-in-flight', 'Something else is under way');
    }
    this._prompt = 0;
    this._set({
      busy: { task, step: 'checking', prompt: 0, prompts },
      problem: null,
      done: null
    });
    try {
      await work(step => {
        const { busy } = this._state;
        this._set({ busy: busy && { ...busy, ...step, task } });
      });
      this._set({ done: task });
    } catch (reason) {
      this._set({ problem: isCancelled(reason) ? null : reason });
      throw reason;
    } finally {
      this._set({ busy: null });
      await this.load();
    }
  }

  /** The node that the record is written for: the asset's, if it is trusted. */
  private _nodeUrl(nft: INft): string {
    const own = bare(nft.nodeUrl);
    const isTrusted = this._deps.wallet.networks.some(
      ({ oceanNode }) => oceanNode && bare(oceanNode) === own
    );
    const url = isTrusted ? own : this.network.oceanNode;
    if (!url) {
      throw new OceanError('node-unreachable', 'No Ocean Node is set up');
    }
    return bare(url);
  }

  private get _service(): NonNullable<IAsset['service']> {
    const service = this._state.asset?.service;
    if (!service) {
      throw new MarketError('no-access', `${this.did} has no access service`);
    }
    return service;
  }

  private get _reader(): IEip1193Provider {
    return this._deps.wallet.reader(this.chainId);
  }

  private async _startBlock(): Promise<number> {
    return (await oceanConfig(this.network)).startBlock ?? 0;
  }

  private _onWallet(): void {
    const { account } = this._deps.wallet.state;
    if (account !== this._account) {
      this._account = account;
      void this.load();
    }
  }

  private _set(patch: Partial<IManageState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit(this._state);
  }

  private _account: string | null;
  private _changed = new Signal<this, IManageState>(this);
  private _prompt = 0;
  private _state: IManageState = EMPTY;
  private _turn = 0;
}

const bare = (url: string): string => url.replace(/\/+$/, '');

/** A record as far as the index has one. */
function read(indexed: unknown): Pick<IManageState, 'record' | 'asset'> {
  try {
    const record = plainRecord(indexed ?? {});
    return { record, asset: readAsset(indexed) };
  } catch (reason) {
    if (reason instanceof OceanError) {
      // Nothing yet, the placeholder of a revoked asset, another version.
      return { record: null, asset: null };
    }
    throw reason;
  }
}

export { PLACEHOLDER_STATES };
