/**
 * Signing with a key that lies in the page: for test accounts only. ethers is
 * loaded at the first signature.
 */
import { INVALID_PARAMS, WalletRpcError } from './requests';

/** A transaction with everything filled in. */
export interface IFilledTransaction {
  chainId: number;
  nonce: number;
  to: string | null;
  value: bigint;
  data: string;
  gasLimit: bigint;
  /** Legacy where set; else both EIP-1559 fees are. */
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
}

/** EIP-191 signature of bytes (hex with 0x). */
export async function signMessage(key: string, hex: string): Promise<string> {
  const [{ SigningKey }, { hashMessage }, { getBytes }] = await Promise.all([
    import('ethers/crypto'),
    import('ethers/hash'),
    import('ethers/utils')
  ]);
  return new SigningKey(key).sign(hashMessage(getBytes(hex))).serialized;
}

/** EIP-712 signature of typed data in the form of `eth_signTypedData_v4`. */
export async function signTypedData(
  key: string,
  data: ITypedData
): Promise<string> {
  const [{ SigningKey }, { TypedDataEncoder }] = await Promise.all([
    import('ethers/crypto'),
    import('ethers/hash')
  ]);
  // ethers derives the domain's type itself and refuses it among the others.
  const types = { ...data.types };
  delete types.EIP712Domain;
  const digest = TypedDataEncoder.hash(data.domain, types, data.message);
  return new SigningKey(key).sign(digest).serialized;
}

/** The signed transaction, ready for `eth_sendRawTransaction`. */
export async function signTransaction(
  key: string,
  filled: IFilledTransaction
): Promise<string> {
  const [{ SigningKey }, { Transaction }] = await Promise.all([
    import('ethers/crypto'),
    import('ethers/transaction')
  ]);
  const { gasPrice, maxFeePerGas, maxPriorityFeePerGas, ...rest } = filled;
  const transaction = Transaction.from(
    gasPrice === undefined
      ? { ...rest, type: 2, maxFeePerGas, maxPriorityFeePerGas }
      : { ...rest, type: 0, gasPrice }
  );
  transaction.signature = new SigningKey(key).sign(transaction.unsignedHash);
  return transaction.serialized;
}

export interface ITypedData {
  domain: Record<string, unknown>;
  types: Record<string, { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
}

/** @throws WalletRpcError -32602 when it is no typed data. */
export function parseTypedData(value: unknown): ITypedData {
  let data: unknown = value;
  if (typeof value === 'string') {
    try {
      data = JSON.parse(value);
    } catch (reason) {
      throw new WalletRpcError(INVALID_PARAMS, `Not JSON: ${String(reason)}`);
    }
  }
  const { domain, types, primaryType, message } = (data ??
    {}) as Partial<ITypedData>;
  if (!domain || !types || !message || typeof primaryType !== 'string') {
    throw new WalletRpcError(INVALID_PARAMS, 'Not typed data (EIP-712)');
  }
  return { domain, types, primaryType, message };
}

/** The text that bytes are, or null when they are not readable as text. */
export function readableText(hex: string): string | null {
  const bytes = Uint8Array.from(hex.slice(2).match(/../g) ?? [], byte =>
    parseInt(byte, 16)
  );
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/.test(text) ? null : text;
  } catch {
    // Not UTF-8: a hash, for instance. Shown as hex.
    return null;
  }
}
