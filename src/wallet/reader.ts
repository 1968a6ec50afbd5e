/**
 * Reading a chain over JSON-RPC, without a wallet.
 */
import type { IEip1193Provider, INetwork, IWeb3Server } from '../tokens';
import { ProviderRpcError, UnknownChainError } from './errors';

interface IRpcAnswer {
  result?: unknown;
  error?: { code?: number; message?: string; data?: unknown };
}

/** Something that answers a POST with JSON. */
type Post = (body: string) => Promise<Response>;

/**
 * An EIP-1193-like provider for one chain. The server's `web3/chain` route is
 * used for the chain that the server announces (on Binder the page reaches
 * nothing else), the network's own RPC endpoint otherwise. Both are looked up
 * at each request, so a reader stays right when the settings change.
 *
 * @throws UnknownChainError for a chain without an endpoint; ProviderRpcError
 * with the endpoint's own code, or 4900 where it could not be asked.
 */
export class ChainReader implements IEip1193Provider {
  constructor(
    readonly chainId: number,
    private _options: ChainReader.IOptions
  ) {}

  async request(args: {
    method: string;
    params?: readonly unknown[] | object;
  }): Promise<unknown> {
    if (args.method === 'eth_chainId') {
      return `0x${this.chainId.toString(16)}`;
    }
    const post = await this._endpoint();
    const id = ++this._id;
    let answer: IRpcAnswer;
    try {
      const response = await post(
        JSON.stringify({
          jsonrpc: '2.0',
          id,
          method: args.method,
          params: args.params ?? []
        })
      );
      const text = await response.text();
      answer = parse(text, response.status);
    } catch (reason) {
      if (reason instanceof ProviderRpcError) {
        throw reason;
      }
      throw new ProviderRpcError(
        4900,
        `Chain ${this.chainId} can't be reached: ${String(reason)}`,
        undefined,
        { cause: reason }
      );
    }
    if (answer.error) {
      throw new ProviderRpcError(
        answer.error.code ?? -32603,
        answer.error.message ?? 'Unknown JSON-RPC error',
        answer.error.data
      );
    }
    return answer.result;
  }

  private async _endpoint(): Promise<Post> {
    const { server, network } = this._options;
    const headers = { 'Content-Type': 'application/json' };
    // A server that can't be asked must not stop a public chain from being read.
    const info = server ? await server.info().catch(() => null) : null;
    if (server && info?.chain?.chainId === this.chainId) {
      return body => server.fetch('chain', { method: 'POST', headers, body });
    }
    const known = network(this.chainId);
    if (!known) {
      throw new UnknownChainError(this.chainId);
    }
    const send = this._options.fetch ?? ((url, init) => fetch(url, init));
    return body =>
      send(known.rpc, { method: 'POST', headers, body, credentials: 'omit' });
  }

  private _id = 0;
}

export namespace ChainReader {
  export interface IOptions {
    server: Pick<IWeb3Server, 'info' | 'fetch'> | null;
    network: (chainId: number) => INetwork | null;
    fetch?: (url: string, init: RequestInit) => Promise<Response>;
  }
}

function parse(text: string, status: number): IRpcAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (reason) {
    throw new ProviderRpcError(
      4900,
      `The RPC endpoint answered HTTP ${status} without JSON`,
      undefined,
      { cause: reason }
    );
  }
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('result' in answer || 'error' in answer)
  ) {
    throw new ProviderRpcError(
      4900,
      `The RPC endpoint answered HTTP ${status} and no JSON-RPC`
    );
  }
  return answer as IRpcAnswer;
}
