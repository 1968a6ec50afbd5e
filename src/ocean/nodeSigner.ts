/**
 * Signatures for nodes. They cover address, nonce and command, but neither the
 * node nor the asset: whoever collects one can use it elsewhere. So: only for
 * nodes in the settings or agreed to, one at a time, and no nonce that jumps.
 */
import { getAddress, hexlify, keccak256, toBeArray, toUtf8Bytes } from 'ethers';

import { NodeNotTrustedError, OceanError } from './errors';

export interface INodeSignerOptions {
  /** Canonical base URL, as asset records name it; no trailing slash. */
  url: string;
  /** Whether the node is in the settings. */
  trusted: boolean;
  /** Asked once a node before the first signature for one that isn't trusted. */
  confirmForeign?: (url: string) => Promise<boolean>;
  /** The account that signs. */
  address?: string;
  /**
   * `personal_sign` of bytes given as 0x-hex (≤ 32 bytes), e.g.
   * `m => provider.request({method: 'personal_sign', params: [m, address]})`.
   */
  sign?: (message: string) => Promise<string>;
  /** The last nonce that the node accepted from an address. */
  nonce: (address: string) => Promise<number>;
  /**
   * The last nonces seen, by node and address: shared by clients of one page,
   * so that a jump shows to the one that comes after, too.
   */
  seen?: Map<string, number>;
}

export interface IProof {
  address: string;
  nonce: number;
  signature: string;
}

/**
 * The nonces that this page has seen, for all rooms that sign: what one of them
 * signed must not look like a jump to another.
 */
export const pageNonces = new Map<string, number>();

/** Of a node and an address in `pageNonces`. */
export function nonceKey(url: string, address: string): string {
  return `${url.replace(/\/+$/, '')} ${getAddress(address)}`;
}

/** How far a nonce may move by other tabs and tools between two calls of ours. */
const MAX_JUMP = 100;

/**
 * The bytes that a wallet signs for a node, as 0x-hex: keccak256 of the text,
 * without leading zero bytes (lib and nodes both take it as a number).
 */
export function commandMessage(
  address: string,
  nonce: number,
  command: string
): string {
  const text = `${address}${nonce}${command}`;
  return hexlify(toBeArray(keccak256(toUtf8Bytes(text))));
}

export class NodeSigner {
  constructor(private _options: INodeSignerOptions) {
    this._seen = _options.seen ?? new Map();
  }

  /** Checksum address; throws `no-signer` when there is none. */
  get address(): string {
    if (!this._options.address) {
      throw new OceanError('no-signer', 'No account to sign with');
    }
    return getAddress(this._options.address);
  }

  /**
   * Sign a command and use the proof; calls queue up, for each uses the next
   * nonce. Throws `no-signer`, `node-not-trusted`, `nonce-jump`, and what
   * `sign` and `use` throw.
   */
  signed<T>(command: string, use: (proof: IProof) => Promise<T>): Promise<T> {
    const result = this._queue.then(async () =>
      use(await this._prove(command))
    );
    // The next in line runs whether this one fails; its caller hears of it.
    this._queue = result.then(
      () => undefined,
      () => undefined
    );
    return result;
  }

  private async _prove(command: string): Promise<IProof> {
    const { sign, url } = this._options;
    const address = this.address;
    if (!sign) {
      throw new OceanError('no-signer', 'No wallet to sign with');
    }
    await this._checkTrust();
    const last = await this._options.nonce(address);
    const key = nonceKey(url, address);
    const seen = this._seen.get(key);
    if (
      !Number.isSafeInteger(last) ||
      last < (seen ?? 0) ||
      (seen !== undefined && last > seen + MAX_JUMP)
    ) {
      throw new OceanError('nonce-jump', 'The nonce of the node jumps', {
        url,
        nonce: String(last),
        expected: String(seen)
      });
    }
    this._seen.set(key, last);
    const nonce = last + 1;
    const signature = await sign(commandMessage(address, nonce, command));
    return { address, nonce, signature };
  }

  private async _checkTrust(): Promise<void> {
    const { trusted, confirmForeign, url } = this._options;
    if (trusted || this._agreed) {
      return;
    }
    this._agreed = (await confirmForeign?.(url)) ?? false;
    if (!this._agreed) {
      throw new NodeNotTrustedError(url);
    }
  }

  private _queue: Promise<void> = Promise.resolve();
  private _seen: Map<string, number>;
  private _agreed = false;
}
