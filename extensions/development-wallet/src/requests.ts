/**
 * What the wallet asks the person, and how it answers to pages.
 */

/** An account of the test chain. */
export interface IAccount {
  address: string;
  privateKey: string;
  name?: string;
}

/** EIP-1193's ProviderRpcError. */
export class WalletRpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown
  ) {
    super(message);
    this.name = 'WalletRpcError';
  }
}

export const REJECTED = 4001;
export const UNAUTHORIZED = 4100;
export const UNSUPPORTED = 4200;
export const UNKNOWN_CHAIN = 4902;
export const PENDING = -32002;
export const INVALID_PARAMS = -32602;

/** What a confirmation shows. Amounts in wei. */
export type WalletRequest =
  | {
      kind: 'connect' | 'switch-account';
      accounts: readonly IAccount[];
      selected: string;
    }
  | {
      kind: 'sign-message';
      account: string;
      /** The message as text, or null when it is no text. */
      text: string | null;
      hex: string;
    }
  | {
      kind: 'sign-typed-data';
      account: string;
      /** Indented JSON. */
      text: string;
    }
  | {
      kind: 'transaction';
      account: string;
      /** Null when a contract is created. */
      to: string | null;
      value: bigint;
      /** Name of the called function where the wallet knows it. */
      method: string | null;
      data: string;
      /** Null when the estimate failed; then `failure` says why. */
      gas: bigint | null;
      /** The most that it can cost, in wei. */
      fee: bigint | null;
      failure: string | null;
    };

/** The person's answer: null is a refusal; `account` for those that pick one. */
export type Answer = { account?: string } | null;

/** Asks the person; one request at a time is for the implementation to see to. */
export type Confirm = (request: WalletRequest) => Promise<Answer>;

/**
 * Functions of the contracts that the suite calls, by selector: ERC-20, and
 * ERC721Factory, ERC721Template, ERC20TemplateEnterprise, FixedRateExchange and
 * Dispenser of `@oceanprotocol/contracts` 2.6.0.
 */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  '0x095ea7b3': 'approve',
  '0xa9059cbb': 'transfer',
  '0x40c10f19': 'mint',
  '0xf86b2bcf': 'createNftWithErc20',
  '0xaa897ddc': 'createNftWithErc20WithDispenser',
  '0xd282aa86': 'createNftWithErc20WithFixedRate',
  '0x26f20066': 'createNftWithMetaData',
  '0xe38d7cad': 'createERC20',
  '0x1aa3adf9': 'setMetaData',
  '0x19a18a85': 'setMetaDataAndTokenURI',
  '0x467c97f5': 'setMetaDataState',
  '0x162094c4': 'setTokenURI',
  '0x191c918a': 'createDispenser',
  '0x8b96412b': 'createFixedRate',
  '0x1d746d83': 'dispense',
  '0x68c4b7e9': 'buyDT',
  '0xa8c09b0b': 'buyFromFreAndOrder',
  '0x1b53b05f': 'buyFromDispenserAndOrder',
  '0x79d9d7f3': 'startOrder',
  '0x361fef49': 'reuseOrder'
};
