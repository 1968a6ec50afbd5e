/** From lib's `…Tx` builders to what a wallet is asked by EIP-1193. */
import {
  BrowserProvider,
  FeeData,
  JsonRpcSigner,
  Network,
  toQuantity,
  type TransactionRequest
} from 'ethers';

import { chainFailure, wordsOf, type ITxRequest, type Reader } from './chain';
import { OceanError, type OceanErrorCode } from './errors';

/** Asks nobody for fees: the wallet chooses them, what lib fills in is dropped. */
class BuilderProvider extends BrowserProvider {
  async getFeeData(): Promise<FeeData> {
    return new FeeData(0n, 0n, 0n);
  }
}

/**
 * An ethers signer that reads through `reader` and never signs: lib's builders
 * only estimate gas with it, in the name of `account`.
 */
export function builderSigner(
  reader: Reader,
  chainId: number,
  account: string
): JsonRpcSigner {
  // A bare network: ethers' own for some chains (Polygon) ask a third party's
  // web server for fees, past `reader`.
  const network = new Network(`chain-${chainId}`, chainId);
  const provider = new BuilderProvider(
    {
      request: ({ method, params }) =>
        reader.request({ method, params: params ?? [] })
    },
    network,
    { staticNetwork: network }
  );
  return new JsonRpcSigner(provider, account);
}

/** From the codes that ethers gives its errors. */
function codeOf(cause: unknown): OceanErrorCode {
  const { code, info } = cause as {
    code?: unknown;
    info?: { error?: unknown };
  };
  if (code === 'CALL_EXCEPTION' && !info?.error) {
    return 'tx-reverted';
  }
  switch (code) {
    case 'INSUFFICIENT_FUNDS':
      return 'insufficient-balance';
    // ethers calls any failed estimate so, a broken line too.
    case 'CALL_EXCEPTION':
    case 'NETWORK_ERROR':
    case 'SERVER_ERROR':
    case 'TIMEOUT':
    case 'UNKNOWN_ERROR':
      return chainFailure(cause);
    default:
      return 'tx-reverted';
  }
}

/**
 * Run a builder; keep what a wallet must know and let it choose the fees.
 * Throws `tx-reverted` with the contract's words, `chain-error`,
 * `chain-unreachable`.
 */
export async function built(
  from: string,
  build: () => Promise<TransactionRequest>
): Promise<ITxRequest> {
  let tx: TransactionRequest;
  try {
    tx = await build();
  } catch (cause) {
    const words = wordsOf(cause);
    throw new OceanError(codeOf(cause), words, { words }, { cause });
  }
  return {
    from,
    to: String(tx.to),
    data: String(tx.data),
    value: toQuantity(tx.value ?? 0n),
    ...(tx.gasLimit ? { gas: toQuantity(tx.gasLimit) } : {})
  };
}
