/** A chain, a wallet and an asset of paper. */
import { Signal } from '@lumino/signaling';

import type { IAssetService } from '../../ocean/asset';
import { approvalTx } from '../../ocean/dues';
import { OceanError } from '../../ocean/errors';
import type { IWallet, IWalletState } from '../../tokens';
import type { IAsset, IMarketOcean, IOrder, ITxRequest } from '../ports';
import { Purchases, type ILocks } from '../purchase';
import { PurchaseRecords, type IRecordStore } from '../records';

export const ACCOUNT = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
export const TOKEN = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
export const DID = 'did:op:' + 'a1'.repeat(32);
const CHAIN = 8996;
/** `approve` of the contract that takes the price, of 0. */
const TAKE_BACK = approvalTx(ACCOUNT, TOKEN, TOKEN, 0n).data;

const SERVICE: IAssetService = {
  id: 's',
  index: 0,
  type: 'access',
  name: '',
  description: '',
  datatokenAddress: TOKEN,
  timeout: 0,
  serviceEndpoint: 'http://node',
  parameters: [],
  access: { allow: [], deny: [] }
};

export function asset(patch: Partial<IAsset> = {}): IAsset {
  return {
    did: DID,
    chainId: CHAIN,
    nftAddress: TOKEN,
    version: '4.1.0',
    state: 0,
    active: true,
    name: 'Iris measurements',
    description: 'Flowers',
    author: 'A',
    license: 'CC-BY-4.0',
    type: 'dataset',
    tags: [],
    sample: null,
    links: [],
    created: null,
    updated: null,
    listed: null,
    owner: ACCOUNT,
    services: [SERVICE],
    service: SERVICE,
    access: { allow: [], deny: [] },
    parameters: [],
    purgatory: false,
    event: null,
    stats: { orders: null, price: null },
    web3: null,
    ...patch
  };
}

export function memoryStore(): IRecordStore {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: at => [...map.keys()][at] ?? null,
    getItem: key => map.get(key) ?? null,
    setItem: (key, value) => {
      map.set(key, value);
    },
    removeItem: key => {
      map.delete(key);
    }
  };
}

/** Web Locks between all who share it, as tabs do. */
export function sharedLocks(): ILocks {
  const queues = new Map<string, Promise<unknown>>();
  return {
    request: <T>(name: string, held: () => Promise<T>): Promise<T> => {
      const before = queues.get(name) ?? Promise.resolve();
      const mine = before.then(held, held);
      queues.set(name, mine);
      return mine;
    }
  };
}

interface ISent {
  hash: string;
  nonce: number;
  kind: 'approve' | 'token' | 'buy' | 'take-back';
  state: 'mempool' | 'mined' | 'reverted' | 'replaced';
}

/** Counts what was paid; the tests say how wallet and chain behave. */
export class FakeChain {
  sent: ISent[] = [];
  orders: IOrder[] = [];
  approved = false;
  prompts = 0;
  /** What the wallet does with the n-th prompt (from 1): throws to refuse. */
  onPrompt: (n: number, tx: { data: string }) => unknown = () => undefined;
  /** Whether what is sent is mined at once. */
  mines: ISent['state'] = 'mined';
  fee = 0n;
  feeToken = TOKEN;
  total = 5n;
  account = ACCOUNT;
  chainId = CHAIN;
  template = 2;
  /** Datatokens of the account. */
  tokens = 0;
  reuse: string | null = null;
  allowed = true;
  /** What is allowed though nothing is due. */
  allowance = 0n;
  /** What the index has. */
  record = asset();
  /** An endpoint that is behind: its logs, or all that was sent. */
  lags: 'no' | 'logs' | 'all' = 'no';
  /** The contracts belong together, and it is on sale. */
  genuine = true;

  get held(): boolean {
    return this.tokens > 0;
  }

  get paid(): number {
    return this.sent.filter(tx => tx.kind === 'buy' && tx.state === 'mined')
      .length;
  }

  mine(tx: ISent): void {
    tx.state = 'mined';
    if (tx.kind === 'token') {
      this.tokens += 1;
    } else if (tx.kind === 'take-back') {
      this.allowance = 0n;
    } else if (tx.kind === 'buy') {
      this.tokens -= this.template === 1 ? 1 : 0;
      this.orders.push({ tx: tx.hash, blockNumber: 1, timestamp: 1 });
    } else {
      this.approved = true;
    }
  }

  send(data: string): string {
    const kind =
      data === '0xa'
        ? 'approve'
        : data === '0xc'
          ? 'token'
          : data === TAKE_BACK
            ? 'take-back'
            : 'buy';
    const nonce = this.sent.length;
    const hash = '0x' + String(nonce + 1).padStart(64, '0');
    const tx: ISent = { hash, nonce, kind, state: 'mempool' };
    this.sent.push(tx);
    if (this.mines === 'mined') {
      this.mine(tx);
    } else {
      tx.state = this.mines;
    }
    return hash;
  }

  readonly wallet = ((): IWallet => {
    const request = async (args: {
      method: string;
      params?: readonly unknown[] | object;
    }): Promise<unknown> => {
      const [first, tag] = (args.params ?? []) as [
        { data: string } | string,
        string
      ];
      switch (args.method) {
        case 'eth_accounts':
          return [this.account];
        case 'eth_chainId':
          return '0x' + this.chainId.toString(16);
        case 'eth_getTransactionCount':
          return (
            '0x' +
            this.sent
              .filter(tx => tag === 'pending' || tx.state !== 'mempool')
              .length.toString(16)
          );
        case 'eth_getTransactionByHash': {
          const tx = this.sent.find(
            one =>
              one.hash === first &&
              one.state !== 'replaced' &&
              this.lags !== 'all'
          );
          return tx ? { nonce: '0x' + tx.nonce.toString(16) } : null;
        }
        case 'eth_sendTransaction': {
          this.prompts += 1;
          const answer = await this.onPrompt(
            this.prompts,
            first as { data: string }
          );
          return answer ?? this.send((first as { data: string }).data);
        }
        default:
          throw new Error(args.method);
      }
    };
    const provider = { request };
    const wallet = {
      get state(): IWalletState {
        return state;
      },
      provider,
      reader: () => provider
    };
    const state: IWalletState = {
      status: 'connected',
      account: ACCOUNT,
      chainId: CHAIN,
      wallet: null,
      session: null
    };
    return Object.assign(wallet, {
      stateChanged: new Signal<IWallet, IWalletState>(
        wallet as unknown as IWallet
      )
    }) as unknown as IWallet;
  })();

  readonly ocean: IMarketOcean = {
    known: async () => [asset()],
    resolve: async () => this.record,
    price: async () => ({
      kind: 'fixed',
      token: { address: TOKEN, symbol: 'USDC', decimals: 6 },
      template: this.template,
      base: this.total,
      fees: { ocean: 0n, publisher: 0n, market: 0n },
      total: this.total,
      exchange: null,
      dispenser: null,
      orderFee: null
    }),
    gas: async () => 1n,
    findOrder: async () =>
      this.lags === 'no' ? (this.orders[this.orders.length - 1] ?? null) : null,
    orderIn: async (_, __, hash) =>
      this.lags === 'all'
        ? 'unseen'
        : (this.orders.find(one => one.tx === hash) ?? null),
    assertOnChain: async () => {
      if (!this.genuine) {
        throw new OceanError('not-genuine', DID);
      }
    },
    foreignHost: () => null,
    initialize: async () => ({
      providerFeeAddress: TOKEN,
      providerFeeToken: this.feeToken,
      providerFeeAmount: String(this.fee),
      providerData: '0x',
      v: 27,
      r: '0x',
      s: '0x',
      validUntil: 0
    }),
    allowanceLeft: async (_, { token }) =>
      token && this.allowance > 0n
        ? { token, spender: TOKEN, amount: this.allowance, of: 'asset' }
        : null,
    checkFunds: async () => undefined,
    holdings: async () => ({ held: this.held, reuse: this.reuse }),
    answers: async () => true,
    access: async () => ({
      allowed: this.allowed,
      why: this.allowed ? 'open' : 'denied'
    }),
    token: async (_, address) => ({ address, symbol: 'FEE', decimals: 18 }),
    approveTxs: async () => (this.approved ? [] : [tx('0xa')]),
    tokenTx: async () => (this.template === 1 ? tx('0xc') : null),
    buyTx: async deal => {
      if (this.template === 1 && !deal.held) {
        throw new OceanError('tx-reverted', 'Not enough datatokens');
      }
      return tx('0xb');
    },
    readOrder: async receipt => {
      const order = this.orders.find(one => one.tx === receipt.hash);
      if (!order) {
        throw new OceanError('event-missing', receipt.hash);
      }
      return order;
    },
    waitReceipt: async (_, hash, o = {}) => {
      const tx = this.sent.find(one => one.hash === hash);
      if (tx?.state === 'mined') {
        return {
          hash,
          from: ACCOUNT,
          to: TOKEN,
          blockNumber: 1,
          succeeded: true,
          gasUsed: 1n,
          logs: []
        };
      }
      throw new OceanError(
        tx?.state === 'reverted'
          ? 'tx-reverted'
          : // As in the real one: without an account nothing is noticed.
            tx?.state === 'replaced' && o.from
            ? 'tx-replaced'
            : 'tx-pending',
        hash
      );
    },
    node: async () => {
      throw new Error('not in this test');
    }
  };
}

/** A tab: its own memory; store, locks, chain and wallet are shared. */
export function tab(
  chain: FakeChain,
  store: IRecordStore = memoryStore(),
  locks: ILocks | null = sharedLocks(),
  confirmMainnet: () => Promise<boolean> = async () => true
): Purchases {
  return new Purchases({
    wallet: chain.wallet,
    ocean: chain.ocean,
    records: new PurchaseRecords(store),
    locks,
    confirmForeign: async () => false,
    confirmMainnet
  });
}
/** A wallet that answers with an error of this code. */
export const refuse = (code: number) => (): never => {
  throw Object.assign(new Error('no'), { code });
};

function tx(data: string): ITxRequest {
  return { from: ACCOUNT, to: TOKEN, data, value: '0x0' };
}
