/**
 * The connected wallet as Filecoin's libraries want it: reads go to the chain's
 * own endpoint, only what needs the person goes to the wallet, and nothing is
 * ever asked twice by a library that tries again.
 */
import { calibration, mainnet, type Chain } from '@filoz/synapse-core/chains';
import { Synapse } from '@filoz/synapse-sdk';
import { custom, getAddress, type Address, type Hex } from 'viem';

import type { IWallet } from '../tokens';
import {
  FilecoinError,
  isRejection,
  messageOf,
  rpcCode,
  surelyNotSent
} from './filecoinErrors';

/** The part of the wallet that is used. */
export type FilecoinWallet = Pick<
  IWallet,
  'ready' | 'state' | 'provider' | 'reader' | 'switchNetwork'
>;

export type FilecoinNetwork = 'calibration' | 'mainnet';

/** Data sets of other applications with the same wallet are left alone. */
export const SOURCE = 'jupyterlab-web3';

export function chainOf(network: FilecoinNetwork): Chain {
  return network === 'mainnet' ? mainnet : calibration;
}

/** What the person is asked for, in the order of a pin. */
export type FilecoinPrompt =
  | 'switch'
  | 'permit'
  | 'deposit'
  | 'deposit-approve'
  | 'approve'
  | 'data-set'
  | 'add'
  | 'terminate'
  | 'remove';

const TO_WALLET = new Set(['eth_sendTransaction', 'eth_signTypedData_v4']);

/** One account on one Filecoin chain. */
export class FilecoinClient {
  /** `account` is an address in any case. */
  constructor(
    private _wallet: FilecoinWallet,
    readonly chain: Chain,
    account: string
  ) {
    this.account = getAddress(account);
    const reader = _wallet.reader(chain.id);
    this.synapse = Synapse.create({
      account: this.account,
      chain,
      source: SOURCE,
      transport: custom(
        {
          request: ({ method, params }) =>
            TO_WALLET.has(method)
              ? this._provider().request({ method, params })
              : reader.request({ method, params })
        },
        // A prompt that failed must not come up again by itself.
        { retryCount: 0 }
      )
    });
  }

  readonly account: Address;
  readonly synapse: Synapse;

  get client(): Synapse['client'] {
    return this.synapse.client;
  }

  /** Whether the wallet has to be asked to change to this chain. */
  async elsewhere(): Promise<boolean> {
    const id = await this._provider().request({ method: 'eth_chainId' });
    return Number(id) !== this.chain.id;
  }

  /**
   * Make sure that the wallet is on this account and chain; asks to switch.
   *
   * @throws FilecoinError not-connected, account-changed, prompt-rejected,
   *   wrong-chain
   */
  async ready(): Promise<void> {
    const { account } = this._wallet.state;
    this._provider();
    if (account?.toLowerCase() !== this.account.toLowerCase()) {
      throw new FilecoinError(
        'account-changed',
        `The wallet is on ${account}, this was begun with ${this.account}`
      );
    }
    if (!(await this.elsewhere())) {
      return;
    }
    try {
      await this._wallet.switchNetwork(this.chain.id);
    } catch (cause) {
      throw new FilecoinError(
        rejected(cause) ? 'prompt-rejected' : 'wrong-chain',
        messageOf(cause),
        { cause }
      );
    }
    if (await this.elsewhere()) {
      throw new FilecoinError('wrong-chain', 'The wallet stayed where it was');
    }
  }

  /**
   * Have something signed; a signature alone changes nothing anywhere.
   *
   * @throws FilecoinError prompt-rejected, wallet-failed, and those of `ready`
   */
  async sign<T>(task: () => Promise<T>): Promise<T> {
    await this.ready();
    try {
      return await task();
    } catch (cause) {
      throw new FilecoinError(
        rejected(cause) ? 'prompt-rejected' : 'wallet-failed',
        messageOf(cause),
        { cause }
      );
    }
  }

  /**
   * Send a call that was seen to go through.
   *
   * @param asking - resolves when it is written down that the wallet is asked
   * @returns the hash
   * @throws FilecoinError would-revert, chain-unreachable (nothing was asked),
   *   prompt-rejected and wallet-failed (nothing was sent), prompt-unknown (it
   *   may have been), and those of `ready`
   */
  async send(
    call: { to: Address; data: Hex },
    asking: () => Promise<void>
  ): Promise<string> {
    await this.ready();
    const gas = await this.estimate(call);
    await asking();
    let hash: unknown;
    try {
      hash = await this._provider().request({
        method: 'eth_sendTransaction',
        params: [
          {
            from: this.account,
            ...call,
            gas: `0x${((gas * 12n) / 10n).toString(16)}`,
            chainId: `0x${this.chain.id.toString(16)}`
          }
        ]
      });
    } catch (cause) {
      throw new FilecoinError(
        rejected(cause)
          ? 'prompt-rejected'
          : surelyNotSent(cause)
            ? 'wallet-failed'
            : 'prompt-unknown',
        messageOf(cause),
        { cause }
      );
    }
    if (typeof hash !== 'string') {
      throw new FilecoinError('prompt-unknown', 'The wallet gave no hash');
    }
    return hash;
  }

  /** Gas units of a call. Throws would-revert, chain-unreachable. */
  async estimate(call: { to: Address; data: Hex }): Promise<bigint> {
    return this.read(async () =>
      BigInt(
        (await this._wallet.reader(this.chain.id).request({
          method: 'eth_estimateGas',
          params: [{ from: this.account, ...call }]
        })) as string
      )
    );
  }

  /**
   * Read the chain.
   *
   * @throws FilecoinError chain-unreachable, would-revert
   */
  async read<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (cause) {
      if (cause instanceof FilecoinError) {
        throw cause;
      }
      const told =
        rpcCode(cause) !== 4900 && /revert|actor error/i.test(messageOf(cause));
      throw new FilecoinError(
        told ? 'would-revert' : 'chain-unreachable',
        messageOf(cause),
        { cause }
      );
    }
  }

  private _provider(): NonNullable<FilecoinWallet['provider']> {
    const { provider, state } = this._wallet;
    if (!provider || !state.account) {
      throw new FilecoinError('not-connected', 'No wallet is connected');
    }
    return provider;
  }
}

function rejected(error: unknown): boolean {
  // The wallet room's own word for 4001 is a string.
  return (
    isRejection(error) ||
    (typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      error.code === 'rejected')
  );
}
