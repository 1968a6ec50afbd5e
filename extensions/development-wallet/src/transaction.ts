/**
 * Reading the transaction of a page, and filling in what it leaves out.
 */
import { INVALID_PARAMS, WalletRpcError } from './requests';
import type { IFilledTransaction } from './signing';

/** JSON-RPC of the chain; throws WalletRpcError with the node's own code. */
export type Rpc = (
  method: string,
  params: readonly unknown[]
) => Promise<unknown>;

export interface ITransactionRequest {
  from: string;
  to: string | null;
  value: bigint;
  data: string;
  nonce?: number;
  gas?: bigint;
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
}

/** What a transaction gets whose estimate failed: the person may still send it. */
const FALLBACK_GAS = 5_000_000n;
const GWEI = 1_000_000_000n;

function optional(value: unknown, name: string): bigint | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value === 'string' || typeof value === 'number') {
    try {
      return BigInt(value);
    } catch (reason) {
      throw new WalletRpcError(INVALID_PARAMS, `${name}: ${String(reason)}`);
    }
  }
  throw new WalletRpcError(INVALID_PARAMS, `${name} must be a quantity`);
}

/**
 * The parameter of `eth_sendTransaction`.
 *
 * @throws WalletRpcError -32602
 */
export function readTransaction(
  parameter: unknown,
  chainId: number
): ITransactionRequest {
  if (typeof parameter !== 'object' || parameter === null) {
    throw new WalletRpcError(INVALID_PARAMS, 'No transaction');
  }
  const raw = parameter as Record<string, unknown>;
  const { from, to = null } = raw;
  const data = raw.data ?? raw.input ?? '0x';
  const address = /^0x[0-9a-f]{40}$/i;
  if (typeof from !== 'string' || !address.test(from)) {
    throw new WalletRpcError(INVALID_PARAMS, 'from must be an address');
  }
  if (to !== null && (typeof to !== 'string' || !address.test(to))) {
    throw new WalletRpcError(INVALID_PARAMS, 'to must be an address');
  }
  if (typeof data !== 'string' || !/^0x([0-9a-f]{2})*$/i.test(data)) {
    throw new WalletRpcError(INVALID_PARAMS, 'data must be hex');
  }
  const wanted = optional(raw.chainId, 'chainId');
  if (wanted !== undefined && wanted !== BigInt(chainId)) {
    throw new WalletRpcError(
      INVALID_PARAMS,
      `The transaction is for chain ${wanted}, the wallet is on ${chainId}`
    );
  }
  const nonce = optional(raw.nonce, 'nonce');
  return {
    from,
    to,
    value: optional(raw.value, 'value') ?? 0n,
    data: data.toLowerCase(),
    nonce: nonce === undefined ? undefined : Number(nonce),
    gas: optional(raw.gas ?? raw.gasLimit, 'gas'),
    gasPrice: optional(raw.gasPrice, 'gasPrice'),
    maxFeePerGas: optional(raw.maxFeePerGas, 'maxFeePerGas'),
    maxPriorityFeePerGas: optional(
      raw.maxPriorityFeePerGas,
      'maxPriorityFeePerGas'
    )
  };
}

/**
 * Gas and fees for a transaction; all but the nonce. `failure` says why the
 * chain would refuse it, or is null.
 */
export async function fillTransaction(
  request: ITransactionRequest,
  chainId: number,
  rpc: Rpc
): Promise<{
  transaction: Omit<IFilledTransaction, 'nonce'>;
  failure: string | null;
}> {
  const [estimate, fees] = await Promise.all([
    estimateGas(request, rpc),
    feesOf(request, rpc)
  ]);
  const estimated = estimate.gas === null ? FALLBACK_GAS : estimate.gas;
  return {
    transaction: {
      chainId,
      to: request.to,
      value: request.value,
      data: request.data,
      // State may move until it is mined: a fifth more than estimated.
      gasLimit: request.gas ?? (estimated * 12n) / 10n,
      ...fees
    },
    failure: estimate.failure
  };
}

async function estimateGas(
  { from, to, value, data }: ITransactionRequest,
  rpc: Rpc
): Promise<{ gas: bigint | null; failure: string | null }> {
  try {
    const call = {
      from,
      ...(to ? { to } : {}),
      value: `0x${value.toString(16)}`,
      data
    };
    return {
      gas: BigInt((await rpc('eth_estimateGas', [call])) as string),
      failure: null
    };
  } catch (reason) {
    // Shown to the person, who decides: as other wallets do.
    return {
      gas: null,
      failure: reason instanceof Error ? reason.message : String(reason)
    };
  }
}

async function feesOf(
  request: ITransactionRequest,
  rpc: Rpc
): Promise<
  Pick<IFilledTransaction, 'gasPrice' | 'maxFeePerGas' | 'maxPriorityFeePerGas'>
> {
  if (request.gasPrice !== undefined) {
    return { gasPrice: request.gasPrice };
  }
  const block = (await rpc('eth_getBlockByNumber', ['latest', false])) as {
    baseFeePerGas?: string;
  } | null;
  if (!block?.baseFeePerGas) {
    return { gasPrice: BigInt((await rpc('eth_gasPrice', [])) as string) };
  }
  const maxPriorityFeePerGas = request.maxPriorityFeePerGas ?? GWEI;
  const maxFeePerGas =
    request.maxFeePerGas ??
    2n * BigInt(block.baseFeePerGas) + maxPriorityFeePerGas;
  return {
    maxFeePerGas,
    maxPriorityFeePerGas:
      maxPriorityFeePerGas > maxFeePerGas ? maxFeePerGas : maxPriorityFeePerGas
  };
}
