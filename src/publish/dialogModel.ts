/**
 * What the publish dialog knows: the form, what is wrong with it, wallet, node
 * and cost. Asks the wallet nothing but what shows no prompt.
 */
import { Signal, type ISignal } from '@lumino/signaling';

import type { IContent } from '../content';
import type {
  IAssetDraft,
  IIpfs,
  INetwork,
  IPinning,
  IWallet,
  IWalletInfo
} from '../tokens';
import type { IDraftProblem } from '../ocean/ddo';
import type { IPublishEstimate } from '../ocean/mint';
import { MAX_ENTRIES } from './bundle';
import { messageOf } from './errors';
import {
  afterChange,
  fieldOf,
  isToBeSealed,
  prefill,
  toDraft,
  type FormField,
  type IFormData
} from './form';
import { GuardModel, type GuardHindrance, type IGuardDeps } from './guardModel';
import { licenceNotes } from './guardNotes';
import type { INote, IPlace } from './guardTypes';
import { PAGE } from './storage';
import type { IStorageMemory } from './storageMemory';
import { StorageModel } from './storageModel';

export interface IDialogDeps {
  wallet: IWallet;
  ipfs: IIpfs;
  pinning: IPinning | null;
  /** Where it was kept last time; no secrets. */
  memory: IStorageMemory;
  checkDraft: (draft: IAssetDraft) => IDraftProblem[];
  /** Of both transactions. */
  estimate: (
    draft: IAssetDraft,
    account: string,
    network: INetwork,
    contents: readonly IContent[]
  ) => Promise<IPublishEstimate>;
  /** Rejects when the Ocean Node does not answer. */
  askNode: (network: INetwork) => Promise<void>;
  publishedInTheClear: (contents: readonly IContent[]) => Promise<boolean>;
  guard: IGuardDeps;
}

/** Why the person can't press Publish yet. */
export type Hindrance =
  | GuardHindrance
  | 'form'
  | 'wallet'
  | 'account'
  | 'chain'
  | 'node'
  | 'ipfs'
  | 'storage'
  | 'public'
  | 'empty';

export type Asked = 'asking' | 'ok' | { failed: string };

export class DialogModel {
  constructor(
    private _deps: IDialogDeps,
    readonly contents: readonly IContent[],
    known: {
      title: string;
      draft?: Partial<IAssetDraft>;
      /** What was typed before the dialog was closed to look at something. */
      form?: IFormData;
    }
  ) {
    const { wallet, ipfs } = _deps;
    this._form = prefill({
      ...known,
      account: wallet.state.account,
      chainId: wallet.state.chainId,
      networks: wallet.networks
    });
    this._first = this._form;
    this._form = known.form ?? this._form;
    this.guard = new GuardModel(_deps.guard, contents);
    this.guard.changed.connect(this._tell, this);
    this.storage = new StorageModel(
      _deps,
      contents,
      known.draft?.storage ??
        _deps.memory.read(this._form.chainId, wallet.state.account)
    );
    this.storage.changed.connect(this._tell, this);
    wallet.stateChanged.connect(this._onWallet, this);
    wallet.walletsChanged.connect(this._tell, this);
    wallet.networksChanged.connect(this._onWallet, this);
    ipfs.statusChanged.connect(this._tell, this);
    this._check();
    void this.ask();
    void this._lookBack();
    void this.guard.look();
    void this.guard.lookWhetherPublic(this.network);
  }

  /** Where it is kept, besides the node. */
  readonly storage: StorageModel;

  /** What is found in the contents, and said of them. */
  readonly guard: GuardModel;

  get changed(): ISignal<DialogModel, void> {
    return this._changed;
  }
  get form(): IFormData {
    return this._form;
  }
  set form(form: IFormData) {
    const before = this._form;
    this._form = afterChange(form, this.networks);
    this._check();
    this._tell();
    if (
      before.chainId !== this._form.chainId ||
      before.price !== this._form.price ||
      before.token !== this._form.token
    ) {
      void this.ask();
    }
    if (before.chainId !== this._form.chainId) {
      void this.guard.lookWhetherPublic(this.network);
    }
  }
  /** Whether the person typed something that closing would lose. */
  get dirty(): boolean {
    return JSON.stringify(this._form) !== JSON.stringify(this._first);
  }
  get draft(): IAssetDraft {
    const { chosen } = this.storage;
    return { ...toDraft(this._form), ...(chosen ? { storage: chosen } : {}) };
  }
  get problems(): ReadonlyMap<FormField, IDraftProblem['code']> {
    return this._problems;
  }
  get networks(): readonly INetwork[] {
    return this._deps.wallet.networks;
  }
  get network(): INetwork | null {
    return this._deps.wallet.network(this._form.chainId);
  }
  get wallets(): readonly IWalletInfo[] {
    return this._deps.wallet.wallets;
  }
  get account(): string | null {
    return this._deps.wallet.state.account;
  }
  get walletChain(): number | null {
    return this._deps.wallet.state.chainId;
  }
  get ipfsStatus(): IIpfs['status'] {
    return this._deps.ipfs.status;
  }
  /** What the transactions cost, null while unknown, or why it is not. */
  get cost(): IPublishEstimate | null | { failed: string } {
    return this._cost;
  }
  get node(): Asked {
    return this._node;
  }
  /** What went wrong with a button in the dialog. */
  get failure(): unknown {
    return this._failure;
  }
  get bytes(): number | null {
    return this.contents.reduce<number | null>(
      (sum, { size }) => (sum === null || size === null ? null : sum + size),
      0
    );
  }
  get zipped(): boolean {
    return this.contents.length > MAX_ENTRIES;
  }
  /** Files of the drive: in the clear on a node already. */
  get inTheClear(): readonly IContent[] {
    return this.contents.filter(content => content.cid);
  }
  /** Whether it is encrypted before it leaves. */
  get seals(): boolean {
    return isToBeSealed(this.draft);
  }
  get wasPublished(): boolean {
    return this._wasPublished || this.guard.wasPublished;
  }
  /** What looks odd, and what is public already. */
  get notes(): INote[] {
    return [
      ...this.guard.notes.filter(
        // Of what is to be sealed more is said where that is.
        ({ code }) =>
          !this.seals || !['on-drive', 'published-before'].includes(code)
      ),
      ...(this._problems.has('license') ? [] : licenceNotes(this.draft))
    ];
  }
  /** Whether a place of a finding can be opened: a notebook's cell, or a file. */
  canShow(place: IPlace): boolean {
    return this.pathOf(place) !== null;
  }
  /** Contents path of the notebook or file that a place is in. */
  pathOf(place: IPlace): string | null {
    const source = this.contents.find(
      ({ name }) => name === place.file
    )?.source;
    return source?.path ?? null;
  }
  /** Move the clear files to the workspace when all is done. */
  takeOffDrive = false;

  get hindrances(): Hindrance[] {
    const found: Hindrance[] = [];
    const when = (is: boolean, hindrance: Hindrance): void => {
      if (is) {
        found.push(hindrance);
      }
    };
    when(this.contents.length === 0, 'empty');
    when(this._problems.size > 0, 'form');
    when(!this.account, 'wallet');
    when(!!this.account && this.walletChain !== this._form.chainId, 'chain');
    when(typeof this._node === 'object', 'node');
    when(this.ipfsStatus.state === 'offline', 'ipfs');
    when(this.storage.isHindered, 'storage');
    when(this.seals && this.wasPublished, 'public');
    const { hindrance } = this.guard;
    return hindrance ? [...found, hindrance] : found;
  }

  /** Whether the person is asked if what they typed may be lost. */
  closing = false;

  setClosing(value: boolean): void {
    this.closing = value;
    this._tell();
  }

  setTakeOffDrive(value: boolean): void {
    this.takeOffDrive = value;
    this._tell();
  }

  /** Ask the node whether it is there, and what it would cost. */
  async ask(): Promise<void> {
    const turn = ++this._turn;
    const { network, account } = this;
    this._node = 'asking';
    this._cost = null;
    this._tell();
    const node = network
      ? await this._deps.askNode(network).then(
          (): Asked => 'ok',
          (error): Asked => ({ failed: messageOf(error) })
        )
      : { failed: '' };
    if (turn !== this._turn) {
      return;
    }
    this._node = node;
    this._tell();
    if (!network || !account) {
      return;
    }
    // The price in a draft that is still being typed may be none.
    const draft = this._problems.has('amount')
      ? { ...this.draft, price: { kind: 'free' as const } }
      : this.draft;
    const cost = await this._deps
      .estimate(draft, account, network, this.contents)
      .catch(error => ({ failed: messageOf(error) }));
    if (turn === this._turn) {
      this._cost = cost;
      this._tell();
    }
  }

  /** A button was pressed: what fails is shown in the dialog. */
  async connect(rdns?: string): Promise<void> {
    await this._press(async () => {
      await this._deps.wallet.connect(rdns);
    });
  }

  async switchNetwork(): Promise<void> {
    await this._press(() =>
      this._deps.wallet.switchNetwork(this._form.chainId)
    );
  }

  async retryIpfs(): Promise<void> {
    await this._deps.ipfs.refresh();
    this._tell();
  }

  /** Published: the next dialog offers the same places. */
  remember(): void {
    const { chainId } = this._form;
    this._deps.memory.write(
      chainId,
      this.account,
      (this.storage.chosen ?? []).filter(id => id !== PAGE)
    );
  }

  dispose(): void {
    this._turn = -1;
    this.storage.dispose();
    this.guard.dispose();
    Signal.clearData(this);
  }

  private async _press(task: () => Promise<void>): Promise<void> {
    this._failure = null;
    try {
      await task();
    } catch (error) {
      this._failure = error;
    }
    this._tell();
  }

  private _onWallet(): void {
    // A form opened before logging in takes the author and chain from it.
    if (!this._form.author && this.account) {
      this._form = { ...this._form, author: this.account };
      this._first = { ...this._first, author: this.account };
    }
    if (!this.network && this.walletChain) {
      const { chainId, token } = prefill({
        title: '',
        account: this.account,
        chainId: this.walletChain,
        networks: this.networks
      });
      this._form = { ...this._form, chainId, token };
      this._first = { ...this._first, chainId, token };
    }
    this._check();
    void this.ask();
  }

  private async _lookBack(): Promise<void> {
    try {
      this._wasPublished = await this._deps.publishedInTheClear(this.contents);
    } catch (error) {
      this._failure = error;
    }
    this._tell();
  }

  private _check(): void {
    this._problems = new Map(
      this._deps
        .checkDraft(this.draft)
        .map(({ field, code }) => [fieldOf(field), code])
    );
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _changed = new Signal<DialogModel, void>(this);
  private _cost: IPublishEstimate | null | { failed: string } = null;
  private _failure: unknown = null;
  private _first: IFormData;
  private _form: IFormData;
  private _node: Asked = 'asking';
  private _problems: Map<FormField, IDraftProblem['code']> = new Map();
  private _turn = 0;
  private _wasPublished = false;
}
