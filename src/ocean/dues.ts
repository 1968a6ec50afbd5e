/** What a purchase takes from an account: by token, and who takes it. */
import { Interface } from 'ethers';

import {
  estimateGas,
  ZERO_ADDRESS,
  type ITxRequest,
  type Reader
} from './chain';
import { OceanError } from './errors';
import type { IProviderFee } from './nodeClient';
import { allowance, balanceOf, type IAssetPrice } from './pricing';

/** A token, and who of the contracts pulls how much of it (base units). */
export interface IDue {
  token: string;
  spender: string;
  amount: bigint;
  /** Whether the price is in it: what an allowance may be kept for. */
  priced: boolean;
}

/** What an order takes beside its price depends on how it is made. */
export interface IDuesOptions {
  datatoken: string;
  price: IAssetPrice;
  /** Null where it is not known yet. */
  providerFee: IProviderFee | null;
  /** A datatoken that was bought before pays for the order. */
  held?: boolean;
  /** Transaction of a valid order whose provider fee alone is paid anew. */
  reuse?: string;
}

/** Buys and orders in one call: ERC20TemplateEnterprise. */
export const ENTERPRISE = 2;
/** Bought at the exchange, then ordered with: ERC20Template. */
export const STANDARD = 1;

const tokenAbi = new Interface([
  'function approve(address spender, uint256 amount) returns (bool)'
]);

/**
 * What has to be handed out, one entry a token and spender.
 *
 * Fees of an order are pulled by the datatoken (`startOrder`, `reuseOrder`),
 * the price too with template 2 (`buyFromFreAndOrder`); with template 1 the
 * exchange pulls it (`buyDT`).
 */
export function duesOf(options: IDuesOptions): IDue[] {
  const { datatoken, price, providerFee, held, reuse } = options;
  const dues = new Map<string, IDue>();
  const add = (
    token: string,
    amount: bigint,
    spender: string,
    priced: boolean
  ): void => {
    if (amount <= 0n || token === ZERO_ADDRESS) {
      return;
    }
    const key = `${token} ${spender}`.toLowerCase();
    const known = dues.get(key);
    dues.set(key, {
      token: token.toLowerCase(),
      spender,
      amount: (known?.amount ?? 0n) + amount,
      priced: priced || (known?.priced ?? false)
    });
  };
  if (price.token && !held && !reuse) {
    add(price.token.address, price.total, payee(price, datatoken), true);
  }
  if (price.orderFee && !reuse) {
    add(price.orderFee.token.address, price.orderFee.amount, datatoken, false);
  }
  if (providerFee) {
    add(
      providerFee.providerFeeToken,
      BigInt(providerFee.providerFeeAmount),
      datatoken,
      false
    );
  }
  return [...dues.values()];
}

/** The contract that pulls the price: what an allowance is given to. */
export function payee(price: IAssetPrice, datatoken: string): string {
  return price.template !== ENTERPRISE && price.exchange
    ? price.exchange.contract
    : datatoken;
}

/** Dues by token (lower case): what leaves the account. */
export function sumsOf(dues: readonly IDue[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { token, amount } of dues) {
    sums.set(token, (sums.get(token) ?? 0n) + amount);
  }
  return sums;
}

/** Throws `insufficient-balance`, of the first token that is short. */
export async function checkBalances(
  reader: Reader,
  buyer: string,
  dues: readonly IDue[]
): Promise<void> {
  for (const [token, need] of sumsOf(dues)) {
    const have = await balanceOf(reader, token, buyer);
    if (have < need) {
      throw new OceanError('insufficient-balance', 'Less than it costs', {
        have: String(have),
        need: String(need),
        token
      });
    }
  }
}

/**
 * Approvals (ERC-20 `approve`) where the allowance does not suffice, in their
 * order: of exactly what is due, or of `keep` where that is more and it is the
 * token of the price.
 *
 * Some tokens (USDT) take no approval over a remaining one: their rest is taken
 * back first, by a transaction of its own.
 */
export async function approvalsFor(
  reader: Reader,
  buyer: string,
  dues: readonly IDue[],
  keep = 0n
): Promise<ITxRequest[]> {
  const txs: ITxRequest[] = [];
  for (const { token, spender, amount, priced } of dues) {
    const left = await allowance(reader, token, buyer, spender);
    if (left >= amount) {
      continue;
    }
    const wanted = priced && keep > amount ? keep : amount;
    const tx = approvalTx(buyer, token, spender, wanted);
    if (left > 0n && (await isReverted(reader, tx))) {
      txs.push(approvalTx(buyer, token, spender, 0n));
    }
    txs.push(tx);
  }
  return txs;
}

/** `approve` of an amount in base units; 0 takes an allowance back. */
export function approvalTx(
  from: string,
  token: string,
  spender: string,
  amount: bigint
): ITxRequest {
  return {
    from,
    to: token,
    data: tokenAbi.encodeFunctionData('approve', [spender, amount]),
    value: '0x0'
  };
}

async function isReverted(reader: Reader, tx: ITxRequest): Promise<boolean> {
  try {
    await estimateGas(reader, tx);
    return false;
  } catch (reason) {
    if (reason instanceof OceanError && reason.code === 'tx-reverted') {
      return true;
    }
    throw reason;
  }
}
