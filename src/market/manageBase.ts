/**
 * An asset that is looked after: what chain and index say of it, and how one
 * change after the other is made. The changes are in the classes below it.
 */
import { Signal, type ISignal } from '@lumino/signaling';
import type { IReceipt } from '../ocean/chain';
import { oceanConfig } from '../ocean/config';
import { OceanError } from '../ocean/errors';
import { readRevenue } from '../ocean/revenue';
import {
  isContract,
  lastRecord,
  PLACEHOLDER_STATES,
  readNft,
  rightsOf,
  type INft
} from '../ocean/states';
import type { IEip1193Provider, INetwork } from '../tokens';
import { NotConnectedError } from '../wallet/errors';
import type { IChange, IChangeStep } from './change';
import { codeOf, isCancelled, MarketError } from './errors';
import { Drafts } from './manageDrafts';
import {
  EMPTY,
  type IManageDeps,
  type IManageState,
  type IManageStep,
  type ManageTask
} from './manageTypes';
import {
  foreignLists,
  formerSplitters,
  holdsOf,
  isPlaceholder,
  listsAt,
  read
} from './manageRead';
import * as selling from '../ocean/sale';
import * as splitting from '../ocean/splitter';

export class ManageBase {
  constructor(
    readonly did: string,
    readonly chainId: number,
    readonly nftAddress: string,
    protected _deps: IManageDeps
  ) {
    _deps.wallet.stateChanged.connect(this._onWallet, this);
    this._account = _deps.wallet.state.account;
  }

  /** What is typed on the page and not saved yet. */
  readonly drafts = new Drafts();

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

  /** Who is logged in, to be shown; empty where nobody is. */
  get shownAccount(): string {
    return this._deps.wallet.state.account ?? '';
  }

  /** Whether a contract is at the address. @throws OceanError chain-unreachable */
  isContract(address: string): Promise<boolean> {
    return isContract(this._reader, address);
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
        this._set({ ...state, phase: 'ready', unread: null });
      }
    } catch (reason) {
      if (turn === this._turn) {
        this._set({ phase: 'unreadable', unread: reason });
      }
    }
  }

  private async _read(): Promise<Partial<IManageState>> {
    const { wallet } = this._deps;
    const reader = this._reader;
    const nft = await readNft(reader, this.nftAddress);
    const { account } = wallet.state;
    const { indexed, nodeProblem } = await this._indexedRecord(nft);
    const [rights, last, revenue, sales] = await Promise.all([
      account ? rightsOf(reader, this.nftAddress, account) : null,
      lastRecord(reader, this.nftAddress, await this._startBlock()),
      readRevenue(reader, this.network, nft.datatokens, nft.address),
      Promise.all(
        nft.datatokens.map(token =>
          selling.readSale(reader, this.network, token)
        )
      )
    ]);
    const { record, asset } =
      nodeProblem !== null && this._state.asset?.event?.tx === last?.tx
        ? // The node has nothing to say; the chain says that it is still so.
          this._state
        : read(indexed);
    const splitter = sales[0]
      ? await splitting.readSplitter(reader, sales[0].collector)
      : null;
    const lists = account ? await listsAt(reader, this.network, account) : [];
    return {
      nft,
      rights,
      record,
      asset,
      nodeProblem,
      isStale: record !== null && asset?.event?.tx.toLowerCase() !== last?.tx,
      sales,
      revenue,
      lists,
      foreignLists: await foreignLists(reader, asset, lists),
      splitter,
      splitterHolds: splitter
        ? await holdsOf(reader, splitter.address, sales)
        : {},
      formerSplitters: await formerSplitters(
        reader,
        sales,
        await this._startBlock()
      ),
      isIndexed: indexed !== null,
      isForgotten:
        last !== null &&
        (PLACEHOLDER_STATES.includes(nft.state) || isPlaceholder(indexed))
    };
  }

  /** What the index has; a node that is down hides nothing of the chain. */
  private async _indexedRecord(
    nft: INft
  ): Promise<{ indexed: unknown; nodeProblem: unknown }> {
    try {
      const node = await this._deps.node(
        this._nodeUrl(nft),
        null,
        this.chainId
      );
      return { indexed: await node.ddo(this.did), nodeProblem: null };
    } catch (reason) {
      if (reason instanceof OceanError) {
        return { indexed: null, nodeProblem: reason };
      }
      throw reason;
    }
  }

  protected async _lastRecord(): Promise<string | null> {
    const last = await lastRecord(
      this._reader,
      this.nftAddress,
      await this._startBlock()
    );
    return last?.tx ?? null;
  }

  /** One transaction of a task; counts its prompt. */
  protected async _change(
    task: ManageTask,
    name: string,
    tell: (step: Partial<IManageStep>) => void,
    what: Pick<IChange, 'isDone' | 'build' | 'alone'>
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
    const send = async (again: boolean): Promise<IReceipt | null> => {
      const receipt = await changes.send(change, told, again);
      this._made += receipt ? 1 : 0;
      return receipt;
    };
    try {
      return await send(false);
    } catch (reason) {
      if (codeOf(reason) === 'prompt-unknown' && (await confirmAgain())) {
        return send(true);
      }
      throw reason;
    }
  }

  protected async _switchNetwork(): Promise<void> {
    const { wallet } = this._deps;
    if (wallet.state.chainId !== this.chainId) {
      await wallet.switchNetwork(this.chainId);
    }
  }

  protected async _run(
    task: ManageTask,
    prompts: number,
    work: (tell: (step: Partial<IManageStep>) => void) => Promise<void>
  ): Promise<void> {
    if (this._state.busy) {
      throw new MarketError('tx-in-flight', 'Something else is under way');
    }
    const { asset, nft } = this._state;
    const name = asset?.name ?? nft?.name ?? this.did;
    if (!(await this._deps.confirmMainnet(name, this.network))) {
      return;
    }
    this._prompt = 0;
    this._made = 0;
    this._set({
      busy: { task, step: 'checking', prompt: 0, prompts },
      problem: null,
      failed: null,
      isPartly: false,
      done: null
    });
    try {
      await work(step => {
        const { busy } = this._state;
        this._set({ busy: busy && { ...busy, ...step, task } });
      });
      this._set({ done: task });
    } catch (reason) {
      this._set({
        problem: isCancelled(reason) ? null : reason,
        failed: task,
        isPartly: this._made > 0
      });
      throw reason;
    } finally {
      this._set({ busy: null });
      await this.load();
    }
  }

  /** The node that the record is written for: the asset's, if it is trusted. */
  protected _nodeUrl(nft: INft): string {
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

  protected get _reader(): IEip1193Provider {
    return this._deps.wallet.reader(this.chainId);
  }

  protected async _startBlock(): Promise<number> {
    return (await oceanConfig(this.network)).startBlock ?? 0;
  }

  private _onWallet(): void {
    const { account } = this._deps.wallet.state;
    if (account !== this._account) {
      this._account = account;
      // Of the account of before.
      this._set({ rights: null, lists: [] });
      void this.load();
    }
  }

  private _set(patch: Partial<IManageState>): void {
    this._state = { ...this._state, ...patch };
    this._changed.emit(this._state);
  }

  private _account: string | null;

  private _changed = new Signal<this, IManageState>(this);

  /** Transactions of the task that were mined. */
  private _made = 0;

  protected _prompt = 0;

  protected _state: IManageState = EMPTY;

  private _turn = 0;
}

const bare = (url: string): string => url.replace(/\/+$/, '');
