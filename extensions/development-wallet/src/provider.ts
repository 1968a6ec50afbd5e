/**
 * The EIP-1193 provider of the development wallet. It behaves as a wallet of a
 * browser extension does, refusals, pending prompts and events included, so
 * that what works with it works with those.
 */
import {
  FUNCTIONS,
  INVALID_PARAMS,
  PENDING,
  REJECTED,
  UNAUTHORIZED,
  UNKNOWN_CHAIN,
  UNSUPPORTED,
  WalletRpcError,
  type Answer,
  type Confirm,
  type IAccount,
  type WalletRequest
} from './requests';
import {
  parseTypedData,
  readableText,
  signMessage,
  signTransaction,
  signTypedData
} from './signing';
import { fillTransaction, readTransaction, type Rpc } from './transaction';

type Listener = (...args: unknown[]) => void;

interface IRequestArguments {
  method: string;
  params?: readonly unknown[] | object;
}

/** What is remembered over a reload. No key. */
interface IRemembered {
  permitted: boolean;
  account: string;
}

/** Methods that are the wallet's own and that this one does not offer. */
const REFUSED =
  /^(wallet_|metamask_|eth_(sign|signTransaction|signTypedData|signTypedData_v3|decrypt|getEncryptionPublicKey|subscribe|unsubscribe|sendRawTransaction)$)/;

export class DevelopmentWallet {
  constructor(private _options: DevelopmentWallet.IOptions) {
    const remembered = this._recall();
    this._permitted = remembered?.permitted ?? false;
    this._selected =
      this._find(remembered?.account ?? '') ?? _options.accounts[0];
  }

  get accounts(): readonly IAccount[] {
    return this._options.accounts;
  }

  /** Address of the account in use. */
  get selected(): string {
    return this._selected.address;
  }

  on(event: string, listener: Listener): this {
    const listeners = this._listeners.get(event) ?? new Set();
    this._listeners.set(event, listeners.add(listener));
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    this._listeners.get(event)?.delete(listener);
    return this;
  }

  /** EIP-1193. @throws WalletRpcError */
  async request({ method, params }: IRequestArguments): Promise<unknown> {
    const list: readonly unknown[] = Array.isArray(params)
      ? params
      : params === undefined
        ? []
        : [params];
    switch (method) {
      case 'eth_chainId':
        return this._chainId;
      case 'net_version':
        return String(this._options.chainId);
      case 'eth_accounts':
        return this._exposed();
      case 'eth_coinbase':
        return this._exposed()[0] ?? null;
      case 'eth_requestAccounts':
        return this._permitted ? this._exposed() : this._connect();
      case 'wallet_requestPermissions':
        await this._connect();
        return this._permissions();
      case 'wallet_getPermissions':
        return this._permissions();
      case 'wallet_revokePermissions':
        return this._revoke();
      case 'wallet_switchEthereumChain':
        return this._switchChain(list[0]);
      case 'wallet_addEthereumChain':
        return this._addChain(list[0]);
      case 'personal_sign':
        return this._personalSign(list);
      case 'eth_signTypedData_v4':
        return this._signTypedData(list);
      case 'eth_sendTransaction':
        return this._sendTransaction(list[0]);
    }
    if (REFUSED.test(method) || !/^(eth|net|web3)_/.test(method)) {
      throw new WalletRpcError(
        UNSUPPORTED,
        `The development wallet does not offer ${method}`
      );
    }
    return this._options.rpc(method, list);
  }

  /** Use another account, as a person does in a wallet's own menu. */
  switchAccount(account: string | number): string {
    const found =
      typeof account === 'number'
        ? this._options.accounts[account]
        : this._find(account);
    if (!found) {
      throw new WalletRpcError(INVALID_PARAMS, `No account ${account}`);
    }
    if (found !== this._selected) {
      this._selected = found;
      this._remember();
      if (this._permitted) {
        this._emit('accountsChanged', this._exposed());
      }
    }
    return found.address;
  }

  /** Let the person pick the account; null when they don't. */
  async pickAccount(): Promise<string | null> {
    const answer = await this._options.confirm({
      kind: 'switch-account',
      accounts: this._options.accounts,
      selected: this.selected
    });
    return answer ? this.switchAccount(answer.account ?? this.selected) : null;
  }

  private get _chainId(): string {
    return `0x${this._options.chainId.toString(16)}`;
  }

  /** As extension wallets do: lower case, and nothing without permission. */
  private _exposed(): string[] {
    return this._permitted ? [this._selected.address.toLowerCase()] : [];
  }

  private _permissions(): object[] {
    return this._permitted
      ? [
          {
            parentCapability: 'eth_accounts',
            invoker: this._options.origin,
            caveats: [
              { type: 'restrictReturnedAccounts', value: this._exposed() }
            ]
          }
        ]
      : [];
  }

  private async _connect(): Promise<string[]> {
    if (this._connecting) {
      throw new WalletRpcError(
        PENDING,
        'Already processing eth_requestAccounts. Please wait.'
      );
    }
    this._connecting = true;
    try {
      const answer = await this._ask({
        kind: 'connect',
        accounts: this._options.accounts,
        selected: this.selected
      });
      this._selected = this._find(answer.account ?? '') ?? this._selected;
      this._permitted = true;
      this._remember();
      this._emit('accountsChanged', this._exposed());
      return this._exposed();
    } finally {
      this._connecting = false;
    }
  }

  private _revoke(): null {
    this._permitted = false;
    this._remember();
    this._emit('accountsChanged', []);
    return null;
  }

  private _switchChain(parameter: unknown): null {
    const { chainId } = (parameter ?? {}) as { chainId?: unknown };
    if (typeof chainId !== 'string' || !/^0x[0-9a-f]+$/i.test(chainId)) {
      throw new WalletRpcError(
        INVALID_PARAMS,
        'chainId must be a hex quantity'
      );
    }
    if (Number(chainId) !== this._options.chainId) {
      throw new WalletRpcError(
        UNKNOWN_CHAIN,
        `Unrecognized chain ID "${chainId}": this wallet is for the local chain only`
      );
    }
    return null;
  }

  private _addChain(parameter: unknown): null {
    const { chainId } = (parameter ?? {}) as { chainId?: unknown };
    if (Number(chainId) !== this._options.chainId) {
      throw new WalletRpcError(
        UNSUPPORTED,
        'The development wallet is for the local chain only'
      );
    }
    return null;
  }

  private async _personalSign(params: readonly unknown[]): Promise<string> {
    const [data, address] = params;
    if (typeof data !== 'string') {
      throw new WalletRpcError(INVALID_PARAMS, 'Nothing to sign');
    }
    const key = this._authorize(address);
    const hex = /^0x([0-9a-f]{2})*$/i.test(data)
      ? data
      : `0x${Array.from(new TextEncoder().encode(data), byte =>
          byte.toString(16).padStart(2, '0')
        ).join('')}`;
    await this._ask({
      kind: 'sign-message',
      account: key.address,
      text: readableText(hex),
      hex
    });
    return signMessage(key.privateKey, hex);
  }

  private async _signTypedData(params: readonly unknown[]): Promise<string> {
    const [address, value] = params;
    const key = this._authorize(address);
    const data = parseTypedData(value);
    const chainId = data.domain.chainId;
    if (chainId !== undefined && Number(chainId) !== this._options.chainId) {
      throw new WalletRpcError(
        INVALID_PARAMS,
        `The data is for chain ${String(chainId)}, the wallet is on ${this._options.chainId}`
      );
    }
    await this._ask({
      kind: 'sign-typed-data',
      account: key.address,
      text: JSON.stringify(data.message, null, 2)
    });
    return signTypedData(key.privateKey, data);
  }

  private async _sendTransaction(parameter: unknown): Promise<unknown> {
    const { rpc, chainId } = this._options;
    const transaction = readTransaction(parameter, chainId);
    const key = this._authorize(transaction.from);
    const filled = await fillTransaction(transaction, chainId, rpc);
    const { to, value, data, ...limits } = filled.transaction;
    const price = limits.gasPrice ?? limits.maxFeePerGas ?? 0n;
    const gas = filled.failure === null ? limits.gasLimit : null;
    await this._ask({
      kind: 'transaction',
      account: key.address,
      to,
      value,
      method: FUNCTIONS[data.slice(0, 10)] ?? null,
      data,
      gas,
      fee: gas === null ? null : gas * price,
      failure: filled.failure
    });
    // Counted only now: an earlier prompt may have used the number meanwhile.
    return this._inOrder(async () => {
      const nonce =
        transaction.nonce ??
        Number(await rpc('eth_getTransactionCount', [key.address, 'pending']));
      return rpc('eth_sendRawTransaction', [
        await signTransaction(key.privateKey, { ...filled.transaction, nonce })
      ]);
    });
  }

  /** The account, if pages may use it. */
  private _authorize(address: unknown): IAccount {
    const account = typeof address === 'string' ? this._find(address) : null;
    if (!account || !this._permitted || account !== this._selected) {
      throw new WalletRpcError(
        UNAUTHORIZED,
        'The requested account and/or method has not been authorized by the user.'
      );
    }
    return account;
  }

  private async _ask(request: WalletRequest): Promise<NonNullable<Answer>> {
    const answer = await this._options.confirm(request);
    if (!answer) {
      throw new WalletRpcError(REJECTED, 'User rejected the request.');
    }
    return answer;
  }

  /** One after the other, so that two transactions get two nonces. */
  private _inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this._last.then(work, work);
    this._last = result;
    return result;
  }

  private _find(address: string): IAccount | null {
    return (
      this._options.accounts.find(
        account => account.address.toLowerCase() === address.toLowerCase()
      ) ?? null
    );
  }

  private _emit(event: string, value: unknown): void {
    for (const listener of [...(this._listeners.get(event) ?? [])]) {
      listener(value);
    }
  }

  private _recall(): Partial<IRemembered> | null {
    const text = this._options.store?.getItem(this._options.storeKey ?? '');
    try {
      return text ? (JSON.parse(text) as Partial<IRemembered>) : null;
    } catch (reason) {
      console.warn('The development wallet forgot its permission', reason);
      return null;
    }
  }

  private _remember(): void {
    const remembered: IRemembered = {
      permitted: this._permitted,
      account: this._selected.address
    };
    this._options.store?.setItem(
      this._options.storeKey ?? '',
      JSON.stringify(remembered)
    );
  }

  private _permitted: boolean;
  private _selected: IAccount;
  private _connecting = false;
  private _last: Promise<unknown> = Promise.resolve();
  private _listeners = new Map<string, Set<Listener>>();
}

export namespace DevelopmentWallet {
  export interface IOptions {
    chainId: number;
    /** At least one. */
    accounts: readonly IAccount[];
    /** JSON-RPC of the chain; throws WalletRpcError. */
    rpc: Rpc;
    confirm: Confirm;
    origin?: string;
    store?: Pick<Storage, 'getItem' | 'setItem'>;
    storeKey?: string;
  }
}
