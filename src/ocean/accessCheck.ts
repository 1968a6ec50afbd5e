/**
 * Whether an account may consume a service, as its Ocean Node will decide: the
 * `credentials` of the DDO and of the service, of which both must say yes.
 */
import { Interface, isAddress } from 'ethers';

import type { IAccessRule, IAccessRules } from './asset';
import { call, isPassing, type Reader } from './chain';

export type AccessReason =
  /** Nobody is restricted. */
  | 'open'
  /** The account is on every list that it has to be on. */
  | 'listed'
  /** The account is on a list of those who may not. */
  | 'denied'
  /** Only those of a list may, and the account is not on it. */
  | 'not-listed'
  /** There are rules, and no account to look for. */
  | 'no-account'
  /** A rule that only the node (or its policy server) can judge. */
  | 'unknown-rule'
  /** A list on the chain could not be read. `cause` */
  | 'unreadable';

/** What `mayConsume` found out. */
export interface IAccessAnswer {
  /** null: it can't be told before the node is asked. */
  allowed: boolean | null;
  why: AccessReason;
  /** Whose rule decided; absent where there is none. */
  of?: 'asset' | 'service';
  cause?: unknown;
}

/**
 * An access list is an ERC-721 contract: who holds a token of it is on it
 * (AccessList.sol of @oceanprotocol/contracts).
 */
const accessListAbi = new Interface([
  'function balanceOf(address) view returns (uint256)'
]);

/** More contracts than this are not asked: a stranger wrote the rules. */
const MAX_LISTS = 20;

/**
 * Whether an account is on an access list of the chain. What is no such
 * contract has nobody on it, as for a node. Throws `chain-unreachable`,
 * `chain-error`.
 */
export async function isOnAccessList(
  reader: Reader,
  contract: string,
  account: string
): Promise<boolean> {
  if (!isAddress(contract)) {
    return false;
  }
  try {
    const [balance] = await call(reader, contract, accessListAbi, 'balanceOf', [
      account
    ]);
    return balance > 0n;
  } catch (reason) {
    if (isPassing(reason)) {
      throw reason;
    }
    return false;
  }
}

/** Whether a rule fits the account; null where that can't be told here. */
async function fits(
  reader: Reader,
  rule: IAccessRule,
  account: string,
  left: { lists: number }
): Promise<boolean | null> {
  switch (rule.type) {
    case 'address':
      return rule.values.includes('*') || rule.values.includes(account);
    case 'accessList':
      for (const contract of rule.values) {
        if (left.lists-- <= 0) {
          return null;
        }
        if (await isOnAccessList(reader, contract, account)) {
          return true;
        }
      }
      return false;
    default:
      return null;
  }
}

async function judge(
  reader: Reader,
  rules: IAccessRules,
  account: string | null
): Promise<IAccessAnswer> {
  const { allow, deny, matchAllow = 'all', matchDeny = 'any' } = rules;
  if (!allow.length && !deny.length) {
    return { allowed: true, why: 'open' };
  }
  if (account === null) {
    return { allowed: null, why: 'no-account' };
  }
  const left = { lists: MAX_LISTS };
  const of = async (list: IAccessRule[]): Promise<(boolean | null)[]> => {
    const answers: (boolean | null)[] = [];
    for (const rule of list) {
      answers.push(await fits(reader, rule, account, left));
    }
    return answers;
  };
  // What can't be told denies nobody.
  const denied = (await of(deny)).filter(answer => answer !== null);
  if (
    denied.length &&
    (matchDeny === 'any' ? denied.some(Boolean) : denied.every(Boolean))
  ) {
    return { allowed: false, why: 'denied' };
  }
  if (!allow.length) {
    return { allowed: true, why: 'open' };
  }
  const allowed = await of(allow);
  if (matchAllow === 'any' ? allowed.includes(true) : allowed.every(Boolean)) {
    return { allowed: true, why: 'listed' };
  }
  // A node alone refuses what it does not know; one with a policy server asks it.
  return matchAllow === 'all' && allowed.includes(false)
    ? { allowed: false, why: 'not-listed' }
    : allowed.includes(null)
      ? { allowed: null, why: 'unknown-rule' }
      : { allowed: false, why: 'not-listed' };
}

/**
 * Whether the account may consume the service of the asset, by the rules of an
 * Ocean Node (its `checkCredentials`): what denies comes first, by default one
 * rule of `deny` is enough and all rules of `allow` must fit. Never rejects.
 *
 * @param reader - of the asset's chain: access lists are read there
 * @param account - null: only assets without rules are known to be allowed
 */
export async function mayConsume(
  reader: Reader,
  asset: { access: IAccessRules },
  service: { access: IAccessRules } | null,
  account: string | null
): Promise<IAccessAnswer> {
  const who = account?.toLowerCase() ?? null;
  let answer: IAccessAnswer = { allowed: true, why: 'open' };
  const whose = [
    ['asset', asset.access],
    ['service', service?.access]
  ] as const;
  for (const [of, rules] of whose) {
    if (!rules) {
      continue;
    }
    let next: IAccessAnswer;
    try {
      next = await judge(reader, rules, who);
    } catch (cause) {
      next = { allowed: null, why: 'unreadable', cause };
    }
    if (next.allowed === false) {
      return { ...next, of };
    }
    if (next.why !== 'open' && answer.allowed !== null) {
      answer = { ...next, of };
    }
  }
  return answer;
}
