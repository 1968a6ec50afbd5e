/**
 * Who may consume: `credentials` of a record and of a service, judged as a real
 * node without a policy server does.
 */
import { Contract } from 'ethers';

import { Refusal } from './refusal.mjs';

const LIST = ['function balanceOf(address) view returns (uint256)'];

/** @returns whether a rule fits, or null for a kind that nobody knows */
async function fits(chain, rule, consumer) {
  switch (String(rule.type).toLowerCase()) {
    case 'address': {
      const values = (rule.values ?? []).map(item =>
        String(item).toLowerCase()
      );
      return values.includes('*') || values.includes(consumer);
    }
    case 'accesslist':
      if (!rule.accessList) {
        return false;
      }
      try {
        const list = new Contract(rule.accessList, LIST, chain.provider);
        return (await list.balanceOf(consumer)) > 0n;
      } catch (error) {
        // No such contract: as a real node, nobody is on it.
        console.error(`ocean-node: access list: ${error.message}`);
        return false;
      }
    default:
      return null;
  }
}

/** By default any rule that denies is enough, and all that allow must fit. */
async function isAllowed(chain, credentials, consumer) {
  const { allow = [], deny = [] } = credentials;
  const judge = async rules => {
    const answers = [];
    for (const rule of rules) {
      answers.push(await fits(chain, rule, consumer));
    }
    return answers;
  };
  const denied = (await judge(deny)).filter(answer => answer !== null);
  const isDenied =
    credentials.match_deny === 'all'
      ? denied.length > 0 && denied.every(Boolean)
      : denied.some(Boolean);
  if (isDenied) {
    return false;
  }
  if (!allow.length) {
    return true;
  }
  const allowed = await judge(allow);
  return credentials.match_allow === 'any'
    ? allowed.some(Boolean)
    : allowed.every(Boolean);
}

/** @throws Refusal 403 in the words of a real node */
export async function checkCredentials(chain, credentials, consumer, what) {
  if (
    credentials &&
    !(await isAllowed(chain, credentials, String(consumer).toLowerCase()))
  ) {
    throw new Refusal(403, `Error: Access to ${what} was denied`);
  }
}

/** Both the record's and the service's must say yes. */
export async function checkAccess(chain, ddo, service, consumer) {
  await checkCredentials(chain, ddo.credentials, consumer, `asset ${ddo.id}`);
  await checkCredentials(
    chain,
    service.credentials,
    consumer,
    `service with id ${service.id}`
  );
}
