/**
 * A scriptable EIP-1193 wallet: answers by method, records what it was asked.
 */
import type { IEip1193Provider, IServerInfo, IWeb3Server } from '../../tokens';

export const ALICE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
export const BOB = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC';

export function rpcError(code: number, message = `error ${code}`): Error {
  return Object.assign(new Error(message), { code });
}

type Answer = (params: readonly unknown[]) => unknown;
type Listener = (...args: unknown[]) => void;

export class MockWallet implements IEip1193Provider {
  accounts: string[] = [ALICE.toLowerCase()];
  permitted = false;
  chainId = 8996;
  known = new Set([8996, 1]);
  readonly asked: { method: string; params: readonly unknown[] }[] = [];
  /** Overrides by method; may throw or wait. */
  readonly script: Record<string, Answer> = {};

  async request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    const params = (args.params ?? []) as readonly unknown[];
    this.asked.push({ method: args.method, params });
    const scripted = this.script[args.method];
    if (scripted) {
      return scripted(params);
    }
    switch (args.method) {
      case 'eth_requestAccounts':
        this.permitted = true;
        return this.accounts;
      case 'eth_accounts':
        return this.permitted ? this.accounts : [];
      case 'eth_chainId':
        return `0x${this.chainId.toString(16)}`;
      case 'wallet_switchEthereumChain': {
        const id = Number((params[0] as { chainId: string }).chainId);
        if (!this.known.has(id)) {
          throw rpcError(4902);
        }
        this.selectChain(id);
        return null;
      }
      case 'wallet_addEthereumChain': {
        this.known.add(Number((params[0] as { chainId: string }).chainId));
        return null;
      }
      case 'wallet_revokePermissions':
        this.permitted = false;
        this.emit('accountsChanged', []);
        return null;
    }
    throw rpcError(4200, `no ${args.method}`);
  }

  count(method: string): number {
    return this.asked.filter(asked => asked.method === method).length;
  }

  selectChain(id: number): void {
    this.chainId = id;
    this.emit('chainChanged', `0x${id.toString(16)}`);
  }

  on(event: string, listener: Listener): void {
    this._listeners.set(event, [
      ...(this._listeners.get(event) ?? []),
      listener
    ]);
  }

  removeListener(event: string, listener: Listener): void {
    this._listeners.set(
      event,
      (this._listeners.get(event) ?? []).filter(known => known !== listener)
    );
  }

  emit(event: string, ...args: unknown[]): void {
    for (const listener of this._listeners.get(event) ?? []) {
      listener(...args);
    }
  }

  listenerCount(): number {
    return [...this._listeners.values()].reduce((n, l) => n + l.length, 0);
  }

  private _listeners = new Map<string, Listener[]>();
}

export function announce(
  target: EventTarget,
  provider: unknown,
  info: Record<string, unknown> = {}
): void {
  const event = new Event('eip6963:announceProvider');
  Object.assign(event, {
    detail: {
      info: {
        uuid: '350670db-19fa-4704-a166-e52e178b59d2',
        name: 'Mock Wallet',
        rdns: 'com.example.mock',
        icon: 'data:image/svg+xml,<svg/>',
        ...info
      },
      provider
    }
  });
  target.dispatchEvent(event);
}

/** What a page keeps. */
export function memoryStore(): Storage {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
    clear: () => map.clear(),
    key: () => null,
    get length() {
      return map.size;
    }
  };
}

export const LOCAL_CHAIN = {
  chainId: 8996,
  name: 'Local chain',
  testnet: true,
  local: true,
  rpc: 'http://127.0.0.1:12345',
  explorer: null,
  currency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  oceanNode: null,
  paymentTokens: [
    {
      address: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      symbol: 'USDC',
      decimals: 6
    }
  ]
};

type Route = (init: RequestInit) => Response | Promise<Response>;

/** A server part whose routes are scripted by `METHOD path`. */
export class MockServer implements IWeb3Server {
  constructor(
    private _info: Partial<IServerInfo> | null,
    readonly routes: Record<string, Route> = {}
  ) {}

  readonly asked: { route: string; body: unknown }[] = [];

  async info(): Promise<IServerInfo | null> {
    return this._info as IServerInfo | null;
  }

  url(path: string): string {
    return `http://lab/web3/${path}`;
  }

  headers(): Record<string, string> {
    return {};
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const route = `${init.method ?? 'GET'} ${path}`;
    this.asked.push({
      route,
      body: init.body ? JSON.parse(String(init.body)) : null
    });
    return (
      (await this.routes[route]?.(init)) ?? new Response(null, { status: 404 })
    );
  }
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'Content-Type': 'application/json' }
  });
}
