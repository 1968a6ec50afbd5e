/**
 * A provider that loads @metamask/sdk when the person chooses it, not before:
 * until then it has no account and asks nothing of the network.
 */

/** The part of the SDK's provider that is used (EIP-1193). */
export interface ISdkProvider {
  request(args: { method: string; params?: unknown }): Promise<unknown>;
  on(event: string, listener: Listener): unknown;
  removeListener(event: string, listener: Listener): unknown;
}

export type Listener = (...args: unknown[]) => void;

interface IRequestArguments {
  method: string;
  params?: readonly unknown[] | object;
}

/** EIP-1193's ProviderRpcError. */
class ProviderRpcError extends Error {
  constructor(
    readonly code: number,
    message: string
  ) {
    super(message);
    this.name = 'ProviderRpcError';
  }
}

/**
 * Load the SDK with everything off that is not asked for: analytics, injection
 * into `window`, the web3 shim. Uses a phone even where an extension is there
 * (the extension announces itself).
 */
export async function loadSdk(): Promise<ISdkProvider> {
  const { MetaMaskSDK } = await import('@metamask/sdk');
  const sdk = new MetaMaskSDK({
    dappMetadata: {
      name: document.title || 'JupyterLab',
      url: window.location.origin
    },
    enableAnalytics: false,
    injectProvider: false,
    shouldShimWeb3: false,
    extensionOnly: false,
    preferDesktop: false,
    checkInstallationImmediately: false,
    checkInstallationOnAllCalls: false,
    i18nOptions: { enabled: false },
    logging: { developerMode: false }
  });
  await sdk.init();
  const provider = sdk.getProvider();
  if (!provider) {
    throw new ProviderRpcError(4900, 'The phone wallet could not be started');
  }
  return provider as unknown as ISdkProvider;
}

export class PhoneProvider {
  /**
   * @param load - starts the SDK
   * @param store - remembers that a phone was connected, so that a reload may
   * load the SDK to restore it
   */
  constructor(
    private _load: () => Promise<ISdkProvider> = loadSdk,
    private _store: Pick<
      Storage,
      'getItem' | 'setItem' | 'removeItem'
    > = window.localStorage
  ) {}

  on(event: string, listener: Listener): this {
    const listeners = this._listeners.get(event) ?? new Set();
    this._listeners.set(event, listeners.add(listener));
    void this._sdk?.then(sdk => sdk.on(event, listener));
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    this._listeners.get(event)?.delete(listener);
    void this._sdk?.then(sdk => sdk.removeListener(event, listener));
    return this;
  }

  /** EIP-1193. @throws ProviderRpcError, or what the phone answers */
  async request(args: IRequestArguments): Promise<unknown> {
    const { method } = args;
    if (!this._sdk && !this._store.getItem(KEY)) {
      if (method === 'eth_accounts') {
        return [];
      }
      if (method !== 'eth_requestAccounts') {
        throw new ProviderRpcError(4100, 'Connect the phone first');
      }
    }
    const sdk = await this._start();
    const answer = await sdk.request(args);
    if (method === 'eth_requestAccounts') {
      this._store.setItem(KEY, '1');
    } else if (method === 'wallet_revokePermissions') {
      this._store.removeItem(KEY);
    }
    return answer;
  }

  private _start(): Promise<ISdkProvider> {
    this._sdk ??= this._load().then(
      sdk => {
        for (const [event, listeners] of this._listeners) {
          for (const listener of listeners) {
            sdk.on(event, listener);
          }
        }
        return sdk;
      },
      reason => {
        // The next try starts afresh (the chunk or the relay may be back).
        this._sdk = null;
        throw reason;
      }
    );
    return this._sdk;
  }

  private _sdk: Promise<ISdkProvider> | null = null;
  private _listeners = new Map<string, Set<Listener>>();
}

const KEY = 'jupyterlab-web3:phone-wallet';
